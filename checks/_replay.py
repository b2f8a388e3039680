"""Replaying a counterexample: its instance from the store, its claim from the package or from the user's hand.

A store may come from anybody. What it says is data: no file and no module is opened because a record names it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lemmata.checks._describe import describe
from lemmata.checks._kept import Kept, KeptCertificate
from lemmata.checks._variants import without_hypothesis
from lemmata.checks.counterexample import Counterexample
from lemmata.checks.decision import Certificate
from lemmata.checks.judging.membership import unmet
from lemmata.checks.judging.origin import DECISION
from lemmata.checks.judging.rulings import Ruling, Settled
from lemmata.checks.judging.settle import exact_entries, settle, settle_exactly
from lemmata.checks.proof.certificates import proves
from lemmata.checks.proof.decide import excludes_all
from lemmata.checks.proof.problems import Problem, problem
from lemmata.checks.proof.real_closed import MissingSolverError
from lemmata.checks.records import CorruptedRecordError, decode
from lemmata.checks.running.guard import contained
from lemmata.checks.running.sources import is_file, source_digest
from lemmata.checks.stages.implied import with_constant
from lemmata.checks.statement import Statement
from lemmata.checks.store import Store, StoreError
from lemmata.claims import Claim, Instances, Located, UnknownKeyError, find, listed, load

_CHECK = 60.0
"""Seconds within which a claim's code must have run over symbolic numbers for its certificate."""
_EXCLUDED = 5.0
"""Seconds of work in which it must turn out that hypotheses exclude each other."""


class UnfitRecordError(StoreError):
    """A counterexample that its claim cannot be run on; the message says why."""


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
    changed: str
    """What is known to have changed since it was recorded, in a sentence; empty if nothing."""
    python: str


def replay(store: Store, identifier: str, *, claims: Sequence[str] = ()) -> Replay:
    """Run a stored counterexample again, in exact arithmetic.

    Args:
        store: where it was kept; whatever it names as the claim's source is shown, and never opened.
        identifier: of the counterexample, or its first digits.
        claims: files or folders of the user's that may hold the claim; the package is looked in after them.

    Raises:
        UnknownCounterexampleError: the store has none of this id.
        ChangedEntryError: what the store has is not what was written.
        UnknownKeyError: its claim is not in the files named, nor in the package, or has no such mutant or hypothesis.
        UnfitRecordError: its claim cannot be run on what was kept.
    """
    kept = decode(store.counterexample(identifier), Kept)
    found = decode(kept.counterexample, Counterexample)
    located = _located(kept.source, kept.key, claims)
    claim = _variant(located.claim, kept)
    with contained():
        try:
            settled = _settled(claim, found)
            broken = unmet(claim, found.parameters, _instance(found)) if settled.ruling is Ruling.OUTSIDE else []
        except Exception as error:
            raise UnfitRecordError(
                f"counterexample {found.id} cannot be run on {kept.key}: {type(error).__name__}: {error}; its record "
                "or the claim is another than when it was found: verify the claim again"
            ) from error
    same = settled.ruling is Ruling.VIOLATED and (settled.case, settled.left, settled.right) == (
        found.case,
        found.left,
        found.right,
    )
    return Replay(
        statement=_described(located, claim),
        mutant=kept.mutant,
        without=kept.without,
        counterexample=found,
        left=settled.left,
        right=settled.right,
        agrees=same,
        changed=_changed(kept, located, broken),
        python=_script(kept, located.source, found),
    )


@dataclass(frozen=True, kw_only=True)
class CheckedCertificate:
    """Certificates of one shape, checked again against the claim as it now stands, without any solver."""

    statement: Statement
    parameters: Mapping[str, object]
    certificates: list[Certificate]
    holds: bool
    is_vacuous: bool
    """Whether no real numbers meet the hypotheses, as z3 says; false where it is missing."""


def replay_certificate(store: Store, identifier: str, *, claims: Sequence[str] = ()) -> CheckedCertificate:
    """Check stored sums of squares again: identities of polynomials, in rationals.

    Args:
        store: where they were kept.
        identifier: of the certificate, or its first digits.
        claims: files or folders of the user's that may hold the claim; the package is looked in after them.

    Raises:
        UnknownCounterexampleError: the store has nothing of this id.
        UnfitRecordError: what it has is no certificate, or none that the claim can be held against.
        UnknownKeyError: its claim is not in the files named, nor in the package.
    """
    payload = store.counterexample(identifier)
    try:
        kept = decode(payload, KeptCertificate)
    except CorruptedRecordError as error:
        raise UnfitRecordError(f"{identifier} is no certificate; replay it without --certificate") from error
    located = _located(kept.source, kept.key, claims)
    with contained():
        try:
            stated = problem(located.claim, kept.parameters, _CHECK)
            holds = proves(stated, kept.certificates)
        except Exception as error:
            raise UnfitRecordError(f"the certificate cannot be held against {kept.key}: {error}") from error
    return CheckedCertificate(
        statement=describe(located),
        parameters=kept.parameters,
        certificates=kept.certificates,
        holds=holds,
        is_vacuous=_is_vacuous(stated),
    )


