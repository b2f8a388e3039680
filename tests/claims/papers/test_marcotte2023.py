"""The counts of laws that the claims measure, against the literature's table and against sympy and sampling."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import sympy as sp
from claim_tools import measured_at_edge

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.marcotte2023 import convolutions, deep, gates, two_layers
from lemmata.claims.papers.marcotte2023._balance import balance_gradients
from lemmata.claims.papers.marcotte2023._counting import L
from lemmata.claims.papers.marcotte2023._shapes import APART
from lemmata.solvers import as_floats, to_rationals

TABLE = (
    (two_layers.linear, "1-1-1", 1),
    (two_layers.linear, "1-2-1", 3),
    (two_layers.linear, "2-2-2", 3),
    (two_layers.linear, "2-4-2", 10),
    (two_layers.linear, "2-5-2", 14),
    (two_layers.linear, "3-8-3", 33),
    (two_layers.linear, "5-5-5", 15),
    (deep.linear, "2-3-3-2", 12),
    (deep.linear, "1-2-2-2", 6),
    (deep.narrow, "1-2-2-1", 7),
    (deep.narrow, "1-3-3-1", 14),
    (two_layers.complete, "3-8-3", 33),
    (two_layers.complete, "5-5-5", 15),
    (two_layers.relu, "2-3-2", 3),
    (two_layers.relu_biased, "2-3-2", 3),
    (deep.relu, "3-5-4-2", 9),
    (deep.relu, "3-4-3-2 with biases", 7),
    (two_layers.biased, "2-3-2", 6),
    (two_layers.square, "3-2-1", 2),
    (two_layers.square, "2-3-1", 3),
    (two_layers.softmax, "3-3-3", 9),
    (two_layers.softmax_relu, "2-2-3", 4),
    (convolutions.relu, "2-3-2 channels, two taps, length 4", 3),
    (convolutions.linear, "2-3-2 channels, two taps, length 4", 6),
    (convolutions.relu, "1-2-1 channels, three taps, length 6, stride 3", 4),
)


@pytest.mark.parametrize(("claim", "edge", "count"), TABLE, ids=[f"{one.key} {edge}" for one, edge, _ in TABLE])
def test_the_table_of_models(claim: Claim, edge: str, count: int) -> None:
    """Each model of the literature's table is an edge of a claim, with the number known, as measured and as stated."""
    case = measured_at_edge(claim, edge, to_rationals)
    stated = as_floats(evaluate(claim.then.right, case.values))

    assert {float(count)} == set(as_floats(case.values[str(L)]).ravel())
    assert {float(count)} == set(stated.ravel())


def test_the_laws_of_1_2_2_1_are_first_integrals_of_one_field() -> None:
    """Six quadratic forms do not change along the gradient of c'Ba, and their gradients have rank six, says sympy."""
    a1, a2, b11, b12, b21, b22, c1, c2 = letters = sp.symbols("a1 a2 b11 b12 b21 b22 c1 c2")
    B, a, c = sp.Matrix([[b11, b12], [b21, b22]]), sp.Matrix([a1, a2]), sp.Matrix([c1, c2])
    number = (c.T * B * a)[0]
    field = [sp.diff(number, letter) for letter in letters]
    imbalances = [a * a.T - B.T * B, B * B.T - c * c.T]
    quantities = [imbalance[i, j] for imbalance in imbalances for i, j in ((0, 0), (0, 1), (1, 1))]
    slopes = sp.Matrix([[sp.diff(one, letter) for letter in letters] for one in quantities])
    point = dict(zip(letters, (2, -3, 5, 7, -1, 4, 3, 8), strict=True))

    assert all(sp.expand(sum(s * x for s, x in zip(slopes.row(row), field, strict=True))) == 0 for row in range(6))
    assert 6 == slopes.subs(point).rank()
    case = measured_at_edge(deep.seventh, "1-2-2-1", to_rationals)
    assert {6.0} == set(as_floats(case.values["K"]).ravel())
    assert {7.0} == set(as_floats(case.values[str(L)]).ravel())


def test_shapes_with_wide_layers_between_narrow_ones() -> None:
    """The hypothesis of the deep linear claim, spelled out: some 1, two or more wider, 1."""
    for widths in product((1, 2, 3), repeat=5):
        text = "".join(map(str, widths))
        bad = any(
            text[i] == text[j] == "1" and j - i >= 3 and "1" not in text[i + 1 : j]
            for i in range(5)
            for j in range(i + 1, 5)
        )
        holds = APART.holds({"widths": list(widths)}, {"theta": np.zeros((2, 1))})

        assert [not bad] * 2 == holds.tolist()


def test_laws_for_the_gates_of_one_input() -> None:
    """Five neurons, three open to the right: a linear network 1-3-m and one 1-2-m, for both numbers of outputs."""
    procedure = gates.line.when
    weights = np.array([[1.0], [2.0], [-1.0], [3.0], [-2.0]])[None]
    rng = np.random.default_rng(0)
    counts = []
    for outputs in (1, 2):
        instances = {"W1": to_rationals(weights), "W2": to_rationals(rng.normal(size=(1, outputs, 5)))}
        measured = procedure.run({"hidden": [5], "outputs": outputs}, instances)
        counts.append(int(as_floats(measured.cases[0].values[str(L)]).item()))

    # of a linear network 1-k-m: all entries of a k x k imbalance of rank at most 1 + m
    expected = [sum(min(k, 1 + m) * (2 * k - min(k, 1 + m) + 1) // 2 for k in (3, 2)) for m in (1, 2)]
    assert expected == counts


def test_a_dead_network_keeps_everything() -> None:
    """Where no input reaches the output no weight moves."""
    instances = {
        "W1": to_rationals(np.array([[[1.0, 0.5], [0.25, 1.0]]])),
        "W2": to_rationals(-np.ones((1, 2, 2))),
        "W3": to_rationals(np.ones((1, 2, 2))),
    }
    measured = gates.often.when.run({"hidden": [2, 2], "outputs": 2}, instances)

    assert 12 == int(as_floats(measured.cases[0].values[str(L)]).item())


def test_gradients_of_the_balance_are_those_of_sympy() -> None:
    """For 2-3-1 the rows are the gradients of the six entries of W_1 W_1' - W_2' W_2."""
    letters = sp.symbols("t:9")
    first, second = sp.Matrix(3, 2, letters[:6]), sp.Matrix(1, 3, letters[6:])
    balance = first * first.T - second.T * second
    entries = sp.Matrix([balance[i, k] for i in range(3) for k in range(i, 3)])
    theta = np.arange(1.0, 10.0)[None] / 8
    expected = np.array(entries.jacobian(letters).subs(dict(zip(letters, theta[0], strict=True)))).astype(float)

    assert np.allclose(expected, balance_gradients({"inputs": 2, "hidden": 3, "outputs": 1}, theta)[0])
