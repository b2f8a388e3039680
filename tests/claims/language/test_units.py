"""Units of scale in formulas with measured exponents."""

from __future__ import annotations

import pytest
import sympy as sp

from lemmata.claims import AtMost, ClaimError
from lemmata.claims.language.units import check_units

ell, rho = sp.symbols("ell rho", positive=True)
last, first, eta, lam = sp.symbols("x_N^2 x_0^2 eta lambda", real=True)
N = sp.Symbol("N", integer=True, positive=True)
UNITS = {last: rho**2, first: rho**2, eta: 1 / ell, lam: ell}


def test_powers_of_what_may_be_negative() -> None:
    """A whole exponent is tried at whole numbers, where a power of a negative number is real, also within a maximum."""
    rate = sp.Max((1 - eta * lam) ** (2 * N), 1 / (1 + N))

    check_units("paper/rate", AtMost(left=last, right=rate * first), UNITS)


def test_a_base_with_a_unit_is_refused() -> None:
    """Under a measured exponent only pure numbers stand."""
    with pytest.raises(ClaimError, match=r"different units|does not scale"):
        check_units("paper/rate", AtMost(left=last, right=(1 - eta) ** (2 * N) * first), UNITS)
