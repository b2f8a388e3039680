"""Strongly convex descent and the chain, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from claim_tools import measured, sharpness, unmet

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.nesterov2004._chain import distance, gap
from lemmata.claims.papers.nesterov2004.contraction import contraction, sharp_contraction
from lemmata.claims.papers.nesterov2004.lower_bound import distance_bound, exact_lower_bound, lower_bound
from lemmata.claims.settings.optimization.measured import initial

CHAINS = (lower_bound, exact_lower_bound, distance_bound)
WITNESSES = (
    (contraction, "a quadratic, longest step"),
    (contraction, "curvature mu, step 2/(mu + L)"),
    (sharp_contraction, "a quadratic, longest step"),
    (sharp_contraction, "curvature mu, step 2/(mu + L)"),
    (exact_lower_bound, "best value, one step"),
    (exact_lower_bound, "best value, most steps"),
)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-11, atol=0)


@pytest.mark.parametrize("claim", CHAINS, ids=lambda claim: claim.key)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_edge_meets_the_hypotheses(claim: Claim, seed: int) -> None:
    """Whatever the seed, every instance at every edge is one that the claim speaks of."""
    assert [] == unmet(claim, seed)


def test_book_rate_is_the_sharp_one_at_the_best_step() -> None:
    """1 - 2 eta mu L/(mu + L) = ((L - mu)/(L + mu))^2 at eta = 2/(mu + L), and is above the sharp factor before."""
    mu, L = sp.symbols("mu L", positive=True)
    book = 1 - 2 * sp.Symbol("eta") * mu * L / (mu + L)
    best = book.subs("eta", 2 / (mu + L))
    step = np.linspace(0, 2 / 11, 50)

    assert sp.simplify(best - ((L - mu) / (L + mu)) ** 2) == 0
    assert np.all(np.maximum((1 - step) ** 2, (1 - 10 * step) ** 2) <= 1 - 2 * step * 10 / 11 + 1e-12)


@pytest.mark.parametrize("steps", [1, 2, 5, 10])
def test_chain_in_closed_form(steps: int) -> None:
    """The gap is L/(16 (k + 1)) and R^2 = (2k + 1)(4k + 3)/(12 (k + 1)), for a pull of one."""
    one = {"L": np.ones(1), "pull": np.ones(1), "c": np.zeros((1, steps, steps))}
    best = measured(lower_bound.when, {"steps": steps, "method": "lowest"}, one)
    nearest = measured(distance_bound.when, {"steps": steps, "method": "nearest"}, one)
    share = (steps + 2) * (2 * steps + 3) / (2 * (2 * steps + 1) * (4 * steps + 3))

    assert 1 / (16 * (steps + 1)) == pytest.approx(best[gap][0, 0])
    assert (2 * steps + 1) * (4 * steps + 3) / (12 * (steps + 1)) == pytest.approx(best[initial][0, 0])
    assert share == pytest.approx(nearest[distance][0, 0] / nearest[initial][0, 0])


def test_chain_comes_near_the_lower_bound() -> None:
    """At k = 29, the best in the span is 1.025 times the bound of the theorem above the minimum."""
    one = {"L": np.ones(1), "pull": np.ones(1), "c": np.zeros((1, 29, 29))}
    case = lower_bound.when.run({"steps": 29, "method": "lowest"}, one).cases[0]
    left, right = (evaluate(side, case.values)[0, 0] for side in lower_bound.then.expressions)

    assert 1.025 == pytest.approx(left / right, abs=1e-3)
