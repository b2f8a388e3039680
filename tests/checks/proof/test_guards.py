"""Branches that are not taken need not be defined, and one that is must be."""

import pytest
import sympy as sp

from lemmata import at_least, conjecture, real, sqrt
from lemmata.checks._budget import Effort
from lemmata.checks._decide import own_decision
from lemmata.claims import Claim

x, y = real("x", "y")


GUARDED = conjecture("One", key="guard/1", then=at_least(sp.Piecewise((x**2 / y, y > 0), (0, True)), 0))
EXCEPTED = conjecture("Two", key="guard/2", then=at_least(sp.Piecewise((0, sp.Eq(y, 0)), (x**2 / y**2, True)), 0))
NESTED = conjecture(
    "Three",
    key="guard/3",
    then=at_least(
        sp.Piecewise((sp.Piecewise((1 / x, x > 0), (y**2 / x**2, True)), sp.Ne(x, 0)), (0, True)),
        0,
    ),
)
ROOTED = conjecture("Four", key="guard/4", then=at_least(sp.Piecewise((sqrt(x), x >= 0), (1, True)), 0))
ELSEWHERE = conjecture("Five", key="guard/5", then=at_least(sp.Piecewise((x**2 / y, y > 0), (-1, True)), 0))
BESIDE = conjecture("Six", key="guard/6", then=at_least(sp.Piecewise((sqrt(x), x >= 0), (-1, True)), 0))
AT_ZERO = conjecture("Seven", key="guard/7", then=at_least(sp.Piecewise((x**2 / y, y >= 0), (0, True)), 0))
OUTSIDE = conjecture("Eight", key="guard/8", then=at_least(sp.Piecewise((sqrt(x), x >= 0), (0, True)) + sqrt(x), 0))


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        (GUARDED, "true"),
        (EXCEPTED, "true"),
        (NESTED, "true"),
        (ROOTED, "true"),
        (ELSEWHERE, "false"),
        (BESIDE, "false"),
        (AT_ZERO, "open"),
        (OUTSIDE, "open"),
    ],
)
def test_a_guarded_term_is_decided(claim: Claim, outcome: str) -> None:
    """What the branches guard does not leave a statement open, nor hide that another branch is false."""
    assert outcome == own_decision(claim, Effort.QUICK.budget).outcome
