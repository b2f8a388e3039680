"""Would it notice? Errors planted in the solvers of sequential recovery, in the claims that rest on them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from lemmata.checks import Effort, judge
from lemmata.claims import Claim, Located, load
from lemmata.claims.papers.jiang2022 import _times as _recovery_times
from lemmata.solvers import transpose
from lemmata.solvers.factorization import recovery, riccati
from lemmata.solvers.factorization import times as learning

CLAIMS = {one.claim.key.removeprefix("jiang2022/"): one.claim for one in load(["jiang2022"]).claims}
NOTICED = ("refuted", "undecided", "powerless")


def verdict(key: str) -> str:
    """Of a quick trial in this process, without real tables."""
    claim: Claim = CLAIMS[key]
    claim = dataclasses.replace(claim, given=dataclasses.replace(claim.given, data=()))
    return judge(Located(claim, "planted"), effort=Effort.QUICK, seed=0).verdict


def _one_after_the_other(state: Any, constants: Any) -> Any:
    """A step in which G moves from the new F."""
    (left, right), (target, eta) = state, constants
    left = left + eta * ((target - left @ transpose(right)) @ right)
    return left, right + eta * (transpose(target - left @ transpose(right)) @ left)


def _slower(left: Any, right: Any, strengths: Any, eta: Any, *, log_size: Any) -> Any:
    """A linear phase that grows by 1 + eta s / 2."""
    found = _linear_phase(left, right, strengths, eta / 2, log_size=log_size)
    return dataclasses.replace(found, steps=found.steps / 2)


_linear_phase, _product = recovery.linear_phase, riccati._product


def _later(library: Any, start: Any, strengths: Any, log_size: Any, time: Any) -> Any:
    """P of the flow two per cent too late."""
    return _product(library, start, strengths, log_size, time + time / 50)


def _whole_row(rows: Any) -> Any:
    """The last row with what those above it span."""
    return (rows[:, -1] * rows[:, -1]).sum(axis=1)


@pytest.mark.parametrize(
    ("key", "place", "name", "planted"),
    [
        ("runs-in-the-singular-bases", recovery, "_step", None),
        ("learning-times-foretold", _recovery_times, "remaining_square", _whole_row),
        ("learning-times-foretold", learning, "linear_phase", _slower),
        ("what-the-error-consists-of", riccati, "_product", _later),
        ("window-of-early-stopping-opens", riccati, "_product", _later),
        ("closed-form-of-the-flow", riccati, "_product", _later),
    ],
)
def test_planted_errors_are_noticed(monkeypatch: Any, key: str, place: Any, name: str, planted: Any) -> None:
    """The claim passes as it is; with the error in its solver it does not."""
    if planted is None:
        wrong = dataclasses.replace(recovery.factorization, step=_mixed)
        monkeypatch.setattr("lemmata.claims.papers.jiang2022._exact.factorization", wrong)
    else:
        monkeypatch.setattr(place, name, planted)

    assert verdict(key) in NOTICED


def _mixed(state: Any, constants: Any) -> Any:
    """A step that also adds entries of F, which no rotation commutes with."""
    (left, _), after = state, _one_after_the_other(state, constants)
    return after[0] + left * left / 64, after[1]


@pytest.mark.parametrize("key", ["learning-times-foretold", "what-the-error-consists-of"])
def test_they_pass_unplanted(key: str) -> None:
    """Without a planted error the same trials pass."""
    assert verdict(key) == "holds"


def test_a_wrong_program_is_noticed(monkeypatch: Any) -> None:
    """A program of the vector machine in which G moves from the new F: the rate of descent comes out wrong."""

    def sequential(state: Any, _: Any) -> Any:
        (m, _k), (n, _k2) = state
        tape = recovery.Tape()
        (left, right), (target, eta), (minus,) = tape.layout(state, [(m, n), (1, 1)], [-1.0])
        residual = tape.scratch(m, n)
        tape.phase(left, right)
        tape.product(residual, target, minus, left, right.transposed)
        tape.product(left, left, eta, residual, right)
        tape.product(right, right, eta, residual.transposed, left)
        return tape.finish()

    wrong = dataclasses.replace(recovery.factorization, program=sequential)
    monkeypatch.setattr(recovery, "factorization", wrong)

    assert verdict("no-columns-to-spare") in NOTICED
