"""What a statement takes from sympy, so that one import line is enough."""

from sympy import (
    And,
    HadamardProduct,
    Max,
    Min,
    Mod,
    Not,
    Or,
    Piecewise,
    Rational,
    Sum,
    binomial,
    ceiling,
    factorial,
    floor,
    pi,
    sign,
)

__all__ = [
    "And",
    "HadamardProduct",
    "Max",
    "Min",
    "Mod",
    "Not",
    "Or",
    "Piecewise",
    "Rational",
    "Sum",
    "binomial",
    "ceiling",
    "factorial",
    "floor",
    "pi",
    "sign",
]
