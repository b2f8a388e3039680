from typing import Any

import pytest
import sympy as sp

from lemmata import (
    Mod,
    absolute,
    ceiling,
    dimension,
    entrywise,
    floor,
    l1,
    matrix,
    maximum,
    minimum,
    norm,
    norm2,
    positive,
    real,
    sign,
    sqrt,
    total,
)
from lemmata.claims import ClaimError
from lemmata.claims.language.jumps import refuse_jumps, refuse_poles, refuse_sliding

u, v, still = real("u", "v", "still")
U = matrix("U", dimension("n"), 2)
half = sp.Rational(1, 2)
MOVING = frozenset({u, v, U})


@pytest.mark.parametrize(
    "quantity",
    [
        sign(u),
        u + floor(2 * v),
        ceiling(norm(U)),
        norm2(U * sign(u)),
        total(entrywise(sign, U)),
        Mod(u, 1) - u,
        sp.factorial(u),
        0 ** (u**2),
        sp.Piecewise((0, u < 1), (1, True)),
        sp.Piecewise((1, sp.Eq(u, 0)), (0, True)),
        sp.Piecewise((u, u < 0), (0, u <= 1), (u, True)),
        sp.Piecewise((u, u < v), (u * v, True)),
        sp.Piecewise((u, sp.And(u > 0, v > 0)), (0, True)),
        sp.Piecewise((u**2, sp.Abs(u) < 1), (u, True)),
        total(entrywise(lambda a: sp.Piecewise((a, a > still), (0, True)), U)),
    ],
)
def test_what_may_jump_is_refused(quantity: Any) -> None:
    """Signs, whole parts and branches that do not meet are refused: no derivative sees how they move."""
    with pytest.raises(ClaimError, match="may jump as it moves"):
        refuse_jumps(quantity, MOVING)


@pytest.mark.parametrize(
    "quantity",
    [
        u * sign(still) + floor(still),
        sp.Abs(u) + maximum(u, v) + l1(U),
        sp.Piecewise((0, still < 1), (u, True)),
        sp.Piecewise((-u - half, u < -1), (u**2 / 2, u < 1), (u - half, True)),
        sp.Piecewise((u**2 / 2, sp.Abs(u) <= 1), (sp.Abs(u) - half, True)),
        sp.Piecewise((norm2(U) / 2, norm(U) <= 1), (norm(U) - half, True)),
        sp.Piecewise((u**2, u < v), (u * v, True)),
        total(entrywise(lambda a: sp.Piecewise((a, a > 0), (a / 10, True)), U)),
    ],
)
def test_what_meets_is_not(quantity: Any) -> None:
    """Constants may be anything; branches that meet at their borders make a quantity without jumps."""
    assert refuse_jumps(quantity, MOVING) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("quantity", "divisor"),
    [
        (u / absolute(u), "Abs"),
        (sp.atan(1 / u), "u is zero"),
        (v / (u - 1), "u - 1"),
        (norm2(U) / norm(U) ** 3, "Norm"),
        (total(entrywise(lambda a: a / absolute(a), U)), "Abs"),
        (sp.sin(u) / sp.cos(u), "cos"),
        (1 / (u**3 - 2), "u"),
        ((u - sp.pi) / absolute(u - sp.pi), "pi"),
        (u * sp.cosh(sp.log(absolute(u))), "Abs"),
        (u * sp.cosh(sp.log(u**2) / 2), "u"),
        (1 / (u**2 - sp.sqrt(2)), "u"),
        (1 / (u**2 + v**2), "u"),
    ],
)
def test_a_divisor_that_may_vanish_is_named(quantity: Any, divisor: str) -> None:
    """A flow may carry a quantity through a pole, where a constant on either side is another one on the other."""
    for given in ([], [absolute(u) <= 10]):
        with pytest.raises(ClaimError, match=f"not defined where .*{divisor}.*, which a flow may pass"):
            refuse_poles(quantity, MOVING, given)


