"""Generic functions that the number systems share: what is not an operator goes through here.

The dynamics are written once over `+ - * / @`, indexing, `reshape`, `sum` and these functions. An `Array` is
one of

* a float64 `numpy.ndarray`;
* an object `numpy.ndarray` of `flint.fmpq` (exact rationals) or `flint.arb` (balls, to `ctx.prec` bits);
* `Bounded`, `Residues`, `Dual` or `Degrees`, which register themselves with the functions below.

Plain ndarrays (also of integers) are constants when they meet one of the wrapper classes.
"""

from __future__ import annotations

import importlib
import math
from functools import cache, singledispatch
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from lemmata.solvers.numbers.errors import NotFiniteError, NotRationalError, NumberSystemError, unknown_name
from lemmata.solvers.numbers.hooks import Exact
from lemmata.solvers.numbers.rounded import note_rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = Any
Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"

# Elementary functions by name; Bounded, Dual and the balls know the same names.
ELEMENTARY = (
    "asinh", "atan", "cos", "cosh", "exp", "expm1", "log", "log1p", "normal_cdf", "normal_density",
    "erf", "sigmoid", "sin", "sinh", "softplus", "sqrt", "tanh",
)  # fmt: skip


@cache
def flint() -> Any:
    """The module python-flint, loaded at first use because floats need none of it."""
    return importlib.import_module("flint")


def special() -> Any:
    """The module scipy.special, loaded at first use."""
    return importlib.import_module("scipy.special")


def holds_type(x: Array, name: str) -> bool:
    """Whether `x` is an object ndarray whose elements are of the flint type `name` ("fmpq" or "arb")."""
    if not (isinstance(x, np.ndarray) and x.dtype == object and x.size):
        return False
    return any(type(item).__name__ == name for item in x.flat)


def is_rationals(x: Array) -> bool:
    """Whether `x` is an object ndarray of exact rationals (integers allowed beside them)."""
    return isinstance(x, np.ndarray) and x.dtype == object and not holds_type(x, "arb")


def is_balls(x: Array) -> bool:
    """Whether `x` is an object ndarray of `flint.arb` balls."""
    return holds_type(x, "arb")


def unsupported(operation: str, x: object) -> NumberSystemError:
    """The error for an `operation` that the number system of `x` does not have."""
    return NumberSystemError(
        f"{operation} got {type(x).__name__}; expected a float64 or object ndarray, Bounded, Residues, "
        "Dual or Degrees. Wrap the numbers in one of these."
    )


def _require_array(operation: str, x: Array) -> None:
    if not isinstance(x, np.ndarray):
        raise unsupported(operation, x)


@singledispatch
def transpose(x: Array) -> Array:
    """Swap the last two axes of `x` (..., n, m) -> (..., m, n)."""
    _require_array("transpose", x)
    return x.swapaxes(-1, -2)


def contiguous_transpose(x: Array) -> Array:
    """`transpose`, copied into row order for floats: as a right factor BLAS takes it twice as fast in small batches."""
    swapped = transpose(x)
    return np.ascontiguousarray(swapped) if isinstance(swapped, np.ndarray) and swapped.dtype != object else swapped


@singledispatch
def gate(z: Array, at_zero: Array = 0) -> Array:
    """1 where z > 0, 0 where z < 0, `at_zero` (broadcast to z) where z == 0.

    Where an error bound straddles zero the answer is an interval that covers all three. Residues have no order,
    their gates are arbitrary elements of the field: an identity for all of them holds for every gate pattern.
    """
    _require_array("gate", z)
    if is_balls(z):
        flat_zero = np.broadcast_to(np.asarray(at_zero, dtype=object), z.shape)
        return entrywise(_ball_gate, z, flat_zero)
    if z.dtype == object:
        # Entries of z's own kind: a quotient of plain integers would be a rounded float.
        plain = z.view(np.ndarray)
        one, zero, kink = (item.view(np.ndarray) for item in in_system(z, 1, 0, at_zero))
        return np.where(plain > 0, one, np.where(plain < 0, zero, kink)).view(type(z))
    if isinstance(at_zero, int) and at_zero == 0:
        return (z > 0).astype(np.float64)
    return np.where(z > 0, 1.0, np.where(z == 0, at_zero, 0.0))


