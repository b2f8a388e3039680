"""Two-layer linear networks at a point and along the flow, and wide ones through their Gram matrix."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from claim_tools import Point, Values, drawn, located_claim, measured, never_met, shipped
from scipy.integrate import solve_ivp

from lemmata.checks import Effort, judge
from lemmata.claims import Located
from lemmata.claims.papers.min2021._flow import (
    decline,
    flow_at_a_point,
    gap,
    highest,
    lowest,
    overparametrized_networks,
    unseen_above,
    unseen_below,
)
from lemmata.claims.papers.min2021._imbalance import positive_above, positive_below, served_above, served_below
from lemmata.claims.papers.min2021._wide import (
    bartlett,
    bound_at_start,
    imbalance_at_start,
    overlap,
    push,
    rows_only,
    wide_networks,
    wide_starts,
)


@pytest.mark.parametrize("located", shipped("min2021.convergence"), ids=lambda located: located.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def test_witness_attains_the_bound() -> None:
    """The tight claim holds, and its ratio is one."""
    evidence = judge(located_claim("min2021/imbalance-rate"), effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert 1 - 1e-9 <= evidence.sample.worst_ratio


@pytest.mark.parametrize("located", shipped("min2021.wide"), ids=lambda located: located.claim.key)
def test_as_expected(located: Located) -> None:
    """Each claim passes its quick trial, and its mutants fall."""
    found = judge(located, effort=Effort.QUICK, seed=11)

    assert found.expected, found.sentence


class TestOverparametrized:
    """Gradient flow of two-layer linear networks at a point."""

    point: ClassVar[Point] = {
        "rank": 2,
        "outputs": 2,
        "hidden": 5,
        "unseen": 1,
        "unexplained": 1,
        "spread": 0.5,
    }

    def test_equals_the_closed_form(self) -> None:
        """-df/dt = |S E V|^2 + |U_1' S E|^2, and the gap is half the squared explainable residual."""
        point, given = drawn(overparametrized_networks(), **self.point)
        got = measured(flow_at_a_point, point, given)
        s, U, V, Y = given["s"], given["U"][:, :2], given["V"], given["Y"][:, :2]
        E = Y - s[:, :, None] * (U @ V.swapaxes(1, 2))
        pull = s[:, :, None] * E
        fall = ((pull @ V) ** 2).sum((1, 2)) + ((U.swapaxes(1, 2) @ pull) ** 2).sum((1, 2))

        assert np.allclose((E**2).sum((1, 2)) / 2, got[gap][:, 0])
        assert np.allclose(fall, got[decline][:, 0])

    def test_flow_converges_at_the_rate_to_near_the_least_norm(self) -> None:
        """SciPy's solution of the flow obeys both integrated theorems, whose pointwise forms are on trial."""
        point, given = drawn(overparametrized_networks(), size=1, **self.point)
        got = Values({name: value[0, 0] for name, value in measured(flow_at_a_point, point, given).items()})
        s, U, V, Y = (given[name][0] for name in ("s", "U", "V", "Y"))
        X = np.zeros((3, 3))
        X[[0, 1], [0, 1]] = s

        def field(_: float, state: Any) -> Any:
            u, v = state[:15].reshape(3, 5), state[15:].reshape(2, 5)
            E = Y - X @ u @ v.T
            return np.concatenate([(X.T @ E @ v).ravel(), (E.T @ X @ u).ravel()])

        times = np.linspace(0, 1, 5)
        start = np.concatenate([U.ravel(), V.ravel()])
        path = solve_ivp(field, (0, 60), start, t_eval=[*times, 60], rtol=1e-10, atol=1e-12).y
        gaps = []
        for state in path.T:
            E = (Y - X @ state[:15].reshape(3, 5) @ state[15:].reshape(2, 5).T)[:2]
            gaps.append((E**2).sum() / 2)
        c = max(got[served_below], 0) + max(got[served_above], 0)
        final = path[:15, -1].reshape(3, 5) @ path[15:, -1].reshape(2, 5).T
        bound = np.exp(np.sqrt(2 * got[highest] * got[gap]) / (got[lowest] * c)) * np.sqrt(
            got[unseen_above] + got[unseen_below]
        )

        assert c > 0
        assert (np.array(gaps[:5]) <= np.exp(-2 * got[lowest] * c * times) * got[gap] * (1 + 1e-6)).all()
        assert np.linalg.norm(final - np.linalg.pinv(X) @ Y, 2) <= bound

    def test_few_hidden_units(self) -> None:
        """With fewer hidden units than the rank the imbalance promises nothing: both terms are at most zero."""
        point, given = drawn(overparametrized_networks(), rank=3, outputs=2, hidden=1)
        got = measured(flow_at_a_point, point, given)

        assert (got[served_below] == 0).all()
        assert (got[served_above] == 0).all()


