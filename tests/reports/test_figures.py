import math
from dataclasses import replace

import pytest
from report_records import DATA, GROWTH, POWER, curve, judged
from toy_quantified import growing, power_laws

from lemmata.checks import Effort, judge
from lemmata.checks.evidence import Curve, Evidence, Slack
from lemmata.claims import Claim, Located
from lemmata.reports import figures


def claim(key: str, *curves: Curve) -> Evidence:
    """A claim with these curves on real data."""
    return judged(key, "holds", expected=True, data=replace(DATA, curves=list(curves)))


def test_one_panel_a_curve() -> None:
    """Every curve with a finite number is drawn; one without is left out."""
    empty = replace(curve("empty"), measured=[None] * 40)

    assert ["digits", "iris"] == [
        panel.caption for panel in figures.of_claim(claim("a/b", curve(), empty, curve("iris")))
    ]


def test_overlay_needs_two_claims_of_a_paper() -> None:
    """Only curves of one name, from different claims of the same paper, are laid over one another."""
    record = [claim("a/one", curve(), curve("iris")), claim("a/two", curve())]
    found = figures.of_paper(record)

    assert ["digits"] == [panel.caption for panel in found.panels]
    assert ["one", "two"] == [line.label for line in found.legend]
    assert () == figures.of_paper([claim("b/one", curve("wine"))]).panels


def test_different_quantities_never_share_an_axis() -> None:
    """Curves of one data set with different quantities are not laid over one another."""
    other = replace(curve(), y_label="loss")

    assert () == figures.of_paper([claim("a/one", curve()), claim("a/two", other)]).panels


def test_colours_follow_the_claim_and_repeat_dotted() -> None:
    """A claim keeps its colour in every panel; beyond eight claims colours come back dotted."""
    figure = figures.of_paper([claim(f"a/c{number}", curve(), curve("iris")) for number in range(10)])

    assert [(line.series, line.dotted) for line in figure.legend[7:]] == [(8, False), (1, True), (2, True)]
    assert [line.series for line in figure.panels[0].lines] == [line.series for line in figure.panels[1].lines]


@pytest.mark.parametrize(
    ("expected", "predicted"),
    [("predicted", [1.0] * 40), ("predicted: 0 at every step", [0.0] * 40), ("", [None] * 40)],
)
def test_legend_of_the_prediction(expected: str, predicted: list[float | None]) -> None:
    """A prediction of zero, which a logarithmic axis cannot show, is told in words; a missing one not at all."""
    (panel,) = figures.of_claim(claim("a/b", replace(curve(), predicted=predicted)))

    assert expected == panel.prediction


def test_long_curves_stay_small() -> None:
    """A curve of a hundred thousand steps makes a picture of a few kilobytes."""
    count = 100_000
    values = [2.0 + math.sin(step / 50) for step in range(count)]
    long = replace(curve(), x=[float(step) for step in range(count)], measured=list(values), predicted=list(values))
    (panel,) = figures.of_claim(claim("a/b", long))

    assert len(panel.svg) < 30_000


@pytest.mark.parametrize(
    ("is_log", "values"), [(True, [1e-9, 1.0]), (True, [0.0, 1e-9, 1.0]), (False, [1.0, 2.0]), (False, [-1.0, 1e9])]
)
def test_logarithmic_axis(is_log: bool, values: list[float]) -> None:  # noqa: FBT001 - a parameter of the test
    """Decades are shown on a logarithmic axis, negative values never."""
    drawn = replace(curve(), x=[float(place) for place in range(len(values))], measured=list(values), predicted=[])
    drawn = replace(drawn, predicted=[None] * len(values))
    (panel,) = figures.of_claim(claim("a/b", drawn))

    assert is_log == (">10⁻" in panel.svg)


@pytest.mark.parametrize(("expected", "found"), [("claimed power", power_laws()), ("calibrated constant", growing())])
def test_legend_says_what_the_line_of_a_real_trial_is(expected: str, found: Claim) -> None:
    """The curves that the trial records are known by their labels: a claimed power, a calibrated constant."""
    record = judge(Located(found, "toy"), effort=Effort.QUICK, seed=0)
    panels = figures.of_claim(record)

    assert panels
    assert {expected} == {panel.prediction for panel in panels}


