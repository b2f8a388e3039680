import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_claims import FALSE, claim, n, numbers, procedure, x, y

from lemmata.checks import Effort, Ruling, judge, settle
from lemmata.checks._budget import Budget
from lemmata.checks.judging.origin import RANDOM
from lemmata.checks.stages.draws import Batch
from lemmata.checks.stages.sample import sample
from lemmata.claims import (
    AtLeast,
    AtMost,
    Case,
    Claim,
    Conclusion,
    Hypothesis,
    Identity,
    Instances,
    Located,
    Measurement,
    Mutant,
    Parameters,
)
from lemmata.solvers import Bounded, NotRationalError, elementwise, to_balls, widen

TINY = 2.0**-60
ONE = {"x": np.array([1.0]), "y": np.array([TINY]), "n": np.array([1.0])}
BUDGET = Budget(points=2, batch=8)


def about(then: Conclusion, run: Callable[[Parameters, Instances], Measurement] | None = None) -> Claim:
    """A claim with this conclusion, measured by ``run``."""
    return claim(then=then, when=procedure(run) if run else procedure())


def measured(values: dict[str, Any]) -> Measurement:
    """A single case."""
    return Measurement.of(values, case="c")


def columns(instances: Instances) -> dict[str, Any]:
    """The toy quantities of an instance."""
    return {name: instances[name][:, None] for name in ("x", "y", "n")}


class TestSettleInRationals:
    """Gaps below rounding, in exact rationals."""

    @pytest.mark.parametrize(
        ("then", "ruling"),
        [
            (Identity(left=x + y, right=x), Ruling.VIOLATED),
            (Identity(left=x + y - x, right=y), Ruling.HOLDS),
            (AtMost(left=x + y, right=x), Ruling.VIOLATED),
            (AtMost(left=x, right=x + y), Ruling.HOLDS),
            (AtLeast(left=x, right=x + y), Ruling.VIOLATED),
            (AtLeast(left=x + y, right=x), Ruling.HOLDS),
            (AtMost(left=(x + y) ** 2, right=x + 2 * y), Ruling.VIOLATED),
            (AtMost(left=(x + y) ** 2, right=x + 2 * y + y**2), Ruling.HOLDS),
        ],
    )
    def test_one_part_in_ten_to_the_eighteen(self, then: Conclusion, ruling: Ruling) -> None:
        """What float64 cannot see (2^-60 beside 1) is settled rightly, in exact rationals."""
        settled = settle(about(then), {"n": 1}, ONE)

        assert (ruling, "exact rationals") == (settled.ruling, settled.arithmetic)

    def test_both_sides_are_written_out(self) -> None:
        """A violation carries both sides as fractions, its case and its size."""
        settled = settle(about(AtMost(left=x + y, right=x / 3)), {"n": 1}, {**ONE, "y": np.array([0.25])})

        assert ("5/4", "1/3", "all") == (settled.left, settled.right, settled.case)
        assert pytest.approx(11 / 12) == settled.difference

    def test_the_worst_entry_is_shown(self) -> None:
        """Of several violated cases the one with the largest gap is written out."""

        def run(_: Parameters, instances: Instances) -> Measurement:
            found = columns(instances)
            cases = [Case(name=f"times {k}", values=found | {"x": found["x"] * k}) for k in (2, 5, 3)]
            return Measurement(cases=tuple(cases))

        settled = settle(about(AtMost(left=x, right=1), run), {"n": 1}, ONE)

        assert ("times 5", "5", 4.0) == (settled.case, settled.left, settled.difference)

    def test_long_fractions_stay_readable(self) -> None:
        """A fraction of hundreds of digits is shown as a decimal, with a word on its length."""
        settled = settle(about(AtMost(left=(x + y) ** 9, right=0)), {"n": 1}, ONE)

        assert settled.left.startswith("1")
        assert "a fraction of" in settled.left
        assert len(settled.left) < 80

    def test_a_float_violation_that_exact_arithmetic_denies(self) -> None:
        """(x + y) - x - y is off in float64; exact arithmetic says it is zero."""
        left, right = 1.0, 2.0**-53
        settled = settle(
            about(Identity(left=(x + y) * 3 - 3 * x, right=3 * y)),
            {"n": 1},
            {**ONE, "x": np.array([left]), "y": np.array([right])},
        )

        assert 0.0 != (left + right) * 3 - 3 * left - 3 * right
        assert Ruling.HOLDS is settled.ruling


