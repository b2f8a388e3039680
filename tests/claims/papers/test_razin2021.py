"""Components of tensors and singular values of products: velocities against differences along the flow."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import drawn, never_met, shipped

from lemmata.claims import Located
from lemmata.claims.papers.razin2021._singular_values import layers, pull, singular_value_flow, value
from lemmata.claims.settings.networks.linear import W_e, flow_at_any_depth
from lemmata.solvers import Bounded


@pytest.mark.parametrize(
    "located", shipped("razin2021.components", "razin2021.singular_values"), ids=lambda located: located.claim.key
)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


@pytest.mark.parametrize("depth", [2, 4])
def test_velocities_of_singular_values(depth: int) -> None:
    """They are differences of NumPy's singular values along a short way of the product's flow."""
    point, given = drawn(layers(), widths=[3] * (depth + 1), samples=2)
    bounded = {name: Bounded.exact(array) for name, array in given.items()}
    case = singular_value_flow.run(point, bounded).cases[0]
    flow = flow_at_any_depth.run(point, bounded).cases[0]
    W, velocity = flow.values[str(W_e)].value[:, 0], flow.rates[str(W_e)].value[:, 0]
    unit = np.abs(velocity).max(axis=(1, 2), keepdims=True)
    ahead, behind = (np.linalg.svd(W + sign * 1e-5 * velocity / unit, compute_uv=False) for sign in (1, -1))
    order = np.argsort(-given["s"], axis=1)
    values, rates = (np.take_along_axis(part[str(value)].value, order, axis=1) for part in (case.values, case.rates))

    assert np.allclose(np.linalg.svd(W, compute_uv=False), values)
    assert np.allclose((ahead - behind) / 2e-5, rates / unit[:, :, 0], atol=1e-6)


def test_the_pull_is_the_gradient_along_the_singular_vectors() -> None:
    """For one number a layer it is minus the gradient (W X - Y) X', as u v' = 1 there."""
    point, given = drawn(layers(), widths=[1, 1, 1], samples=2)
    case = singular_value_flow.run(point, {name: Bounded.exact(array) for name, array in given.items()}).cases[0]
    slope = ((given["s"][:, :1] ** 2)[:, :, None] * given["X"] - given["Y"]) @ given["X"].swapaxes(1, 2)

    assert np.allclose(-slope[:, 0], case.values[str(pull)].value)
