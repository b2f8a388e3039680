"""NumPy's functions on arrays of every number system: what each becomes, and what is said where it cannot be."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from lemmata.solvers.numbers import arithmetic, exact, hooks, order, reductions
from lemmata.solvers.numbers.arithmetic import Array, elementwise
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.constants import fraction
from lemmata.solvers.numbers.errors import IN_FLOATS, NumberSystemError
from lemmata.solvers.numbers.masks import Mask, at_most, equal, less, where
from lemmata.solvers.numbers.powers import power
from lemmata.solvers.numbers.spectral import singular_values
from lemmata.solvers.numbers.symbolic.arrays import Conditions

_OPERATORS = {
    np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "truediv", np.matmul: "matmul",
    np.bitwise_and: "and", np.bitwise_or: "or", np.logical_and: "and", np.logical_or: "or",
}  # fmt: skip

_ELEMENTARY = {
    np.exp: "exp", np.expm1: "expm1", np.log: "log", np.log1p: "log1p", np.sqrt: "sqrt", np.sin: "sin",
    np.cos: "cos", np.arctan: "atan", np.sinh: "sinh", np.cosh: "cosh", np.tanh: "tanh", np.arcsinh: "asinh",
}  # fmt: skip


def _two(x: Array, number: int) -> Array:
    return fraction(x, (1,) * x.ndim, number)


def _log_to(base: int) -> Callable[[Array], Array]:
    return lambda x: elementwise(x, "log") / elementwise(_two(x, base), "log")


def _log_add(x: Array, y: Array) -> Array:
    return order.larger(x, y) + elementwise(elementwise(-order.absolute(x - y), "exp"), "log1p")


def _cube_root(x: Array) -> Array:
    return order.sign(x) * power(order.absolute(x), Fraction(1, 3))


def _whole_quotient(x: Array, y: Array) -> Array:
    return order.floor(x / y)


def _power(x: Array, y: Array) -> Array:
    plain = isinstance(x, (int, float, np.generic)) or (isinstance(x, np.ndarray) and x.dtype != object)
    return power(_two(y, 0) + x if plain else x, y)


def _finite(x: Array) -> Any:
    if isinstance(x, Bounded):
        return np.isfinite(x.value) & np.isfinite(x.error)
    if isinstance(x, np.ndarray):
        known = [bool(item.is_finite()) if hasattr(item, "is_finite") else True for item in x.flat]
        return np.array(known, dtype=bool).reshape(x.shape)
    return _finite(x.value) if hasattr(x, "tangent") else np.ones(x.shape, dtype=bool)


def _heaviside(x: Array, at_zero: Any) -> Array:
    """A number of the same system as `x`, whose gates may be plain floats where none is open."""
    found = arithmetic.gate(x, at_zero)
    return arithmetic.zeros(x, tuple(found.shape)) + found if isinstance(found, np.ndarray) else found


_UFUNCS: dict[Any, Callable[..., Any]] = {
    **{ufunc: (lambda x, name=name: elementwise(x, name)) for ufunc, name in _ELEMENTARY.items()},
    np.negative: lambda x: -x,
    np.positive: lambda x: x,
    np.conjugate: lambda x: x,
    np.absolute: order.absolute,
    np.fabs: order.absolute,
    np.sign: order.sign,
    np.floor: order.floor,
    np.ceil: order.ceiling,
    np.maximum: order.larger,
    np.fmax: order.larger,
    np.minimum: order.smaller,
    np.fmin: order.smaller,
    np.square: lambda x: x * x,
    np.reciprocal: lambda x: 1 / x,
    np.power: _power,
    np.float_power: _power,
    np.cbrt: _cube_root,
    np.tan: lambda x: elementwise(x, "sin") / elementwise(x, "cos"),
    np.log2: _log_to(2),
    np.log10: _log_to(10),
    np.exp2: lambda x: _power(2, x),
    np.logaddexp: _log_add,
    np.hypot: lambda x, y: elementwise(x * x + y * y, "sqrt"),
    np.heaviside: _heaviside,
    np.floor_divide: _whole_quotient,
    np.remainder: lambda x, y: x - _whole_quotient(x, y) * y,
    np.less: less,
    np.less_equal: at_most,
    np.greater: lambda x, y: less(y, x),
    np.greater_equal: lambda x, y: at_most(y, x),
    np.equal: equal,
    np.not_equal: lambda x, y: ~equal(x, y),
    np.logical_not: lambda x: ~x,
    np.invert: lambda x: ~x,
    np.isfinite: _finite,
}
"""Universal functions, in the generic arithmetic that every number system has."""

_REDUCED = {
    np.add: "sum",
    np.maximum: "max",
    np.minimum: "min",
    np.multiply: "prod",
    np.logical_and: "all",
    np.logical_or: "any",
}


def ufunc(function: np.ufunc, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A universal function of `inputs`, at least one of which is ours."""
    if not options and method == "__call__":
        return _called(function, inputs)
    hooks.require_real(options.get("dtype"))
    out = options.pop("out", None)
    if out is not None and not all(isinstance(one, hooks.Exact) for one in out):
        raise _refused(function, "results go into no array that exists; write y = ..., or join parts with np.stack")
    _require_known(function, options, {"casting", "order", "subok", "axis", "keepdims", "dtype"})
    if method == "__call__":
        found = _called(function, inputs)
    elif method == "reduce" and function in _REDUCED:
        found = _reduced(_REDUCED[function], inputs[0], options)
    elif method == "outer" and len(inputs) == 2:  # noqa: PLR2004 - a pair
        found = _called(function, (_spread(inputs[0], np.ndim(inputs[1])), inputs[1]))
    else:
        raise _refused(function, f"its method {method} is not known")
    if out is None:
        return found
    out[0].view(np.ndarray)[...] = found
    return out[0]


