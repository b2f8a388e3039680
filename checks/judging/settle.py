"""Settling one instance: the same run again in exact rationals or, where those end, in balls of growing precision.

The conclusion comes first; what breaks it is a violation only if it meets the hypotheses in exact numbers, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import flint
import numpy as np

from lemmata.checks.judging.gaps import as_float, is_finite, is_wrong, magnitude, may_be_zero, middle
from lemmata.checks.judging.membership import Membership, is_large, standing
from lemmata.checks.judging.precision import BALL_BITS, LADDER, ball_precision
from lemmata.checks.judging.rulings import IN_FLOATS, Ruling, Settled, extrapolated_from
from lemmata.checks.judging.scales import at_other_scales
from lemmata.checks.judging.sides import Relation, Sides, sides
from lemmata.claims import AtLeast, Claim, Identity, Instances, Parameters, Procedure, Rate
from lemmata.solvers import Bounded, NotRationalError, to_balls, to_rationals
from lemmata.solvers.numbers.algebraic import Algebraic, read_numbers
from lemmata.solvers.numbers.errors import DivisionByZeroError
from lemmata.solvers.numbers.rounded import rounded_numbers
from lemmata.solvers.numbers.square_roots import exact_square_roots
from lemmata.solvers.numbers.ties import ties_taken

_DIGITS = 30
_SHOWN = 17
_NARROW = 512
"""Bits to which two balls of the last precision agree that count as equal: an iteration ends before all digits do."""
_NOTHING = 900
"""Bits after the point that are zero in two such balls around zero, neither known to be anything else."""
_TINY = 2.0**-45
"""A violation smaller than this, relative to its sides, may come of a rounded number."""
_PLAUSIBLE = 100
"""The same at the first precision, and as large a share of any other, where nothing casts doubt on an instance."""


def settle(claim: Claim, parameters: Parameters, instance: Instances, *, suspect: bool = True) -> Settled:
    """Judge one instance (a batch of one, float64) in exact arithmetic, its hypotheses included.

    Rationals first; where the dynamics leave them (an exponential, a root) balls, in which a violation
    counts only if the whole ball lies on the wrong side, and whose precision is raised until nothing is open. A
    large instance, and a procedure that computes in float64 whatever it is given, are judged in float64 balls.

    Where nothing casts doubt on it (no ``suspect``), the first precision and equality to 30 digits will do.
    """
    found = settle_conclusion(claim, parameters, instance, suspect=suspect)
    if found.ruling not in (Ruling.VIOLATED, Ruling.UNDEFINED) and found.finite:
        return found  # what is undefined may lie outside: of a rounded point of a circle 1 - x^2 - y^2 is negative
    place = standing(claim, parameters, instance)
    ruling = _NOT_MET.get(place.membership, found.ruling)
    return replace(found, ruling=ruling, hypotheses=place.arithmetic)


_NOT_MET = {
    Membership.BROKEN: Ruling.OUTSIDE,
    Membership.ROUNDED: Ruling.OUTSIDE,
    Membership.OPEN: Ruling.UNSETTLED,
}


def settle_exactly(claim: Claim, parameters: Parameters, instance: Instances) -> Settled:
    """Judge one instance whose entries are exact numbers, rationals first whatever the procedure's digits do.

    Square roots are exact, too: an instance that was computed may lie on a boundary.
    """
    with exact_square_roots() as roots:
        found = settle(replace(claim, when=replace(claim.when, rational=True)), parameters, instance)
    exact = (entry for value in instance.values() for entry in np.ravel(value) if value.dtype == object)
    return _in_algebraic_numbers(found) if roots.taken or any(isinstance(one, Algebraic) for one in exact) else found


def _in_algebraic_numbers(found: Settled) -> Settled:
    """The ruling, naming the numbers that took part; rationals are a few of them."""
    exact, name = "rationals", "algebraic numbers"
    hypotheses = found.hypotheses if name in found.hypotheses else found.hypotheses.replace(exact, name)
    return replace(found, arithmetic=found.arithmetic.replace(exact, name), hypotheses=hypotheses)


def exact_entries(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays of exact numbers, batches of one, from nested lists of fractions and roots in words."""
    arrays = {name: np.asarray([value], dtype=object) for name, value in texts.items()}
    numbers = iter(read_numbers([str(text) for value in arrays.values() for text in value.flat]))
    made = {}
    for name, value in arrays.items():
        made[name] = np.empty(value.shape, dtype=object)
        for place in np.ndindex(*value.shape):
            made[name][place] = next(numbers)
    return made


