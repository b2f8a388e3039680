"""Powers whose exponents are made of measured whole numbers."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp

from lemmata.claims import ClaimError, evaluate
from lemmata.solvers import Bounded, as_floats, full, to_balls, to_rationals

h = sp.Symbol("h", real=True)
N, k = sp.symbols("N k", integer=True, positive=True)
M = sp.Symbol("M", real=True)
BASES = np.array([[1.5], [1.0], [0.25]])
SYSTEMS = {"bounded": lambda x: Bounded(x, np.zeros(x.shape)), "rationals": to_rationals}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("exponent", "number"), [(2 * N, 6), (2 * N + 2, 8), (N - 1, 2), (2 * k * N, 24), (N**2 - k, 5)], ids=str
)
def test_negative_bases_have_them(system: str, exponent: sp.Expr, number: int) -> None:
    """Of N = 3 and k = 4, sums and products are whole: 1 - h has such a power whatever its sign, and at zero."""
    values: dict[str, Any] = {"h": SYSTEMS[system](BASES)}
    values |= {"N": full(values["h"], 3), "k": full(values["h"], 4)}
    found = evaluate((1 - h) ** exponent, values)

    assert np.allclose((1 - BASES) ** number, as_floats(found), rtol=1e-14, atol=0)


def test_what_is_not_whole_goes_through_the_logarithm() -> None:
    """Half a number, or one that is known within an error bound only, has no such power of a negative base."""
    values = {"h": SYSTEMS["bounded"](BASES)}
    half = values | {"M": full(values["h"], 0.5)}
    rough = values | {"M": Bounded(np.full(BASES.shape, 3.0), np.full(BASES.shape, 1e-9))}

    for known in (half, rough):
        found = evaluate((1 - h) ** (2 * M + 1), known)

        assert not np.isfinite(found.value[0, 0] + found.error[0, 0])
        assert np.isfinite(found.value[2, 0] + found.error[2, 0])


def measured(system: str, numbers: list[tuple[float, float]]) -> Any:
    """Numbers with their error bounds, ``(batch, 1)``."""
    if system == "balls":
        return np.array([[flint.arb(value, error)] for value, error in numbers], dtype=object)
    return Bounded(*(np.array(parts)[:, None] for parts in zip(*numbers, strict=True)))


@pytest.mark.parametrize("system", ["bounded", "balls"])
def test_an_integer_is_the_one_that_its_error_bound_leaves(system: str) -> None:
    """A quantity that is an integer by its kind is 3 where no other lies within its error bound, and open else."""
    known = {"N": measured(system, [(3.0, 1e-9), (2.9, 0.2), (2.5, 0.6), (2.9, 1.0), (np.nan, np.inf), (2.0, np.inf)])}
    found = evaluate(sp.factorial(N), known)
    powers = evaluate((-2) ** N, known)

    assert [6, 6] == as_floats(found)[:2, 0].tolist()
    assert np.isnan(as_floats(found)[2:, 0]).all()
    assert [-8, -8] == as_floats(powers)[:2, 0].tolist()
    assert not np.isfinite(as_floats(powers)[2:, 0]).any()


@pytest.mark.parametrize("system", ["bounded", "balls"])
def test_what_is_no_integer_has_no_factorial(system: str) -> None:
    """A quantity that is called an integer and measured as two and a half is refused, whatever the others are."""
    with pytest.raises(ClaimError, match="factorial\\(N\\) needs whole numbers for N"):
        evaluate(sp.factorial(N), {"N": measured(system, [(3.0, 1e-9), (2.5, 0.1)])})


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (sp.Sum(k, (k, 1, N)), "with N up to 10,000,000; it is computed up to 10,000, so declare a smaller range"),
        (sp.factorial(N), "with N up to 10,000,000; it is computed up to 1,048,576, so declare a smaller range"),
    ],
)
def test_numbers_of_terms_that_are_too_large(formula: Any, said: str) -> None:
    """A whole number beyond what is computed is not taken for a fraction: both limits are said."""
    with pytest.raises(ClaimError, match=said):
        evaluate(formula, {"N": Bounded.exact(np.array([[3.0], [1e7]]))})


@pytest.mark.parametrize("system", ["bounded", "balls"])
def test_the_factorial_of_a_negative_number_is_undefined(system: str) -> None:
    """(N - 1)! is no number at N = 0, and one at 1."""
    numbers = np.array([[0.0], [1.0]])
    found = evaluate(sp.factorial(N - 1), {"N": Bounded.exact(numbers) if system == "bounded" else to_balls(numbers)})

    assert np.isnan(as_floats(found)[0, 0])
    assert as_floats(found)[1, 0] == 1
