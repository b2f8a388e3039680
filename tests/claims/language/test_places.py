import re
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata import (
    Mod,
    at_most,
    conjecture,
    dimension,
    entrywise,
    equals,
    floor,
    greatest,
    judge,
    least,
    matrix,
    norm,
    norm2,
    real,
    singular_values,
    spectral,
    sup,
    total,
    trace,
    vector,
)
from lemmata.claims import ClaimError, evaluate

n = dimension("n", upto=3)
v, w, short = vector("v", n), vector("w", n), vector("short", n - 1)
A, x = matrix("A", n, n), real("x")
RNG = np.random.default_rng(5)
KNOWN = {"v": RNG.normal(size=(4, 1, 3, 1)), "w": RNG.normal(size=(4, 1, 3, 1)), "A": RNG.normal(size=(4, 1, 3, 3))}
V, W, M = (KNOWN[name][:, 0] for name in ("v", "w", "A"))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (total(entrywise(lambda a: a * norm2(w), v)), V.sum((1, 2)) * (W**2).sum((1, 2))),
        (total(entrywise(lambda a: a * w[0], v)), V.sum((1, 2)) * W[:, 0, 0]),
        (total(entrywise(lambda a: a * A[0, 1] + spectral(A), v)), None),
        (total(entrywise(lambda a: total(entrywise(lambda b: a * b, v)), w)), V.sum((1, 2)) * W.sum((1, 2))),
        (total(entrywise(lambda a: total(entrywise(lambda b: a**2 * b + w[1], v)), w)), None),
        (total(entrywise(floor, v)), np.floor(V).sum((1, 2))),
        (total(entrywise(lambda a: Mod(a, 1), v)), (V % 1).sum((1, 2))),
    ],
    ids=["a norm", "an entry", "of a matrix", "nested", "nested with an entry", "floor", "Mod"],
)
def test_entrywise_beside_others(formula: Any, expected: Any) -> None:
    """A function of entries may speak of other vectors and matrices, of outer entries, and of whole parts."""
    if expected is None and formula.has(spectral):
        expected = (V * M[:, 0, 1, None, None]).sum((1, 2)) + 3 * np.linalg.norm(M, 2, axis=(1, 2))
    elif expected is None:
        expected = (W**2).sum((1, 2)) * V.sum((1, 2)) + 9 * W[:, 1, 0]

    assert np.allclose(expected, evaluate(formula, KNOWN)[:, 0])


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (v[2] <= norm(v), r"v\[2\] is no entry of v where n = 1"),
        (A[0, 1] <= norm(A), r"A\[0, 1\] is no entry of A where n = 1"),
        (greatest(short) <= norm(short), r"greatest\(short\) is of no entries where n - 1 = 0"),
        (least(short) <= norm(short), r"least\(short\) is of no entries where n - 1 = 0"),
        (singular_values(A)[1] <= 1 + norm(A), r"singular_values\(A\)\[1\] is none of the values of A where n = 1"),
    ],
)
def test_places_beyond_some_sizes(then: Any, words: str) -> None:
    """Where a matrix is too small at some sizes, these are named, and what to declare."""
    found = judge(conjecture("Beyond", key="t/beyond", then=then), effort="quick")

    assert "error" == found.verdict
    assert re.search(words + "; .*declare", found.sentence), found.sentence


def test_places_beyond_numbers() -> None:
    """Where sizes are numbers a place beyond them is refused as it is written."""
    with pytest.raises(ClaimError, match=r"singular_values\(B\)\[2\] is none of the values of B, which has 2"):
        singular_values(matrix("B", 2, 2))[2]


def test_the_largest_of_no_entries() -> None:
    """The norms of a vector without entries are zero, the largest one as well."""
    empty = {"short": np.zeros((2, 1, 0, 1))}

    assert [[0.0], [0.0]] == evaluate(sup(short), empty).tolist() == evaluate(norm(short), empty).tolist()


def test_an_identity_beside_no_matrix() -> None:
    """The size of an identity is known where no other matrix of the formula has it."""
    found = judge(
        conjecture("Identity", key="t/identity", then=equals(trace(sp.Identity(n)) * x, n * x)), effort="quick"
    )
    wrong = judge(
        conjecture("Identity", key="t/wrong", then=at_most(trace(sp.Identity(n)) * x**2, 2 * x**2)), effort="quick"
    )

    assert ("proved", "refuted") == (found.verdict, wrong.verdict)
