"""The units in which the exact order of the distance is claimed."""

import numpy as np
import pytest

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.matt2025 import deeper, two_layers
from lemmata.solvers import Bounded


@pytest.mark.parametrize(("claim", "depth", "expected"), [(two_layers, "2", 0.75), (deeper, "3", 1.0)])
def test_slope_in_units_of_x(claim: Claim, depth: str, expected: float) -> None:
    """For A = [1, 1/4], y = 1, rho is 1/4: against a = alpha^D the distance has the slope 1 - rho, or one."""
    instance = {"B": np.full((1, 1, 1), 0.25), "M": np.zeros((1, 1, 0)), "x": np.ones((1, 1))}
    exact = {name: Bounded.exact(value) for name, value in instance.items()}
    values = claim.when.run({"depth": depth}, exact).cases[0].values
    heights, scales = (evaluate(part, values).value[0] for part in claim.then.logarithms)

    assert (heights[-1] - heights[-2]) / (scales[-1] - scales[-2]) == pytest.approx(expected, abs=1e-9)
    assert evaluate(claim.then.exponent, values).value[0, 0] == pytest.approx(expected, abs=1e-12)
