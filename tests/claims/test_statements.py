"""Every shipped statement, as a reader meets it: LaTeX that reads like the theorem."""

from __future__ import annotations

import re

import pytest

from lemmata.claims import Claim, Time, latex, load

CLAIMS = {located.claim.key: located.claim for located in load().claims}
LETTER = r"(\\?[A-Za-z]+|\d+)(_\{?[\w,+\-*]+\}?|\^\{?[\w+\-*]+\}?)*"
BARE = re.compile(rf"^(- )?{LETTER} (=|\\le|\\ge) (- )?{LETTER}$")
"""Two letters with a sign between them, and not a word on what they are."""
ITERATES = re.compile(
    r"^(?P<letter>\\?[A-Za-z]+)_\{?\w+\}?(?P<power>\^\w+)? (=|\\le|\\ge) (?P=letter)_\{?\w+\}?(?P=power)?$"
)
"""One letter at two times, which says enough: ``x_N^2 <= x_0^2``."""


def is_bare(latex: str) -> bool:
    """Whether a statement says nothing to a reader who has only the statement."""
    return bool(BARE.match(latex)) and not ITERATES.match(latex)


def statement(claim: Claim) -> str:
    """The LaTeX of what a claim says."""
    return latex(claim.then, flow=claim.when.time is Time.FLOW)


@pytest.mark.parametrize("key", CLAIMS)
def test_is_short(key: str) -> None:
    """No statement is longer than 300 characters, its named parts included."""
    assert len(statement(CLAIMS[key])) <= 300


@pytest.mark.parametrize("key", CLAIMS)
def test_says_what_its_letters_are(key: str) -> None:
    """No statement is a bare ``X = Y``: a side is a formula, or `where` says what a letter stands for."""
    assert not is_bare(statement(CLAIMS[key]))


@pytest.mark.parametrize("key", CLAIMS)
def test_speaks_of_quantities_and_not_of_their_logarithms(key: str) -> None:
    """A quantity that is measured by its logarithm stands as itself: no formula holds ``exp(log x)``."""
    meanings = CLAIMS[key].when.meanings.values()

    assert [] == [meaning for meaning in meanings if meaning.lower().startswith("logarithm")]


@pytest.mark.parametrize(
    "formula", ["X = Y", "q = 0", r"b_{t} \le \epsilon", r"S^{+} = S", r"Q_{oo} \le Q", r"h \le 0"]
)
def test_bare_statements_are_seen(formula: str) -> None:
    """The pattern finds what a reader would not understand."""
    assert is_bare(formula)


@pytest.mark.parametrize(
    "formula", [r"\left|x\right| \le c", r"u^{2} \le 2 v", r"a = b, \qquad a = x + y", r"x_{N}^2 \le x_{0}^2"]
)
def test_statements_with_a_formula_are_not_bare(formula: str) -> None:
    """The pattern lets pass what says what it means."""
    assert not is_bare(formula)
