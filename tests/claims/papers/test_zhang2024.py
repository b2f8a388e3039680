"""A declined paper and the stand-in beside it, against a general solver."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import drawn, measured
from scipy.optimize import minimize

from lemmata.claims import Status
from lemmata.claims.papers import zhang2024


def test_declined_with_a_reason() -> None:
    """The paper says why it is declined, and its one claim is a companion that says so."""
    assert zhang2024.PAPER.declined
    assert Status.COMPANION is zhang2024.elastic.status
    assert "declined" in zhang2024.elastic.note


@pytest.mark.parametrize("anchor", list(zhang2024.Anchor))
def test_distance_of_tasks_learnt_in_sequence(anchor: zhang2024.Anchor) -> None:
    """SciPy's minimum of the second task with its penalty is as far from SciPy's joint minimum."""
    point, given = drawn(zhang2024.elastic.given, seed=1, size=1, n=3)
    got = measured(zhang2024.sequential(anchor), point, given)[zhang2024.away][0, 0]
    H_1, H_2, a_1, a_2 = (given[name][0] for name in ("H_1", "H_2", "a_1", "a_2"))
    held = {"HESSIAN": H_1, "DIAGONAL": np.diag(np.diag(H_1)), "IDENTITY": np.eye(3), "DOUBLED": 2 * H_1}[anchor.name]

    def least(penalty: np.ndarray) -> np.ndarray:
        found: np.ndarray = minimize(
            lambda x: (x - a_2) @ H_2 @ (x - a_2) / 2 + (x - a_1) @ penalty @ (x - a_1) / 2, np.zeros(3), tol=1e-10
        ).x
        return found

    assert np.sum((least(held) - least(H_1)) ** 2) == pytest.approx(got, rel=1e-3, abs=1e-8)
