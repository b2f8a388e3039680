"""Laws counted and found, against sympy's brackets and kernels and SciPy's flows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations_with_replacement, product
from math import comb
from typing import Any

import numpy as np
import pytest
import sympy as sp
from law_models import TABLE
from scipy.integrate import solve_ivp

from lemmata.solvers import UnknownNameError
from lemmata.solvers.laws import (
    Block,
    Convolutional,
    Dense,
    Law,
    Model,
    ModelError,
    closure,
    formula,
    independent,
    is_law,
    letters,
    one_field,
    search,
)

SMALL = (
    Dense(widths=(1, 2, 1)),
    Dense(widths=(2, 2, 1), activation="relu"),
    Dense(widths=(2, 2, 2)),
    Dense(widths=(1, 2, 2), bias=True),
    Dense(widths=(2, 1, 2), loss="cross_entropy"),
    Dense(widths=(2, 2, 1), activation="square"),
    Convolutional(channels=(1, 2, 1), kernels=(2, 3), length=2),
)
FLOWS = (
    Dense(widths=(2, 3, 2), activation="relu", bias=True),
    Dense(widths=(2, 2, 3, 1)),
    Dense(widths=(2, 3, 1), activation="square"),
    Dense(widths=(2, 3, 3), loss="cross_entropy"),
)


def symbolic(model: Model) -> tuple[list[Any], list[Any]]:
    """Sympy's letters and functions of a model."""
    x = list(sp.symbols(f"t:{model.size}"))
    functions = [
        sp.Add(*(c * sp.Mul(*(a**e for a, e in zip(x, powers, strict=True))) for powers, c in function.items()))
        for function in model.functions
    ]
    return x, functions


def as_sympy(law: Law, x: list[Any]) -> Any:
    """The law in sympy's letters."""
    return sp.Add(*(c * sp.Mul(*(a**e for a, e in zip(x, p, strict=True))) for p, c in law.terms.items()))


@pytest.mark.parametrize(("network", "count"), TABLE, ids=lambda part: getattr(part, "about", part))
def test_counts_of_the_literature(network: Dense | Convolutional, count: int) -> None:
    """For each of the 22 models both bounds agree with the number known, and every law is proved."""
    found = search(network.model)

    assert (count, count) == (found.at_least, found.at_most)
    assert found.finished
    assert all(is_law(network.model, law) for law in found.laws)


@pytest.mark.parametrize("network", SMALL, ids=lambda network: network.about)
def test_laws_are_sympys_kernel(network: Dense | Convolutional) -> None:
    """All laws of degree two, as sympy finds them from the model's functions by comparing coefficients."""
    model = network.model
    x, functions = symbolic(model)
    monomials = [sp.Mul(*part) for d in (1, 2) for part in combinations_with_replacement(x, d)]
    unknown = sp.symbols(f"c:{len(monomials)}")
    stated = sp.Add(*(c * m for c, m in zip(unknown, monomials, strict=True)))
    equations = [
        coefficient
        for function in functions
        for coefficient in sp.Poly(sum(sp.diff(stated, a) * sp.diff(function, a) for a in x), *x).coeffs()
    ]
    expected = sp.linear_eq_to_matrix(equations, unknown)[0].nullspace()
    found = search(model, degree=2, points=1)
    rows = sp.Matrix([[sp.Poly(as_sympy(law, x), *x).coeff_monomial(m) for m in monomials] for law in found.laws])

    assert len(expected) == found.polynomials
    assert len(expected) == sp.Matrix([list(column) for column in expected] + rows.tolist()).rank()


@pytest.mark.parametrize("network", SMALL, ids=lambda network: network.about)
def test_ranks_are_those_of_sympys_brackets(network: Dense | Convolutional) -> None:
    """The rank of the fields and of all brackets up to depth three, at a point of small whole numbers."""
    model = network.model
    x, functions = symbolic(model)
    fields = [sp.Matrix([sp.diff(function, a) for a in x]) for function in functions]
    point = dict(zip(x, np.random.default_rng(1).integers(-9, 10, model.size).tolist(), strict=True))
    levels, ranks = [fields], []
    span: list[Any] = []
    for _ in range(3):
        span += [list(field.subs(point)) for field in levels[-1]]
        ranks.append(sp.Matrix(span).rank())
        brackets = [g.jacobian(x) * f - f.jacobian(x) * g for f, g in product(fields, levels[-1])]
        levels.append([bracket.expand() for bracket in brackets if any(bracket)])
    ours = list(closure(model).ranks)

    assert ranks == (ours + ours[-1:] * 3)[:3]