@pytest.mark.parametrize(
    ("quantity", "given"),
    [
        (u / absolute(u), [absolute(u) > 0]),
        (u / (1 + u**2 + v**2), []),
        (u / still + positive("p") ** -2, []),
        (sp.sqrt(absolute(u)) + sp.exp(-u), []),
        (norm2(U) / norm(U), [norm(U) >= 1]),
        (v / (u - 1), [u >= 2]),
        (v / (u * v), [u >= 2, v <= -1]),
        (1 / (u**3 - 2), [u >= 2]),
        (1 / absolute(u - v), [u >= v + 1]),
        (1 / (u**2 - sp.sqrt(2)), [u >= 2]),
        (1 / u, [sp.log(u) <= 3]),
        (1 / u, [1 / u >= 1]),
        (sp.log(u), [u > 0]),
        (sp.log(1 + sp.exp(-u * v)), []),
        (u * v / (u**2 + v**2), [u > 0]),
        (u * v / (u**2 + 2 * v**4), [u * v >= 1]),
    ],
)
def test_a_divisor_that_cannot_or_is_excluded_is_not(quantity: Any, given: Any) -> None:
    """Divisors and logarithms of what is never zero, does not move, or of which a hypothesis speaks."""
    assert refuse_poles(quantity, MOVING, given) is None  # type: ignore[func-returns-value]


def test_kinks_of_quantity_and_loss_are_refused_together() -> None:
    """Along max(2u, -u) + v the flow slides at u = 0 while v falls: min(-5u, u) + v grows on both sides, not there."""
    loss = maximum(2 * u, -u) + v
    branches = sp.Piecewise((u, u < 0), (-5 * u, True))
    entries = total(entrywise(lambda a: minimum(-5 * a, a), U))
    for quantity, beside in ((v + sp.Min(-5 * u, u), loss), (v + branches, loss), (v + entries, l1(U) + v)):
        with pytest.raises(ClaimError, match="slides along a kink"):
            refuse_sliding(quantity, beside, MOVING, ())

    assert refuse_sliding(u**2 - v, loss, MOVING, ()) is None  # type: ignore[func-returns-value]
    assert refuse_sliding(loss, loss, MOVING, ()) is None  # type: ignore[func-returns-value]
    assert refuse_sliding(norm2(U) - v**2, loss, MOVING, ()) is None  # type: ignore[func-returns-value]
    assert refuse_sliding(absolute(u), u**2 + v, MOVING, ()) is None  # type: ignore[func-returns-value]


SQUARE = u**2 - 2 * sp.pi * u + sp.pi**2


@pytest.mark.parametrize(
    ("quantity", "loss"),
    [
        (absolute(u - sp.pi) - v, sqrt(SQUARE) + v),
        (sqrt(SQUARE) - v, absolute(u - sp.pi) + v),
        (SQUARE ** sp.Rational(1, 4) - v, sqrt(SQUARE) + v),
        (sp.exp(-sqrt(SQUARE)) - v, absolute(u - sp.pi) + v),
        (total(entrywise(lambda a: sp.sqrt(a**2 - 2 * a + 1), U)), l1(U) + v),
    ],
)
def test_the_root_of_a_square_is_a_kink(quantity: Any, loss: Any) -> None:
    """The size of u - pi may be written as a root, in which nobody sees the absolute value."""
    with pytest.raises(ClaimError, match="slides along a kink"):
        refuse_sliding(quantity, loss, MOVING, ())


def test_a_root_of_what_is_not_zero_is_no_kink() -> None:
    """It is positive by itself, or a hypothesis says so."""
    loss = absolute(u) + v

    assert refuse_sliding(sqrt(1 + v**2) + u**2, loss, MOVING, ()) is None  # type: ignore[func-returns-value]
    assert refuse_sliding(sqrt(v) + u**2, loss, MOVING, [v > 0]) is None  # type: ignore[func-returns-value]
