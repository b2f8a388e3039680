"""Entries that may take any value, tried at 0, 1, -1, at the statement's own numbers, tied, and in known structures.

There sits many an exception that no sampler meets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sympy as sp

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.judging.origin import SPECIAL
from lemmata.checks.stages.arranged import arranged
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import judge_batch
from lemmata.checks.stages.tally import Tally
from lemmata.checks.stages.texts import compared_numbers
from lemmata.claims import Claim, Family, Instances, Parameters

_VALUES = (0.0, 1.0, -1.0)
_MOST_ENTRIES = 12
_MOST_NUMBERS = 12
_MOST_OF_TEXT = 8
_POINTS = 2


def judge_special(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> None:
    """Judge special values at the edges and at a few drawn points."""
    points = [claim.given.at_edge(edge) for edge in claim.given.edges]
    points += draw_points(claim.given.parameters, _POINTS, derived_seed(seed, *axes, str(SPECIAL)))
    for index, parameters in enumerate(points):
        batch = Batch(origin=SPECIAL, parameters=parameters, size=1)
        base = draw(claim, batch, generator(seed, *axes, str(SPECIAL), index))
        judge_special_at(tally, claim, parameters, base, budget)
        if tally.violation is not None:
            return


def judge_special_at(
    tally: Tally, claim: Claim, parameters: Parameters, base: Instances, budget: Budget
) -> tuple[dict[str, Any], np.ndarray] | None:
    """Judge the special values and the structures around one instance.

    Returns:
        The candidates and their ratios ``(batch,)``; None where no entry is free.
    """
    made = [*special(claim.given, base, written_numbers(claim)), *arranged(claim.given, base)]
    if not made:
        return None
    candidates = {name: np.concatenate([one[name] for one in made]) for name in base}
    batch = Batch(origin=SPECIAL, parameters=parameters, size=len(made))
    return candidates, judge_batch(tally, claim, batch, candidates, budget)


def written_numbers(claim: Claim) -> list[float]:
    """The numbers that stand in a conclusion's formulas, or at which a part of them such as 10 x - 7 vanishes.

    After them come those next to the ones of a procedure's text.
    Small ones come first, at most twelve of the formulas and eight of the text; 0, 1 and -1 are left out.
    """
    found = {float(one) for formula in claim.then.expressions for one in formula.atoms(sp.Rational, sp.Float)}
    found |= {float(one) for formula in claim.then.expressions for one in _zeros(formula)}
    own = _small_ones(compared_numbers(claim.when.run) - found)[:_MOST_OF_TEXT]
    around = {float(beside) for one in own for beside in (one, np.nextafter(one, -np.inf), np.nextafter(one, np.inf))}
    return [*_small_ones(found)[:_MOST_NUMBERS], *_small_ones(around - found)]


def _zeros(formula: Any) -> Iterator[Any]:
    """Where parts that are linear in one quantity vanish."""
    for part in formula.atoms(sp.Add):
        if len(part.free_symbols) != 1:
            continue
        (symbol,) = part.free_symbols
        if not isinstance(symbol, sp.Symbol):
            continue  # a matrix
        factor = part.coeff(symbol)
        rest = part - factor * symbol
        if factor.is_Rational and rest.is_Rational and factor != 0:
            yield -rest / factor


def _small_ones(numbers: set[float]) -> list[float]:
    finite = {one for one in numbers if math.isfinite(one)}  # an integer beyond 1e308 is none
    return sorted(finite - set(_VALUES), key=lambda one: (abs(one), one))


def special(family: Family, base: Instances, numbers: Sequence[float] = ()) -> Iterator[dict[str, Any]]:
    """Copies of an instance (a batch of one) with free arrays, or single free entries, at special values, or all alike.

    Special are 0, 1, -1 and ``numbers``.
    """
    names = [name for name in family.free(base) if base[name].size]
    values = (*_VALUES, *numbers)
    for value in values if names else ():
        yield {**base, **{name: np.full_like(base[name], value) for name in names}}
    if names:
        first = float(base[names[0]].flat[0])
        yield {**base, **{name: np.full_like(base[name], first) for name in names}}
    for name in names:
        for value in (*values, float(base[name].flat[0])):
            yield {**base, name: np.full_like(base[name], value)}
        for place in range(min(base[name].size, _MOST_ENTRIES)):
            for value in values:
                changed = base[name].copy()
                changed.flat[place] = value
                yield {**base, name: changed}


def structured(family: Family, base: Instances) -> Iterator[dict[str, Any]]:
    """Copies of an instance (a batch of one) with free arrays at what extremal arrays of all sizes look like.

    All of them at once, or one at a time, are entries of one, of one by turns with minus one, the first unit vector or
    matrix, and the identity.
    """
    names = [name for name in family.free(base) if base[name].size]
    for shaped in (np.ones_like, _signed, _single, _identity) if names else ():
        yield {**base, **{name: shaped(base[name]) for name in names}}
        for name in names if len(names) > 1 else ():
            yield {**base, name: shaped(base[name])}


def _signed(array: np.ndarray) -> Any:
    made = np.ones_like(array)
    made[..., 1::2] = -1
    return made


def _single(array: np.ndarray) -> Any:
    made = np.zeros_like(array)
    made.flat[0] = 1
    return made


def _identity(array: np.ndarray) -> Any:
    return array * 0 + (np.eye(*array.shape[-2:]) if array.ndim > 2 else 1)  # noqa: PLR2004 - a batch of matrices
