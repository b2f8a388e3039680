"""Settling a float64 violation: the same run again in exact rationals or, where those end, in balls."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks.judging.sides import Relation, Sides, sides
from lemmata.claims import Claim, Instances, Parameters
from lemmata.solvers import Bounded, NotRationalError, to_balls, to_rationals

BALL_BITS = 256
_DIGITS = 30
_NARROW = 2.0**-100
"""Radius, in units of the sides, below which a ball around zero counts as equality."""
LARGE = 2_000
"""Entries above which an instance (a real table) is settled by its float64 error bars alone: these are
rigorous running error bounds, and hours of exact arithmetic would say the same."""


class Ruling(enum.Enum):
    """What exact arithmetic says of one instance."""

    VIOLATED = "violated"
    HOLDS = "holds"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A ruling on one instance, with both sides of the worst entry written out.

    ``arithmetic`` names what the ruling rests on.
    """

    ruling: Ruling
    arithmetic: str
    case: str = ""
    left: str = ""
    right: str = ""
    difference: float | None = None


@dataclass(frozen=True)
class _System:
    name: str
    convert: Callable[[np.ndarray], Any]
    precision: Callable[[], AbstractContextManager[Any]]


def _ball_precision() -> AbstractContextManager[Any]:
    import flint

    manager: AbstractContextManager[Any] = flint.ctx.workprec(BALL_BITS)
    return manager


_SYSTEMS = (
    _System("exact rationals", to_rationals, nullcontext),
    _System(f"balls of {BALL_BITS} bits", to_balls, _ball_precision),
)


def settle(claim: Claim, parameters: Parameters, instance: Instances) -> Settled:
    """Judge one instance (a batch of one, float64) in exact arithmetic.

    Rationals first; where the dynamics leave them (an exponential, a root) balls, in which a violation
    counts only if the whole ball lies on the wrong side. An instance of more than ``LARGE`` entries, and a
    procedure that computes in float64 whatever it is given, are judged in float64 balls.
    """
    if not claim.when.exact or sum(np.size(value) for value in instance.values()) > LARGE:
        return _rule_by_bars(claim, parameters, instance)
    for system in _SYSTEMS if claim.when.rational else _SYSTEMS[1:]:
        with system.precision():
            try:
                exact = {name: system.convert(value) for name, value in instance.items()}
                measured = claim.when.run(parameters, exact)
                if any(np.any(mask) for mask in measured.failures.values()):
                    continue
                pairs = [sides(claim.then, case, claim.when.time) for case in measured.cases]
            except NotRationalError:
                continue
            if any(pair.open is not None and np.any(pair.open) for pair in pairs):
                return Settled(ruling=Ruling.UNSETTLED, arithmetic=system.name)
            return _rule(pairs, system.name)
    return Settled(ruling=Ruling.UNSETTLED, arithmetic="none")


def _rule(pairs: list[Sides], arithmetic: str) -> Settled:
    worst: tuple[float, Sides, int] | None = None
    certain = True
    for pair in pairs:
        gaps, lefts, rights = _entries(pair)
        if not all(_is_finite(gap) for gap in gaps):
            return Settled(ruling=Ruling.UNSETTLED, arithmetic=arithmetic, case=pair.case)
        for index, gap in enumerate(gaps):
            size = _size(gap) if pair.relation is Relation.EQUAL else float(_middle(gap))
            if _is_wrong(gap, pair.relation) and (worst is None or size > worst[0]):
                worst = (size, pair, index)
            certain = certain and _is_decisive(gap, lefts[index], rights[index], pair.relation)
    if worst is None:
        return Settled(ruling=Ruling.HOLDS if certain else Ruling.UNSETTLED, arithmetic=arithmetic)
    size, pair, index = worst
    _, lefts, rights = _entries(pair)
    return Settled(
        ruling=Ruling.VIOLATED,
        arithmetic=arithmetic,
        case=pair.case,
        left=_text(lefts[index]),
        right=_text(rights[index]),
        difference=size,
    )