def _require_known(called: Any, options: dict[str, Any], known: set[str]) -> None:
    """Refuse an option that would change the result and be overlooked."""
    idle = {name for name, value in options.items() if value is None or value is True or "NoValue" in repr(type(value))}
    strange = sorted(set(options) - known - idle)
    if strange:
        raise _refused(called, f"its options {', '.join(strange)} are not known; choose with np.where")


def _spread(x: Array, axes: int) -> Array:
    return x.reshape(*x.shape, *(1,) * axes)


_WRAPPED = (hooks.ArrayLike, Mask, Conditions)


def _called(function: np.ufunc, inputs: tuple[Any, ...]) -> Any:
    if function in exact.OPERATIONS and all(map(_is_plain, inputs)):
        return exact.operation(function, inputs)
    if function in _OPERATORS:
        return _operated(_OPERATORS[function], *inputs)
    if function in _COMPARED and any(isinstance(one, hooks.Truths) for one in inputs):
        return _compared(_COMPARED[function], *inputs)
    if function not in _UFUNCS:
        raise _refused(function)
    return _UFUNCS[function](*inputs)


_COMPARED: dict[Any, tuple[str, str]] = {
    np.equal: ("eq", "eq"), np.not_equal: ("ne", "ne"), np.logical_xor: ("xor", "xor"), np.bitwise_xor: ("xor", "xor"),
    np.less: ("lt", "gt"), np.less_equal: ("le", "ge"), np.greater: ("gt", "lt"), np.greater_equal: ("ge", "le"),
}  # fmt: skip
"""Comparisons: the method of the left operand, and that of the right one with the operands exchanged."""


def _compared(names: tuple[str, str], left: Any, right: Any) -> Any:
    """A comparison of truth values, or of truth values with numbers."""
    if isinstance(left, hooks.Truths):
        return getattr(left, f"__{names[0]}__")(right)
    return getattr(right, f"__{names[1]}__")(left)


def _is_plain(one: Any) -> bool:
    """Whether this operand is an array or a number; the type that most are of is asked first."""
    return type(one) is hooks.Exact or not isinstance(one, _WRAPPED)


def _operated(name: str, left: Any, right: Any) -> Any:
    """An operator; an ndarray or number on the left has had its turn already."""
    if isinstance(left, hooks.Answering) and not isinstance(left, np.ndarray):
        found = getattr(left, f"__{name}__")(right)
        if found is not NotImplemented or not isinstance(right, hooks.Answering):
            return found
    return getattr(right, f"__r{name}__")(left)


def _reduced(name: str, x: Array, options: dict[str, Any]) -> Any:
    axis = options.get("axis", 0)
    keepdims = bool(options.get("keepdims", False))
    if isinstance(x, Mask | Conditions):
        return getattr(x, name)(axis, keepdims=keepdims)
    if name in ("any", "all") and isinstance(x, np.ndarray):
        return getattr(x.view(np.ndarray), name)(axis, keepdims=keepdims)
    if name == "sum":
        return (
            exact.total(x, axis, keepdims=keepdims)
            if isinstance(x, np.ndarray)
            else x.sum(axis=axis, keepdims=keepdims)
        )
    if name not in _OVER:
        raise _refused(getattr(np, name), "compare first: np.any(x > 0)")
    return _OVER[name](x, axis, keepdims=keepdims)


def _variance(x: Array, axis: Any = None, **options: Any) -> Array:
    _require_known(np.var, options, {"keepdims", "ddof"})
    return reductions.variance(x, axis, keepdims=options.get("keepdims", False), ddof=options.get("ddof", 0))


