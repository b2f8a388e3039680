"""Du, Hu, Lee 2018: what gradient flow conserves in a network, neuron by neuron and layer by layer.

Homogeneous layers are balanced automatically: how far apart two neighbouring layers are is a constant of
the motion. The numbering of the paper's theorems (2.1, 2.2, 2.3) is by memory; the statements are those of
its abstract and of later papers that quote them.
"""

from __future__ import annotations

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims._balance import (
    A,
    B,
    D,
    E,
    G,
    H,
    V,
    W,
    Y,
    Z,
    above,
    columns,
    gradient_flow,
    imbalance,
    layer_imbalance,
    neuron_imbalance,
    rows,
    samples,
)
from lemmata.claims._claim import Claim, Mutant
from lemmata.claims._conclusions import Conserved
from lemmata.claims._networks import dense_networks
from lemmata.claims._paper import Paper, Reading, Status
from lemmata.claims._proof import FreeAlgebra
from lemmata.claims._ranges import Value, reals

DU_HU_LEE = Paper(
    key="du2018",
    authors="S. S. Du, W. Hu, J. D. Lee",
    title="Algorithmic Regularization in Learning Deep Homogeneous Models: Layers are Automatically Balanced",
    venue="NeurIPS",
    year=2018,
    identifier="arXiv:1806.00900",
)

# Letters of the proofs. One sample: input x, slopes diag(D), derivative of the loss by the layer above delta.
_gates = sp.MatrixSymbol("D", rows, rows)
_x = sp.MatrixSymbol("x", columns, 1)
_delta = sp.MatrixSymbol("delta", above, 1)
_phi = sp.MatrixSymbol("phi", rows, 1)
_e = sp.MatrixSymbol("e", samples, 1)
# All samples at once, for a linear layer: inputs X, derivatives Delta.
_X = sp.MatrixSymbol("X", columns, samples)
_Delta = sp.MatrixSymbol("Delta", above, samples)

PER_SAMPLE = "the derivative of the loss is a sum over samples; degree two in the sum, so two generic samples suffice"
CHAIN_RULE = "the chain rule for G_h and G_{h+1}; the derivative of the loss above the layer is an arbitrary matrix"
KINKS = "at a kink any slope may be taken: only phi(z) = D z with D diagonal is used"

ANY_LOSS: dict[str, Value] = {"loss": "linear"}
"""At one point every differentiable loss has the derivative of a linear one, <Y, f> with Y arbitrary."""

HOMOGENEOUS_LAYER = FreeAlgebra(
    covers="every depth, all widths, any data and differentiable loss, every homogeneous activation, any slope at a kink",
    definitions={G: _gates * V.T * _delta * _x.T, H: _delta * _x.T * W.T * _gates},
    moves={W: -G, V: -H},
    diagonal=(_gates,),
    per_sample=(_gates, _x, _delta),
    given=(CHAIN_RULE, PER_SAMPLE, KINKS),
)

LINEAR_LAYER = FreeAlgebra(
    covers="every depth, all widths, any data and differentiable loss, any activation in the other layers",
    definitions={G: V.T * _Delta * _X.T, H: _Delta * _X.T * W.T},
    moves={W: -G, V: -H},
    given=(CHAIN_RULE,),
)

NEURON_DRIFT = Conserved(quantity=neuron_imbalance, change=-2 * DiagonalOf(A * E.T))
LAYER_DRIFT = Conserved(quantity=layer_imbalance, change=-2 * sp.Trace(A * E.T))


MATRIX_DRIFT = Conserved(quantity=imbalance, change=A * Y.T + Y * A.T - B * Z.T - Z * B.T)
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
    source=DU_HU_LEE.at("abstract; Theorem 2.1 by memory of the numbering"),
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
            then=Conserved(quantity=DiagonalOf(W * W.T + V.T * V)),
        ),
    ),
)

