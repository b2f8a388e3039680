"""The worst case of gradient descent, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import sharpness

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.drori2014 import any_step, gradient_descent, h
from lemmata.claims.settings.optimization.measured import L, N, initial

WITNESSES = (
    (gradient_descent, "the Huber loss, any step"),
    (gradient_descent, "the Huber loss, longest step"),
    (any_step, "the Huber loss, any step"),
    (any_step, "a quadratic, longest step"),
)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-12, atol=0)


@pytest.mark.parametrize(("step", "steps"), [(0.3, 1), (0.3, 20), (1.0, 5), (1.5, 5), (1.9, 20)])
def test_two_branches(step: float, steps: int) -> None:
    """One of Huber's loss and the quadratic ends at the maximum of the two branches, the other not above it."""
    knee = 1 / (2 * steps * step + 1)
    x = 1.0
    for _ in range(steps):
        x -= step * float(np.clip(x, -knee, knee))
    huber = abs(x) * knee - knee**2 / 2 if abs(x) > knee else x * x / 2
    quadratic = (1 - step) ** (2 * steps) / 2
    values = {
        str(initial): np.ones((1, 1)),
        str(L): np.ones((1, 1)),
        str(N): np.full((1, 1), float(steps)),
        str(h): np.full((1, 1), step),
    }

    assert max(huber, quadratic) == pytest.approx(evaluate(any_step.then.right, values)[0, 0], rel=1e-12)
