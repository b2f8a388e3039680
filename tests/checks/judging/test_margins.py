from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata.checks.judging.margins import Margins, curves, margins
from lemmata.checks.judging.sides import Relation, sides
from lemmata.claims import (
    AtLeast,
    AtMost,
    Case,
    ClaimError,
    Conclusion,
    Conserved,
    Identity,
    Measurement,
    Monotone,
    Time,
)
from lemmata.solvers import Bounded, to_rationals

x, y, eta = sp.symbols("x y eta")
rows, columns = sp.symbols("r c", integer=True, positive=True)
W = sp.MatrixSymbol("W", rows, columns)
INF, NAN = float("inf"), float("nan")


def bar(value: Any, error: Any = 0.0) -> Bounded:
    """Numbers with an error bound."""
    array = np.asarray(value, dtype=float)
    return Bounded(array, np.broadcast_to(np.asarray(error, dtype=float), array.shape).copy())


def judged(then: Conclusion, time: Time = Time.NONE, batch: int = 1, **values: Bounded) -> Margins:
    """The margins of one case."""
    with np.errstate(all="ignore"):
        return margins(then, Measurement.of(values, case="c"), time, batch)


class TestEquality:
    """Equalities against their error bounds."""

    @pytest.mark.parametrize(
        ("gap", "error", "violated"),
        [(0.0, 0.0, False), (1e-16, 2e-16, False), (3e-16, 2e-16, True), (-3e-16, 2e-16, True), (1e-300, 0.0, True)],
    )
    def test_against_the_error_bound(self, gap: float, error: float, violated: bool) -> None:  # noqa: FBT001 - a parameter of the test
        """An equality is violated exactly where the gap exceeds its error bound, in either direction."""
        found = judged(Identity(left=x, right=0 * x + y), x=bar([[gap]], error), y=bar([[0.0]]))

        assert ([violated], [True]) == (found.violated.tolist(), found.finite.tolist())
        assert [abs(gap)] == found.residual.tolist()

    def test_one_bad_entry_is_enough(self) -> None:
        """Of many entries, times and cases a single bad one violates, and only its own instance."""
        good, bad = np.zeros((3, 2, 2, 2)), np.zeros((3, 2, 2, 2))
        bad[1, 1, 0, 1] = 1.0
        cases = tuple(Case(name=str(k), values={"W": bar(w)}) for k, w in enumerate([good, bad]))
        with np.errstate(all="ignore"):
            found = margins(Identity(left=W, right=2 * W), Measurement(cases=cases), Time.NONE, 3)

        assert [False, True, False] == found.violated.tolist()
        assert 16 == found.relations


class TestNotFinite:
    """NaN and infinity, in values and in bars."""

    @pytest.mark.parametrize("value", [NAN, INF, -INF])
    @pytest.mark.parametrize(
        "then",
        [
            Identity(left=x, right=x),
            Identity(left=x, right=y),
            AtMost(left=x, right=y),
            AtMost(left=y, right=x),
            AtLeast(left=x, right=y),
            AtLeast(left=y, right=x),
            AtMost(left=x, right=x),
        ],
    )
    def test_never_holds(self, value: float, then: Conclusion) -> None:
        """NaN and infinity never hold, even where the inequality would be true of infinity; nor do they refute."""
        found = judged(then, x=bar([[value], [1.0]]), y=bar([[1.0], [1.0]]), batch=2)

        assert [False, True] == found.finite.tolist()
        assert [False, False] == found.violated.tolist()
        assert np.isnan(found.ratio[0])

    @pytest.mark.parametrize("error", [NAN, INF])
    def test_a_bar_that_is_not_finite_never_holds(self, error: float) -> None:
        """A finite number without a finite error bound is not known, so nothing was checked."""
        assert [True] == judged(AtMost(left=x, right=y), x=bar([[0.0]], error), y=bar([[1.0]])).unchecked.tolist()

    def test_one_entry_spoils_its_instance_only(self) -> None:
        """NaN in one entry makes its instance unfinished, and no other."""
        values = np.ones((2, 3, 2, 2))
        values[0, 2, 1, 1] = NAN

        assert [False, True] == judged(Identity(left=W, right=W + 0 * W), W=bar(values), batch=2).finite.tolist()