neuron_drift = Claim(
    key="du2018/neuron-drift",
    title="For any activation the imbalance of a neuron drifts by its Euler defect",
    about="""For every differentiable activation, without biases, along gradient flow
d/dt (|W_h[i,:]|^2 - |W_{h+1}[:,i]|^2) = -2 sum_s A_is (phi'(z_is) z_is - phi(z_is)), where A = dL/d phi(z) and the sum
is over samples. Homogeneous activations of degree one are exactly those for which the bracket vanishes (Euler).""",
    source=DU_HU_LEE.at("beside Theorem 2.1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the exact drift where the theorem's hypothesis fails",
    given=dense_networks(
        activations=(
            "tanh",
            "sigmoid",
            "softplus",
            "gelu",
            "silu",
            "elu",
            "relu6",
            "square",
            "relu_squared",
            "relu",
        ),
        losses=("squared", "linear"),
    ),
    when=gradient_flow(),
    then=NEURON_DRIFT,
    proof=FreeAlgebra(
        covers="every depth, all widths, any data, differentiable loss and activation",
        definitions={
            G: _gates * V.T * _delta * _x.T,
            H: _delta * _phi.T,
            A: V.T * _delta * _e.T,
            E: (_gates * W * _x - _phi) * _e.T,
        },
        moves={W: -G, V: -H},
        diagonal=(_gates,),
        per_sample=(_gates, _x, _delta, _phi),
        sample_axis=_e,
        given=(CHAIN_RULE, PER_SAMPLE),
    ),
    mutants=(
        Mutant(
            name="half the drift",
            because="the derivative of a square brings a factor two",
            then=Conserved(quantity=neuron_imbalance, change=-DiagonalOf(A * E.T)),
        ),
        Mutant(
            name="opposite sign",
            because="a saturating neuron loses incoming weight, it does not gain it",
            then=Conserved(quantity=neuron_imbalance, change=2 * DiagonalOf(A * E.T)),
        ),
        Mutant(
            name="no drift",
            because="these activations are not homogeneous",
            then=Conserved(quantity=neuron_imbalance),
        ),
        Mutant(
            name="slope without its input",
            because="Euler's relation compares phi with phi' z, not with phi'",
            then=Conserved(quantity=neuron_imbalance, change=-2 * DiagonalOf(A * (D - Y).T)),
        ),
    ),
)

degree_law = Claim(
    key="du2018/degree-k-law",
    title="A homogeneous activation of degree two counts the outgoing weights twice",
    about="""For an activation that is positively homogeneous of degree k (here k = 2: z^2 and max(z, 0)^2), without
biases, gradient flow conserves |W_h[i,:]|^2 - k |W_{h+1}[:,i]|^2 for every hidden neuron.""",
    source=DU_HU_LEE.at("beside Theorem 2.1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the paper treats degree one; Euler's relation phi'(z) z = k phi(z) gives the rest",
    given=dense_networks(activations=("square", "relu_squared"), scale=reals(0.25, 1.0), pace=0.01),
    when=gradient_flow(),
    then=Conserved(quantity=DiagonalOf(W * W.T - 2 * V.T * V)),
    proof=FreeAlgebra(
        covers="every depth, all widths, any data and differentiable loss, every activation of degree two",
        definitions={G: _gates * V.T * _delta * _x.T, H: _delta * _x.T * W.T * _gates / 2},
        moves={W: -G, V: -H},
        diagonal=(_gates,),
        per_sample=(_gates, _x, _delta),
        given=(CHAIN_RULE, PER_SAMPLE, "Euler: phi(z) = D z / 2"),
    ),
    mutants=(
        Mutant(
            name="factor 1",
            because="the law of degree one",
            then=Conserved(quantity=neuron_imbalance),
        ),
        Mutant(
            name="factor 3",
            because="the degree of z^2 is two",
            then=Conserved(quantity=DiagonalOf(W * W.T - 3 * V.T * V)),
        ),
        Mutant(
            name="factor on the incoming weights",
            because="a neuron's output is quadratic in the incoming, linear in the outgoing weights, not the reverse",
            then=Conserved(quantity=DiagonalOf(2 * W * W.T - V.T * V)),
        ),
        Mutant(
            name="full matrix",
            because="neurons have different slopes: only the diagonal is conserved",
            then=Conserved(quantity=W * W.T - 2 * V.T * V),
        ),
    ),
)

layer_law = Claim(
    key="du2018/layer-law",
    title="Gradient flow keeps the difference of squared Frobenius norms of neighbouring layers",
    about="""Under the hypotheses of the neuron law, |W_h|_F^2 - |W_{h+1}|_F^2 does not change along gradient flow, for
every hidden layer h (sum the neuron law over neurons); hence neither does the difference of any two layers. If all
layers start small they stay balanced: none can grow without the others.""",
    source=DU_HU_LEE.at("abstract; corollary of Theorem 2.1"),
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
            name="weighted by width",
            because="the law is about sums of squares, not about means over neurons of fan-in",
            then=Conserved(quantity=sp.Trace(W * W.T) - 2 * sp.Trace(V.T * V)),
        ),
        Mutant(
            name="the layer alone",
            because="a single layer's norm moves with the loss",
            then=Conserved(quantity=sp.Trace(W * W.T)),
        ),
        Mutant(
            name="biases left out",
            because="with biases the incoming squared weight includes the bias",
            given=dense_networks(entries=("bias",), real=False),
        ),
    ),
)

