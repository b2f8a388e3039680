"""The error of symbolic real numbers."""

from __future__ import annotations

from lemmata.solvers.numbers.errors import NumberSystemError


class NotPolynomialError(NumberSystemError):
    """Something was asked of symbolic real numbers that polynomials, case distinctions and roots cannot say."""


class TooLongError(NotPolynomialError):
    """What was asked would need more terms, or more time, than there are for it."""
