"""Claims about probabilities: the confidence sequence, the decision, the shared error budget."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy import stats
from sympy.core.relational import Relational
from toy_quantified import coins, p, u

from lemmata import (
    Mod,
    Rational,
    absolute,
    conjecture,
    dimension,
    exp,
    gaussian,
    integer,
    maximum,
    minimum,
    norm2,
    probability,
    real,
)
from lemmata.checks import Effort, Evidence, Store, judge, run
from lemmata.checks._budget import FALSE_ALARMS
from lemmata.checks.stages.probability import decide, detectable, interval
from lemmata.claims import AtMost, Claim, ClaimError, Library, Located, Mutant, RealData, WithProbability


def trial(subject: Claim, seed: int = 0) -> Evidence:
    """A quick trial in this process."""
    return judge(Located(subject, "toy"), effort=Effort.QUICK, seed=seed)


class TestInterval:
    """The anytime-valid confidence sequence."""

    def test_no_trials(self) -> None:
        """Before the first trial anything is possible."""
        assert (0.0, 1.0) == interval(0, 0, 1e-6)

    @pytest.mark.parametrize(("hits", "trials"), [(0, 40), (40, 40), (3, 40), (500, 1000), (999, 1000)])
    def test_wider_than_clopper_pearson(self, hits: int, trials: int) -> None:
        """It contains the exact binomial interval for one look, since it must hold at every look."""
        low, high = interval(hits, trials, 1e-3)
        alpha = 1e-3 / 2
        exact_low = stats.beta.ppf(alpha, hits, trials - hits + 1) if hits else 0.0
        exact_high = stats.beta.ppf(1 - alpha, hits + 1, trials - hits) if hits < trials else 1.0

        assert low <= exact_low
        assert high >= exact_high

    @pytest.mark.parametrize("chance", [0.02, 0.5, 0.9])
    def test_coverage_at_every_time(self, chance: float) -> None:
        """Over whole sequences the truth is ever outside in no more than the stated share of them."""
        sequences, trials, alpha = 400, 300, 0.1
        hits = np.cumsum(np.random.default_rng(7).uniform(size=(sequences, trials)) < chance, axis=1)
        missed = 0
        for sequence in hits:
            looks = [interval(int(sequence[t]), t + 1, alpha) for t in range(9, trials, 10)]
            missed += any(not low <= chance <= high for low, high in looks)

        assert missed <= stats.binom.ppf(0.999, sequences, alpha)

    def test_detectable(self) -> None:
        """The smallest discrepancy is the first frequency, counted down, that contradicts."""
        low, trials, alpha = 0.9, 400, 1e-6
        worst = max(hits for hits in range(trials) if interval(hits, trials, alpha)[1] < low)

        assert pytest.approx(low - worst / trials) == detectable((low, 1.0), trials, alpha)

    def test_nothing_detectable(self) -> None:
        """With too few trials no outcome contradicts."""
        assert detectable((0.9, 1.0), 2, 1e-6) is None


class TestDecision:
    """What an interval says of a claimed range, with a resolution of 0.05."""

    @pytest.mark.parametrize(
        ("low", "high", "decision"),
        [
            (0.90, 0.99, "agrees"),
            (0.86, 0.99, "agrees"),  # may be short of 0.9 by less than the resolution
            (0.80, 0.99, "open"),
            (0.70, 0.89, "contradicts"),
        ],
    )
    def test_at_least(self, low: float, high: float, decision: str) -> None:
        """At least 0.9."""
        assert decision == decide(low, high, (0.9, 1.0), 0.05)


class TestVerdicts:
    """Whole trials."""

    def test_supported(self) -> None:
        """An exact law is supported, and the sentence tells what would have been seen."""
        found = trial(coins())

        assert ("supported", True, "") == (found.verdict, found.expected, found.error)
        assert "a discrepancy of 0.0" in found.sentence

    def test_stops_early(self) -> None:
        """A gross discrepancy is seen in the first batch, a fine one takes more."""
        found = trial(coins())
        assert found.sample is not None
        mutant = found.mutants[0].sample.contradiction

        assert mutant is not None
        assert mutant.used < min(one.used for one in found.sample.estimates)

    def test_refuted(self) -> None:
        """A probability that is not reached is refuted, with its interval and error rate in the sentence."""
        found = trial(coins(then=WithProbability(event=AtMost(left=u, right=p), at_least=(1 + 2 * p) / 3)))

        assert ("refuted", False) == (found.verdict, found.expected)
        assert "claimed at least 0.666667: contradicted at an error rate of" in found.sentence

    def test_too_few(self) -> None:
        """A discrepancy finer than the budget can resolve stays undecided."""
        event = AtMost(left=u, right=p)
        found = trial(coins(then=WithProbability(event=event, at_least=p, at_most=p, resolution=sp.Rational(1, 500))))

        assert ("undecided", "open") == (found.verdict, found.reason)

    def test_powerless(self) -> None:
        """A mutant within the resolution survives, and the claim does not pass."""
        event = AtMost(left=u, right=p)
        near = WithProbability(event=event, at_least=p + sp.Rational(1, 1000))
        found = trial(coins(mutants=(Mutant(name="near", because="it is p", then=near),)))

        assert "powerless" == found.verdict

    @pytest.mark.parametrize("seed", range(15))
    def test_no_false_alarm(self, seed: int) -> None:
        """A true law is supported at every seed."""
        assert "supported" == trial(coins(), seed).verdict

    def test_shared_error_budget(self, tmp_path: Path) -> None:
        """All probabilities of a run share one chance of a false alarm, which is on record."""
        claims = [Located(coins(), "toy"), Located(coins(key="toy2024/others"), "toy")]
        with Store.open(tmp_path / "evidence.sqlite") as store:
            found = run(Library(claims=tuple(claims), failures=()), effort=Effort.QUICK, seed=0, jobs=None, store=store)
        shares = {one.false_alarm for claim in found.claims if claim.sample for one in claim.sample.estimates}

        assert FALSE_ALARMS == found.false_alarms
        # two claims, each with two mutants; of each one edge, two points drawn, two glanced at, and all glances
        assert {FALSE_ALARMS / 36} == shares

    def test_shared_by_claims_judged_one_by_one(self) -> None:
        """Who judges claim by claim, as pytest does, names the claims that share it."""
        both = [coins(), coins(key="toy2024/others")]
        found = judge(Located(both[0], "toy"), effort=Effort.QUICK, seed=0, among=both)

        assert found.sample is not None
        assert {FALSE_ALARMS / 36} == {one.false_alarm for one in found.sample.estimates}


class TestMisuse:
    """What cannot be a probability is refused when the claim is written."""

    @pytest.mark.parametrize("bound", [sp.Rational(-1, 2), sp.Rational(3, 2), p * 3])
    def test_outside(self, bound: sp.Expr) -> None:
        """A number outside [0, 1], given or at an edge."""
        with pytest.raises(ClaimError, match=r"a probability lies in \[0, 1\]"):
            coins(then=WithProbability(event=AtMost(left=u, right=p), at_least=bound))

    @pytest.mark.parametrize(
        ("make", "told"),
        [
            (lambda event: WithProbability(event=event), "needs `at_least` or `at_most`"),
            (lambda event: WithProbability(event=event, at_least=u), "numeric parameters of the family are: p"),
            (lambda event: WithProbability(event=event, at_least=p, at_most=p / 2), "at least 0.5 and at most 0.25"),
            (lambda event: WithProbability(event=event, at_least=p, resolution=2), "between 0 and 1, got 2"),
        ],
    )
    def test_other(self, make: Callable[[AtMost], WithProbability], told: str) -> None:
        """No bound, an unknown symbol, a contradiction in terms, a resolution that is none."""
        with pytest.raises(ClaimError, match=told):
            coins(then=make(AtMost(left=u, right=p)))

    def test_data(self) -> None:
        """Fixed data have no probability."""
        data = dataclasses.replace(coins().given, data=(RealData(name="one", parameters={"p": 0.5}),))
        with pytest.raises(ClaimError, match="fixed data have no probability"):
            coins(given=data)


k, z = integer("k", 1, 20), gaussian("z")


@pytest.mark.parametrize(
    "then", [absolute(z) <= 3 * absolute(k - 7), absolute(z) >= Rational(1, 100) + Mod(k, 13) // 12]
)
def test_every_whole_number_of_a_short_range_is_glanced_at(then: Relational) -> None:
    """An event that is nearly sure but at one whole number, where it is not, is found there."""
    claim = conjecture("Nearly sure", key="toy/glance", then=probability(then) >= Rational(9, 10))

    assert "refuted" == trial(claim).verdict


s = real("s", low=0, high=1)


@pytest.mark.parametrize("middle", [Rational(37, 100), Rational(1, 2)])
def test_a_tenth_of_the_range_of_a_real_parameter_is_met(middle: Rational) -> None:
    """An event that is sure but near one value of a real parameter, where it never happens, is found there."""
    dip = maximum(0, 1 - 20 * absolute(s - middle))
    claim = conjecture("Nearly sure", key="toy/dip", then=probability(absolute(z) >= 5 * dip) >= Rational(9, 10))

    assert "refuted" == trial(claim).verdict


def test_near_one_a_discrepancy_is_held_against_what_is_left() -> None:
    """Within three deviations a Gaussian is with probability 0.9973: no 0.9999, and of 0.997 too few draws tell."""
    within = probability(absolute(z) <= 3)

    found = [trial(conjecture("Sure", key="toy/sure", then=within >= 1 - Rational(one, 10_000))) for one in (1, 30)]

    assert ["refuted", "undecided"] == [one.verdict for one in found]


d = dimension("d", upto=8)
g = gaussian("g", d)
FALSE_BY_LITTLE = {
    "a tail above its bound": probability(g[0] >= 1) <= Rational(15, 100),
    "a chance below its bound": probability(g[0] <= 1) >= Rational(85, 100),
    "at the largest size": probability(norm2(g) >= d + 4) <= exp(-2),
    "at one size of eight": probability(g[0] <= 1) >= Rational(86, 100) - minimum(1, (d - 5) ** 2) / 10,
}
TRUE_BY_LITTLE = {
    "the very chance": probability(g[0] >= 0) >= Rational(1, 2),
    "a tail below its bound": probability(g[0] >= 1) <= Rational(159, 1000),
}


@pytest.mark.parametrize("name", FALSE_BY_LITTLE)
def test_a_frequency_on_the_wrong_side_is_followed(name: str) -> None:
    """What is false by less than the resolution is not said to agree while the frequency misses it: it is drawn on.

    A frequency falls on the right side of such a claim now and then: more than half of the seeds must refute it.
    """
    subject = conjecture("False by little", key="p/f", then=FALSE_BY_LITTLE[name])
    assert [trial(subject, seed).verdict for seed in range(5)].count("refuted") > 2


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", TRUE_BY_LITTLE)
def test_what_is_true_by_little_is_not_accused(name: str, seed: int) -> None:
    """The frequency falls on the wrong side half the time, and far on it seldom."""
    found = trial(conjecture("True by little", key="p/t", then=TRUE_BY_LITTLE[name]), seed)

    assert found.sample is not None
    assert "contradicts" not in {one.decision for one in found.sample.estimates}
    assert found.verdict in {"supported", "powerless"}
