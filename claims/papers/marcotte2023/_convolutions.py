"""Convolutional networks of two layers on circular signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lemmata.claims import Edge, Parameters, Range, integers, quantity
from lemmata.claims.papers.marcotte2023._counting import Kind
from lemmata.solvers.laws import Convolutional

c_0 = quantity("c_0", "input channels", integer=True, positive=True)
c_1 = quantity("c_1", "hidden channels", integer=True, positive=True)
c_2 = quantity("c_2", "output channels", integer=True, positive=True)
k_1 = quantity("k_1", "taps of the first layer", integer=True, positive=True)
k_2 = quantity("k_2", "taps of the second layer", integer=True, positive=True)
p = quantity("p", "positions of the input", integer=True, positive=True)
q = quantity("q", "positions of the hidden signal", integer=True, positive=True)


def convolutions(*, activation: str = "relu", small: bool = False, stride: bool = True) -> Kind:
    """Two circular convolutions, the first with a stride; ``small`` ones have short kernels and two channels or more.

    Without ``stride`` the first layer has none, whatever the parameter says.
    """

    def network(parameters: Parameters) -> Convolutional:
        return Convolutional(
            channels=(parameters["c_0"], parameters["c_1"], parameters["c_2"]),
            kernels=(parameters["k_1"], parameters["k_2"]),
            length=parameters["p"],
            strides=(parameters["stride"] if stride else 1, 1),
            activation=activation,
        )

    def measured(parameters: Parameters) -> Mapping[Any, Any]:
        sizes = {symbol: parameters[str(symbol)] for symbol in (c_0, c_1, c_2, k_1, k_2, p)}
        return sizes | {q: -(-parameters["p"] // parameters["stride"])}

    table = {"c_0": 2, "c_1": 3, "c_2": 2, "k_1": 2, "k_2": 2, "p": 4}
    aliased = {"c_0": 1, "c_1": 2, "c_2": 1, "k_1": 3, "k_2": 3, "p": 6, "stride": 3}
    edges = [Edge(name="2-3-2 channels, two taps, length 4", parameters=table)]
    if not small:
        edges.append(Edge(name="1-2-1 channels, three taps, length 6, stride 3", parameters=aliased))
    return Kind(
        name=f"{activation} convolutional networks of two layers",
        network=network,
        parameters=_SMALL if small else _ALL,
        edges=(*edges, Edge(name="as small as can be")),
        sizes=measured,
    )


_ALL: Mapping[str, Range] = {
    "c_0": integers(1, 2),
    "c_1": integers(1, 3),
    "c_2": integers(1, 2),
    "k_1": integers(1, 3),
    "k_2": integers(1, 3),
    "p": integers(1, 6),
    "stride": integers(1, 3),
}
_SMALL: Mapping[str, Range] = {
    "c_0": integers(2, 3),
    "c_1": integers(1, 3),
    "c_2": integers(2, 3),
    "k_1": integers(1, 2),
    "k_2": integers(1, 2),
    "p": integers(3, 6),
    "stride": integers(1, 1),
}
