"""Classes of functions: drawn from numbers of which any will do, so that the search reaches their extremal members.

Every function is minimal at 0 with value 0 (nonconvex ones apart); the point where a method begins is what varies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lemmata.claims.language.short.classes import Class, Extremal
from lemmata.claims.language.short.quantities import dimension, matrix, nonnegative, orthogonal, positive, vector
from lemmata.solvers.numbers.arithmetic import gate, select, transpose
from lemmata.solvers.numbers.order import absolute, greatest, larger
from lemmata.solvers.optimization import Pieces, PiecewiseConvex, clip

_INTERVALS = 2
_SIDES = 2


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
        """The minimizers of ``f(p) + |p - x|^2 / (2 step)``; ``step`` is ``(batch,)``."""
        size = step[:, None]
        return self.function.proximal(x / (size * self.ridge + 1), size * self.factor / (size * self.ridge + 1))


def unit_interval(raw: Any) -> Any:
    """Any number folded into [0, 1], both ends reached."""
    return clip(raw + 0.5, raw * 0, raw * 0 + 1)


def _pieces(values: Mapping[str, Any], name: str, *, least: int = 0, jumps: bool = False) -> PiecewiseConvex:
    """A function from the raw numbers of a class; second derivatives from ``least`` (0 or -1) to 1."""
    slopes = unit_interval(values[f"{name}.slopes"]) * (1 - least) + least
    lengths = absolute(values[f"{name}.lengths"])
    kinks = absolute(values[f"{name}.jumps"]) if jumps else None
    half, step = slopes.shape[-1] // 2, lengths.shape[-1] // 2
    sides = [
        Pieces(
            lengths=lengths[..., place * step : (place + 1) * step],
            slopes=slopes[..., place * half : (place + 1) * half],
            jumps=None if kinks is None else kinks[..., place * half : (place + 1) * half],
        )
        for place in (0, 1)
    ]
    return PiecewiseConvex(right=sides[0], left=sides[1], rotation=values[f"{name}.turn"])


def _raw(name: str, size: Any, *, jumps: bool = False) -> tuple[Any, ...]:
    """The raw numbers of a piecewise function."""
    made = [
        matrix(f"{name}.slopes", size, 2 * _INTERVALS),
        matrix(f"{name}.lengths", size, 2 * (_INTERVALS - 1)),
        orthogonal(f"{name}.turn", size),
    ]
    return (*made, matrix(f"{name}.jumps", size, 2 * _INTERVALS)) if jumps else tuple(made)


def _ends(name: str, *, least: str, largest: str) -> tuple[Extremal, ...]:
    """Functions of one curvature, and Huber functions: as curved as they may be near 0, as little further out."""
    slopes = f"{name}.slopes"
    return (
        Extremal(least, {slopes: -0.5}),
        Extremal(largest, {slopes: 0.5}),
        Extremal("Huber functions", {slopes: [0.5, -0.5] * _SIDES}),
    )


def smooth_convex(name: str = "f", *, L: str = "L", upto: int = 2) -> Class:
    """Convex functions with L-Lipschitz gradient in up to so many dimensions; ``.L`` and ``.dimension`` are symbols."""
    size, smoothness = dimension("d", upto=upto), positive(L)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[L][:, None]
        return Oracle(_pieces(values, name), known, known * 0, L=known)

    return Class(
        title="smooth convex functions",
        argument=name,
        quantities=(smoothness, size, *_raw(name, size)),
        oracle=oracle,
        symbols={"L": smoothness, "dimension": size},
        extremal=_ends(name, least="constants", largest="parabolas"),
    )


def nonconvex_smooth(name: str = "f", *, L: str = "L", upto: int = 2) -> Class:
    """Functions with L-Lipschitz gradient, convex or not; nothing is known of their minimum."""
    size, smoothness = dimension("d", upto=upto), positive(L)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[L][:, None]
        return Oracle(_Tilted(_pieces(values, name, least=-1), values[f"{name}.tilt"]), known, known * 0, L=known)

    return Class(
        title="smooth functions",
        argument=name,
        quantities=(smoothness, size, *_raw(name, size), vector(f"{name}.tilt", size)),
        oracle=oracle,
        symbols={"L": smoothness, "dimension": size},
        extremal=(
            Extremal("parabolas", {f"{name}.slopes": 0.5}),
            Extremal("turned parabolas", {f"{name}.slopes": -0.5}),
        ),
    )


@dataclass(frozen=True)
class _Tilted:
    """A function plus a linear one."""

    function: PiecewiseConvex
    tilt: Any

    def value(self, x: Any) -> Any:
        return self.function.value(x) + (self.tilt * x).sum(axis=-1)

    def gradient(self, x: Any) -> Any:
        return self.function.gradient(x) + self.tilt


def strongly_convex(name: str = "f", *, mu: str = "mu", L: str = "L", upto: int = 2) -> Class:
    """mu-strongly convex functions with L-Lipschitz gradient; ``.mu``, ``.L`` and ``.dimension`` are symbols."""
    size, smoothness, modulus = dimension("d", upto=upto), positive(L), nonnegative(mu)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known, least = values[L][:, None], values[mu][:, None]
        return Oracle(_pieces(values, name), known - least, least, L=known, mu=least)

    return Class(
        title="strongly convex smooth functions",
        argument=name,
        quantities=(smoothness, modulus, size, *_raw(name, size)),
        oracle=oracle,
        relations=(modulus <= smoothness,),
        symbols={"L": smoothness, "mu": modulus, "dimension": size},
        extremal=_ends(name, least="least curvature", largest="largest curvature"),
    )


def quadratics(name: str = "f", *, mu: str = "mu", L: str = "L", upto: int = 2) -> Class:
    """Quadratics with curvatures from mu to L."""
    size, smoothness, modulus = dimension("d", upto=upto), positive(L), nonnegative(mu)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known, least = values[L][:, None], values[mu][:, None]
        slopes = unit_interval(values[f"{name}.slopes"])[..., None]
        side = Pieces(lengths=slopes[..., :0], slopes=slopes)
        plain = PiecewiseConvex(right=side, left=side, rotation=values[f"{name}.turn"])
        return Oracle(plain, known - least, least, L=known, mu=least)

    return Class(
        title="quadratics",
        argument=name,
        quantities=(smoothness, modulus, size, vector(f"{name}.slopes", size), orthogonal(f"{name}.turn", size)),
        oracle=oracle,
        relations=(modulus <= smoothness,),
        symbols={"L": smoothness, "mu": modulus, "dimension": size},
        extremal=(
            Extremal("least curvature", {f"{name}.slopes": -0.5}),
            Extremal("largest curvature", {f"{name}.slopes": 0.5}),
            *([Extremal("both curvatures", {f"{name}.slopes": [-0.5, 0.5]}, {"d": 2})] if upto > 1 else []),
        ),
    )


def convex(name: str = "f", *, upto: int = 2) -> Class:
    """Convex functions with kinks, known by their proximal points ``f.prox(x, step)``."""
    size = dimension("d", upto=upto)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        one = values[f"{name}.slopes"][:, :1, 0] * 0 + 1
        return Oracle(_pieces(values, name, jumps=True), one, one * 0)

    return Class(
        title="convex functions",
        argument=name,
        quantities=(size, *_raw(name, size, jumps=True)),
        oracle=oracle,
        symbols={"dimension": size},
        extremal=(Extremal("norms", {f"{name}.slopes": -0.5, f"{name}.jumps": [1, 0] * _SIDES}),),
    )


def lipschitz_convex(name: str = "f", *, M: str = "M", upto: int = 4) -> Class:
    """Convex M-Lipschitz functions: M times the largest of zero and multiples of orthogonal coordinates."""
    size, bound = dimension("d", upto=upto), positive(M)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[M][:, None]
        weights = unit_interval(values[f"{name}.weights"])
        return Oracle(_Largest(weights, values[f"{name}.turn"]), known, known * 0)

    return Class(
        title="Lipschitz convex functions",
        argument=name,
        quantities=(bound, size, vector(f"{name}.weights", size), orthogonal(f"{name}.turn", size)),
        oracle=oracle,
        symbols={"M": bound, "dimension": size},
        extremal=(Extremal("the largest coordinate", {f"{name}.weights": 0.5}),),
    )


@dataclass(frozen=True)
class _Largest:
    """The largest of zero and weighted coordinates; the first of equal ones answers."""

    weights: Any
    rotation: Any

    def value(self, x: Any) -> Any:
        return larger(greatest(self._sides(x)), (x * 0).sum(axis=-1))

    def gradient(self, x: Any) -> Any:
        sides = self._sides(x)
        chosen = select(sides, -1) * self.weights * gate(greatest(sides))[:, None]
        return (transpose(self.rotation) @ chosen[..., None])[..., 0]

    def _sides(self, x: Any) -> Any:
        return self.weights * (self.rotation @ x[..., None])[..., 0]
