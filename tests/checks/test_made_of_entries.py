"""Counterexamples in quantities that are made from the entries of an instance: a reader sees the quantities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lemmata import Rational, conjecture, judge, orthogonal, symmetric, trace, unit
from lemmata.checks import Effort
from lemmata.checks.evidence import Evidence

e = unit("e", 3)
S = symmetric("S", 2)
Q = orthogonal("Q", 2)


def refuted(then: Any) -> Evidence:
    """The evidence against a false statement."""
    found = judge(conjecture("False", key="toy/false", then=then), effort=Effort.QUICK, seed=0)
    assert "refuted" == found.verdict
    return found


@pytest.mark.parametrize(("name", "then"), [("e", e[0] <= Rational(1, 2)), ("Q", Q[0, 0] <= Rational(1, 2))])
def test_what_a_chart_stands_for_is_recorded(name: str, then: Any) -> None:
    """The unit vector or orthogonal matrix of a counterexample is there, first of all, and is one."""
    found = refuted(then).sample.smallest
    assert found is not None
    made = np.array(found.made[name])
    assert np.allclose(np.eye(len(made)) if made.ndim > 1 else 1, made @ made.T, rtol=0, atol=1e-12)
    assert name == next(iter(found.entries))


def test_a_symmetric_matrix_is_shown_symmetric() -> None:
    """Not the matrix of which it is the symmetric part."""
    found = refuted(trace(S @ S) <= S[0, 1] ** 2 + 1).sample.smallest
    assert found is not None
    shown = np.array(found.entries["S"])
    assert (shown == shown.T).all()
