import math
from dataclasses import replace

import pytest
from report_records import DATA, GROWTH, POWER, PROVED, curve, judged, run
from toy_quantified import growing, power_laws

from lemmata.checks import Effort, judge
from lemmata.checks.evidence import Curve, Evidence
from lemmata.claims import Claim, Located
from lemmata.reports import figures


def claim(key: str, *curves: Curve) -> Evidence:
    """A claim with these curves on real data."""
    return judged(key, "holds", expected=True, data=replace(DATA, curves=list(curves)))


def test_one_panel_a_curve() -> None:
    """Every curve with a finite number is drawn; one without is left out."""
    empty = replace(curve("empty"), measured=[None] * 40)

    assert ["digits", "iris"] == [
        panel.caption for panel in figures.of_claim(claim("a/b", curve(), empty, curve("iris")), "x")
    ]


def test_overlay_needs_two_claims_of_a_paper() -> None:
    """Only curves of one name, from different claims of the same paper, are laid over one another."""
    record = run(claim("a/one", curve(), curve("iris")), claim("a/two", curve()), claim("b/one", curve("wine")))
    found = figures.of_papers(record)

    assert [("a", ["digits"], ["one", "two"])] == [
        (figure.paper, [panel.caption for panel in figure.panels], [line.label for line in figure.legend])
        for figure in found
    ]


def test_different_quantities_never_share_an_axis() -> None:
    """Curves of one data set with different quantities are not laid over one another."""
    other = replace(curve(), y_label="loss")

    assert () == figures.of_papers(run(claim("a/one", curve()), claim("a/two", other)))


def test_colours_follow_the_claim_and_repeat_dotted() -> None:
    """A claim keeps its colour in every panel; beyond eight claims colours come back dotted."""
    record = run(*(claim(f"a/c{number}", curve(), curve("iris")) for number in range(10)))
    (figure,) = figures.of_papers(record)

    assert [(line.series, line.dotted) for line in figure.legend[7:]] == [(8, False), (1, True), (2, True)]
    assert [line.series for line in figure.panels[0].lines] == [line.series for line in figure.panels[1].lines]


@pytest.mark.parametrize(
    ("expected", "predicted"),
    [("predicted", [1.0] * 40), ("predicted: 0 at every step", [0.0] * 40), ("", [None] * 40)],
)
def test_legend_of_the_prediction(expected: str, predicted: list[float | None]) -> None:
    """A prediction of zero, which a logarithmic axis cannot show, is told in words; a missing one not at all."""
    (panel,) = figures.of_claim(claim("a/b", replace(curve(), predicted=predicted)), "x")

    assert expected == panel.prediction


def test_long_curves_stay_small() -> None:
    """A curve of a hundred thousand steps makes a picture of a few kilobytes."""
    count = 100_000
    values = [2.0 + math.sin(step / 50) for step in range(count)]
    long = replace(curve(), x=[float(step) for step in range(count)], measured=list(values), predicted=list(values))
    (panel,) = figures.of_claim(claim("a/b", long), "x")

    assert len(panel.svg) < 30_000


@pytest.mark.parametrize(
    ("is_log", "values"), [(True, [1e-9, 1.0]), (True, [0.0, 1e-9, 1.0]), (False, [1.0, 2.0]), (False, [-1.0, 1e9])]
)
def test_logarithmic_axis(is_log: bool, values: list[float]) -> None:  # noqa: FBT001 - a parameter of the test
    """Decades are shown on a logarithmic axis, negative values never."""
    drawn = replace(curve(), x=[float(place) for place in range(len(values))], measured=list(values), predicted=[])
    drawn = replace(drawn, predicted=[None] * len(values))
    (panel,) = figures.of_claim(claim("a/b", drawn), "x")

    # An exponent is set apart from its ten; the minus of a plain number is not.
    assert is_log == (">−<" in panel.svg)


def test_settings_of_matplotlib_are_left_alone() -> None:
    """Drawing changes no setting of the process."""
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    figures.of_claim(PROVED, "x")

    assert before == dict(mpl.rcParams)


@pytest.mark.parametrize(("expected", "found"), [("claimed power", power_laws()), ("calibrated constant", growing())])
def test_legend_says_what_the_line_of_a_real_trial_is(expected: str, found: Claim) -> None:
    """The curves that the trial records are known by their labels: a claimed power, a calibrated constant."""
    record = judge(Located(found, "toy"), effort=Effort.QUICK, seed=0)
    panels = figures.of_claim(record, "x")

    assert panels
    assert {expected} == {panel.prediction for panel in panels}


def test_logarithms_stay_on_a_linear_axis() -> None:
    """The record holds log10 of a rate; on a logarithmic axis a power would no longer be a straight line."""
    (panel,) = figures.of_claim(claim("a/b", POWER), "x")

    assert ">−<" not in panel.svg
    assert ">200<" in panel.svg


def test_zero_logarithm_is_no_zero_prediction() -> None:
    """A predicted log10 of zero is a quantity of one, which the axis shows; a constant of zero is told in words."""
    (power,) = figures.of_claim(claim("a/b", replace(POWER, predicted=[0.0] * 4)), "x")
    (constant,) = figures.of_claim(claim("a/b", replace(GROWTH, predicted=[0.0] * 3)), "x")

    assert "claimed power" == power.prediction
    assert "calibrated constant: 0 at every step" == constant.prediction


def test_each_claims_own_quantity_is_never_overlaid() -> None:
    """Rates and constants of two claims carry the same labels and are different things."""
    assert () == figures.of_papers(run(claim("a/one", POWER, GROWTH), claim("a/two", POWER, GROWTH)))
