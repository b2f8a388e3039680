"""Shrinking a confirmed counterexample: smaller shapes and simpler parameters, then simpler numbers.

Every candidate must meet the hypotheses, keep what the generator keeps unsaid, and be confirmed exactly; the first that
does is kept and the search goes on from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from functools import singledispatch
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import generator
from lemmata.checks.judging.confirm import confirm
from lemmata.checks.judging.margins import margins
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.origin import Origin
from lemmata.checks.judging.rulings import Ruling
from lemmata.checks.judging.settle import instance_at, selected
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.runs import run_bounded
from lemmata.checks.stages.structure import Structure, structure
from lemmata.checks.stages.tally import Violation
from lemmata.claims import Choice, Claim, ClaimError, Instances, Integers, Parameters, Reals, Sizes
from lemmata.solvers import NotFiniteError

_DRAWN = 64
_ROUNDED = 2.0**-48
"""What counts as rounding while shrinking: there is no need to report what is that near to none."""
_MOST_ENTRIES = 40
_WHOLE = 2.0**53
"""Floats from here on are whole numbers."""
_DIGITS = 12
"""Entries that need as many decimal digits as this are left with all of theirs."""


def shrink(claim: Claim, violation: Violation, budget: Budget, seed: int, *axes: str) -> Violation:
    """The smallest and simplest violation found from this one within the budget of batches."""
    if not budget.shrink or violation.settled.is_in_floats:
        return violation  # in floats it is of a real table: smaller than the data it cannot get
    best, tries = violation, 0
    progress = True
    while progress and tries < budget.shrink:
        progress = False
        for parameters in _simpler_points(claim, best.parameters):
            tries += 1
            found = _violation_at(claim, parameters, generator(seed, *axes, "shrink", tries), best.origin)
            if found is not None:
                best, progress = found, True
                break
            if tries >= budget.shrink:
                break
    return _simpler_entries(claim, best, budget, generator(seed, *axes, "shrink", "reach"))


def _simpler_points(claim: Claim, parameters: Parameters) -> Iterator[dict[str, Any]]:
    ranges = claim.given.parameters
    simplest = {name: declared.simplest for name, declared in ranges.items()}
    if simplest != dict(parameters):
        yield simplest
    for name, declared in ranges.items():
        for value in _simpler(declared, parameters[name]):
            yield {**parameters, name: value}


@singledispatch
def _simpler(declared: object, value: Any) -> Iterator[Any]:
    raise TypeError(f"expected a range (integers, reals, choice, sizes), got {declared!r} for {value!r}")


@_simpler.register
def _(declared: Integers, value: int) -> Iterator[int]:
    if value > declared.low:
        yield declared.low
    stride = (value - declared.low) // 2
    while stride > 0:  # bisect towards the smallest value that still fails
        yield value - stride
        stride //= 2


@_simpler.register
def _(declared: Reals, value: float) -> Iterator[float]:
    for candidate in (declared.low, declared.high, 1.0, 0.5, float(round(value))):
        if candidate in declared and len(repr(candidate)) < len(repr(value)):
            yield candidate


@_simpler.register
def _(declared: Choice, value: str) -> Iterator[str]:
    if value in declared.options:  # a real table may have one of its own
        yield from declared.options[: declared.options.index(value)]


@_simpler.register
def _(declared: Sizes, value: list[int]) -> Iterator[list[int]]:
    if len(value) > declared.shortest:
        for position in range(len(value)):
            yield value[:position] + value[position + 1 :]
    for position, entry in enumerate(value):
        for smaller in _simpler(declared.of, entry):
            yield [*value[:position], smaller, *value[position + 1 :]]


def _violation_at(claim: Claim, parameters: Parameters, rng: np.random.Generator, origin: Origin) -> Violation | None:
    """A confirmed violation among a few instances drawn at these parameters, or None."""
    try:
        instances = draw(claim, Batch(origin=origin, parameters=parameters, size=_DRAWN), rng)
    except (ClaimError, ValueError):
        return None  # not every simpler point is one that the family can draw
    masks = met_or_not(claim, parameters, instances, _DRAWN)
    met = np.flatnonzero(np.all([np.ones(_DRAWN, dtype=bool), *masks.values()], axis=0))
    if not met.size:
        return None
    return _confirmed(claim, parameters, selected(instances, met), len(met), origin)


def _confirmed(
    claim: Claim, parameters: Parameters, instances: Instances, size: int, origin: Origin
) -> Violation | None:
    try:
        measured = run_bounded(claim, parameters, instances)
        found = margins(claim.then, measured, claim.when.time, size)
    except (ArithmeticError, NotFiniteError):
        return None  # a simpler number may be one that the procedure divides by
    failed = np.any([np.zeros(size, dtype=bool), *measured.failures.values()], axis=0)
    rows = np.flatnonzero(found.violated & ~failed)
    if not rows.size:
        return None
    row = int(rows[np.argmax(found.residual[rows])])
    instance = instance_at(instances, row)
    try:
        finding = confirm(claim, parameters, instance, certain=True, off=lambda: _ROUNDED)
    except (ArithmeticError, NotFiniteError):
        return None
    if finding.ruling is not Ruling.VIOLATED:
        return None
    return Violation(
        parameters=parameters,
        instance=finding.instance,
        origin=origin,
        settled=finding.settled,
        residual=float(found.residual[row]),
        error=float(found.error[row]),
    )


def _simpler_entries(claim: Claim, violation: Violation, budget: Budget, rng: np.random.Generator) -> Violation:
    best = violation
    family = structure(claim, violation.parameters, violation.instance, violation.origin, rng)
    attempts = 0
    for instance in _rounded(best.instance):
        same = all(np.array_equal(instance[name], value) for name, value in best.instance.items())
        if not same and family.keeps(instance) and attempts < budget.shrink:
            attempts += 1
            best = _kept(claim, best, instance)
    if budget.shrink == 1 or sum(value.size for value in best.instance.values()) > _MOST_ENTRIES:
        return best  # one attempt is for all entries together
    tries, settled = 0, False
    while not settled and tries < budget.shrink:
        # Again from the start after any success: what one entry may be depends on the others.
        settled = True
        for candidate in _one_entry_simpler(best.instance):
            if not family.keeps(candidate):
                continue
            tries += 1
            kept = _kept(claim, best, candidate)
            if kept is not best:
                best, settled = kept, False
                break
            if tries >= budget.shrink:
                break
    return _fewer_digits(claim, best, family, budget)


def _fewer_digits(claim: Claim, best: Violation, family: Structure, budget: Budget) -> Violation:
    """Entries as decimals of few digits, so that what a person retypes violates too: all together, then one by one."""
    tries = 0
    entries = [(name, index) for name, value in best.instance.items() for index in np.ndindex(*value.shape)]
    for places in (entries, *([entry] for entry in entries)):
        for digits in range(1, _DIGITS):
            candidate = _as_decimals(best.instance, places, digits)
            if all(np.array_equal(candidate[name], value) for name, value in best.instance.items()):
                break  # they have no more digits than this
            if tries >= budget.shrink:
                return best
            if family.keeps(candidate):
                tries += 1
                kept = _kept(claim, best, candidate)
                if kept is not best:
                    best = kept
                    break
    return best


def _as_decimals(instance: Instances, places: Sequence[tuple[str, Any]], digits: int) -> dict[str, Any]:
    """The instance with some entries rounded to so many decimal digits; shorter ones stay as they are."""
    changed = {name: np.array(value) for name, value in instance.items()}
    for name, index in places:
        if np.issubdtype(changed[name].dtype, np.floating):
            changed[name][index] = float(f"{changed[name][index]:.{digits}g}")
    return changed


def _one_entry_simpler(instance: Instances) -> Iterator[dict[str, Any]]:
    """The instance with one entry replaced by a simpler number, the least simple entries first."""
    entries = [(name, index) for name, value in instance.items() for index in np.ndindex(*value.shape)]
    by_need = sorted(entries, key=lambda entry: _simplicity(float(instance[entry[0]][entry[1]])), reverse=True)
    for name, index in by_need:
        present = float(instance[name][index])
        rounded = (float(np.rint(present)), *(float(_dyadic(present, parts)) for parts in (2, 8)))
        for number in dict.fromkeys((0.0, 1.0, float(np.copysign(0.5, present)), *rounded, _one_bit(present))):
            if _simplicity(number) < _simplicity(present):
                changed = instance[name].copy()
                changed[index] = number
                yield {**instance, name: changed}


def _rounded(instance: Instances) -> Iterator[dict[str, Any]]:
    """The instance with its real arrays rounded to eighths, halves, integers: all together, then one by one."""
    reals = [name for name, value in instance.items() if np.issubdtype(value.dtype, np.floating)]
    for parts in (8, 2, 1):
        yield {name: _dyadic(value, parts) if name in reals else value for name, value in instance.items()}
    for name in reals:
        for parts in (8, 2, 1):
            yield {**instance, name: _dyadic(instance[name], parts)}


def _dyadic(value: Any, parts: int) -> Any:
    """The nearest multiple of ``1/parts``: short as an exact fraction, unlike a decimal; large numbers are whole."""
    return np.where(np.abs(value) < _WHOLE, np.rint(value * parts) / parts, value)


def _one_bit(number: float) -> float:
    """The power of two nearest in scale: the simplest number of the same size and sign."""
    return float(np.sign(number) * 2.0 ** min(np.rint(np.log2(abs(number))), 1023)) if number else 0.0


def _simplicity(number: float) -> tuple[int, int, bool]:
    """Smaller is simpler: a short denominator, then a small numerator, then a positive sign."""
    numerator, denominator = number.as_integer_ratio()
    return denominator, abs(numerator), number < 0


def _kept(claim: Claim, best: Violation, instance: dict[str, Any]) -> Violation:
    """The candidate if it meets the hypotheses and is confirmed, else what there was."""
    masks = met_or_not(claim, best.parameters, instance, 1)
    if not all(mask.all() for mask in masks.values()):
        return best
    found = _confirmed(claim, best.parameters, instance, 1, best.origin)
    return best if found is None else dataclasses.replace(found, origin=best.origin)
