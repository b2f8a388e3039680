"""Recursions of eigenvalues of deep factorizations."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from lemmata.claims.papers.chou2024._eigenvalues import Recursion

e, eta, target, N = sp.symbols("e_t eta lambda N", positive=True)

FORMULAS = {
    Recursion.TRUE: e - eta * e ** (N - 1) * (e**N - target),
    Recursion.ONE_LAYER: e - eta * (e**N - target),
    Recursion.SUMMED: e - N * eta * e ** (N - 1) * (e**N - target),
    Recursion.TURNED: e - eta * e ** (N - 1) * (e**N + target),
}


@pytest.mark.parametrize("recursion", Recursion)
@pytest.mark.parametrize("depth", [2, 3, 5])
def test_step_is_the_formula(recursion: Recursion, depth: int) -> None:
    """A step is what the statement prints, by sympy."""
    point = {e: 0.7, eta: 0.2, target: 1.3, N: depth}
    step = recursion.step(np.array([[0.7]]), np.array([[1.3]]), 0.2, depth)

    assert float(FORMULAS[recursion].subs(point)) == pytest.approx(step[0, 0])


def test_statements_differ() -> None:
    """Each recursion is measured under a name of its own, which holds its formula."""
    assert len(Recursion) == len({recursion.layer for recursion in Recursion})
    assert all(recursion.value in recursion.layer.name for recursion in Recursion)


def test_limit_is_a_root_of_the_target() -> None:
    """The true recursion ends at the N-th root of the target."""
    value = np.array([[0.5]])
    for _ in range(2000):
        value = Recursion.TRUE.step(value, np.array([[1.3]]), 0.05, 3)

    assert 1.3 ** (1 / 3) == pytest.approx(value[0, 0])
