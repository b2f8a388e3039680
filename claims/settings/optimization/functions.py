"""Classes of functions: drawn from numbers with ranges of their own, so that the search reaches their extremal members.

Every function is minimal at 0 with value 0 (nonconvex ones apart); the point where a method begins is what varies.
A member is a sum of functions of one coordinate each after a rotation (one frame), or a weighted mean of such in
several frames: so Hessians need not commute. On each of some intervals its second derivatives are constant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lemmata.claims.language.short.classes import Class, Extremal, number
from lemmata.claims.language.short.quantities import dimension, nonnegative, positive, vector
from lemmata.claims.settings.optimization.members import (
    FRAMES,
    INTERVALS,
    Oracle,
    Tilted,
    frames_upto,
    one_frame,
    pieces,
    raw,
    turn,
    turned,
)
from lemmata.solvers.optimization import Pieces, PiecewiseConvex


def _each_side(name: str, intervals: Any, *right: Any, left: Sequence[Any] = ()) -> dict[str, Any]:
    """Values for the intervals of both sides, the last of each repeated; their number where it is not fixed."""
    least = len(right)
    count, sizes = (intervals, {}) if isinstance(intervals, int) else (least, {str(intervals): least})
    row = [value for side in (right, left or right) for value in [*side, *[side[-1]] * (count - least)]]
    return {name: row, **sizes}


def _bends(name: str, intervals: Any, frames: int) -> dict[str, Any]:
    """Members of a class by name: of one curvature, and Huber functions with a given knee in each coordinate."""
    slopes, simple = f"{name}.slopes", one_frame(frames)

    def huber(knee: Any) -> dict[str, Any]:
        return {**_each_side(slopes, intervals, 1, 0), f"{name}.lengths": knee, **simple}

    return {"least_curved": {slopes: 0, **simple}, "most_curved": {slopes: 1, **simple}, "huber": huber}


def _ends(name: str, intervals: Any, frames: int, *, least: str, largest: str) -> tuple[Extremal, ...]:
    """Functions of one curvature, and Huber functions: as curved as they may be near 0, as little further out."""
    slopes, simple = f"{name}.slopes", one_frame(frames)
    bent = () if intervals == 1 else (Extremal("Huber functions", _each_side(slopes, intervals, 1, 0) | simple),)
    return (Extremal(least, {slopes: 0, **simple}), Extremal(largest, {slopes: 1, **simple}), *bent)


def smooth_convex(
    name: str = "f", *, L: Any = "L", upto: int = 2, intervals: Any = INTERVALS, frames: int = FRAMES
) -> Class:
    """Convex functions with L-Lipschitz gradient in up to so many dimensions; ``.L`` and ``.dimension`` are symbols.

    Args:
        name: by which a procedure takes one.
        L: the symbol, or its name.
        upto: most dimensions.
        intervals: on either side of zero, with a curvature each: a number, or a whole number that is drawn.
        frames: most frames of a member; with 1 it is a sum over the coordinates of one frame, and ``f.prox`` is known.
    """
    size, smoothness = dimension("d", upto=upto), number(L, positive)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[str(smoothness)][:, None]
        return Oracle(pieces(values, name), known, known * 0, L=known)

    return Class(
        title="smooth convex functions",
        argument=name,
        quantities=(smoothness, size, *raw(name, size, intervals, frames_upto(frames))),
        oracle=oracle,
        symbols={"L": smoothness, "dimension": size},
        extremal=_ends(name, intervals, frames, least="constants", largest="parabolas"),
        members=_bends(name, intervals, frames),
    )


def nonconvex_smooth(
    name: str = "f", *, L: Any = "L", upto: int = 2, intervals: Any = INTERVALS, frames: int = FRAMES
) -> Class:
    """Functions with L-Lipschitz gradient, convex or not, as `smooth_convex`; nothing is known of their minimum."""
    size, smoothness = dimension("d", upto=upto), number(L, positive)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[str(smoothness)][:, None]
        return Oracle(Tilted(pieces(values, name), values[f"{name}.tilt"]), known, known * 0, L=known)

    def sawtooth(teeth: int, width: Any) -> dict[str, Any]:
        """The gradient L (1 - dist(x, width Z)) over so many teeth: equal at the iterates of a method, else smaller."""
        slopes = _each_side(f"{name}.slopes", intervals, *[1, -1] * teeth)
        return {**slopes, f"{name}.lengths": width / 2, f"{name}.tilt": 1, **one_frame(frames)}

    return Class(
        title="smooth functions",
        argument=name,
        quantities=(
            smoothness,
            size,
            *raw(name, size, intervals, frames_upto(frames), least=-1),
            vector(f"{name}.tilt", size, meaning="the gradient at 0, in units of L"),
        ),
        oracle=oracle,
        symbols={"L": smoothness, "dimension": size},
        extremal=(
            Extremal("parabolas", {f"{name}.slopes": 1, **one_frame(frames)}),
            Extremal("turned parabolas", {f"{name}.slopes": -1, **one_frame(frames)}),
        ),
        members={"most_curved": {f"{name}.slopes": 1, **one_frame(frames)}, "sawtooth": sawtooth},
    )


def strongly_convex(
    name: str = "f", *, mu: Any = "mu", L: Any = "L", upto: int = 2, intervals: Any = INTERVALS, frames: int = FRAMES
) -> Class:
    """mu-strongly convex functions with L-Lipschitz gradient, as `smooth_convex`; ``.mu`` is a symbol too."""
    size, smoothness, modulus = dimension("d", upto=upto), number(L, positive), number(mu, nonnegative)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known, least = values[str(smoothness)][:, None], values[str(modulus)][:, None]
        return Oracle(pieces(values, name), known - least, least, L=known, mu=least)

    return Class(
        title="strongly convex smooth functions",
        argument=name,
        quantities=(smoothness, modulus, size, *raw(name, size, intervals, frames_upto(frames))),
        oracle=oracle,
        relations=(modulus <= smoothness,),
        symbols={"L": smoothness, "mu": modulus, "dimension": size},
        extremal=_ends(name, intervals, frames, least="least curvature", largest="largest curvature"),
        members=_bends(name, intervals, frames),
    )


def quadratics(name: str = "f", *, mu: Any = "mu", L: Any = "L", upto: int = 2) -> Class:
    """Quadratics with curvatures from mu to L."""
    size, smoothness, modulus = dimension("d", upto=upto), number(L, positive), number(mu, nonnegative)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known, least = values[str(smoothness)][:, None], values[str(modulus)][:, None]
        slopes = values[f"{name}.slopes"][..., None]
        side = Pieces(lengths=slopes[..., :0], slopes=slopes)
        plain = PiecewiseConvex(right=side, left=side, rotation=turned(values, name, slopes))
        return Oracle(plain, known - least, least, L=known, mu=least)

    return Class(
        title="quadratics",
        argument=name,
        quantities=(smoothness, modulus, size, _curvatures(name, size), turn(name, size)),
        oracle=oracle,
        relations=(modulus <= smoothness,),
        symbols={"L": smoothness, "mu": modulus, "dimension": size},
        extremal=(
            Extremal("least curvature", {f"{name}.slopes": 0}),
            Extremal("largest curvature", {f"{name}.slopes": 1}),
            *([Extremal("both curvatures", {f"{name}.slopes": [0, 1], "d": 2})] if upto > 1 else []),
        ),
    )


def _curvatures(name: str, size: Any) -> Any:
    meaning = "curvature along each axis of the frame, from mu (0) to L (1)"
    return vector(f"{name}.slopes", size, low=0, high=1, meaning=meaning)


def convex(name: str = "f", *, upto: int = 2, intervals: Any = INTERVALS, frames: int = 1) -> Class:
    """Convex functions with kinks, known by their proximal points ``f.prox(x, step)``.

    Each is a sum over the coordinates of one frame, where alone these have a closed form; a statement on subgradients
    gets the others with ``frames=2``.
    """
    size = dimension("d", upto=upto)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        one = values[f"{name}.slopes"][:, :1, 0] * 0 + 1
        return Oracle(pieces(values, name, jumps=True), one, one * 0)

    def kink(right: Any, left: Any) -> dict[str, Any]:
        """Of one coordinate ``right`` x for x > 0, and ``-left`` x for x < 0."""
        jumps = _each_side(f"{name}.jumps", intervals, right, 0, left=(left, 0))
        return {f"{name}.slopes": 0, **jumps, **one_frame(frames)}

    return Class(
        title="convex functions",
        argument=name,
        quantities=(size, *raw(name, size, intervals, frames_upto(frames), jumps=True)),
        oracle=oracle,
        symbols={"dimension": size},
        extremal=(
            Extremal(
                "norms", {f"{name}.slopes": 0, **_each_side(f"{name}.jumps", intervals, 1, 0), **one_frame(frames)}
            ),
        ),
        members={"kink": kink},
    )