linear_layer_law = Claim(
    key="du2018/linear-layer-law",
    title="Around a linear layer the whole matrix W_h W_h' - W_{h+1}' W_{h+1} is conserved",
    about="""If the activation of layer h is linear (the other layers may have any activation), gradient flow conserves the
full n_h x n_h matrix W_h W_h' - W_{h+1}' W_{h+1}, for any depth, widths, data and differentiable loss.

Why: G_h W_h' = W_{h+1}' G_{h+1}, word for word, by the chain rule.""",
    source=DU_HU_LEE.at("Theorem 2.2 by memory of the numbering; restated by Ye and Du (2021)"),
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
            then=Conserved(quantity=W * W.T + V.T * V),
        ),
        Mutant(
            name="half the upper layer",
            because="both layers have the same degree in the network's output",
            then=Conserved(quantity=W * W.T - V.T * V / 2),
        ),
    ),
)

relu_matrix_drift = Claim(
    key="du2018/relu-matrix-drift",
    title="Around a ReLU layer the imbalance matrix drifts by commutators with the gates, off the diagonal only",
    about="""For a homogeneous activation of degree one, without biases, the full matrix C_h = W_h W_h' - W_{h+1}' W_{h+1} obeys
dC_h/dt = - sum_s [D_s, A_s z_s' - z_s A_s'], with D_s the diagonal matrix of slopes on sample s. The right side has a
zero diagonal (the neuron law) and vanishes when all neurons share one slope on every sample (the linear-layer law).""",
    source=DU_HU_LEE.at("beside Theorem 2.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the exact drift of the full matrix where the activation is not linear",
    given=dense_networks(),
    when=gradient_flow(),
    then=MATRIX_DRIFT,
    proof=FreeAlgebra(
        covers="every depth, all widths, any data and differentiable loss, every homogeneous activation",
        definitions={
            G: _gates * V.T * _delta * _x.T,
            H: _delta * _x.T * W.T * _gates,
            A: V.T * _delta * _e.T,
            B: _gates * V.T * _delta * _e.T,
            Y: _gates * W * _x * _e.T,
            Z: W * _x * _e.T,
        },
        moves={W: -G, V: -H},
        diagonal=(_gates,),
        per_sample=(_gates, _x, _delta),
        sample_axis=_e,
        given=(CHAIN_RULE, PER_SAMPLE, KINKS),
    ),
    mutants=(
        Mutant(
            name="conserved",
            because="two neurons with different slopes on a sample break the off-diagonal entries",
            then=Conserved(quantity=imbalance),
        ),
        Mutant(
            name="not symmetrised",
            because="the derivative of a symmetric matrix is symmetric: both commutators are needed",
            then=Conserved(quantity=imbalance, change=2 * A * Y.T - 2 * B * Z.T),
        ),
        Mutant(
            name="gates left out",
            because="without the slopes the two terms cancel",
            then=Conserved(quantity=imbalance, change=A * Z.T + Z * A.T - B * Z.T - Z * B.T),
        ),
        Mutant(
            name="tanh",
            because="B z' stands for G W' in any case, but A phi' stands for W_{h+1}' G_{h+1} only with phi = D z",
            given=dense_networks(activations=("tanh",), scale=reals(0.5, 2.0), real=False),
            then=Conserved(
                quantity=imbalance,
                change=A * sp.HadamardProduct(D, Z).T + sp.HadamardProduct(D, Z) * A.T - B * Z.T - Z * B.T,
            ),
            instead=MATRIX_DRIFT,
        ),
    ),
)
