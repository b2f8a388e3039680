"""Settling suspects: violations, what rounding leaves open, what an error bound hides, and a few plain passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import generator
from lemmata.checks.judging.confirm import Finding, confirm
from lemmata.checks.judging.margins import Margins
from lemmata.checks.judging.membership import is_large
from lemmata.checks.judging.origin import SPECIAL
from lemmata.checks.judging.rulings import Ruling
from lemmata.checks.judging.settle import instance_at, settle
from lemmata.checks.stages.draws import Batch
from lemmata.checks.stages.structure import structure
from lemmata.checks.stages.tally import Tally, Violation, place_in_words
from lemmata.checks.stages.texts import rounded_decimal
from lemmata.claims import Claim, Instances

_OUTSIDE = 64
"""Suspects outside the family are passed over so many times before the others count as unsettled."""
_LATER = 200
"""Suspects whose rate is another further on: so many of a batch are followed before the others count as unsettled."""
_ANOTHER_REGIME = "another regime may lead further on: an entry lies far outside the range of the scales"
_OVERFLOWN = 2
_TOO_LARGE = "numbers beyond the range of floats, of which only some are settled exactly"
_MOST_UNCLEAR = 0.1
"""Share of a real table's relations that may be left unchecked."""
_MOST_SPECIAL = 12
"""Special values settled in one batch because floats say nothing there."""
_MODERATE = 2.0**10
"""Largest entry at which numbers seldom agree to thousands of digits without being equal."""
_BLURRED = "the error bound is large beside both sides"


@dataclass(frozen=True, kw_only=True)
class Suspects:
    """A judged batch: its admissible instances, and which of them decide something."""

    claim: Claim
    batch: Batch
    instances: Instances
    found: Margins
    judged: np.ndarray
    overflown: np.ndarray
    """Those on which the solver succeeded, but some quantity of the conclusion is no finite float."""

    def instance(self, row: int) -> dict[str, Any]:
        """One of them, as a batch of one."""
        return instance_at(self.instances, row)

    def confirmed(self, row: int, *, certain: bool, suspect: bool = True) -> Finding:
        """One of them, settled."""
        instance = self.instance(row)

        def off() -> float:
            rng = generator(0, self.claim.key, "structure")
            return structure(self.claim, self.batch.parameters, instance, self.batch.origin, rng).rounding

        return confirm(self.claim, self.batch.parameters, instance, certain=certain, off=off, suspect=suspect)

    def violation(self, row: int, finding: Finding) -> Violation:
        """What was confirmed of one of them."""
        return Violation(
            parameters=self.batch.parameters,
            instance=finding.instance,
            origin=self.batch.origin,
            settled=finding.settled,
            residual=float(self.found.residual[row]),
            error=float(self.found.error[row]),
        )


def settle_suspects(tally: Tally, batch: Suspects, budget: Budget) -> None:
    """Settle violations, largest first; then, of what looks right, the nearest, the most blurred and a plain one."""
    found = batch.found
    _settle_not_finite(tally, batch, [int(row) for row in np.flatnonzero(batch.overflown)])
    violated = _largest_first(found.violated & batch.judged, found.ratio)
    if _settle_violated(tally, batch, violated, budget):
        return
    right = batch.judged & ~found.violated
    _settle_right(tally, batch, _largest_first(found.touching & right, found.ratio), budget.touching)
    _settle_blurred(tally, batch, _largest_first(found.blurred & right, found.error), budget)
    if batch.batch.origin is SPECIAL and tally.hidden is None:
        _settle_special(tally, batch, np.flatnonzero(found.blurred & right))
    drawn = not batch.batch.origin.is_data  # a real table takes too long
    settles = found.rigorous or batch.claim.when.further
    if drawn and settles and tally.passes < budget.passes * (1 if batch.batch.edge is None else 0.5):
        tally.passes += 1
        plain = [int(row) for row in np.flatnonzero(right & ~found.touching & ~found.blurred)]
        _settle_right(tally, batch, plain, 1, suspect=False)


