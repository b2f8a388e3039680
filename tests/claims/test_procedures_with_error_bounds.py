"""Every shipped procedure runs with error bounds: what its conclusion uses is finite, and so are its bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from claim_tools import at_edge, drawn

from lemmata.checks.stages.runs import run_bounded
from lemmata.claims import Claim, Instances, Parameters, load, measured_symbols
from lemmata.solvers import Bounded

CLAIMS = {located.claim.key: located.claim for located in load().claims}
SIZE, DRAWN = 2, 48
"""Instances that are run, few, for some procedures integrate a flow; among how many admissible ones are sought."""

NONE_ADMISSIBLE = {"ma2023/theorem-4": "no instance meets its hypotheses, which is its finding"}
TOO_LONG = {
    "weylandt2020/hundredfold-at-tight-accuracy": "its only instances are whole tables; its twin runs the procedure"
}
WITHOUT_BOUND = {
    ("pethick2023/inexact-last-iterate", "rotation, weight near one"): "bounds grow fourfold a step, over 24 steps",
    ("xie2024/regret-with-local-steps", "one steep valley"): "bounds grow with the steepness of exponential losses",
}
"""Edges at which a bound in floats is infinite: there the trial settles in balls of many digits."""


def batches(claim: Claim) -> Iterator[tuple[str, Parameters, Instances]]:
    """The first admissible instances of the simplest parameter point and of every edge, named by the edge."""
    edges = [(edge.name, *at_edge(claim, edge.name, size=SIZE)) for edge in claim.given.edges]
    for name, parameters, instances in [("", *drawn(claim.given, size=DRAWN)), *edges]:
        size = len(next(iter(instances.values())))
        met = [hypothesis.holds(parameters, instances) for hypothesis in claim.given.hypotheses] if size else []
        rows = np.flatnonzero(np.all([np.ones(size, dtype=bool), *met], axis=0))[:SIZE]
        if len(rows):
            yield name, parameters, {entry: value[rows] for entry, value in instances.items()}


def is_finite(value: Any, size: int) -> np.ndarray:
    """Per instance, whether a measured value and its error bound are finite."""
    parts = (value.value, value.error) if isinstance(value, Bounded) else (np.asarray(value),)
    found = np.all([np.isfinite(part).reshape(len(part), -1).all(axis=1) for part in parts], axis=0)
    return np.broadcast_to(found, size)


@pytest.mark.parametrize("key", [key for key in CLAIMS if key not in NONE_ADMISSIBLE | TOO_LONG])
def test_runs_with_finite_error_bounds(key: str) -> None:
    """The solver succeeds, and nothing that the conclusion uses is without a finite bound, but where it is known."""
    claim, looked_at, endless = CLAIMS[key], 0, set()
    used = {name for symbol in measured_symbols(claim.then) for name in (str(symbol), f"log({symbol})")}
    for edge, parameters, instances in batches(claim):
        with np.errstate(all="ignore"):  # as in a trial: what is not finite is reported, not warned about
            measured = run_bounded(claim, parameters, instances)
        size = len(next(iter(instances.values())))
        solved = ~np.any([np.zeros(size, dtype=bool), *map(np.asarray, measured.failures.values())], axis=0)
        looked_at += int(solved.sum())
        values = [(name, value) for case in measured.cases for name, value in case.values.items() if name in used]
        endless |= {edge for _, value in values if not is_finite(value, size)[solved].all()}

    assert looked_at > 0
    assert {edge for name, edge in WITHOUT_BOUND if name == key} == endless


@pytest.mark.parametrize("key", NONE_ADMISSIBLE)
def test_what_is_left_out_has_no_admissible_instance(key: str) -> None:
    """The claim is left out for the reason given: nothing that its family draws first meets its hypotheses."""
    assert [] == list(batches(CLAIMS[key]))
