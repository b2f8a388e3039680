"""Every shipped procedure runs once with error bounds: what its conclusion uses is finite, and so are its bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from claim_tools import at_edge, drawn

from lemmata.checks.stages.sample import run_bounded
from lemmata.claims import Claim, Instances, Parameters, load, measured_symbols
from lemmata.solvers import Bounded

CLAIMS = {located.claim.key: located.claim for located in load().claims}
SIZE, DRAWN = 3, 48
"""Instances that are run, few, for some procedures integrate a flow; among how many admissible ones are sought."""

NONE_ADMISSIBLE = {"ma2023/theorem-4": "no instance meets its hypotheses, which is its finding"}
TOO_LONG = {
    "weylandt2020/hundredfold-at-tight-accuracy": "its only instances are whole tables; its twin runs the procedure"
}


def first_batches(claim: Claim) -> Iterator[tuple[Parameters, Instances]]:
    """The first admissible instances of the simplest parameter point and of the first edge."""
    edges = [at_edge(claim, edge.name, size=SIZE) for edge in claim.given.edges[:1]]
    for parameters, instances in [drawn(claim.given, size=DRAWN), *edges]:
        size = len(next(iter(instances.values())))
        met = [hypothesis.holds(parameters, instances) for hypothesis in claim.given.hypotheses] if size else []
        rows = np.flatnonzero(np.all([np.ones(size, dtype=bool), *met], axis=0))[:SIZE]
        if len(rows):
            yield parameters, {name: value[rows] for name, value in instances.items()}


def is_finite(value: Any, size: int) -> np.ndarray:
    """Per instance, whether a measured value and its error bound are finite."""
    parts = (value.value, value.error) if isinstance(value, Bounded) else (np.asarray(value),)
    found = np.all([np.isfinite(part).reshape(len(part), -1).all(axis=1) for part in parts], axis=0)
    return np.broadcast_to(found, size)


@pytest.mark.parametrize("key", [key for key in CLAIMS if key not in NONE_ADMISSIBLE | TOO_LONG])
def test_runs_with_finite_error_bounds(key: str) -> None:
    """On its first instances the solver succeeds, and nothing that the conclusion uses is without a finite bound."""
    claim, looked_at, endless = CLAIMS[key], 0, set()
    used = {name for symbol in measured_symbols(claim.then) for name in (str(symbol), f"log({symbol})")}
    for parameters, instances in first_batches(claim):
        with np.errstate(all="ignore"):  # as in a trial: what is not finite is reported, not warned about
            measured = run_bounded(claim, parameters, instances)
        size = len(next(iter(instances.values())))
        solved = ~np.any([np.zeros(size, dtype=bool), *map(np.asarray, measured.failures.values())], axis=0)
        looked_at += int(solved.sum())
        for case in measured.cases:
            values = {name: is_finite(value, size)[solved] for name, value in case.values.items() if name in used}
            endless |= {name for name, finite in values.items() if not finite.all()}

    assert looked_at > 0
    assert endless == set()


@pytest.mark.parametrize("key", NONE_ADMISSIBLE)
def test_what_is_left_out_has_no_admissible_instance(key: str) -> None:
    """The claim is left out for the reason given: nothing that its family draws first meets its hypotheses."""
    assert [] == list(first_batches(CLAIMS[key]))
