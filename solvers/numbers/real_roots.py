"""The real roots of polynomials with whole coefficients: balls around them, and decimals that one lies between."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from lemmata.solvers.numbers.arithmetic import flint

_BITS, _MOST_BITS = 128, 2**12
_DIGITS = 17
"""Digits of the decimals that a root lies between."""
_DECIMALS = Context(prec=100)


def factor_next_to(whole: Any, near: Fraction) -> Any:
    """The irreducible factor of a `flint.fmpz_poly` that has a real root next to a number, another `flint.fmpz_poly`.

    Raises:
        ValueError: it has no real root.
    """
    with flint().ctx.workprec(_BITS):
        distances = [(_distance(factor, near), factor) for factor, _ in whole.factor()[1]]
    distance, nearest = min(distances, key=lambda found: found[0])
    if distance == math.inf:
        raise ValueError("expected a polynomial with a real root, got one without")
    return nearest


def _distance(polynomial: Any, near: Fraction) -> float:
    """How far a number is from the nearest real root of a `flint.fmpz_poly`."""
    goal = _ball(near)
    return min((float(abs(ball - goal).mid()) for ball in real_roots(polynomial)), default=math.inf)


def real_roots(whole: Any) -> list[Any]:
    """Balls around the real roots of a `flint.fmpz_poly`, at the precision at hand."""
    return [root.real for root, _ in whole.complex_roots() if root.imag == 0 or 0 in root.imag]


def decimals_around(whole: Any, near: Fraction) -> tuple[str, str]:
    """Decimals between which the root next to a number is the only one.

    Raises:
        ValueError: it is too near to another.
    """
    goal = _ball(near)
    with flint().ctx.workprec(2 * _BITS):
        middle = min(real_roots(whole), key=lambda ball: float(abs(ball - goal).mid())).mid()
    mantissa, exponent = (int(one) for one in middle.man_exp())
    near = Fraction(mantissa) * Fraction(2) ** exponent
    places = _DIGITS - 1 - math.floor(math.log10(abs(mantissa)) + exponent * math.log10(2))
    for _ in range(2):
        below = math.floor(near * Fraction(10) ** places)
        for low, high in ((below, below + 1), (below - 1, below + 1), (below, below + 2)):
            ends = [Decimal(one).scaleb(-places, _DECIMALS) for one in (low, high)]
            if roots_between(whole, *map(Fraction, ends)) == 1:
                return f"{ends[0]}".lower(), f"{ends[1]}".lower()
        places += _DIGITS
    raise ValueError(f"a root of {whole} near {float(near)} is too near to another")


def roots_between(whole: Any, low: Fraction, high: Fraction) -> int | None:
    """How many real roots lie between two rationals, by balls that hold one root each; None where they do not tell."""
    bits = _BITS
    while bits <= _MOST_BITS:
        with flint().ctx.workprec(bits):
            roots, ends = real_roots(whole), [_ball(low), _ball(high)]
            inside = sum(bool(root > ends[0]) and bool(root < ends[1]) for root in roots)
            outside = sum(bool(root < ends[0]) or bool(root > ends[1]) for root in roots)
        if inside + outside == len(roots):
            return inside
        bits *= 2
    return None


def _ball(number: Fraction) -> Any:
    return flint().arb(flint().fmpq(number.numerator, number.denominator))