class TestInequality:
    """AtMost and AtLeast."""

    @pytest.mark.parametrize("then", [AtMost(left=x, right=y), AtLeast(left=y, right=x)])
    @pytest.mark.parametrize(
        ("left", "error", "violated", "touching"),
        [
            (0.5, 0.0, False, False),
            (1.0, 0.0, False, False),
            (1.0, 1e-9, False, True),
            (1.0 + 1e-9, 1e-8, False, True),
            (1.0 + 1e-7, 1e-8, True, False),
            (2.0, 0.0, True, False),
        ],
    )
    def test_both_ways(self, then: Conclusion, left: float, error: float, violated: bool, touching: bool) -> None:  # noqa: FBT001 - parameters of the test
        """AtMost and AtLeast are the same relation turned round; what the bar leaves open is touching."""
        found = judged(then, x=bar([[left]], error), y=bar([[1.0]]))

        assert ([violated], [touching]) == (found.violated.tolist(), found.touching.tolist())
        assert left == pytest.approx(found.ratio[0])

    @pytest.mark.parametrize(
        ("left", "right", "expected"),
        [(1.0, 2.0, 0.5), (3.0, 2.0, 1.5), (-1.0, 2.0, 0.0), (1.0, -2.0, INF), (-2.0, -1.0, 0.0), (-1.0, -2.0, INF)],
    )
    def test_ratio(self, left: float, right: float, expected: float) -> None:
        """The ratio is lhs/rhs where both are positive, else 0 where it holds and infinity where not."""
        assert expected == judged(AtMost(left=x, right=y), x=bar([[left]]), y=bar([[right]])).ratio[0]

    def test_ratio_of_two_zeros(self) -> None:
        """0 <= 0 holds and is attained: its ratio is finite."""
        assert np.isfinite(judged(AtMost(left=x, right=y), x=bar([[0.0]]), y=bar([[0.0]])).ratio[0])


class TestMonotone:
    """Sequences that may only go one way."""

    @pytest.mark.parametrize(
        ("track", "increasing", "violated"),
        [
            ([3.0, 2.0, 2.0, 1.0], False, False),
            ([3.0, 2.0, 2.5, 1.0], False, True),
            ([3.0, 2.0, 2.0, 1.0], True, True),
            ([1.0, 1.0, 2.0, 5.0], True, False),
            ([1.0, 5.0, 2.0, 6.0], True, True),
        ],
    )
    def test_from_step_to_step(self, track: list[float], increasing: bool, violated: bool) -> None:  # noqa: FBT001 - parameters of the test
        """Each step is compared with the one before it, in the declared direction."""
        found = judged(Monotone(quantity=x, increasing=increasing), Time.STEPS, x=bar([track]))

        assert [violated] == found.violated.tolist()
        assert 3 == found.relations

    def test_a_single_state_is_no_evidence(self) -> None:
        """One state has no step: there is nothing to judge, and that is an error, not a pass."""
        with pytest.raises(ClaimError, match="no entry to judge"):
            judged(Monotone(quantity=x), Time.STEPS, x=bar([[1.0]]))


