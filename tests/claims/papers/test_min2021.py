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
    product_m,
    product_r,
    target_m,
    target_r,
    unseen_above,
    unseen_below,
)
from lemmata.claims.papers.min2021._imbalance import constant, imbalance, served_above, served_below
from lemmata.claims.papers.min2021._limit import distance, limit_of_the_flow, limits, whole_distance
from lemmata.claims.papers.min2021._orthogonal import orthogonal_networks
from lemmata.claims.papers.min2021._wide import (
    bartlett,
    bound_at_start,
    cross,
    deviation,
    lemma_width,
    overlap,
    printed_width,
    push,
    repaired_width,
    residual,
    rows_only,
    shrunk,
    stretched,
    wide_networks,
)

_AT_A_POINT = shipped("min2021.convergence", "min2021.sharper_rate", "min2021.implicit_bias")


@pytest.mark.parametrize("located", _AT_A_POINT, ids=lambda located: located.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def test_witness_attains_the_bound() -> None:
    """The tight claim holds, and its ratio is one."""
    evidence = judge(located_claim("min2021/imbalance-rate"), effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert 1 - 1e-9 <= evidence.sample.worst_ratio


@pytest.mark.parametrize("located", shipped("min2021.wide", "min2021.slips"), ids=lambda located: located.claim.key)
def test_as_expected(located: Located) -> None:
    """Each claim passes its quick trial, and its mutants fall."""
    found = judge(located, effort=Effort.QUICK, seed=11)

    assert found.expected, found.sentence


def test_the_constant_adds_up_positive_parts() -> None:
    """Of each of the two eigenvalues what is positive counts."""
    below, above = np.array([-1.0, 2.0, -1.0]), np.array([3.0, -4.0, -1.0])

    assert [3.0, 2.0, 0.0] == constant(below, above).tolist()


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

    def test_singular_values_of_product_and_target(self) -> None:
        """They are LAPACK's, zero where there are fewer."""
        point, given = drawn(overparametrized_networks(), size=3, **{**self.point, "outputs": 1})
        got = measured(flow_at_a_point, point, given)
        product = given["U"][:, :2] @ given["V"].swapaxes(1, 2)

        assert np.linalg.norm(product, axis=(1, 2)) == pytest.approx(got[product_m][:, 0])
        assert np.linalg.norm(given["Y"][:, :2], axis=(1, 2)) == pytest.approx(got[target_m][:, 0])
        assert (got[product_r] == 0).all()
        assert (got[target_r] == 0).all()

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

    point: ClassVar[Point] = {"outputs": 2, "rank": 3, "unseen": 2, "alpha": 0.4, "condition": 4.0, "scale": 3.0}

    def test_measures_what_the_weights_themselves_have(self) -> None:
        """Imbalance, overlaps and residual are those of weights with this Gram matrix, by LAPACK."""
        point, instances = drawn(wide_networks(least=rows_only), size=4, **self.point)
        V, U, unseen = instances["L"][:, :2], instances["L"][:, 2:5], instances["L"][:, 5:]
        values = np.linalg.eigvalsh(U.swapaxes(1, 2) @ U - V.swapaxes(1, 2) @ V)[:, ::-1]
        product, s = U @ V.swapaxes(1, 2), instances["s"][:, :, None]
        seen = instances["L"][:, :5] @ unseen.swapaxes(1, 2)

        got = measured(bound_at_start, point, instances)

        assert values[:, 2] - values[:, -2] == pytest.approx((got[served_below] + got[served_above])[:, 0])
        for expected, symbol in (
            (product, cross),
            (seen, overlap),
            (s * product - instances["Y"], residual),
            (product / s, shrunk),
            (s * product, stretched),
        ):
            assert np.linalg.norm(expected, axis=(1, 2)) == pytest.approx(got[symbol][:, 0])

    def test_widths_are_those_of_the_paper(self) -> None:
        """16 T^2, and the two forms of h_0: they agree for lambda_r = lambda_1 = 1 and part as the data grow."""
        point = {**self.point, "delta": 0.1}
        T = np.sqrt(2 + 5) + np.log(20) / 2

        assert T == pytest.approx(deviation(point))
        assert 16 * T**2 == pytest.approx(lemma_width(point))
        assert (4 * 4.0**2 * 2 * T**2) ** (1 / 0.6) == pytest.approx(repaired_width(point))
        assert (
            (4 * 9 / (9 / 4) ** 3 * 2 * T**2) ** (1 / 0.6)
            < printed_width(point)
            == pytest.approx((16 * T**2) ** (1 / 0.6))
        )
        assert printed_width({**point, "condition": 1.0, "scale": 1.0}) == pytest.approx(
            repaired_width({**point, "condition": 1.0, "scale": 1.0})
        )

    def test_bound_holds_for_the_integrated_flow(self) -> None:
        """The limit of the flow, integrated, lies within exp(rho/c) q of the solution of least norm."""
        point, instances = drawn(
            wide_networks(least=rows_only),
            size=6,
            outputs=2,
            rank=2,
            unseen=3,
            excess=6.0,
            targets=1.0,
            condition=2.0,
            scale=1.0,
        )
        got = Values({name: value[:, 0] for name, value in measured(bound_at_start, point, instances).items()})
        c = got[imbalance]
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


def test_orthogonal_flow_ends_at_the_solution_of_least_norm() -> None:
    """SciPy's flow from V U_2' = U_1 U_2' = 0 ends at the pseudoinverse's solution; not so if one is dropped."""
    ends = []
    for leaning in ("", "below"):
        _, given = drawn(orthogonal_networks(leaning=leaning), seed=5, size=1, rank=2, outputs=2, half=2, unseen=1)
        s, start, V, Y = given["s"][0], given["U"][0], given["V"][0], given["Y"][0]

        def field(_: float, flat: Any, s: Any = s, Y: Any = Y) -> Any:
            u, v = flat[:12].reshape(3, 4), flat[12:].reshape(2, 4)
            pull = s[:, None] * (Y - s[:, None] * (u[:2] @ v.T))
            return np.concatenate([(pull @ v).ravel(), np.zeros(4), (pull.T @ u[:2]).ravel()])

        flat = solve_ivp(field, (0, 400), np.concatenate([start.ravel(), V.ravel()]), rtol=1e-9, atol=1e-11).y[:, -1]
        product = flat[:12].reshape(3, 4) @ flat[12:].reshape(2, 4).T
        assert product[:2] == pytest.approx(Y / s[:, None], abs=1e-4)
        ends.append(np.linalg.norm(product[2]))

    assert ends[0] == pytest.approx(0, abs=1e-9)
    assert ends[1] > 1e-2


def test_limit_is_that_of_the_integrated_weights() -> None:
    """SciPy's flow of weights with this Gram matrix ends as far from the solution of least norm."""
    point, instances = drawn(
        limits(),
        size=2,
        outputs=2,
        rank=2,
        unseen=3,
        alpha=0.5,
        delta=0.5,
        targets=1.0,
        scale=1.0,
    )
    got = measured(limit_of_the_flow, point, instances)
    norms = zip(got[distance][:, 0], got[whole_distance][:, 0], strict=True)
    for L, s, Y, (spectral, whole) in zip(instances["L"], instances["s"], instances["Y"], norms, strict=True):

        def slope(_: float, flat: np.ndarray, s: np.ndarray = s, Y: np.ndarray = Y) -> np.ndarray:
            Z = flat.reshape(7, 7)
            pull = s[:, None] * (s[:, None] * (Z[2:4] @ Z[:2].T) - Y)
            down = np.zeros((7, 7))
            down[:2], down[2:4] = -pull.T @ Z[2:4], -pull @ Z[:2]
            return down.ravel()

        Z = solve_ivp(slope, (0, 60), L.ravel(), rtol=1e-9, atol=1e-12).y[:, -1].reshape(7, 7)

        assert np.linalg.norm(Z[4:] @ Z[:2].T, 2) == pytest.approx(spectral, rel=2e-2)
        assert np.linalg.norm(Z[4:] @ Z[:2].T) == pytest.approx(whole, rel=2e-2)
