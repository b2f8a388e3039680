"""Branches that are not taken need not be defined, and one that is must be."""

from typing import Any

import pytest
import sympy as sp

from lemmata import at_least, conjecture, real, sqrt
from lemmata.checks._budget import Effort
from lemmata.checks._decide import own_decision

x, y = real("x", "y")


@pytest.mark.parametrize(
    ("term", "outcome"),
    [
        (sp.Piecewise((x**2 / y, y > 0), (0, True)), "true"),
        (sp.Piecewise((0, sp.Eq(y, 0)), (x**2 / y**2, True)), "true"),
        (sp.Piecewise((sp.Piecewise((1 / x, x > 0), (y**2 / x**2, True)), sp.Ne(x, 0)), (0, True)), "true"),
        (sp.Piecewise((sqrt(x), x >= 0), (1, True)), "true"),
        (sp.Piecewise((x**2 / y, y > 0), (-1, True)), "false"),
        (sp.Piecewise((sqrt(x), x >= 0), (-1, True)), "false"),
        (sp.Piecewise((x**2 / y, y >= 0), (0, True)), "open"),
        (sp.Piecewise((sqrt(x), x >= 0), (0, True)) + sqrt(x), "open"),
    ],
)
def test_a_guarded_term_is_decided(term: Any, outcome: str) -> None:
    """What the branches guard does not leave a statement open, nor hide that another branch is false."""
    claim = conjecture("Not negative", key="guard/one", then=at_least(term, 0))

    assert outcome == own_decision(claim, Effort.QUICK.budget).outcome
