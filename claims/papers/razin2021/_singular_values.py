"""Singular values of the product of balanced linear layers under gradient flow, for any loss."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from lemmata.claims import Family, Hypothesis, Instances, Measurement, Parameters, Procedure, Time, quantity
from lemmata.claims.settings.networks.linear import N, moving_product, networks_of_any_depth
from lemmata.solvers import full, transpose

value = quantity(r"\sigma_r(W)", "a singular value of the product W of the layers", real=True)
pull = quantity(
    r"\langle -\nabla_W L, u_r v_r^\top \rangle", "how strongly the loss pulls along its singular vectors", real=True
)


def _apart(_: Parameters, instances: Instances) -> Any:
    ordered = np.sort(instances["s"], axis=1)
    return (ordered[:, 0] > 0) & np.all(ordered[:, 1:] > ordered[:, :-1], axis=1)


def layers(*, tilted: bool = False) -> Family:
    """Deep linear networks whose product has positive singular values, all different: each moves smoothly."""
    base = networks_of_any_depth(tilted=tilted)
    apart = Hypothesis(name="singular values positive and different", holds=_apart)
    return Family(
        name=base.name,
        parameters=base.parameters,
        draw=base.draw,
        hypotheses=(*base.hypotheses, apart),
        edges=tuple(edge for edge in base.edges if "rank one" not in edge.name),
    )


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    depth, s = len(parameters["widths"]) - 1, instances["s"]
    found = moving_product(parameters, instances)
    rank = s.shape[1]
    u, v = found.left[:, :, :rank], found.right[:, :, :rank]

    def along(matrix: Any) -> Any:
        """u_r' M v_r for every r, ``(batch, rank)``."""
        return ((transpose(u) @ matrix) * transpose(v)).sum(axis=2)

    values = {value: reduce(lambda product, factor: product * factor, [s] * depth), pull: -along(found.slope)}
    values[N] = full(values[value], depth)
    return Measurement.of(values, case="each singular value", rates={value: along(found.product.tangent)})


singular_value_flow = Procedure(
    name="gradient flow of a deep linear network, seen through the singular values of the product",
    measures=(value, pull, N),
    run=_run,
    time=Time.FLOW,
)
