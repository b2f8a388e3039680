"""The papers and their statements, against the imported papers and the claims that exist."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lemmata.claims import ClaimError, Paper, Read, Statement, UnknownKeyError, load
from lemmata.claims.catalogue import papers
from lemmata.claims.index import entries

PAPERS = papers()
KEYS = [paper.key for paper in PAPERS]


def test_papers_read_from_text_are_those_that_are_imported() -> None:
    """The literals of a PAPER are its value, and no paper with claims is left out."""
    imported = {located.claim.source.paper.key: located.claim.source.paper for located in load().claims}

    assert imported == {paper.key: paper for paper in PAPERS if paper.key in imported}
    assert set(KEYS) - set(imported) == {paper.key for paper in PAPERS if paper.declined} - set(imported)


@pytest.mark.parametrize("paper", PAPERS, ids=KEYS)
def test_statements_name_the_claims_of_their_paper(paper: Paper) -> None:
    """Every claim that a statement names exists, and every claim of the paper is named."""
    named = {f"{paper.key}/{name}" for statement in paper.statements for name in statement.claims}

    assert named == {entry.key for entry in entries(paper.key)}


@pytest.mark.parametrize("paper", PAPERS, ids=KEYS)
def test_a_statement_is_a_line_of_its_own(paper: Paper) -> None:
    """A paper has at least one statement, each with another number, said in one line."""
    numbers = [statement.number for statement in paper.statements]

    assert len(numbers) > 0
    assert sorted(set(numbers)) == sorted(numbers)
    for statement in paper.statements:
        assert 10 < len(statement.says) <= 160
        assert "\n" not in statement.says
        assert len(set(statement.claims)) == len(statement.claims)


@pytest.mark.parametrize(("claims", "why_none"), [((), ""), (("a-law",), "its constants are unknown")])
def test_a_statement_is_on_trial_or_says_why_not(claims: tuple[str, ...], why_none: str) -> None:
    """Neither claims nor a reason, or both at once, are refused."""
    with pytest.raises(ClaimError, match="why_none"):
        Statement(number="Theorem 1", says="something", read=Read.FULL, claims=claims, why_none=why_none)


def test_selection_by_paper_glob_and_claim() -> None:
    """A key, a glob and the key of a claim name papers; the order is that of the keys."""
    assert ["du2018", "min2021"] == [paper.key for paper in papers(["min2021/imbalance-rate", "du*"])]


def test_an_unknown_paper_is_named() -> None:
    """What matches no paper is refused with those that exist."""
    with pytest.raises(UnknownKeyError, match=r"'min2020'.*min2021"):
        papers(["min2020"])


def test_papers_are_read_without_numerical_libraries() -> None:
    """The catalogue needs neither NumPy nor SymPy nor any paper."""
    program = (
        "import sys\nfrom lemmata.reports.catalogue import catalogue_text\ncatalogue_text()\n"
        "print([name for name in ('numpy', 'sympy', 'lemmata.claims.papers.du2018') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
