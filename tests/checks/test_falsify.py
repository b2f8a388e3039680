"""Searching for as long as one likes, with and without each hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lemmata import conjecture, positive
from lemmata.checks import Attempt, falsify, replay
from lemmata.checks.store import Store
from lemmata.claims import Located, load

(RATIO,) = load(["du2018/ratio-from-differences"]).claims
(CONTROL,) = load(["du2018/small-difference-means-balanced"]).claims


def tried(
    located: Located, folder: Path, seconds: float, until: Callable[[Attempt], bool] = lambda _: False
) -> tuple[list[Attempt], Store]:
    """The attempts on a claim, and the store with what they found; ended early where ``until`` says so."""

    def end(attempt: Attempt) -> None:
        if until(attempt):
            raise KeyboardInterrupt

    store = Store.open(folder / "evidence.sqlite")
    return falsify(located, seconds=seconds, seed=0, store=store, on_round=end), store


def test_a_needed_hypothesis_has_a_witness_that_replays(tmp_path: Path) -> None:
    """A true bound stands; without the hypothesis that carries it a violation is found, kept and replayed."""
    hypothesis = "differences below s^(2/N)"
    attempts, store = tried(RATIO, tmp_path, 600, lambda one: one.without == hypothesis and one.found is not None)
    stands, *dropped = attempts
    needed = next(attempt for attempt in dropped if attempt.without == hypothesis)

    assert stands.found is None
    assert stands.worst_ratio is not None
    assert stands.worst_ratio <= 1
    assert needed.found is not None
    with store:
        assert replay(store, needed.found.id).agrees


def test_a_false_claim_falls_as_it_stands(tmp_path: Path) -> None:
    """The negative control is refuted in the first round."""
    (stands, *_), store = tried(CONTROL, tmp_path, 0.5)
    store.close()

    assert stands.found is not None
    assert 1 == stands.rounds


def test_no_time_is_an_error(tmp_path: Path) -> None:
    """Zero seconds are refused with what came."""
    with Store.open(tmp_path / "evidence.sqlite") as store, pytest.raises(ValueError, match="seconds=0"):
        falsify(RATIO, seconds=0, seed=0, store=store)


def test_an_interrupt_keeps_what_was_found(tmp_path: Path) -> None:
    """Ctrl-C ends the rounds and returns the attempts so far."""

    def stop(attempt: Attempt) -> None:
        del attempt
        raise KeyboardInterrupt

    with Store.open(tmp_path / "evidence.sqlite") as store:
        attempts = falsify(RATIO, seconds=60, seed=0, store=store, on_round=stop)

    assert [1, 0, 0] == [attempt.rounds for attempt in attempts]


def test_what_is_declared_is_never_left_out(tmp_path: Path) -> None:
    """Formulas were simplified with how a quantity is declared: only what is given besides is tried without."""
    p = positive("p")
    claim = conjecture("A bound on a positive number", given=[p <= 2], then=p**2 <= 2 * p)
    attempts, store = tried(Located(claim, "own"), tmp_path, 0.5)
    store.close()

    assert ["", "p <= 2"] == [attempt.without for attempt in attempts]