def _ball_gate(ball: Any, at_zero: Any) -> Any:
    arb = flint().arb
    if ball > 0:
        return arb(1)
    if ball < 0:
        return arb(0)
    return arb(at_zero) if ball == 0 else arb(0).union(arb(1)).union(arb(at_zero))


@singledispatch
def select(x: Array, axis: int) -> Array:
    """One-hot choice of the largest entry along `axis` (the first of equal ones); the gate of max pooling."""
    _require_array("select", x)
    if is_balls(x):
        lower = entrywise(lambda ball: ball.lower(), x.view(np.ndarray))
        upper = entrywise(lambda ball: ball.upper(), x.view(np.ndarray))
        return to_balls(choose(lower, upper, axis, half=flint().arb(0).union(flint().arb(1))))
    chosen = one_hot(np.argmax(x.view(np.ndarray), axis=axis), x.shape, axis)
    return convert(chosen, x) if x.dtype == object else chosen


def one_hot(chosen: Array, shape: tuple[int, ...], axis: int) -> Array:
    """Integer array of `shape`, 1 at index `chosen` (shape without `axis`) along `axis`, 0 elsewhere."""
    mask = np.zeros(shape, dtype=np.int64)
    np.put_along_axis(mask, np.expand_dims(chosen, axis), 1, axis)
    return mask


def choose(lower: Array, upper: Array, axis: int, half: Any) -> Array:
    """One-hot choice from intervals: `half` (which covers 0 and 1) wherever several could be the largest."""
    candidate = upper >= lower.max(axis=axis, keepdims=True)
    best = one_hot(np.argmax(candidate, axis=axis), lower.shape, axis)
    # Equal exact numbers are a tie, which goes to the first; only real overlap is undecided.
    exact = (~candidate | (lower == upper)).astype(bool).all(axis=axis, keepdims=True)
    unsure = candidate.astype(bool) & ~exact & (candidate.sum(axis=axis, keepdims=True) > 1)
    if not unsure.any():
        return best
    mixed = best.astype(object)
    mixed[unsure] = half
    return mixed


@singledispatch
def _stack(_leader: Array, items: Sequence[Array], axis: int) -> Array:
    return _joined(np.stack, _leader, items, axis)


@singledispatch
def _concatenate(_leader: Array, items: Sequence[Array], axis: int) -> Array:
    return _joined(np.concatenate, _leader, items, axis)


def _joined(join: Any, system: Array, items: Sequence[Array], axis: int) -> Array:
    if system.dtype != object:
        return join(items, axis=axis)
    parts = [convert(item, system).view(np.ndarray) for item in items]
    return join(parts, axis=axis).view(type(system))


def leader(items: Sequence[Array]) -> Array:
    """The item whose number system governs the others: a wrapper (dual numbers before all), else exact numbers."""
    wrapped = [item for item in items if hasattr(item, "ndim") and not isinstance(item, (np.ndarray, np.generic))]
    if wrapped:
        return max(wrapped, key=lambda item: getattr(item, "__array_priority__", 0.0))
    arrays = [item for item in items if isinstance(item, np.ndarray)] or [np.asarray(items[0])]
    return next((item for item in arrays if item.dtype == object), arrays[0])


def in_system(system: Array, *items: Array) -> list[Array]:
    """Numbers and arrays as object arrays of the system of `system` (exact numbers), broadcast to one shape."""
    ready = [item if isinstance(item, np.ndarray) and item.dtype == object else convert(item, system) for item in items]
    return list(np.broadcast_arrays(*ready, subok=True))


