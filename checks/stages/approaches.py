"""Implied constants near single values of a real parameter: at a pole that no drawn value meets, no constant is enough.

A parameter belongs to a whole batch, so that no search moves it. Here the point that needs most is moved to values
that need more, along one parameter after the other, in ever finer steps and towards either end; a constant that grows
like a power all the way has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from lemmata.checks.evidence import OPEN, Estimate
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.stages.poles import ABSURD
from lemmata.checks.stages.trends import Point
from lemmata.claims import AtLeast, AtMost, Claim, Parameters, Reals

Least = Callable[[Parameters], Point]
"""The constant that is needed at other parameters, always by the same draws."""

_STARTS = 2
"""Points from which the parameters are moved, those that need most."""
_ROUNDS, _FINER = 16, 8.0
"""Rounds at most, and how much finer the steps of each are."""
_GAIN, _STEADY, _PATIENCE = 1.5, 6, 5
"""What each of so many rounds in turn gains where there is a pole; after so many that gain less it has come to rest."""


def approaches(claim: Claim, bound: AtMost | AtLeast, points: Sequence[Point], least: Least) -> Point | None:
    """Where the constant grows like a power towards values of real parameters, or has none; None if that is not seen.

    Args:
        claim: the claim with the constant set to one.
        bound: its conclusion, which says on what the constant may depend.
        points: where constants were needed.
        least: what is needed elsewhere, always by the same draws.
    """
    ranges = _ranges(claim, bound)
    known = sorted((one for one in points if 0 < one.constant < np.inf), key=lambda point: -point.constant)
    ends = (_approached(ranges, start, least) for start in known[:_STARTS]) if ranges else ()
    return next((end for end in ends if end is not None), None)


def without_end(claim: Claim, bound: AtMost | AtLeast, end: Point) -> Estimate:
    """What is reported of a point that the parameters were moved to."""
    return Estimate(
        quantity="constant near a point",
        origin=str(SEARCH),
        parameters=dict(end.parameters),
        claimed=f"some number: near this {' and '.join(_ranges(claim, bound))} it grows without an end in sight",
        value=end.constant if isinstance(bound, AtMost) else 1 / end.constant,
        low=None,
        high=None,
        used=1,
        decision=OPEN,
    )


def _ranges(claim: Claim, bound: AtMost | AtLeast) -> dict[str, Reals]:
    """The real parameters that the constant may not depend on."""
    allowed = bound.constant.may_depend_on if bound.constant is not None else ()
    return {
        name: one
        for name, one in claim.given.parameters.items()
        if name not in allowed and isinstance(one, Reals) and one.low < one.high
    }


def _approached(ranges: Mapping[str, Reals], start: Point, least: Least) -> Point | None:
    """The last point of a steady way uphill, along one parameter after the other; None if that comes to rest."""
    best, steady, idle = least(start.parameters), 0, 0
    places = {name: _fraction_of(one, float(start.parameters[name])) for name, one in ranges.items()}
    if not 0 < best.constant < np.inf:
        return None
    for number in range(_ROUNDS):
        before = best.constant
        for name, declared in ranges.items():
            for tried in _around(places[name], _FINER**-number):
                found = least({**best.parameters, name: declared.at(tried)})
                if found.constant == np.inf:
                    return found
                if best.constant < found.constant:
                    best, places[name] = found, tried
        gains = best.constant >= _GAIN * before
        steady, idle = (steady + 1, 0) if gains else (0, idle + 1)
        if steady == _STEADY or best.constant > ABSURD:
            return best
        if idle == _PATIENCE:
            break
    return None


def _fraction_of(declared: Reals, value: float) -> float:
    """How far along a range a value lies, from 0 to 1."""
    ends = np.array([declared.low, value, declared.high])
    low, middle, high = np.log(ends) if declared.logarithmic else ends
    return float((middle - low) / (high - low))


def _around(place: float, step: float) -> Iterator[float]:
    """Places around one, within the range and not at its ends, and one that is nearer to each of these.

    The best of those around lies within what the next round, of steps so much finer, looks at around it.
    """
    moved = [place + sign * share * step for share in (1.0, 0.75, 0.5, 0.25) for sign in (1, -1)]
    yield from (one for one in (*moved, place / _FINER, 1 - (1 - place) / _FINER) if 0 < one < 1)