def settle_conclusion(claim: Claim, parameters: Parameters, instance: Instances, *, suspect: bool = True) -> Settled:
    """Judge one instance in exact arithmetic, whether or not it meets the hypotheses.

    Of a rate other scales have a say: one that is contradicted at those that were looked at is so only if scales
    further on do not agree with it, and one that agrees there must do so between them, and not be contradicted further
    on.
    """
    found = _concluded(claim, parameters, instance, suspect=suspect)
    if not isinstance(claim.then, Rate):
        return found

    def at(procedure: Procedure) -> Settled:
        return _concluded(replace(claim, when=procedure), parameters, instance)

    return at_other_scales(found, claim.when, at, instance)


def _concluded(claim: Claim, parameters: Parameters, instance: Instances, *, suspect: bool = True) -> Settled:
    if not claim.when.exact or is_large(instance):
        return _as_written(claim, _rule_by_bounds(claim, parameters, instance))
    found = Settled(ruling=Ruling.UNSETTLED, arithmetic="none")
    for bits in precisions(claim, suspect=suspect):
        pairs = exact_sides(claim, parameters, instance, bits)
        if pairs is None:
            continue
        plausible = bits * _PLAUSIBLE // BALL_BITS if not suspect or isinstance(claim.then, Rate) else 0
        narrow = _NARROW if bits == LADDER[-1] else plausible
        found = _rule(pairs, _arithmetic(claim, bits), narrow)
        if found.ruling is not Ruling.UNSETTLED or found.rounded is not None or any(pair.idle(0) for pair in pairs):
            break
    if found.ruling is Ruling.UNSETTLED and found.finite and suspect and found.rounded is None:
        found = replace(found, tie=_tie(claim, parameters, instance))
    ruled = found if found.finite or not _divides(claim, parameters, instance) else _as_undefined(found)
    return _as_written(claim, ruled)


def _tie(claim: Claim, parameters: Parameters, instance: Instances) -> int:
    """Digits to which numbers agree whose equality would violate the conclusion; zero where it would not."""
    bits = precisions(claim)[-1]
    if isinstance(claim.then, Rate):
        return 0
    with ties_taken() as ties:
        pairs = exact_sides(claim, parameters, instance, bits)
    if not pairs or not ties.digits or _rule(pairs, "", _NARROW).ruling is not Ruling.VIOLATED:
        return 0
    place = standing(claim, parameters, instance).membership
    return ties.digits if place is Membership.MET else 0


def _as_written(claim: Claim, found: Settled) -> Settled:
    """The ruling with its sides as the claim writes them: ``a >= b`` is judged as ``b <= a``."""
    return replace(found, left=found.right, right=found.left) if isinstance(claim.then, AtLeast) else found


def _as_undefined(found: Settled) -> Settled:
    return replace(found, ruling=Ruling.UNDEFINED, arithmetic="exact rationals")


def _divides(claim: Claim, parameters: Parameters, instance: Instances) -> bool:
    """Whether the run divides by zero, exactly; what is guarded was a number in balls."""
    try:
        if claim.when.rational:
            _run_exactly(claim, parameters, instance, 0)
    except DivisionByZeroError:
        return True
    except NotRationalError:
        pass
    return False


