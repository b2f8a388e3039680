"""Which proof follows from a statement by itself."""

from typing import Any

import pytest

from lemmata import (
    Effort,
    conjecture,
    conserved,
    dimension,
    equals,
    gradient_descent,
    gradient_flow,
    judge,
    matrix,
    orthogonal,
    positive,
    real,
    symmetric,
    trace,
    vector,
)

n = dimension("n", upto=3)
S, Q, A, v = symmetric("S", n), orthogonal("Q", n), matrix("A", n, n), vector("v", n)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (equals(S.T, S), "proved"),
        (equals(trace(S @ A), trace(S @ A.T)), "proved"),
        (equals(Q.T @ Q @ v, v), "holds"),
        (equals(A.T, A), "refuted"),
        (equals(S @ A, A @ S), "refuted"),
    ],
    ids=["symmetric", "symmetric trace", "orthogonal", "not symmetric", "no product of symmetric ones"],
)
def test_letters_with_equations_of_their_own_are_no_free_ones(then: Any, expected: str) -> None:
    """That S is symmetric is not left open because free letters do not know it."""
    assert expected == judge(conjecture("An identity", key="proofs/one", then=then), effort=Effort.QUICK).verdict


def test_a_step_size_that_is_a_quotient_is_no_polynomial() -> None:
    """The sum of x and y is kept by steps 1/L on L (x - y)^2 / 2, whatever cancels in the formula of a step."""
    x, y, L = real("x"), real("y"), positive("L")
    steps = gradient_descent(L * (x - y) ** 2 / 2, of=(x, y), step=1 / L)

    assert "proved" == judge(conjecture("Kept", key="proofs/two", steps=steps, then=conserved(x + y))).verdict


def test_a_number_that_moves_beside_matrices_is_no_letter() -> None:
    """A law of matrices along a flow of a number and a matrix is judged without the free algebra, which has neither."""
    s, t, B = real("s"), real("t"), matrix("B", n, n)
    along = gradient_flow((s - t) * trace(A.T @ B), of=(s, t, A))

    true = conjecture("Kept", key="proofs/three", along=along, then=conserved((s + t) * B))
    false = conjecture("Not kept", key="proofs/four", along=along, then=conserved((s - t) * B))

    assert judge(true, effort=Effort.QUICK).verdict in {"holds", "proved"}
    assert "refuted" == judge(false, effort=Effort.QUICK).verdict
