"""What a network is made of: layers, parameters and data, as values that check their shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lemmata.solvers.networks.activations import Activation, activation
from lemmata.solvers.networks.losses import Loss, loss_named
from lemmata.solvers.numbers.errors import ShapeError

if TYPE_CHECKING:
    from lemmata.solvers.networks.pools import Pooling
    from lemmata.solvers.networks.sharing import IndexMap
    from lemmata.solvers.numbers.arithmetic import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """h -> pool(phi(W h + b)) (+ h with `skip`), W of shape (outputs, inputs).

    `sharing` says which free parameter fills which entry of W (None: every entry is free); `pool` acts on the
    `outputs` neurons after the activation; `skip` adds the input of the layer to the result, unchanged.
    """

    inputs: int
    outputs: int
    activation: Activation | str = "linear"
    bias: bool = False
    sharing: IndexMap | None = None
    pool: Pooling | None = None
    skip: bool = False

    def __post_init__(self) -> None:
        if self.inputs < 1 or self.outputs < 1:
            raise ShapeError(f"Layer got {self.outputs} x {self.inputs}; expected at least one of each.")
        if isinstance(self.activation, str):
            activation(self.activation)
        if self.sharing is not None and self.sharing.shape != (self.outputs, self.inputs):
            raise ShapeError(
                f"Layer got a sharing map of shape {self.sharing.shape}; expected (outputs, inputs) = "
                f"{(self.outputs, self.inputs)}."
            )
        if self.pool is not None and self.pool.inputs != self.outputs:
            raise ShapeError(f"Layer got pooling of {self.pool.inputs} neurons; expected outputs = {self.outputs}.")
        if self.skip and self.width != self.inputs:
            raise ShapeError(
                f"Layer with a skip gives {self.width} from {self.inputs} neurons; expected equal numbers."
            )

    @property
    def phi(self) -> Activation:
        """The activation as a value."""
        return activation(self.activation) if isinstance(self.activation, str) else self.activation

    @property
    def width(self) -> int:
        """Number of neurons that the next layer sees (after pooling)."""
        return self.outputs if self.pool is None else self.pool.outputs

    @property
    def parameter_shape(self) -> tuple[int, ...]:
        """Shape of one instance's free parameters: (outputs, inputs), or (size,) with sharing."""
        return (self.outputs, self.inputs) if self.sharing is None else (self.sharing.size,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """f(x) = W_N phi_{N-1}(W_{N-1} ... phi_1(W_1 x + b_1)) + b_N with a `loss` on f."""

    layers: tuple[Layer, ...]
    loss: Loss | str = "squared"

    def __post_init__(self) -> None:
        if not self.layers:
            raise ShapeError("Network got no layers; expected at least one.")
        for number, (below, above) in enumerate(zip(self.layers, self.layers[1:], strict=False), start=1):
            if below.width != above.inputs:
                raise ShapeError(
                    f"layer {number} gives {below.width} neurons but layer {number + 1} takes "
                    f"{above.inputs}; expected equal numbers (count the neurons after pooling)."
                )
        if isinstance(self.loss, str):
            loss_named(self.loss)

    @property
    def objective(self) -> Loss:
        """The loss as a value."""
        return loss_named(self.loss) if isinstance(self.loss, str) else self.loss

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.layers)

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons seen by each layer and by the loss: (n_0, ..., n_N)."""
        return (self.layers[0].inputs, *(layer.width for layer in self.layers))


def dense(
    widths: tuple[int, ...],
    *,
    activations: str | Activation | tuple[str | Activation, ...] = "linear",
    bias: bool = False,
    loss: Loss | str = "squared",
) -> Network:
    """A fully connected network of `widths` (n_0, ..., n_N).

    `activations` is one for all hidden layers, or one a hidden layer; the last layer is linear. With `bias`
    every layer has one.
    """
    hidden = len(widths) - 2
    phis = activations if isinstance(activations, tuple) else (activations,) * max(hidden, 0)
    if hidden < 0 or len(phis) != hidden:
        raise ShapeError(
            f"dense got {len(widths)} widths and {len(phis)} activations; expected two more widths than activations."
        )
    shapes = zip(widths, widths[1:], (*phis, "linear"), strict=False)
    layers = (Layer(inputs=n, outputs=m, activation=phi, bias=bias) for n, m, phi in shapes)
    return Network(layers=tuple(layers), loss=loss)


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """Parameters of a batch of networks.

    `matrices[h]` is (batch, outputs, inputs), or (batch, size) for a layer with sharing; `biases[h]` is
    (batch, outputs) or None. Left out, all biases are None.
    """

    matrices: tuple[Array, ...]
    biases: tuple[Array | None, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrices", tuple(self.matrices))
        object.__setattr__(self, "biases", tuple(self.biases) or (None,) * len(self.matrices))
        if len(self.biases) != len(self.matrices):
            raise ShapeError(
                f"Weights got {len(self.matrices)} matrices and {len(self.biases)} biases; expected as many, "
                "with None where a layer has none."
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Data:
    """Training data: `inputs` (batch, n_0, samples) and `targets` (batch, n_N, samples).

    A batch axis of length 1 is shared by all instances.
    """

    inputs: Array
    targets: Array

    def __post_init__(self) -> None:
        for name, array in (("inputs", self.inputs), ("targets", self.targets)):
            if array.ndim != 3:  # noqa: PLR2004 - the axes named in the message
                raise ShapeError(
                    f"Data got {name} of shape {array.shape}; expected (batch, n, samples). Use x[None] for one set."
                )
        if self.inputs.shape[2] != self.targets.shape[2]:
            raise ShapeError(
                f"Data got {self.inputs.shape[2]} inputs and {self.targets.shape[2]} targets; expected as many."
            )
