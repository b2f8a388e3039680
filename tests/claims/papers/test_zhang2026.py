"""Support margins, step sizes and the two dynamics of two-layer networks in the mean-field scaling."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from claim_tools import Point, drawn, located_claim, measured, never_met, shipped
from scipy.integrate import solve_ivp

from lemmata.checks import Effort, judge
from lemmata.claims import Located
from lemmata.claims.papers.zhang2026._momentum import U, momentum_flow, moving_networks
from lemmata.claims.papers.zhang2026._support_gap import (
    budget_step,
    curvature,
    decline,
    descent,
    flow_at_a_point,
    flow_gap,
    gap,
    margin_u,
    margin_v,
    networks,
    theorem_step,
)


@pytest.mark.parametrize(
    "located", shipped("zhang2026.support_gap", "zhang2026.momentum"), ids=lambda located: located.claim.key
)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2, 3) for edge in never_met(located.claim, seed, size=32)]


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("zhang2026/support-gap-rate", 1 - 1e-9, 1 + 1e-9),
        ("zhang2026/rate-near-the-flow", 0.98, 1.0),
    ],
)
def test_ratio_reached(key: str, least: float, most: float) -> None:
    """The claim holds, and its sampled ratio comes as near to the bound as the mathematics allows."""
    evidence = judge(located_claim(key), effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert least <= evidence.sample.worst_ratio <= most


class TestSupportGap:
    """Margins, step sizes and the two dynamics of the mean-field scaling."""

    point: ClassVar[Point] = {"inputs": 2, "outputs": 2, "width": 6, "condition": 1.0, "length": 0.5}

    def test_margins_are_those_of_the_definition(self) -> None:
        """a_+ is the largest a with Sigma - a J positive semidefinite, a_- that with Sigma + a J."""
        point, given = drawn(networks(rule=theorem_step), **self.point)
        got = measured(flow_at_a_point, point, given)
        J = np.diag([1.0, 1.0, -1.0, -1.0])
        for row in range(len(given["U"])):
            W = np.vstack([given["U"][row], given["V"][row]])
            sigma = W @ W.T / 6
            for sign, symbol in ((1, margin_u), (-1, margin_v)):
                margin = max(got[symbol][row, 0], 0)
                assert np.linalg.eigvalsh(sigma - sign * margin * J)[0] > -1e-12
                assert np.linalg.eigvalsh(sigma - sign * (margin + 1e-6) * J)[0] < 0

    @pytest.mark.parametrize("width", [1, 2, 3])
    def test_narrow_networks_have_no_margin_of_their_own(self, width: int) -> None:
        """Fewer hidden units than inputs or outputs: the definition gives zero, and so do the eigenvalues."""
        point, _ = drawn(networks(rule=theorem_step), inputs=3, outputs=2, width=width)
        given = networks(rule=theorem_step).draw(point, np.random.default_rng(0), 8)
        got = measured(flow_at_a_point, point, given)
        J = np.diag([1.0, 1.0, 1.0, -1.0, -1.0])
        for row in range(8):
            W = np.vstack([given["U"][row], given["V"][row]])
            for sign, symbol in ((1, margin_u), (-1, margin_v)):
                margin = max(got[symbol][row, 0], 0)
                assert np.linalg.eigvalsh(W @ W.T / width - sign * (margin + 1e-5) * J)[0] < 0

    def test_decline_is_the_closed_form(self) -> None:
        """-dl/dt = tr(E'E Sigma_u) + tr(E E' Sigma_v)."""
        point, given = drawn(networks(rule=theorem_step), **self.point)
        got = measured(flow_at_a_point, point, given)
        U, V = given["U"], given["V"]
        E = given["q"].reshape(-1, 2, 2) * (V @ U.swapaxes(1, 2) / 6 - given["T"])
        expected = (((E @ U) ** 2).sum((1, 2)) + ((E.swapaxes(1, 2) @ V) ** 2).sum((1, 2))) / 6

        assert np.allclose(expected, got[decline][:, 0])

    def test_length_is_the_one_asked_for(self) -> None:
        """Instances start with I = 4 sqrt(Delta_0 / kappa) / g equal to the family's parameter."""
        point, given = drawn(networks(rule=theorem_step), **self.point)
        got = measured(flow_at_a_point, point, given)
        support = np.maximum(got[margin_u], 0) + np.maximum(got[margin_v], 0)

        assert np.allclose(0.5, 4 * np.sqrt(got[flow_gap] / got[curvature]) / support)

    def test_white_step_is_the_one_printed(self) -> None:
        """For Sigma_0 = I and I_* as it comes out, the step bound is the explicit one of the paper."""
        point, given = drawn(networks(rule=theorem_step), inputs=1, outputs=1, width=2, kind="white", length=0.5)
        loss = given["q"][:, 0] * given["T"][:, 0, 0] ** 2 / 2
        length = 2 * np.sqrt(loss / given["kappa"])
        first = 2 * np.exp(2 * length) * np.sqrt(given["L"] * loss)
        first += 9 / np.sqrt(2) * given["L"] * np.exp(4 * length)
        second = (np.sqrt(2) - 1) / (2 * np.exp(2 * length) * loss)

        assert np.allclose(np.minimum(1 / first, second), theorem_step(point, given))

    def test_no_step_for_a_rate_beyond_the_gap(self) -> None:
        """A rate below the gap has a step, one beyond it has none."""
        point, given = drawn(networks(rule=budget_step), **self.point)
        support = given["c"] / point["share"]

        assert (budget_step(point, {**given, "c": 1.01 * support}) == 0).all()
        assert (budget_step(point, given) > 0).all()

    def test_descent_is_a_plain_loop(self) -> None:
        """Losses along the run."""
        point, given = drawn(networks(rule=theorem_step), steps=5, **self.point)
        got = measured(descent, point, given)
        for row in range(len(given["U"])):
            U, V, q = given["U"][row], given["V"][row], given["q"][row].reshape(2, 2)
            for k in range(5):
                E = q * (V @ U.T / 6 - given["T"][row])
                assert np.isclose((E**2 / q).sum() / 2, got[gap][row, k])
                U, V = U - given["tau"][row] * E.T @ V, V - given["tau"][row] * E @ U

    def test_a_large_step_can_trap(self) -> None:
        """Full-rank white start, (s - 1)^2 / 2 and tau = 1: after two steps the factors are zero."""
        instances = {
            "U": np.array([[[np.sqrt(2), 0.0]]]),
            "V": np.array([[[0.0, np.sqrt(2)]]]),
            "T": np.ones((1, 1, 1)),
            **{name: np.ones((1, 1) if name == "q" else 1) for name in ("q", "kappa", "L", "c", "tau")},
        }
        point = {"inputs": 1, "outputs": 1, "width": 2, "blind": 0, "steps": 4}
        got = measured(descent, point, instances)

        assert np.allclose([0.5, 0.5, 0.5, 0.5], got[gap][0])


