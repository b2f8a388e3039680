"""Whether one instance meets the hypotheses, decided in the same exact numbers as the conclusion.

A predicate runs over comparable numbers where it can. Where it goes through float64 (an eigenvalue, a rank) it must
hold with a margin: also on copies of the instance whose entries are moved by a few units in the last place.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks.judging.comparable import OpenComparisonError, comparable
from lemmata.checks.judging.precision import BALL_BITS, LADDER, ball_precision
from lemmata.claims import Claim, ClaimError, Hypothesis, Instances, Parameters
from lemmata.solvers.numbers.errors import UndecidedError
from lemmata.solvers.numbers.rounded import is_short
from lemmata.solvers.numbers.undefined import holds_where_defined

_MARGIN = 2.0**-48
"""Relative move of an entry that a predicate in float64 must survive."""
_COPIES = 8
_SQUARED = 2.0**-500, 2.0**500
"""Sizes of entries whose squares, and products of two of these, float64 holds."""
LARGE = 2_000
"""Entries above which an instance (a real table) is judged in float64 alone."""


class Membership(enum.Enum):
    """Whether an instance meets every hypothesis."""

    MET = "met"
    BROKEN = "broken"
    ROUNDED = "rounded"
    """A predicate rounds, and does not hold with the margin that this asks for."""
    OPEN = "open"
    """Balls of the highest precision leave it open."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Membership of one instance, and what it rests on, in words."""

    membership: Membership
    arithmetic: str = ""


def is_large(instance: Instances) -> bool:
    """Whether an instance (a batch of one) is judged in float64 alone."""
    return sum(np.size(value) for value in instance.values()) > LARGE


def hypothesis_mask(hypothesis: Hypothesis, parameters: Parameters, instances: Instances, size: int) -> np.ndarray:
    """Which instances of a float64 batch meet a hypothesis, ``(size,)``; none on which it hangs on a quotient by zero.

    Raises:
        ClaimError: the predicate returned something else than one boolean an instance.
    """
    try:
        mask = np.asarray(holds_where_defined(lambda drawn: hypothesis.holds(parameters, dict(drawn)), instances))
    except ValueError as error:
        refuse_changes(f"hypothesis {hypothesis.name!r}", error)
        raise
    if mask.dtype != bool or mask.shape not in ((size,), (1,), ()):
        raise ClaimError(
            f"hypothesis {hypothesis.name!r} returned {mask.dtype} of shape {mask.shape}; "
            f"expected booleans of shape ({size},)"
        )
    return np.broadcast_to(mask, (size,))


def hypothesis_masks(claim: Claim, parameters: Parameters, instances: Instances, size: int) -> dict[str, np.ndarray]:
    """For each hypothesis, which instances meet it; ``(size,)`` each.

    Raises:
        ClaimError: a predicate returned something else than one boolean an instance.
    """
    return {one.name: hypothesis_mask(one, parameters, instances, size) for one in claim.given.hypotheses}


def met_or_not(
    claim: Claim, parameters: Parameters, instances: Instances, size: int, *, drawn: bool = False
) -> dict[str, np.ndarray]:
    """As ``hypothesis_masks``, but an instance on which a predicate raises an arithmetic error does not meet it.

    Where the family itself drew them (``drawn``), a predicate that raises on all of them is at fault.
    """
    try:
        return hypothesis_masks(claim, parameters, instances, size)
    except ClaimError:
        raise
    except (ArithmeticError, ValueError):  # LinAlgError is a ValueError
        return {one.name: _one_by_one(one, parameters, instances, size, drawn=drawn) for one in claim.given.hypotheses}


def _one_by_one(
    hypothesis: Hypothesis, parameters: Parameters, instances: Instances, size: int, *, drawn: bool = False
) -> np.ndarray:
    mask, raised = np.zeros(size, dtype=bool), 0
    for row in range(size):
        one = {name: value[row : row + 1] if len(value) > 1 else value for name, value in instances.items()}
        try:
            mask[row] = hypothesis_mask(hypothesis, parameters, one, 1)[0]
        except ClaimError:
            raise
        except (ArithmeticError, ValueError):
            raised += 1
            if drawn and raised == size:
                raise
    return mask


def refuse_changes(whose: str, error: ValueError) -> None:
    """Say of an error that it comes from a change of a read-only array, if it does.

    Raises:
        ClaimError: it does.
    """
    if "read-only" in str(error):
        raise ClaimError(f"{whose} changes its input in place; the input is read-only: write to a copy") from error


def standing(claim: Claim, parameters: Parameters, instance: Instances) -> Standing:
    """Whether one instance (a batch of one, float64) meets every hypothesis: exactly, or with a margin."""
    if is_large(instance):
        met = all(mask[0] for mask in hypothesis_masks(claim, parameters, instance, 1).values())
        return Standing(membership=Membership.MET if met else Membership.BROKEN, arithmetic="float64")
    found = [_standing(one, parameters, instance) for one in claim.given.hypotheses]
    words = ", ".join(dict.fromkeys(one.arithmetic for one in found))
    for worst in (Membership.BROKEN, Membership.ROUNDED, Membership.OPEN):
        if any(one.membership is worst for one in found):
            return Standing(membership=worst, arithmetic=words)
    return Standing(membership=Membership.MET, arithmetic=words)


