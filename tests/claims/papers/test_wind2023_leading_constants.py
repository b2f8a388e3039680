"""The leading constants of the distance from the l1 minimiser, on problems that a person can solve."""

import numpy as np
import pytest

from lemmata.claims import evaluate
from lemmata.claims.papers.wind2023 import leading_constants
from lemmata.claims.settings.diagonal import problems
from lemmata.solvers import Bounded


@pytest.mark.parametrize(("depth", "expected"), [("2", 1.0), ("3", 3.0)])
def test_one_column(depth: str, expected: float) -> None:
    """A = [1, 1/2], y = 1: the error goes with alpha^(2(1 - 1/2)), or alpha^3 times 3/2 h(1/2)."""
    instance = {"B": np.full((1, 1, 1), 0.5), "M": np.zeros((1, 1, 0)), "x": np.ones((1, 1))}
    exact = {name: Bounded.exact(value) for name, value in instance.items()}
    claim = leading_constants.ray if depth == "2" else leading_constants.pole
    values = claim.when.run({"depth": depth}, exact).cases[0].values
    stated = evaluate(claim.then.unfolded().constant, values)

    logs, scales = (values[f"log({one})"].value[0] for one in (problems.error, problems.alpha))
    constant = 1.5 if depth == "2" else 1.5 * (8 - (2 / 3) ** 3)
    assert (logs[-1] - logs[-2]) / (scales[-1] - scales[-2]) == pytest.approx(expected, abs=1e-12)
    assert stated.value[0, 0] == pytest.approx(constant, rel=1e-13)
    assert logs[-1] - expected * scales[-1] == pytest.approx(np.log(constant), abs=1e-9)