def precisions(claim: Claim, *, suspect: bool = True) -> tuple[int, ...]:
    """Bits of the balls to try, in order; 0 for exact rationals. An extrapolation gains nothing by more digits.

    Of an equality nothing is a suspect that floats cannot tell from one, and more digits are tried at once: all that
    there are where formulas alone are to be computed.
    """
    balls = LADDER if suspect and not isinstance(claim.then, Rate) else LADDER[:1]
    if isinstance(claim.then, Identity) and not suspect:
        balls = LADDER[-1:] if claim.given.any_size else LADDER[1:2]
    return (0, *balls) if claim.when.rational else balls


def _arithmetic(claim: Claim, bits: int) -> str:
    return _named(claim, f"balls of {bits} bits" if bits else "exact rationals")


def _named(claim: Claim, numbers: str) -> str:
    """What a ruling rests on: a limit that a run only nears is an extrapolation, in whatever numbers it was run."""
    return extrapolated_from(numbers) if isinstance(claim.then, Rate) else numbers


def exact_sides(claim: Claim, parameters: Parameters, instances: Instances, bits: int) -> list[Sides] | None:
    """The sides of every case in balls of so many bits, or in rationals (0); None where they cannot be had."""
    try:
        return _run_exactly(claim, parameters, instances, bits)
    except NotRationalError:
        return None


def _run_exactly(claim: Claim, parameters: Parameters, instances: Instances, bits: int) -> list[Sides] | None:
    """As `exact_sides`; raises NotRationalError where the number system ends."""
    convert = to_balls if bits else to_rationals
    with ball_precision(bits or BALL_BITS):
        ready = {name: frozen(convert(value)) for name, value in instances.items()}
        with rounded_numbers() as met:
            measured = claim.when.run(parameters, ready)
        if any(np.any(mask) for mask in measured.failures.values()):
            return None
        pairs = [sides(claim.then, case, claim.when.time) for case in measured.cases]
        rounded = next((one for one in met if one not in parameters.values()), None)
        return [replace(pair, gap=pair.difference, rounded=rounded) for pair in pairs]


def frozen(array: Any) -> Any:
    """The array, read-only."""
    array.setflags(write=False)
    return array


def _rule(pairs: list[Sides], arithmetic: str, narrow: int) -> Settled:
    worst: tuple[Any, Settled] | None = None
    certain = finite = True
    for pair in pairs:
        for index, (gap, left, right) in enumerate(entries(pair)):
            if not is_finite(gap):
                certain = finite = False
            elif is_wrong(gap, pair.relation):
                size = abs(middle(gap))
                if worst is None or size > worst[0]:
                    worst = size, _violated(pair.case, index, (gap, left, right), arithmetic)
            elif not (pair.estimated or _is_right(gap, left, right, pair.relation, narrow)):  # idle where it is wide
                certain = False
        if pair.idle(0):
            return Settled(ruling=Ruling.UNSETTLED, arithmetic=arithmetic, case=pair.case)
    if worst is not None:
        return _unless_rounded(worst[1], next((one.rounded for one in pairs if one.rounded is not None), None))
    attained = any(pair.may_vanish and gap == 0 for pair in pairs for gap, _, _ in entries(pair))
    return Settled(
        ruling=Ruling.HOLDS if certain else Ruling.UNSETTLED, arithmetic=arithmetic, finite=finite, attained=attained
    )


def _unless_rounded(found: Settled, number: float | None) -> Settled:
    """A violation, unless it is so small that a rounded number among what was computed may be all of it."""
    is_all = number is not None and found.share is not None and found.share < _TINY
    return replace(found, ruling=Ruling.UNSETTLED if is_all else found.ruling, rounded=number)


def _violated(case: str, entry: int, numbers: tuple[Any, Any, Any], arithmetic: str) -> Settled:
    gap, left, right = numbers
    size, larger = abs(middle(gap)), max(magnitude(left), magnitude(right))
    return Settled(
        ruling=Ruling.VIOLATED,
        arithmetic=arithmetic,
        case=case,
        left=_text(left),
        right=_text(right),
        difference=as_float(size),
        share=as_float(size / larger) if larger > 0 else None,
        entry=entry,
    )


