"""Real algebraic numbers, exactly: elements of one number field, with a real root of its polynomial as generator.

They stand in object arrays beside rationals. Zero is decided by division, a sign by balls of growing precision.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial, total_ordering
from typing import Any

from lemmata.solvers.numbers.arithmetic import flint
from lemmata.solvers.numbers.errors import NotRationalError
from lemmata.solvers.numbers.real_roots import factor_next_to, real_roots
from lemmata.solvers.numbers.written import is_root, read_rational, read_root, written

_FIRST, _MOST = 128, 2**14
_SHOWN = 25
_LARGEST = 24
"""Degree up to which fields are joined."""
_UNITED = 8
"""The same on the way, where numbers of two fields meet: it takes a moment, and may come often."""
_PRODUCT = 4 * _LARGEST
"""Product of two degrees up to which a field of both is looked for: their sum has as high a polynomial."""
_NEAR = 1e-12
_HEIGHT = 64
"""What is said of the length of an element: fields of a few dozen bits never grow out of hand here."""


@dataclass(frozen=True, eq=False)
class Field:
    """The numbers that are polynomials in one real root; see `field_of`.

    Attributes:
        modulus: the irreducible polynomial, a `flint.fmpq_poly`.
        near: a rational closer to the root than to any other.
        minimal: the same polynomial, a `sympy.Poly`.
    """

    modulus: Any
    near: Fraction
    minimal: Any

    def root(self, bits: int) -> Any:
        """A ball around the root, of so many bits."""
        with flint().ctx.workprec(bits):
            return _root_near(self.modulus, self.near)


@total_ordering
class Algebraic:
    """One element of a field."""

    __slots__ = ("field", "polynomial")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, polynomial: Any, field: Field | None = None) -> None:
        poly = flint().fmpq_poly
        self.field = field
        made = polynomial if isinstance(polynomial, poly) else poly([polynomial])
        self.polynomial = made % field.modulus if field is not None else made

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __neg__(self) -> Algebraic:
        return Algebraic(-self.polynomial, self.field)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        known = self._lifted(other)
        return NotImplemented if known is None else self * known._inverse()

    def __rtruediv__(self, other: Any) -> Any:
        return self._inverse() * other

    def __pow__(self, exponent: Any) -> Any:
        count = int(exponent)
        base = self if count >= 0 else self._inverse()
        made = Algebraic(1, self.field)
        for _ in range(abs(count)):
            made = made * base
        return made

    def __abs__(self) -> Algebraic:
        return -self if self.sign() < 0 else self

    def __eq__(self, other: object) -> Any:
        known = self._lifted(other)
        return NotImplemented if known is None else (self - known).sign() == 0

    def __lt__(self, other: Any) -> Any:
        known = self._lifted(other)
        return NotImplemented if known is None else (self - known).sign() < 0

    def __bool__(self) -> bool:
        return self.sign() != 0

    def __float__(self) -> float:
        return float(self.ball(_FIRST).mid())

    def sign(self) -> int:
        """-1, 0 or 1."""
        if not self.polynomial:
            return 0
        bits = _FIRST
        while bits <= _MOST:
            ball = self.ball(bits)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
            bits *= 2
        raise ArithmeticError(f"the sign of {self} needs more than {_MOST} bits")

    def ball(self, bits: int = 0) -> Any:
        """A ball around it; without `bits` at the precision at hand."""
        wanted = bits or flint().ctx.prec
        with flint().ctx.workprec(wanted):
            arb = flint().arb
            made, root = arb(0), None if self.field is None else self.field.root(wanted)
            for coefficient in reversed(self.polynomial.coeffs()):
                made = (made * root if root is not None else made) + arb(coefficient)
            return made

    def height_bits(self) -> int:
        """Length, as exact arrays ask for it."""
        return _HEIGHT

    def as_integer_ratio(self) -> tuple[int, int]:
        """Above and below of the nearest float."""
        return float(self).as_integer_ratio()

    def __str__(self) -> str:
        if self.polynomial.degree() < 1:
            return str(self.polynomial[0])
        with flint().ctx.workprec(_FIRST):
            return str(self.ball(_FIRST).str(_SHOWN, radius=False))

    __repr__ = __str__

    def words(self) -> str:
        """The number exactly, as records write it, if it is a fraction or made of one square root; else nothing."""
        if self.field is None or self.polynomial.degree() < 1:
            return str(self.polynomial[0])
        if self.field.modulus.degree() != 2:  # noqa: PLR2004 - a square root
            return ""
        constant, slope = self.polynomial[0], self.polynomial[1]
        c, b = self.field.modulus[0] / self.field.modulus[2], self.field.modulus[1] / self.field.modulus[2]
        minimal = flint().fmpq_poly([constant**2 - constant * slope * b + slope**2 * c, slope * b - 2 * constant, 1])
        near = self.ball(_FIRST).mid().fmpq()
        return written([int(one) for one in minimal.numer().coeffs()], Fraction(int(near.p), int(near.q)))

    def _inverse(self) -> Algebraic:
        if not self.polynomial:
            raise ZeroDivisionError("an algebraic number was divided by zero")
        if self.field is None:
            return Algebraic(1 / self.polynomial[0])
        common, factor, _ = self.polynomial.xgcd(self.field.modulus)
        if common.degree():
            raise ArithmeticError("the polynomial of an algebraic number is not irreducible")
        return Algebraic(factor / common[0], self.field)

    def _lifted(self, other: Any) -> Algebraic | None:
        if isinstance(other, Algebraic):
            return other
        if isinstance(other, bool | int | flint().fmpq | flint().fmpz):
            return Algebraic(other, self.field)
        if isinstance(other, float | Fraction):
            return Algebraic(flint().fmpq(*other.as_integer_ratio()), self.field)
        return None

    def _with(self, other: Any, operation: Any) -> Any:
        known = self._lifted(other)
        if known is None:
            return NotImplemented
        one, two = _in_one_field(self, known)
        return Algebraic(operation(one.polynomial, two.polynomial), one.field or two.field)


def _in_one_field(one: Algebraic, two: Algebraic) -> tuple[Algebraic, Algebraic]:
    """Two numbers as elements of a field that holds both.

    Raises:
        NotRationalError: there is none of a degree that is small enough.
    """
    if one.field is None or two.field is None or one.field is two.field:
        return one, two
    first, second = _united(one.field, two.field)
    return _moved(one, first), _moved(two, second)


def _moved(one: Algebraic, generator: Algebraic) -> Algebraic:
    """A number, where the generator of its field is this element of another."""
    return Algebraic(one.polynomial(generator.polynomial), generator.field)


@lru_cache(maxsize=256)
def _united(one: Field, two: Field) -> tuple[Algebraic, Algebraic]:
    """The generators of two fields as elements of one."""
    roots = [(field.minimal, field.near) for field in (one, two)]
    degrees = sorted(minimal.degree() for minimal, _ in roots)
    if degrees[1] > _UNITED or (math.prod(degrees) > _UNITED and element(*_larger_first(one, two)) is None):
        raise NotRationalError(f"numbers of fields of degrees {degrees} meet, which are not joined; balls go on")
    try:
        first, second = _in_primitive_field(roots)
    except ArithmeticError as error:
        raise NotRationalError(f"{error}; balls go on") from error
    return first, second


def _larger_first(one: Field, two: Field) -> tuple[Field, tuple[Any, Fraction]]:
    larger, smaller = sorted((one, two), key=lambda field: -field.minimal.degree())
    return larger, (smaller.minimal, smaller.near)


def _root_near(modulus: Any, near: Fraction) -> Any:
    """The real root nearest to a rational, as a ball at the precision at hand."""
    return min(real_roots(modulus.numer()), key=partial(_radius_to, _ball(near)))


def _ball(number: Fraction) -> Any:
    return flint().arb(flint().fmpq(number.numerator, number.denominator))


def _radius_to(goal: Any, ball: Any) -> float:
    return float(abs(ball - goal).mid())


def read_numbers(texts: Sequence[str]) -> list[Any]:
    """Rationals and algebraic numbers of one field, from fractions and what `written` gives.

    Raises:
        ValueError: a text is neither.
    """
    roots = {text: _nearest(*read_root(text)) for text in dict.fromkeys(texts) if is_root(text)}
    known = dict(zip(roots, _common(list(roots.values())), strict=True))
    return [known[text] if text in known else read_rational(text) for text in texts]


def _common(roots: list[tuple[Any, Fraction]]) -> list[Algebraic]:
    """The roots as elements of one field that holds them all."""
    if not roots:
        return []
    first, near = roots[0]
    is_even = all(power % 2 == 0 for (power,) in first.monoms())
    if all(one == first and (other == near or (is_even and other == -near)) for one, other in roots):
        generator = Algebraic(flint().fmpq_poly([0, 1]), field_of(first, near))
        return [generator if other == near else -generator for _, other in roots]
    return _in_primitive_field(roots)


def _in_primitive_field(roots: list[tuple[Any, Fraction]]) -> list[Algebraic]:
    """The roots in one field: that of the first, joined by each that is not in it already.

    Raises:
        ArithmeticError: no such field was found.
    """
    generator = max(roots, key=lambda root: root[0].degree())
    if generator[0].degree() > _LARGEST:
        raise ArithmeticError(f"roots of degrees above {_LARGEST} are not brought into one field")
    for one in roots:
        if element(field_of(*generator), one) is None:
            generator = _joined(generator, one)
    found = [element(field_of(*generator), one) for one in roots]
    if None in found:
        raise ArithmeticError("no field was found that holds all of the algebraic numbers")
    return [one for one in found if one is not None]


@lru_cache(maxsize=256)
def field_of(minimal: Any, near: Fraction) -> Field:
    """The field of a root, the same object for the same one."""
    return Field(_flint_poly(minimal), near, minimal)


def _joined(one: tuple[Any, Fraction], other: tuple[Any, Fraction]) -> tuple[Any, Fraction]:
    """A root whose field holds two: their sum, with one of them some times."""
    import sympy as sp

    if one[0].degree() * other[0].degree() > _PRODUCT:
        raise ArithmeticError(f"roots of degrees {one[0].degree()} and {other[0].degree()} are not joined")
    x, y = sp.symbols("x y")
    first, second = one[0].as_expr(x), other[0].as_expr(y)
    for count in (1, -1, 2, -2, 3):
        near = one[1] + count * other[1]
        whole = sp.Poly(sp.resultant(first.subs(x, x - count * y), second, y), x)
        made = nearest_factor(whole, near)
        if made.degree() <= _LARGEST and None not in (element(field_of(made, near), root) for root in (one, other)):
            return made, near
    raise ArithmeticError(f"no field of degree up to {_LARGEST} was found that holds both roots")


def nearest_factor(polynomial: Any, near: Fraction) -> Any:
    """The irreducible factor, a `sympy.Poly`, that has a root next to a number."""
    return _nearest(_flint_poly(polynomial).numer(), near)[0]


def _nearest(whole: Any, near: Fraction) -> tuple[Any, Fraction]:
    """The same of a `flint.fmpz_poly`, with the number.

    Raises:
        ValueError: it has no real root.
    """
    import sympy as sp

    nearest = factor_next_to(whole, near)
    return sp.Poly([int(one) for one in nearest.coeffs()[::-1]], sp.Symbol("x")), near


def element(field: Field, root: tuple[Any, Fraction]) -> Algebraic | None:
    """A root as an element of a field: guessed from its digits, and exactly a root of its polynomial; else None."""
    import mpmath

    degree = field.modulus.degree()
    if degree % root[0].degree():  # of no element
        return None
    if root == (field.minimal, field.near):
        return Algebraic(flint().fmpq_poly([0, 1]), field)
    bits = _FIRST * (degree + 2)
    with mpmath.workprec(bits):
        value, generator = (
            mpmath.mpf(one.root(2 * bits).mid().str(bits, radius=False)) for one in (field_of(*root), field)
        )
        powers = [generator**power for power in range(degree)]
        relation = mpmath.pslq([value, *powers], maxcoeff=2 ** (_FIRST // 2), maxsteps=10_000)
    if not relation or not relation[0]:
        return None
    guess = Algebraic(flint().fmpq_poly([flint().fmpq(-one, relation[0]) for one in relation[1:]]), field)
    zero = _flint_poly(root[0])(guess.polynomial) % field.modulus
    is_near = abs(float(guess) - float(value)) <= _NEAR * max(1.0, abs(float(value)))
    return guess if not zero and is_near else None


def _rational(number: Any) -> Any:
    import sympy as sp

    exact = sp.Rational(number)
    return flint().fmpq(int(exact.p), int(exact.q))


def _flint_poly(polynomial: Any) -> Any:
    return flint().fmpq_poly([_rational(one) for one in polynomial.all_coeffs()[::-1]])
