"""Powers whose exponents are made of measured whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata.claims import evaluate
from lemmata.solvers import Bounded, as_floats, full, to_rationals

h = sp.Symbol("h", real=True)
N, k = sp.symbols("N k", integer=True, positive=True)
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
    half = values | {"N": full(values["h"], 0.5)}
    rough = values | {"N": Bounded(np.full(BASES.shape, 3.0), np.full(BASES.shape, 1e-9))}

    for known in (half, rough):
        found = evaluate((1 - h) ** (2 * N + 1), known)

        assert not np.isfinite(found.value[0, 0] + found.error[0, 0])
        assert np.isfinite(found.value[2, 0] + found.error[2, 0])
