"""Whether the conditions that were decided say what the claim's own code says, at a few points in exact numbers.

A proof rests on the translation of code into conditions on polynomials. One that leaves out numbers, or makes
something else of them, may prove what is false: so before anything is called true, the claim is run at simple numbers
that meet its hypotheses, and the conditions must have a solution there, with the same differences of the two sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.checks.judging.comparable import comparable
from lemmata.checks.judging.membership import hypothesis_mask, met_or_not
from lemmata.checks.judging.settle import exact_sides
from lemmata.checks.proof.problems import SIDE, Problem
from lemmata.checks.proof.real_closed import Answer, Question
from lemmata.claims import Claim, Parameters, Reals
from lemmata.solvers import to_rationals
from lemmata.solvers.numbers.arithmetic import flint
from lemmata.solvers.numbers.square_roots import exact_square_roots
from lemmata.solvers.numbers.symbolic import Formula, at

_TRIED = 20
"""Instances of the family, and as many of simple numbers, that are tried."""
_SIMPLE = (0.0, 0.5, 1.0, 1.0, 2.0, 3.0, 10.0)
_SIZE = 2 * _TRIED
_PARTS = 8
"""Denominator that drawn numbers are rounded to."""
_POINTS = 6
"""Points at which both are compared."""
_WORK = 0.1
"""Seconds of work for a point."""
_BITS = 256
_CLOSE = Fraction(1, 10**12)
"""How near a difference must be to what the code comes to: its own constants and parameters may be rounded floats."""


@dataclass(frozen=True)
class Comparison:
    """What came of comparing conditions with a claim's code.

    Attributes:
        where: a point at which they differ, by variable; empty where they agree.
        points: how many were compared.
        work: seconds of work that the solver did.
    """

    where: Mapping[str, str]
    points: int
    work: float


def comparison(claim: Claim, stated: Problem) -> Comparison:
    """The conditions beside what the claim's code comes to, at as many points as were found, until they differ."""
    work, compared = 0.0, 0
    for parameters, instance in _points(claim, stated):
        differences = _differences(claim, parameters, instance)
        if differences is None:
            continue
        values = [*_entries(stated, parameters, instance)]
        where = {f"x{place}": str(value) for place, value in enumerate(values)}
        if len(differences) != len(stated.differences):
            return Comparison(where, compared + 1, work)
        left = [at(one, _named(values)) for one in (*stated.defined, *_equal(stated, differences))]
        answer, done = _solved([one for one in left if one is not True], len(stated.ledger.names))
        work += done
        compared += 1
        if answer is Answer.NONE:
            return Comparison(where, compared, work)
        if compared == _POINTS:
            break
    return Comparison({}, compared, work)


def _points(claim: Claim, stated: Problem) -> Iterator[tuple[Parameters, dict[str, Any]]]:
    """Parameters and a batch of one in exact numbers that meet every hypothesis, surely."""
    rng = np.random.default_rng(0)
    parameters = {**stated.parameters, **{name: _simple(claim, name) for name in stated.moving}}
    batch = _candidates(claim, stated, parameters, rng)
    masks = met_or_not(claim, parameters, batch, _SIZE)
    met = np.all([*masks.values(), np.ones(_SIZE, dtype=bool)], axis=0)
    whole = np.concatenate([np.reshape(value, (_SIZE, -1)) for value in batch.values()], axis=1)
    for row in sorted(np.unique(whole, axis=0, return_index=True)[1]):
        if not met[row]:
            continue
        one = {name: to_rationals(value[row : row + 1]) for name, value in batch.items()}
        if _meets(claim, parameters, one):
            yield parameters, one


def _simple(claim: Claim, name: str) -> float:
    """A number from the range of a real parameter, none of its ends if it has others."""
    declared = claim.given.parameters[name]
    if not isinstance(declared, Reals):
        raise TypeError(f"the parameter {name} has no real range")
    low, high = float(declared.low), float(declared.high)
    return next((one for one in (0.5, 1.5, 2.0, -0.5) if low < one < high), (low + high) / 2)


