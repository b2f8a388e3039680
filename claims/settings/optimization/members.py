"""What the members of the classes of functions are made of: pieces on both sides of zero, in one or several frames.

A frame is a rotation of the coordinates, after which a function is a sum of functions of one coordinate each: in one
frame all its Hessians commute. A weighted mean of functions in two frames has no such axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.short.quantities import DeclaredMatrix, Kind, Values, integer, matrix, vector
from lemmata.claims.language.short.values import MIRRORS, rotation
from lemmata.solvers.optimization import Pieces, PiecewiseConvex

SIDES = 2
FRAMES = 2
"""Most frames of a member, where its class says nothing else."""
INTERVALS = integer("intervals", 1, 3, meaning="intervals of constant second derivative on each side of zero")
"""How many a member has, where its class says nothing else: of two, what is 1, 0, 1 along a ray is out of reach."""


@dataclass(frozen=True)
class Oracle:
    """A function that answers a method's questions; all of them keep the batch first.

    Attributes:
        function: with ``value``, ``gradient`` and ``proximal``.
        factor, ridge: what is multiplied and added: ``factor * function + ridge |x|^2 / 2``; ``(batch, 1)``.
        L, mu: smoothness and strong convexity, ``(batch, 1)``; None where there is none.
    """

    function: Any
    factor: Any
    ridge: Any
    L: Any = None
    mu: Any = None

    min: int = 0
    argmin: int = 0

    def __call__(self, x: Any) -> Any:
        """The values at ``x`` ``(batch, n)``, as ``(batch,)``."""
        return self.factor[:, 0] * self.function.value(x) + self.ridge[:, 0] * (x * x).sum(axis=-1) / 2

    def grad(self, x: Any) -> Any:
        """The gradients at ``x`` ``(batch, n)``; of a function with kinks a subgradient."""
        return self.factor * self.function.gradient(x) + self.ridge * x

    def prox(self, x: Any, step: Any) -> Any:
        """The minimizers of ``f(p) + |p - x|^2 / (2 step)``; ``step`` is ``(batch,)``.

        Raises:
            ClaimError: the class has members in several frames.
        """
        size = step[:, None]
        return self.function.proximal(x / (size * self.ridge + 1), size * self.factor / (size * self.ridge + 1))


@dataclass(frozen=True)
class Mean:
    """``(1 - weights) * first + weights * second``, each of which is minimal at 0; ``weights`` is ``(batch, 1)``."""

    first: Any
    second: Any
    weights: Any

    def value(self, x: Any) -> Any:
        """The values at ``x`` ``(batch, n)``, as ``(batch,)``."""
        start = self.first.value(x)
        return start + self.weights[:, 0] * (self.second.value(x) - start)

    def gradient(self, x: Any) -> Any:
        """The gradients at ``x``, ``(batch, n)``; of functions with kinks subgradients."""
        start = self.first.gradient(x)
        return start + self.weights * (self.second.gradient(x) - start)


@dataclass(frozen=True)
class WithoutProximal:
    """A function of a class some of whose members have no proximal points in closed form."""

    function: Any

    def value(self, x: Any) -> Any:
        """The values at ``x`` ``(batch, n)``, as ``(batch,)``."""
        return self.function.value(x)

    def gradient(self, x: Any) -> Any:
        """The gradients at ``x``, ``(batch, n)``."""
        return self.function.gradient(x)

    def proximal(self, x: Any, step: Any) -> Any:
        """Refuses."""
        del x, step
        raise ClaimError(
            "f.prox is known in closed form only where a function is a sum over the coordinates of one frame; "
            "declare such a class, e.g. smooth_convex(frames=1)"
        )


@dataclass(frozen=True)
class Tilted:
    """A function plus a linear one."""

    function: Any
    tilt: Any

    def value(self, x: Any) -> Any:
        """The values at ``x`` ``(batch, n)``, as ``(batch,)``."""
        return self.function.value(x) + (self.tilt * x).sum(axis=-1)

    def gradient(self, x: Any) -> Any:
        """The gradients at ``x``, ``(batch, n)``."""
        return self.function.gradient(x) + self.tilt


_MEANING = "functions that are averaged, or maps one after the other, each with a rotation of its own"


def frames_upto(most: int) -> Any:
    """The number of frames of a member: a whole number that is drawn, or 1."""
    return 1 if most == 1 else integer("frames", 1, most, meaning=_MEANING)


def one_frame(most: int) -> dict[str, Any]:
    """The size of a member in one frame, of a class with so many: none where all are."""
    return {} if most == 1 else {"frames": 1}


def turn(name: str, size: Any, frames: Any = 1) -> Any:
    """What `turned` turns by; which way round makes no difference where both sides of zero are drawn alike."""
    meaning = f"the rotation of each frame but for the sign: a product of reflections, {MIRRORS}"
    # Of one size: rotations by charts that are all small, or all large, are nearly one and the same.
    origin = Values(kind=Kind.DENSE, is_even=True, says=meaning)
    return DeclaredMatrix.of(f"{name}.turn", size * frames, size - 1, origin)


def turned(values: Mapping[str, Any], name: str, like: Any, frame: int = 0) -> Any:
    """The orthogonal matrix of one frame of a class, in one dimension the identity."""
    charts = values[f"{name}.turn"]
    size = charts.shape[-1] + 1
    return -rotation(charts[:, frame * size : (frame + 1) * size], like)


def raw(name: str, size: Any, intervals: Any, frames: Any, *, least: int = 0, jumps: bool = False) -> tuple[Any, ...]:
    """The numbers of a function of so many intervals on each side of zero, second derivatives from ``least`` to 1."""
    rows = size * frames
    order = "a row for each coordinate of each frame, right of zero, then left"
    return (
        matrix(
            f"{name}.slopes",
            rows,
            SIDES * intervals,
            low=least,
            high=1,
            meaning=f"second derivative on each interval, {least} for the least in the class and 1 for the largest: {order}",
        ),
        matrix(
            f"{name}.lengths",
            rows,
            SIDES * (intervals - 1),
            low=0,
            meaning=f"length of each interval but the last, which has no end: {order}",
        ),
        turn(name, size, frames),
        *([_jumps(name, rows, intervals, order)] if jumps else []),
        *([_weights(name, frames)] if frames != 1 else []),
    )


def _jumps(name: str, rows: Any, intervals: Any, order: str) -> Any:
    meaning = f"jump of the derivative at the near end of each interval: {order}"
    return matrix(f"{name}.jumps", rows, SIDES * intervals, low=0, meaning=meaning)


def _weights(name: str, frames: Any) -> Any:
    meaning = "share of the frames that follow, for each frame but the last: 0 that frame alone, 1 those alone"
    return vector(f"{name}.weights", frames - 1, low=0, high=1, meaning=meaning)


def pieces(values: Mapping[str, Any], name: str, *, jumps: bool = False) -> Any:
    """A function from the numbers of a class: in its only frame, or the mean over its frames."""
    slopes = values[f"{name}.slopes"]
    size = values[f"{name}.turn"].shape[-1] + 1
    made = [_in_frame(values, name, frame, jumps=jumps) for frame in range(slopes.shape[1] // size)]
    found: Any = made.pop()
    for frame, first in reversed(list(enumerate(made))):
        found = Mean(first, found, values[f"{name}.weights"][:, frame : frame + 1])
    return found if f"{name}.weights" not in values else WithoutProximal(found)


def _in_frame(values: Mapping[str, Any], name: str, frame: int, *, jumps: bool) -> PiecewiseConvex:
    size = values[f"{name}.turn"].shape[-1] + 1
    rows = slice(frame * size, (frame + 1) * size)
    slopes, lengths = (values[f"{name}.{part}"][:, rows] for part in ("slopes", "lengths"))
    kinks = values[f"{name}.jumps"][:, rows] if jumps else None
    half, step = slopes.shape[-1] // SIDES, lengths.shape[-1] // SIDES
    sides = [
        Pieces(
            lengths=lengths[..., place * step : (place + 1) * step],
            slopes=slopes[..., place * half : (place + 1) * half],
            jumps=None if kinks is None else kinks[..., place * half : (place + 1) * half],
        )
        for place in range(SIDES)
    ]
    return PiecewiseConvex(right=sides[0], left=sides[1], rotation=turned(values, name, slopes, frame))
