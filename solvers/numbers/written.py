"""Numbers as records write them: fractions, decimals, square roots such as ``1 - sqrt(2)``, and roots of polynomials.

Every text is exact: a root of a polynomial is the only one between two decimals that stand with it. A record may come
from anybody, so a text is read by its own small grammar, never executed, and only up to a length, a degree and an
exponent beyond which reading it could take for ever.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from lemmata.solvers.numbers.arithmetic import flint
from lemmata.solvers.numbers.real_roots import decimals_around, factor_next_to, roots_between

_ROOT, _SQRT = "root of ", "sqrt("
_LONGEST = 100_000
"""Characters of a number."""
_HIGHEST = 64
"""Degree of a polynomial."""
_LARGEST = 400
"""Decimal exponent: floats end at 308."""
_NUMBER = re.compile(r"(-?)([0-9]+)(?:/([0-9]+)|(?:\.([0-9]*))?(?:e([+-]?[0-9]{1,9}))?)")
_BETWEEN = re.compile(_ROOT + r"(?P<polynomial>.+) (?:in \[(?P<low>[^ ,]+), (?P<high>[^ ,\]]+)\]|near (?P<near>[^ ]+))")
_SURD = re.compile(
    r"(?:(?P<whole>-?[0-9]+(?:/[0-9]+)?) (?P<sign>[+-]) |(?P<minus>-?))(?:(?P<factor>[0-9]+(?:/[0-9]+)?)\*)?"
    r"sqrt\((?P<inside>[0-9]+)\)"
)
_TERM = re.compile(r" ?(?P<sign>[+-]?) ?(?:(?P<factor>[0-9]+)(?P<times>\*?))?(?P<x>x(?:\^(?P<power>[0-9]{1,9}))?)?")
_SHOWN = 60
_DRAWN = 1000
"""Numbers below which squares are drawn out of a square root."""
_BITS = 128


def written(coefficients: Sequence[int], near: Fraction) -> str:
    """A real root of a polynomial, lowest coefficient first, exactly: a fraction, a square root, or between decimals.

    Args:
        coefficients: whole numbers.
        near: closer to the root than to the others, and within a few units of 10^-30.

    Raises:
        ValueError: the polynomial has no real root there.
    """
    whole = factor_next_to(flint().fmpz_poly([*coefficients]), near)
    if whole.degree() == 1:
        return str(flint().fmpq(-whole[0], whole[1]))
    if whole.degree() == 2:  # noqa: PLR2004 - a quadratic equation
        return _surd([int(one) for one in whole.coeffs()], near)
    terms = [_term(int(number), power) for power, number in enumerate(whole.coeffs()) if number][::-1]
    low, high = decimals_around(whole, near)
    return f"{_ROOT}{' + '.join(terms).replace('+ -', '- ')} in [{low}, {high}]"


def _surd(coefficients: Sequence[int], near: Fraction) -> str:
    """The root of c + b x + a x^2 next to a number, as ``p + q*sqrt(d)``."""
    c, b, a = coefficients
    inside, outside = b * b - 4 * a * c, 1
    for one in range(2, _DRAWN):
        while inside % (one * one) == 0:
            inside, outside = inside // (one * one), outside * one
    middle, factor = Fraction(-b, 2 * a), abs(Fraction(outside, 2 * a))
    root = f"{_SQRT}{inside})" if factor == 1 else f"{factor}*{_SQRT}{inside})"
    sign = "+" if near > middle else "-"
    return f"{middle} {sign} {root}" if middle else root if sign == "+" else f"-{root}"


def _term(number: int, power: int) -> str:
    letter = "" if power == 0 else "x" if power == 1 else f"x^{power}"
    if not letter:
        return str(number)
    return letter if number == 1 else f"-{letter}" if number == -1 else f"{number}*{letter}"


def read_rational(text: str) -> Any:
    """A `flint.fmpq` from a fraction such as ``-3/7`` or a decimal such as ``1.5e-3``.

    Raises:
        ValueError: it is neither, or longer than any that is written.
    """
    found = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(f"{_shown(text)} does not read as a number; expected a fraction or a decimal")
    sign, above, below, decimals, exponent = found.groups()
    places = int(exponent or 0) - len(decimals or "")
    if abs(int(exponent or 0)) > _LARGEST:
        raise ValueError(f"{_shown(text)} does not read as a number: its exponent is beyond {_LARGEST}")
    whole, ten = flint().fmpz(sign + above + (decimals or "")), flint().fmpz(10)
    under = flint().fmpz(below or 1) * ten ** max(0, -places)
    if not under:
        raise ValueError(f"{_shown(text)} does not read as a number: it divides by zero")
    return flint().fmpq(whole * ten ** max(0, places), under)


def is_root(text: str) -> bool:
    """Whether a text writes a number that is no fraction and no decimal."""
    return text.startswith(_ROOT) or _SQRT in text


def read_root(text: str) -> tuple[Any, Fraction]:
    """Polynomial, a `flint.fmpz_poly`, and a number nearer to one of its roots than to others, from what is written.

    Raises:
        ValueError: it is no such text, its degree is higher than that of any that is written, or no root, or several,
            lie between the decimals.
    """
    found = (_BETWEEN.fullmatch(text) or _SURD.fullmatch(text)) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(f"expected a + b*sqrt(c) or 'root of POLYNOMIAL in [NUMBER, NUMBER]', got {_shown(text)}")
    if found.re is _SURD:
        return _read_surd(found)
    polynomial = _polynomial(found["polynomial"])
    if found["near"]:  # as records before this one have it
        return polynomial, _fraction(found["near"])
    low, high = _fraction(found["low"]), _fraction(found["high"])
    if not low <= high or roots_between(polynomial, low, high) != 1:
        raise ValueError(f"expected one root of the polynomial between two decimals, got {_shown(text)}")
    return polynomial, (low + high) / 2


def _read_surd(found: re.Match[str]) -> tuple[Any, Fraction]:
    """The polynomial (x - p)^2 - q^2 d with whole coefficients, and its root, to many digits."""
    whole, factor = _fraction(found["whole"] or "0"), _fraction(found["factor"] or "1")
    inside = int(found["inside"])
    square = factor**2 * inside
    scale = math.lcm(whole.denominator**2, square.denominator)
    made = flint().fmpz_poly([int(one * scale) for one in (whole**2 - square, -2 * whole, Fraction(1))])
    root = Fraction(math.isqrt(inside << 2 * _BITS), 1 << _BITS) * factor
    return made, whole - root if "-" in (found["sign"], found["minus"]) else whole + root


def _fraction(text: str) -> Fraction:
    number = read_rational(text)
    return Fraction(int(number.p), int(number.q))


def _polynomial(text: str) -> Any:
    """A polynomial in x, term by term.

    Raises:
        ValueError: it is none, has no x or a degree that is too high.
    """
    coefficients, position = [flint().fmpz(0)] * (_HIGHEST + 1), 0
    while position < len(text):
        found = _TERM.match(text, position)
        if found is None or not _is_term(found, first=position == 0):
            raise ValueError(f"expected a polynomial in x with whole coefficients, got {_shown(text)}")
        power = int(found["power"] or 1) if found["x"] else 0
        if power > _HIGHEST:
            raise ValueError(f"expected a polynomial of degree up to {_HIGHEST}, got {_shown(text)}")
        coefficients[power] += flint().fmpz(found["sign"].replace("+", "") + (found["factor"] or "1"))
        position = found.end()
    made = flint().fmpz_poly(coefficients)
    if made.degree() < 1:
        raise ValueError(f"expected a polynomial in x, got the constant {_shown(text)}")
    return made


def _is_term(found: re.Match[str], *, first: bool) -> bool:
    """Whether a match is a term: signed unless it is the first, a number or a power of x, ``*`` between the two."""
    both = found["factor"] is not None and found["x"] is not None
    either = found["factor"] is not None or found["x"] is not None
    return either and bool(found["times"]) == both and (first or bool(found["sign"]))


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
