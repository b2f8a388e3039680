"""Beside Du, Hu, Lee 2018: the exact drift where a hypothesis of the flow laws fails, and what gradient flow is.

The laws of balance ask for homogeneous activations of degree one, or linear ones; here is what happens otherwise.
"""

from __future__ import annotations

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import Claim, Conserved, FreeAlgebra, Mutant, PrimeField, Reading, Status, reals
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.papers.du2018._letters import (
    CHAIN_RULE,
    KINKS,
    PER_SAMPLE,
    delta,
    e,
    gates,
    phi,
    x,
)
from lemmata.claims.papers.du2018.flow import MATRIX_DRIFT, NEURON_DRIFT
from lemmata.claims.settings.networks.balance import (
    A,
    Delta_h,
    G,
    G_next,
    W,
    W_next,
    Z,
    defect,
    dissipation,
    first_layer,
    gradient_flow,
    imbalance,
    loss,
    neuron_imbalance,
    outputs,
    slopes,
    squared_gradient,
)
from lemmata.claims.settings.networks.dense import dense_networks

dissipation_law = Claim(
    key="du2018/dissipation",
    title="Along gradient flow the loss falls at the rate of the squared gradient",
    about="""For any network and differentiable loss, d/dt L = -sum_h |G_h|_F^2 along gradient flow. The left side is computed from the
forward pass alone, by dual numbers, the right side by reverse mode: every other law of balance is blind to the scale of
the gradient, and this one is not.""",
    source=PAPER.at("Section 2, the definition of gradient flow"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the definition itself, which ties the gradient to the loss",
    given=dense_networks(activations=("relu", "leaky_relu", "abs", "linear", "mixed", "tanh", "square"), real=False),
    when=dissipation(),
    then=Conserved(quantity=loss, change=-squared_gradient),
    proof=PrimeField(
        covers="the depths and widths drawn, squared loss, ReLU with any gates",
        fixed={"loss": "squared", "activation": "relu"},
    ),
    mutants=(
        Mutant(
            name="half the rate",
            because="the loss carries its own factor one half",
            then=Conserved(quantity=loss, change=-squared_gradient / 2),
        ),
        Mutant(
            name="rising",
            because="the flow descends",
            then=Conserved(quantity=loss, change=squared_gradient),
        ),
        Mutant(
            name="first layer left out",
            because="every layer contributes",
            then=Conserved(quantity=loss, change=first_layer - squared_gradient),
        ),
    ),
)

neuron_drift = Claim(
    key="du2018/neuron-drift",
    title="For any activation the imbalance of a neuron drifts by its Euler defect",
    about="""For every differentiable activation, without biases, along gradient flow
d/dt (|W_h[i,:]|^2 - |W_{h+1}[:,i]|^2) = -2 sum_s A_is (phi'(z_is) z_is - phi(z_is)), where A = dL/d phi(z) and the sum
is over samples. Homogeneous activations of degree one are exactly those for which the bracket vanishes (Euler).""",
    source=PAPER.at("beside Theorem 2.1"),
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
            G: gates * W_next.T * delta * x.T,
            G_next: delta * phi.T,
            A: W_next.T * delta * e.T,
            defect: (gates * W * x - phi) * e.T,
        },
        moves={W: -G, W_next: -G_next},
        diagonal=(gates,),
        per_sample=(gates, x, delta, phi),
        sample_axis=e,
        given=(CHAIN_RULE, PER_SAMPLE),
    ),
    mutants=(
        Mutant(
            name="half the drift",
            because="the derivative of a square brings a factor two",
            then=Conserved(quantity=neuron_imbalance, change=-DiagonalOf(A * defect.T)),
        ),
        Mutant(
            name="opposite sign",
            because="a saturating neuron loses incoming weight, it does not gain it",
            then=Conserved(quantity=neuron_imbalance, change=2 * DiagonalOf(A * defect.T)),
        ),
        Mutant(
            name="no drift",
            because="these activations are not homogeneous",
            then=Conserved(quantity=neuron_imbalance),
        ),
        Mutant(
            name="slope without its input",
            because="Euler's relation compares phi with phi' z, not with phi'",
            then=Conserved(quantity=neuron_imbalance, change=-2 * DiagonalOf(A * (slopes - outputs).T)),
        ),
    ),
)

