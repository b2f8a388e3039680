"""Classes of functions: drawn from numbers with ranges of their own, so that the search reaches their extremal members.

Every function is minimal at 0 with value 0 (nonconvex ones apart); the point where a method begins is what varies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lemmata.claims.language.short.classes import Class, Extremal, number
from lemmata.claims.language.short.quantities import dimension, matrix, nonnegative, orthogonal, positive, vector
from lemmata.claims.language.short.values import rotation
from lemmata.solvers.numbers.arithmetic import gate, select, transpose
from lemmata.solvers.numbers.order import greatest, larger
from lemmata.solvers.optimization import Pieces, PiecewiseConvex, clip

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


def _pieces(values: Mapping[str, Any], name: str, *, jumps: bool = False) -> PiecewiseConvex:
    """A function from the numbers of a class."""
    slopes = values[f"{name}.slopes"]
    lengths = values[f"{name}.lengths"]
    kinks = values[f"{name}.jumps"] if jumps else None
    half, step = slopes.shape[-1] // _SIDES, lengths.shape[-1] // _SIDES
    sides = [
        Pieces(
            lengths=lengths[..., place * step : (place + 1) * step],
            slopes=slopes[..., place * half : (place + 1) * half],
            jumps=None if kinks is None else kinks[..., place * half : (place + 1) * half],
        )
        for place in range(_SIDES)
    ]
    return PiecewiseConvex(right=sides[0], left=sides[1], rotation=_turned(values, name, slopes))


def _turn(name: str, size: Any) -> Any:
    """What `_turned` turns by; which way round makes no difference where both sides of zero are drawn alike."""
    return matrix(f"{name}.turn", size, size - 1)


def _turned(values: Mapping[str, Any], name: str, like: Any) -> Any:
    """The orthogonal matrix of a class, in one dimension the identity."""
    return -rotation(values[f"{name}.turn"], like)


def _raw(name: str, size: Any, intervals: Any, *, least: int = 0, jumps: bool = False) -> tuple[Any, ...]:
    """The numbers of a function of so many intervals on each side of zero, second derivatives from ``least`` to 1."""
    made = [
        matrix(f"{name}.slopes", size, _SIDES * intervals, low=least, high=1),
        matrix(f"{name}.lengths", size, _SIDES * (intervals - 1), low=0),
        _turn(name, size),
    ]
    return (*made, matrix(f"{name}.jumps", size, _SIDES * intervals, low=0)) if jumps else tuple(made)


def _each_side(name: str, intervals: Any, *right: Any, left: Sequence[Any] = ()) -> dict[str, Any]:
    """Values for the intervals of both sides, the last of each repeated; their number where it is not fixed."""
    least = len(right)
    count, sizes = (intervals, {}) if isinstance(intervals, int) else (least, {str(intervals): least})
    row = [value for side in (right, left or right) for value in [*side, *[side[-1]] * (count - least)]]
    return {name: row, **sizes}


def _bends(name: str, intervals: Any) -> dict[str, Any]:
    """Members of a class by name: of one curvature, and Huber functions with a given knee in each coordinate."""
    slopes = f"{name}.slopes"

    def huber(knee: Any) -> dict[str, Any]:
        return {**_each_side(slopes, intervals, 1, 0), f"{name}.lengths": knee}

    return {"least_curved": {slopes: 0}, "most_curved": {slopes: 1}, "huber": huber}


def _ends(name: str, intervals: Any, *, least: str, largest: str) -> tuple[Extremal, ...]:
    """Functions of one curvature, and Huber functions: as curved as they may be near 0, as little further out."""
    slopes = f"{name}.slopes"
    bent = () if intervals == 1 else (Extremal("Huber functions", _each_side(slopes, intervals, 1, 0)),)
    return (Extremal(least, {slopes: 0}), Extremal(largest, {slopes: 1}), *bent)


def smooth_convex(name: str = "f", *, L: Any = "L", upto: int = 2, intervals: Any = 2) -> Class:
    """Convex functions with L-Lipschitz gradient in up to so many dimensions; ``.L`` and ``.dimension`` are symbols.

    Args:
        name: by which a procedure takes one.
        L: the symbol, or its name.
        upto: most dimensions.
        intervals: on either side of zero, with a curvature each: a number, or a whole number that is drawn.
    """
    size, smoothness = dimension("d", upto=upto), number(L, positive)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[str(smoothness)][:, None]
        return Oracle(_pieces(values, name), known, known * 0, L=known)

    return Class(
        title="smooth convex functions",
        argument=name,
        quantities=(smoothness, size, *_raw(name, size, intervals)),
        oracle=oracle,
        symbols={"L": smoothness, "dimension": size},
        extremal=_ends(name, intervals, least="constants", largest="parabolas"),
        members=_bends(name, intervals),
    )


def nonconvex_smooth(name: str = "f", *, L: Any = "L", upto: int = 2, intervals: Any = 2) -> Class:
    """Functions with L-Lipschitz gradient, convex or not, as `smooth_convex`; nothing is known of their minimum."""
    size, smoothness = dimension("d", upto=upto), number(L, positive)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[str(smoothness)][:, None]
        return Oracle(_Tilted(_pieces(values, name), values[f"{name}.tilt"]), known, known * 0, L=known)

    def sawtooth(teeth: int, width: Any) -> dict[str, Any]:
        """The gradient L (1 - dist(x, width Z)) over so many teeth: equal at the iterates of a method, else smaller."""
        slopes = _each_side(f"{name}.slopes", intervals, *[1, -1] * teeth)
        return {**slopes, f"{name}.lengths": width / 2, f"{name}.tilt": 1}

    return Class(
        title="smooth functions",
        argument=name,
        quantities=(smoothness, size, *_raw(name, size, intervals, least=-1), vector(f"{name}.tilt", size)),
        oracle=oracle,
        symbols={"L": smoothness, "dimension": size},
        extremal=(
            Extremal("parabolas", {f"{name}.slopes": 1}),
            Extremal("turned parabolas", {f"{name}.slopes": -1}),
        ),
        members={"most_curved": {f"{name}.slopes": 1}, "sawtooth": sawtooth},
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


def strongly_convex(name: str = "f", *, mu: Any = "mu", L: Any = "L", upto: int = 2, intervals: Any = 2) -> Class:
    """mu-strongly convex functions with L-Lipschitz gradient, as `smooth_convex`; ``.mu`` is a symbol too."""
    size, smoothness, modulus = dimension("d", upto=upto), number(L, positive), number(mu, nonnegative)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known, least = values[str(smoothness)][:, None], values[str(modulus)][:, None]
        return Oracle(_pieces(values, name), known - least, least, L=known, mu=least)

    return Class(
        title="strongly convex smooth functions",
        argument=name,
        quantities=(smoothness, modulus, size, *_raw(name, size, intervals)),
        oracle=oracle,
        relations=(modulus <= smoothness,),
        symbols={"L": smoothness, "mu": modulus, "dimension": size},
        extremal=_ends(name, intervals, least="least curvature", largest="largest curvature"),
        members=_bends(name, intervals),
    )


def quadratics(name: str = "f", *, mu: Any = "mu", L: Any = "L", upto: int = 2) -> Class:
    """Quadratics with curvatures from mu to L."""
    size, smoothness, modulus = dimension("d", upto=upto), number(L, positive), number(mu, nonnegative)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known, least = values[str(smoothness)][:, None], values[str(modulus)][:, None]
        slopes = values[f"{name}.slopes"][..., None]
        side = Pieces(lengths=slopes[..., :0], slopes=slopes)
        plain = PiecewiseConvex(right=side, left=side, rotation=_turned(values, name, slopes))
        return Oracle(plain, known - least, least, L=known, mu=least)

    return Class(
        title="quadratics",
        argument=name,
        quantities=(smoothness, modulus, size, vector(f"{name}.slopes", size, low=0, high=1), _turn(name, size)),
        oracle=oracle,
        relations=(modulus <= smoothness,),
        symbols={"L": smoothness, "mu": modulus, "dimension": size},
        extremal=(
            Extremal("least curvature", {f"{name}.slopes": 0}),
            Extremal("largest curvature", {f"{name}.slopes": 1}),
            *([Extremal("both curvatures", {f"{name}.slopes": [0, 1], "d": 2})] if upto > 1 else []),
        ),
    )


def convex(name: str = "f", *, upto: int = 2, intervals: Any = 2) -> Class:
    """Convex functions with kinks, known by their proximal points ``f.prox(x, step)``."""
    size = dimension("d", upto=upto)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        one = values[f"{name}.slopes"][:, :1, 0] * 0 + 1
        return Oracle(_pieces(values, name, jumps=True), one, one * 0)

    def kink(right: Any, left: Any) -> dict[str, Any]:
        """Of one coordinate ``right`` x for x > 0, and ``-left`` x for x < 0."""
        return {f"{name}.slopes": 0, **_each_side(f"{name}.jumps", intervals, right, 0, left=(left, 0))}

    return Class(
        title="convex functions",
        argument=name,
        quantities=(size, *_raw(name, size, intervals, jumps=True)),
        oracle=oracle,
        symbols={"dimension": size},
        extremal=(Extremal("norms", {f"{name}.slopes": 0, **_each_side(f"{name}.jumps", intervals, 1, 0)}),),
        members={"kink": kink},
    )


def lipschitz_convex(name: str = "f", *, M: str = "M", upto: int = 4) -> Class:
    """Convex M-Lipschitz functions: M times the largest of zero and multiples of orthogonal coordinates."""
    size, bound = dimension("d", upto=upto), positive(M)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[M][:, None]
        # Folded, and not drawn from [0, 1]: a search then finds many weights at exactly one, where the bounds are attained.
        weights = clip(values[f"{name}.weights"] + 0.5, known * 0, known * 0 + 1)
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