def _is_vacuous(stated: Problem) -> bool:
    """Whether the hypotheses exclude each other; not known without a solver."""
    try:
        return excludes_all(stated, _EXCLUDED)
    except MissingSolverError:
        return False


def _settled(claim: Claim, found: Counterexample) -> Settled:
    """The counterexample's conclusion, settled again; whatever does not fit the claim raises."""
    if found.origin == str(DECISION):
        return settle_exactly(claim, found.parameters, _instance(found))
    return settle(with_constant(claim, found.constant), found.parameters, _instance(found))


def _instance(found: Counterexample) -> Instances:
    """The instance as it was kept, a batch of one: of a decision its exact entries, where floats do not do."""
    instance = {name: np.asarray([value]) for name, value in found.instance.items()}
    for name, value in instance.items():
        if value.dtype.kind not in "fiub":
            raise TypeError(f"{name} must be numbers of a rectangular array, got {value.dtype}")
    return exact_entries(found.exact) if found.origin == str(DECISION) and found.exact else instance


def _located(written: str, key: str, files: Sequence[str]) -> Located:
    """The claim of this key, from what the user has named or from the package.

    Raises:
        UnknownKeyError: it is in neither; the message says which file the record speaks of.
    """
    if files:
        named = load(files, probed=True)
        found = next((located for located in named.claims if located.claim.key == key), None)
        if found is not None:
            return found
    source = next((entry.source for entry in listed()[0] if entry.key == key), None)
    if source is not None:
        return Located(find(source, key), source)
    if files:
        why = "".join(f"; {place}: {error.rstrip().splitlines()[-1]}" for place, error in named.failures)
        raise UnknownKeyError(f"{', '.join(files)} has no claim {key!r}, nor has the package{why}")
    if is_file(written):
        raise UnknownKeyError(
            f"the claim {key!r} is not in the package; its record names {written}, which is not opened on a "
            f"record's word: if you trust that file, add --claims {written}"
        )
    raise UnknownKeyError(f"the package has no claim {key!r}; name the file that holds it with --claims FILE")


def _described(located: Located, variant: Claim) -> Statement:
    """The claim as text, with the conclusion, the procedure and the hypotheses of the variant that is refuted."""
    return dataclasses.replace(describe(Located(variant, located.source)), status=located.claim.status.value)


def _changed(kept: Kept, located: Located, broken: Sequence[str]) -> str:
    now = f"the instance no longer meets {' and '.join(map(repr, broken))}" if broken else ""
    if kept.digest == source_digest(located.source):
        return now
    what = located.source if is_file(located.source) else "lemmata"
    return "; ".join(one for one in (f"{what} was changed since this was recorded", now) if one)


def _variant(claim: Claim, kept: Kept) -> Claim:
    if kept.without:
        if kept.without not in {one.name for one in claim.given.hypotheses}:
            raise UnknownKeyError(f"{claim.key} no longer has a hypothesis {kept.without!r}; verify it again")
        return without_hypothesis(claim, kept.without)
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


def _script(kept: Kept, source: str, found: Counterexample) -> str:
    arrays = "\n".join(f"    {name!r}: np.array([{value!r}])," for name, value in found.instance.items())
    settled = "checks.settle(claim, parameters, instance)"
    if found.origin == str(DECISION):
        settled = f"checks.settle_exactly(claim, parameters, {'exact' if found.exact else 'instance'})"
    lines = [
        "import numpy as np",
        "from lemmata import checks, claims",
        "",
        f"claim = claims.find({source!r}, {kept.key!r})",
    ]
    if kept.mutant:
        lines.append(f"mutant = next(mutant for mutant in claim.mutants if mutant.name == {kept.mutant!r})")
        lines.append("claim = claim.mutated(mutant)")
    if kept.without:
        lines.append(f"claim = checks.without_hypothesis(claim, {kept.without!r})")
    if kept.instead:
        lines += ["import dataclasses", "claim = dataclasses.replace(claim, then=mutant.instead)"]
    if found.constant:
        lines.append(f"claim = checks.with_constant(claim, {found.constant!r})")
    lines += [
        f"parameters = {dict(found.parameters)!r}",
        "instance = {",
        arrays,
        "}",
        *([f"exact = checks.exact_entries({dict(found.exact)!r})"] if found.exact else []),
        f"print({settled})",
    ]
    return "\n".join(lines) + "\n"