degree_law = Claim(
    key="du2018/degree-k-law",
    title="A homogeneous activation of degree two counts the outgoing weights twice",
    about="""For an activation that is positively homogeneous of degree k (here k = 2: z^2 and max(z, 0)^2), without
biases, gradient flow conserves |W_h[i,:]|^2 - k |W_{h+1}[:,i]|^2 for every hidden neuron.""",
    source=PAPER.at("beside Theorem 2.1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the paper treats degree one; Euler's relation phi'(z) z = k phi(z) gives the rest",
    given=dense_networks(activations=("square", "relu_squared"), scale=reals(0.25, 1.0), pace=0.01),
    when=gradient_flow(),
    then=Conserved(quantity=DiagonalOf(W * W.T - 2 * W_next.T * W_next)),
    proof=FreeAlgebra(
        covers="every depth, all widths, any data and differentiable loss, every activation of degree two",
        definitions={G: gates * W_next.T * delta * x.T, G_next: delta * x.T * W.T * gates / 2},
        moves={W: -G, W_next: -G_next},
        diagonal=(gates,),
        per_sample=(gates, x, delta),
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
            then=Conserved(quantity=DiagonalOf(W * W.T - 3 * W_next.T * W_next)),
        ),
        Mutant(
            name="factor on the incoming weights",
            because="a neuron's output is quadratic in the incoming, linear in the outgoing weights, not the reverse",
            then=Conserved(quantity=DiagonalOf(2 * W * W.T - W_next.T * W_next)),
        ),
        Mutant(
            name="full matrix",
            because="neurons have different slopes: only the diagonal is conserved",
            then=Conserved(quantity=W * W.T - 2 * W_next.T * W_next),
        ),
    ),
)

relu_matrix_drift = Claim(
    key="du2018/relu-matrix-drift",
    title="Around a ReLU layer the imbalance matrix drifts by commutators with the gates, off the diagonal only",
    about="""For a homogeneous activation of degree one, without biases, the full matrix C_h = W_h W_h' - W_{h+1}' W_{h+1} obeys
dC_h/dt = - sum_s [D_s, A_s z_s' - z_s A_s'], with D_s the diagonal matrix of slopes on sample s. The right side has a
zero diagonal (the neuron law) and vanishes when all neurons share one slope on every sample (the linear-layer law).""",
    source=PAPER.at("beside Theorem 2.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the exact drift of the full matrix where the activation is not linear",
    given=dense_networks(),
    when=gradient_flow(),
    then=MATRIX_DRIFT,
    proof=FreeAlgebra(
        covers="every depth, all widths, any data and differentiable loss, every homogeneous activation",
        definitions={
            G: gates * W_next.T * delta * x.T,
            G_next: delta * x.T * W.T * gates,
            A: W_next.T * delta * e.T,
            Delta_h: gates * W_next.T * delta * e.T,
            outputs: gates * W * x * e.T,
            Z: W * x * e.T,
        },
        moves={W: -G, W_next: -G_next},
        diagonal=(gates,),
        per_sample=(gates, x, delta),
        sample_axis=e,
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
            then=Conserved(quantity=imbalance, change=2 * A * outputs.T - 2 * Delta_h * Z.T),
        ),
        Mutant(
            name="gates left out",
            because="without the slopes the two terms cancel",
            then=Conserved(quantity=imbalance, change=A * Z.T + Z * A.T - Delta_h * Z.T - Z * Delta_h.T),
        ),
        Mutant(
            name="tanh",
            because="B z' stands for G W' in any case, but A phi' stands for W_{h+1}' G_{h+1} only with phi = D z",
            given=dense_networks(activations=("tanh",), scale=reals(0.5, 2.0), real=False),
            then=Conserved(
                quantity=imbalance,
                change=A * sp.HadamardProduct(slopes, Z).T
                + sp.HadamardProduct(slopes, Z) * A.T
                - Delta_h * Z.T
                - Z * Delta_h.T,
            ),
            instead=MATRIX_DRIFT,
        ),
    ),
)
