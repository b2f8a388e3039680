"""Models of networks: fully connected, and convolutional in one dimension with wrap-around.

A piecewise linear activation multiplies by a slope, its gate. The gates are arbitrary here, so that the laws are those
that hold whatever gates are open: gradients are affine in each gate, and so two slopes say as much as all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import prod
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers.laws.model import Block, Letters, Model, ModelError, letters
from lemmata.solvers.laws.regions import Pattern
from lemmata.solvers.numbers.errors import unknown_name

GATED = ("relu", "leaky_relu", "abs")
ACTIVATIONS = ("linear", *GATED, "square")
LOSSES = ("squared", "logistic", "cross_entropy")
MOST_TERMS = 50_000
_Layer: TypeAlias = Callable[[int, Any, Letters], Any]
_GATES = "These hold for all patterns of gates; where some patterns meet no data there may be more."


@dataclass(frozen=True, kw_only=True)
class Dense:
    """f(x) = W_N phi(... phi(W_1 x + b_1)).

    Attributes:
        widths: of the input, the hidden layers and the output.
        activation: of the hidden layers.
        loss: squared and logistic losses have every derivative in the output; that of cross entropy sums to zero.
        bias: whether hidden layers have biases.

    Raises:
        UnknownNameError: an activation or a loss that is not known.
        ModelError: fewer than two widths, one below 1, cross entropy of one output, or too many paths.
    """

    widths: Sequence[int]
    activation: str = "linear"
    loss: str = "squared"
    bias: bool = False

    def __post_init__(self) -> None:
        _check_names(self.activation, self.loss)
        _check_sizes("widths", self.widths)
        _check_outputs(self.loss, self.widths[-1])
        _check_terms(self.about, self.widths, self.activation)

    @property
    def about(self) -> str:
        """What it is, a noun phrase."""
        ends = f"{self.activation} network {'-'.join(map(str, self.widths))}"
        return f"{ends}{' with biases' if self.bias else ''}, {self.loss.replace('_', ' ')} loss"

    @cached_property
    def model(self) -> Model:
        """Its parameters and the functions that drive them."""
        return self._model(())

    def with_gates(self, patterns: Iterable[Pattern]) -> Model:
        """The model of a ReLU network around parameters at which data meet these patterns of gates, and no others.

        Raises:
            ModelError: the network has no gates, or there are no patterns.
        """
        listed = tuple(sorted(patterns))
        if self.activation != "relu" or not listed:
            raise ModelError(
                f"{self.about}: {len(listed)} patterns of gates; a ReLU network and one pattern are needed"
            )
        return self._model(listed)

    def _model(self, patterns: Sequence[Pattern]) -> Model:
        shapes = list(pairwise(self.widths))
        blocks = [Block(name=f"W{h}", shape=(above, below)) for h, (below, above) in enumerate(shapes, start=1)]
        if self.bias:
            blocks += [Block(name=f"b{h}", shape=(width,)) for h, width in enumerate(self.widths[1:-1], start=1)]

        def layer(h: int, x: Any, known: Letters) -> Any:
            z = known[f"W{h}"] @ x
            return z + known[f"b{h}"] if f"b{h}" in known else z

        sizes = [(width,) for width in self.widths]
        shape = _Shape(layers=sizes, activation=self.activation, loss=self.loss, patterns=patterns)
        return shape.model(blocks, layer, self.about)


@dataclass(frozen=True, kw_only=True)
class Convolutional:
    """Circular convolutions of signals: y[o, t] = sum_{c, k} W[o, c, k] x[c, (stride t + k) mod length].

    Attributes:
        channels: of the input, the hidden layers and the output.
        kernels: taps of each layer; more of them than positions wrap around.
        length: positions of the input.
        strides: of each layer; 1 if left out.
        activation, loss: as of `Dense`; the classes of cross entropy are the output's entries.

    Raises:
        UnknownNameError: an activation or a loss that is not known.
        ModelError: numbers of layers that do not fit together, a size below 1, or too many paths.
    """

    channels: Sequence[int]
    kernels: Sequence[int]
    length: int
    strides: Sequence[int] = ()
    activation: str = "linear"
    loss: str = "squared"

    def __post_init__(self) -> None:
        _check_names(self.activation, self.loss)
        _check_sizes("channels", self.channels)
        layers = len(self.channels) - 1
        for what, given in (("kernels", self.kernels), ("strides", self._strides)):
            if len(given) != layers or min(given) < 1:
                raise ModelError(f"{layers} layers need {layers} {what} of 1 or more, got {_listed(given) or 'none'}")
        if self.length < 1:
            raise ModelError(f"a signal has 1 position or more, got length {self.length}")
        _check_outputs(self.loss, self.channels[-1] * self._lengths[-1])
        parts = [c * k for c, k in zip(self.channels[1:], self.kernels, strict=True)]
        _check_terms(self.about, [self._lengths[-1] * self.channels[0], *parts], self.activation)

    @property
    def about(self) -> str:
        """What it is, a noun phrase."""
        strides = "" if set(self._strides) == {1} else f", strides {_listed(self._strides)}"
        sizes = f"channels {_listed(self.channels)}, kernels {_listed(self.kernels)}{strides}, length {self.length}"
        return f"{self.activation} convolutional network, {sizes}, {self.loss.replace('_', ' ')} loss"

    @property
    def _strides(self) -> Sequence[int]:
        return self.strides or [1] * (len(self.channels) - 1)

    @property
    def _lengths(self) -> list[int]:
        lengths = [self.length]
        for stride in self._strides:
            lengths.append(-(-lengths[-1] // stride))
        return lengths

    @cached_property
    def model(self) -> Model:
        """Its parameters and the functions that drive them."""
        shapes = [(above, below) for below, above in pairwise(self.channels)]
        blocks = [
            Block(name=f"W{h}", shape=(*shape, taps))
            for h, (shape, taps) in enumerate(zip(shapes, self.kernels, strict=True), start=1)
        ]
        lengths, strides = self._lengths, self._strides

        def layer(h: int, x: Any, known: Letters) -> Any:
            kernel = known[f"W{h}"]
            starts = strides[h - 1] * np.arange(lengths[h])
            taps = (starts[:, None] + np.arange(kernel.shape[2])) % lengths[h - 1]
            # (outputs, channels, taps) against (channels, positions, taps), channel by channel
            terms = [kernel[:, c] @ x[c][taps].T for c in range(kernel.shape[1])]
            return sum(terms[1:], terms[0])

        sizes = list(zip(self.channels, lengths, strict=True))
        return _Shape(layers=sizes, activation=self.activation, loss=self.loss).model(blocks, layer, self.about)


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What the two kinds of network have in common: layers of these shapes, and gates, arbitrary or of patterns."""

    layers: Sequence[tuple[int, ...]]
    activation: str
    loss: str
    patterns: Sequence[Pattern] = ()

    def model(self, blocks: Sequence[Block], layer: _Layer, about: str) -> Model:
        hidden = range(1, len(self.layers) - 1)
        others = [Block(name="x", shape=self.layers[0]), Block(name="w", shape=self.layers[-1])]
        arbitrary = self.activation in GATED and not self.patterns
        others += [Block(name=f"g{h}", shape=self.layers[h]) for h in hidden if arbitrary]
        known = letters([*blocks, *others])
        choices: Sequence[Any] = self.patterns or [[known[f"g{h}"] if arbitrary else None for h in hidden]]
        note = _GATES if arbitrary and hidden else ""
        return Model.of([self._driven(layer, known, gates) for gates in choices], blocks, about, note)

    def _driven(self, layer: _Layer, known: Letters, gates: Sequence[Any]) -> Any:
        """The output in an arbitrary direction that the loss can take."""
        value = layer(1, known["x"], known)
        for h, opened in enumerate(gates, start=2):
            if self.activation != "linear":
                value = value * (value if self.activation == "square" else np.array(opened, dtype=object))
            value = layer(h, value, known)
        outputs, directions = value.ravel(), known["w"].ravel()
        if self.loss == "cross_entropy":
            outputs, directions = outputs[:-1] - outputs[-1:], directions[:-1]
        return outputs @ directions


