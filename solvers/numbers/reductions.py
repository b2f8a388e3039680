"""Functions of whole arrays, in every number system: extremes, means, norms, contractions."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial, singledispatch
from typing import Any

import numpy as np

from lemmata.solvers.numbers import arithmetic, order
from lemmata.solvers.numbers.arithmetic import Array, elementwise
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.degrees import Degrees
from lemmata.solvers.numbers.dual import Dual
from lemmata.solvers.numbers.errors import NumberSystemError, ShapeError
from lemmata.solvers.numbers.powers import power
from lemmata.solvers.numbers.residues import Residues
from lemmata.solvers.numbers.spectral import singular_values

Rearrangement = Callable[[Any], Any]
Axis = int | Sequence[int] | None


@singledispatch
def rearranged(x: Array, change: Rearrangement) -> Array:
    """`x` with its entries moved, repeated or left out by `change`, a function of ndarrays."""
    return np.asarray(change(x.view(np.ndarray))).view(type(x))


@rearranged.register(Bounded)
def _(x: Bounded, change: Rearrangement) -> Bounded:
    return Bounded(np.asarray(change(x.value)), np.asarray(change(x.error)))


@rearranged.register(Dual)
def _(x: Dual, change: Rearrangement) -> Dual:
    return Dual(change(x.value), change(x.tangent))


@rearranged.register(Residues)
def _(x: Residues, change: Rearrangement) -> Residues:
    return Residues(np.asarray(change(x.value)), x.generator, x.prime)


@rearranged.register(Degrees)
def _(x: Degrees, change: Rearrangement) -> Degrees:
    return Degrees(np.asarray(change(x.value)))


def _axes(x: Array, axis: Axis) -> tuple[int, ...]:
    taken = range(x.ndim) if axis is None else (axis,) if isinstance(axis, (int, np.integer)) else axis
    return tuple(int(one) % x.ndim for one in taken)


def _together(x: Array, axis: Axis) -> Array:
    """`x` with the axes `axis` last and made one."""
    axes = _axes(x, axis)
    rest = [one for one in range(x.ndim) if one not in axes]
    moved = rearranged(x, lambda array: np.transpose(array, (*rest, *axes)))
    return moved.reshape(*(x.shape[one] for one in rest), -1)


def _kept(found: Array, x: Array, axis: Axis, *, keepdims: bool) -> Array:
    axes = _axes(x, axis)
    return found.reshape(tuple(1 if one in axes else size for one, size in enumerate(x.shape))) if keepdims else found


def maximum_over(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """Largest entry over `axis`, no digit lost."""
    return _kept(order.greatest(_together(x, axis)), x, axis, keepdims=keepdims)


def minimum_over(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """Smallest entry over `axis`, no digit lost."""
    return _kept(order.least(_together(x, axis)), x, axis, keepdims=keepdims)


def mean(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """Mean over `axis`."""
    count = int(np.prod([x.shape[one] for one in _axes(x, axis)]))
    return x.sum(axis=None if axis is None else _axes(x, axis), keepdims=keepdims) / count


def variance(x: Array, axis: Axis = None, *, keepdims: bool = False, ddof: int = 0) -> Array:
    """Mean square distance from the mean over `axis`; with ``ddof`` the sum of squares over that many fewer."""
    away = x - mean(x, axis, keepdims=True)
    count = int(np.prod([x.shape[one] for one in _axes(x, axis)]))
    return (away * away).sum(axis=None if axis is None else _axes(x, axis), keepdims=keepdims) / (count - ddof)


def in_order(x: Array, axis: int | None = -1) -> Array:
    """`x` with its entries along `axis` in ascending order, all of them where it is None."""
    if axis is None:
        return order.ascending(x.reshape(-1))
    return rearranged(
        order.ascending(rearranged(x, lambda array: np.moveaxis(array, axis, -1))),
        lambda array: np.moveaxis(array, -1, axis),
    )


def median(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """The middle one of the entries over `axis` in ascending order, or the mean of the two middle ones."""
    ordered = order.ascending(_together(x, axis))
    size = ordered.shape[-1]
    middle = ordered[..., size // 2] if size % 2 else (ordered[..., size // 2 - 1] + ordered[..., size // 2]) / 2
    return _kept(middle, x, axis, keepdims=keepdims)


def product_over(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """Product over `axis`."""
    factors = _together(x, axis)
    found = factors[..., 0]
    for place in range(1, factors.shape[-1]):
        found = found * factors[..., place]
    return _kept(found, x, axis, keepdims=keepdims)


def cumulative(x: Array, axis: int | None = None) -> Array:
    """Sums of the first one, two, ... entries along `axis`."""
    flat = x.reshape(-1) if axis is None else x
    place = _axes(flat, 0 if axis is None else axis)[0]
    slices = [flat[(slice(None),) * place + (step,)] for step in range(flat.shape[place])]
    for step in range(1, len(slices)):
        slices[step] = slices[step - 1] + slices[step]
    return arithmetic.stack(slices, axis=place)


def norm(x: Array, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Array:  # noqa: A002, FBT001, FBT002 - NumPy's
    """As `numpy.linalg.norm`: vector norms of any order, matrix norms 1, 2, inf, "fro", "nuc"."""
    axes = _axes(x, axis)
    if ord is None or ord == "fro" or (ord == 2 and len(axes) == 1):  # noqa: PLR2004 - Euclid's
        return elementwise((x * x).sum(axis=axes, keepdims=keepdims), "sqrt")
    found = _vector_norm(_together(x, axes), ord) if len(axes) == 1 else _matrix_norm(x, axes, ord)
    return _kept(found, x, axes, keepdims=keepdims)


def _vector_norm(rows: Array, order_: Any) -> Array:
    size = order.absolute(rows)
    if order_ == 1:
        return size.sum(axis=-1)
    if order_ == np.inf:
        return order.greatest(size)
    if order_ == -np.inf:
        return order.least(size)
    if order_ == 0 or not isinstance(order_, int | float | Fraction):
        raise NumberSystemError(
            f"np.linalg.norm of vectors got ord={order_!r}; expected a number other than 0, inf or -inf, and to count "
            "the entries that are not zero write np.sum(x != 0, axis=-1)."
        )
    exponent = Fraction(order_)
    return power(power(size, exponent).sum(axis=-1), 1 / exponent)


def _matrix_norm(x: Array, axes: tuple[int, ...], order_: Any) -> Array:
    if len(axes) != 2:  # noqa: PLR2004 - rows and columns
        raise ShapeError(f"a matrix norm of order {order_!r} got {len(axes)} axes; expected axis=(-2, -1)")
    rest = [one for one in range(x.ndim) if one not in axes]
    matrices = rearranged(x, lambda array: np.transpose(array, (*rest, *axes)))
    if order_ in (1, np.inf):
        return order.greatest(order.absolute(matrices).sum(axis=-2 if order_ == 1 else -1))
    values = singular_values(matrices)
    known = {"nuc": lambda: values.sum(axis=-1), 2: lambda: values[..., 0], -2: lambda: values[..., -1]}
    if order_ not in known:
        raise NumberSystemError(f"np.linalg.norm got ord={order_!r}; expected 1, 2, -2, inf, 'fro' or 'nuc'.")
    return known[order_]()


def trace(x: Array, axis1: int = 0, axis2: int = 1) -> Array:
    """Sum of the diagonal."""
    return rearranged(x, lambda array: np.diagonal(array, 0, axis1, axis2)).sum(axis=-1)


def dot(x: Array, y: Array) -> Array:
    """As `numpy.dot` for vectors and matrices."""
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return x * y
    if x.ndim == 1 and y.ndim == 1:
        return (x * y).sum(axis=0)
    if y.ndim == 1:
        return (x * y).sum(axis=-1)
    if x.ndim == 1:
        return (x[None, :] @ y)[..., 0, :]
    if max(x.ndim, y.ndim) > 2:  # noqa: PLR2004 - matrices
        raise ShapeError(f"np.dot got shapes {x.shape} and {y.shape}; for batches of matrices write x @ y")
    return x @ y


def einsum(subscripts: str, *operands: Array) -> Array:
    """As `numpy.einsum` with a string: products of entries, summed over the letters that are not asked for."""
    asked, wanted = _letters(subscripts.replace(" ", ""), operands)
    letters = list(dict.fromkeys([*wanted, *"".join(asked)]))
    found = None
    for names, operand in zip(asked, operands, strict=True):
        part = _aligned(names, operand, letters)
        found = part if found is None else found * part
    if found is None or len(letters) == len(wanted):
        return found
    return found.sum(axis=tuple(range(len(wanted), len(letters))))


def _letters(subscripts: str, operands: Sequence[Array]) -> tuple[list[str], str]:
    """The letters of each operand's axes and of the result's, dots replaced by letters of their own."""
    given, arrow, wanted = subscripts.partition("->")
    parts = given.split(",")
    free = [letter for letter in string.ascii_letters if letter not in subscripts]
    extra = max((np.ndim(x) - len(part.replace("...", "")) for part, x in zip(parts, operands, strict=True)), default=0)
    for place, (part, x) in enumerate(zip(parts, operands, strict=True)):
        count = np.ndim(x) - len(part.replace("...", ""))
        parts[place] = part.replace("...", "".join(free[extra - count : extra]))
    whole = "".join(parts)
    dots = "".join(free[:extra]) if "..." in subscripts else ""
    if not arrow:
        wanted = dots + "".join(sorted(letter for letter in set(whole) - set(dots) if whole.count(letter) == 1))
    return parts, wanted.replace("...", dots)


def _aligned(names: str, operand: Array, letters: list[str]) -> Array:
    """An operand with one axis for each letter, of length one where it has none; repeated letters on the diagonal."""
    for letter in sorted(set(names), key=names.index):
        while names.count(letter) > 1:
            first = names.index(letter)
            second = names.index(letter, first + 1)
            operand = rearranged(operand, partial(np.diagonal, axis1=first, axis2=second))
            names = "".join(name for place, name in enumerate(names) if place not in (first, second)) + letter
    ordered = sorted(range(len(names)), key=lambda place: letters.index(names[place]))
    moved = rearranged(operand, lambda x: np.transpose(x, ordered))
    sizes = {names[place]: operand.shape[place] for place in range(len(names))}
    return moved.reshape(tuple(sizes.get(letter, 1) for letter in letters))
