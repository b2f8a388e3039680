"""Instances at which no precision tells two sides apart: open where equality would be a violation, and nowhere else."""

from typing import Any

import numpy as np
import pytest

from lemmata import (
    at_least,
    atan,
    conjecture,
    exp,
    floor,
    log,
    matrix,
    measured,
    norm,
    norm2,
    pi,
    positive,
    real,
    sign,
    spectral,
    tanh,
)
from lemmata.checks import Effort, Ruling, judge, settle
from lemmata.claims import Claim

p, x, A = positive("p"), real("x"), matrix("A", 2, 2)
APART = abs(log(p) + log(3) - log(6))
_MANY = 1_000
"""Digits, of the 1,233 that balls of the highest precision have."""


def about(then: Any, *, given: tuple[Any, ...] = (), near: tuple[dict[str, Any], ...] = ()) -> Claim:
    """A conjecture with this conclusion."""
    return conjecture("Ties", key="t/ties", given=list(given), then=then, near=list(near))


@pytest.mark.parametrize(
    ("then", "value", "open_at"),
    [
        (at_least(sign(APART), 1), 2.0, True),
        (at_least(sign(APART), 1), 3.0, False),
        (at_least(sign(APART), 0), 2.0, False),
        (at_least(1 - sign(APART), 1), 2.0, False),
        (at_least(floor(log(p) / log(2)), 3), 8.0, False),
        (at_least(2, floor(log(p) / log(2))), 8.0, True),
    ],
    ids=["equal", "apart", "weak", "true if equal", "a whole part, true if whole", "a whole part, false if whole"],
)
def test_equality_that_would_refute(then: Any, value: float, open_at: bool) -> None:  # noqa: FBT001 - parametrized
    """An instance is a tie where the balls hold equality and equality would violate the conclusion."""
    found = settle(about(then), {"spread": 1.0}, {"p": np.array([value])})

    assert open_at == (found.tie > _MANY)
    assert found.ruling is not Ruling.VIOLATED
    assert not open_at or found.ruling is Ruling.UNSETTLED


def test_choices_by_comparison() -> None:
    """A procedure that chooses by a comparison meets its ties as a formula does."""

    def run(p: Any) -> dict[str, Any]:
        return {"r": np.where(np.log(p) + np.log(p * 0 + 3) > np.log(p * 0 + 6), p * 0 + 1, p * 0)}

    subject = conjecture("Ties", key="t/chosen", runs=run, then=at_least(measured("r"), 1))

    assert settle(subject, {"spread": 1.0}, {"p": np.array([2.0])}).tie > _MANY


@pytest.mark.parametrize(
    ("subject", "verdict"),
    [
        (about(at_least(sign(APART), 1), near=({"p": 2},)), "undecided"),
        (about(at_least(sign(abs(4 * atan(x) - pi)), 1), near=({"x": 1},)), "undecided"),
        (
            about(at_least(sign(norm(A) - spectral(A)), 1), given=(norm2(A) > 0,), near=({"A": [[1, 0], [0, 0]]},)),
            "refuted",
        ),
        (about(at_least(norm(A), spectral(A)), near=({"A": [[1, 0], [0, 0]]},)), "passes"),
        (about(at_least(sign(1 + exp(x) - exp(x / 2)), 1), near=({"x": 0},)), "passes"),
        (about(at_least(sign(1 - tanh(x)), 1)), "passes"),
    ],
    ids=["logarithms", "an angle", "a matrix of rank one", "a weak bound", "true", "true at every size"],
)
def test_verdicts(subject: Claim, verdict: str) -> None:
    """A strict statement that is false at the instance that its author names does not hold; true ones still do."""
    found = judge(subject, effort=Effort.QUICK)

    assert (verdict == "passes") == (found.verdict in {"holds", "proved"}), found.sentence
    assert verdict in {"passes", found.verdict}
    assert verdict != "undecided" or found.reason == "precision"