def test_logarithms_are_shown_as_powers_of_ten() -> None:
    """The record holds log10 of a rate: its power is a straight line, and the ticks are the quantity's own values."""
    (panel,) = figures.of_claim(claim("a/b", POWER))

    assert ">10²⁰⁰<" in panel.svg
    assert ">200<" not in panel.svg


def test_axes_of_a_rate_bear_the_names_of_its_statement() -> None:
    """The height is the quantity that the statement begins with, the place what is raised to the power."""
    rate = claim("a/b", POWER)
    statement = replace(
        rate.statement,
        latex=r"\|x_{\infty} - x^*\| \sim c D\, \alpha^{D}, \qquad c = 2",
        legend={"D": "depth", r"\alpha": "initialization", r"\|x_{\infty} - x^*\|": "error"},
    )
    (panel,) = figures.of_claim(replace(rate, statement=statement))

    assert "<msub><mi>x</mi><mrow><mo>∞</mo></mrow></msub>" in panel.up
    assert '<math display="inline"><mrow><mi>α</mi></mrow></math>: initialization' == panel.across
    assert "‖x_∞ − x*‖ against α: initialization" in panel.svg


@pytest.mark.parametrize(
    ("expected", "latex"),
    [
        ("a = αᴰ", r"x = \Theta\left(a^{1 - \rho}\right), \qquad a = \alpha^{D}"),
        ("1/δ", r"x \sim J\, \frac{1}{\delta}, \qquad J = 2"),
        ("log(1/α)", r"x \sim \frac{1}{2}\, \log\left(\frac{1}{\alpha}\right)"),
        ("1/√K", r"x = \Omega\left(\frac{1}{\sqrt{K}}\right)"),
    ],
)
def test_a_scale_that_is_a_formula_names_its_axis(expected: str, latex: str) -> None:
    """A rate in powers of a formula has that formula below its picture, with what the statement says it is."""
    rate = claim("a/b", POWER)
    statement = replace(rate.statement, latex=latex, legend={"x": "error", r"\alpha": "initialization", "D": "depth"})
    (panel,) = figures.of_claim(replace(rate, statement=statement))

    assert f": x against {expected}, measured" in panel.svg


def test_axes_are_set_as_mathematics() -> None:
    """What is typed as a formula in the name of an axis has its indices below and its powers above the line."""
    drawn = replace(curve(), y_label="P(U_lam)", x_label="log10 of lam/Lam")
    (panel,) = figures.of_claim(claim("a/b", drawn))

    assert "<msub><mi>U</mi><mi>λ</mi></msub>" in panel.up
    assert "<math><mi>λ</mi><mo>/</mo><mi>Λ</mi></math>" == panel.across


def test_zero_logarithm_is_no_zero_prediction() -> None:
    """A predicted log10 of zero is a quantity of one, which the axis shows; a constant of zero is told in words."""
    (power,) = figures.of_claim(claim("a/b", replace(POWER, predicted=[0.0] * 4)))
    (constant,) = figures.of_claim(claim("a/b", replace(GROWTH, predicted=[0.0] * 3)))

    assert "claimed power" == power.prediction
    assert "calibrated constant: 0 at every step" == constant.prediction


def test_each_claims_own_quantity_is_never_overlaid() -> None:
    """Rates and constants of two claims carry the same labels and are different things."""
    assert () == figures.of_paper([claim("a/one", POWER, GROWTH), claim("a/two", POWER, GROWTH)]).panels


def test_profile_of_each_parameter() -> None:
    """The largest ratios of all stages are drawn against each parameter that took several values."""
    slack = [
        Slack(parameter="n", values=["1", "2 to 3"], ratios=[0.5, 0.9]),
        Slack(parameter="kind", values=["x"], ratios=[0.1]),
    ]
    found = judged("a/b", "holds", expected=True, sample=replace(DATA, slack=slack))
    (panel,) = figures.profiles(found)

    assert ("largest ratio", "<math><mi>n</mi></math>") == (panel.up, panel.across)
    assert ">2 to 3<" in panel.svg
