import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from page_elements import Page
from report_records import (
    CHANCE,
    CONTRADICTION,
    COUNTEREXAMPLE,
    EVERYTHING,
    EXPONENT,
    GROWTH,
    HOSTILE,
    LIKELY,
    MUTANT,
    POWER,
    PROVED,
    QUANTIFIED,
    TREND,
    estimated,
    run,
)

from lemmata.checks.evidence import Estimate, Necessity, Run
from lemmata.checks.records import decode, encode
from lemmata.reports import estimates, junit
from lemmata.reports.formulas.linear import plain
from lemmata.reports.site.render import single


@pytest.fixture(scope="module")
def page() -> str:
    """The page of a run of claims with a quantifier of their own."""
    return single(QUANTIFIED)


def text_of(page: str) -> str:
    """The text of a page, each stretch of white space one space."""
    return re.sub(r"\s+", " ", Page(page).text)


@pytest.mark.parametrize(
    "wanted",
    [
        "Estimates dashed or shaded",
        "probability of the event",
        "0.951 in [0.9312, 0.9664]",
        "at least 0.9",
        "6,500 instances",
        "error rate 1.2 ⋅ 10⁻⁷, a discrepancy of 0.04 would have been seen",
        "2 in [1.9999998, 2.0000001]",
        "6 scales",
        "calibrated 4.472, 20 at the far end",
        "least constant",
        "p ±0.04",
        "exp 2",
        "C 20",
        "2,048 instances left open: pre-asymptotic",
        "Necessity: the claim without one of its hypotheses",
        "4,096 instances, largest ratio 0.371; 12 instances left open",
        "lemmata replay 0123456789ab",
        "34/5, which suffices on the calibrated part",
        "claimed power",
        "calibrated constant",
        "Chance that any probability of this run is wrongly contradicted: at most 1.0 ⋅ 10⁻⁶.",
    ],
)
def test_page_tells(page: str, wanted: str) -> None:
    """Estimates, necessity, what was left open and the error budget stand on the page."""
    assert wanted in text_of(page)


def test_outcomes_are_told_in_words_and_colour(page: str) -> None:
    """Each outcome has a badge of its own."""
    assert '<span class="badge d-agrees">agrees</span>' in page
    assert '<span class="badge d-contradicts">contradicted</span>' in page


def test_intervals_are_pictures_in_the_colours_of_the_page(page: str) -> None:
    """Every interval is a well-formed picture with a text of its own, and places that lie on its axis."""
    pictures = re.findall(r'<svg class="interval".*?</svg>', page, re.DOTALL)

    assert 4 == len(pictures)
    for picture in pictures:
        root = ET.fromstring(picture)
        assert root.attrib["aria-label"]
        assert "var(--s1)" in picture
        assert not re.search(r"#[0-9a-f]{6}\b", picture)
        assert all(0 <= float(place) <= 100 for place in re.findall(r'(?:M|H|cx=")([\d.]+)', picture))


def test_page_is_well_formed(page: str) -> None:
    """What is opened is closed, and no identifier is given twice."""
    found = Page(page)

    assert [] == found.open
    assert len(set(found.attributes("id"))) == len(found.attributes("id"))


def test_pages_without_estimates_have_no_empty_table() -> None:
    """Claims without estimates and necessity show neither heading."""
    text = text_of(single(EVERYTHING))

    assert "Estimates" not in text
    assert "Necessity" not in text
    assert "false alarms" not in text


def test_mutant_refuted_by_an_estimate_tells_it() -> None:
    """Where no counterexample refuted a mutant, the estimate that did stands in its row."""
    whole = single(run(replace(LIKELY, necessity=[])))

    assert plain(estimates.estimate_text(CONTRADICTION)) in text_of(whole)


def test_a_sample_without_a_counterexample_of_what_holds_instead() -> None:
    """What should hold instead and is contradicted by an estimate says so."""
    mutant = replace(MUTANT, instead_sample=estimated(CONTRADICTION))

    assert "did not hold probability of the event" in text_of(single(run(replace(PROVED, mutants=[mutant]))))


def hostile(text: str) -> Run:
    """A run in which every string of the new fields is ``text``."""

    def estimate(one: Estimate) -> Estimate:
        strings = dict.fromkeys(("quantity", "origin", "claimed", "decision"), text)
        return replace(one, parameters={text: text}, **strings)  # type: ignore[arg-type]

    labelled = [replace(one, name=text, x_label=text) for one in (POWER, GROWTH)]
    sample = estimated(
        *(estimate(one) for one in (CHANCE, CONTRADICTION, EXPONENT, TREND)),
        replace(CONTRADICTION, claimed=text),
        open={text: 3},
        curves=labelled,
    )
    example = replace(COUNTEREXAMPLE, constant=text)
    mutants = [replace(MUTANT, name=text, sample=sample, instead_sample=sample), replace(MUTANT, refuted=False)]
    dropped = [
        Necessity(hypothesis=text, sample=one) for one in (sample, replace(sample, smallest=example, worst=example))
    ]
    return run(replace(LIKELY, sample=replace(sample, smallest=example), mutants=mutants, necessity=dropped))


@pytest.mark.parametrize(
    "text", [HOSTILE, "\"><img src=x onerror='alert(1)'>", "</svg></style>{{ 7 * 7 }}", "\x00\x1b[m"]
)
def test_hostile_strings_are_text(text: str) -> None:
    """Mark-up in the new fields of the record is shown as text, in every report."""
    whole = single(hostile(text))
    found = Page(whole)

    assert [] == found.open
    assert 1 == sum(tag == "script" for tag, _ in found.elements)
    assert not any(tag == "img" for tag, _ in found.elements)
    assert not any(name.startswith("on") for _, attributes in found.elements for name in attributes)
    assert not {"\x00", "\x1b"} & set(whole)
    ET.fromstring(junit.render(hostile(text)))


@pytest.mark.parametrize("whole", [single, junit.render])
def test_records_of_earlier_versions_still_render(whole: object) -> None:
    """A document without the new fields decodes, and gives the report it gave before."""
    import json

    assert callable(whole)
    old = json.loads(encode(EVERYTHING))
    del old["false_alarms"]
    _strip(old)
    record = decode(json.dumps(old), Run)

    assert record == EVERYTHING
    assert whole(EVERYTHING) == whole(record)


def _strip(node: object) -> None:
    """Take the new fields out of a document, wherever they are."""
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _strip(child)
    if isinstance(node, dict):
        for name in ("estimates", "open", "necessity", "constant"):
            node.pop(name, None)


def test_numbers_lost_to_json_still_render() -> None:
    """What was infinite or NaN comes back as nothing, and is a dash."""
    lost = [replace(one, value=None, low=None, high=None, detectable=None) for one in (CHANCE, EXPONENT, TREND)]
    infinite = [replace(one, value=float("inf"), low=float("nan")) for one in (CHANCE, EXPONENT, TREND)]
    record = decode(encode(run(replace(LIKELY, sample=estimated(*lost, *infinite)))), Run)

    assert "calibrated –, – at the far end" in text_of(single(record))
    assert single(run(replace(LIKELY, sample=estimated(*infinite))))
