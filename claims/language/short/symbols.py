"""What a statement takes from sympy, so that one import line is enough."""

from sympy import And, Max, Min, Not, Or, Piecewise, Rational, Sum, binomial, ceiling, floor, pi, sign

__all__ = [
    "And",
    "Max",
    "Min",
    "Not",
    "Or",
    "Piecewise",
    "Rational",
    "Sum",
    "binomial",
    "ceiling",
    "floor",
    "pi",
    "sign",
]
