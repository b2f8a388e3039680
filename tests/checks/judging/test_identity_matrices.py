"""Identity matrices of a declared size, wherever in a statement they stand."""

from typing import Any

import numpy as np
import pytest
from sympy import Identity, MatrixSymbol

from lemmata import (
    conjecture,
    decreases,
    dimension,
    equals,
    gradient_descent,
    gradient_flow,
    matrix,
    norm,
    norm2,
    orthogonal,
    trace,
)
from lemmata.checks import Effort, judge
from lemmata.checks.judging.margins import curves
from lemmata.checks.judging.sides import sides
from lemmata.claims import Case, Conserved, Located, Measurement, Time
from lemmata.solvers import Bounded, as_floats

n = dimension("n")
M, Q = matrix("M", n, n), orthogonal("Q", n)
ONE = Identity(n)

TRUE: dict[str, Any] = {
    "a term of a sum": {"then": equals((M + ONE) @ (M - ONE), M @ M - ONE)},
    "a whole side": {"then": equals(Q.T @ Q, ONE)},
    "a multiple of it as a side": {"then": equals(2 * ONE, ONE + Q.T @ Q)},
    "within a norm": {"then": norm(ONE) + norm(M) >= norm(M + ONE)},
    "one side of a hypothesis": {"given": [norm(M) <= norm(ONE)], "then": norm2(M) <= norm2(ONE)},
    "the gradient of a loss": {"steps": gradient_descent(trace(M), of=M, step=1), "then": decreases(trace(M))},
    "a flow's direction": {
        "along": gradient_flow(trace(M) + norm2(M), of=M),
        "then": decreases(norm2(M + ONE / 2)),
    },
}


@pytest.mark.parametrize("place", TRUE)
def test_its_size_is_that_of_the_others(place: str) -> None:
    """An identity has the size of the matrices that stand elsewhere in the statement."""
    found = judge(Located(conjecture("true", **TRUE[place]), "toy"), effort=Effort.QUICK, seed=0)

    assert ("", True) == (found.error, found.expected), found.sentence


def test_a_law_of_steps() -> None:
    """What a law adds at each step may be an identity, and so may a term of the quantity that does not move."""
    moved = MatrixSymbol("W", n, n)
    law = Conserved(quantity=moved + ONE, change=-ONE)
    states = np.eye(3) * np.array([3.0, 2.0, 1.0])[:, None, None]
    case = Case(name="", values={moved: Bounded.exact(states[None])})
    found = sides(law, case, Time.STEPS)
    ((_, measured, expected),) = curves(law, Measurement(cases=(case,)))

    assert 0.0 == abs(as_floats(found.difference)).max()
    assert found.is_checked().all()
    assert measured.tolist() == expected.tolist()