class TestSettleInBalls:
    """Gaps below rounding, where elementary functions occur."""

    @pytest.mark.parametrize(
        ("then", "ruling"),
        [
            (AtMost(left=sp.exp(y), right=1 + y), Ruling.VIOLATED),
            (AtMost(left=sp.exp(y), right=1 + y + y**2), Ruling.HOLDS),
            (AtLeast(left=sp.exp(y), right=1 + y), Ruling.HOLDS),
            (Identity(left=sp.log(sp.exp(x)), right=x), Ruling.HOLDS),
            (Identity(left=sp.sqrt(x + y) * sp.sqrt(3 * x), right=sp.sqrt(3 * x**2 + 3 * x * y)), Ruling.HOLDS),
            (Identity(left=sp.sqrt(x + y) * sp.sqrt(x), right=sp.sqrt(x**2 + x * y + y**3)), Ruling.VIOLATED),
            (Identity(left=sp.tanh(y), right=y), Ruling.VIOLATED),
        ],
    )
    def test_beyond_float64(self, then: Conclusion, ruling: Ruling) -> None:
        """Where elementary functions leave the rationals, balls decide gaps of 2^-120 and less, rightly."""
        settled = settle(about(then), {"n": 1}, ONE)

        assert ruling is settled.ruling
        assert settled.arithmetic in ("balls of 256 bits", "balls of 1024 bits", "balls of 4096 bits")

    @pytest.mark.parametrize("then", [Identity(left=x, right=0), AtMost(left=x, right=0)])
    def test_a_wide_ball_decides_nothing(self, then: Conclusion) -> None:
        """A ball that straddles zero with a large radius leaves the matter open: it is not a pass."""

        def run(_: Parameters, instances: Instances) -> Measurement:
            found = columns(instances)
            return measured(found | {"x": widen(elementwise(found["x"], "exp"), 50.0)})

        assert Ruling.UNSETTLED is settle(about(then, run), {"n": 1}, ONE).ruling

    def test_not_finite_is_unsettled(self) -> None:
        """A ball that is infinite or undefined holds nothing."""
        settled = settle(about(AtMost(left=sp.log(x - 1), right=0)), {"n": 1}, ONE)

        assert Ruling.UNSETTLED is settled.ruling

    def test_no_arithmetic_at_all(self) -> None:
        """A procedure that runs in no exact arithmetic leaves the matter open."""

        def run(_: Parameters, instances: Instances) -> Measurement:
            if not isinstance(instances["x"], Bounded):
                raise NotRationalError("floats only")
            return measured(columns(instances))

        settled = settle(about(Identity(left=x, right=0), run), {"n": 1}, ONE)

        assert (Ruling.UNSETTLED, "none") == (settled.ruling, settled.arithmetic)

    def test_a_failing_solver_settles_nothing(self) -> None:
        """An instance on which the solver fails in exact arithmetic stays unsettled."""

        def run(_: Parameters, instances: Instances) -> Measurement:
            failures = {"no": np.array([True])}
            return Measurement.of(columns(instances), case="c", failures=failures)

        assert Ruling.UNSETTLED is settle(about(Identity(left=x, right=0), run), {"n": 1}, ONE).ruling


class TestLargeInstances:
    """Instances too large for exact arithmetic."""

    def large(self, then: Conclusion) -> Any:
        """Settle an instance of more than two thousand entries."""
        return settle(about(then), {"n": 1}, {**ONE, "table": np.zeros((1, 3_000))})

    def test_judged_by_their_bars(self) -> None:
        """A real table is judged in float64 balls: a violation beyond the bar counts, one within it does not."""
        wrong, right = self.large(Identity(left=x, right=x + x / 1024)), self.large(Identity(left=x + y, right=x))

        assert (Ruling.VIOLATED, 2.0**-10) == (wrong.ruling, wrong.difference)
        assert Ruling.VIOLATED is not right.ruling
        assert wrong.arithmetic.startswith("float64")

    def test_not_finite_does_not_hold(self) -> None:
        """NaN in a real table is not ruled to hold."""
        with np.errstate(all="ignore"):
            found = self.large(AtMost(left=sp.log(x - 2), right=0))

        assert Ruling.HOLDS is not found.ruling

    def test_an_inequality_that_the_bar_leaves_open(self) -> None:
        """What float64 bars cannot decide is at least no violation."""
        assert Ruling.VIOLATED is not self.large(AtMost(left=x + y, right=x)).ruling


def _too_small_bars(_: Parameters, instances: Instances) -> Measurement:
    """In float64 a wrong number with a bar of zero; in exact arithmetic the right one."""
    found = columns(instances)
    if isinstance(found["x"], Bounded):
        found["x"] = Bounded(found["x"].value + 1e-3, np.zeros(found["x"].shape))
    return measured(found | {"y": columns(instances)["x"]})


