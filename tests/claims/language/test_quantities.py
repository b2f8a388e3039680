"""Quantities with their meaning, values given by their logarithm, and parts of formulas with a name."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import sympy as sp

from lemmata.claims import (
    AtMost,
    Case,
    ClaimError,
    Conserved,
    Identity,
    Measurement,
    Procedure,
    Rate,
    Selects,
    WithProbability,
    evaluate,
    measured_symbols,
    quantity,
)
from lemmata.solvers import Bounded, as_floats

length = sp.Symbol("ell", positive=True)
err = quantity("|x - x^*|_1", "distance from the minimiser", unit=length, positive=True)
alpha = quantity("alpha", "initialization", positive=True)
a, b, c, m = sp.symbols("a b c m")


def procedure(*measures: object) -> Procedure:
    """A procedure that is never run."""
    return Procedure(name="a run", measures=measures, run=lambda *_: Measurement(cases=()))


class TestQuantity:
    """A symbol that knows what it is."""

    def test_is_a_symbol(self) -> None:
        """It calculates like a symbol with the same assumptions, and is equal to itself declared again."""
        again = quantity("|x - x^*|_1", "distance from the minimiser", unit=length, positive=True)

        assert again == err
        assert sp.sqrt(err**2) == err
        assert {err, alpha} == (err * alpha**2).free_symbols

    @pytest.mark.parametrize("made", [copy.deepcopy(err), pickle.loads(pickle.dumps(err))])  # noqa: S301 - made here
    def test_survives_copies(self, made: sp.Symbol) -> None:
        """Copied, or sent to another process, it is the same and keeps its meaning and unit."""
        assert (err, "distance from the minimiser", length) == (made, made.meaning, made.unit)
        assert made.is_positive

    def test_procedure_takes_meaning_and_unit(self) -> None:
        """A procedure lists quantities alone; one that it measures by its logarithm stands as itself."""
        run = procedure(sp.log(err), alpha)

        assert {err: "distance from the minimiser", alpha: "initialization"} == run.meanings
        assert {err: length} == run.units

    def test_is_drawn_like_a_symbol(self) -> None:
        """Every printer of sympy takes it for a symbol."""
        plain = sp.Symbol("alpha", positive=True)

        assert [sp.pretty(plain), sp.latex(plain), str(plain)] == [sp.pretty(alpha), sp.latex(alpha), str(alpha)]

    def test_needs_a_meaning(self) -> None:
        """A quantity without a word on what it is is refused."""
        with pytest.raises(ClaimError, match="has no meaning"):
            quantity("x", " ")


class TestLogarithms:
    """What would underflow is measured by its logarithm."""

    def test_values(self) -> None:
        """The quantity, its logarithm and products of powers all follow from the logarithm that was measured."""
        case = Case(
            name="", values={sp.log(err): np.array([-1e5, 2.0]), sp.log(alpha): np.array([-5e4, 1.0]), a: np.ones(2)}
        )
        found = [evaluate(part, case.values) for part in (sp.log(err), err, err / alpha**2, a * err * alpha**-2)]

        assert [[-1e5], [2.0]] == found[0].tolist()
        assert [[0.0], [pytest.approx(np.exp(2))]] == found[1].tolist()
        assert [[1.0], [1.0]] == found[2].tolist() == found[3].tolist()
        assert {"|x - x^*|_1", "alpha", "a"} == case.quantities

    def test_error_bounds_are_carried(self) -> None:
        """Out of the logarithm the error bound comes along."""
        case = Case(name="", values={sp.log(err): Bounded(np.array([1.0]), np.array([1e-3]))})
        found = evaluate(err, case.values)

        assert abs(float(as_floats(found)[0, 0]) - np.exp(1)) < 1e-12
        assert float(found.error[0, 0]) >= 1e-3 * np.exp(1) * 0.99

    def test_rate_takes_powers_apart(self) -> None:
        """A rate in ``alpha**D`` needs the logarithm of alpha only."""
        rate = Rate(quantity=err, scale=alpha ** sp.Integer(3), exponent=1)

        assert (sp.log(err), 3 * sp.log(alpha)) == rate.logarithms


class TestWhere:
    """Named parts of a formula."""

    def test_judged_in_place(self) -> None:
        """The formula that is judged holds no name, earlier names in later ones included."""
        claimed = AtMost(left=a, right=c * m, where={m: sp.Max(a, b), c: m + 1})

        assert (a, (sp.Max(a, b) + 1) * sp.Max(a, b)) == claimed.expressions
        assert {a, b} == measured_symbols(claimed)
        assert AtMost(left=a, right=(sp.Max(a, b) + 1) * sp.Max(a, b)) == claimed.unfolded()

    @pytest.mark.parametrize(
        "claimed",
        [
            Identity(left=a, right=c, where={c: 2 * b}),
            Conserved(quantity=a * c, where={c: 2 * b}),
            Rate(quantity=err, scale=alpha, exponent=c, where={c: 2 * b}),
            Selects(reached=a, least=c, other=m, where={c: 2 * b}),
            WithProbability(event=AtMost(left=a, right=c, where={c: 2 * b}), at_least=sp.Rational(1, 2)),
        ],
    )
    def test_every_kind(self, claimed: Identity) -> None:
        """Every kind of conclusion takes names, and is judged without them."""
        assert b in measured_symbols(claimed)
        assert c not in measured_symbols(claimed)
        assert not claimed.unfolded().where

    @pytest.mark.parametrize("where", [{m: a}, {a + b: c}])
    def test_names_must_be_used(self, where: dict[sp.Expr, sp.Expr]) -> None:
        """A name that no formula uses, or that is no symbol, is refused."""
        with pytest.raises(ClaimError, match="where= names"):
            AtMost(left=a, right=c, where=where)


def test_one_case_in_one_line() -> None:
    """``Measurement.of`` is a measurement with one case."""
    values = {a: np.zeros(2)}
    made = Measurement.of(values, case="the run", failures={"lost": np.zeros(2, dtype=bool)})

    assert ["the run"] == [case.name for case in made.cases]
    assert ["lost"] == list(made.failures)
