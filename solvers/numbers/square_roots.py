"""Square roots of exact numbers, exactly: where they are asked for, a number field is joined by them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lemmata.solvers.numbers.algebraic import Algebraic, Field, element, field_of, nearest_factor
from lemmata.solvers.numbers.arithmetic import flint

_LARGEST = 8
"""Degree of the field of a root beyond which it is not looked for."""


@dataclass
class Roots:
    """Whether any root was taken that is no rational."""

    taken: bool = False


_allowed: ContextVar[Roots | None] = ContextVar("_allowed", default=None)


@contextmanager
def exact_square_roots() -> Iterator[Roots]:
    """Inside, the square root of a rational or an algebraic number is an algebraic number, while fields are small.

    For single instances of short numbers, whose place on a boundary is to be known: of rounded numbers the fields grow.
    """
    roots = Roots()
    token = _allowed.set(roots)
    try:
        yield roots
    finally:
        _allowed.reset(token)


def square_root(number: Any) -> Any | None:
    """The root, a number >= 0, of a square of rationals anywhere.

    None where the number is negative, or its field is large, or other roots are not asked for.
    """
    if number < 0:
        return None
    if not isinstance(number, Algebraic):
        return _of_rational(number)
    if number.polynomial.degree() < 1:
        return _of_rational(number.polynomial[0])
    return _of_algebraic(number, number.field) if number.field is not None and _allowed.get() is not None else None


def _of_rational(number: Any) -> Any | None:
    """The root of p / q is that of p q, divided by q."""
    whole = number.p * number.q
    root = whole.isqrt()
    if root * root == whole:
        return flint().fmpq(root, number.q)
    if _allowed.get() is None:
        return None
    return _generator(_power_of_x(2) - int(whole), Fraction(int((whole << 128).isqrt()), 2**64)) / int(number.q)


def _of_algebraic(number: Algebraic, field: Field) -> Algebraic | None:
    import sympy as sp

    x, y = sp.symbols("x y")
    inside = sum(sp.Rational(int(one.p), int(one.q)) * y**power for power, one in enumerate(number.polynomial.coeffs()))
    near = Fraction(float(number) ** 0.5)
    whole = sp.Poly(sp.resultant(field.minimal.as_expr(y), x**2 - inside, y), x)
    minimal = nearest_factor(whole, near)
    if minimal.degree() > _LARGEST:
        return None
    found = element(field, (minimal, near))
    return _generator(minimal, near) if found is None else found


def _generator(minimal: Any, near: Fraction) -> Algebraic:
    roots = _allowed.get()
    if roots is not None:
        roots.taken = True
    return Algebraic(flint().fmpq_poly([0, 1]), field_of(minimal, near))


def _power_of_x(power: int) -> Any:
    import sympy as sp

    letter = sp.Symbol("x")
    return sp.Poly(letter**power, letter)
