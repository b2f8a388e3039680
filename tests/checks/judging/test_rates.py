"""Rates: exponents from local slopes, plateaus, leading constants, and what is not decided."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_quantified import power_laws, q, s, sweep

from lemmata.checks import Effort, Evidence, judge
from lemmata.checks.judging.origin import Origin, Source
from lemmata.checks.judging.rates import limit, rate_evidence, slopes
from lemmata.claims import Case, Claim, ClaimError, Located, Measurement, Mutant, Picture, Procedure, Rate, Side, Time
from lemmata.solvers import Bounded, elementwise, stack


def trial(subject: Claim) -> Evidence:
    """A quick trial in this process."""
    return judge(Located(subject, "toy"), effort=Effort.QUICK, seed=0)


class TestLimit:
    """The limit of a sequence, with what may still be missing."""

    @pytest.mark.parametrize("ratio", [0.05, 0.3, 0.6])
    def test_geometric(self, ratio: float) -> None:
        """The bar of a geometric sequence covers its limit, and and shrinks along with what is left."""
        track = Bounded.exact(1 + 0.1 * ratio ** np.arange(8.0)[None])
        found, moving = limit(track, 0.05)
        off = abs(found.value[0, 0] - 1)

        assert not moving[0]
        assert off <= found.error[0, 0] <= 10 * 0.1 * ratio**6

    def test_harmonic_moves(self) -> None:
        """A sequence that creeps like 1/k has not come to rest."""
        _, moving = limit(Bounded.exact(1 + 1 / np.arange(1.0, 40)[None]), 0.5)

        assert moving[0]

    def test_competing_corrections(self) -> None:
        """Two corrections of opposite sign that nearly cancel never put the limit outside the bar."""
        rng, k = np.random.default_rng(3), np.arange(9.0)[None]
        sizes, ratios = rng.uniform(0.01, 0.5, size=(2, 4000, 1)), rng.uniform(0.1, 0.7, size=(2, 4000, 1))
        found, moving = limit(Bounded.exact(1 + sizes[0] * ratios[0] ** k - sizes[1] * ratios[1] ** k), 0.05)
        off = np.abs(found.value[:, 0] - 1)

        assert np.all((off <= found.error[:, 0]) | moving)
        assert moving.mean() < 0.35

    def test_rounding(self) -> None:
        """Differences within the error bounds are no movement."""
        noisy = 1 + 1e-9 * np.array([[0.0, 1, -1, 2, -2]])
        found, moving = limit(Bounded(noisy, np.full(noisy.shape, 1e-8)), 0.05)

        assert not moving[0]
        assert abs(found.value[0, 0] - 1) <= found.error[0, 0]


def test_pictures_know_named_parts() -> None:
    """Picture and estimate read a named constant as what it stands for."""
    scales, c = Bounded.exact(2.0 ** -np.arange(1.0, 9)[None]), sp.Symbol("c")
    measured = Measurement.of({q: scales * scales * 3, s: scales})
    named = Rate(quantity=q, scale=s, exponent=2, constant=c, where={c: sp.Integer(3)})
    curve, estimate = rate_evidence(named, measured, Origin(Source.EDGE, "e"), {})

    assert curve.predicted == pytest.approx(curve.measured)
    assert (2.0, "2") == (pytest.approx(estimate.value), estimate.claimed)


class TestVerdicts:
    """Whole trials of a s^2 + s^3."""

    def test_two_sided(self) -> None:
        """The exponent is found; the report gets its interval and a picture with the theory's line."""
        found = trial(power_laws())
        assert found.sample is not None
        exponent = found.sample.estimates[0]

        assert "holds" == found.verdict
        assert exponent.low is not None
        assert exponent.high is not None
        assert exponent.low <= 2 <= exponent.high
        assert exponent.high - exponent.low < 1e-3
        curve = found.sample.curves[0]
        assert curve.measured[-1] == pytest.approx(curve.predicted[-1])

    def test_named_exponent(self) -> None:
        """A named exponent is judged, estimated and drawn as if it stood in place."""
        part = sp.Symbol("p")
        named, plain = (
            trial(power_laws(then=then)).sample
            for then in (
                Rate(quantity=q, scale=s, exponent=part, where={part: sp.Integer(2)}),
                Rate(quantity=q, scale=s, exponent=2),
            )
        )
        assert named is not None
        assert plain is not None

        assert plain.estimates == named.estimates
        assert plain.curves == named.curves

    def test_wrong_exponent(self) -> None:
        """A wrong exponent is refuted in balls, at a counterexample of one instance."""
        found = trial(power_laws(then=Rate(quantity=q, scale=s, exponent=sp.Rational(5, 2))))
        assert found.sample is not None
        assert found.sample.smallest is not None

        assert "refuted" == found.verdict
        assert "an extrapolation from what was computed in balls of 256 bits" == found.sample.smallest.arithmetic
        assert "confirmed" not in found.sentence

    def test_wrong_exponent_in_floats(self) -> None:
        """Of a procedure that computes in float64 the limit is an extrapolation as well, and not confirmed."""
        subject = power_laws(then=Rate(quantity=q, scale=s, exponent=sp.Rational(5, 2)))
        found = trial(dataclasses.replace(subject, when=dataclasses.replace(subject.when, exact=False)))
        assert found.sample is not None
        assert found.sample.smallest is not None

        assert "refuted" == found.verdict
        assert found.sample.smallest.is_extrapolated
        assert "float64 balls (the error bounds of its solver)" in found.sample.smallest.arithmetic
        assert "confirmed" not in found.sentence

    @pytest.mark.parametrize(
        ("side", "exponent", "verdict"),
        [
            (Side.UPPER, 1, "holds"),  # s^2 is O(s) as s -> 0
            (Side.UPPER, 3, "refuted"),
            (Side.LOWER, 3, "holds"),
            (Side.LOWER, 1, "refuted"),
        ],
    )
    def test_one_sided(self, side: Side, exponent: int, verdict: str) -> None:
        """Upper and lower bounds as the scale goes to zero."""
        wrong = Mutant(name="wrong", because="it is 2", then=Rate(quantity=q, scale=s, exponent=5))
        claimed = Rate(quantity=q, scale=s, exponent=exponent, side=side)

        assert verdict == trial(power_laws(then=claimed, mutants=(wrong,))).verdict

    @pytest.mark.parametrize(("constant", "verdict"), [(3, "holds"), (sp.Rational(31, 10), "refuted")])
    def test_leading_constant(self, constant: Any, verdict: str) -> None:
        """A leading constant that is 3 in truth, stated right and wrong."""
        measured = sweep(lambda a, scale: 3 * scale * scale + a * scale * scale * scale, scales=6)
        claimed = Rate(quantity=q, scale=s, exponent=2, constant=constant)

        assert verdict == trial(power_laws(measured, then=claimed)).verdict

    def test_logarithm_is_pre_asymptotic(self) -> None:
        """Along s = 2^-k, s^2 log(1/s) still moves: neither accused nor passed."""

        def run(_: Any, instances: Any) -> Measurement:
            a = instances["a"]
            logs = stack([a * 0 - k for k in range(1, 12)], axis=1)
            values = {s: elementwise(logs, "exp"), q: elementwise(logs * 2, "exp") * (-logs)}
            return Measurement.of(values, case="all")

        measured = Procedure(name="a sweep", measures={q: "gap", s: "scale"}, run=run, time=Time.SCALES, rational=False)
        found = trial(power_laws(measured))

        assert ("undecided", "open") == (found.verdict, found.reason)
        assert "pre-asymptotic" in found.sentence

    def test_hidden_by_rounding(self) -> None:
        """(1 + s^2) - 1 drowns in rounding: not decided, which is no fault of the procedure's."""

        def run(_: Any, instances: Any) -> Measurement:
            logs = stack([instances["a"] * 0 - k for k in (4.5, 9, 13.5, 18)], axis=1)
            values = {s: elementwise(logs, "exp"), q: (elementwise(logs * 2, "exp") + 1) - 1}
            return Measurement.of(values, case="all")

        measured = Procedure(name="a sweep", measures={q: "gap", s: "scale"}, run=run, time=Time.SCALES, rational=False)
        found = trial(power_laws(measured))

        assert ("undecided", "open") == (found.verdict, found.reason)
        assert "rounding hides it" in found.sentence
        assert found.sample is not None
        assert 0 == found.sample.non_finite

    def test_scale_below_every_float(self) -> None:
        """Given through logarithms, scales down to 10^-100000 are judged like any other."""
        log_s, log_q = sp.symbols("log_s log_q", real=True)

        def run(_: Any, instances: Any) -> Measurement:
            a = instances["a"]
            logs = stack([a * 0 - 10**k for k in range(1, 7)], axis=1)
            values = {log_s: logs, log_q: logs * 3 / 2 + a[:, None]}
            return Measurement.of(values, case="all")

        measured = Procedure(name="sweep", measures={log_q: "log gap", log_s: "log scale"}, run=run, time=Time.SCALES)
        claimed = Rate(quantity=sp.exp(log_q), scale=sp.exp(log_s), exponent=sp.Rational(3, 2))
        wrong = Mutant(name="2", because="3/2", then=Rate(quantity=sp.exp(log_q), scale=sp.exp(log_s), exponent=2))
        found = trial(power_laws(measured, then=claimed, mutants=(wrong,)))

        assert ("holds", "") == (found.verdict, found.error)


