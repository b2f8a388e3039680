"""A claim as text."""

from __future__ import annotations

import pytest

from lemmata.checks import describe
from lemmata.claims import Located, load

LONGEST = 300
CLAIMS = load(
    ["du2018", "arora2018", "arora2019", "jiang2022", "razin2021", "saxe2014", "chou2024", "lyu2020", "zhang2026"]
)


@pytest.mark.parametrize("located", CLAIMS.claims, ids=lambda located: located.claim.key)
def test_legend_explains_what_the_statement_shows(located: Located) -> None:
    """Symbols stand in the legend as they stand in the formula, and the formula is no longer than a reader bears."""
    statement = describe(located)

    assert [] == [symbol for symbol in statement.legend if symbol not in statement.latex]
    assert len(statement.latex) <= LONGEST