def _largest_first(mask: np.ndarray, by: np.ndarray) -> list[int]:
    rows = np.flatnonzero(mask)
    return [int(row) for row in rows[np.argsort(-by[rows], kind="stable")]]


def _settle_violated(tally: Tally, batch: Suspects, rows: list[int], budget: Budget) -> bool:
    """Settle what float64 excludes; true if one is confirmed."""
    outside = settled = later = 0
    for place, row in enumerate(rows):
        if settled == budget.settle or outside == _OUTSIDE or later == _LATER:
            tally.unsettled += len(rows) - place
            return False
        finding = batch.confirmed(row, certain=True)
        if finding.ruling is Ruling.VIOLATED:
            tally.violation = batch.violation(row, finding)
            return True
        outside += finding.ruling is Ruling.OUTSIDE
        later += finding.settled.is_later
        settled += finding.ruling is not Ruling.OUTSIDE and not finding.settled.is_later
        _book(tally, finding)
        if finding.ruling is Ruling.HOLDS and not finding.settled.is_later:
            tally.artefacts += 1
            tally.contradicted += batch.found.rigorous and batch.claim.when.exact
    return False


def _settle_not_finite(tally: Tally, batch: Suspects, rows: list[int]) -> None:
    """Settle some of what floats cannot hold; where exact numbers can, the others no longer count as not finite."""
    if not rows or not batch.claim.when.exact or is_large(batch.instance(rows[0])):
        return
    settled = rows[:_OVERFLOWN]
    for row in settled:
        finding = batch.confirmed(row, certain=False)
        if finding.ruling is Ruling.VIOLATED and finding.settled.rounded is None:
            tally.hidden = tally.hidden or batch.violation(row, finding)
        elif finding.ruling not in (Ruling.HOLDS, Ruling.OUTSIDE):
            return
        else:
            _book(tally, finding)
    tally.non_finite -= len(rows)
    if len(rows) > len(settled):
        tally.open[_TOO_LARGE] += len(rows) - len(settled)


def _settle_right(tally: Tally, batch: Suspects, rows: list[int], count: int, *, suspect: bool = True) -> None:
    """Settle some of what float64 does not exclude; a violation found so is kept as hidden."""
    if not batch.claim.when.exact or not count:
        return
    settled = 0
    for row in rows[:_OUTSIDE]:
        if settled == count or is_large(batch.instance(row)):
            return
        finding = batch.confirmed(row, certain=False, suspect=suspect)
        _note_unsettled(tally, batch, finding)
        settled += finding.ruling is not Ruling.OUTSIDE
        if not _is_hidden(tally, batch, row, finding) and (
            finding.ruling is not Ruling.UNSETTLED or _is_doubt(finding)
        ):
            _book(tally, finding)


def _is_hidden(tally: Tally, batch: Suspects, row: int, finding: Finding) -> bool:
    """Whether exact numbers violate what floats do not: kept, unless a rounded float may have turned a comparison."""
    if finding.ruling is not Ruling.VIOLATED:
        return False
    if finding.settled.rounded is not None:
        tally.unsettled += 1
    else:
        tally.hidden = tally.hidden or batch.violation(row, finding)
    return True