class TestMisuse:
    """A rate that could not be judged is refused."""

    @pytest.mark.parametrize(
        ("grid", "told"), [([-1, -2], "at 3 scales or more"), ([-1, -3, -2], "must go one way"), ([-1, -1, -1], "must")]
    )
    def test_scales(self, grid: list[int], told: str) -> None:
        """Two scales, or scales that turn back."""

        def run(_: Any, instances: Any) -> Measurement:
            logs = stack([instances["a"] * 0 + at for at in grid], axis=1)
            scale = elementwise(logs, "exp")
            return Measurement.of({s: scale, q: scale * scale}, case="all")

        measured = Procedure(name="a sweep", measures={q: "gap", s: "scale"}, run=run, time=Time.SCALES, rational=False)
        found = trial(power_laws(measured))

        assert "error" == found.verdict
        assert told in found.error

    @pytest.mark.parametrize(
        ("make", "told"),
        [
            (lambda: Rate(quantity=q, scale=s, exponent=1, side=Side.UPPER, constant=2), "belongs to a two-sided rate"),
            (lambda: Rate(quantity=q, scale=s, exponent=1, resolution=0), "between 0 and 1, got 0"),
            (lambda: power_laws(when=Procedure(name="x", measures={q: "q", s: "s"}, run=lambda *_: None)), "SCALES"),
        ],
    )
    def test_written_wrongly(self, make: Callable[[], Any], told: str) -> None:
        """A constant of a one-sided rate, no resolution, a procedure without scales."""
        with pytest.raises(ClaimError, match=told):
            make()