def flow(network: Dense, theta: np.ndarray, data: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Minus the gradient of the real network's loss, by central differences."""

    def loss(point: np.ndarray) -> float:
        x, used = data, 0
        arrays = {}
        for block in network.model.blocks:
            arrays[block.name] = point[used : used + block.size].reshape(block.shape)
            used += block.size
        depth = len(network.widths) - 1
        for h in range(1, depth + 1):
            x = arrays[f"W{h}"] @ x + (arrays[f"b{h}"][:, None] if f"b{h}" in arrays else 0)
            if h < depth:
                x = ACTIVATIONS[network.activation](x)
        if network.loss == "cross_entropy":
            return float(np.sum(np.log(np.sum(np.exp(x), axis=0)) - x[0]))
        return float(np.sum((x - targets) ** 2)) / 2

    step = 1e-5
    return -np.array([loss(theta + step * e) - loss(theta - step * e) for e in np.eye(len(theta))]) / (2 * step)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
    "square": lambda z: z * z,
}


def value(law: Law, theta: np.ndarray) -> float:
    """The law at a point."""
    return sum(c * float(np.prod(theta ** np.array(powers))) for powers, c in law.terms.items())


@pytest.mark.parametrize("network", FLOWS, ids=lambda network: network.about)
def test_a_real_flow_keeps_them(network: Dense) -> None:
    """Along the flow of the network itself, integrated by SciPy, the loss falls and every law stays."""
    rng = np.random.default_rng(3)
    theta = rng.normal(size=network.model.size) / 2
    data, targets = rng.normal(size=(network.widths[0], 4)), rng.normal(size=(network.widths[-1], 4))
    ends = solve_ivp(lambda _, now: flow(network, now, data, targets), (0, 0.5), theta, rtol=1e-7, atol=1e-9).y[:, -1]
    laws = search(network.model).laws

    assert np.linalg.norm(ends - theta) > 0.05
    assert laws
    assert np.allclose([value(law, theta) for law in laws], [value(law, ends) for law in laws], atol=1e-4)


def test_one_missing_square_is_refused() -> None:
    """A law without one of its terms, or with one coefficient off, is none."""
    model = Dense(widths=(2, 3, 2), activation="relu").model
    (law, *_) = search(model).laws
    first, *others = law.terms.items()

    assert is_law(model, law)
    assert not is_law(model, Law(terms=dict(others)))
    assert not is_law(model, Law(terms={**law.terms, first[0]: 2}))


def test_the_sentence_says_why_a_search_ended() -> None:
    """Where degree two gives all laws, degree three is not looked at, and the sentence speaks of all degrees."""
    ended, looked = search(Dense(widths=(1, 1, 1, 1)).model, degree=3), search(Dense(widths=(2, 2, 2)).model, degree=1)

    assert (2, True) == (ended.degree, ended.finished)
    assert "2 polynomial laws; every other law, of whatever degree, follows from these." in str(ended)
    assert "No polynomial of degree up to 1 is conserved." in str(looked)


def test_the_seventh_law_is_no_polynomial_of_degree_six() -> None:
    """1-2-2-1 has seven laws, for its fields are multiples of one; polynomials up to degree six give six."""
    found = search(Dense(widths=(1, 2, 2, 1)).model, degree=6)

    assert found.one_field
    assert found.certified
    assert (7, 6, 6) == (found.at_most, len(found.laws), found.degree)
    # all 83 are the monomials of degree up to three in the six quadratic ones
    assert comb(6 + 3, 3) - 1 == found.polynomials


def test_what_is_not_known_is_an_interval() -> None:
    """At degree one nothing is found of a linear network, and nothing is claimed beyond the bounds."""
    found = search(Dense(widths=(2, 2, 2)).model, degree=1)

    assert not found.certified
    assert (0, 3) == (found.at_least, found.at_most)
    assert found.finished


