"""Separable data, gradient descent on them and where its flow settles, against other solvers."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
import sympy as sp
from claim_tools import Point, at_edge, drawn, located_claim, measured, never_met, sharpness, shipped, unmet
from scipy.integrate import solve_ivp
from scipy.optimize import nnls

from lemmata.checks import Effort, judge
from lemmata.claims import Claim, Located, evaluate, greatest
from lemmata.claims.papers.soudry2018._limit import least_score, p
from lemmata.claims.papers.soudry2018._limit import size as norm
from lemmata.claims.papers.soudry2018.limit import margin_constant, residual_settles
from lemmata.claims.settings.separable import (
    each_step,
    eta,
    exponential_descent,
    loss,
    margin,
    next_loss,
    score,
    separable,
    separable_samples,
    size,
)

CLAIMS = (residual_settles, margin_constant)
WITNESSES = ((residual_settles, "one support vector, one sample beside it"),)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-11, atol=0)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_edge_meets_the_hypotheses(claim: Claim, seed: int) -> None:
    """Whatever the seed, every instance at every edge is one that the claim speaks of."""
    assert [] == unmet(claim, seed)


@pytest.mark.parametrize("located", shipped("soudry2018.convergence"), ids=lambda located: located.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def test_witness_attains_the_bound() -> None:
    """The tight claim holds, and its ratio is one."""
    evidence = judge(located_claim("soudry2018/weights-grow"), effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert 1 - 1e-9 <= evidence.sample.worst_ratio


class TestSeparable:
    """Separable data of known margin, and gradient descent on them."""

    point: ClassVar[Point] = {"support": 3, "others": 2, "across": 2, "margin": 0.6, "pace": 0.9, "steps": 30}

    def test_margin_is_the_maximal_one(self) -> None:
        """The margin by non-negative least squares is the one that the family promises."""
        _, given = drawn(separable(), **self.point)
        found = []
        for z in separable_samples(given):
            weights, _ = nnls(np.vstack([z.T, 1e3 * np.ones(len(z))]), np.r_[np.zeros(z.shape[1]), 1e3])
            found.append(np.linalg.norm(weights @ z) / weights.sum())

        assert len(found) >= 4
        assert np.allclose(0.6, found, rtol=1e-4)

    def test_descent_is_gradient_descent(self) -> None:
        """Losses, norms and scores are those of a plain loop."""
        point, given = drawn(separable(), **self.point)
        got = measured(exponential_descent(), point, given, case=1)
        samples = separable_samples(given)
        for row, (z, step_size) in enumerate(zip(samples, given["eta"], strict=True)):
            w = np.zeros(z.shape[1])
            for step in range(30):
                w = w + step_size * np.exp(-z @ w) @ z
                assert np.isclose(np.exp(-z @ w).sum(), got[loss][row, step])
                assert np.isclose(np.linalg.norm(w), got[size][row, step])
                assert np.isclose(z[1] @ w, got[score][row, step])

    def test_samples_alike_attain_the_step(self) -> None:
        """For samples alike each step multiplies the loss by exactly exp(-eta gamma^2 L)."""
        point, given = drawn(separable(), **self.point)
        got = measured(each_step, point, {**given, "v": 0 * given["v"], "b": 0 * given["b"]})
        ratio = got[next_loss] / (got[loss] * np.exp(-got[eta] * got[margin] ** 2 * got[loss]))

        assert np.allclose(1, ratio)


def test_flow_settles_where_the_claims_say() -> None:
    """SciPy's flow up to t = e^60: the residual balances the support vectors, the deficit nears its constant."""
    gamma, p = 0.5, np.array([0.2, 0.3, 0.5])
    support = np.array([[gamma, 1.0, 0.0], [gamma, 0.0, 1.0], [gamma, -0.4, -0.6]])
    samples = np.vstack([support, [0.9, 0.3, -0.2]])
    direction = np.array([1 / gamma, 0, 0])

    def velocity(tau: float, r: np.ndarray) -> np.ndarray:
        pulls = np.exp((1 - samples @ direction) * tau - samples @ r)
        return pulls @ samples - direction

    r = solve_ivp(velocity, (0, 60), np.zeros(3), method="LSODA", rtol=1e-10, atol=1e-11).y[:, -1]
    w = 60 * direction + r
    deficit = gamma * np.linalg.norm(w) - (samples @ w).min()
    constant = -(p * np.log(p)).sum() + np.log(p.max())

    assert np.allclose(p / gamma**2, np.exp(-support @ r), rtol=1e-7)
    assert constant == pytest.approx(deficit - gamma * (w[1:] ** 2).sum() / (2 * w[0]), abs=1e-5)


def test_margin_constant_of_even_weights() -> None:
    """With two support vectors of equal weight nothing is left of the first order."""
    parameters, instances = at_edge(margin_constant, "two support vectors", size=3)
    values = margin_constant.when.run(parameters, {**instances, "p": np.ones((3, 2))}).cases[0].values
    constant = margin_constant.then.where[sp.Symbol("H", real=True)] + sp.log(greatest(p))

    assert np.allclose(0, evaluate(constant, values), atol=1e-12)
    assert np.allclose(0, evaluate(margin * norm - least_score, values), atol=1e-3)
