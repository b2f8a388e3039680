"""Classes of functions that are the largest of zero and affine pieces: of every convex function, what a method sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lemmata.claims.language.short.classes import Class, Extremal
from lemmata.claims.language.short.quantities import dimension, integer, matrix, orthogonal, positive, vector
from lemmata.claims.settings.optimization.members import Oracle
from lemmata.solvers.numbers.arithmetic import concatenate, elementwise, gate, select
from lemmata.solvers.numbers.order import greatest, larger
from lemmata.solvers.optimization import clip


@dataclass(frozen=True, kw_only=True)
class LargestAffine:
    """The largest of zero and ``normals @ x - offsets``; the first of equal pieces answers for the slope.

    Attributes:
        normals: ``(batch, pieces, dimension)``.
        offsets: ``(batch, pieces)``, not negative, so that 0 is a minimizer and the minimum 0.
    """

    normals: Any
    offsets: Any

    def value(self, x: Any) -> Any:
        """The values at ``x`` ``(batch, dimension)``, as ``(batch,)``."""
        return larger(greatest(self._heights(x)), (x * 0).sum(axis=-1))

    def gradient(self, x: Any) -> Any:
        """A subgradient at ``x``, ``(batch, dimension)``."""
        heights = self._heights(x)
        chosen = select(heights, -1) * gate(greatest(heights))[:, None]
        return (chosen[:, None, :] @ self.normals)[:, 0, :]

    def _heights(self, x: Any) -> Any:
        return (self.normals @ x[..., None])[..., 0] - self.offsets


def quadratic_growth(name: str = "f", *, L: str = "L", upto: int = 2, pieces: int = 3) -> Class:
    """Convex functions that are at most L/2 |x|^2 above their minimum at 0; they may have kinks.

    They are the suprema of affine functions s.x - b with |s|^2 <= 2 L b; a method of few steps sees few of these.
    """
    size, growth = dimension("d", upto=upto), positive(L)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known, normals = values[L][:, None], values[f"{name}.normals"]
        offsets = (normals * normals).sum(axis=-1) / 2 + values[f"{name}.below"]
        return Oracle(LargestAffine(normals=normals, offsets=offsets), known, known * 0, L=known)

    return Class(
        title="convex functions of upper quadratic growth",
        argument=name,
        quantities=(
            growth,
            size,
            matrix(f"{name}.normals", pieces, size, meaning="slopes s of the affine pieces, in units of L"),
            vector(
                f"{name}.below", pieces, low=0, meaning="how far each piece lies below -|s|^2/2 at 0, in units of L"
            ),
        ),
        oracle=oracle,
        symbols={"L": growth, "dimension": size},
        extremal=(Extremal("touching the parabola", {f"{name}.below": 0}),),
    )


def lipschitz_convex(name: str = "f", *, M: str = "M", upto: int = 4, further: int = 1) -> Class:
    """Convex M-Lipschitz functions: M times the largest of zero and of affine pieces, whose slopes are at most 1.

    The pieces are multiples of orthogonal coordinates, and up to so many ``further`` ones in any direction that are not
    positive at 0.
    """
    size, bound, count = dimension("d", upto=upto), positive(M), integer("further", 0, further, meaning=_FURTHER)

    def oracle(values: Mapping[str, Any]) -> Oracle:
        known = values[M][:, None]
        return Oracle(_with_further(values, name), known, known * 0)

    return Class(
        title="Lipschitz convex functions",
        argument=name,
        quantities=(
            bound,
            size,
            vector(f"{name}.weights", size, meaning="length of each slope over M, less 1/2, cut off at 0 and 1"),
            orthogonal(f"{name}.turn", size, meaning="the directions of these slopes"),
            matrix(
                f"{name}.normals", count, size, meaning="slopes of the further pieces, over M, cut off at length one"
            ),
            vector(f"{name}.below", count, low=0, meaning="how far the further pieces lie below 0 at 0, over M"),
        ),
        oracle=oracle,
        symbols={"M": bound, "dimension": size},
        extremal=(Extremal("the largest coordinate", {f"{name}.weights": 0.5, "further": 0}),),
    )


_FURTHER = "affine pieces beside those along orthogonal directions"


def _with_further(values: Mapping[str, Any], name: str) -> LargestAffine:
    raw, below, normals = (values[f"{name}.{part}"] for part in ("weights", "below", "normals"))
    # Folded, and not drawn from [0, 1]: a search then finds many weights at exactly one, where the bounds are attained.
    axes = clip(raw + 0.5, raw * 0, raw * 0 + 1)[..., None] * values[f"{name}.turn"]
    if not normals.shape[1]:  # an empty array does not know its number system
        return LargestAffine(normals=axes, offsets=raw * 0)
    return LargestAffine(
        normals=concatenate([axes, _cut_off(normals)], axis=1), offsets=concatenate([raw * 0, below], axis=1)
    )


@dataclass(frozen=True)
class Lifted:
    """A function plus a number, ``(batch,)``."""

    function: LargestAffine
    by: Any

    def value(self, x: Any) -> Any:
        """The values at ``x`` ``(batch, dimension)``, as ``(batch,)``."""
        return self.function.value(x) + self.by

    def gradient(self, x: Any) -> Any:
        """A subgradient at ``x``, ``(batch, dimension)``."""
        return self.function.gradient(x)


@dataclass(frozen=True, kw_only=True)
class Losses:
    """One loss for each round, by its number: ``losses[t](x)``, ``losses[t].grad(x)``.

    Attributes:
        normals: of each plane, of length at most one, ``(batch, rounds, dimension)``.
        offsets: of each plane, ``(batch, rounds)``.
        levels: what is added to each loss over M, ``(batch, rounds)``.
        bound: the Lipschitz constant, ``(batch, 1)``.
    """

    normals: Sequence[Any]
    offsets: Sequence[Any]
    levels: Any
    bound: Any

    def __getitem__(self, number: int) -> Oracle:
        """The loss of a round, from 0 on."""
        each = slice(number, number + 1)
        normals = concatenate([one[:, each] for one in self.normals], axis=1)
        offsets = concatenate([one[:, each] for one in self.offsets], axis=1)
        loss = Lifted(LargestAffine(normals=normals, offsets=offsets), self.levels[:, number])
        return Oracle(loss, self.bound, self.bound * 0)


def lipschitz_losses(name: str = "f", *, M: str = "M", rounds: int = 3, upto: int = 3, planes: int = 2) -> Class:
    """A convex M-Lipschitz loss for each round 0 .. n - 1; ``.rounds`` is the symbol n, up to ``rounds``.

    Each is the largest of a constant, of either sign, and of up to so many affine functions, the ``planes``.
    """
    size, bound, count = dimension("d", upto=upto), positive(M), integer("n", 1, rounds)
    each = integer(
        "planes", 1, planes, meaning="affine functions of which, and of a constant, each loss is the largest"
    )

    def oracle(values: Mapping[str, Any]) -> Losses:
        raw, offsets = values[f"{name}.normals"], values[f"{name}.offsets"]
        wide, drawn = raw.shape[-1] // offsets.shape[-1], range(offsets.shape[-1])
        normals = [_cut_off(raw[..., one * wide : (one + 1) * wide]) for one in drawn]
        return Losses(
            normals=normals,
            offsets=[offsets[..., one] for one in drawn],
            levels=values[f"{name}.levels"],
            bound=values[M][:, None],
        )

    return Class(
        title="sequences of convex Lipschitz losses",
        argument=name,
        quantities=(
            bound,
            size,
            count,
            matrix(
                f"{name}.normals",
                count,
                size * each,
                meaning="slopes of the planes of each loss, one after the other, over M and cut off at length one",
            ),
            matrix(f"{name}.offsets", count, each, meaning="what is taken off each plane at 0, in units of M"),
            vector(f"{name}.levels", count, meaning="what is added to each loss, in units of M"),
        ),
        oracle=oracle,
        symbols={"M": bound, "dimension": size, "rounds": count},
    )


def _cut_off(rows: Any) -> Any:
    """The rows ``(batch, count, n)``, longer ones shortened to length one."""
    lengths = elementwise((rows * rows).sum(axis=-1), "sqrt")
    return rows / larger(lengths, lengths * 0 + 1)[..., None]
