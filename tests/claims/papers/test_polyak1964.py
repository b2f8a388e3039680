"""Stability on quadratics, against spectral radii."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from claim_tools import sharpness

from lemmata.claims import Claim
from lemmata.claims.papers.polyak1964 import (
    descent_stable,
    heavy_ball_stable,
    heavy_ball_unstable,
    nesterov_stable,
)

INDEPENDENT = np.random.default_rng(5)
WITNESSES = (
    (descent_stable, "longest step"),
    (heavy_ball_stable, "momentum one, three quarters of the threshold"),
    (heavy_ball_unstable, "no momentum, long step"),
)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-12, atol=0)


COMPANIONS = {
    "heavy ball": lambda q, beta: np.array([[1 + beta - q, -beta], [1, 0]]),
    "Nesterov": lambda q, beta: np.array([[(1 - q) * (1 + beta), -(1 - q) * beta], [1, 0]]),
}


@pytest.mark.parametrize(
    ("claim", "method"),
    [(heavy_ball_stable, "heavy ball"), (nesterov_stable, "Nesterov")],
    ids=["heavy ball", "nesterov"],
)
def test_thresholds_are_those_of_the_spectral_radius(claim: Claim, method: str) -> None:
    """The hypothesis asks for a spectral radius below one, a thousandth to either side of the threshold."""
    beta = INDEPENDENT.uniform(0.01, 0.99, size=200)
    threshold = (2 + 2 * beta) / (1 if method == "heavy ball" else 1 + 2 * beta)
    (stable,) = (hypothesis for hypothesis in claim.given.hypotheses if not hypothesis.declared)
    for factor in (0.999, 1.001):
        drawn = {"eta": np.ones(200), "lambda": factor * threshold, "beta": beta}
        radii = [
            np.abs(np.linalg.eigvals(COMPANIONS[method](q, b))).max()
            for q, b in zip(drawn["lambda"], beta, strict=True)
        ]

        assert [radius < 1 for radius in radii] == stable.holds({}, drawn).tolist()


def test_heavy_ball_energy() -> None:
    """W' - W = -(1 - beta)(a y - (1 + beta) x)^2, and W - (1 + beta - a^2/(1 + beta)) x^2 is a square, symbolically."""
    x, y, a, beta = sp.symbols("x y a beta")

    def energy(now: Any, following: Any) -> Any:
        return (1 + beta) * (following**2 + now**2) - 2 * a * following * now

    step = energy(y, a * y - beta * x) - energy(x, y)
    square = (1 + beta) * (y - a * x / (1 + beta)) ** 2

    assert sp.expand(step + (1 - beta) * (a * y - (1 + beta) * x) ** 2) == 0
    assert sp.simplify(energy(x, y) - (1 + beta - a**2 / (1 + beta)) * x**2 - square) == 0
