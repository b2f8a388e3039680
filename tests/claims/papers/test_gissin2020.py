"""The constants of the two depths, against quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.gissin2020 import between, deeper, two_layers
from lemmata.solvers import Bounded


@pytest.mark.parametrize(("claim", "layers"), [(two_layers, 2), (deeper, 3), (deeper, 6)])
def test_constant(claim: Claim, layers: int) -> None:
    """J is the integral that it is written as; with two layers, the difference of log-odds."""
    drawn = {"gap": np.array([0.25]), "seen": np.array([0.6]), "hidden": np.array([0.1])}
    exact = {name: Bounded.exact(one) for name, one in drawn.items()}
    values = claim.when.run({"depth": layers}, exact).cases[0].values
    area, _ = quad(lambda x: x ** (2 / layers - 2) / (1 - x), 0.1, 0.6, epsabs=1e-12)
    power = layers / (layers - 2) if layers > 2 else 1
    expected = area if layers == 2 else (power / area) ** power

    assert area == pytest.approx(values[str(between)].value[0, 0], rel=1e-9)
    assert expected == pytest.approx(evaluate(claim.then.unfolded().constant, values).value[0, 0], rel=1e-9)
