"""The catalogue's pages as they are printed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from lemmata.claims import Paper, Read, Statement, catalogue
from lemmata.reports.catalogue import catalogue_text
from lemmata.reports.cli import app


def test_a_paper_shows_its_statements_and_what_is_on_trial() -> None:
    """A statement has its number, how it was read, what it says; its claims their status and reading."""
    lines = catalogue_text(["drori2014"]).splitlines()

    assert lines[0].startswith("drori2014: Y. Drori, M. Teboulle (2014). Performance of first-order methods")
    assert "    drori2014/gradient-descent: theorem, as stated" in lines
    assert "    drori2014/any-step-size: conjecture, from memory" in lines
    assert "1 papers, 0 of them declined; 2 statements, 2 of them on trial" == lines[-1]


def test_a_declined_paper_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of a declined paper stands above its statements, that of a statement below it."""
    statement = Statement(number="Section 3", says="a heuristic", read=Read.PART, why_none="no theorem")
    paper = Paper(
        key="none2020",
        authors="A. Nobody",
        title="Heuristics",
        venue="preprint",
        year=2020,
        statements=(statement,),
        declined="it states no theorem",
    )
    monkeypatch.setattr(catalogue, "papers", lambda _: (paper,))

    expected = [
        "none2020: A. Nobody (2020). Heuristics. preprint",
        "  declined: it states no theorem",
        "  Section 3 (read in part): a heuristic",
        "    not on trial: no theorem",
        "",
        "1 papers, 1 of them declined; 1 statements, 0 of them on trial",
    ]

    assert expected == catalogue_text().splitlines()


def test_the_command_prints_the_pages_of_papers() -> None:
    """`lemmata list --papers` prints the catalogue of what is named, and refuses to print it as JSON."""
    runner = CliRunner()
    printed = runner.invoke(app, ["list", "--papers", "drori2014"])
    refused = runner.invoke(app, ["list", "--papers", "--json"])

    assert 0 == printed.exit_code
    assert catalogue_text(["drori2014"]) == printed.output
    assert 2 == refused.exit_code
    assert "leave out --json" in refused.output
