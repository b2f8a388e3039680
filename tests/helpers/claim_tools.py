"""What tests of shipped claims have in common: the claims of a module, lawful instances, what a procedure measures."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from lemmata.claims import Case, Claim, Located
from lemmata.solvers import Bounded

Point = dict[str, Any]


def shipped(*modules: str) -> list[Located]:
    """The claims of some modules of ``lemmata.claims.papers``."""
    found = []
    for name in modules:
        module = importlib.import_module(f"lemmata.claims.papers.{name}")
        found += [Located(value, module.__name__) for value in vars(module).values() if isinstance(value, Claim)]
    return found


def drawn(family: Any, seed: int = 0, size: int = 32, **parameters: Any) -> tuple[Point, Point]:
    """Parameters over the simplest of every range, and instances there that meet every hypothesis."""
    point = {name: given.simplest for name, given in family.parameters.items()} | parameters
    instances = family.draw(point, np.random.default_rng(seed), size)
    met = np.all([np.ones(size, dtype=bool), *(h.holds(point, instances) for h in family.hypotheses)], axis=0)
    return point, {name: value[met] for name, value in instances.items()}


def measured(procedure: Any, point: Any, instances: Any, case: int = 0) -> Point:
    """What a procedure measures in floats, in one of its cases, ``(batch, times)`` each."""
    run = procedure.run(point, {name: Bounded.exact(value) for name, value in instances.items()})
    return {name: value.value for name, value in run.cases[case].values.items()}


def at_edge(claim: Claim, name: str, *, size: int = 4, seed: int = 0) -> tuple[Any, Any]:
    """Parameters and float64 instances of one of the claim's edges."""
    edge = next(edge for edge in claim.given.edges if edge.name == name)
    parameters = claim.given.at_edge(edge)
    instances = claim.given.draw(parameters, np.random.default_rng(seed), size)
    return parameters, instances if edge.adjust is None else edge.adjust(parameters, instances)


def measured_at_edge(claim: Claim, name: str, system: Any, *, size: int = 4) -> Case:
    """What the claim's procedure measures at an edge, in a number system such as ``to_rationals``."""
    parameters, instances = at_edge(claim, name, size=size)
    return claim.when.run(parameters, {key: system(value) for key, value in instances.items()}).cases[0]
