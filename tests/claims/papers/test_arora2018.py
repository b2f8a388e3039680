"""Deep linear networks seen through the product of their layers."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import drawn, measured, never_met, shipped
from scipy.linalg import fractional_matrix_power

from lemmata.claims import Located
from lemmata.claims.settings.networks.linear import (
    HALF_POWERS,
    LEFT_ONLY,
    PRECONDITIONED,
    G_e,
    W_e,
    balanced_networks,
    end_to_end_flow,
    flow_at_any_depth,
    left,
    networks_of_any_depth,
    right,
)


@pytest.mark.parametrize("located", shipped("arora2018"), ids=lambda located: located.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


class TestEndToEnd:
    """Deep linear networks seen through the product of their layers."""

    @pytest.mark.parametrize("depth", [2, 3, 4])
    def test_powers_are_fractional_powers(self, depth: int) -> None:
        """The preconditioners are the powers k/N of W W' and W'W by SciPy, for square products of full rank."""
        point, given = drawn(balanced_networks(depth), widths=[3] * (depth + 1), samples=2)
        got = measured(end_to_end_flow(depth), point, given)
        for k in range(1, depth):
            for row, W in enumerate(got[W_e][:, 0]):
                assert np.allclose(fractional_matrix_power(W @ W.T, k / depth), got[left(k, depth)][row, 0])
                assert np.allclose(fractional_matrix_power(W.T @ W, k / depth), got[right(k, depth)][row, 0])

    def test_gradient_of_the_product(self) -> None:
        """G is (W X - Y) X'."""
        point, given = drawn(balanced_networks(2), widths=[3, 2, 4], samples=3)
        got = measured(end_to_end_flow(2), point, given)
        W, X, Y = got[W_e][:, 0], given["X"], given["Y"]

        assert np.allclose((W @ X - Y) @ X.swapaxes(1, 2), got[G_e][:, 0])

    @pytest.mark.parametrize("depth", [2, 3, 5])
    def test_sums_over_layers(self, depth: int) -> None:
        """The preconditioned gradient, and the false forms beside it, are sums of SciPy's powers."""
        point, given = drawn(networks_of_any_depth(decay=True), widths=[3] * (depth + 1), samples=2)
        got = measured(flow_at_any_depth, point, given)
        sums = {PRECONDITIONED: 1.0, HALF_POWERS: 0.5}
        for row, (W, G) in enumerate(zip(got[W_e][:, 0], got[G_e][:, 0], strict=True)):

            def power(gram: np.ndarray, k: float) -> np.ndarray:
                found: np.ndarray = fractional_matrix_power(gram, k / depth)
                return found

            for symbol, share in sums.items():
                expected = sum(
                    power(W @ W.T, share * (depth - j)) @ G @ power(W.T @ W, share * (j - 1))
                    for j in range(1, depth + 1)
                )
                assert np.allclose(expected, got[symbol][row, 0])
            assert np.allclose(depth * power(W @ W.T, depth - 1) @ G, got[LEFT_ONLY][row, 0])
