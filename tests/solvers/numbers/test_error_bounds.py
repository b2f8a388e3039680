"""Error bounds over the whole range of float64, function by function and operation by operation, against balls."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from lemmata.solvers.numbers import Bounded, as_floats, elementwise, largest, smallest, to_balls, transpose
from lemmata.solvers.numbers.arithmetic import ELEMENTARY
from lemmata.solvers.numbers.masks import at_most, equal, less, where
from lemmata.solvers.numbers.order import absolute, ceiling, floor, sign
from lemmata.solvers.numbers.powers import power

BITS = 2_400
"""Enough to add the largest float to the smallest, exactly."""
MANY = 400

UNARY: dict[str, Callable[[Any], Any]] = {
    **{name: (lambda x, name=name: elementwise(x, name)) for name in ELEMENTARY},
    "negation": lambda x: -x,
    "absolute value": absolute,
    "sign": sign,
    "floor": floor,
    "ceiling": ceiling,
    "square": lambda x: power(x, 2),
    "fifth power": lambda x: power(x, 5),
    "inverse cube": lambda x: power(x, -3),
    "three halves": lambda x: power(x, Fraction(3, 2)),
    "cube root": lambda x: power(x, Fraction(1, 3)),
    "seven fifths": lambda x: power(x, Fraction(7, 5)),
    "sum over an axis": lambda x: x.reshape(-1, 8).sum(axis=1),
    "large constant": lambda x: x * (9 * 2**50 + 1),
    "large array constant": lambda x: x * np.full(x.shape, 9 * 2**50 + 1, dtype=np.int64),
    "inverse": lambda x: 3 / x,
}

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
    "maximum": lambda a, b: largest([a, b]),
    "minimum": lambda a, b: smallest([a, b]),
    "matrix product": lambda a, b: a.reshape(-1, 4, 5) @ transpose(b.reshape(-1, 4, 5)),
    "real power": lambda a, b: power(absolute(a), b),
}

DOMAINS = {"log": 0.0, "sqrt": 0.0, "log1p": -1.0, "three halves": 0.0, "cube root": 0.0, "seven fifths": 0.0}
"""Smallest argument with a real value, where there is one."""


def drawn(rng: np.random.Generator, least: float = -np.inf) -> tuple[np.ndarray, np.ndarray]:
    """Values of every size and sign, and errors of every relative size, subnormal ones among both."""
    value = np.ldexp(rng.uniform(0.5, 1, MANY), rng.integers(-1074, 1024, MANY)) * rng.choice([-1, 1], MANY)
    value[: MANY // 4] = rng.normal(size=MANY // 4)
    value[:4] = 0.0
    error = np.abs(value) * rng.choice([0, 0, 1e-16, 1e-9, 0.3], MANY)
    error += rng.choice([0, 0, 0, 2.0**-1074, 1e-320], MANY)
    if least > -np.inf:
        value = np.abs(value) if least == 0 else np.where(value < least, -least / 2 * np.sign(value), value)
        error = np.minimum(error, (value - least) / 2)
    return value, error


def inside(rng: np.random.Generator, value: np.ndarray, error: np.ndarray) -> Any:
    """Exact points of the intervals: middles, ends, and between."""
    place = rng.choice([-1.0, -0.5, 0.0, 0.75, 1.0], MANY)
    return to_balls(value) + to_balls(error) * to_balls(place)


def escaped(found: Bounded, exact: Any) -> list[int]:
    """Entries whose error bound fails to contain the true value."""
    lost = []
    for index, (value, error, ball) in enumerate(zip(found.value.flat, found.error.flat, exact.flat, strict=True)):
        if not np.isfinite(error) or not np.isfinite(value) or not arb(ball).is_finite():
            continue
        if not abs(arb(ball) - arb(float(value))) <= arb(float(error)):
            lost.append(index)
    return lost


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("seed", range(4))
def test_functions_of_one_number(name: str, seed: int) -> None:
    """The value of each function at points of an interval lies within its error bound, from 2^-1074 to 2^1023."""
    rng = np.random.default_rng([seed, 1])
    value, error = drawn(rng, DOMAINS.get(name, -np.inf))
    with np.errstate(all="ignore"):
        found = UNARY[name](Bounded(value, error))
    with ctx.workprec(BITS):
        exact = UNARY[name](_capped(name, inside(rng, value, error)))

        assert [] == escaped(found, exact)


def _capped(name: str, balls: Any) -> Any:
    """Arguments at which the float result overflows anyway need no exponentials with a million digits."""
    if name in ("exp", "expm1", "sinh", "cosh", "softplus", "normal_density", "sigmoid", "normal_cdf", "erf", "tanh"):
        too_large = np.abs(as_floats(balls)) > 1e6
        balls[too_large] = arb("nan")
    return balls


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("seed", range(4))
def test_functions_of_two_numbers(name: str, seed: int) -> None:
    """The same of two numbers, of unlike sizes and of nearly equal ones."""
    rng = np.random.default_rng([seed, 2])
    (a, a_error), (b, b_error) = drawn(rng), drawn(rng)
    near = rng.random(MANY) < 0.3
    b = np.where(near, a * (1 + rng.choice([0, 1e-16, 1e-9], MANY)), b)
    if name == "real power":
        b, b_error = np.clip(b, -3, 3), np.minimum(b_error, 0.25)
    with np.errstate(all="ignore"):
        found = BINARY[name](Bounded(a, a_error), Bounded(b, b_error))
    with ctx.workprec(BITS):
        exact = BINARY[name](inside(rng, a, a_error), inside(rng, b, b_error))

        assert [] == escaped(found, exact)


@pytest.mark.parametrize("seed", range(4))
def test_comparisons(seed: int) -> None:
    """What a comparison calls certain is so, and what it excludes is not, at every point of the intervals."""
    rng = np.random.default_rng([seed, 3])
    (a, a_error), (b, b_error) = drawn(rng), drawn(rng)
    b = np.where(rng.random(MANY) < 0.5, a * (1 + rng.choice([0, 1e-16, -1e-9], MANY)), b)
    with np.errstate(all="ignore"):
        answers = [compare(Bounded(a, a_error), Bounded(b, b_error)) for compare in (less, at_most, equal)]
    with ctx.workprec(BITS):
        pairs = list(zip(inside(rng, a, a_error), inside(rng, b, b_error), strict=True))
    truths = [np.array([relation(x, y) for x, y in pairs]) for relation in (_lt, _le, _eq)]

    for answer, truth in zip(answers, truths, strict=True):
        assert not (answer.certain & ~truth).any()
        assert not (~answer.possible & truth).any()
        assert answer.certain.sum() + (~answer.possible).sum() > MANY // 3


def _lt(x: arb, y: arb) -> bool:
    return bool(x < y)


def _le(x: arb, y: arb) -> bool:
    return bool(x <= y)


def _eq(x: arb, y: arb) -> bool:
    return bool(x == y)


@pytest.mark.parametrize("name", ["tanh", "asinh", "expm1", "log1p", "erf", "sinh", "atan", "sin"])
def test_no_value_at_a_subnormal_number_is_called_exact(name: str) -> None:
    """Where float64 has few digits left, the bound says so; at zero these functions are exactly zero."""
    found = elementwise(Bounded.exact(np.array([1.1e-310, 5e-324, 0.0])), name)

    assert [True, True, False] == (found.error > 0).tolist()


def test_bounds_stay_useful() -> None:
    """The bound of a quotient or product of ordinary numbers is within a few roundings of the value."""
    rng = np.random.default_rng(9)
    a, b = (Bounded.exact(rng.uniform(1, 2, 50)) for _ in range(2))

    for found in (a * b, a / b, a + b, largest([a, b]), power(a, 3), power(a, Fraction(1, 2))):
        assert (found.error <= 64 * 2.0**-53 * np.abs(found.value)).all()


def test_an_entry_of_nan_does_not_hide_the_underflow_of_others() -> None:
    """A product that underflowed keeps its positive error beside an entry that is not a number."""
    pair = Bounded(np.array([1e-200, 1.0]), np.array([0.0, np.nan]))

    assert (pair * pair).error[0] > 0


@pytest.mark.parametrize("seed", range(3))
def test_an_open_choice_covers_both_branches(seed: int) -> None:
    """Over an open comparison a choice contains every point of both intervals, and is no wider than it must be."""
    rng = np.random.default_rng([seed, 4])
    (a, a_error), (b, b_error) = drawn(rng), drawn(rng)
    nothing = Bounded(np.zeros(MANY), np.ones(MANY))
    with np.errstate(all="ignore"):
        found = where(less(nothing, 0), Bounded(a, a_error), Bounded(b, b_error))
    with ctx.workprec(BITS):
        for value, error in ((a, a_error), (b, b_error)):
            assert [] == escaped(found, inside(rng, value, error))

    known = np.isfinite(found.error)
    reach = np.maximum(np.abs(a) + a_error, np.abs(b) + b_error)
    assert known.sum() > MANY // 2
    assert (found.error[known] <= reach[known] * (1 + 1e-9) + 1e-300).all()