def _rule_by_bars(claim: Claim, parameters: Parameters, instance: Instances) -> Settled:
    """The ruling of float64 with rigorous error bars."""
    arithmetic = (
        f"float64 balls ({'rigorous running error bounds' if claim.when.exact else 'the error bars of its solver'})"
    )
    measured = claim.when.run(parameters, {name: Bounded.exact(value) for name, value in instance.items()})
    worst = Settled(ruling=Ruling.HOLDS, arithmetic=arithmetic, difference=0.0)
    for pair in (sides(claim.then, case, claim.when.time) for case in measured.cases):
        if pair.open is not None and np.any(pair.open):
            return Settled(ruling=Ruling.UNSETTLED, arithmetic=arithmetic, case=pair.case)
        gap = pair.difference
        size = np.abs(gap.value) if pair.relation is Relation.EQUAL else gap.value
        known = np.isfinite(size) & np.isfinite(gap.error)
        open_still = (pair.relation is Relation.AT_MOST) & (size <= gap.error) & ~(size <= -gap.error)
        if not np.all(known & ~open_still):
            return Settled(ruling=Ruling.UNSETTLED, arithmetic=arithmetic, case=pair.case)
        excess = np.where(size > gap.error, size, 0.0)
        index = np.unravel_index(int(np.argmax(excess)), excess.shape)
        if excess[index] > (worst.difference or 0.0):
            left, right = (np.broadcast_to(side.value, excess.shape)[index] for side in (pair.left, pair.right))
            worst = Settled(
                ruling=Ruling.VIOLATED,
                arithmetic=arithmetic,
                case=pair.case,
                left=repr(float(left)),
                right=repr(float(right)),
                difference=float(excess[index]),
            )
    return worst


def _entries(pair: Sides) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Difference, left and right side, entry by entry."""
    gaps = np.asarray(pair.difference, dtype=object)
    left, right = (np.broadcast_to(np.asarray(side, dtype=object), gaps.shape) for side in (pair.left, pair.right))
    return gaps.ravel(), left.ravel(), right.ravel()


def _is_decisive(gap: Any, left: Any, right: Any, relation: Relation) -> bool:
    """Whether "not wrong" may be read as "right": certainly so, or equal within a narrow ball."""
    if not hasattr(gap, "rad") or (relation is Relation.AT_MOST and bool(gap <= 0)):
        return True
    return float(gap.rad()) <= _NARROW * max(1.0, _size(left), _size(right))


def _is_wrong(gap: Any, relation: Relation) -> bool:
    """Whether the exact or ball-valued ``left - right`` certainly breaks the relation."""
    if relation is Relation.AT_MOST:
        return bool(gap > 0)
    return bool(gap > 0) or bool(gap < 0)


def _is_finite(gap: Any) -> bool:
    return bool(gap.is_finite()) if hasattr(gap, "is_finite") else True


def _middle(gap: Any) -> Any:
    return gap.mid() if hasattr(gap, "mid") else gap


def _size(gap: Any) -> float:
    return abs(float(_middle(gap)))


def _text(number: Any) -> str:
    """Digits of a ball, or the fraction itself while it is short enough to read."""
    if hasattr(number, "mid"):
        return str(number.str(_DIGITS, radius=True))
    fraction = str(number)
    if len(fraction) <= 2 * _DIGITS:
        return fraction
    from fractions import Fraction

    return f"{float(Fraction(int(number.p), int(number.q))):.17g} (a fraction of {len(fraction)} digits)"


def instance_at(instances: Instances, index: int) -> dict[str, Any]:
    """One instance of a batch, as a batch of one; axes of length one are shared by all."""
    return {name: value[index : index + 1] if value.shape[0] > 1 else value for name, value in instances.items()}


def selected(instances: Instances, rows: np.ndarray) -> dict[str, Any]:
    """The instances of a batch at ``rows``; axes of length one are shared by all."""
    return {name: value[rows] if value.shape[0] > 1 or len(rows) == 0 else value for name, value in instances.items()}


def as_lists(instance: Mapping[str, Any]) -> dict[str, object]:
    """A batch of one as nested lists, first axis left out; float64 survives JSON exactly."""
    return {name: np.asarray(value)[0].tolist() for name, value in instance.items()}