class TestWide:
    """Wide Gaussian starts through their Gram matrix."""

    def test_bartlett_has_the_law_of_the_gram_matrix(self) -> None:
        """Mean and variance of the entries of L L' are those of a Wishart matrix."""
        lower = bartlett(np.random.default_rng(0), 40_000, 3, 7.0)
        gram = lower @ lower.swapaxes(1, 2)

        assert 7 * np.eye(3) == pytest.approx(gram.mean(axis=0), abs=0.1)
        assert 7 * (np.ones((3, 3)) + np.eye(3)) == pytest.approx(gram.var(axis=0), rel=0.05)

    def test_imbalance_is_that_of_the_weights(self) -> None:
        """The two eigenvalues are those of U_1'U_1 - V'V, an h x h matrix, for weights with this Gram matrix."""
        point, instances = drawn(wide_starts(least=rows_only), size=4, outputs=2, rank=3, alpha=0.4, excess=1.0)
        V, U = instances["L"][:, :2], instances["L"][:, 2:]
        values = np.linalg.eigvalsh(U.swapaxes(1, 2) @ U - V.swapaxes(1, 2) @ V)[:, ::-1]

        got = measured(imbalance_at_start, point, instances)

        assert values[:, 2] - values[:, -2] == pytest.approx((got[served_below] + got[served_above])[:, 0])

    def test_bound_holds_for_the_integrated_flow(self) -> None:
        """The limit of the flow, integrated, lies within exp(rho/c) q of the solution of least norm."""
        point, instances = drawn(
            wide_networks(least=rows_only), size=6, outputs=2, rank=2, unseen=3, excess=6.0, targets=1.0, condition=2.0
        )
        got = Values({name: value[:, 0] for name, value in measured(bound_at_start, point, instances).items()})
        c = got[positive_below] + got[positive_above]
        distances = []
        for L, s, Y in zip(instances["L"], instances["s"], instances["Y"], strict=True):
            # L itself are weights with this Gram matrix, of as many hidden units as rows
            def slope(_: float, flat: np.ndarray, s: np.ndarray = s, Y: np.ndarray = Y) -> np.ndarray:
                Z = flat.reshape(7, 7)
                V, U, E = Z[:2], Z[2:4], s[:, None] * (Z[2:4] @ Z[:2].T) - Y
                down = np.zeros((7, 7))
                down[:2], down[2:4] = -(s[:, None] * E).T @ U, -(s[:, None] * E) @ V
                return down.ravel()

            Z = solve_ivp(slope, (0, 400), L.ravel(), rtol=1e-9, atol=1e-11).y[:, -1].reshape(7, 7)
            assert Z[2:4] @ Z[:2].T == pytest.approx(Y / s[:, None], abs=1e-5)
            distances.append(np.linalg.norm(Z[4:] @ Z[:2].T, 2))

        assert np.all(np.array(distances) <= np.exp(got[push] / c) * got[overlap])
