"""How many claims of the catalogue are decided, and which are proved so for all that they speak of."""

import pytest

from lemmata import Effort
from lemmata.checks._decide import is_decided, own_decision
from lemmata.checks.decision import FALSE, TRUE
from lemmata.claims import Decided, Status
from lemmata.claims.library import load

PROVED = {
    "chou2024/growth-from-below",
    "chou2024/no-overshooting",
    "du2018/ratio-from-difference",
    "ma2023/proposition-1-for-matrices",
    "min2021/repaired-step-of-the-constant",
    "nesterov2004/strongly-convex-any-step",
    "nesterov2004/strongly-convex-rate",
    "pethick2023/half-is-too-much",
    "pethick2023/lookahead-threshold",
    "pethick2023/nonexpansive-range",
    "pethick2023/residual-never-grows",
    "pethick2023/resolvent-of-a-comonotone-operator",
    "polyak1964/gradient-descent-stable",
    "zhang2019/odd-unstable",
    "zhang2019/stable",
}
"""Inequalities, each for the whole range that it names."""
VANISHING = "ma2023/printed-v-eigenvalues-vanish"
"""Proved likewise; as a bound by zero it is an equality in truth."""
DECIDED = 90
"""Claims, proved or refuted ones included, that are decided at quick effort at one shape at least."""


@pytest.mark.slow
def test_claims_are_decided() -> None:
    """No claim is decided otherwise than its status says; as many as were reached are, and these are proved."""
    found = {
        one.claim.key: (one.claim.status, own_decision(one.claim, Effort.QUICK.budget))
        for one in load().claims
        if is_decided(one.claim)
    }

    assert set() == {key for key, (status, made) in found.items() if made.outcome == FALSE and status != Status.REFUTED}
    assert {key for key, (_, made) in found.items() if made.covers} >= {*PROVED, VANISHING}
    assert sum(made.outcome in (TRUE, FALSE) for _, made in found.values()) >= DECIDED


@pytest.mark.parametrize("key", sorted([*PROVED, VANISHING]))
def test_statements_are_proved(key: str) -> None:
    """The decision stage alone proves the claim, and says why its shapes stand for all."""
    claim = load([key]).claims[0].claim

    made = own_decision(claim, Effort.QUICK.budget)

    assert TRUE == made.outcome, made.reason
    assert made.covers
    assert not isinstance(claim.proof, Decided) or claim.proof.given
