"""Limits of decisions count work and not time: a slow or busy machine records the same."""

import time
from typing import Any

import pytest

from lemmata import conjecture, dot, norm2, positive, real, sqrt, vector
from lemmata.checks.proof import real_closed
from lemmata.checks.proof.decide import decide, shapes
from lemmata.checks.proof.real_closed import Answer, Question
from lemmata.claims import Claim
from lemmata.solvers.numbers.symbolic import atom
from lemmata.solvers.numbers.symbolic.formulas import number, variable

u, v, m = real("u", "v", "m")
eta = positive("eta")


def less_balanced(limit: Any) -> Claim:
    """One step of gradient descent on (uv - m)^2 / 2 never makes u and v less balanced, up to a limit."""
    r = u * v - m
    after = abs((u - eta * r * v) ** 2 - (v - eta * r * u) ** 2)
    return conjecture("Balance", key="t/balance", given=[eta * abs(r) <= limit], then=after <= abs(u**2 - v**2))


U, V = vector("U", "V", 2)
RR = dot(U, V) - 1
TWO_UNITS = conjecture(
    "Two units",
    key="t/two",
    given=[eta * abs(RR) <= 1],
    then=abs(norm2(U - eta * RR * V) - norm2(V - eta * RR * U)) <= abs(norm2(U) - norm2(V)),
)
SLOWLY = {
    "in time": (less_balanced(sqrt(2)), 2.0),
    "false": (less_balanced(2), 2.0),
    "too much": (TWO_UNITS, 0.3),
}
"""Statements, and seconds of work; for the last one they are not enough."""


@pytest.mark.parametrize("name", SLOWLY)
def test_a_slow_machine_decides_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits count work, not time: where the clock runs ten times as fast, as much is done and the same comes out."""
    claim, seconds = SLOWLY[name]
    at = shapes(claim)[0][0]
    usual = decide(claim, at, seconds)
    clock = time.process_time
    monkeypatch.setattr(time, "process_time", lambda: 10 * clock())

    slow = decide(claim, at, seconds)

    assert usual.work > 0
    assert (usual.outcome, usual.reason, usual.work) == (slow.outcome, slow.reason, slow.work)


def hard() -> Question:
    """A question about eight real numbers that takes z3 far longer than any test."""
    entries = [variable(place) for place in range(8)]
    round_ = [entries[k] * entries[k - 1] * entries[k - 2] * entries[k - 3] for k in range(8)]
    less = sum(one**4 for one in entries) * 3 - sum(round_) + entries[0] * entries[3] ** 3 - 1
    more = number(2) - entries[0] ** 3 * entries[1] - entries[2] ** 3 * entries[5]
    sphere = sum(one**2 for one in entries) - 1
    return Question([atom(less, "<"), atom(more, "<"), atom(sphere, "=")], 8)


@pytest.mark.parametrize("patience", [10, 1000])
def test_work_and_not_the_clock_ends_a_question(patience: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much is done however long the clock may run, and nothing but the count of work ends it."""
    monkeypatch.setattr(real_closed, "PATIENCE", patience)
    first, second = hard(), hard()

    assert [Answer.UNKNOWN] * 2 == [one.solve(0.1) for one in (first, second)]
    assert first.work == second.work
    assert 0.1 == pytest.approx(first.work, rel=0.05)
    assert not first.ended


def test_what_the_clock_ended_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that hangs ends, and is left open with a reason that another machine may not give."""
    monkeypatch.setattr(real_closed, "PATIENCE", 1e-3)
    question = hard()

    assert Answer.UNKNOWN is question.solve(10)
    assert "the clock" == question.ended
    assert 10 <= question.work

    monkeypatch.setattr(Question, "solve", lambda self, _: setattr(self, "ended", "the clock") or Answer.UNKNOWN)

    assert "the clock of this machine ended it" in decide(less_balanced(2), {"spread": 1.0}, 5).reason
