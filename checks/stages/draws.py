"""Batches of instances: which are drawn, in what order, and what no claim can be judged on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.judging.origin import RANDOM, Origin, Source
from lemmata.checks.stages.points import draw_points
from lemmata.claims import Claim, ClaimError, Edge, Parameters, Reals


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch to draw: where it comes from, at which parameters, how many."""

    origin: Origin
    parameters: Parameters
    size: int
    edge: Edge | None = None


def edge_batches(claim: Claim, budget: Budget) -> Iterator[Batch]:
    """The batches at the declared edges."""
    for edge in claim.given.edges:
        parameters = claim.given.at_edge(edge)
        yield Batch(origin=Origin(Source.EDGE, edge.name), parameters=parameters, size=budget.edge_batch, edge=edge)


_COMBINED = 3
"""A value of one whole number is worth so many combinations of several."""
_PAIR = 2
"""Instances at each value of a whole number."""
_CORNERS = 3
"""Of one random point in so many the real numbers are at ends of their ranges."""


def random_batches(claim: Claim, budget: Budget, seed: int, *axes: str) -> Iterator[Batch]:
    """The batches at parameter points drawn at random; then a small one at each value of the whole numbers in turn.

    Of every third point all real numbers are at ends of their ranges: what fails for large steps from large starts
    alone fails at few points within.
    """
    points = draw_points(claim.given.parameters, budget.points, derived_seed(seed, *axes, "points"))
    rng = generator(seed, *axes, "corners")
    points = [
        {**point, **(_corner(claim, rng) if place % _CORNERS == 0 else {})} for place, point in enumerate(points, 1)
    ]
    for point in points:
        yield Batch(origin=RANDOM, parameters=point, size=budget.batch)
    for place, values in enumerate(_each(claim, budget.values, generator(seed, *axes, "each"))):
        yield Batch(origin=RANDOM, parameters={**points[place % len(points)], **values}, size=_PAIR)


def _corner(claim: Claim, rng: np.random.Generator) -> dict[str, float]:
    """Each real parameter at one of the two ends of its range."""
    ranges = {name: one for name, one in claim.given.parameters.items() if isinstance(one, Reals)}
    return {name: one.at(float(rng.integers(2))) for name, one in ranges.items()}


def _each(claim: Claim, most: int, rng: np.random.Generator) -> Iterator[dict[str, int]]:
    """The whole numbers that are gone through: all combinations if there are few, else each by itself."""
    ranges = {name: claim.given.parameters[name] for name in claim.given.each}
    values = {name: _values(one, most, rng) for name, one in ranges.items()}
    if values and math.prod(map(len, values.values())) <= most // _COMBINED:
        yield from (dict(zip(values, point, strict=True)) for point in itertools.product(*values.values()))
    else:
        yield from ({name: value} for name, some in values.items() for value in some)


def _values(whole: Any, most: int, rng: np.random.Generator) -> list[int]:
    """The values of a range of whole numbers; where there are too many, half of them from its lower end."""
    count = whole.high - whole.low + 1
    if count <= most:
        return list(range(whole.low, whole.high + 1))
    first = most // 2
    return [
        *range(whole.low, whole.low + first),
        *map(int, rng.integers(whole.low + first, whole.high + 1, most - first)),
    ]


def data_batches(claim: Claim) -> Iterator[Batch]:
    """The batches on real data."""
    for data in claim.given.data:
        yield Batch(origin=Origin(Source.DATA, data.name), parameters=data.parameters, size=data.size)


def draw(claim: Claim, batch: Batch, rng: np.random.Generator) -> dict[str, Any]:
    """Draw a batch and refuse what no claim can be judged on.

    Raises:
        ClaimError: the parameters lie outside their ranges, or the family drew no array, NaN or infinity, or
            arrays of the wrong first axis.
    """
    _check_inside(claim, batch)
    drawn = claim.given.draw(batch.parameters, rng, batch.size)
    if batch.edge is not None and batch.edge.adjust is not None:
        drawn = batch.edge.adjust(batch.parameters, drawn)
    if not drawn:
        raise ClaimError(f"family {claim.given.name!r} drew no array; return a mapping of names to arrays")
    instances = {name: np.asarray(value) for name, value in drawn.items()}
    for name, value in instances.items():
        if value.ndim == 0 or value.shape[0] not in (1, batch.size):
            raise ClaimError(
                f"family {claim.given.name!r} drew {name!r} of shape {value.shape}; "
                f"expected a first axis of {batch.size}"
            )
        if np.iscomplexobj(value):
            raise ClaimError(f"family {claim.given.name!r} drew complex numbers in {name!r}; draw two real entries")
        if not np.isfinite(value).all():
            raise ClaimError(
                f"family {claim.given.name!r} drew NaN or infinity in {name!r} at {dict(batch.parameters)}"
            )
    return {name: read_only(value) for name, value in instances.items()}


def read_only(value: np.ndarray) -> np.ndarray:
    """A view of the array that nobody can write to."""
    seen = value.view()
    seen.setflags(write=False)
    return seen


def _check_inside(claim: Claim, batch: Batch) -> None:
    """A search or a sweep may propose only what the family declares; real tables alone may be larger."""
    if batch.origin.is_data:
        return
    for name, declared in claim.given.parameters.items():
        if batch.parameters[name] not in declared:
            raise ClaimError(
                f"{batch.origin} proposed {name} = {batch.parameters[name]!r}, outside the declared {declared}"
            )


def spread(rows: np.ndarray, most: int) -> list[int]:
    """At most so many of the rows, evenly among them."""
    if len(rows) <= most:
        return [int(row) for row in rows]
    return [int(rows[place]) for place in np.linspace(0, len(rows) - 1, most).round().astype(int)]