_OVER: dict[str, Callable[..., Any]] = {
    "max": reductions.maximum_over, "min": reductions.minimum_over, "prod": reductions.product_over,
    "mean": reductions.mean,
}  # fmt: skip


def _over(name: str) -> Callable[..., Any]:
    """A reduction as NumPy calls it: axis by place or by name."""

    def reduced(x: Array, axis: Any = None, **options: Any) -> Any:
        _require_known(getattr(np, name), options, {"keepdims"})
        return _reduced(name, x, {"axis": axis, "keepdims": options.get("keepdims", False)})

    return reduced


def _clip(x: Array, a_min: Any = None, a_max: Any = None, **options: Any) -> Array:
    low, high = options.get("min", a_min), options.get("max", a_max)
    raised = x if low is None else order.larger(x, low)
    return raised if high is None else order.smaller(raised, high)


def _full_like(x: Array, fill_value: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any) -> Array:
    hooks.require_real(dtype)
    return arithmetic.zeros(x, tuple(np.shape(x) if shape is None else shape)) + fill_value


def _svd(x: Array, full_matrices: Any = True, compute_uv: Any = True, **_: Any) -> Array:  # noqa: FBT002 - NumPy's
    del full_matrices
    if compute_uv:
        raise _refused(np.linalg.svd, "its vectors are not exact; use compute_uv=False")
    return singular_values(x)


def _partition(x: Array, kth: Any, axis: Any = -1, **_: Any) -> Array:
    del kth  # in full order every place is right
    return reductions.in_order(x, axis)


def _chosen(condition: Any, x: Any = None, y: Any = None) -> Array:
    if x is None or y is None:
        raise _refused(np.where, "give both branches: np.where(condition, x, y)")
    return where(condition, x, y)


def _differences(x: Array, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Array:
    if n < 0:
        raise _refused(np.diff, f"got n={n}; expected a whole number from 0 on")
    if n == 0:
        return x
    around = [_edge(x, prepend, axis), x, _edge(x, append, axis)]
    found = arithmetic.concatenate([one for one in around if one is not None], axis % x.ndim)
    for _ in range(n):
        size = found.shape[axis]
        ahead, behind = (np.take(found, range(*ends), axis) for ends in ((1, size), (0, size - 1)))
        found = ahead - behind
    return found


def _edge(x: Array, beside: Any, axis: int) -> Any:
    """What is put before or behind `x` along an axis: an array, or one number for all."""
    if beside is None or np.ndim(beside):
        return beside
    shape = tuple(1 if place == axis % x.ndim else size for place, size in enumerate(x.shape))
    return arithmetic.zeros(x, shape) + beside


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **{getattr(np, name): _over(name) for name in ("sum", "mean", "max", "min", "prod")},
    np.var: _variance,
    np.std: lambda x, axis=None, **options: elementwise(_variance(x, axis, **options), "sqrt"),
    np.cumsum: lambda x, axis=None, **_: reductions.cumulative(x, axis),
    np.ptp: lambda x, axis=None, keepdims=False: (
        reductions.maximum_over(x, axis, keepdims=keepdims) - reductions.minimum_over(x, axis, keepdims=keepdims)
    ),
    np.where: _chosen,
    np.clip: _clip,
    np.dot: reductions.dot,
    np.vdot: lambda x, y: (x.reshape(-1) * y.reshape(-1)).sum(axis=0),
    np.inner: lambda x, y: (x * y).sum(axis=-1) if x.ndim == y.ndim == 1 else reductions.dot(x, np.swapaxes(y, -1, -2)),
    np.outer: lambda x, y: x.reshape(-1, 1) * y.reshape(1, -1),
    np.einsum: lambda subscripts, *operands, **_: reductions.einsum(subscripts, *operands),
    np.trace: lambda x, offset=0, axis1=0, axis2=1: reductions.trace(x, axis1, axis2) if not offset else None,
    np.sort: lambda x, axis=-1, **_: reductions.in_order(x, axis),
    np.partition: _partition,
    np.median: lambda x, axis=None, keepdims=False: reductions.median(x, axis, keepdims=keepdims),
    np.linalg.norm: reductions.norm,
    np.linalg.svd: _svd,
    np.linalg.svdvals: singular_values,
    np.concatenate: lambda items, axis=0, **_: arithmetic.concatenate(list(items), axis),
    np.stack: lambda items, axis=0, **_: arithmetic.stack(list(items), axis),
    np.vstack: lambda items, **_: arithmetic.concatenate([np.atleast_2d(one) for one in items], 0),
    np.hstack: lambda items, **_: arithmetic.concatenate(list(items), 0 if np.ndim(items[0]) == 1 else 1),
    np.zeros_like: lambda x, dtype=None, *_, shape=None, **__: _full_like(x, 0, dtype, shape=shape),
    np.empty_like: lambda x, dtype=None, *_, shape=None, **__: _full_like(x, 0, dtype, shape=shape),
    np.ones_like: lambda x, dtype=None, *_, shape=None, **__: _full_like(x, 1, dtype, shape=shape),
    np.full_like: _full_like,
    np.diff: _differences,
    np.copy: lambda x, **_: x.copy(),
    np.shape: lambda x: tuple(x.shape),
    np.ndim: lambda x: x.ndim,
    np.size: lambda x, axis=None: x.size if axis is None else x.shape[axis],
    np.any: _over("any"),
    np.all: _over("all"),
    np.real: lambda x: x,
}
"""Other functions, in the same arithmetic."""