class TestPictures:
    """Curves that a procedure hands over for the report."""

    def test_kept_at_edges(self) -> None:
        """They are kept at edges, named after the edge, with NaN as a gap; random batches bring none."""

        def run(parameters: Any, instances: Any) -> Measurement:
            plain = power_laws().when.run(parameters, instances)
            shown = Picture(name="shape", x_label="depth", y_label="share", x=[2, 3], measured=[0.5, float("nan")])
            return Measurement(cases=plain.cases, pictures=lambda: [shown])

        measured = Procedure(name="a sweep", measures={q: "gap", s: "scale"}, run=run, time=Time.SCALES, rational=False)
        found = trial(power_laws(measured)).sample
        assert found is not None
        shapes = [curve for curve in found.curves if curve.x_label == "depth"]

        assert [("shape, n = 1", [0.5, None], [None, None])] == [(c.name, c.measured, c.predicted) for c in shapes]

    @pytest.mark.parametrize("place", [float("inf"), float("nan")])
    def test_a_point_nowhere(self, place: float) -> None:
        """A picture with a point that has no place is told by its name, where it could not be recorded."""

        def run(parameters: Any, instances: Any) -> Measurement:
            plain = power_laws().when.run(parameters, instances)
            shown = Picture(name="shape", x_label="depth", y_label="share", x=[2, place], measured=[0.5, 1.0])
            return Measurement(cases=plain.cases, pictures=lambda: [shown])

        measured = Procedure(name="a sweep", measures={q: "gap", s: "scale"}, run=run, time=Time.SCALES, rational=False)

        assert f"the picture 'shape' of the procedure holds {place} at x[1]" in trial(power_laws(measured)).sentence

    def test_lengths(self) -> None:
        """Curves of different lengths are refused."""
        with pytest.raises(ClaimError, match="curves of different lengths"):
            Picture(name="shape", x_label="x", y_label="y", x=[1, 2], measured=[1])


@pytest.mark.parametrize(
    ("local", "claimed", "decision"),
    [
        ([0.41, 0.65, 0.59, 0.58], sp.Rational(78, 100), "open"),  # turned back, and may turn again
        ([0.41, 0.65, 0.59, 0.58], sp.Integer(3), "excluded"),
        ([0.4, 0.2, 0.1, 0.05], sp.Integer(1), "excluded"),  # still moving, but not that far
        ([0.0512, 0.0511, 0.0513, 0.0512, 0.0511], sp.Integer(1), "excluded"),  # trembles at rest
        ([1 - 1 / k for k in range(2, 9)], sp.Integer(1), "open"),
    ],
)
def test_how_far_slopes_may_still_go(local: list[float], claimed: Any, decision: str) -> None:
    """A near grid excludes nothing that its slopes may yet reach; what they cannot reach need not be pinned down."""
    scale = -0.7 * np.arange(len(local) + 1.0)
    height = np.concatenate([[0.0], np.cumsum(-0.7 * np.array(local))])
    y, t = sp.symbols("y t", real=True)
    case = Case(name="c", values={y: Bounded.exact(height[None]), t: Bounded.exact(scale[None])})
    found = slopes(Rate(quantity=sp.exp(y), scale=sp.exp(t), exponent=claimed), case)
    gap = found.left - found.right

    assert ("open" == decision) == bool(found.moving[0])
    assert ("excluded" == decision) == bool(not found.moving[0] and abs(gap.value[0, 0]) > gap.error[0, 0])
