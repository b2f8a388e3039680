"""The chain of springs on which no method that stays in the span of gradients is fast."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

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
)
from lemmata.claims.settings.first_order.quadratics import k
from lemmata.claims.settings.first_order.smooth import (
    L,
    distance,
    square_norm,
    start,
)
from lemmata.solvers import concatenate, solve_definite, zeros
from lemmata.solvers.optimization import (
    chain_matrix,
    least_in_leading_coordinates,
    span_iterates,
)

gap = sp.Symbol("Delta_k", nonnegative=True)


_CHAIN_MEANING = {
    gap: "f(x_k) - f_*, the value after k steps above the minimum",
    distance: "squared distance to the minimizer after k steps",
    start: "squared distance of the start to the minimizer",
    L: "Lipschitz constant of the gradient",
    k: "number of steps",
}


def _draw_chain(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    steps = int(parameters["steps"])
    # Near accelerated methods: a long step along the newest gradient, what the older ones are worth at random.
    coefficients = 4 * rng.uniform(size=(size, steps, steps)) ** 2 * np.exp(rng.normal(size=(size, 1, 1)) / 2)
    return {"L": np.exp(2 * rng.normal(size=size)), "pull": np.exp(2 * rng.normal(size=size)), "c": coefficients}


def _lawful_chain(_: Parameters, instances: Instances) -> Any:
    return (instances["L"] > 0) & (instances["pull"] > 0)


def chains(*, longest: int = 12) -> Family:
    """Chains of 2k + 1 links pulled at one end, and methods that stay in the span of gradients for k steps.

    ``"coefficients"`` combines the gradients at random; ``"lowest"`` and ``"nearest"`` end at the points of the span
    that are best in value and in distance.
    """
    best = "lowest"
    return Family(
        name="the chain of 2k + 1 coordinates; methods that stay in the span of the gradients, k steps",
        parameters={"steps": integers(1, longest), "method": choice("coefficients", best, "nearest")},
        draw=_draw_chain,
        hypotheses=(Hypothesis(name="L > 0, the chain is pulled", holds=_lawful_chain),),
        searchable=("c", "L", "pull"),
        edges=(
            Edge(name="best value, one step", parameters={"method": best}),
            Edge(name="best value, four steps", parameters={"method": best, "steps": 4}),
            Edge(name="best value, most steps", parameters={"method": best, "steps": longest}),
            Edge(name="nearest point, most steps", parameters={"method": "nearest", "steps": longest}),
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
    if parameters["method"] == "coefficients":
        last = span_iterates(matrix, right, coefficients=instances["c"])[:, -1]
    elif parameters["method"] == "lowest":
        last = least_in_leading_coordinates(matrix, right, count=steps)
    else:  # the first k gradients span the first k coordinates
        last = concatenate([minimizer[:, :steps], zeros(pull, (pull.shape[0], links - steps))], axis=1)
    away = last - minimizer
    bent = (away[:, None, :] @ matrix)[:, 0, :]
    values = {
        gap: lipschitz * (away * bent).sum(axis=-1) / (2 * (4 + tie)),
        distance: square_norm(away),
        start: square_norm(minimizer),
        L: lipschitz,
        k: lipschitz * 0 + steps,
    }
    return Measurement.of(values, case="after k steps")


def twice_as_long(steps: int) -> int:
    """2k + 1 links."""
    return 2 * steps + 1


def span_methods(*, length: Callable[[int], int] = twice_as_long, tie: int = 0, name: str = "") -> Procedure:
    """A method on the chain of ``length(k)`` links; ``tie`` binds every coordinate to zero as well."""
    return Procedure(
        name=name or "a method in the span of the gradients, on the chain of 2k + 1 coordinates",
        measures=_CHAIN_MEANING,
        run=partial(_run_chain, length=length, tie=tie),
    )
