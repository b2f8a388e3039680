"""The pages of every paper of the catalogue, as the report and the documentation render them."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_records import ASSUMED, COUNTEREXAMPLE, MUTANT, PROVED, SAMPLE, VIOLATED, run
from typed_formulas import typed_in

from lemmata.checks import describe
from lemmata.checks.evidence import EdgeCount, Evidence, HypothesisCount, MutantTrial, Necessity
from lemmata.claims import Claim, Located, Mutant, catalogue, latex, load
from lemmata.reports.site.render import pages

LIBRARY = load()
DOCS = Path(__file__).parents[3] / "docs"


def evidence(located: Located) -> Evidence:
    """What a trial would leave: every text of the claim at the place where the page shows it."""
    said, given = describe(located), located.claim.given
    sample = replace(
        VIOLATED,
        hypotheses=[HypothesisCount(name=name, met=1, proposed=2) for name in said.hypotheses],
        edges=[EdgeCount(name=edge.name, met=1, proposed=1) for edge in given.edges],
        smallest=replace(COUNTEREXAMPLE, assumed=[replace(ASSUMED[0], name=name) for name in said.hypotheses]),
        worst_origin=f"edge: {given.edges[0].name}",
    )
    data = replace(SAMPLE, edges=[EdgeCount(name=one.name, met=1, proposed=1) for one in given.data], curves=[])
    return replace(
        PROVED,
        statement=said,
        proof=None,
        sample=sample,
        data=data if given.data else None,
        mutants=[tried(located.claim, mutant) for mutant in located.claim.mutants],
        necessity=[Necessity(hypothesis=name, sample=VIOLATED) for name in said.hypotheses],
    )


def tried(claim: Claim, mutant: Mutant) -> MutantTrial:
    """What a trial would leave of a mutant."""
    said = latex(claim.mutated(mutant).then)
    instead = "" if mutant.instead is None else latex(mutant.instead)
    return replace(MUTANT, name=mutant.name, because=mutant.because, latex=said, instead=instead)


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The pages of a run over every claim of the package."""
    return pages(run(*(evidence(located) for located in LIBRARY.claims)))


def test_every_paper_has_its_page(made: dict[str, str]) -> None:
    """A page for each paper that has claims, and the overview; each claim and mutant stands there."""
    keys = {located.claim.key.partition("/")[0] for located in LIBRARY.claims}

    assert {"index.html", *(f"{key}.html" for key in keys)} == set(made)
    assert len(keys) >= 36
    assert len(LIBRARY.claims) == sum(page.count("<article") for page in made.values())
    assert sum(len(one.claim.mutants) for one in LIBRARY.claims) == sum(
        page.count('class="what-is-false"') for page in made.values()
    )


def test_no_typed_formula_is_left_on_a_paper_s_page(made: dict[str, str]) -> None:
    """Titles, explanations, hypotheses, legends, notes, reasons, edges and mutants hold no formula as it is typed."""
    assert {} == {name: left for name, page in made.items() if (left := typed_in(page))}


def test_every_formula_of_a_page_is_mathematics(made: dict[str, str]) -> None:
    """No statement or mutant is left as LaTeX code."""
    assert [] == [name for name, page in made.items() if 'class="latex"' in page or "<merror" in page]


@pytest.fixture(scope="module")
def documented() -> Iterator[dict[str, str]]:
    """The documentation's page of each paper, in Markdown with HTML."""
    sys.path.insert(0, str(DOCS))
    try:
        made: Any = importlib.import_module("made")
        found = json.loads((DOCS / "recorded.json").read_text(encoding="utf-8"))
        shown = made.Catalogue(claims={one.claim.key: describe(one) for one in LIBRARY.claims}, found=found)
        yield {paper.key: "\n".join(shown.page(paper)) for paper in catalogue.papers()}
    finally:
        sys.path.remove(str(DOCS))


def test_no_typed_formula_is_left_in_the_catalogue(documented: dict[str, str]) -> None:
    """Statements, readings, sentences, captions and the names of axes of the documentation hold none either."""
    beside = re.compile(r"`[^`]*`|\*\*|^# .*\n\n.*$", re.MULTILINE)  # code, bold, and the citation below the heading
    texts = {key: beside.sub(" ", page) for key, page in documented.items()}

    assert len(texts) >= 36
    assert {} == {key: left for key, text in texts.items() if (left := typed_in(text))}


@pytest.mark.parametrize("typed", ["eta_t <= 1", "x^2", "1e-6", "U_lam", "a - b", "sqrt(2)", "x -> y"])
def test_typed_formulas_are_seen(typed: str) -> None:
    """What would be overlooked by the tests above is found beside what is set."""
    assert typed_in(f"<p>where {typed} <math><mi>x</mi></math></p>".replace("<=", "&lt;="))
