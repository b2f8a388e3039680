"""What repeats, and what a trial says of what does not."""

import datetime as dt
import importlib
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from random_statements import a, b, statement, tried

from lemmata.checks import Budget, Effort, Verdict
from lemmata.checks._trial import run_part
from lemmata.checks.part import SAMPLE
from lemmata.checks.stages.draws import random_batches
from lemmata.checks.stages.sample import sample
from lemmata.claims import AtMost, ClaimError, Instances


def _plain(generator: np.random.Generator, count: int) -> Instances:
    return {"x": generator.normal(size=count)}


def _seeded(i: Any) -> Any:
    return {a: i["x"] * i["x"] + int(np.random.default_rng(3).integers(2)), b: i["x"] * 0}


def _unseeded(i: Any) -> Any:
    return {a: i["x"] * i["x"] + int(np.random.default_rng().uniform() < 0), b: i["x"] * 0}


def _global(i: Any) -> Any:
    return {a: i["x"] * i["x"] + int(np.random.uniform() < 0), b: i["x"] * 0}  # noqa: NPY002 - the fault


_KEPT = np.random.default_rng(5)


def _from_module(i: Any) -> Any:
    return {a: i["x"] * i["x"] + int(_KEPT.uniform() < 0), b: i["x"] * 0}


def _from_around() -> Callable[[Any], Any]:
    kept = random.Random(5)  # noqa: S311 - a coin, and no secret

    def run(i: Any) -> Any:
        return {a: i["x"] * i["x"] + int(kept.random() < 0), b: i["x"] * 0}

    return run


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (_from_module, "procedure 'measuring' draws from _KEPT, which goes on from one call to the next"),
        (_from_around(), "draws from a generator of the function around run, which goes on"),
        (_seeded, "True on all"),
        (_unseeded, "no seed repeats: np.random.default_rng() (test_repeat.py, line 34)"),
        (_global, "procedure 'measuring' uses a global random generator"),
    ],
    ids=["of the module", "of the function around", "seeded", "unseeded", "global"],
)
def test_coins_are_named(run: Callable[[Any], Any], said: str) -> None:
    """A coin that never comes up is found all the same, and named with its line; a generator with a seed is none."""
    _, _, sentence = tried(statement(AtMost(left=b, right=a), run, _plain))

    assert said in sentence


def test_other_threads_are_no_coin() -> None:
    """Off the main thread, where a cluster's own threads draw from the same generators, nobody is accused of it."""
    subject = statement(AtMost(left=b, right=a), _global, _plain)
    with ThreadPoolExecutor(1) as pool:
        _, _, sentence = pool.submit(tried, subject).result()

    assert "uses a global random generator" in tried(subject)[2]
    assert "uses a global random generator" not in sentence


def test_an_import_is_no_coin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that seeds itself when it is imported, as some do at the first draw, is not held against a claim."""
    (tmp_path / "seeds_itself.py").write_text("import random\nrandom.seed(1)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def run(i: Any) -> Any:
        importlib.import_module("seeds_itself")
        return {a: i["x"] * i["x"], b: i["x"] * 0}

    verdict, _, sentence = tried(statement(AtMost(left=b, right=a), run, _plain))

    assert Verdict.HOLDS is verdict, sentence


def test_a_coin_that_is_seldom_tossed_is_found() -> None:
    """The state of a global generator is looked at again when a part ends: one toss in a thousand runs shows."""

    def run(i: Any) -> Any:
        late = i["x"].shape[0] == Effort.QUICK.budget.batch
        return {a: i["x"] * i["x"] + (int(random.random() < 0) if late else 0), b: i["x"] * 0}  # noqa: S311 - the fault

    found = run_part(statement(AtMost(left=b, right=a), run, _plain), SAMPLE, Effort.QUICK, 0)

    assert "its code uses a global random generator" in found.error


def test_a_state_that_turns_in_the_middle_is_found() -> None:
    """Some random batches are run twice, so that what changes after many calls, and back, does not pass."""
    calls = [0]

    def run(i: Any) -> Any:
        calls[0] += 1
        return {a: i["x"] * i["x"] + int(16 < calls[0] < 18), b: i["x"] * 0}

    claim, budget = statement(AtMost(left=b, right=a), run, _plain), Budget(points=32, batch=4, settle=0, passes=0)

    with pytest.raises(ClaimError, match="twice on the same batch"):
        sample(claim, random_batches(claim, budget, 0), budget, 0)


def _at_noon(i: Any) -> Any:
    return {a: i["x"] * i["x"] + time.time_ns() * 0, b: i["x"] * 0}


def _today(i: Any) -> Any:
    return {a: i["x"] * i["x"] + dt.datetime.now(dt.UTC).year * 0, b: i["x"] * 0}


def _by_its_name(i: Any) -> Any:
    return {a: i["x"] * i["x"] + int(perf_counter()) * 0, b: i["x"] * 0}


@pytest.mark.parametrize(
    ("run", "call"),
    [
        (_at_noon, "time.time_ns()"),
        (_today, "dt.datetime.now(dt.UTC)"),
        (_by_its_name, "perf_counter()"),
    ],
)
def test_clocks_are_named(run: Callable[[Any], Any], call: str) -> None:
    """A procedure that reads a clock is an error that names the call, though the clock changes nothing here."""
    verdict, _, sentence = tried(statement(AtMost(left=b, right=a), run, _plain))

    assert Verdict.ERROR is verdict
    assert f"reads the clock: {call} (test_repeat.py, line" in sentence


def test_a_time_that_is_an_axis_is_no_clock() -> None:
    """What is merely called time, or now, is not taken for a clock."""

    def time(x: Any) -> Any:
        return x

    def run(i: Any) -> Any:
        now = {"now": i["x"]}
        return {a: time(now["now"]) * i["x"], b: i["x"] * 0}

    verdict, _, sentence = tried(statement(AtMost(left=b, right=a), run, _plain))

    assert Verdict.HOLDS is verdict, sentence


def test_a_procedure_from_a_text_that_was_run() -> None:
    """What `exec` makes belongs to no module, and is judged all the same."""
    space: dict[str, Any] = {"a": a, "b": b}
    exec("def run(i):\n    return {a: i['x'] * i['x'], b: i['x'] * 0}", space)  # noqa: S102 - what is tested
    space["run"].__module__ = None

    verdict, _, sentence = tried(statement(AtMost(left=b, right=a), space["run"], _plain))

    assert Verdict.HOLDS is verdict, sentence


def test_a_fault_of_large_batches_is_found() -> None:
    """What changes only in batches larger than any that is judged is an error."""

    def run(i: Any) -> Any:
        return {a: i["x"] * i["x"] - (3 if len(i["x"]) > 256 else 0), b: i["x"] * 0 - 5}

    verdict, _, sentence = tried(statement(AtMost(left=b, right=a), run, _plain))

    assert Verdict.ERROR is verdict
    assert "in a larger batch" in sentence
