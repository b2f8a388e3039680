from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_claims import FALSE, M, claim, halving, n, numbers, positive, procedure, proved, small_parameter, x

from lemmata.checks import Effort, Evidence, judge
from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    Conserved,
    Edge,
    FreeAlgebra,
    Hypothesis,
    Identity,
    Instances,
    Located,
    Measurement,
    Mutant,
    Parameters,
    RealData,
    Status,
    Time,
)
from lemmata.solvers import Bounded, NotRationalError, stack


def trial(subject: Claim, seed: int = 0) -> Evidence:
    """A quick trial in this process."""
    return judge(Located(subject, "toy"), effort=Effort.QUICK, seed=seed)


def with_mask(holds: Callable[[Parameters, Instances], Any]) -> Claim:
    """The true toy claim under a hypothesis."""
    return claim(given=numbers(hypotheses=(Hypothesis(name="H", holds=holds),)))


def measuring(make: Callable[[Any], Any], failures: Callable[[Any], Any] | None = None) -> Any:
    """A procedure that measures ``make(x)`` as x."""

    def run(_: Parameters, instances: Instances) -> Measurement:
        values = {name: instances[name][:, None] for name in "xyn"}
        lost = {"The solver gave up.": failures(instances)} if failures else {}
        return Measurement.of(values | {"x": make(values["x"])}, case="c", failures=lost)

    return procedure(run)


class TestPasses:
    """Trials that end in a pass."""

    def test_holds(self) -> None:
        """A true claim whose mutants die holds, with the counts of what was met."""
        found = trial(positive)

        assert ("holds", "", True, "") == (found.verdict, found.reason, found.expected, found.error)
        assert found.sample is not None
        assert [("x > 0", found.sample.met, found.sample.proposed)] == [
            (h.name, h.met, h.proposed) for h in found.sample.hypotheses
        ]
        assert 0 < found.sample.met < found.sample.proposed
        assert f"{sum(stage.met for stage in found.stages.values()):,} instances" in found.sentence

    def test_holds_in_steps_with_data(self) -> None:
        """A law in steps holds, on its data too, and its data has a curve."""
        found = trial(halving)

        assert "holds" == found.verdict
        assert found.data is not None
        assert (2, 2) == (found.data.proposed, found.data.met)
        assert [curve.predicted for curve in found.data.curves] == [curve.measured for curve in found.data.curves]

    def test_proved(self) -> None:
        """A claim with a proof that closes is proved, for the range the proof names."""
        found = trial(proved)

        assert "proved" == found.verdict
        assert "all matrices" in found.sentence

    def test_relations_are_counted(self) -> None:
        """The number of relations is instances times entries: never more than was judged."""
        found = trial(claim()).sample

        assert found is not None
        assert found.met == found.relations == found.proposed

    def test_deterministic(self) -> None:
        """The same seed gives the same evidence, another seed other instances."""
        first, again, other = (trial(positive, seed).sample for seed in (3, 3, 4))

        assert first is not None
        assert again is not None
        assert other is not None
        assert (first.met, first.worst_residual) == (again.met, again.worst_residual)
        assert (first.met, first.worst_residual) != (other.met, other.worst_residual)


class TestRefuted:
    """Trials that end in a counterexample."""

    def test_negative_control(self) -> None:
        """A negative control is expected to be refuted, and is."""
        found = trial(small_parameter)

        assert ("refuted", True) == (found.verdict, found.expected)
        assert found.sample is not None
        assert found.sample.smallest is not None
        assert {"n": 3} == found.sample.smallest.parameters

    def test_negative_control_that_holds_is_unexpected(self) -> None:
        """A negative control that is true after all is not as expected: the run is broken."""
        found = trial(claim(status=Status.REFUTED, mutants=()))

        assert ("holds", False) == (found.verdict, found.expected)

    def test_false_conjecture(self) -> None:
        """A false conjecture is refuted, which is not what its status expects."""
        found = trial(claim(then=AtMost(left=x, right=3)))

        assert ("refuted", False) == (found.verdict, found.expected)

    def test_false_at_an_edge_only(self) -> None:
        """A claim that fails only on a boundary instance is refuted at that edge."""

        def to_seven(_: Parameters, instances: Instances) -> Instances:
            return {**instances, "x": np.full_like(instances["x"], 7.0)}

        family = numbers(edges=(Edge(name="n = 1"), Edge(name="x = 7", adjust=to_seven)))
        found = trial(claim(given=family, then=AtMost(left=x, right=5), mutants=(FALSE,)))

        assert "refuted" == found.verdict
        assert "edge: x = 7" in found.sentence

    def test_false_on_data_only(self) -> None:
        """A claim that fails only on its real data is refuted by it."""

        def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
            drawn = {name: rng.integers(0, 5, size=size) / 4 for name in "xyn"}
            return drawn | {"x": drawn["x"] + 9.0} if parameters["n"] == 12 else drawn

        family = numbers(draw=draw, data=(RealData(name="a table", parameters={"n": 12}),))
        found = trial(claim(given=family, then=AtMost(left=x, right=2), mutants=(FALSE,)))

        assert "refuted" == found.verdict
        assert "data: a table" in found.sentence

    def test_false_instead(self) -> None:
        """What is said to hold instead of a mutant is judged too: false, it refutes the record as a whole."""
        mutant = Mutant(name="m", because="b", then=FALSE.then, instead=AtMost(left=x**2, right=1))
        found = trial(claim(mutants=(mutant,)))

        assert "refuted" == found.verdict
        assert "'m'" in found.sentence

    def test_counterexample_against_a_closed_proof(self) -> None:
        """A closed proof does not save a claim that an instance refutes (its definitions were wrong)."""
        subject = claim(
            when=proved.when,
            then=Identity(left=2 * M, right=M),
            proof=FreeAlgebra(covers="c", definitions={M: 0 * sp.MatrixSymbol("N", *M.shape)}),
            mutants=proved.mutants,
        )

        assert "refuted" == trial(subject).verdict