def _check_names(activation: str, loss: str) -> None:
    if activation not in ACTIVATIONS:
        raise unknown_name("activation", activation, ACTIVATIONS)
    if loss not in LOSSES:
        raise unknown_name("loss", loss, LOSSES)


def _check_sizes(what: str, sizes: Sequence[int]) -> None:
    if len(sizes) < len(("input", "output")) or min(sizes) < 1:
        raise ModelError(f"a network has two {what} or more, each 1 or more, got {_listed(sizes) or 'none'}")


def _check_outputs(loss: str, outputs: int) -> None:
    if loss == "cross_entropy" and outputs == 1:
        raise ModelError("cross entropy of one output is constant; give it two outputs, or take the logistic loss")


def _check_terms(about: str, factors: Sequence[int], activation: str) -> None:
    """Refuse a network with too many paths from input to output; a square doubles those below it."""
    paths = prod(factors)
    if activation == "square":
        paths = 1
        for factor in factors[:-1]:
            paths = (paths * factor) ** 2
        paths *= factors[-1]
    if paths > MOST_TERMS:
        raise ModelError(
            f"{about} has {paths:,} paths from input to output; laws are sought for at most {MOST_TERMS:,}. They do "
            "not depend on the sizes in kind: take smaller ones of the same pattern"
        )


def _listed(sizes: Sequence[int]) -> str:
    return ",".join(map(str, sizes))