def entries(pair: Sides, row: int = 0) -> Iterator[tuple[Any, Any, Any]]:
    """Difference, left and right side of one instance, entry by entry."""
    gaps = np.asarray(pair.difference, dtype=object)
    both = (np.broadcast_to(np.asarray(side, dtype=object), gaps.shape) for side in (pair.left, pair.right))
    at = min(row, len(gaps) - 1)
    return zip(*(side[at].ravel() for side in (gaps, *both)), strict=True)


def _is_right(gap: Any, left: Any, right: Any, relation: Relation, narrow: int) -> bool:
    """Whether "not wrong" may be read as "right": certainly so, or equal to so many bits, if that says anything."""
    if not hasattr(gap, "rad") or gap == 0 or (relation is Relation.AT_MOST and bool(gap <= 0)):
        return True
    if not narrow:
        return False
    apart = gap.rad() * 2**narrow
    if any(bool(apart <= magnitude(side)) for side in (left, right) if hasattr(side, "rad")):
        return True
    nothing = _NOTHING if narrow == _NARROW else narrow
    return bool(gap.rad() * 2**nothing <= 1) and may_be_zero(left) and may_be_zero(right)


def _rule_by_bounds(claim: Claim, parameters: Parameters, instance: Instances) -> Settled:
    """The ruling of float64 with its error bounds: a violation beyond them anywhere is one, whatever else is open.

    That nothing is violated they decide only where they are small beside the sides.
    """
    whose = "rigorous running error bounds" if claim.when.exact else "the error bounds of its solver"
    undecided = Settled(ruling=Ruling.UNSETTLED, arithmetic=_named(claim, f"{IN_FLOATS} ({whose})"))
    bounded = {name: Bounded.exact(value) for name, value in instance.items()}
    measured = claim.when.run(parameters, bounded)
    worst = replace(undecided, ruling=Ruling.HOLDS, difference=0.0)
    for pair in (sides(claim.then, case, claim.when.time) for case in measured.cases):
        gap, equal = pair.difference, pair.relation is Relation.EQUAL
        size = np.abs(gap.value) if equal else gap.value
        known = np.isfinite(size) & np.isfinite(gap.error)
        decided = (size > gap.error) | (pair.is_checked() if equal else size <= -gap.error)
        if pair.idle(0):
            return replace(undecided, case=pair.case)
        excess = np.where(known & (size > gap.error), size, 0.0)
        if not np.all(known & decided) and worst.ruling is Ruling.HOLDS:
            worst = replace(undecided, case=pair.case)
        index = np.unravel_index(int(np.argmax(excess)), excess.shape)
        if excess[index] > (worst.difference or 0.0):
            left, right = (np.broadcast_to(side.value, excess.shape)[index] for side in (pair.left, pair.right))
            worst = replace(
                undecided,
                ruling=Ruling.VIOLATED,
                case=pair.case,
                left=repr(float(left)),
                right=repr(float(right)),
                difference=float(excess[index]),
            )
    return worst


def _text(number: Any) -> str:
    """Digits of a ball, or the fraction itself while it is short enough to read."""
    if hasattr(number, "mid"):
        return str(number.str(_DIGITS, radius=True))
    fraction = str(number)
    if len(fraction) <= 2 * _DIGITS:
        return fraction
    shown = flint.arb(number).str(_SHOWN, radius=False)
    return f"{shown} (a fraction of {len(fraction)} digits)"


def instance_at(instances: Instances, index: int) -> dict[str, Any]:
    """One instance of a batch, as a batch of one; axes of length one are shared by all."""
    return {name: value[index : index + 1] if value.shape[0] > 1 else value for name, value in instances.items()}


def selected(instances: Instances, rows: np.ndarray) -> dict[str, Any]:
    """The instances of a batch at ``rows``; axes of length one are shared by all."""
    return {name: value[rows] if value.shape[0] > 1 or len(rows) == 0 else value for name, value in instances.items()}


def as_lists(instance: Mapping[str, Any]) -> dict[str, object]:
    """A batch of one as nested lists, first axis left out; float64 survives JSON exactly."""
    return {name: np.asarray(value)[0].tolist() for name, value in instance.items()}
