"""A page on paper, in a narrow window, and under the keyboard."""

import re
from dataclasses import replace

import pytest
from page_elements import Page
from report_records import COUNTEREXAMPLE, EVERYTHING, REFUTED, run

from lemmata.reports.site.pdf import unfolded
from lemmata.reports.site.render import pages, single


@pytest.fixture(scope="module")
def everything() -> str:
    """The page of a run with every kind of ending."""
    return single(EVERYTHING)


def test_print_marks_only_what_is_not_as_expected(everything: str) -> None:
    """On paper, too, a box around a mark means that a claim did not end as expected: no rule gives one to all."""
    printed = everything.partition("@media print")[2].partition("</style>")[0]

    assert printed
    assert [] == [
        rule for rule in re.findall(r"[^{}]*\{[^}]*\}", printed) if ".mark" in rule.split("{")[0] and "border" in rule
    ]


def test_wide_matrices_are_broken_where_there_is_no_room() -> None:
    """Rows that a sheet has no room for are wrapped everywhere, those that a phone has none for are wrapped there."""
    wide, long, short = [[1 / 3] * 5], [[0.125] * 5], [[0.5] * 3]
    instance = {"W": wide, "L": long, "S": short}
    sample = replace(REFUTED.sample, smallest=replace(COUNTEREXAMPLE, instance=instance), worst=None)  # type: ignore[type-var]
    page = single(run(replace(REFUTED, sample=sample, mutants=[])))
    styles = page.partition("<style>")[2].partition("</style>")[0]

    assert ["matrix wide", "matrix long", "matrix"] == re.findall(r'<table class="(matrix[^"]*)"', page)
    assert ".matrix.wide tr { display: flex; flex-wrap: wrap; }" in styles.partition("@media (max-width")[0]
    assert ".matrix.long tr { display: flex; flex-wrap: wrap; }" in styles.partition("@media (max-width")[2]


def test_what_is_folded_is_open_on_paper(everything: str) -> None:
    """A sheet shows every fold open but the lines of Python, and says that these are left out."""
    printed = everything.partition("@media print")[2].partition("</style>")[0]
    sample = replace(REFUTED.sample, smallest=replace(COUNTEREXAMPLE, instance={"x": 1.0}))  # type: ignore[type-var]
    left_out = re.findall(r'<details class="screen"><summary>([^<]*)', single(run(replace(REFUTED, sample=sample))))

    assert "details::details-content { display: block; content-visibility: visible" in printed
    assert ".screen { display: none; }" in printed
    assert ["Python to paste"] == left_out
    assert "On paper everything that is folded on the screen is open, but the lines of Python" in Page(everything).text


def test_the_keyboard_stops_where_something_can_be_done(everything: str) -> None:
    """Tab comes first to links that skip; beside links, controls and folds it stops at wide formulas alone."""
    for text in (everything, *pages(EVERYTHING).values()):
        page = Page(text)
        links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
        stops = {(tag, one.get("class")) for tag, one in page.elements if one.get("tabindex") == "0"}

        assert "#main" == links[0]
        assert {links[0], links[1]} <= {f"#{name}" for name in page.attributes("id")}
        assert {("div", "formula"), ("div", "small scroll")} >= stops
        assert {"0", "-1"} >= set(page.attributes("tabindex"))


def test_a_browser_prints_every_fold_open(everything: str) -> None:
    """What is given to the browser for a PDF has every fold open, whatever its style sheets can do."""
    folds = everything.count("<details")

    assert folds
    assert folds == len([tag for tag, attributes in Page(unfolded(everything)).elements if "open" in attributes])
