import inspect
import sys
from pathlib import Path

import pytest
import sympy as sp
from latex2mathml.converter import convert

from lemmata.checks import describe
from lemmata.claims import Located, Reading, load, papers
from lemmata.claims.language.latex import formula

LIBRARY = load()
KEYS = [located.claim.key for located in LIBRARY.claims]


@pytest.fixture(params=LIBRARY.claims, ids=KEYS)
def located(request: pytest.FixtureRequest) -> Located:
    """Each shipped claim in turn."""
    found: Located = request.param
    return found


def test_all_papers_load() -> None:
    """No module of the package fails, and no key is written twice."""
    assert () == LIBRARY.failures
    assert sorted(set(KEYS)) == sorted(KEYS)


def test_each_paper_module_has_claims() -> None:
    """Every public module of the package that is a paper contributes at least one claim."""
    folder = Path(inspect.getfile(papers)).parent
    files = [file.relative_to(folder).with_suffix("") for file in folder.rglob("*.py") if not file.name.startswith("_")]
    modules = {".".join(["lemmata.claims.papers", *file.parts]) for file in files}

    assert modules == {located.source for located in LIBRARY.claims}


def test_says_what_it_claims(located: Located) -> None:
    """A shipped claim has a title of one line, a statement in words and a place in a citable paper."""
    claim = located.claim

    assert 10 < len(claim.title) <= 140
    assert "\n" not in claim.title
    assert len(claim.about.split()) > 15
    assert claim.source.location.strip()
    assert claim.source.paper.key == claim.key.split("/")[0]
    assert str(claim.source.paper.year) in claim.source.paper.key


def test_a_reading_that_differs_has_a_note(located: Located) -> None:
    """Whatever is not as stated says in what it differs."""
    assert located.claim.reading is Reading.AS_STATED or located.claim.note.strip()


def test_mutants(located: Located) -> None:
    """At least three mutants, each false for a reason of its own."""
    reasons = [mutant.because for mutant in located.claim.mutants]

    assert len(reasons) >= 3
    assert sorted(set(reasons)) == sorted(reasons)


def test_edges(located: Located) -> None:
    """Boundary cases are named."""
    assert len(located.claim.given.edges) >= 1
    assert all(edge.name.strip() for edge in located.claim.given.edges)


def test_legend_covers_the_symbols(located: Located) -> None:
    """Each measured symbol of the conclusion is explained, and nothing else is."""
    then = located.claim.then
    matrices = set().union(*(part.atoms(sp.MatrixSymbol) for part in then.expressions))
    sizes = {symbol for matrix in matrices for size in matrix.shape for symbol in sp.sympify(size).free_symbols}
    scalars = set().union(*(part.free_symbols for part in then.expressions)) - sizes - matrices
    legend = describe(located).legend

    assert {formula(symbol) for symbol in matrices | scalars} == set(legend)
    assert all(meaning.strip() for meaning in legend.values())


def test_latex_converts(located: Located) -> None:
    """The statement and the symbols of the legend become MathML."""
    statement = describe(located)
    converted = [convert(text) for text in (statement.latex, *statement.legend)]

    assert all(text.startswith("<math") and "<merror" not in text for text in converted)


def test_written_once(located: Located) -> None:
    """The claim is found again in the module that it names."""
    values = vars(sys.modules[located.source]).values()

    assert any(value is located.claim for value in values)
