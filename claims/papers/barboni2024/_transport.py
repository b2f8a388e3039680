"""Discrete measures on layers and parameters, of equal weights, and what it costs to move one into another."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import as_floats, elementwise
from lemmata.solvers.optimization import best_matching

conditional = quantity(
    r"\mathrm{COT}^2(\mu, \nu)", "mean over the layers of the squared transport distance within them", nonnegative=True
)
joint = quantity(r"W_2^2(\mu, \nu)", "squared transport distance on layers and parameters together", nonnegative=True)
in_order = quantity(r"\mathrm{id}^2(\mu, \nu)", "cost of moving the points in the order they come in", nonnegative=True)
first_leg = quantity(r"\mathrm{COT}(\mu, \nu)", "conditional transport distance", nonnegative=True)
second_leg = quantity(r"\mathrm{COT}(\nu, \rho)", "conditional transport distance to a third measure", nonnegative=True)
whole = quantity(
    r"\mathrm{COT}(\mu, \rho)", "conditional transport distance from the first to the third", nonnegative=True
)
whole_in_order = quantity(
    r"\mathrm{id}(\mu, \rho)", "root of the cost of moving the points in the order they come in", nonnegative=True
)

_GRAIN, _SEPARATIONS = 8, (0.125, 64.0)


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    layers, points, dimension = (int(parameters[name]) for name in ("layers", "points", "dimension"))
    shape = (size, layers, points, dimension)
    measures = {name: rng.integers(-16, 17, size=shape) / _GRAIN for name in ("mu", "nu", "rho")}
    # Each layer has a place of its own: what would be near across layers is not always near within one.
    for place, name in enumerate(("mu", "nu", "rho")):
        measures[name] += rng.integers(-8, 9, size=(size, layers, 1, dimension)) * float(place > 0)
    return {**measures, "ell": float(parameters["separation"]) * np.ones(size)}


def _separated(_: Parameters, instances: Instances) -> Any:
    apart = instances["mu"][:, :, :, None] - instances["nu"][:, :, None]
    return instances["ell"] ** 2 >= (apart**2).sum(axis=-1).max(axis=(1, 2, 3))


SEPARATED = Hypothesis(name="ell^2 is at least the largest squared distance within a layer", holds=_separated)


def measures_on_layers(*hypotheses: Hypothesis) -> Family:
    """Measures of equal weights on a few layers that lie ell apart, the same number of points in each."""
    return Family(
        name="three measures of equal weights on layers ell apart",
        parameters={
            "layers": integers(1, 3),
            "points": integers(1, 4),
            "dimension": integers(1, 2),
            "separation": reals(*_SEPARATIONS, logarithmic=True),
        },
        draw=_draw,
        hypotheses=hypotheses,
        searchable=("mu", "nu", "rho"),
        edges=(
            Edge(name="one point", parameters={"separation": _SEPARATIONS[1]}),
            Edge(
                name="a point a layer, near layers",
                parameters={"layers": 3, "separation": _SEPARATIONS[1]},
                adjust=_shifted,
            ),
            Edge(
                name="many points, distant layers", parameters={"layers": 3, "points": 4, "separation": _SEPARATIONS[1]}
            ),
            Edge(
                name="on a line",
                parameters={"layers": 2, "points": 2, "separation": _SEPARATIONS[1]},
                adjust=_on_a_line,
            ),
        ),
    )


def _shifted(_: Parameters, instances: Instances) -> Instances:
    """The layers of nu are those of mu, moved on by one, with ell as small as it may be for that."""
    mu, count = instances["mu"] / 4, instances["mu"].shape[1]
    nu = mu[:, (np.arange(count) + 1) % count]
    return {**instances, "mu": mu, "nu": nu, "ell": np.abs(mu - nu).max(axis=(1, 2, 3)) * mu.shape[-1]}


def _on_a_line(_: Parameters, instances: Instances) -> Instances:
    """Each point goes on in its own direction: the way over the second measure is no detour."""
    mu = np.sort(instances["mu"], axis=2)
    return {**instances, "mu": mu, "nu": mu + 1, "rho": mu + 3}


def _cost(source: Any, target: Any, plan: np.ndarray) -> Any:
    """Sum over the points of the squared distance to the matched one: ``(batch, layers)``."""
    apart = source - plan @ target
    return (apart * apart).sum(axis=-1).sum(axis=-1)


def _within(source: Any, target: Any, *, best: bool = True) -> Any:
    """COT^2, ``(batch,)``: the mean over layers and points."""
    batch, layers, points, _ = source.shape
    costs = []
    for s in range(layers):
        here, there = source[:, s], target[:, s]
        apart = as_floats(here)[:, :, None] - as_floats(there)[:, None]
        plan = (
            best_matching((apart**2).sum(axis=-1))
            if best
            else np.repeat(np.eye(points, dtype=int)[None], batch, axis=0)
        )
        costs.append(_cost(here, there, plan))
    total = costs[0]
    for cost in costs[1:]:
        total = total + cost
    return total / (layers * points)


def _across(source: Any, target: Any, ell: Any, *, charged: bool) -> Any:
    """W_2^2 on layers and parameters together, ``(batch,)``; unless ``charged`` a change of layers is free."""
    batch, layers, points, dimension = source.shape
    here, there = (one.reshape(batch, layers * points, dimension) for one in (source, target))
    place = np.repeat(np.arange(layers), points)
    steps = ((place[:, None] - place[None]) ** 2)[None] * int(charged)
    apart = as_floats(here)[:, :, None] - as_floats(there)[:, None]
    plan = best_matching((apart**2).sum(axis=-1) + as_floats(ell)[:, None, None] ** 2 * steps)
    moved = (plan * steps).sum(axis=(1, 2))
    return (_cost(here, there, plan) + ell * ell * moved) / (layers * points)


def _run_two(_: Parameters, instances: Instances, *, charged: bool) -> Measurement:
    mu, nu = instances["mu"], instances["nu"]
    values = {
        conditional: _within(mu, nu),
        joint: _across(mu, nu, instances["ell"], charged=charged),
        in_order: _within(mu, nu, best=False),
    }
    return Measurement.of(values)


def two_distances(*, charged: bool = True) -> Procedure:
    """Both costs by optimal matchings; ``charged`` says whether a change of layers costs anything."""
    return Procedure(
        name="optimal matchings, within the layers and across them"
        + ("" if charged else ", layers changed for nothing"),
        measures=(conditional, joint, in_order),
        run=partial(_run_two, charged=charged),
        cost=4,
    )


def _run_three(_: Parameters, instances: Instances) -> Measurement:
    mu, nu, rho = (instances[name] for name in ("mu", "nu", "rho"))
    legs = {first_leg: (mu, nu), second_leg: (nu, rho), whole: (mu, rho)}
    values = {symbol: elementwise(_within(*ends), "sqrt") for symbol, ends in legs.items()}
    return Measurement.of({**values, whole_in_order: elementwise(_within(mu, rho, best=False), "sqrt")})


three_distances = Procedure(
    name="optimal matchings within the layers, of three measures",
    measures=(first_leg, second_leg, whole, whole_in_order),
    run=_run_three,
    rational=False,
    cost=4,
)
