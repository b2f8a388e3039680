"""One component of a tensor factorization under gradient flow, for any loss: only its gradient there matters."""

from __future__ import annotations

from functools import reduce
from operator import and_
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
    Time,
    integers,
    quantity,
)
from lemmata.solvers import full, reflection
from lemmata.solvers.optimization import contracted

size = quantity(r"\|w^1 \otimes \cdots \otimes w^N\|", "norm of the component", real=True)
pull = quantity(
    r"\langle -\nabla L, \frac{w^1 \otimes \cdots \otimes w^N}{\sigma} \rangle",
    "how strongly the loss pulls along the component",
    real=True,
)
order = quantity("N", "order of the tensor", real=True)
first = quantity(r"\|w^1\|", "length of the first vector", real=True)
second = quantity(r"\|w^2\|", "length of the second vector", real=True)

_GRAIN = 32


def components(*, balanced: bool = True) -> Family:
    """Vectors w^1 ... w^N of length ell (or of lengths of their own) and a tensor, minus the gradient of the loss."""

    def draw(p: Parameters, rng: np.random.Generator, count: int) -> Instances:
        n, sides = int(p["order"]), [int(p["side"]) + (axis % 2) * int(p["uneven"]) for axis in range(int(p["order"]))]
        lengths = rng.integers(8, 65, size=(count, n)) / _GRAIN
        return {
            "lengths": np.repeat(lengths[:, :1], n, axis=1) if balanced else lengths,
            "A": rng.normal(size=(count, *sides)),
            **{f"v{axis}": rng.integers(1, 6, size=(count, side)).astype(float) for axis, side in enumerate(sides)},
        }

    def directed(p: Parameters, one: Instances) -> Any:
        directions = [(one[f"v{axis}"] != 0).any(axis=1) for axis in range(int(p["order"]))]
        return reduce(and_, [(one["lengths"] > 0).all(axis=1), *directions])

    def balances(_: Parameters, one: Instances) -> Any:
        return np.all(one["lengths"] == one["lengths"][:, :1], axis=1)

    return Family(
        name=f"components w^1 x ... x w^N of a tensor{', balanced' if balanced else ''}, and any loss",
        parameters={"order": integers(2, 4), "side": integers(1, 2), "uneven": integers(0, 1)},
        draw=draw,
        hypotheses=(
            Hypothesis(name="no vector is zero", holds=directed),
            *((Hypothesis(name="|w^1| = ... = |w^N|", holds=balances),) if balanced else ()),
        ),
        edges=(
            Edge(name="two numbers"),
            Edge(name="four vectors", parameters={"order": 4, "side": 2, "uneven": 1}),
            Edge(name="three vectors", parameters={"order": 3, "side": 2, "uneven": 1}),
        ),
    )


def _vectors(parameters: Parameters, instances: Instances) -> list[Any]:
    """w^n: its length times the first column of a reflection, of length one exactly."""
    lengths = instances["lengths"]
    return [
        reflection(instances[f"v{axis}"])[:, :, 0] * lengths[:, axis, None] for axis in range(int(parameters["order"]))
    ]


def _run_norm(parameters: Parameters, instances: Instances) -> Measurement:
    """Sigma = prod |w^n| and its rate by the flow of every vector: w^n' is A contracted with the others."""
    vectors, lengths, n = _vectors(parameters, instances), instances["lengths"], int(parameters["order"])
    moves = [contracted(instances["A"], vectors, free=axis) for axis in range(n)]
    sigma = lengths[:, 0]
    for axis in range(1, n):
        sigma = sigma * lengths[:, axis]
    growth = sum(
        (w * move).sum(axis=1) / (lengths[:, i] * lengths[:, i])
        for i, (w, move) in enumerate(zip(vectors, moves, strict=True))
    )
    values = {
        size: sigma,
        pull: contracted(instances["A"], vectors) / sigma,
        order: full(sigma, n),
        first: lengths[:, 0],
        second: lengths[:, 1],
    }
    rates = {
        size: (sigma * growth)[:, None],
        first: ((vectors[0] * moves[0]).sum(axis=1) / lengths[:, 0])[:, None],
        second: ((vectors[1] * moves[1]).sum(axis=1) / lengths[:, 1])[:, None],
    }
    return Measurement.of(values, case="the component", rates=rates)


component_flow = Procedure(
    name="gradient flow of the vectors of one component",
    measures=(size, pull, order, first, second),
    run=_run_norm,
    time=Time.FLOW,
    rational=True,
)
