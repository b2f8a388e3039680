"""Numbers of every size that floats hold."""

from typing import Any

import numpy as np
import pytest

from lemmata import (
    Effort,
    Rational,
    at_least,
    at_most,
    conjecture,
    conserved,
    cosh,
    decreases,
    dimension,
    dot,
    equals,
    exp,
    gradient_descent,
    gradient_flow,
    judge,
    log,
    maximum,
    measured,
    norm,
    norm2,
    positive,
    real,
    sin,
    sqrt,
    sup,
    tanh,
    vector,
)
from lemmata.checks._trial import run_part
from lemmata.checks.part import SAMPLE
from lemmata.checks.stages.sizes import _of_size
from lemmata.claims import Claim

p, q = positive("p", "q")
x, y = real("x", "y")
v, w = vector("v", 3), vector("w", 3)
GIANT = 10**50

FALSE = {
    "beyond 1e43": at_most(log(1 + p), 100 + p / GIANT),
    "below 1e-131": at_most(-log(p), 300),
    "where exp leaves the floats": at_most(log(1 + exp(x)), 600),
    "where a quotient does": at_most(log(p / q), 1000),
    "where a square does": at_most(norm(v), GIANT**3 + norm2(v) / GIANT**4),
    "where two phases meet": at_most(sin(x) + sin(sqrt(2) * x), Rational(1999, 1000)),
}
TRUE = {
    "tangent": at_least(exp(x), 1 + x),
    "logarithm": at_most(log(1 + p), p),
    "inner product": at_most(dot(v, w), norm(v) * norm(w)),
    "product of powers": equals((p * q) ** 9, p**9 * q**9),
    "logarithm of a sum": at_most(log(p + q), log(p) + log(1 + q / p) + Rational(1, 10**9)),
    "entropy": at_most(-p * log(p), exp(-1)),
    "sine": at_most(sin(p), p),
}


def stated(then: object) -> Claim:
    """A conjecture about numbers of any size."""
    return conjecture("Said of numbers of any size", key="sizes/one", then=then)


@pytest.mark.parametrize("name", FALSE)
def test_false_far_away_only(name: str) -> None:
    """What fails only beyond the sizes that are drawn is refuted by drawn instances brought to other sizes."""
    found = run_part(stated(FALSE[name]), SAMPLE, Effort.STANDARD, 0)

    assert not found.error
    assert found.sample is not None
    assert found.sample.smallest is not None


@pytest.mark.parametrize("name", TRUE)
def test_true_at_every_size(name: str) -> None:
    """What is true stays so where floats overflow and underflow: neither accused, nor an error, nor left open."""
    found = judge(stated(TRUE[name]), effort=Effort.QUICK, seed=0)

    assert found.verdict in {"holds", "proved"}, found.sentence


def newton(p: Any) -> dict[str, Any]:
    """Sixty steps towards the square root, from one."""
    root = p * 0 + 1
    for _ in range(60):
        root = (root + p / root) / 2
    return {"root": root}


def solver(p: Any) -> dict[str, Any]:
    """A procedure that refuses large numbers."""
    if np.any(np.asarray(p.value if hasattr(p, "value") else [0]) > 1e100):
        raise np.linalg.LinAlgError("did not converge")
    return {"root": np.sqrt(p)}


def test_procedures_are_looked_at_too() -> None:
    """Sixty steps do not do for numbers beyond 1e36; a procedure that fails there is not held to it."""
    root = measured("root")
    false = conjecture("Newton's steps", key="sizes/newton", runs=newton, then=root <= 2 * sqrt(p))
    other = conjecture("A root", key="sizes/solver", runs=solver, then=root <= (1 + p) / 2)
    found = run_part(other, SAMPLE, Effort.QUICK, 0)

    assert "refuted" == judge(false, effort=Effort.QUICK).verdict
    assert "" == found.error
    assert found.sample is not None
    assert found.sample.smallest is None


def test_sizes() -> None:
    """An array is scaled as a whole, to the exponent that is asked for, from the smallest float to the largest."""
    values = np.array([[3.0, -6.0], [0.0, 0.0], [1.0, 0.5], [-7.0, 0.1]])

    found = _of_size(values, np.array([10.0, 5.0, -1073.0, 1023.9]))

    assert [[256.0, -512.0], [0.0, 0.0]] == found[:2].tolist()
    assert [2.0**-1074, 0.0] == found[2].tolist()
    assert np.isfinite(found).all()
    assert -(2.0**1023) < found[3, 0] < -(2.0**1022.5)


n = dimension("n", upto=5)
many, some = vector("many", n), vector("some", 100)
ten = real(*(f"x{place}" for place in range(10)))
LARGER = {
    "of two entries on": at_most(tanh((norm2(many) - sup(many) ** 2) / GIANT), 1 - Rational(1, 10**9)),
    "of a hundred entries": at_most(norm2(some), GIANT),
    "of the tenth quantity": at_most(abs(ten[9]), GIANT + sum(one**2 for one in ten[:9])),
}


@pytest.mark.parametrize("name", LARGER)
def test_more_entries_and_quantities(name: str) -> None:
    """Neither the smallest size, of which much is true by itself, nor the first few quantities stand for all."""
    assert "refuted" == judge(stated(LARGER[name]), effort=Effort.QUICK).verdict


HUMP = log(cosh(x)) - maximum(abs(x) - 10**8, 0) ** 2
DYNAMICS = {
    "a step": {"steps": gradient_descent(x**2 / 2 + cosh(x / 10**20), of=x, step=1), "then": decreases(x**2)},
    "three steps": {
        "steps": gradient_descent(x**2 / 2 + cosh(x / 10**4), of=x, step=Rational(1, 2), count=3),
        "then": decreases(x**2),
    },
    "a flow": {"along": gradient_flow(HUMP, of=x), "then": decreases(x**2)},
    "a law": {
        "along": gradient_flow((x * y - 1) ** 2 / 2, of=(x, y)),
        "then": conserved(x**2 - y**2 + maximum(x / 10**9 - 1, 0)),
    },
}


@pytest.mark.parametrize("name", DYNAMICS)
def test_steps_and_flows_from_starts_of_every_size(name: str) -> None:
    """What a step or a flow does far from one only is looked at as formulas are."""
    claim = conjecture("Said of starts of any size", key="sizes/moving", **DYNAMICS[name])

    assert "refuted" == judge(claim, effort=Effort.QUICK).verdict


def test_steps_that_leave_the_floats_are_not_accused() -> None:
    """A true statement about a step of a quartic loss is neither refuted nor undone by numbers beyond the floats."""
    falls = conjecture(
        "A short step does not raise the loss",
        key="sizes/quartic",
        steps=gradient_descent(x**4 / 4, of=x, step=p),
        given=[p * x**2 <= 1],
        then=decreases(x**4),
    )

    assert judge(falls, effort=Effort.QUICK).verdict in {"holds", "proved"}
