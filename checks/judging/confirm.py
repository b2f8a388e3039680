"""From a suspect to a finding: settled exactly, inside the family, and beyond the rounding of its own entries.

An instance is drawn in floats, so that what the family keeps (a sum, orthogonal columns, a threshold) it keeps to
rounding only. What is off by no more than that accuses nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lemmata.checks.judging.membership import Membership, met_or_not, moved, standing
from lemmata.checks.judging.precision import LADDER
from lemmata.checks.judging.rulings import Ruling, Settled
from lemmata.checks.judging.settle import entries, exact_sides, instance_at, precisions, settle, settle_conclusion
from lemmata.claims import Claim, Instances, Parameters

_ROUNDING, _DRAWN = 2.0**-53, 2.0**-44
"""Relative error of an entry that was rounded once, and a bound for what a generator's own arithmetic may leave."""
_NEAR = (2.0**-52, 2.0**-50, 2.0**-46, 2.0**-40, 2.0**-34)
"""How far, relative to each entry, an instance is moved into the family that rounding left it outside of."""
_COPIES = 6
_PLAIN = 2.0**-30
"""A violation beyond the error bound that is larger than this, relative to the sides, is no matter of rounding."""
_FACTOR = 2
"""A violation must exceed what rounding moves it by, by this factor."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of a suspect: a ruling, and the instance that it is about (perhaps moved into the family)."""

    settled: Settled
    instance: Instances

    @property
    def ruling(self) -> Ruling:
        """The ruling."""
        return self.settled.ruling


def confirm(
    claim: Claim,
    parameters: Parameters,
    instance: Instances,
    *,
    certain: bool,
    off: Callable[[], float],
    suspect: bool = True,
) -> Finding:
    """Settle a suspect, a batch of one.

    Args:
        claim: the claim.
        parameters: of the batch.
        instance: float64.
        certain: whether float64 excludes, by its error bounds, that the conclusion holds.
        off: by how much, relative to the entries, rounding breaks the equations that the generator keeps between them;
            zero where it keeps none. Asked only of a violation that small.
        suspect: whether something casts doubt on it; else it is settled at the first precision alone.

    Returns:
        VIOLATED only for an instance that meets every hypothesis exactly (or with a margin where a predicate rounds),
        and whose violation exceeds the rounding of its entries; where it does not, UNSETTLED, or BY_ROUNDING if the
        generator keeps an equation that explains it. OUTSIDE for one that exactly breaks a hypothesis
        while its neighbours inside the family obey the conclusion.
    """
    settled = settle(claim, parameters, instance, suspect=suspect)
    found = Finding(settled=settled, instance=instance)
    if not claim.when.exact or settled.is_in_floats:
        return found
    if settled.ruling is Ruling.OUTSIDE:
        return _inside(claim, parameters, found, certain=certain)
    if certain and settled.share is not None and settled.share > _PLAIN:
        return found
    if settled.ruling is not Ruling.VIOLATED or exceeds_rounding(claim, parameters, instance, settled, _DRAWN):
        return found
    kept = off()
    if kept and not exceeds_rounding(claim, parameters, instance, settled, max(kept, _ROUNDING)):
        return replace(found, settled=_as(settled, Ruling.BY_ROUNDING))
    if exceeds_rounding(claim, parameters, instance, settled, _ROUNDING):
        return found
    return replace(found, settled=_as(settled, Ruling.UNSETTLED))


def _as(settled: Settled, ruling: Ruling) -> Settled:
    return replace(settled, ruling=ruling)


def exceeds_rounding(claim: Claim, parameters: Parameters, instance: Instances, settled: Settled, by: float) -> bool:
    """Whether the violated entry stays as far off when the instance's entries are moved by a relative ``by``.

    Entries of few digits (0.5, 3.25) are taken to be meant as they stand.
    """
    copies = [instance, *moved(instance, by, _COPIES, short=False)]
    changed = [copy for copy in copies[1:] if any(not np.array_equal(copy[name], instance[name]) for name in instance)]
    if not changed:
        return True
    found = [_gap(claim, parameters, copy, settled) for copy in (instance, *changed)]
    gaps = [gap for gap in found if gap is not None]
    if len(gaps) < len(found):
        return True
    variation = max(abs(gap - gaps[0]) for gap in gaps[1:])
    return bool(abs(gaps[0]) > _FACTOR * variation)


def _gap(claim: Claim, parameters: Parameters, instance: Instances, settled: Settled) -> Any | None:
    """The middle of the difference at the settled entry, at a precision that sees it."""
    for bits in (0, *LADDER) if settled.arithmetic.endswith("rationals") else precisions(claim):
        pairs = exact_sides(claim, parameters, instance, bits) or []
        for pair in pairs:
            if pair.case == settled.case:
                gap = next(gap for place, (gap, _, _) in enumerate(entries(pair)) if place == settled.entry)
                if not hasattr(gap, "rad"):
                    return gap
                if gap.is_finite() and (bits == LADDER[-1] or 8 * gap.rad() <= abs(gap.mid())):
                    return gap.mid()
    return None


def _inside(claim: Claim, parameters: Parameters, found: Finding, *, certain: bool) -> Finding:
    """The same for the nearest instances that do meet the hypotheses."""
    members, violated = 0, False
    for by, near in _members_near(claim, parameters, found.instance):
        members += 1
        settled = settle_conclusion(claim, parameters, near)
        if settled.ruling is Ruling.VIOLATED:
            violated = True
            if exceeds_rounding(claim, parameters, near, settled, by):
                place = standing(claim, parameters, near)
                return Finding(settled=replace(settled, hypotheses=place.arithmetic), instance=near)
    if certain and (violated or not (members or _obeys_beside(claim, parameters, found.instance))):
        return Finding(settled=_as(found.settled, Ruling.UNSETTLED), instance=found.instance)
    return found


def _obeys_beside(claim: Claim, parameters: Parameters, instance: Instances) -> bool:
    """Whether an instance meets the hypotheses and obeys the conclusion whose entries lie beside these, by an amount.

    Of exp(x) <= 1 no x that is tiny and positive has a member near it in the sense of `moved`, which keeps signs.
    """
    rng = np.random.default_rng(0)
    for by in _NEAR:
        for _ in range(_COPIES):
            shifted = {name: _beside(np.asarray(value), by, rng) for name, value in instance.items()}
            if standing(claim, parameters, shifted).membership is Membership.MET:
                return settle_conclusion(claim, parameters, shifted).ruling is Ruling.HOLDS
    return False


def _beside(value: Any, by: float, rng: np.random.Generator) -> Any:
    """Entries that are no whole numbers moved by up to ``by``, or by this share of them."""
    if value.dtype == object or np.array_equal(value, np.rint(value)):
        return value
    return value + by * np.maximum(1.0, np.abs(value)) * rng.uniform(-1, 1, value.shape)


def _members_near(claim: Claim, parameters: Parameters, instance: Instances) -> Iterator[tuple[float, Instances]]:
    """Instances that surely meet the hypotheses, with how far they were moved; at most two a distance."""
    for by in _NEAR:
        copies = list(moved(instance, by, _COPIES))
        batch = {name: np.concatenate([np.asarray(copy[name]) for copy in copies]) for name in instance}
        masks = met_or_not(claim, parameters, batch, len(copies))
        met = np.all([np.ones(len(copies), dtype=bool), *masks.values()], axis=0)
        sure = (instance_at(batch, int(row)) for row in np.flatnonzero(met))
        sure = (one for one in sure if standing(claim, parameters, one).membership is Membership.MET)
        for _, one in zip(range(2), sure, strict=False):
            yield by, one
