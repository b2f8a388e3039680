"""Du, Hu, Lee 2018: what gradient flow conserves in a network, neuron by neuron and layer by layer.

Homogeneous layers are balanced automatically: how far apart two neighbouring layers are is a constant of
the motion. Theorem 2.1 is the law for a neuron, Corollary 2.1 for a layer, Theorem 2.2 for the whole matrix where the
activation between two layers is linear; they are stated as the abstract and later papers restate them.
"""

from __future__ import annotations

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import Claim, Conserved, Mutant, Reading, Status, reals
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.papers.du2018._letters import (
    HOMOGENEOUS_LAYER,
    LINEAR_LAYER,
)
from lemmata.claims.settings.networks.balance import (
    A,
    Delta_h,
    W,
    W_next,
    Z,
    defect,
    gradient_flow,
    imbalance,
    layer_imbalance,
    neuron_imbalance,
    outputs,
)
from lemmata.claims.settings.networks.dense import Entry, dense_networks

NEURON_DRIFT = Conserved(quantity=neuron_imbalance, change=-2 * DiagonalOf(A * defect.T))
LAYER_DRIFT = Conserved(quantity=layer_imbalance, change=-2 * sp.Trace(A * defect.T))


MATRIX_DRIFT = Conserved(quantity=imbalance, change=A * outputs.T + outputs * A.T - Delta_h * Z.T - Z * Delta_h.T)
"""With A = dL/d phi(z), B = D A, Y = D z: minus the commutators [D_s, A_s z_s' - z_s A_s'], summed over samples."""


def _wrong_activation(name: str, because: str, *, scale: tuple[float, float] = (0.5, 2.0)) -> Mutant:
    """The neuron law for an activation that is not homogeneous; its exact drift is known and checked."""
    family = dense_networks(activations=(name,), scale=reals(*scale), real=False)
    return Mutant(name=name, because=because, given=family, instead=NEURON_DRIFT)


neuron_law = Claim(
    key="du2018/neuron-law",
    title="Gradient flow keeps every neuron balanced: incoming minus outgoing squared weight is constant",
    about="""Let the hidden activations be positively homogeneous of degree one (linear, ReLU, leaky ReLU, |z|; each
neuron may have its own slopes), without biases, and let the loss be differentiable in the network's output. Along
gradient flow, for every hidden layer h and every neuron i, |W_h[i,:]|^2 - |W_{h+1}[:,i]|^2 does not change. Neither
convexity nor smoothness of the loss is used, and any slope may be taken at a kink.

Why: for one sample G_h W_h' - W_{h+1}' G_{h+1} is the commutator of the diagonal matrix of slopes with a matrix, and
a commutator with a diagonal matrix has a zero diagonal.""",
    source=PAPER.at("abstract; Theorem 2.1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=dense_networks(),
    when=gradient_flow(),
    then=Conserved(quantity=neuron_imbalance),
    proof=HOMOGENEOUS_LAYER,
    mutants=(
        _wrong_activation("tanh", "tanh saturates: phi'(z) z < phi(z) for z > 0"),
        _wrong_activation("sigmoid", "the sigmoid is not zero at zero, so its Euler defect is of order one"),
        _wrong_activation("softplus", "softplus is a smoothed ReLU; smoothing breaks homogeneity near the kink"),
        _wrong_activation("gelu", "GELU is homogeneous only in the limit of large |z|"),
        _wrong_activation("silu", "SiLU is homogeneous only in the limit of large |z|"),
        _wrong_activation("elu", "ELU saturates for negative inputs"),
        _wrong_activation("relu6", "ReLU6 is capped: homogeneity fails above 6", scale=(4.0, 8.0)),
        Mutant(
            name="square",
            because="z^2 has degree two: the outgoing weights count twice",
            given=dense_networks(activations=("square",), scale=reals(0.5, 1.0), real=False),
            instead=NEURON_DRIFT,
        ),
        Mutant(
            name="sum, not difference",
            because="the sum of squared weights grows or decays with the loss",
            then=Conserved(quantity=DiagonalOf(W * W.T + W_next.T * W_next)),
        ),
    ),
)

layer_law = Claim(
    key="du2018/layer-law",
    title="Gradient flow keeps the difference of squared Frobenius norms of neighbouring layers",
    about="""Under the hypotheses of the neuron law, |W_h|_F^2 - |W_{h+1}|_F^2 does not change along gradient flow, for
every hidden layer h (sum the neuron law over neurons); hence neither does the difference of any two layers. If all
layers start small they stay balanced: none can grow without the others.""",
    source=PAPER.at("abstract; Corollary 2.1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=dense_networks(),
    when=gradient_flow(),
    then=Conserved(quantity=layer_imbalance),
    proof=HOMOGENEOUS_LAYER,
    mutants=(
        Mutant(
            name="tanh",
            because="not homogeneous",
            given=dense_networks(activations=("tanh",), scale=reals(0.5, 2.0), real=False),
            instead=LAYER_DRIFT,
        ),
        Mutant(
            name="upper layer counted twice",
            because="both layers have degree one in the network's output",
            then=Conserved(quantity=sp.Trace(W * W.T) - 2 * sp.Trace(W_next.T * W_next)),
        ),
        Mutant(
            name="the layer alone",
            because="a single layer's norm moves with the loss",
            then=Conserved(quantity=sp.Trace(W * W.T)),
        ),
        Mutant(
            name="biases left out",
            because="with biases the incoming squared weight includes the bias",
            given=dense_networks(entries=(Entry.BIAS,), real=False),
        ),
    ),
)

linear_layer_law = Claim(
    key="du2018/linear-layer-law",
    title="Around a linear layer the whole matrix W_h W_h' - W_{h+1}' W_{h+1} is conserved",
    about="""If the activation of layer h is linear (the other layers may have any activation), gradient flow conserves the
full n_h x n_h matrix W_h W_h' - W_{h+1}' W_{h+1}, for any depth, widths, data and differentiable loss.

Why: G_h W_h' = W_{h+1}' G_{h+1}, word for word, by the chain rule.""",
    source=PAPER.at("Theorem 2.2; restated by Ye and Du (2021)"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=dense_networks(activations=("linear", "linear_relu")),
    when=gradient_flow(linear_only=True),
    then=Conserved(quantity=imbalance),
    proof=LINEAR_LAYER,
    mutants=(
        Mutant(
            name="ReLU",
            because="two neurons with different gates on a sample break every off-diagonal entry",
            given=dense_networks(activations=("relu",), real=False),
            when=gradient_flow(),
            instead=MATRIX_DRIFT,
        ),
        Mutant(
            name="leaky ReLU",
            because="different slopes on a sample, though never zero",
            given=dense_networks(activations=("leaky_relu",), real=False),
            when=gradient_flow(),
        ),
        Mutant(
            name="sum",
            because="the sum of the two Gram matrices moves with the loss",
            given=dense_networks(activations=("linear",), real=False),
            then=Conserved(quantity=W * W.T + W_next.T * W_next),
        ),
        Mutant(
            name="half the upper layer",
            because="both layers have the same degree in the network's output",
            then=Conserved(quantity=W * W.T - W_next.T * W_next / 2),
        ),
    ),
)
