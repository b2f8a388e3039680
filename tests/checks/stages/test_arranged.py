"""Matrices, vectors and numbers with a structure, which no sampler draws."""

from typing import Any

import numpy as np
import pytest
from sympy import Identity

from lemmata import (
    absolute,
    at_least,
    conjecture,
    dot,
    exp,
    matrix,
    norm,
    norm2,
    orthogonal,
    positive,
    real,
    sign,
    singular_values,
    spectral,
    symmetric,
    trace,
    unit,
    vector,
)
from lemmata.checks import Effort
from lemmata.checks._trial import run_part
from lemmata.checks.part import SEARCH
from lemmata.checks.stages.arranged import arranged
from lemmata.checks.stages.special import judge_special
from lemmata.checks.stages.tally import Tally
from lemmata.claims import Claim
from lemmata.claims.language.short.values import values_of

M, S, A, I3 = matrix("M", 3, 3), symmetric("S", 3), matrix("A", 4, 3), Identity(3)
Q, W = orthogonal("Q", 3), orthogonal("W", 4)
w, z = vector("w", 3), vector("z", 3)
x, y, s = real("x"), real("y"), real("s")
p, q, r = positive("p"), positive("q"), positive("r")


def grown(square: Any) -> Any:
    """One where a quantity that is not negative is positive, else zero; no decision procedure reads it."""
    return sign(exp(square) - 1)


def apart(*pairs: tuple[Any, Any]) -> list[Any]:
    """That quantities differ."""
    return [absolute(one - other) > 0 for one, other in pairs]


EXCEPTIONS: dict[str, tuple[list[Any], Any]] = {
    "a multiple of the identity": ([norm2(S) > 0], grown(norm2(S - S[0, 0] * I3))),
    "rank one": (apart((M[0, 0], M[0, 1]), (M[0, 0], M[1, 0])), sign(singular_values(M)[1])),
    "rank one of whole norm": (
        apart((A[0, 0], A[0, 1]), (A[0, 0], A[1, 0]), (A[0, 1], 0)),
        sign(norm(A) - spectral(A)),
    ),
    "a nilpotent matrix": (apart((M[0, 1], 0)), grown(norm2(M @ M))),
    "a full nilpotent matrix": (apart((M[0, 1], 0), (M[1, 0], 0), (M[0, 0], 0)), grown(norm2(M @ M))),
    "a projection": (
        apart((M[0, 1], 0), (M[1, 0], 0), (M[0, 0], 1), (M[0, 1], M[1, 0])),
        grown(norm2(M @ M - M)),
    ),
    "a permutation": (apart((M[0, 1], M[1, 0])), grown(norm2(M @ M.T - I3))),
    "a matrix that equals a symmetric one": (
        apart((S[0, 1], 0), (S[0, 0], S[1, 1]), (M[0, 1], 0)),
        grown(norm2(S @ M - M @ S)),
    ),
    "an orthogonal matrix that is the identity": ([], grown(norm2(Q - I3))),
    "its sign of the distance": ([], sign(norm2(Q - I3))),
    "an orthogonal matrix that is minus the identity": ([], grown(norm2(Q + I3))),
    "a trace of minus three": ([], grown(trace(Q) + 3)),
    "an orthogonal matrix that swaps axes": (
        [absolute(W[0, 0]) < 1, absolute(W[0, 1]) > 0],
        grown(norm2(W @ W - Identity(4))),
    ),
    "orthogonal vectors": (
        [absolute(w[0] * w[1] * w[2]) > 0, absolute(z[0] * z[1] * z[2]) > 0],
        grown(absolute(dot(w, z))),
    ),
    "a product": ([absolute(x) > 1, absolute(y) > 1], grown(absolute(x * y - s))),
    "an inverse": ([p > 1, q < 1], grown(absolute(p * q - 1))),
    "a right triangle": ([p < q, q < r], grown(absolute(p**2 + q**2 - r**2))),
}


def stated(name: str, least: int) -> Claim:
    """That the quantity of an exception is at least a number."""
    given, quantity = EXCEPTIONS[name]
    return conjecture("Holds but for a structure", key="arranged/one", given=given, then=at_least(quantity, least))


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_fails_at_a_structure_alone_is_refuted(name: str) -> None:
    """A statement that is false at structured matrices, vectors or numbers only is refuted at the least effort."""
    found = run_part(stated(name, 1), SEARCH, Effort.QUICK, 0)

    assert "" == found.error
    assert found.sample is not None
    assert found.sample.smallest is not None


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_holds_at_every_structure_stands(name: str) -> None:
    """The true statement beside each of them has no counterexample among the structures."""
    tally = Tally()

    judge_special(tally, stated(name, 0), Effort.QUICK.budget, 0)

    assert tally.met > 0
    assert tally.violation is None
    assert tally.hidden is None


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_simple_orthogonal_matrices(count: int) -> None:
    """Of every size the identity and its opposite are among them, exactly, and all are orthogonal."""
    turn, length = orthogonal("Q", count), unit("e", count)
    claim = conjecture("Q", key="arranged/turns", then=at_least(norm2(turn) + length[0], -5))
    base = claim.given.draw({"spread": 1.0}, np.random.default_rng(0), 1)

    made = [values_of([turn, length], {}, one) for one in arranged(claim.given, base)]
    turns = [one["Q"][0] for one in made]

    assert all(np.allclose(one @ one.T, np.eye(count), atol=1e-14) for one in turns)
    if count > 1:  # a chart of a turn of one axis has no entry
        assert any(np.array_equal(one, np.eye(count)) for one in turns)
        assert any(np.array_equal(one, -np.eye(count)) for one in turns)
        assert any(np.array_equal(one["e"][0], np.eye(count)[0]) for one in made)


def test_many_arrays_give_few_candidates() -> None:
    """A family of many matrices, vectors and numbers has a few hundred structures, not all their combinations."""
    many = [matrix(f"M{k}", 3, 3) for k in range(9)]
    some = [vector(f"v{k}", 3) for k in range(9)]
    few = [real(f"x{k}") for k in range(9)]
    total = sum(map(norm2, [*many, *some])) + sum(one**2 for one in few)
    claim = conjecture("Many", key="arranged/many", then=at_least(total, 0))
    base = claim.given.draw({"spread": 1.0}, np.random.default_rng(0), 1)

    made = list(arranged(claim.given, base))

    assert 100 < len(made) < 300
    assert all(one.keys() == base.keys() for one in made)