class TestConservedInSteps:
    """Laws with a factor and a change, step by step."""

    @pytest.mark.parametrize(
        ("law", "violated"),
        [
            (Conserved(quantity=x, factor=2, change=eta), False),
            (Conserved(quantity=x, factor=2), True),
            (Conserved(quantity=x, change=eta), True),
            (Conserved(quantity=x), True),
            (Conserved(quantity=x, factor=2, change=-eta), True),
            (Conserved(quantity=x - 1, factor=2, change=1 + eta), False),
        ],
    )
    def test_factor_and_change(self, law: Conserved, violated: bool) -> None:  # noqa: FBT001 - a parameter of the test
        """Next = factor * now + change, the change taken before the step: x = 1, 5, 12 under 2 x + eta, eta = 3, 2."""
        found = judged(law, Time.STEPS, x=bar([[1.0, 5.0, 12.0]]), eta=bar([[3.0, 2.0]]))

        assert [violated] == found.violated.tolist()

    def test_matrix_with_scalar_factor(self) -> None:
        """A scalar factor, one a step, multiplies every entry of a matrix quantity."""
        first = np.arange(4.0).reshape(1, 1, 2, 2)
        track = np.concatenate([first, 3 * first, 15 * first], axis=1)
        factors = {"W": bar(track), "eta": bar([[3.0, 5.0]])}

        assert [False] == judged(Conserved(quantity=W, factor=eta), Time.STEPS, **factors).violated.tolist()
        assert [True] == judged(Conserved(quantity=W, factor=3), Time.STEPS, **factors).violated.tolist()

    def test_change_of_the_state_before_the_step(self) -> None:
        """A change that uses the state means the state before the step: x+ = x + x, not x+ = x + x+."""
        assert [False] == judged(
            Conserved(quantity=x, change=x), Time.STEPS, x=bar([[1.0, 2.0, 4.0]])
        ).violated.tolist()

    def test_rationals_go_through_the_same_judge(self) -> None:
        """Both sides come out in the number system of the values: exact, here."""
        values = {"x": to_rationals(np.array([[1.0, 0.5]]))}
        pair = sides(Conserved(quantity=x, factor=sp.Rational(1, 3)), Case(name="c", values=values), Time.STEPS)

        assert Relation.EQUAL is pair.relation
        assert ["1/6"] == [str(gap) for gap in pair.difference.ravel()]


class TestConservedAlongAFlow:
    """Laws along a flow, differentiated by dual numbers."""

    def flow(self, law: Conserved) -> Margins:
        """The flow x' = 2, y' = x at x = 3, y = 5: hand-computed below."""
        values = {"x": bar([[3.0]]), "y": bar([[5.0]])}
        rates = {"x": bar([[2.0]]), "y": bar([[3.0]])}
        with np.errstate(all="ignore"):
            return margins(law, Measurement.of(values, case="c", rates=rates), Time.FLOW, 1)

    @pytest.mark.parametrize(
        ("quantity", "rate"),
        [
            (x**2, 12),
            (x * y, 2 * 5 + 3 * 3),
            (x**2 - 4 * y, 0),
            (x / y, sp.Rational(2 * 5 - 3 * 3, 25)),
            (sp.Max(x, y), 3),
            (sp.Abs(x - y), 1),
            (sp.exp(x - 3), 2),
            (sp.sqrt(x + 1), sp.Rational(1, 2)),
            (sp.log(y), sp.Rational(3, 5)),
            (sp.asinh(x - 3), 2),
            (sp.tanh(x - 3) * y, 10),
        ],
    )
    def test_derivative_by_duals(self, quantity: sp.Expr, rate: Any) -> None:
        """The derivative along the flow is the one computed by hand; any other one is refuted."""
        right, wrong = (
            self.flow(Conserved(quantity=quantity, change=rate)),
            self.flow(Conserved(quantity=quantity, change=rate + sp.Rational(1, 10**9))),
        )

        assert ([False], [True]) == (right.violated.tolist(), wrong.violated.tolist())

    def test_what_has_no_rate_stands_still(self) -> None:
        """A measured quantity without a rate is a constant of the flow."""
        found = margins(
            Conserved(quantity=x * eta, change=2 * eta),
            Measurement.of({"x": bar([[3.0]]), "eta": bar([[7.0]])}, case="c", rates={"x": bar([[2.0]])}),
            Time.FLOW,
            1,
        )

        assert [False] == found.violated.tolist()


