from dataclasses import replace

import pytest
from report_records import (
    CHANCE,
    CONJECTURE,
    CONTRADICTION,
    COUNTEREXAMPLE,
    EXPONENT,
    GROWING,
    LEAST,
    LIKELY,
    POWER_LAW,
    PRE_ASYMPTOTIC,
    SAMPLE,
    TREND,
    UNDECIDED,
    UNLIKELY,
    WITHOUT,
    estimated,
)

from lemmata.checks.evidence import Estimate, Evidence, Necessity
from lemmata.reports import estimates, necessity

OPEN = replace(CHANCE, decision="open")


@pytest.mark.parametrize(
    ("expected", "one"),
    [
        (
            (
                "probability of the event (edge: one sample; n = 1, p = 0.5): 0.951 in [0.9312, 0.9664], "
                "6,500 instances; claimed at least 0.9: agrees; "
                "error rate 1.2e-07, a discrepancy of 0.04 would have been seen"
            ),
            CHANCE,
        ),
        (
            "exponent (edge: small steps; n = 1): 2 in [1.9999998, 2.0000001], 6 scales; claimed 2: agrees",
            EXPONENT,
        ),
        (
            (
                "constant along m (towards 400; m = 400): calibrated 4.472, 20 at the far end, 7 points; "
                "claimed no growth: contradicted"
            ),
            TREND,
        ),
        ("least constant (everywhere): 20, 1,184 instances; claimed some number: agrees", LEAST),
    ],
)
def test_told_on_one_line(expected: str, one: Estimate) -> None:
    """What, where, interval, basis, claim, outcome, and of a probability its error rate and power."""
    assert expected == estimates.estimate_text(one)


def test_numbers_are_never_cut() -> None:
    """Many parameters and long names are shortened, what was found is not."""
    long = estimates.estimate_text(replace(CHANCE, parameters={f"p{n}": n for n in range(99)}, claimed="c" * 999))

    assert "0.951 in [0.9312, 0.9664], 6,500 instances" in long
    assert len(long) < 700


def test_no_outcome_could_have_contradicted() -> None:
    """A probability that nothing could have contradicted says so instead of a discrepancy."""
    assert "no discrepancy could have been seen" in estimates.estimate_text(replace(CHANCE, detectable=None))


def test_peak_between_the_ends_of_a_trend() -> None:
    """A constant that is largest in between is told with its largest value."""
    assert "20 at the far end, 31 in between" in estimates.estimate_text(replace(TREND, high=31.0))


def test_wrong_leading_constant_is_no_wrong_exponent() -> None:
    """A rate contradicted though its exponent is as claimed is contradicted in its constant."""
    wrong = replace(EXPONENT, decision="contradicts")

    assert "contradicted in its leading constant" == estimates.decision(wrong)
    assert "contradicted" == estimates.decision(replace(wrong, claimed="3"))
    assert "contradicted" == estimates.decision(replace(wrong, claimed="upper bound 3"))


@pytest.mark.parametrize(
    ("expected", "low", "high"),
    [
        ("[0.9312, 0.9664]", 0.9312, 0.9664),
        ("[2, 2]", 2.0, 2.0),
        ("[1.99999998, 2.00000001]", 1.99999998, 2.00000001),
        ("[–, 2]", None, 2.0),
        ("[–, –]", float("-inf"), float("nan")),
        ("[0, 0]", 0.0, 0.0),
    ],
)
def test_interval_shows_that_its_ends_differ(expected: str, low: float | None, high: float | None) -> None:
    """Narrow intervals get more digits; an end that is not finite is a dash."""
    assert expected == estimates.interval(low, high)


@pytest.mark.parametrize(
    ("expected", "claim"),
    [
        ("p ±0.04", LIKELY),
        ("p 0.52", UNLIKELY),
        ("exp 2", POWER_LAW),
        ("C 20", GROWING),
        ("1-9.0e-08", CONJECTURE),
        ("–", replace(UNDECIDED, sample=None)),
        ("–", replace(LIKELY, sample=estimated(CHANCE, replace(CHANCE, detectable=None)))),
        ("–", replace(GROWING, sample=estimated(TREND, replace(LEAST, value=float("inf"))))),
    ],
)
def test_number_in_the_column_of_ratios(expected: str, claim: Evidence) -> None:
    """A kind's main number stands with its name, so that nobody takes it for a ratio."""
    assert expected == estimates.main_number(claim)


def test_an_estimate_refutes_only_without_a_counterexample() -> None:
    """Where there is a counterexample, that is what is told."""
    assert CONTRADICTION is estimates.against(estimated(CONTRADICTION))
    assert estimates.against(estimated(CONTRADICTION, smallest=COUNTEREXAMPLE)) is None
    assert estimates.against(estimated(TREND)) is None
    assert estimates.against(None) is None


@pytest.mark.parametrize(
    ("expected", "one"),
    [
        ("needed: no bias, lemmata replay 0123456789ab", WITHOUT[0]),
        (
            (
                "no violation found without positively homogeneous (4,096 instances, largest ratio 0.371; "
                f"12 instances left open: {PRE_ASYMPTOTIC})"
            ),
            WITHOUT[1],
        ),
        (f"needed: independent, {estimates.estimate_text(CONTRADICTION)}", WITHOUT[2]),
        (
            f"no violation found without x (4,096 instances; {estimates.estimate_text(OPEN)})",
            Necessity(hypothesis="x", sample=estimated(OPEN)),
        ),
        ("no violation found without x (0 instances)", Necessity(hypothesis="x", sample=estimated(met=0))),
        (
            "not tried without x (nothing drawn breaks it and meets the rest)",
            Necessity(hypothesis="x", sample=estimated(met=0), only_breaking=True),
        ),
        (
            "no violation found without x (7 instances that break it)",
            Necessity(hypothesis="x", sample=estimated(met=7), only_breaking=True),
        ),
    ],
)
def test_necessity(expected: str, one: Necessity) -> None:
    """A hypothesis is needed with its witness, or nothing was found, with what was looked at."""
    assert expected == necessity.necessity_text(one, LIKELY)


def test_only_what_does_not_agree_is_unfavourable() -> None:
    """Estimates that agree explain no failure."""
    assert [estimates.estimate_text(TREND)] == estimates.unfavourable(estimated(TREND, LEAST))
    assert [] == estimates.unfavourable(SAMPLE)


def test_equal_lines_are_shown_once() -> None:
    """Two estimates that read the same are one line, where the first of them stood; another number is another line."""
    other = replace(TREND, value=7.0)

    assert [TREND, other, CHANCE] == estimates.each_once([TREND, other, TREND, CHANCE])