def test_the_charge_along_a_solution_of_the_second_order_equation() -> None:
    """SciPy's solution of U'' = -gamma U' - E'V and its twin keeps e^(gamma t) J, which is not constant by itself."""
    point, given = drawn(moving_networks(), seed=2, size=1, inputs=2, outputs=2, width=3)
    u, v, p, r, target, weights = (given[name][0] for name in ("U", "V", "P", "R", "T", "q"))
    friction = given["gamma"][0]

    def field(_: float, state: np.ndarray) -> np.ndarray:
        lower, upper, first, second = state.reshape(4, 2, 3)
        slope = weights * (upper @ lower.T / point["width"] - target)
        return np.stack(
            [first, second, -friction * first - slope.T @ upper, -friction * second - slope @ lower]
        ).ravel()

    found = solve_ivp(field, (0, 1), np.stack([u, v, p, r]).ravel(), rtol=1e-11, atol=1e-12).y
    starts, ends = (found[:, at].reshape(4, 2, 3) for at in (0, -1))
    before, after = (
        lower.T @ first - first.T @ lower + upper.T @ second - second.T @ upper
        for lower, upper, first, second in (starts, ends)
    )

    assert np.allclose(before, np.exp(friction) * after, atol=1e-8)
    assert not np.allclose(before, after, atol=1e-3)


def test_velocities_of_the_weights_are_what_is_drawn() -> None:
    """The procedure's rate of U is the velocity, the rate of the velocity what the equation says."""
    point, given = drawn(moving_networks(), inputs=2, width=3)
    case = momentum_flow.run(point, given).cases[0]

    assert np.array_equal(given["P"], case.rates[str(U)][:, 0])