def _candidates(
    claim: Claim, stated: Problem, parameters: Parameters, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """What the family draws, rounded, and simple numbers in turns; half of those have no negative one."""
    drawn = claim.given.draw(parameters, rng, _TRIED)
    made = {}
    for name, place in stated.places.items():
        simple = rng.choice(_SIMPLE, size=(_TRIED, *place.shape))
        signed = np.where(rng.random(simple.shape) < 0.5, -simple, simple)  # noqa: PLR2004 - as often as not
        simple[1::2] = signed[1::2]
        simple = np.where(signed < 0, -1.0, 1.0) if name.endswith(SIDE) else simple
        rounded = np.round(np.asarray(drawn[name], dtype=float) * _PARTS) / _PARTS
        both = np.stack([np.broadcast_to(rounded, simple.shape), simple], axis=1)
        made[name] = both.reshape(_SIZE, *place.shape)
    return made


def _meets(claim: Claim, parameters: Parameters, instance: dict[str, Any]) -> bool:
    """Whether exact numbers meet every hypothesis; those that cannot say so are passed over."""
    point = {name: comparable(value) for name, value in parameters.items()}
    exact = {name: comparable(value) for name, value in instance.items()}
    try:
        return all(hypothesis_mask(one, point, exact, 1)[0] for one in claim.given.hypotheses)
    except Exception:  # noqa: BLE001 - what rounds may fail on exact numbers in any way
        return False


def _differences(
    claim: Claim, parameters: Parameters, instance: dict[str, Any]
) -> list[tuple[Fraction, Fraction]] | None:
    """Ends of both sides' differences, entry by entry, by the claim's own code; None where exact numbers do not do."""
    for bits in (_BITS, 0):  # balls do unless they tie; sums of roots in one exact field can take minutes
        try:
            with exact_square_roots():
                pairs = exact_sides(claim, parameters, instance, bits)
        except Exception:  # noqa: BLE001, S112 - what rounds may fail on exact numbers in any way
            continue
        if pairs is not None:
            found = [_ends(one) for pair in pairs for one in np.asarray(pair.difference, dtype=object).ravel()]
            known = [one for one in found if one is not None]
            if len(known) == len(found):
                return known
    return None


def _ends(value: Any) -> tuple[Fraction, Fraction] | None:
    """Rationals around a number, with room for rounded constants in code; None where it is known too badly."""
    ball = value.ball(_BITS) if hasattr(value, "ball") else value
    if not hasattr(ball, "rad"):
        middle = Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else Fraction(value)
    elif ball.is_finite() and float(ball.rad()) <= _CLOSE:
        middle = Fraction(float(ball.mid()))
    else:
        return None
    room = _CLOSE * max(Fraction(1), abs(middle))
    return middle - room, middle + room


def _entries(stated: Problem, parameters: Parameters, instance: dict[str, Any]) -> Iterator[Fraction]:
    """The values of the variables that are given, in their order."""
    known = {}
    for name, place in stated.places.items():
        for count, value in enumerate(np.ravel(instance[name])):
            known[place.first + count] = Fraction(int(value.p), int(value.q))
    known.update({place: Fraction(parameters[name]) for name, place in stated.moving.items()})
    return (known[place] for place in range(stated.ledger.given))


def _named(values: list[Fraction]) -> dict[str, Any]:
    """Values of the variables by name, as polynomials take them."""
    return {f"x{place}": flint().fmpq(one.numerator, one.denominator) for place, one in enumerate(values)}


def _solved(left: list[Formula], count: int) -> tuple[Answer, float]:
    """Whether the auxiliary variables can meet what is left, and the work done: none where nothing is left to ask."""
    if not left or False in left:
        return Answer.NONE if left else Answer.SOME, 0.0
    question = Question(left, count)
    return question.solve(_WORK), question.work


def _equal(stated: Problem, differences: list[tuple[Fraction, Fraction]]) -> Iterator[Formula]:
    """Every difference is what it is by the claim's own code."""
    for made, (low, high) in zip(stated.differences, differences, strict=True):
        yield from ((low - made).sign("<="), (made - high).sign("<="))
