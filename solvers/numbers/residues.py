"""Integers modulo a prime: identity testing at random points (Schwartz-Zippel), without any rounding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.errors import NumberSystemError, ShapeError
from lemmata.solvers.numbers.hooks import ArrayLike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.numbers.arithmetic import Array, Floats

# The largest prime below 2^26: products of two residues stay below 2^52.
PRIME = 67108859
_LOW, _HIGH = 2**25, 2**26
PRIMES = 1_894_120
"""How many primes `random_prime` draws from: those of 26 binary digits."""
# So many products, each below 2^52, fit into an int64.
_CHUNK = 2**11 - 1

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Generator: TypeAlias = "np.random.Generator | None"


@dataclass(frozen=True, eq=False, slots=True)
class Residues(ArrayLike):
    """Integers `value` (int64, in 0 .. prime-1) modulo a `prime` below 2^26; see `to_residues`, `random_residues`.

    Mixes with integers and integer ndarrays as constants. There is no order: a gate is an array of
    uniform elements of the field from `generator`, which results inherit from their operands.

    Raises (when two are combined):
        NumberSystemError: they are modulo different primes.
    """

    value: Integers
    generator: Generator = None
    prime: int = PRIME

    __array_priority__: ClassVar[float] = 1.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.value.ndim

    def reshape(self, *shape: Any) -> Residues:
        """The same entries in another shape."""
        return Residues(self.value.reshape(*shape), self.generator, self.prime)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Residues:
        """Sum over `axis`."""
        return self._reduced(self.value.sum(axis=axis, keepdims=keepdims), None)

    def __getitem__(self, key: Any) -> Residues:
        return Residues(np.asarray(self.value[key]), self.generator, self.prime)

    def __neg__(self) -> Residues:
        return self._reduced(-self.value, None)

    def __add__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(self.value + parts[0], parts[1])

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(self.value - parts[0], parts[1])

    def __rsub__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(parts[0] - self.value, parts[1])

    def __mul__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(self.value * parts[0], parts[1])

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(self.value * inverse(parts[0], self.prime), parts[1])

    def __rtruediv__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(parts[0] * inverse(self.value, self.prime), parts[1])

    def __matmul__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(_product(self.value, parts[0], self.prime), parts[1])

    def __rmatmul__(self, other: Any) -> Any:
        parts = self._parts(other)
        return NotImplemented if parts is None else self._reduced(_product(parts[0], self.value, self.prime), parts[1])

    def _reduced(self, value: Any, generator: Generator) -> Residues:
        used = generator if self.generator is None else self.generator
        return Residues(np.asarray(value % self.prime), used, self.prime)

    def _parts(self, other: Any) -> tuple[Any, Generator] | None:
        return _parts(other, self.prime)


def _parts(other: Any, prime: int) -> tuple[Any, Generator] | None:
    """Reduced value and generator of an operand, or None if it is not ours to combine with."""
    if isinstance(other, Residues):
        if other.prime != prime:
            raise NumberSystemError(
                f"Residues modulo {prime} met residues modulo {other.prime}; expected one prime. "
                "Make all of them with the same `prime`."
            )
        return other.value, other.generator
    if isinstance(other, (bool, int, np.integer)):
        return int(other) % prime, None
    if isinstance(other, np.ndarray):
        if not np.issubdtype(other.dtype, np.integer):
            raise NumberSystemError(
                f"Residues met an ndarray of {other.dtype}; expected integers. Convert it with to_residues."
            )
        return other % prime, None
    return None


def _product(left: Any, right: Any, prime: int) -> Any:
    inner = left.shape[-1]
    if inner <= _CHUNK:
        return left @ right
    total: Any = 0
    for start in range(0, inner, _CHUNK):
        part = left[..., start : start + _CHUNK] @ right[..., start : start + _CHUNK, :]
        total = (total + part) % prime
    return total


def inverse(value: Any, prime: int = PRIME) -> Any:
    """Inverse modulo the prime of each entry, by Fermat's little theorem."""
    base = np.asarray(value, dtype=np.int64) % prime
    if not base.all():
        raise ZeroDivisionError("an entry to divide by is 0 modulo the prime; draw another random point.")
    result = np.ones_like(base)
    exponent = prime - 2
    while exponent:
        if exponent & 1:
            result = result * base % prime
        base = base * base % prime
        exponent >>= 1
    return result


