"""The last steps of the directed search: from a good instance down to the bottom of its well, to the last digits.

An evolution strategy finds the well and stops far above its bottom, where `(exp(x) - 2)**2 >= 1e-14` fails. A
quadratic model through a few points does the rest in a handful of steps: one batch for the model, one for what it says.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from lemmata.claims import Instances

MOST_ENTRIES = 8
"""More entries than this are left as the evolution strategy leaves them."""
_FIRST, _FINER, _ROUNDS, _STALLED, _GAIN = 0.125, 8.0, 30, 4, 0.01
"""Width of the first model relative to the entries, by how much a failed one is made finer, how many there are at most,
and how many in a row may bring the bound nearer by less than this share of the distance."""
_SHARES = (1.0, 0.5, 0.25, 2.0, 0.05)
_RANDOM = 4
_LARGEST = np.finfo(float).max

Judge = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Points ``(count, n)`` -> those that were judged in their place, within the hypotheses, and their merits."""


def descended(judge: Judge, start: np.ndarray, merit: float, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """The best point near the start, and its merit.

    Args:
        judge: tries points.
        start: where to begin, ``(n,)``.
        merit: its merit, as `lemmata.checks.stages.sample.judge_batch` gives it.
        rng: of a few random directions.
    """
    best, reached = start, merit
    width = _FIRST * np.maximum(np.abs(start), np.sqrt(np.mean(start**2)) / 4 + 1e-3)
    stalled = 0
    for _ in range(_ROUNDS):
        if stalled == _STALLED or not np.all(best + width != best):
            break
        before = _height(reached, reached)
        points = _stencil(best, width)
        tried, merits = judge(points)
        steps = _proposals(_model(merits, reached, width), width, rng)
        more, others = judge(best + steps)
        tried, merits = np.concatenate([tried, more]), np.concatenate([merits, others])
        row = int(np.argmax(merits))
        if merits[row] > reached:
            moved = np.abs(tried[row] - best)
            width = np.clip(moved, width / _FINER**2, 2 * width)
            best, reached = tried[row], float(merits[row])
        else:
            width = width / _FINER
        after = _height(reached, reached)
        stalled = stalled + 1 if before - after <= _GAIN * abs(before - (1.0 if reached > 0 else 0.0)) else 0
    return best, reached


def _height(merit: Any, beside: float) -> Any:
    """What goes down as an instance gets worse: right over left side, or where they have no ratio their difference."""
    merits = np.asarray(merit, dtype=float)
    with np.errstate(all="ignore"):
        ratio = np.where(merits > 0, 1 / merits, np.inf if beside > 0 else -1.0)
        return ratio if beside > 0 else np.where(merits > 0, ratio, -merits / (1 + merits))


def _stencil(middle: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Points for a quadratic model: both ways along each entry, and one way along each pair of entries."""
    size = len(middle)
    along = np.diag(width)
    pairs = [along[one] + along[other] for one, other in itertools.combinations(range(size), 2)]
    points: np.ndarray = middle + np.concatenate([along, -along, np.array(pairs).reshape(-1, size)])
    return points


def _model(merits: np.ndarray, reached: float, width: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Slope and curvature in units of the width; None where a point of the stencil is not admissible."""
    size = len(width)
    heights, middle = _height(merits, reached), _height(reached, reached)
    if not np.isfinite(heights).all() or not np.isfinite(middle):
        return None
    up, down = heights[:size], heights[size : 2 * size]
    curvature = np.diag(up - 2 * middle + down)
    for place, (one, other) in enumerate(itertools.combinations(range(size), 2)):
        both = heights[2 * size + place] - up[one] - up[other] + middle
        curvature[one, other] = curvature[other, one] = both
    return (up - down) / 2, curvature


def _proposals(model: tuple[np.ndarray, np.ndarray] | None, width: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Steps to try: to the bottom of the model and parts of the way there, down its slope, and a few at random."""
    steps = list(rng.normal(size=(_RANDOM, len(width))))
    if model is not None:
        slope, curvature = model
        sizes, axes = np.linalg.eigh(curvature)
        largest = np.abs(sizes).max(initial=0.0)
        if largest > 0:
            newton = -axes @ ((axes.T @ slope) / np.maximum(np.abs(sizes), 1e-12 * largest))
            steps += [share * newton for share in _SHARES]
        if np.any(slope):
            steps += [-far * slope / np.linalg.norm(slope) for far in (2.0, 6.0)]
    proposed: np.ndarray = np.array(steps) * width
    return proposed


def placed(base: Instances, names: list[str], points: np.ndarray) -> dict[str, Any]:
    """A batch of an instance: its named entries one after the other from points ``(count, n)``, all others repeated."""
    made = {name: np.repeat(value, len(points), axis=0) for name, value in base.items()}
    points, place = np.clip(points, -_LARGEST, _LARGEST), 0  # a search that is pulled to infinity stays a number
    for name in names:
        shape = base[name].shape[1:]
        count = int(np.prod(shape))
        made[name] = points[:, place : place + count].reshape(len(points), *shape)
        place += count
    return made
