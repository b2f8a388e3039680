"""Shapes of deep linear networks: where layers of width one leave more laws than balance has."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from lemmata.claims import Edge, Hypothesis, Instances, Parameters, integers
from lemmata.claims.papers.marcotte2023._counting import Kind, above, below, hidden
from lemmata.solvers.laws import Dense


def _apart(parameters: Parameters, instances: Instances) -> np.ndarray:
    narrow = [place for place, width in enumerate(parameters["widths"]) if width == 1]
    between = [later - earlier - 1 for earlier, later in pairwise(narrow)]
    return np.full(len(instances["theta"]), all(count < len(("one", "two")) for count in between))


APART = Hypothesis(name="no two layers of width one have two or more layers, all wider, between them", holds=_apart)


def narrow_ends(*, inputs: int = 1, largest: int = 3, activation: str = "linear") -> Kind:
    """Networks of one output and two hidden layers."""

    def widths(parameters: Parameters) -> tuple[int, ...]:
        return (inputs, parameters["a"], parameters["b"], 1)

    def measured(parameters: Parameters) -> Mapping[Any, Any]:
        sizes = widths(parameters)
        return {hidden: sizes[1:-1], below: sizes[:-2], above: sizes[2:]}

    edges = [Edge(name=f"{inputs}-{a}-{a}-1", parameters={"a": a, "b": a}) for a in range(2, largest + 1)]
    return Kind(
        name=f"{activation} networks {inputs}-a-b-1",
        network=lambda parameters: Dense(widths=widths(parameters), activation=activation),
        parameters={"a": integers(1, largest), "b": integers(1, largest)},
        edges=(*edges, Edge(name="every width 1")),
        sizes=measured,
    )
