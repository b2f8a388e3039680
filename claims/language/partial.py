"""Functions of sympy that are not defined everywhere, and matrix powers that need not exist: what they ask, or a refusal.

sympy takes ``sin(asin(x))`` for x, ``Mod(x, y) - Mod(x, y)`` for 0 and the root of ``A @ A`` for A.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from lemmata.claims.language.domains import Need, needs_of_logarithm, needs_of_power
from lemmata.claims.language.errors import ClaimError

_HALF = sp.Rational(1, 2)


def _at_least_zero(base: Any) -> set[Need]:
    return needs_of_power(base, _HALF)


def _not_zero(base: Any) -> set[Need]:
    return needs_of_power(base, -1)


PARTIAL: dict[Any, Callable[..., set[Need]]] = {
    **dict.fromkeys((sp.asin, sp.acos), lambda x, *_: _at_least_zero(1 - x**2)),
    **dict.fromkeys((sp.tan, sp.sec), lambda x, *_: _not_zero(sp.cos(x))),
    **dict.fromkeys((sp.cot, sp.csc), lambda x, *_: _not_zero(sp.sin(x))),
    **dict.fromkeys((sp.coth, sp.csch, sp.acsch), lambda x, *_: _not_zero(x)),
    **dict.fromkeys((sp.asec, sp.acsc), lambda x, *_: _at_least_zero(x**2 - 1)),
    sp.acosh: lambda x, *_: _at_least_zero(x - 1),
    sp.atanh: lambda x, *_: needs_of_logarithm(1 - x**2),
    sp.acoth: lambda x, *_: needs_of_logarithm(x**2 - 1),
    sp.asech: lambda x, *_: needs_of_logarithm(x) | _at_least_zero(1 - x),
    sp.Mod: lambda _, y, *__: _not_zero(y),
    sp.factorial: lambda x, *_: _at_least_zero(x),
}
"""What they ask of their arguments."""
_WHOLE = (
    *(sp.Abs, sp.sign, sp.Max, sp.Min, sp.floor, sp.ceiling, sp.Heaviside, sp.Piecewise, sp.binomial, sp.erf, sp.log),
    *(
        sp.exp,
        sp.sin,
        sp.cos,
        sp.atan,
        sp.acot,
        sp.sinh,
        sp.cosh,
        sp.tanh,
        sp.sech,
        sp.asinh,
        sp.re,
        sp.im,
        sp.conjugate,
    ),
)
"""Functions that are defined everywhere, or of which is asked elsewhere."""


def needs_of_function(function: Any, *arguments: Any, **_: Any) -> set[Need]:
    """What a function asks of its arguments.

    Raises:
        ClaimError: it is not known where the function is defined.
    """
    values = [sp.sympify(one) for one in arguments if isinstance(one, sp.Basic | int | float)]
    if function in PARTIAL:
        return PARTIAL[function](*values)
    of_quantities = any(_has_quantities(one) for one in values)
    if of_quantities and not issubclass(function, _WHOLE) and function.__module__.startswith("sympy."):
        raise ClaimError(
            f"{function.__name__} is not in the language, and where it is defined is lost as soon as sympy simplifies it; "
            "compute it in a procedure: runs=..."
        )
    return set()


def refuse_inverse(base: Any, exponent: Any = -1) -> None:
    """Refuse powers of matrices that need not exist, or of which there are several.

    Raises:
        ClaimError: the exponent is no whole number from one on.
    """
    power = sp.sympify(exponent)
    if not _has_quantities(sp.sympify(base)) or (power.is_integer and power.is_positive):
        return
    what = "the inverse" if power == -1 else f"the power {power}"
    raise ClaimError(
        f"{what} of {base} is not in the language: sympy cancels it where the matrix has none; compute it in a procedure, "
        "e.g. with lemmata.solvers.solve_definite, or name the solution: z with given=[norm2(A @ z - v) <= 0]"
    )


def _has_quantities(formula: Any) -> bool:
    """Whether a declared quantity, or the letter that stands for an entry or an index, is in a formula."""
    return any(hasattr(one, "origin") or isinstance(one, sp.Dummy) for one in formula.free_symbols)