def unmet(claim: Claim, parameters: Parameters, instance: Instances) -> list[str]:
    """The names of the hypotheses that one instance (a batch of one) does not surely meet."""
    if is_large(instance):
        return [name for name, mask in hypothesis_masks(claim, parameters, instance, 1).items() if not mask[0]]
    found = {one.name: _standing(one, parameters, instance) for one in claim.given.hypotheses}
    return [name for name, place in found.items() if place.membership is not Membership.MET]


def _standing(hypothesis: Hypothesis, parameters: Parameters, instance: Instances) -> Standing:
    exact_parameters = {name: comparable(value) for name, value in parameters.items()}
    exact = {name: comparable(np.asarray(value)) for name, value in instance.items()}
    for bits in LADDER:
        with ball_precision(bits):
            try:
                met = bool(hypothesis_mask(hypothesis, exact_parameters, exact, 1)[0])
            except OpenComparisonError as error:
                if error.rounded:
                    return _with_margin(hypothesis, parameters, instance)
                continue
            except UndecidedError:  # the same of numbers that are compared entry by entry
                continue
            except Exception:  # noqa: BLE001 - what rounds may fail on exact numbers in any way
                return _with_margin(hypothesis, parameters, instance)
        membership = Membership.MET if met else Membership.BROKEN
        return Standing(membership=membership, arithmetic=f"rationals and balls of {BALL_BITS} bits or more")
    return Standing(membership=Membership.OPEN, arithmetic=f"balls of {LADDER[-1]} bits")


def _with_margin(hypothesis: Hypothesis, parameters: Parameters, instance: Instances) -> Standing:
    """In float64, on the instance and on copies moved by a few units in the last place: all of them must agree."""
    if any(np.asarray(value).dtype == object for value in instance.values()):  # numbers that are no floats
        return Standing(membership=Membership.OPEN, arithmetic="rationals and algebraic numbers")
    if not all(_has_squares(value) for value in instance.values()):
        return Standing(membership=Membership.OPEN, arithmetic="float64, in which squares are lost")
    copies = [dict(instance), *moved(instance, _MARGIN, _COPIES)]
    batch = {name: np.concatenate([np.asarray(one[name]) for one in copies]) for name in instance}
    try:
        mask = hypothesis_mask(hypothesis, parameters, batch, len(copies))
    except ClaimError:
        raise
    except (ArithmeticError, ValueError):
        mask = _one_by_one(hypothesis, parameters, batch, len(copies))
    membership = Membership.MET if mask.all() else Membership.ROUNDED if mask.any() else Membership.BROKEN
    return Standing(membership=membership, arithmetic="float64 with a margin of 2^-48")


def _has_squares(value: Any) -> bool:
    """Whether the squares of all entries that are not zero are numbers of float64, too: a norm is none without them."""
    sizes = np.abs(np.asarray(value, dtype=float))
    return bool(np.all((sizes == 0) | ((sizes > _SQUARED[0]) & (sizes < _SQUARED[1]))))


def moved(instance: Instances, by: float, count: int, *, short: bool = True) -> Iterator[dict[str, Any]]:
    """Copies of an instance with its entries moved by a relative amount of at most ``by``.

    Entries of the same size are moved alike, so that ties, symmetry, signs and zeros remain; whole numbers, of which
    an array consists altogether, stay. The first two copies are scaled up and down as a whole.

    Args:
        instance: a batch of one, float64.
        by: relative move.
        count: how many copies, at least two.
        short: whether entries of few digits (0.5), which no rounding has touched, are moved too.
    """
    free = [np.abs(np.ravel(value)) for value in map(np.asarray, instance.values()) if _is_moved(value)]
    sizes = np.unique(np.concatenate(free or [np.zeros(1)]))
    for number in range(count):
        rng = np.random.default_rng(number)
        moves = np.full(len(sizes), (1.0, -1.0)[number]) if number < 2 else rng.uniform(-1, 1, len(sizes))  # noqa: PLR2004
        if not short:
            moves = np.where([is_short(size) for size in sizes], 0.0, moves)
        yield {name: _moved(np.asarray(value), sizes, 1 + by * moves) for name, value in instance.items()}


def _is_moved(value: np.ndarray) -> bool:
    return np.issubdtype(value.dtype, np.floating) and not np.array_equal(value, np.rint(value))


def _moved(value: np.ndarray, sizes: np.ndarray, factors: np.ndarray) -> np.ndarray:
    if not _is_moved(value):
        return value
    places = np.searchsorted(sizes, np.abs(value))
    changed: np.ndarray = value * factors[places]
    return changed
