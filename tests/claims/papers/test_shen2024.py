"""The l1 penalty: what is measured of minimisers, against SciPy and against the objective itself."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import drawn, measured, never_met, shipped
from scipy.optimize import minimize

from lemmata.claims import Located
from lemmata.claims.papers.shen2024._problems import (
    CERTIFICATE,
    apart,
    both_minimisers,
    certified_problems,
    compared,
    count,
    counted,
    excess,
    level,
    levelled_problems,
    minimiser,
    norms,
    paired_problems,
    penalised_problems,
    slope,
    u,
)

_POINT = {"columns": 3, "more": 2, "shared": 1}


@pytest.mark.parametrize("located", shipped("shen2024.optimality", "shen2024.levels"), ids=lambda one: one.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def test_minimiser_is_that_of_a_general_solver() -> None:
    """SciPy's minimum over the positive and negative parts has the same entries and slopes."""
    point, given = drawn(penalised_problems(), seed=2, size=4, **_POINT)
    got = measured(minimiser, point, given)
    for k, (A, b, weights) in enumerate(zip(given["A"], given["b"], given["lambda"], strict=True)):

        def value(parts: np.ndarray, A: np.ndarray = A, b: np.ndarray = b, weights: np.ndarray = weights) -> float:
            return float(np.sum((A @ (parts[:3] - parts[3:]) - b) ** 2) / 2 + np.tile(weights, 2) @ parts)

        best = minimize(value, np.ones(6), bounds=[(0, None)] * 6, options={"ftol": 1e-15, "gtol": 1e-10}).x
        assert best[:3] - best[3:] == pytest.approx(got[u][k].ravel(), abs=1e-4)
        assert A.T @ (b - A @ got[u][k].ravel()) == pytest.approx(got[slope][k].ravel())


def test_certified_objectives_are_those_of_the_problem() -> None:
    """F(v) - F(u) agrees with the objective of the problem that u and z were made into, by least squares."""
    point, given = drawn(certified_problems(CERTIFICATE), seed=4, size=6, columns=3, more=1)
    got = measured(compared(), point, given)
    for k in range(len(given["A"])):
        A, here, there, weights = (given[name][k] for name in ("A", "u", "v", "lambda"))
        b = A @ here + np.linalg.lstsq(A.T, weights * given["z"][k], rcond=None)[0]
        objective = [np.sum((A @ at - b) ** 2) / 2 + weights @ np.abs(at) for at in (here, there)]

        assert objective[1] - objective[0] == pytest.approx(got[excess][k, 0])
        assert np.sum((A @ (there - here)) ** 2) == pytest.approx(got[apart][k, 0])


def test_levels_are_counts_of_thresholded_slopes() -> None:
    """As many entries are left as slopes exceed the penalty."""
    point, given = drawn(levelled_problems(), seed=1, columns=4, level=2)
    got = measured(counted(), point, given)
    slopes = np.abs(np.einsum("bnp,bn->bp", given["A"], given["b"]))

    assert ((slopes > given["lambda"]).sum(axis=1) == got[count][:, 0]).all()
    assert (got[level] == 2).all()


def test_pairs_are_two_minimisers() -> None:
    """The norms for both penalties are those of the minimisers for each alone."""
    point, given = drawn(paired_problems(), seed=3, size=4, **_POINT)
    got = measured(both_minimisers, point, given)
    for place, name in enumerate(("lambda", "mu")):
        alone = measured(minimiser, point, {**given, "lambda": given[name]})[u]

        assert np.abs(alone).sum(axis=(1, 2, 3)) == pytest.approx(got[norms[place]][:, 0])
