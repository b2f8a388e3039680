"""Batches that claims of one family and procedure have in common, and what is kept of their runs."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import sympy as sp
from random_statements import a, b, statement

from lemmata.checks import Effort, judge
from lemmata.checks._part_result import PartResult
from lemmata.checks._trial import run_part
from lemmata.checks.judging.origin import RANDOM
from lemmata.checks.part import SAMPLE, Kind, Part
from lemmata.checks.stages.common import Kept, in_common, keeping_runs, run_in_common
from lemmata.checks.stages.draws import Batch
from lemmata.claims import AtMost, Claim, Instances, Measurement, Mutant, Parameters
from lemmata.solvers import Bounded

_PARAMETERS = {"t": 0.5}


@pytest.fixture(autouse=True)
def kept() -> Iterator[Kept]:
    """Runs are kept during a test."""
    with keeping_runs(2**20) as fresh:
        yield fresh


class _Slow:
    """A procedure that takes long enough to be kept, and counts how often it was run."""

    def __init__(self, factor: float = 2.0) -> None:
        self.factor, self.runs = factor, 0

    def __call__(self, i: Any) -> Any:
        self.runs += 1
        time.sleep(0.002)
        return {a: i["x"], b: i["x"] * self.factor + 1}


def _draw(rng: np.random.Generator, size: int) -> Instances:
    return {"x": rng.uniform(size=size)}


def _one(run: Any, factor: int = 1) -> Claim:
    return statement(AtMost(left=factor * a, right=b), run, _draw)


def _also(claim: Claim, factor: int) -> Claim:
    """Another claim of the same family and procedure."""
    return dataclasses.replace(claim, key=f"random2026/also-{factor}", then=AtMost(left=factor * a, right=b))


def _tried(claim: Claim, part: Part = SAMPLE) -> PartResult:
    found = run_part(claim, part, Effort.QUICK, 0)
    sample = None if found.sample is None else dataclasses.replace(found.sample, seconds=0)
    return dataclasses.replace(found, sample=sample, seconds=0)


def _measured(claim: Claim, x: Any, **parameters: Any) -> Measurement:
    instances = {"x": np.asarray(x, dtype=float)}
    return run_in_common(claim, Batch(origin=RANDOM, parameters=_PARAMETERS | parameters, size=len(x)), instances)


def test_a_second_claim_runs_only_what_shows_that_runs_repeat() -> None:
    """Two claims of one family and procedure are judged on the same batches; the second runs few of them itself."""
    slow = _Slow()
    first = _one(slow)
    _tried(first)
    alone, slow.runs = slow.runs, 0

    found = _tried(_also(first, 2))

    assert found.sample is not None
    assert found.sample.met > 400
    assert alone - slow.runs == 1 + Effort.QUICK.budget.points, "the edge and the random batches are run once"


def test_evidence_does_not_depend_on_what_was_kept(kept: Kept) -> None:
    """A claim judged alone and one judged after its relatives have the same evidence, true or false."""
    for factor in (1, 2, 4):
        subject = _one(_Slow())
        _tried(_also(subject, 3))
        after, known = _tried(_also(subject, factor)), kept.size
        kept.runs.clear()
        kept.size = 0

        assert known
        assert after == _tried(_also(subject, factor))
        assert after.sample is not None
        assert after.sample.refuted is (factor == 4)


def test_mutants_are_judged_on_one_batch() -> None:
    """What mutants of one claim are judged on is drawn alike, and what falls at once costs one run for all of them."""
    slow = _Slow()
    mutants = [Mutant(name=str(n), because="a factor", then=AtMost(left=n * a, right=b)) for n in (5, 6, 7, 8)]
    subject = dataclasses.replace(_one(slow), mutants=tuple(mutants))
    _tried(subject, Part(Kind.MUTANT, "5"))
    alone, slow.runs = slow.runs, 0

    found = [_tried(subject, Part(Kind.MUTANT, name)).mutant for name in ("6", "7", "8")]

    assert all(one is not None and one.refuted for one in found)
    assert slow.runs < 3 * alone


def test_another_procedure_of_the_same_name_runs_itself() -> None:
    """Claims whose families and procedures share their names alone are each judged on their own numbers."""
    true, false = _one(_Slow(2.0)), _one(_Slow(-2.0))

    assert [_tried(one).sample.refuted for one in (true, false, true)] == [False, True, False]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("x", "parameters"), [([1.0, 3.0], {}), ([1.0], {}), ([1.0, 2.0], {"t": 0.25}), ([1.0, np.nextafter(2, 3)], {})]
)
def test_another_input_is_run(x: list[float], parameters: dict[str, float]) -> None:
    """One digit, one instance or one parameter that differs makes another run; the same input makes none."""
    slow = _Slow()
    claim = _one(slow)
    _measured(claim, [1.0, 2.0])
    _measured(claim, [1.0, 2.0])
    assert slow.runs == 1

    found = _measured(claim, x, **parameters)

    assert slow.runs == 2
    assert np.array_equal(found.cases[0].values["a"].value[:, 0], x)


def test_numbers_of_other_types_are_another_input() -> None:
    """One, one in floats, and true are equal to Python, and not to a procedure."""
    slow = _Slow()
    for value in (1, 1.0, True):
        _measured(_one(slow), [1.0], t=value)
    assert slow.runs == 3


def test_an_array_that_a_procedure_uses_again_changes_nothing() -> None:
    """A procedure that writes each result over the last one does not reach what was kept, and nobody else does."""
    room = np.zeros(2)

    def run(i: Any) -> Any:
        time.sleep(0.002)
        room[:] = i["x"].value
        return {a: Bounded(room, np.zeros(2)), b: i["x"]}

    claim = _one(run)
    _measured(claim, [1.0, 2.0])
    _measured(claim, [3.0, 4.0])

    found = _measured(claim, [1.0, 2.0]).cases[0].values["a"].value

    assert found[:, 0].tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 7.0


def test_plain_floats_are_refused_of_a_kept_run_too() -> None:
    """What one claim does not look at may be a plain float; the next one, which does, is refused all the same."""

    def run(i: Any) -> Any:
        time.sleep(0.002)
        plain = i["x"].value + 0.5 if isinstance(i["x"], Bounded) else i["x"]
        return {a: i["x"], b: plain}

    first = statement(AtMost(left=a, right=sp.Integer(2)), run, _draw)

    assert not _tried(first).error
    assert "measured b as plain floats" in _tried(dataclasses.replace(first, then=AtMost(left=a, right=b))).error


def test_what_is_kept_is_bounded() -> None:
    """The first procedure is let go when room is short; what is larger than all the room is not kept."""
    small = Kept(most=200)
    runs = [lambda _, i: i for _ in range(3)]
    batch = {"x": np.arange(4.0)}

    def measured(count: int) -> Measurement:
        return Measurement.of({"a": Bounded.exact(np.zeros(count))})

    for run in runs:
        small.keep(run, _PARAMETERS, batch, measured(5), shown=False)  # type: ignore[arg-type]
    small.keep(runs[2], {}, batch, measured(500), shown=False)  # type: ignore[arg-type]

    found = [small.find(run, _PARAMETERS, batch, shown=False) for run in runs]  # type: ignore[arg-type]

    assert [one is not None for one in found] == [False, True, True]
    assert small.size == 160
    assert small.find(runs[2], {}, batch, shown=False) is None  # type: ignore[arg-type]


def test_draws_derive_from_family_procedure_and_stage() -> None:
    """Claims of one family and procedure draw alike, whatever they are called; those of others do not."""
    subject = _one(_Slow())
    other = dataclasses.replace(subject, when=dataclasses.replace(subject.when, name="measuring twice"))

    assert in_common(subject, "sample") == in_common(_also(subject, 2), "sample")
    assert in_common(subject, "sample") not in {in_common(other, "sample"), in_common(subject, "mutant")}


def test_pictures_are_drawn_by_who_wants_them(kept: Kept) -> None:
    """A run whose pictures are wanted is not kept with them; without them it is, and holds on to nothing else."""

    def run(_: Parameters, i: Instances) -> Measurement:
        time.sleep(0.002)
        return Measurement.of({a: i["x"], b: i["x"]}, pictures=list)

    subject = _one(_Slow())
    subject = dataclasses.replace(subject, when=dataclasses.replace(subject.when, run=run))
    _tried(subject)

    ((_, measured),) = kept.runs.values()
    assert measured
    assert all(one.pictures is tuple for one in measured.values())


def test_nothing_is_kept_from_one_trial_to_the_next() -> None:
    """Judged in a notebook, a claim whose helper was defined anew meanwhile is judged on what the helper does now."""
    factor = 2.0

    def run(i: Any) -> Any:
        time.sleep(0.002)
        return {a: i["x"], b: i["x"] * factor}

    subject = _one(run)
    verdicts = [judge(subject, effort=Effort.QUICK).verdict]
    factor = 0.5
    verdicts.append(judge(subject, effort=Effort.QUICK).verdict)

    assert verdicts[0] != verdicts[1] == "refuted"


def test_what_cannot_be_copied_is_run_again(kept: Kept) -> None:
    """A measurement with a mapping that has no copy is judged as it is, and not kept."""

    def run(_: Parameters, i: Instances) -> Measurement:
        time.sleep(0.002)
        failed = np.zeros(i["x"].shape[0], dtype=bool)
        return Measurement.of({a: i["x"], b: i["x"] + 1}, failures=MappingProxyType({"lost": failed}))

    subject = _one(_Slow())
    subject = dataclasses.replace(subject, when=dataclasses.replace(subject.when, run=run))

    assert not _tried(subject).error
    assert not kept.runs
