"""The chain of springs on which no method that stays in the span of gradients is fast."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lemmata import norm2
from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    choice,
    integers,
    quantity,
)
from lemmata.claims.settings.optimization.measured import HEIGHT, SQUARED_LENGTH, L, initial
from lemmata.solvers import concatenate, full, solve_definite, zeros
from lemmata.solvers.optimization import (
    chain_matrix,
    least_in_leading_coordinates,
    span_iterates,
)

gap = quantity("f(x_k) - f_*", "value after k steps above the minimum", unit=HEIGHT, nonnegative=True)
distance = quantity(
    "|x_k - x_*|^2", "squared distance to the minimizer after k steps", unit=SQUARED_LENGTH, nonnegative=True
)
k = quantity("k", "number of steps", integer=True, positive=True)


class Ending(enum.Enum):
    """Where in the span of the gradients a method ends."""

    COMBINATION = "coefficients"
    """At random combinations of the gradients."""
    LOWEST = "lowest"
    """At the point of least value, which conjugate gradients find."""
    NEAREST = "nearest"
    """At the point nearest to the minimizer."""


def _draw_chain(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    steps = int(parameters["steps"])
    # Near accelerated methods: a long step along the newest gradient, what the older ones are worth at random.
    coefficients = 4 * rng.uniform(size=(size, steps, steps)) ** 2 * np.exp(rng.normal(size=(size, 1, 1)) / 2)
    return {"L": np.exp(2 * rng.normal(size=size)), "pull": np.exp(2 * rng.normal(size=size)), "c": coefficients}


def _admissible_chain(_: Parameters, instances: Instances) -> Any:
    return (instances["L"] > 0) & (instances["pull"] > 0)


def chains(*, longest: int = 12) -> Family:
    """Chains of 2k + 1 links pulled at one end, and methods that stay in the span of gradients for k steps.

    Args:
        longest: most steps; the parameter ``method`` is the value of an `Ending`.
    """
    best = Ending.LOWEST.value
    return Family(
        name="the chain of 2k + 1 coordinates; methods that stay in the span of the gradients, k steps",
        parameters={"steps": integers(1, longest), "method": choice(*(ending.value for ending in Ending))},
        draw=_draw_chain,
        hypotheses=(Hypothesis(name="L > 0, the chain is pulled", holds=_admissible_chain),),
        searchable=("c", "L", "pull"),
        edges=(
            Edge(name="best value, one step", parameters={"method": best}),
            Edge(name="best value, four steps", parameters={"method": best, "steps": 4}),
            Edge(name="best value, most steps", parameters={"method": best, "steps": longest}),
            Edge(name="nearest point, most steps", parameters={"method": Ending.NEAREST.value, "steps": longest}),
            Edge(
                name="no step at all",
                parameters={"steps": 3},
                adjust=lambda _, drawn: {**drawn, "c": 0 * drawn["c"]},
            ),
        ),
    )


def _run_chain(parameters: Parameters, instances: Instances, *, length: Callable[[int], int], tie: int) -> Measurement:
    steps, lipschitz = int(parameters["steps"]), instances["L"]
    links = length(steps)
    stiffness = chain_matrix(links, tie=tie)
    pull = instances["pull"][:, None]
    right = concatenate([pull, zeros(pull, (pull.shape[0], links - 1))], axis=1)
    matrix = lipschitz[:, None, None] * 0 + stiffness
    minimizer = solve_definite(matrix, right)
    last = _last(Ending(parameters["method"]), matrix, right, minimizer, instances["c"])
    away = last - minimizer
    bent = (away[:, None, :] @ matrix)[:, 0, :]
    values = {
        gap: lipschitz * (away * bent).sum(axis=-1) / (2 * (4 + tie)),
        distance: norm2(away),
        initial: norm2(minimizer),
        L: lipschitz,
        k: full(lipschitz, steps),
    }
    return Measurement.of(values, case="after k steps")


def _last(ending: Ending, matrix: Any, right: Any, minimizer: Any, coefficients: Any) -> Any:
    """Where the method ends, ``(batch, links)``: the first k gradients span the first k coordinates."""
    steps, links = coefficients.shape[1], minimizer.shape[1]
    match ending:
        case Ending.COMBINATION:
            return span_iterates(matrix, right, coefficients=coefficients)[:, -1]
        case Ending.LOWEST:
            return least_in_leading_coordinates(matrix, right, count=steps)
        case Ending.NEAREST:
            rest = zeros(minimizer, (minimizer.shape[0], links - steps))
            return concatenate([minimizer[:, :steps], rest], axis=1)


def twice_as_long(steps: int) -> int:
    """2k + 1 links."""
    return 2 * steps + 1


def span_methods(*, length: Callable[[int], int] = twice_as_long, tie: int = 0, variant: str = "") -> Procedure:
    """A method on the chain of ``length(k)`` links.

    Args:
        length: from the number of steps to that of links.
        tie: how strongly every coordinate is bound to zero as well.
        variant: says what differs from the chain of 2k + 1 links.
    """
    return Procedure(
        name=f"the same {variant}"
        if variant
        else "a method in the span of the gradients, on the chain of 2k + 1 coordinates",
        measures=(gap, distance, initial, L, k),
        run=partial(_run_chain, length=length, tie=tie),
    )
