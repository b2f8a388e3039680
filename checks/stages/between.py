"""Implied constants at every whole number: what grows by jumps, as 1/|sin d| does, is met at few of them.

A family says which whole numbers instances may carry, one each (``counted``); of these a whole range is a few large
batches in floats with error bounds, and only the worst of each part of it is looked at in the usual way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks.judging.margins import margins
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.settle import selected
from lemmata.checks.stages.runs import run_bounded
from lemmata.claims import Claim, Instances, Parameters

_CHUNK = 2**14


def worst_between(
    unit: Claim, name: str, places: Sequence[int], parameters: Parameters, drawn: Instances, budget: Budget
) -> Iterator[dict[str, Any]]:
    """For each part of a range the value at which the largest constant is needed, as parameters.

    Args:
        unit: a bound with 1 for its constant.
        name: a whole number that instances may carry.
        places: the ends of the parts, ascending; each part has its upper end.
        parameters: of the instances.
        drawn: instances, of which the first goes with every value.
        budget: at most its ``counted`` values are looked at, spread evenly where there are more.
    """
    base = {one: value[:1] for one, value in drawn.items()}
    most = max(1, budget.counted // len(places))
    for below, above in pairwise([places[0] - 1, *places]):
        best, ratio = above, -np.inf
        for values in _chunks(below + 1, above, most):
            ratios = _ratios(unit, name, values, parameters, base)
            row = int(np.argmax(ratios))
            if ratios[row] > ratio:
                best, ratio = int(values[row]), float(ratios[row])
        yield {**parameters, name: best}


def _chunks(low: int, high: int, most: int) -> Iterator[np.ndarray]:
    """Whole numbers from one to another, in parts; where there are too many, evenly spread ones with both ends."""
    count = high - low + 1
    kept = (
        np.arange(low, high + 1) if count <= most else np.unique(np.linspace(low, high, most).round().astype(np.int64))
    )
    for first in range(0, len(kept), _CHUNK):
        yield kept[first : first + _CHUNK]


def _ratios(unit: Claim, name: str, values: np.ndarray, parameters: Parameters, base: Instances) -> Any:
    """What constant one instance needs at each of the values; nothing where it is not admissible, or not known."""
    size = len(values)
    instances = {one: np.repeat(value, size, axis=0) for one, value in base.items()} | {name: values.astype(float)}
    masks = met_or_not(unit, parameters, instances, size)
    met = np.flatnonzero(np.all([np.ones(size, dtype=bool), *masks.values()], axis=0))
    found = np.full(size, -np.inf)
    if len(met):
        measured = run_bounded(unit, parameters, selected(instances, met))
        found[met] = np.nan_to_num(margins(unit.then, measured, unit.when.time, len(met)).ratio, nan=-np.inf)
    return found
