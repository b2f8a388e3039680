"""Arrays of symbolic real numbers, and of the conditions that comparing them makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np

from lemmata.solvers.numbers.hooks import Answering, ArrayLike, Truths, is_truth
from lemmata.solvers.numbers.symbolic.errors import NotPolynomialError
from lemmata.solvers.numbers.symbolic.formulas import Formula, all_of, any_of, negation
from lemmata.solvers.numbers.symbolic.ledger import Ledger
from lemmata.solvers.numbers.symbolic.reals import Real, choice, lifted

Objects = Any
"""An object ndarray."""


@dataclass(frozen=True, eq=False, slots=True)
class Symbolic(ArrayLike):
    """An array whose entries are `Real`: polynomials, quotients and roots of variables, with distinctions of cases."""

    value: Objects
    ledger: Ledger

    __array_priority__: ClassVar[float] = 1.5

    @classmethod
    def variables(cls, name: str, shape: tuple[int, ...], ledger: Ledger) -> Symbolic:
        """An array of new variables, ``name`` or ``name[i,j]`` by its place without the first axis."""
        made = np.empty(shape, dtype=object)
        for place in np.ndindex(*shape):
            inner = place[1:]
            label = f"{name}[{','.join(map(str, inner))}]" if inner else name
            made[place] = Real.of(ledger.entry(label), ledger)
        return cls(made, ledger)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return int(self.value.ndim)

    def reshape(self, *shape: Any) -> Symbolic:
        """The same entries in another shape."""
        return Symbolic(self.value.reshape(*shape), self.ledger)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Symbolic:
        """Sum over `axis`."""
        return self._of(self.value.sum(axis=axis, keepdims=keepdims))

    def __getitem__(self, key: Any) -> Symbolic:
        return self._of(self.value[key])

    def __neg__(self) -> Symbolic:
        return self._of(-self.value)

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    def __matmul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a @ b)

    def __rmatmul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b @ a)

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Conditions):
            other = other.astype(int)
        if isinstance(other, Symbolic):
            return self._of(operation(self.value, other.value))
        if isinstance(other, Answering) or not isinstance(other, np.ndarray | np.generic | bool | int | float):
            return NotImplemented
        return self._of(operation(self.value, entries_of(other, self.ledger)))

    def _of(self, value: Any) -> Symbolic:
        return Symbolic(entries_of(value, self.ledger), self.ledger)


def entries_of(value: Any, ledger: Ledger) -> Objects:
    """An object array of `Real` from numbers of any kind."""
    array = np.asarray(value, dtype=object)
    flat = [lifted(one, ledger) for one in array.ravel()]
    if any(one is None for one in flat):
        stranger = next(one for one, known in zip(array.ravel(), flat, strict=True) if known is None)
        raise NotPolynomialError(f"{type(stranger).__name__} enters, which is no real number")
    made = np.empty(array.size, dtype=object)
    made[:] = flat
    return made.reshape(array.shape)


@dataclass(frozen=True, eq=False)
class Conditions(Truths):
    """An array of conditions, as comparisons of symbolic numbers give them; goes into `np.where`, ``& | ~``.

    Raises (when asked for one yes or no):
        NotPolynomialError: the condition depends on the numbers, so that code would have to go two ways.
    """

    value: Objects
    ledger: Ledger

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return int(self.value.ndim)

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(self.value.size)

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise NotPolynomialError(
            "conditions were to become a plain array (np.asarray, np.all of a list of them): join them with & and |"
        )

    def __getitem__(self, key: Any) -> Conditions:
        return Conditions(np.asarray(self.value[key], dtype=object), self.ledger)

    def reshape(self, *shape: Any) -> Conditions:
        """The same entries in another shape."""
        return Conditions(self.value.reshape(*shape), self.ledger)

    def __invert__(self) -> Conditions:
        return Conditions(_each(negation, self.value), self.ledger)

    def __and__(self, other: Any) -> Conditions:
        return Conditions(_each(lambda a, b: all_of([a, b]), self.value, _plain(other)), self.ledger)

    __rand__ = __and__

    def __or__(self, other: Any) -> Conditions:
        return Conditions(_each(lambda a, b: any_of([a, b]), self.value, _plain(other)), self.ledger)

    __ror__ = __or__

    def astype(self, _type: Any) -> Symbolic:
        """1 where it is true, 0 where it is not."""
        one, zero = lifted(1, self.ledger), lifted(0, self.ledger)
        return Symbolic(_each(lambda when: choice(when, one, zero), self.value), self.ledger)  # type: ignore[arg-type]

    def __mul__(self, other: Any) -> Any:
        return self & other if is_truth(other) else self.astype(int) * other

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        return self | other if is_truth(other) else self.astype(int) + other

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self.astype(int) - other

    def __rsub__(self, other: Any) -> Any:
        return other - self.astype(int)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Symbolic:
        """How many are true, over `axis`."""
        return self.astype(int).sum(axis=axis, keepdims=keepdims)

    def all(self, axis: Any = None, *, keepdims: bool = False) -> Conditions:
        """Whether every entry is true, over `axis`."""
        return self._over(axis, all_of, keepdims=keepdims)

    def any(self, axis: Any = None, *, keepdims: bool = False) -> Conditions:
        """Whether some entry is true, over `axis`."""
        return self._over(axis, any_of, keepdims=keepdims)

    def _over(self, axis: Any, join: Callable[[Any], Formula], *, keepdims: bool) -> Conditions:
        taken = range(self.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        taken = [place % self.ndim for place in taken]
        last = np.moveaxis(self.value, taken, range(-len(taken), 0))
        kept = last.shape[: self.ndim - len(taken)]
        rows = last.reshape(int(np.prod(kept)), -1)
        made = np.empty(len(rows), dtype=object)
        made[:] = [join(row) for row in rows]
        whole = tuple(1 if place in taken else size for place, size in enumerate(self.shape))
        return Conditions(made.reshape(whole if keepdims else kept), self.ledger)

    def __bool__(self) -> bool:
        whole = all_of(self.value.ravel())
        if isinstance(whole, bool):
            return whole
        raise NotPolynomialError("code branches on the numbers (if, while, bool): choose with np.where")


def _plain(other: Any) -> Objects:
    return other.value if isinstance(other, Conditions) else np.asarray(other, dtype=object)


def _each(function: Callable[..., Any], *arrays: Any) -> Objects:
    """An object array of a function of entries, shapes broadcast."""
    together = np.broadcast_arrays(*arrays)
    made = np.empty(together[0].size, dtype=object)
    made[:] = [function(*items) for items in zip(*(one.ravel() for one in together), strict=True)]
    return made.reshape(together[0].shape)


each = _each


def conditions_of(value: Any) -> list[Formula]:
    """The entries of a mask, symbolic or plain."""
    entries = value.value if isinstance(value, Conditions) else np.asarray(value)
    return [one if not isinstance(one, np.bool_) else bool(one) for one in entries.ravel()]
