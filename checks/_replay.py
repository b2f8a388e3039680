"""Replaying a counterexample from its stored record alone."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from lemmata.checks._runner import Kept
from lemmata.checks._statement import describe
from lemmata.checks._trial import without
from lemmata.checks.evidence import Counterexample, Statement, decode
from lemmata.checks.judging.settle import settle
from lemmata.checks.stages.constants import fixed
from lemmata.checks.stages.sample import hypothesis_masks
from lemmata.checks.store import Store
from lemmata.claims import Claim, Located, UnknownKeyError, find


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A counterexample run again.

    ``agrees`` says whether it still meets the hypotheses and the same case fails with the same two sides;
    ``python`` is a script that rebuilds the instance and judges it, to paste into a notebook.
    """

    statement: Statement
    mutant: str
    without: str
    """The hypothesis that was left out, if one was."""
    counterexample: Counterexample
    left: str
    right: str
    agrees: bool
    python: str


def replay(store: Store, identifier: str) -> Replay:
    """Run a stored counterexample again, in exact arithmetic.

    Raises:
        UnknownCounterexampleError: the store has none of this id.
        UnknownKeyError: its claim is no longer where it was.
    """
    kept = decode(store.counterexample(identifier), Kept)
    found = decode(kept.counterexample, Counterexample)
    original = find(kept.source, kept.key)
    claim = fixed(_variant(original, kept), found.constant)
    instance = {name: np.asarray([value]) for name, value in found.instance.items()}
    settled = settle(claim, found.parameters, instance)
    masks = hypothesis_masks(claim, found.parameters, instance, 1)
    met = all(bool(mask.all()) for mask in masks.values())
    same = (settled.case, settled.left, settled.right) == (found.case, found.left, found.right)
    return Replay(
        statement=describe(Located(original, kept.source)),
        mutant=kept.mutant,
        without=kept.without,
        counterexample=found,
        left=settled.left,
        right=settled.right,
        agrees=same and met,
        python=_script(kept, found),
    )


def _variant(claim: Claim, kept: Kept) -> Claim:
    if kept.without:
        return without(claim, kept.without)
    if not kept.mutant:
        return claim
    mutant = next((mutant for mutant in claim.mutants if mutant.name == kept.mutant), None)
    if mutant is None:
        raise UnknownKeyError(f"{claim.key} no longer has a mutant {kept.mutant!r}; verify it again")
    variant = claim.mutated(mutant)
    if not kept.instead:
        return variant
    if mutant.instead is None:
        raise UnknownKeyError(f"{claim.key}: mutant {kept.mutant!r} no longer says what holds instead; verify it again")
    return dataclasses.replace(variant, then=mutant.instead)


def _script(kept: Kept, found: Counterexample) -> str:
    arrays = "\n".join(f"    {name!r}: np.array([{value!r}])," for name, value in found.instance.items())
    lines = [
        "import numpy as np",
        "from lemmata import checks, claims",
        "",
        f"claim = claims.find({kept.source!r}, {kept.key!r})",
    ]
    if kept.mutant:
        lines.append(f"mutant = next(mutant for mutant in claim.mutants if mutant.name == {kept.mutant!r})")
        lines.append("claim = claim.mutated(mutant)")
    if kept.without:
        lines.append(f"claim = checks.without(claim, {kept.without!r})")
    if kept.instead:
        lines += ["import dataclasses", "claim = dataclasses.replace(claim, then=mutant.instead)"]
    if found.constant:
        lines.append(f"claim = checks.fixed(claim, {found.constant!r})")
    lines += [
        f"parameters = {dict(found.parameters)!r}",
        "instance = {",
        arrays,
        "}",
        "print(checks.settle(claim, parameters, instance))",
    ]
    return "\n".join(lines) + "\n"
