"""What makes arrays of other number systems answer NumPy: operators, methods, and the two array protocols.

The classes are here and know nothing of what is computed; `protocol` installs that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from lemmata.solvers.numbers.errors import IN_FLOATS, NumberSystemError

_installed: dict[str, Callable[..., Any]] = {}


def install(ufunc: Callable[..., Any], function: Callable[..., Any]) -> None:
    """Say what answers NumPy's universal functions and its other functions."""
    _installed.update(ufunc=ufunc, function=function)


def require_real(kind: Any) -> None:
    """Refuse a dtype that would change the numbers and not only how they are held; None asks for none.

    Raises:
        NumberSystemError: it is one of whole numbers, of truth values or of complex numbers.
    """
    if kind is not None and np.dtype(kind).kind == "c":
        raise NumberSystemError(
            f"numbers were to become {np.dtype(kind).name}, and all number systems here are real; leave the dtype "
            "out, or keep real and imaginary parts as two arrays."
        )
    if kind is not None and np.dtype(kind).kind in "iub":
        raise NumberSystemError(
            f"numbers were to become {np.dtype(kind).name}, which drops what is behind the point; leave the dtype "
            "out, or write np.floor(x) for a whole part and x != 0 for a truth value."
        )


class Answering:
    """Answers NumPy's protocols: ``np.exp(x)``, ``np.where(c, x, y)``, ``2.0 * x``."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return _installed["ufunc"](ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        return _installed["function"](self, function, types, inputs, options)


class Truths(Answering):
    """Answers of yes and no that are no plain booleans; compared with each other as such, with numbers as 1 and 0."""

    __slots__ = ()

    def __xor__(self, other: Any) -> Any:
        mask, beside = _pair(self, other)
        return (mask & ~beside) | (~mask & beside)

    __rxor__ = __xor__

    def __ne__(self, other: object) -> Any:
        return self ^ other if is_truth(other) else self._as_number() != other

    def __eq__(self, other: object) -> Any:
        return ~(self ^ other) if is_truth(other) else self._as_number() == other

    def __lt__(self, other: Any) -> Any:
        mask, beside = _pair(self, other)
        return ~mask & beside if is_truth(other) else self._as_number() < other

    def __le__(self, other: Any) -> Any:
        mask, beside = _pair(self, other)
        return ~mask | beside if is_truth(other) else self._as_number() <= other

    def __gt__(self, other: Any) -> Any:
        mask, beside = _pair(self, other)
        return mask & ~beside if is_truth(other) else self._as_number() > other

    def __ge__(self, other: Any) -> Any:
        mask, beside = _pair(self, other)
        return mask | ~beside if is_truth(other) else self._as_number() >= other

    __hash__ = None  # type: ignore[assignment]

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Which share is true, over `axis`."""
        return self._as_number().mean(axis=axis, keepdims=keepdims)

    def _as_number(self) -> Any:
        mask: Any = self
        return mask.astype(float)


def _pair(mask: Any, other: Any) -> tuple[Any, Any]:
    """Two operands of ``& | ~``: Python's own truth values have another ``~``."""
    return mask, np.asarray(other) if isinstance(other, bool) else other


def is_truth(value: Any) -> bool:
    """Whether values are truth values: among these NumPy's ``+`` is "or" and ``*`` is "and"."""
    return isinstance(value, Truths | bool | np.bool_) or (isinstance(value, np.ndarray) and value.dtype == bool)


class Exact(Answering, np.ndarray):
    """An object ndarray of exact rationals or balls; see `to_rationals`, `to_balls`."""


class ArrayLike(Answering):
    """The operators and methods of an ndarray that follow from its own arithmetic."""

    __slots__ = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        raise NotImplementedError

    @property
    def ndim(self) -> int:
        """Number of axes."""
        raise NotImplementedError

    @property
    def T(self) -> Any:
        """All axes reversed."""
        return np.transpose(self)

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.prod(self.shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))  # type: ignore[index]

    def __pow__(self, other: Any) -> Any:
        return np.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return np.power(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return np.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return np.floor_divide(other, self)

    def __mod__(self, other: Any) -> Any:
        return np.remainder(self, other)

    def __rmod__(self, other: Any) -> Any:
        return np.remainder(other, self)

    def __abs__(self) -> Any:
        return np.absolute(self)

    def __pos__(self) -> Any:
        return self

    def __lt__(self, other: Any) -> Any:
        return np.less(self, other)

    def __le__(self, other: Any) -> Any:
        return np.less_equal(self, other)

    def __gt__(self, other: Any) -> Any:
        return np.greater(self, other)

    def __ge__(self, other: Any) -> Any:
        return np.greater_equal(self, other)

    def __eq__(self, other: object) -> Any:
        compared: Any = np.equal
        return compared(self, other)

    def __ne__(self, other: object) -> Any:
        compared: Any = np.not_equal
        return compared(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise NumberSystemError(
            f"an entry of {type(self).__name__} was set, but such arrays are read-only; collect the parts and join "
            "them with np.stack or np.concatenate, or choose with np.where."
        )

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise NumberSystemError(
            f"{type(self).__name__} was to become a plain ndarray (np.asarray, np.array, or an entry of one), which "
            f"would drop what is known of its error; join with np.stack, or {IN_FLOATS}."
        )

    def __float__(self) -> NoReturn:
        if sys._getframe(1).f_globals.get("__name__", "").startswith("sympy."):  # noqa: SLF001 - who asks tells why
            raise NumberSystemError(
                f"{type(self).__name__} met a number, a symbol or a function of sympy's, which takes no arrays; write "
                "9 * x / 10 for Rational(9, 10) * x, np.pi for pi, np.sign, np.maximum or np.where for a function, and "
                "hand a declared quantity over as an argument of the function that is run."
            )
        raise NumberSystemError(
            f"{type(self).__name__} was to become a float (float, math.sqrt, ...), which would drop what is known of "
            f"its error; use NumPy's function (np.sqrt), or {IN_FLOATS}."
        )

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Mean over `axis`."""
        return np.mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Largest entry over `axis`."""
        return np.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Smallest entry over `axis`."""
        return np.min(self, axis=axis, keepdims=keepdims)

    def clip(self, low: Any = None, high: Any = None) -> Any:
        """Entries moved into [low, high]."""
        return np.clip(self, low, high)

    def dot(self, other: Any) -> Any:
        """As `numpy.dot`."""
        return np.dot(self, other)

    def swapaxes(self, one: int, other: int) -> Any:
        """Two axes exchanged."""
        return np.swapaxes(self, one, other)

    def transpose(self, *axes: Any) -> Any:
        """Axes in another order, or reversed."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return np.transpose(self, order or None)

    def ravel(self) -> Any:
        """All entries along one axis."""
        return self.reshape(-1)  # type: ignore[attr-defined]

    flatten = ravel

    def squeeze(self, axis: Any = None) -> Any:
        """Axes of length one left out."""
        return np.squeeze(self, axis=axis)

    def copy(self) -> Any:
        """Itself: nothing changes in place."""
        return self

    def astype(self, _type: Any) -> Any:
        """Itself: the number system stays.

        Raises:
            NumberSystemError: it was to become whole numbers, truth values or complex numbers, which are other numbers.
        """
        require_real(_type)
        return self