class TestMisuse:
    """What is refused instead of judged."""

    def test_no_case(self) -> None:
        """A procedure that returns no case proves nothing."""
        with pytest.raises(ClaimError, match="returned no case to judge"):
            margins(AtMost(left=x, right=y), Measurement(cases=()), Time.NONE, 1)

    def test_missing_quantity(self) -> None:
        """A case that lacks a quantity names it, and what it has."""
        with pytest.raises(ClaimError, match="case 'c' lacks y; it has x"):
            judged(AtMost(left=x, right=y), x=bar([[1.0]]))

    @pytest.mark.parametrize("batch", [2, 4])
    def test_wrong_batch_axis(self, batch: int) -> None:
        """A first axis that is not the batch is refused."""
        with pytest.raises(ClaimError, match=f"first axis 3, expected the batch, {batch}"):
            judged(AtMost(left=x, right=y), x=bar(np.ones((3, 1))), y=bar(np.ones((3, 1))), batch=batch)

    def test_shared_quantities_may_have_batch_one(self) -> None:
        """What is the same for all instances may have a first axis of one: every instance is judged by it."""
        found = judged(AtMost(left=x, right=y), x=bar([[2.0]]), y=bar([[1.0]]), batch=3)

        assert [True] * 3 == found.violated.tolist()

    @pytest.mark.parametrize("shape", [(2, 0), (2, 1, 0, 3), (2, 1, 3, 0)])
    def test_empty_arrays(self, shape: tuple[int, ...]) -> None:
        """An empty array has no entry that could be wrong, so it is refused instead of passing."""
        symbol = W if len(shape) == 4 else x

        with pytest.raises(ClaimError, match="no entry to judge"):
            judged(Identity(left=symbol, right=2 * symbol), batch=2, **{str(symbol): bar(np.zeros(shape))})

    def test_number_system_must_be_kept(self) -> None:
        """A procedure that answers plain floats where it was given error bounds is refused: its rounding is unknown."""
        case = Case(name="c", values={"x": np.ones((1, 1)), "y": np.ones((1, 1))})

        with pytest.raises(ClaimError, match=r"keep the number system.*np.where\(c, 1.0, 0.0\) \+ 0 \* x"):
            margins(AtMost(left=x, right=y), Measurement(cases=(case,)), Time.NONE, 1)


def test_a_jump_along_a_flow_is_refused() -> None:
    """A law of a sign that moves is refused along a flow, where only its derivative is seen; of a constant not."""
    case = Case(name="c", values={"x": bar([[1.0]]), "y": bar([[1.0]])}, rates={"x": bar([[1.0]])})
    constant = margins(Conserved(quantity=sp.sign(y)), Measurement(cases=(case,)), Time.FLOW, 1)

    assert constant
    with pytest.raises(ClaimError, match="may jump"):
        margins(Conserved(quantity=sp.sign(x)), Measurement(cases=(case,)), Time.FLOW, 1)


class TestCurves:
    """Measured drift beside the law's."""

    @pytest.mark.parametrize(
        "law", [Conserved(quantity=x, factor=2, change=eta), Conserved(quantity=x, factor=2, change=y, where={y: eta})]
    )
    def test_steps(self, law: Conserved) -> None:
        """Measured drift and the law's prediction, in steps: both start at zero and agree for a true law."""
        case = Case(name="c", values={"x": bar([[1.0, 5.0, 12.0]]), "eta": bar([[3.0, 2.0]])})
        ((name, drift, predicted),) = curves(law, Measurement(cases=(case,)))

        assert ("c", [0.0, 4.0, 11.0], [0.0, 4.0, 11.0]) == (name, drift.tolist(), predicted.tolist())

    def test_named_parts(self) -> None:
        """Curves of a law with named parts are those of the law with the parts in place."""
        part = sp.Symbol("part")
        measured = Measurement.of({"x": bar([[1.0, 5.0, 12.0]]), "eta": bar([[3.0, 2.0]])}, case="c")
        ((_, drift, predicted),) = curves(Conserved(quantity=x, factor=2, change=part, where={part: eta}), measured)

        assert [0.0, 4.0, 11.0] == drift.tolist() == predicted.tolist()
