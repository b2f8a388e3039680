"""Numbers on which a predicate decides: exact as long as it can be, then balls; a comparison is decided or refused.

Predicates are written for NumPy arrays. Object arrays of these numbers take the same operators, comparisons and
roots; what goes through float64 (an eigenvalue, ``float(x)``) is refused, so that no predicate rounds unnoticed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.solvers.numbers.errors import NotRationalError
from lemmata.solvers.numbers.rounded import is_short
from lemmata.solvers.numbers.square_roots import square_root

_ULP = 2.0**-52
_FUNCTIONS = {
    "sqrt": "sqrt", "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "tanh": "tanh", "sinh": "sinh",
    "cosh": "cosh", "sin": "sin", "cos": "cos", "tan": "tan", "arctan": "atan", "arcsinh": "asinh",
    "arctanh": "atanh", "arccosh": "acosh", "arcsin": "asin", "arccos": "acos",
}  # fmt: skip


class OpenComparisonError(ArithmeticError):
    """A comparison that the balls leave open; ``rounded`` says that a rounded constant takes part in it."""

    def __init__(self, *, rounded: bool) -> None:
        super().__init__("a comparison is open at this precision")
        self.rounded = rounded


def _flint() -> Any:
    return importlib.import_module("flint")


class Comparable:
    """One exact rational, or a ball at flint's precision, with a memory of rounded constants."""

    __slots__ = ("number", "rounded")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, number: Any, *, rounded: bool = False) -> None:
        self.number = number
        self.rounded = rounded

    @property
    def is_exact(self) -> bool:
        """Whether it is a rational."""
        return isinstance(self.number, _flint().fmpq)

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b + a)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b * a)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    def __pow__(self, other: Any) -> Any:
        return self._with(other, _power)

    def __rpow__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: _power(b, a))

    def __neg__(self) -> Comparable:
        return Comparable(-self.number, rounded=self.rounded)

    def __pos__(self) -> Comparable:
        return self

    def __abs__(self) -> Comparable:
        return Comparable(abs(self.number), rounded=self.rounded)

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, lambda sign: sign < 0)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, lambda sign: sign <= 0)

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, lambda sign: sign > 0)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, lambda sign: sign >= 0)

    def __eq__(self, other: object) -> Any:
        return self._compared(other, lambda sign: sign == 0)

    def __ne__(self, other: object) -> Any:
        return self._compared(other, lambda sign: sign != 0)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __float__(self) -> float:
        raise TypeError("an exact number was asked for its float; the predicate rounds here")

    def conjugate(self) -> Comparable:
        """Itself: it is real."""
        return self

    @property
    def real(self) -> Comparable:
        """Itself: it is real."""
        return self

    def __getattr__(self, name: str) -> Callable[[], Comparable]:
        if name not in _FUNCTIONS:
            raise AttributeError(name)
        return lambda: self._function(_FUNCTIONS[name])

    def _function(self, name: str) -> Comparable:
        root = _exact_root(self.number) if name == "sqrt" else None
        if root is not None:
            return Comparable(root, rounded=self.rounded)
        ball = getattr(_ball(self.number), name)()
        if not ball.is_finite():
            if self.is_exact:
                raise ZeroDivisionError(f"{name} is not defined at {self.number}")  # no more bits would help
            raise OpenComparisonError(rounded=self.rounded)
        return Comparable(ball, rounded=self.rounded)

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        known = lifted(other)
        if known is None:
            return NotImplemented
        return Comparable(_of_both(self.number, known.number, operation), rounded=self.rounded or known.rounded)

    def _compared(self, other: Any, holds: Callable[[int], bool]) -> Any:
        known = lifted(other)
        if known is None:
            return NotImplemented
        gap = _of_both(self.number, known.number, lambda a, b: a - b)
        return holds(_sign(gap, rounded=self.rounded or known.rounded))


def _of_both(one: Any, two: Any, operation: Callable[[Any, Any], Any]) -> Any:
    """An operation of two numbers, in balls where one of them is one or no field holds both."""
    arb = _flint().arb
    if not isinstance(one, arb) and not isinstance(two, arb):
        try:
            return operation(one, two)
        except NotRationalError:
            pass
    return operation(_ball(one), _ball(two))


def _sign(gap: Any, *, rounded: bool) -> int:
    if gap > 0:
        return 1
    if gap < 0:
        return -1
    if gap == 0:  # of a ball: exactly zero, without radius
        return 0
    raise OpenComparisonError(rounded=rounded)


def _power(base: Any, exponent: Any) -> Any:
    fmpq, arb = _flint().fmpq, _flint().arb
    if isinstance(exponent, fmpq) and exponent.q == 1:
        return base ** int(exponent.p)
    if isinstance(exponent, fmpq) and exponent == fmpq(1, 2):
        root = _exact_root(base)
        if root is not None:
            return root
    return _ball(base) ** arb(exponent)


def _ball(number: Any) -> Any:
    return number.ball() if hasattr(number, "ball") else _flint().arb(number)


def _exact_root(number: Any) -> Any | None:
    """The square root, if it is rational, or algebraic where such roots are asked for."""
    if isinstance(number, _flint().arb) or number < 0:
        return None
    rational = _rational_root(number) if isinstance(number, _flint().fmpq) else None
    return square_root(number) if rational is None else rational


def _rational_root(number: Any) -> Any | None:
    above, below = number.p.isqrt(), number.q.isqrt()
    return _flint().fmpq(above, below) if above * above == number.p and below * below == number.q else None


def lifted(number: Any) -> Comparable | None:
    """A plain number beside a comparable one; None for what is none."""
    if isinstance(number, Comparable):
        return number
    if isinstance(number, bool | int | np.integer | np.bool_):
        return Comparable(_flint().fmpq(int(number)))
    if isinstance(number, Fraction):
        return Comparable(_flint().fmpq(number.numerator, number.denominator))
    if isinstance(number, _flint().fmpq):  # what `full` and `zeros` make of a number beside exact ones
        return Comparable(number)
    if isinstance(number, float | np.floating):
        return _constant(float(number))
    return None


def _constant(number: float) -> Comparable:
    """A float of the predicate's own: itself if it is short, else a ball of one unit in the last place."""
    if not np.isfinite(number):
        raise TypeError("NaN and infinity have no place among exact numbers")
    above, below = number.as_integer_ratio()
    if is_short(number):
        return Comparable(_flint().fmpq(above, below))
    return Comparable(_flint().arb(number, abs(number) * _ULP), rounded=True)


def comparable(value: Any) -> Any:
    """A float or an array of floats as comparable numbers, exactly; everything else as it is.

    Args:
        value: array of any shape, or a number.

    Returns:
        An object array of the same shape, read-only, or one ``Comparable``.
    """
    fmpq = _flint().fmpq
    if isinstance(value, float | np.floating):
        return Comparable(fmpq(*float(value).as_integer_ratio()))
    if isinstance(value, np.ndarray) and value.dtype == object:  # exact already: rationals and algebraic numbers
        return _wrapped(value)
    if not (isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)):
        return value
    made = np.empty(value.shape, dtype=object)
    flat = made.reshape(-1)
    for place, item in enumerate(value.flat):
        flat[place] = Comparable(fmpq(*float(item).as_integer_ratio()))
    made.setflags(write=False)
    return made


def _wrapped(numbers: np.ndarray) -> np.ndarray:
    made = np.empty(numbers.shape, dtype=object)
    made.reshape(-1)[:] = [Comparable(one) for one in numbers.flat]
    made.setflags(write=False)
    return made
