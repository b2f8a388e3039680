"""What tests of shipped claims have in common: claims of a module, admissible instances, what is measured at them."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from lemmata.claims import AtLeast, Case, Claim, Located, evaluate
from lemmata.solvers import Bounded, as_floats, to_balls, to_rationals

Point = dict[str, Any]


class Values(dict[str, Any]):
    """What was measured, to be asked for by symbol or by name."""

    def __getitem__(self, symbol: Any) -> Any:
        return super().__getitem__(str(symbol))


def shipped(*modules: str) -> list[Located]:
    """The claims of some modules of ``lemmata.claims.papers``."""
    found = []
    for name in modules:
        module = importlib.import_module(f"lemmata.claims.papers.{name}")
        found += [Located(value, module.__name__) for value in vars(module).values() if isinstance(value, Claim)]
    return found


def located_claim(key: str) -> Located:
    """A shipped claim by its key, from whichever module of its paper."""
    paper = importlib.import_module(f"lemmata.claims.papers.{key.split('/', maxsplit=1)[0]}").PAPER
    modules = [f"{paper.key}.{section}" for section in paper.sections] or [paper.key]
    return next(one for one in shipped(*modules) if one.claim.key == key)


def drawn(family: Any, seed: int = 0, size: int = 32, **parameters: Any) -> tuple[Point, Point]:
    """Parameters over the simplest of every range, and instances there that meet every hypothesis."""
    point = {name: given.simplest for name, given in family.parameters.items()} | parameters
    instances = family.draw(point, np.random.default_rng(seed), size)
    met = np.all([np.ones(size, dtype=bool), *(h.holds(point, instances) for h in family.hypotheses)], axis=0)
    return point, {name: value[met] for name, value in instances.items()}


def measured(procedure: Any, point: Any, instances: Any, case: int = 0) -> Values:
    """What a procedure measures in floats, in one of its cases, ``(batch, times)`` each."""
    run = procedure.run(point, {name: Bounded.exact(value) for name, value in instances.items()})
    return Values({name: value.value for name, value in run.cases[case].values.items()})


def at_edge(claim: Claim, name: str, *, size: int = 4, seed: int = 0) -> tuple[Any, Any]:
    """Parameters and float64 instances of one of the claim's edges."""
    edge = next(edge for edge in claim.given.edges if edge.name == name)
    parameters = claim.given.at_edge(edge)
    instances = claim.given.draw(parameters, np.random.default_rng(seed), size)
    return parameters, instances if edge.adjust is None else edge.adjust(parameters, instances)


def measured_at_edge(claim: Claim, name: str, system: Any, *, size: int = 4) -> Case:
    """What the claim's procedure measures where an edge is admissible, in a number system such as ``to_rationals``."""
    parameters, instances = at_edge(claim, name, size=size)
    if not admissible(claim, parameters, instances).all():
        parameters, instances = at_edge(claim, name, size=8 * size)
        rows = np.flatnonzero(admissible(claim, parameters, instances))[:size]
        instances = {key: value[rows] for key, value in instances.items()}
    return claim.when.run(parameters, {key: system(value) for key, value in instances.items()}).cases[0]


def admissible(claim: Claim, parameters: Any, instances: Any) -> np.ndarray:
    """Per instance, whether it meets every hypothesis."""
    count = len(next(iter(instances.values())))
    met = [hypothesis.holds(parameters, instances) for hypothesis in claim.given.hypotheses]
    found: np.ndarray = np.all([np.ones(count, dtype=bool), *met], axis=0)
    return found


def sharpness(claim: Claim, edge: str, *, rational: bool | None = None) -> np.ndarray:
    """Largest quotient of the two sides of a bound at an edge, one where it is attained: ``(batch,)``.

    In rationals where the procedure has them, or as said by ``rational``, else in balls.
    """
    exact = claim.when.rational if rational is None else rational
    case = measured_at_edge(claim, edge, to_rationals if exact else to_balls)
    left, right = (as_floats(evaluate(side, case.values)) for side in claim.then.expressions)
    quotients: np.ndarray = (right / left if isinstance(claim.then, AtLeast) else left / right).max(axis=1)
    return quotients


def unmet(claim: Claim, seed: int, size: int = 32) -> list[str]:
    """The edges at which some instance misses a hypothesis of the claim."""
    missed = []
    for edge in claim.given.edges:
        parameters, instances = at_edge(claim, edge.name, size=size, seed=seed)
        if not all(np.all(hypothesis.holds(parameters, instances)) for hypothesis in claim.given.hypotheses):
            missed.append(edge.name)
    return missed


def never_met(claim: Claim, seed: int, size: int = 16) -> list[str]:
    """The edges at which no instance meets all hypotheses of the claim."""
    missed = []
    for edge in claim.given.edges:
        parameters, instances = at_edge(claim, edge.name, size=size, seed=seed)
        met = [hypothesis.holds(parameters, instances) for hypothesis in claim.given.hypotheses]
        if not np.all([np.ones(size, dtype=bool), *met], axis=0).any():
            missed.append(edge.name)
    return missed