def rational_residue(above: int, below: int, prime: int = PRIME) -> int:
    """The residue of `above` / `below`, whole numbers of any length.

    Raises:
        ZeroDivisionError: the prime divides `below`.
    """
    if below % prime == 0:
        raise ZeroDivisionError(f"the denominator {below} is 0 modulo the prime {prime}; take another prime.")
    return above * pow(below, -1, prime) % prime


def random_prime(generator: np.random.Generator) -> int:
    """One of the primes of 26 binary digits, each as likely as the others."""
    while True:
        drawn = int(generator.integers(_LOW, _HIGH))
        if arithmetic.flint().fmpz(drawn).is_prime():
            return drawn


def to_residues(x: Array, generator: Generator = None, prime: int = PRIME) -> Residues:
    """Residues of integers, floats (exactly, as m/2^k), or fractions; gates from `generator`.

    Raises:
        ZeroDivisionError: the prime divides a denominator.
    """
    array = np.asarray(x)
    if np.issubdtype(array.dtype, np.integer):
        return Residues(array.astype(np.int64) % prime, generator, prime)
    exact = arithmetic.to_rationals(array)
    flat = [rational_residue(int(item.p), int(item.q), prime) for item in exact.flat]
    return Residues(np.array(flat, dtype=np.int64).reshape(array.shape), generator, prime)


def random_residues(shape: tuple[int, ...], generator: np.random.Generator, prime: int = PRIME) -> Residues:
    """Independent uniform residues of `shape`, gates from the same `generator`."""
    return Residues(generator.integers(0, prime, size=shape, dtype=np.int64), generator, prime)


def _source(x: Residues, what: str) -> np.random.Generator:
    if x.generator is None:
        raise NumberSystemError(
            f"{what} of Residues needs random elements but no generator is attached; make the residues with "
            "to_residues(x, generator), or freeze the gates with `gates=`."
        )
    return x.generator


@arithmetic.gate.register(Residues)
def _(z: Residues, at_zero: Array = 0) -> Residues:  # noqa: ARG001 - any element covers the kink too
    return random_residues(z.shape, _source(z, "a gate"), z.prime)


@arithmetic.select.register(Residues)
def _(x: Residues, axis: int) -> Residues:
    """Any weights whose sum is one."""
    free = random_residues(x.shape, _source(x, "max pooling"), x.prime)
    first = np.arange(x.shape[axis]) == 0
    along = [1] * x.ndim
    along[axis] = -1
    rest: Residues = 1 - free.sum(axis=axis, keepdims=True)
    return free + rest * first.astype(np.int64).reshape(along)  # type: ignore[no-any-return]


@arithmetic.elementwise.register(Residues)
def _(x: Residues, name: str) -> Array:
    del x
    raise arithmetic.not_rational(name, "residues modulo a prime")


@arithmetic.transpose.register(Residues)
def _(x: Residues) -> Residues:
    return Residues(x.value.swapaxes(-1, -2), x.generator, x.prime)


def _values(items: Sequence[Any], prime: int) -> tuple[list[Any], Generator]:
    parts = [_parts(item, prime) for item in items]
    if any(part is None for part in parts):
        raise ShapeError(f"got {[type(item).__name__ for item in items]} to join; expected Residues and integers only.")
    found = [part for part in parts if part is not None]
    return [part[0] for part in found], next((part[1] for part in found if part[1] is not None), None)


@arithmetic.stack_into.register(Residues)
def _(leader: Residues, items: Sequence[Any], axis: int) -> Residues:
    values, generator = _values(items, leader.prime)
    return Residues(np.stack(values, axis), generator, leader.prime)


@arithmetic.concatenate_into.register(Residues)
def _(leader: Residues, items: Sequence[Any], axis: int) -> Residues:
    values, generator = _values(items, leader.prime)
    return Residues(np.concatenate(values, axis), generator, leader.prime)


@arithmetic.as_floats.register(Residues)
def _(x: Residues) -> Floats:
    return x.value.astype(np.float64)


@arithmetic.zeros.register(Residues)
def _(like: Residues, shape: tuple[int, ...]) -> Residues:
    return Residues(np.zeros(shape, dtype=np.int64), like.generator, like.prime)


@arithmetic.convert_into.register(Residues)
def _(like: Residues, constant: Array) -> Residues:
    return to_residues(constant, like.generator, like.prime)