_MOVING = (
    np.transpose, np.swapaxes, np.moveaxis, np.reshape, np.ravel, np.squeeze, np.expand_dims, np.broadcast_to,
    np.diag, np.diagonal, np.roll, np.flip, np.repeat, np.tile, np.take, np.triu, np.tril, np.atleast_1d,
    np.atleast_2d, np.rollaxis, np.take_along_axis, np.delete, np.rot90,
)  # fmt: skip
"""Functions that only move, repeat or leave out entries of their first argument."""

_SELECT = "it decides on rounded numbers; use lemmata.solvers.select(x, axis), a mask that knows what is open"
_SPECTRAL = f"use lemmata.solvers.eigenvalues_symmetric or singular_values, or {IN_FLOATS}"
_SOLVED = f"use lemmata.solvers.solve_definite(matrix, right), or {IN_FLOATS}"
_SORTED = f"order is not known exactly; use np.sort, np.median, np.max, np.min, or {IN_FLOATS}"
_INSTEAD: dict[Any, str] = {
    np.argmax: _SELECT, np.argmin: _SELECT, np.linalg.eigh: _SPECTRAL, np.linalg.eigvalsh: _SPECTRAL,
    np.linalg.eig: _SPECTRAL, np.linalg.eigvals: _SPECTRAL, np.linalg.inv: _SOLVED, np.linalg.solve: _SOLVED,
    np.linalg.lstsq: _SOLVED, np.linalg.pinv: _SOLVED, np.linalg.cholesky: _SOLVED, np.linalg.qr: _SOLVED,
    np.linalg.det: _SPECTRAL, np.argsort: _SORTED,
    np.quantile: _SORTED, np.percentile: _SORTED, np.unique: _SORTED, np.searchsorted: _SORTED,
    np.rint: "write np.floor(x + 0.5)", np.round: "write np.floor(x + 0.5)", np.isclose: "compare with <= and a bound",
    np.allclose: "compare with <= and a bound", np.tensordot: "write np.einsum", np.split: "take slices",
    np.nan_to_num: "an instance that is not a number stays one; filter it out by a hypothesis",
    np.array_equal: "compare with == and np.all",
}  # fmt: skip


def function(x: Any, called: Any, types: Any, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Any other NumPy function of `inputs`, at least one of which is ours."""
    hooks.require_real(options.get("dtype"))
    if called in _FUNCTIONS:
        found = _FUNCTIONS[called](*inputs, **options) if _takes(_FUNCTIONS[called], inputs, options) else None
        if found is None:
            raise _refused(called, "these options are not known")
        return found
    if called in _MOVING and isinstance(inputs[0], hooks.Answering):
        return reductions.rearranged(inputs[0], lambda array: called(array, *inputs[1:], **options))
    if isinstance(x, np.ndarray) and not (called in _INSTEAD and any(map(arithmetic.is_balls, inputs))):
        try:
            return np.ndarray.__array_function__(x, called, types, inputs, options)
        except TypeError as error:
            raise _refused(called) from error
    raise _refused(called)


def _takes(function_: Callable[..., Any], inputs: tuple[Any, ...], options: dict[str, Any]) -> bool:
    """Whether a function has all of these arguments; asked where there are options, which it may not know."""
    try:
        _signature(function_).bind(*inputs, **options)
    except TypeError:
        return False
    return True


_signature = lru_cache(maxsize=256)(inspect.signature)


def _refused(called: Any, instead: str = "") -> NumberSystemError:
    name = f"{getattr(called, '__module__', '') or 'numpy'}".replace("numpy", "np") + f".{called.__name__}"
    advice = instead or _INSTEAD.get(
        called,
        f"write it with + - * / @ **, np.sum, np.where and elementary functions, or {IN_FLOATS}",
    )
    return NumberSystemError(f"{name} is not exact on numbers with error bounds or exact numbers: {advice}.")


hooks.install(ufunc, function)
