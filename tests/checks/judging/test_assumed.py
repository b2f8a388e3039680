"""What the hypotheses amount to at a counterexample."""

from dataclasses import replace

import numpy as np

from lemmata import conjecture, dimension, matrix, norm2, positive, real, sqrt, total, vector
from lemmata.checks import Effort, judge
from lemmata.checks.counterexample import Assumed, Counterexample
from lemmata.checks.judging.assumed import assumed
from lemmata.claims import Compared, Hypothesis

u, v, m = real("u", "v", "m")
eta = positive("eta", high=8)
x = vector("x", 3, low=0, high=1)

STEP = conjecture("A step is short", key="a/step", given=[eta * abs(u * v - m) <= 2 * sqrt(2)], then=u <= v)
LENGTH = conjecture("Vectors are short", key="a/length", given=[norm2(x) >= 1], then=norm2(x) <= 2)


def test_both_sides_of_a_relation_are_exact_where_numbers_are() -> None:
    """What is rational is a fraction, and a root beside it has its digits."""
    found = assumed(STEP, {}, {name: np.array([value]) for name, value in {"u": 0.5, "v": 3, "m": 1, "eta": 1}.items()})

    assert ["1 > 0", "1 <= 8", "1/2 <= 2.8284271247461901"] == [one.value for one in found]


def test_of_many_entries_the_narrowest_is_shown() -> None:
    """A range of the entries of a vector is shown at the entry that is nearest to its end."""
    found = {one.name: one.value for one in assumed(LENGTH, {}, {"x": np.array([[0.5, 0.25, 1.0]])})}

    assert {"x >= 0": "1/4 >= 0", "x <= 1": "1 <= 1", "Norm(x)**2 >= 1": "21/16 >= 1"} == found


def test_a_matrix_without_columns_compares_nothing() -> None:
    """Its range is met, and no entry of it can be shown."""
    n = dimension("n", upto=3)
    claim = conjecture("columns", key="a/columns", then=total(matrix("A", 2, n - 1, low=0)) >= 0)
    found = assumed(claim, {"n": 1}, {"A": np.zeros((1, 2, 0))})

    assert [("A >= 0", "met")] == [(one.name, one.value) for one in found]


def test_a_predicate_is_met_and_nothing_more() -> None:
    """Of what is no relation there are no sides; what rounds has them in floats."""
    plain = Hypothesis(name="balanced", holds=lambda *_: np.array([True]))

    def sides(_: object, one: dict[str, np.ndarray]) -> Compared:
        return Compared(left=np.linalg.norm(one["x"].astype(float), axis=1), sign="<", right=2)

    rounded = Hypothesis(name="short", holds=lambda *_: np.array([True]), sides=sides)
    claim = replace(LENGTH, given=replace(LENGTH.given, hypotheses=(plain, rounded)))
    found = assumed(claim, {}, {"x": np.array([[3.0, 4.0]])})

    assert [Assumed(name="balanced"), Assumed(name="short", left="5.0", sign="<", right="2")] == found
    assert ["met", "5.0 < 2"] == [one.value for one in found]


def test_a_trial_records_them() -> None:
    """The smallest counterexample of a trial holds its hypotheses, and they are met there."""
    evidence = judge(STEP, effort=Effort.QUICK)
    example = evidence.worst

    assert isinstance(example, Counterexample)
    assert ["eta > 0", "eta <= 8", "eta*Abs(m - u*v) <= 2*sqrt(2)"] == [one.name for one in example.assumed]
    assert all(one.sign in {">", "<="} for one in example.assumed)