def _settle_blurred(tally: Tally, batch: Suspects, rows: list[int], budget: Budget) -> None:
    """Settle some of what only a large error bound keeps from being a violation.

    Where that cannot be done, instances of which nothing was checked are open, and tables with much that was not.
    """
    tally.blurred += len(rows)
    unclear = int(batch.found.unclear[rows].sum())
    tally.relations -= unclear
    tally.unchecked += unclear
    settles = bool(rows) and batch.claim.when.exact and not is_large(batch.instance(rows[0]))
    for row in rows[: min(2, budget.blurred - tally.hazy)] if settles else ():
        finding = batch.confirmed(row, certain=False)
        _note_unsettled(tally, batch, finding)
        tally.hazy += 1
        if _is_hidden(tally, batch, row, finding):
            continue
        if finding.ruling is not Ruling.UNSETTLED or finding.settled.difference is not None:
            _book(tally, finding)
            tally.relations += int(batch.found.unclear[row])
            tally.unchecked -= int(batch.found.unclear[row])
        else:
            settles = False
    nothing_said = batch.found.unchecked
    if batch.batch.origin.is_data:  # of its many entries some may be left
        nothing_said = batch.found.unclear > _MOST_UNCLEAR * batch.found.relations
    if not settles and nothing_said[rows].any():
        tally.open[_BLURRED] += int(nothing_said[rows].sum())


def _settle_special(tally: Tally, batch: Suspects, rows: np.ndarray) -> None:
    """Settle special values at which floats say nothing, small ones first: where a sign hangs on an exact zero.

    Only a violation counts: floats say nothing of the others, and that is booked.
    """
    if not batch.claim.when.exact:
        return
    for row in sorted(rows, key=lambda row: _largest_entry(batch.instance(row)))[:_MOST_SPECIAL]:
        if is_large(batch.instance(row)) or _is_hidden(tally, batch, row, batch.confirmed(row, certain=False)):
            return


def _largest_entry(instance: Mapping[str, Any]) -> float:
    return max((float(np.abs(value).max(initial=0)) for value in instance.values()), default=0.0)


def _is_doubt(finding: Finding) -> bool:
    """Whether what could not be settled casts doubt on a pass."""
    return finding.settled.difference is not None or finding.settled.is_uneven


def _note_unsettled(tally: Tally, batch: Suspects, finding: Finding) -> None:
    """Keep the first instance of which no precision says more, and why."""
    if tally.tie:
        return
    where = place_in_words(batch.batch.parameters, finding.instance)
    if finding.settled.tie and not _is_of_size(batch, finding):
        tally.tie = f"numbers agree to {finding.settled.tie:,} digits at {where}; equality would refute it"
    elif finding.settled.is_uneven:
        tally.tie = f"slopes at scales between those of the run do not come to rest at {where}"
    elif finding.settled.rounded is not None:
        number = rounded_decimal(batch.claim.when.run) or f"{finding.settled.rounded!r}, which is rounded"
        tally.tie = (
            f"the procedure computes with {number}, and that may be all by which the sides differ at {where}; exact "
            "numbers take a float as it stands: write x / 10 for 0.1 * x, x / n for x * (1 / n), roots of given arrays"
        )


def _is_of_size(batch: Suspects, finding: Finding) -> bool:
    """Whether a drawn instance is tied for its size alone, as 1 and tanh(10^9) are: the same at size one is not."""
    largest = _largest_entry(finding.instance)
    if batch.batch.origin.is_declared or not _MODERATE < largest < np.inf:
        return False
    smaller = {name: np.ldexp(value, -int(np.frexp(largest)[1])) for name, value in finding.instance.items()}
    return not settle(batch.claim, batch.batch.parameters, smaller).tie


def _book(tally: Tally, finding: Finding) -> None:
    """Count a finding that is no violation."""
    if finding.ruling is Ruling.UNSETTLED and finding.settled.is_later:
        tally.open[_ANOTHER_REGIME] += 1
    else:
        tally.unsettled += finding.ruling is Ruling.UNSETTLED
    tally.rounding += finding.ruling is Ruling.BY_ROUNDING
    tally.outside += finding.ruling is Ruling.OUTSIDE
    tally.exact += finding.ruling is Ruling.HOLDS and not finding.settled.is_extrapolated
    if finding.settled.attained:
        tally.worst_ratio = max(1.0, tally.worst_ratio or 0.0)
    tally.non_finite += finding.ruling is Ruling.UNDEFINED
