"""Instances inside hypotheses and on their boundary, by bisection between an admissible draw and one that is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lemmata.claims.language.family import Instances

Inside = Callable[[Instances], Any]
"""Instances -> booleans ``(size,)``."""

_BITS = 4
_AT_ONCE = 2**_BITS
"""So many places on the way are looked at together, as often as that many bisections take."""
_FINE, _COARSE = 46, 8
"""Bisections for a draw on the boundary, and for one that is inside only; one draw in so many is on the boundary."""
_EVERY = 3
_BACK = (2.0**-38, 2.0**-30)
"""How far inside the boundary, as a share of the way to it: beyond what rounding may take for inside."""
_REDRAWS = 6


def settled(drawn: Instances, again: Callable[[], Instances], inside: Inside, rng: np.random.Generator) -> Instances:
    """Most rows moved to where the hypotheses hold, many of them to the boundary; a share stays as it was drawn.

    Args:
        drawn: arrays ``(size, ...)``.
        again: draws as many more.
        inside: which rows are admissible.
        rng: chooses what becomes of each row.
    """
    met = inside(drawn)
    good = _pool(drawn, met, again, inside)
    if good is None:
        return drawn
    size = len(met)
    partners = rng.integers(0, _size(good), size=size)
    inner = _rows(good, partners)
    outer = drawn if not met.any() else _mixed(drawn, met, rng)
    fate = rng.random(size)
    fine = bool(rng.integers(0, _EVERY) == 0)
    share = crossing(inner, outer, inside, _FINE if fine else _COARSE)
    deeper = np.where(fine & (fate < 1 / 2), rng.choice(_BACK, size=size), rng.random(size))
    placed = between(inner, outer, share * (1 - deeper))
    stays = (fate > 3 / 4) | (met & (fate > 1 / 4))
    return {name: np.where(_column(stays, value), drawn[name], value) for name, value in placed.items()}


def on_boundary(drawn: Instances, inside: Inside, breaks: Any, rng: np.random.Generator) -> Instances:
    """Every row at the last admissible point on the way to a row that ``breaks`` a hypothesis, ``(size,)``.

    Where none is admissible, or none breaks it, the rows are left as they are.
    """
    met = inside(drawn)
    if not met.any() or not breaks.any():
        return drawn
    size = len(met)
    inner = _rows(drawn, rng.choice(np.flatnonzero(met), size=size))
    outer = _rows(drawn, rng.choice(np.flatnonzero(breaks), size=size))
    share = crossing(inner, outer, inside, _FINE)
    return between(inner, outer, share * (1 - rng.choice(_BACK, size=size)))


def crossing(inner: Instances, outer: Instances, inside: Inside, bisections: int) -> Any:
    """How far on the way from each inner row to its outer one the last admissible point lies, 0 to 1: ``(size,)``."""
    size, steps = _size(inner), np.arange(_AT_ONCE) / _AT_ONCE
    found, length = np.zeros(size), 1.0
    starts, ends = ({name: np.repeat(v, _AT_ONCE, axis=0) for name, v in part.items()} for part in (inner, outer))
    for _ in range(-(-bisections // _BITS)):
        shares = found[:, None] + length * steps
        met = np.reshape(inside(between(starts, ends, shares.reshape(-1))), shares.shape)
        found, length = np.max(np.where(met, shares, found[:, None]), axis=1), length / _AT_ONCE
    return np.where(inside(outer), 1.0, found)


def between(inner: Instances, outer: Instances, share: Any) -> dict[str, Any]:
    """The points ``(1 - share) inner + share outer``; what is no float keeps its inner value."""
    made = {}
    for name, start in inner.items():
        part = _column(share, start)
        is_real = np.issubdtype(start.dtype, np.floating)
        made[name] = np.where(part == 0, start, start + part * (outer[name] - start)) if is_real else start
    return made


def _pool(drawn: Instances, met: Any, again: Callable[[], Instances], inside: Inside) -> Instances | None:
    """Admissible rows: those of the draw, else of further draws, at their own size and smaller."""
    if met.any():
        return _rows(drawn, np.flatnonzero(met))
    for attempt in range(_REDRAWS):
        more = again()
        for factor in (1.0, 2.0 ** -(3 * attempt + 3)):
            shrunk = {n: v * factor if np.issubdtype(v.dtype, np.floating) else v for n, v in more.items()}
            found = inside(shrunk)
            if found.any():
                return _rows(shrunk, np.flatnonzero(found))
    return None


def _mixed(drawn: Instances, met: Any, rng: np.random.Generator) -> Instances:
    """The draw with a row that is not admissible in place of each admissible one, where there is one."""
    if met.all():
        return drawn
    others = rng.choice(np.flatnonzero(~met), size=len(met))
    return _rows(drawn, np.where(met, others, np.arange(len(met))))


def _rows(instances: Instances, rows: Any) -> dict[str, Any]:
    return {name: value[rows] for name, value in instances.items()}


def _size(instances: Instances) -> int:
    return len(next(iter(instances.values())))


def _column(values: Any, like: Any) -> Any:
    return np.asarray(values).reshape(-1, *[1] * (like.ndim - 1))