class TestPowerless:
    """Trials that could not have seen a violation."""

    def test_a_true_mutant_survives(self) -> None:
        """A mutant that is true survives, and takes the pass away."""
        true = Mutant(name="weaker", because="it is not", then=AtLeast(left=x**2 + n, right=0))
        found = trial(claim(mutants=(FALSE, true)))

        assert ("powerless", False) == (found.verdict, found.expected)
        assert "weaker" in found.sentence
        assert FALSE.name not in found.sentence

    @pytest.mark.parametrize(
        "mutant",
        [
            Mutant(
                name="m", because="b", given=numbers(hypotheses=(Hypothesis(name="H", holds=lambda _, i: i["x"] > 99),))
            ),
            Mutant(name="m", because="b", when=measuring(lambda v: v / 0)),
            Mutant(name="m", because="b", when=measuring(lambda v: v, lambda i: np.ones(i["x"].shape[0], dtype=bool))),
        ],
        ids=["never met", "NaN", "solver failure"],
    )
    def test_a_mutant_must_die_of_mathematics(self, mutant: Mutant) -> None:
        """A mutant whose instances never occur, give NaN or fail in the solver is not refuted."""
        found = trial(claim(mutants=(mutant,)))

        assert [False] == [m.refuted for m in found.mutants]
        assert "powerless" == found.verdict


class TestVacuous:
    """Trials that tested nothing."""

    def test_hypothesis_never_met(self) -> None:
        """A family that never meets its hypotheses proves nothing, and the counts show which one it was."""
        hypotheses = (
            Hypothesis(name="x > 0", holds=lambda _, i: i["x"] > 0),
            Hypothesis(name="x < -1", holds=lambda _, i: i["x"] < -1),
        )
        found = trial(claim(given=numbers(hypotheses=hypotheses)))

        assert ("vacuous", False) == (found.verdict, found.expected)
        assert found.sample is not None
        assert (0, 0) == (found.sample.met, found.sample.relations)
        assert all(0 < h.met < h.proposed for h in found.sample.hypotheses)
        assert f"x > 0: {found.sample.hypotheses[0].met} of {found.sample.proposed}" in found.sentence


class TestUndecided:
    """Trials that leave the matter open."""

    @pytest.mark.parametrize(
        ("subject", "reason"),
        [
            (claim(when=measuring(lambda v: (v - v) / (v - v))), "non-finite"),
            (claim(when=measuring(lambda v: v * v * 10**300 * 10**300)), "open"),
            (claim(when=measuring(lambda v: 1 / (v - 1))), "non-finite"),
            (claim(when=measuring(lambda v: v, lambda i: np.arange(i["x"].shape[0]) == 0)), "solver"),
            (
                claim(
                    given=numbers(
                        edges=(Edge(name="n = 9", parameters={"n": 9}),),
                        hypotheses=(Hypothesis(name="small", holds=lambda p, i: np.full(i["x"].shape, p["n"] < 9)),),
                    )
                ),
                "edge",
            ),
            (
                claim(
                    when=proved.when,
                    then=Identity(left=M, right=M.T),
                    proof=FreeAlgebra(covers="c", definitions={}),
                    mutants=proved.mutants,
                ),
                "proof",
            ),
        ],
        ids=["NaN", "overflow", "one infinity", "solver failure", "edge never met", "proof does not close"],
    )
    def test_reason(self, subject: Claim, reason: str) -> None:
        """NaN, infinity, solver failures, unmet edges and open proofs are no pass, each with its reason.

        What overflows is settled exactly on some instances; it is the others that are left open.
        """
        found = trial(subject)

        assert ("undecided", reason, False) == (found.verdict, found.reason, found.expected), found.error

    def test_every_claim_with_nan_counts_it(self) -> None:
        """The number of instances that were not finite is on record."""
        found = trial(claim(when=measuring(lambda v: (v - v) / (v - v)))).sample

        assert found is not None
        assert (found.met, 0) == (found.non_finite, found.relations)

    def test_what_cannot_be_settled(self) -> None:
        """A float64 violation in a procedure without exact arithmetic is undecided, not refuted."""

        def run(_: Parameters, instances: Instances) -> Measurement:
            if not isinstance(instances["x"], Bounded):
                raise NotRationalError("floats only")
            return Measurement.of({name: instances[name][:, None] for name in "xyn"}, case="c")

        found = trial(claim(when=procedure(run), then=AtMost(left=x, right=3)))

        assert ("undecided", "precision") == (found.verdict, found.reason)