class TestArtefacts:
    """Float64 violations that are none."""

    def test_counted_and_never_a_refutation(self) -> None:
        """A float64 violation that vanishes in exact arithmetic is counted, and does not refute."""
        subject = about(Identity(left=x, right=y), _too_small_bars)
        tally = sample(subject, iter([Batch(origin=RANDOM, parameters={"n": 1}, size=3)]), BUDGET, 0, "a")

        assert (3, 0, None) == (tally.artefacts, tally.unsettled, tally.violation)

    def test_more_than_are_settled_stay_open(self) -> None:
        """Violations beyond the number settled per batch are unsettled: never a silent pass."""
        subject = about(Identity(left=x, right=y), _too_small_bars)
        tally = sample(subject, iter([Batch(origin=RANDOM, parameters={"n": 1}, size=10)]), BUDGET, 0, "a")

        assert (BUDGET.settle, 10 - BUDGET.settle) == (tally.artefacts, tally.unsettled)

    def test_no_mutant_dies_of_an_artefact(self) -> None:
        """A mutant that only looks false in float64 survives: the claim is powerless, not a pass."""
        look = procedure(_too_small_bars)
        mutant = Mutant(name="looks false", because="it does not", when=look, then=Identity(left=x, right=y))
        batch = numbers(draw=lambda _, rng, size: {k: rng.integers(1, 9, size=size) / 4 for k in "xyn"})
        found = judge(
            Located(claim(given=batch, then=AtLeast(left=x, right=0), mutants=(mutant,)), "toy"),
            effort=Effort.QUICK,
            seed=0,
        )

        assert [False] == [trial.refuted for trial in found.mutants]
        assert "powerless" == found.verdict

    def test_invisible_violations_of_an_inequality_are_found(self) -> None:
        """X + y <= x with y = 2^-60 holds to rounding; the trial settles what touches, and refutes."""
        family = numbers(draw=lambda _, __, size: {"x": np.ones(size), "y": np.full(size, TINY), "n": np.ones(size)})
        found = judge(
            Located(claim(given=family, then=AtMost(left=x + y, right=x), mutants=(FALSE,)), "toy"),
            effort=Effort.QUICK,
            seed=0,
        )

        assert "refuted" == found.verdict


class TestErrorBars:
    """The bar that is shown beside a counterexample."""

    @pytest.mark.parametrize("then", [AtMost(left=2 * n, right=n), AtLeast(left=n, right=2 * n)])
    def test_bar_of_an_inequality(self, then: Conclusion) -> None:
        """The error bound beside a refuted inequality is rounding's share: nearly nothing where all is exact."""
        found = judge(Located(claim(then=then, mutants=(FALSE,)), "toy"), effort=Effort.QUICK, seed=0).sample

        assert found is not None
        assert found.worst is not None
        assert found.worst.error_bar is None or found.worst.error_bar < 1e-12
        assert found.worst.difference >= 1  # type: ignore[operator]


def _late(parameters: Parameters, instances: Instances) -> Measurement:
    """Numbers of a solver in floats, equal to their bound at first and beyond it later, each with an error bound."""
    del parameters
    size = len(instances["x"])
    left, right = np.tile([1.0, 1.0, 3.0], (size, 1)), np.ones((size, 3))
    return measured({"x": Bounded(left, left * 1e-9), "y": Bounded(right, right * 1e-9), "n": Bounded.exact(right)})


def test_a_violation_beside_equal_sides_is_confirmed() -> None:
    """Sides that are equal at the first time decide nothing there; what is violated later is violated."""
    subject = claim(then=AtMost(left=x, right=y), when=dataclasses.replace(procedure(_late), exact=False))

    assert (Ruling.VIOLATED, "3.0", "1.0") == _ruled(subject)
    assert (Ruling.UNSETTLED, "", "") == _ruled(dataclasses.replace(subject, then=AtMost(left=y, right=y + 0 * x)))


def _ruled(subject: Claim) -> tuple[Ruling, str, str]:
    found = settle(subject, {"n": 1}, ONE)
    return found.ruling, found.left, found.right


def test_what_divides_by_zero_exactly_is_undefined() -> None:
    """Neither violated nor right; unless a hypothesis excludes it, and unless a branch guards it."""
    at_zero = {**ONE, "x": np.array([0.0])}
    term = 1 / (1 + 1 / x**2)
    guarded = sp.Piecewise((term, x > 0), (0, True))
    family = numbers(hypotheses=(Hypothesis(name="x > 0", holds=lambda _, i: i["x"] > 0),))
    rulings = [
        settle(subject, {"n": 1}, at_zero).ruling
        for subject in (
            about(AtLeast(left=term, right=0)),
            about(AtLeast(left=guarded, right=0)),
            claim(then=AtLeast(left=term, right=0), given=family),
        )
    ]

    assert [Ruling.UNDEFINED, Ruling.HOLDS, Ruling.OUTSIDE] == rulings


def test_to_balls_is_exact() -> None:
    """The premise of ball rulings: a float64 is converted to a ball of radius zero."""
    assert 0.0 == float(to_balls(np.array([0.1]))[0].rad())