def stack(items: Sequence[Array], axis: int = 0) -> Array:
    """Join `items` of equal shape along a new `axis`."""
    return _stack(leader(items), items, axis)


def concatenate(items: Sequence[Array], axis: int = 0) -> Array:
    """Join `items` along an existing `axis`."""
    return _concatenate(leader(items), items, axis)


stack_into = _stack
concatenate_into = _concatenate


@singledispatch
def elementwise(x: Array, name: str) -> Array:
    """The elementary function `name` (see `ELEMENTARY`) of each entry of `x`.

    Raises NotRationalError for exact rationals: the value would not be one.
    """
    _require_array("elementwise", x)
    if name not in ELEMENTARY:
        raise unknown_name("elementary function", name, ELEMENTARY)
    if is_balls(x):
        return entrywise(ball_function(name), x)
    if x.dtype == object:
        return _exact_function(x, name)
    return float_function(name)(x)


def _exact_function(x: Array, name: str) -> Array:
    """Square roots, where exact ones are asked for."""
    from lemmata.solvers.numbers.square_roots import square_root

    roots = [square_root(item) for item in x.flat] if name == "sqrt" else [None]
    if any(root is None for root in roots):
        raise not_rational(name, "exact rationals")
    made = np.empty(x.size, dtype=object)
    made[:] = roots
    return made.reshape(x.shape).view(Exact)


def not_rational(name: str, system: str) -> NotRationalError:
    """The error for the function `name` asked of a `system` of exact numbers."""
    return NotRationalError(
        f"{name} was asked of {system}, but its values are not rational; use floats, Bounded or balls "
        "(`to_balls`), or a piecewise polynomial activation and the squared or linear loss."
    )


def float_function(name: str) -> Any:
    """The float64 implementation of the elementary function `name`."""
    if name == "softplus":
        return lambda x: np.logaddexp(0.0, x)
    if name == "normal_density":
        return lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    if name in ("sigmoid", "erf", "normal_cdf"):
        return getattr(special(), {"sigmoid": "expit", "erf": "erf", "normal_cdf": "ndtr"}[name])
    return getattr(np, {"asinh": "arcsinh", "atan": "arctan"}.get(name, name))


def ball_function(name: str) -> Any:
    """The elementary function `name` of one ball."""
    arb = flint().arb
    if name == "sigmoid":
        # tanh is monotone and evaluated tightly on wide balls; 1/(1+exp(-x)) would blow them up.
        return lambda x: (1 + (x / 2).tanh()) / 2 if x > -1 else x.exp() / (1 + x.exp())
    if name == "softplus":
        return lambda x: x + (-x).exp().log1p() if x > 1 else x.exp().log1p()
    if name == "normal_cdf":
        return lambda x: (-x / arb(2).sqrt()).erfc() / 2
    if name == "normal_density":
        return lambda x: (-x * x / 2).exp() / (2 * arb.pi()).sqrt()
    return lambda x: getattr(x, name)()


@singledispatch
def midpoint_value(x: Array) -> Array:
    """`x` without its error bound: `Bounded` gets a zero error, everything else stays itself."""
    return x


@singledispatch
def centre(x: Array) -> Array:
    """`x` without any radius: like `midpoint_value`, and balls shrink to their midpoints too."""
    return entrywise(lambda ball: ball.mid(), x) if is_balls(x) else x


@singledispatch
def widen(x: Array, by: Array) -> Array:
    """`x` with absolute error `by` >= 0 (broadcast) added to its error bound; systems without one stay unchanged."""
    if not is_balls(x):
        return x
    arb = flint().arb
    return entrywise(lambda ball, radius: ball + arb(0, radius), x, np.broadcast_to(by, x.shape))