def _raises(_: Parameters, __: Instances) -> Measurement:
    raise ZeroDivisionError("the users own bug")


def _draws(value: Any) -> Any:
    return numbers(draw=lambda _, __, size: {"x": np.broadcast_to(value, size) if np.ndim(value) == 0 else value})


class TestErrors:
    """Trials that the claim's own code ends."""

    @pytest.mark.parametrize(
        ("subject", "told"),
        [
            (with_mask(lambda _, i: i["x"]), "hypothesis 'H' returned float64 of shape"),
            (with_mask(lambda _, i: (i["x"] > 0).astype(int)), "expected booleans of shape"),
            (with_mask(lambda _, i: i["x"][:3] > 0), "expected booleans of shape"),
            (with_mask(lambda _, i: (i["x"] > 0)[:, None]), "expected booleans of shape"),
            (with_mask(lambda _, __: None), "expected booleans of shape"),
            (claim(when=procedure(_raises)), "ZeroDivisionError: the users own bug"),
            (claim(given=_draws(float("nan"))), "drew NaN or infinity in 'x'"),
            (claim(given=_draws(float("inf"))), "drew NaN or infinity in 'x'"),
            (claim(given=_draws(np.zeros(5))), "expected a first axis of"),
            (claim(given=numbers(draw=lambda _, __, ___: {})), "drew no array"),
            (
                claim(given=numbers(draw=lambda _, __, ___: {"x": 1.0})),
                "expected a first axis of",
            ),
            (
                claim(when=measuring(lambda v: np.full(v.shape, 0.1)), then=AtLeast(left=x, right=0)),
                "keep the number system",
            ),
            (claim(when=measuring(lambda v: v[:1][np.zeros(7, dtype=int)])), "ValueError|first axis"),
            (claim(when=procedure(lambda _, __: Measurement(cases=()))), "returned no case"),
            (
                claim(
                    when=proved.when,
                    then=AtMost(left=M, right=2 * M),
                    proof=FreeAlgebra(covers="c", definitions={}),
                    mutants=proved.mutants,
                ),
                "the free algebra proves equalities, not AtMost",
            ),
        ],
    )
    def test_traceback(self, subject: Claim, told: str) -> None:
        """A fault of the claim's own code is an error with its traceback: nothing is concluded."""
        found = trial(subject)

        assert ("error", False) == (found.verdict, found.expected)
        assert "Traceback" in found.error
        assert any(part in found.error for part in told.split("|"))

    def test_an_error_in_a_mutant_is_an_error(self) -> None:
        """A mutant that crashes was not refuted by mathematics; the trial says which part failed."""
        found = trial(claim(mutants=(Mutant(name="crash", because="b", when=procedure(_raises)),)))

        assert "error" == found.verdict
        assert "mutant:crash" in found.error

    def test_warnings_of_the_claim_do_not_escape(self) -> None:
        """Floating-point noise inside a procedure (0/0 here) raises no warning: it is counted."""
        assert "non-finite" == trial(claim(when=measuring(lambda v: (v - v) / (v - v)))).reason

    def test_the_parts_are_named_in_order(self) -> None:
        """Mutants stand in the record in the order in which the claim lists them."""
        assert ["above two", "opposite"] == [mutant.name for mutant in trial(positive).mutants]


def test_flow_curves_show_no_wrong_prediction() -> None:
    """A true law along a flow is never drawn as if the data contradicted it."""

    def run(_: Parameters, instances: Instances) -> Measurement:
        track = stack([instances["x"], instances["x"] / 2, instances["x"] / 4], axis=1)
        return Measurement.of({"x": track}, case="c", rates={"x": -track})

    subject = claim(
        given=numbers(data=(RealData(name="t", parameters={"n": 1}),)),
        when=procedure(run, time=Time.FLOW, measures={x: "a number"}),
        then=Conserved(quantity=x, change=-x),
        mutants=(Mutant(name="m", because="b", then=Conserved(quantity=x, change=x + 1)),),
    )
    found = trial(subject)

    assert "holds" == found.verdict
    assert found.data is not None
    for curve in found.data.curves:
        assert [p for p in curve.predicted if p is not None] in ([], curve.measured)
