"""Numbers as records write them: fractions, decimals, and roots of polynomials.

A record may come from anybody, so a text is read by its own small grammar, never executed, and only up to a length,
a degree and an exponent beyond which reading it could take for ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from lemmata.solvers.numbers.arithmetic import flint

ROOT = "root of "
"""How the text of an algebraic number begins."""
_LONGEST = 100_000
"""Characters of a number."""
_HIGHEST = 64
"""Degree of a polynomial."""
_LARGEST = 400
"""Decimal exponent: floats end at 308."""
_NUMBER = re.compile(r"(-?)([0-9]+)(?:/([0-9]+)|(?:\.([0-9]*))?(?:e([+-]?[0-9]{1,9}))?)")
_NEAR = re.compile(ROOT + r"(?P<polynomial>.+) near (?P<near>[^ ]+)")
_TERM = re.compile(r" ?(?P<sign>[+-]?) ?(?:(?P<factor>[0-9]+)(?P<times>\*?))?(?P<x>x(?:\^(?P<power>[0-9]{1,9}))?)?")
_SHOWN = 60


def written(coefficients: Sequence[int], near: Fraction) -> str:
    """A root as text: its polynomial, lowest coefficient first, and a decimal closer to it than to the others."""
    terms = [_term(number, power) for power, number in enumerate(coefficients) if number][::-1]
    digits = f"{float(near):.17g}"
    return f"{ROOT}{' + '.join(terms).replace('+ -', '- ')} near {digits}"


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


def read_root(text: str) -> tuple[Any, Fraction]:
    """Polynomial, a `flint.fmpz_poly`, and a number near one of its roots, from what `written` gives.

    Raises:
        ValueError: it is no such text, or its degree is higher than that of any that is written.
    """
    found = _NEAR.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(f"expected 'root of POLYNOMIAL near NUMBER', got {_shown(text)}")
    near = read_rational(found["near"])
    return _polynomial(found["polynomial"]), Fraction(int(near.p), int(near.q))


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