@singledispatch
def as_floats(x: Array) -> Floats:
    """Nearest float64 values of `x`, error bounds dropped; for looking, plotting and steering iterations."""
    _require_array("as_floats", x)
    if x.dtype != object:
        return np.asarray(x, dtype=np.float64)
    return np.array([_to_float(item) for item in x.flat], dtype=np.float64).reshape(x.shape)


@singledispatch
def magnitude(x: Array) -> Floats:
    """Upper bounds of |x|, error bounds included, as float64."""
    _require_array("magnitude", x)
    if is_balls(x):
        upper = np.array([float(ball.abs_upper()) for ball in x.flat], dtype=np.float64)
        nonzero = np.array([bool(ball != 0) or not ball.is_exact() for ball in x.flat])
        return np.where(nonzero, np.nextafter(upper, np.inf), 0.0).reshape(x.shape)  # floats underflow, bounds must not
    return np.abs(as_floats(x))


def _to_float(item: Any) -> float:
    if type(item).__name__ == "fmpq":
        try:
            return int(item.p) / int(item.q)
        except OverflowError:
            return math.inf if item > 0 else -math.inf
    return float(item)


@singledispatch
def zeros(like: Array, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` in the number system of `like`."""
    _require_array("zeros", like)
    if like.dtype != object:
        return np.zeros(shape)
    zero = flint().arb(0) if is_balls(like) else flint().fmpq(0)
    return np.full(shape, zero, dtype=object).view(type(like))


@singledispatch
def _convert(like: Array, constant: Array) -> Array:
    if is_balls(like):
        return to_balls(constant)
    if like.dtype == object:
        return to_rationals(constant)
    return np.asarray(constant, dtype=np.float64)


convert_into = _convert


def convert(constant: Array, like: Array) -> Array:
    """A `constant` (number or array) in a form that mixes exactly with the number system of `like`.

    Wrapper classes and object arrays are taken to be in their final form already.
    """
    if isinstance(constant, np.ndarray) and constant.dtype != object:
        return _convert(like, constant)
    if isinstance(constant, (int, float, np.integer, np.floating)):
        return _convert(like, np.asarray(constant))
    if isinstance(constant, np.ndarray) or hasattr(constant, "shape"):
        return constant
    return np.asarray(constant, dtype=object)


def to_rationals(x: Array) -> Array:
    """Object ndarray of `flint.fmpq` equal to `x` (floats exactly, 0.1 as m/2^55; also Fractions)."""
    fmpq = flint().fmpq
    array = _finite_ndarray("to_rationals", x)

    def exact(item: Any) -> Any:
        note_rounded(item)
        return item if isinstance(item, fmpq) or hasattr(item, "ball") else fmpq(*item.as_integer_ratio())

    return entrywise(exact, array.astype(object)).view(Exact)


def to_balls(x: Array) -> Array:
    """Object ndarray of `flint.arb` around `x`; float64 entries exactly, rationals to `ctx.prec` bits."""
    arb = flint().arb
    array = _finite_ndarray("to_balls", x)

    def ball(item: Any) -> Any:
        note_rounded(item)
        return item if isinstance(item, arb) else item.ball() if hasattr(item, "ball") else arb(item)

    return entrywise(ball, array.astype(object)).view(Exact)


def _finite_ndarray(caller: str, x: Array) -> Array:
    array = np.asarray(x)
    if array.dtype != object and not np.isfinite(array).all():
        raise NotFiniteError(
            f"{caller} got {np.count_nonzero(~np.isfinite(array))} NaN or infinite entries of "
            f"{array.size}; expected finite numbers. Filter out the instances that diverged."
        )
    return array


def entrywise(function: Any, *arrays: Array) -> Array:
    """Object array of `function` of the entries of arrays of one shape; the first says which kind of object array."""
    result = np.empty(arrays[0].shape, dtype=object)
    flat = result.reshape(-1)
    for position, items in enumerate(zip(*(array.flat for array in arrays), strict=True)):
        flat[position] = function(*items)
    return result.view(type(arrays[0]))
