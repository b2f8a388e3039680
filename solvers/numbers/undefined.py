"""Whether a condition on floats holds where parts of it are not defined: a quotient by zero, a logarithm of zero.

Floats go on with infinity there, of which 1/0 >= 1 is true and 1/(1/0 + 1) is an ordinary number. Here they go on with
NaN, and every comparison with NaN is answered once with no and once with yes. A condition holds only if both leave it
true, so that what is guarded, by `np.where(x > 0, 1 / x, 0)` or `(x == 0) | (1 / x > 1)`, holds all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

import numpy as np

Arrays: TypeAlias = Mapping[str, Any]
Condition: TypeAlias = Callable[[Arrays], Any]

_COMPARISONS = frozenset({np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal})

# Where a function has no value though its arguments have: inputs -> mask.
_POLES: dict[np.ufunc, Callable[..., Any]] = {
    np.true_divide: lambda _, below: below == 0,
    np.floor_divide: lambda _, below: below == 0,
    np.remainder: lambda _, below: below == 0,
    np.reciprocal: lambda x: x == 0,
    np.log: lambda x: x == 0,
    np.log2: lambda x: x == 0,
    np.log10: lambda x: x == 0,
    np.log1p: lambda x: x == -1,
    np.arctanh: lambda x: np.abs(x) == 1,
    np.power: lambda base, exponent: (base == 0) & (exponent < 0),
    np.float_power: lambda base, exponent: (base == 0) & (exponent < 0),
}


class _Partial(np.ndarray):
    """Floats on which a quotient by zero is NaN, and a comparison with NaN has one ``answer``."""

    answer: ClassVar[bool] = False

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *inputs: Any, **kwargs: Any) -> Any:
        plain = [_plain(one) for one in inputs]
        if "out" in kwargs:
            kwargs["out"] = tuple(_plain(one) for one in kwargs["out"])
        found = getattr(ufunc, method)(*plain, **kwargs)
        if method != "__call__":
            return self._marked(found)
        if ufunc in _COMPARISONS:
            return np.where(np.isnan(plain[0]) | np.isnan(plain[1]), self.answer, found)
        if ufunc in _POLES:
            found = np.where(_POLES[ufunc](*plain), np.nan, found)
        return self._marked(found)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._marked(super().__array_function__(func, types, args, kwargs))

    def _marked(self, found: Any) -> Any:
        if isinstance(found, tuple):
            return tuple(self._marked(one) for one in found)
        is_real = isinstance(found, np.ndarray) and found.dtype.kind == "f"
        return found.view(type(self)) if is_real else found


class _Granting(_Partial):
    answer = True


def _plain(one: Any) -> Any:
    return one.view(np.ndarray) if isinstance(one, _Partial) else one


def holds_where_defined(condition: Condition, arrays: Arrays) -> Any:
    """The answer of a condition, false where that hangs on a quotient by zero or on a function outside its domain.

    Args:
        condition: arrays by name -> booleans ``(batch,)``, or one for all.
        arrays: first axis the batch; of other numbers than floats the answer is the condition's own.

    Returns:
        Booleans as the condition gave them, or ``(batch,)``.
    """
    met: list[str] = []
    if any(_is_exact(one) for one in arrays.values()):
        return condition(arrays)
    with np.errstate(divide="call", invalid="call", call=lambda fault, _: met.append(fault)):
        answer = condition(arrays)
    if not met or not isinstance(answer, np.ndarray | np.bool_) or not np.any(answer):
        return answer
    with np.errstate(all="ignore"):
        return np.asarray(answer) & _both(condition, arrays)


def _is_exact(one: Any) -> bool:
    return not isinstance(one, np.ndarray) or one.dtype == object


def _both(condition: Condition, arrays: Arrays) -> Any:
    """Where the condition holds whatever a comparison with the undefined were."""
    try:
        answers = [
            condition({name: _viewed(one, kind) for name, one in arrays.items()}) for kind in (_Partial, _Granting)
        ]
    except (TypeError, ValueError, AttributeError, NotImplementedError):  # what takes plain arrays alone
        return _one_by_one(condition, arrays)
    return np.asarray(answers[0]) & np.asarray(answers[1])


def _viewed(one: np.ndarray, kind: type[_Partial]) -> np.ndarray:
    return one.view(kind) if one.dtype.kind == "f" else one


def _one_by_one(condition: Condition, arrays: Arrays) -> Any:
    """Where the condition holds and nothing on the way was a quotient by zero, guarded or not."""
    size = max(len(one) for one in arrays.values())
    answers = np.zeros(size, dtype=bool)
    for row in range(size):
        one = {name: value[row : row + 1] if len(value) > 1 else value for name, value in arrays.items()}
        try:
            with np.errstate(divide="raise", invalid="raise"):
                answers[row] = np.all(condition(one))
        except ArithmeticError:
            continue
    return answers