def test_time_that_is_up_leaves_an_interval_and_can_be_gone_on_from() -> None:
    """Without time no law is found; what was found earlier is proved again and, if it is true, not sought again."""
    model = Dense(widths=(2, 2, 2)).model
    nothing = search(model, seconds=0.0)
    whole = search(model)
    wrong = Law(terms={(2, *[0] * 7): 1})
    lines: list[str] = []
    again = search(model, earlier=whole, on_progress=lines.append)
    mended = search(model, earlier=replace(whole, laws=(*whole.laws, wrong)))

    assert not nothing.finished
    assert (0, 8) == (nothing.at_least, nothing.at_most)
    assert whole.laws == again.laws == mended.laws
    assert again.certified
    assert not [line for line in lines if "polynomials" in line]


def test_dependent_laws_are_left_out() -> None:
    """Of 15 balances of a 2-5-2 network 14 are independent, and a square of one follows from it."""
    model = Dense(widths=(2, 5, 2)).model
    found = search(model)
    law = found.laws[0]
    square: dict[tuple[int, ...], int] = {}
    for (one, a), (two, b) in product(law.terms.items(), repeat=2):
        both = tuple(map(sum, zip(one, two, strict=True)))
        square[both] = square.get(both, 0) + a * b

    assert (15, 14) == (found.polynomials, len(found.laws))
    assert is_law(model, Law(terms=square))
    assert (law,) == independent(model, [law, Law(terms=square)])


def test_formulas_are_readable() -> None:
    """Rows, columns and whole arrays are written as such; what is no slice, term by term."""
    relu = Dense(widths=(2, 2, 2), activation="relu", bias=True).model
    taps = Convolutional(channels=(1, 2, 1), kernels=(3, 3), length=6, strides=(3, 1), activation="relu").model
    narrow = Dense(widths=(1, 1, 2)).model

    assert "|W1[1,:]|^2 + b1[1]^2 - |W2[:,1]|^2" == formula(search(relu).laws[0], relu)
    assert "W2[1,1,1] - W2[1,1,3]" == formula(search(taps).laws[0], taps)
    assert ["W1[1,1]^2 - |W2|^2"] == [formula(law, narrow) for law in search(narrow).laws]
    assert "3 W2[1,1] W2[2,1]^2 - 2 W1[1,1]" == formula(Law(terms={(1, 0, 0): -2, (0, 1, 2): 3}), narrow)


def test_one_field_is_seen_through_a_square() -> None:
    """(c'Ba - m)^2 has two functions of the parameters, but one direction."""
    u, v, m = (Block(name=name) for name in "uvm")
    known = letters([u, v, m])
    loss = (known["u"] * known["v"] - known["m"]) ** 2
    model = Model.of([loss], [u, v], "a product")

    assert 2 == len(model.functions)
    assert one_field(model)
    assert not one_field(Dense(widths=(1, 1, 2)).model)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Dense(widths=(3,)), "two widths or more"),
        (lambda: Dense(widths=(3, 0, 1)), "each 1 or more, got 3,0,1"),
        (lambda: Dense(widths=(3, 2, 1), loss="cross_entropy"), "two outputs"),
        (lambda: Dense(widths=(784, 100, 10)), "784,000 paths"),
        (lambda: Convolutional(channels=(1, 2, 1), kernels=(3,), length=6), "2 layers need 2 kernels"),
        (lambda: Convolutional(channels=(1, 2, 1), kernels=(3, 3), length=0), "length 0"),
        (lambda: search(Dense(widths=(8, 8, 8)).model, degree=3), "Take degree 2, or at most 69 parameters"),
        (lambda: Model.of([letters([Block(name="m")])["m"]], [], "a constant"), "depends on none"),
    ],
)
def test_what_cannot_be_sought_is_said(build: Callable[[], object], said: str) -> None:
    """The sentence holds the size, and what would fit."""
    with pytest.raises(ModelError, match=said):
        build()


def test_unknown_names_are_refused() -> None:
    """An activation that is no polynomial with gates, and a loss that is not known."""
    with pytest.raises(UnknownNameError, match="tanh"):
        Dense(widths=(2, 2), activation="tanh")
    with pytest.raises(UnknownNameError, match="hinge"):
        Dense(widths=(2, 2), loss="hinge")
