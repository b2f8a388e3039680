"""Du, Hu, Lee 2018, beyond plain layers: shared weights, convolutions, biases."""

from __future__ import annotations

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import Claim, Conserved, FreeAlgebra, Mutant, PrimeField, Reading, Status
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.papers.du2018._letters import (
    ANY_LOSS,
    CHAIN_RULE,
    HOMOGENEOUS_LAYER,
    KINKS,
    LINEAR_LAYER,
    PER_SAMPLE,
    Delta,
    X,
    delta,
    gates,
    ones,
    x,
)
from lemmata.claims.papers.du2018._shared_networks import (
    convolutional_networks,
    convolutional_problem,
    shared_networks,
    shared_problem,
    single_channels,
)
from lemmata.claims.papers.du2018.flow import LAYER_DRIFT
from lemmata.claims.settings.networks.balance import (
    MEANING,
    A,
    G,
    G_next,
    Rule,
    U,
    U_next,
    W,
    W_next,
    b,
    defect,
    eta,
    g,
    gradient_flow,
    imbalance,
    layer_imbalance,
    neuron_imbalance,
    training,
)
from lemmata.claims.settings.networks.dense import Entry, dense_networks

_OF_SHARED = {
    W: "free parameters of layer h, as one row",
    W_next: "free parameters of layer h+1, as one column",
    U: "matrix of layer h, with its shared values written out",
    U_next: "matrix of layer h+1, with its shared values written out",
    A: MEANING[A],
    defect: MEANING[defect],
}

_shared_flow = gradient_flow(build=shared_problem, meanings=_OF_SHARED)

sharing_law = Claim(
    key="du2018/shared-weights-law",
    title="With any weight sharing and sparsity the squared norms of the free parameters keep their difference",
    about="""Let entries of a layer share values or be fixed to zero in any pattern, v_h being its free parameters; activations
homogeneous of degree one, no biases. Gradient flow on the free parameters conserves |v_h|^2 - |v_{h+1}|^2.

Why: the output depends on c v_h, v_{h+1}/c only through their product, for c > 0.""",
    source=PAPER.at("Theorem 2.3 by memory of the numbering; restated by Marcotte, Gribonval and Peyre (2025)"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note="read only as quoted, for convolutions with one channel; that it covers any pattern of sharing is by memory",
    given=shared_networks(),
    when=_shared_flow,
    then=Conserved(quantity=layer_imbalance),
    proof=PrimeField(
        covers="the sharing patterns, depths and widths drawn, any data, loss and gates",
        shapes=16,
        fixed=ANY_LOSS,
    ),
    mutants=(
        Mutant(
            name="per neuron of the written-out matrix",
            because="a shared value belongs to several neurons: no neuron can be rescaled alone",
            then=Conserved(quantity=DiagonalOf(U * U.T - U_next.T * U_next)),
        ),
        Mutant(
            name="norms of the written-out matrices",
            because="a value that stands at several places moves by the sum of their gradients",
            then=Conserved(quantity=sp.Trace(U * U.T) - sp.Trace(U_next.T * U_next)),
        ),
        Mutant(
            name="tanh",
            because="not homogeneous; the drift is the Euler defect, summed over the layer",
            given=shared_networks(activations=("tanh",)),
            instead=LAYER_DRIFT,
        ),
        Mutant(
            name="square",
            because="degree two counts the outgoing parameters twice",
            given=shared_networks(activations=("square",)),
            instead=Conserved(quantity=sp.Trace(W * W.T) - 2 * sp.Trace(W_next.T * W_next)),
        ),
    ),
)

_OF_CHANNELS = {
    W: "filters of layer h, one row a channel",
    W_next: "filters of layer h+1, one column a channel of layer h",
}

_channel_flow = gradient_flow(build=convolutional_problem, meanings=_OF_CHANNELS)

single_channel_law = Claim(
    key="du2018/single-channel-convolution-law",
    title="With one channel a layer, gradient flow keeps the difference of squared norms of neighbouring convolution filters",
    about="""In a convolutional network of one channel a layer, activations homogeneous of degree one, without biases, let v_h be the filter of
layer h. Gradient flow conserves |v_h|^2 - |v_{h+1}|^2 for neighbouring layers, with stride, zero padding, wrap-around and pooling; the last
layer may be fully connected.

Why: the output depends on c v_h, v_{h+1}/c only through their product, for c > 0.""",
    source=PAPER.at("Theorem 2.3, as Marcotte, Gribonval and Peyre (2025) restate it"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read as restated, for convolutions of one channel; the pattern of sharing of the paper is wider",
    given=single_channels(),
    when=_channel_flow,
    then=Conserved(quantity=layer_imbalance),
    proof=PrimeField(covers="the shapes drawn, any data, loss, gates and pooling choices", shapes=12, fixed=ANY_LOSS),
    mutants=(
        Mutant(
            name="tanh",
            because="not homogeneous",
            given=single_channels(activations=("tanh",)),
        ),
        Mutant(
            name="square",
            because="degree two counts the outgoing filter twice",
            given=single_channels(activations=("square",)),
            instead=Conserved(quantity=sp.Trace(W * W.T) - 2 * sp.Trace(W_next.T * W_next)),
        ),
        Mutant(
            name="one filter alone",
            because="one side alone moves with the loss",
            then=Conserved(quantity=sp.Trace(W * W.T)),
        ),
        Mutant(
            name="sum, not difference",
            because="both filters grow together",
            then=Conserved(quantity=sp.Trace(W * W.T) + sp.Trace(W_next.T * W_next)),
        ),
    ),
)

convolution_law = Claim(
    key="du2018/convolution-law",
    title="Gradient flow keeps every channel of a convolutional network balanced",
    about="""In a convolutional network with homogeneous activations, without biases, gradient flow conserves for every channel j
of every hidden layer the squared norm of the filters that make it minus that of the filters that read it. Stride, zero
padding, wrap-around, average and max pooling keep the law; the last layer may be fully connected.""",
    source=PAPER.at("Theorem 2.3 for one channel; per channel in Marcotte, Gribonval and Peyre (2025), Theorem 3.6"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="the form per channel is the later paper's; the 2018 theorem is its sum over channels",
    given=convolutional_networks(),
    when=_channel_flow,
    then=Conserved(quantity=neuron_imbalance),
    proof=PrimeField(covers="the shapes drawn, any data, loss, gates and pooling choices", shapes=12, fixed=ANY_LOSS),
    mutants=(
        Mutant(
            name="channel matrix",
            because="two channels with different gates break the off-diagonal entries",
            then=Conserved(quantity=imbalance),
        ),
        Mutant(
            name="tanh",
            because="not homogeneous",
            given=convolutional_networks(activations=("tanh",), real=False),
        ),
        Mutant(
            name="incoming filters only",
            because="one side alone moves with the loss",
            then=Conserved(quantity=DiagonalOf(W * W.T)),
        ),
        Mutant(
            name="sum, not difference",
            because="both sides grow together",
            then=Conserved(quantity=DiagonalOf(W * W.T + W_next.T * W_next)),
        ),
    ),
)

convolution_step = Claim(
    key="du2018/convolution-step",
    title="A gradient step moves the imbalance of a channel by eta^2 times squared gradients, exactly",
    about="""In a convolutional network with homogeneous activations, without biases, gradient descent moves the imbalance of every
channel j by exactly eta_t^2 times the squared gradient of the filters that make it minus that of the filters that read
it. On the digits table this is followed over the whole training of a network with max pooling.""",
    source=PAPER.at("discrete analysis, Section 3, for the layers of Theorem 2.3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=convolutional_networks(),
    when=training(Rule.DESCENT, build=convolutional_problem, meanings=_OF_CHANNELS),
    then=Conserved(
        name="imbalance", quantity=neuron_imbalance, change=eta**2 * DiagonalOf(G * G.T - G_next.T * G_next)
    ),
    proof=PrimeField(
        covers="the shapes drawn, one step, any data, loss, gates and pooling choices",
        shapes=10,
        fixed={**ANY_LOSS, "steps": 1},
    ),
    mutants=(
        Mutant(
            name="conserved exactly",
            because="the law of the flow: a step of size eta adds a term of order eta^2",
            then=Conserved(quantity=neuron_imbalance),
        ),
        Mutant(
            name="sum of the squares",
            because="the filters that read the channel enter with a minus sign",
            then=Conserved(quantity=neuron_imbalance, change=eta**2 * DiagonalOf(G * G.T + G_next.T * G_next)),
        ),
        Mutant(
            name="channel matrix",
            because="two channels with different gates break the off-diagonal entries in the first order",
            then=Conserved(quantity=imbalance, change=eta**2 * (G * G.T - G_next.T * G_next)),
        ),
        Mutant(
            name="tanh",
            because="not homogeneous: a first-order drift remains",
            given=convolutional_networks(activations=("tanh",), real=False),
        ),
    ),
)

linear_convolution_law = Claim(
    key="du2018/linear-convolution-law",
    title="In a linear convolutional network the whole channel matrix is conserved",
    about="""With linear activations (average pooling allowed) gradient flow conserves, for every hidden layer, the full matrix over
pairs of channels: inner products of the filters that make them minus those of the filters that read them. Channels can
be mixed by any invertible matrix that the next layer undoes.""",
    source=PAPER.at("beside Theorems 2.2 and 2.3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=convolutional_networks(activations=("linear",), pools=("none", "average")),
    when=_channel_flow,
    then=Conserved(quantity=imbalance),
    proof=PrimeField(covers="the shapes drawn, any data and loss", shapes=12, fixed=ANY_LOSS),
    mutants=(
        Mutant(
            name="ReLU",
            because="channels have different gates",
            given=convolutional_networks(activations=("relu",), real=False),
        ),
        Mutant(
            name="max pooling",
            because="which entry is the largest differs between channels: a gate like ReLU's",
            given=convolutional_networks(activations=("linear",), pools=("max",), real=False),
        ),
        Mutant(
            name="sum",
            because="both Gram matrices grow together",
            then=Conserved(quantity=W * W.T + W_next.T * W_next),
        ),
        Mutant(
            name="outgoing filters counted twice",
            because="a linear layer has degree one",
            then=Conserved(quantity=W * W.T - 2 * W_next.T * W_next),
        ),
    ),
)

_neuron_with_bias = DiagonalOf(W * W.T + b * b.T - W_next.T * W_next)
_matrix_with_bias = W * W.T + b * b.T - W_next.T * W_next

bias_law = Claim(
    key="du2018/bias-law",
    title="With biases, a neuron's squared bias counts among its incoming weights",
    about="""For homogeneous activations of degree one with biases, gradient flow conserves
|W_h[i,:]|^2 + b_h[i]^2 - |W_{h+1}[:,i]|^2 for every hidden neuron; the bias of the layer above does not enter.""",
    source=PAPER.at("beside Theorem 2.1; Marcotte, Gribonval and Peyre (2025), Theorem 3.4"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the paper has no biases; a bias is a weight from a constant input",
    given=dense_networks(entries=(Entry.BIAS,), pace=0.5),
    when=gradient_flow(),
    then=Conserved(quantity=_neuron_with_bias),
    proof=FreeAlgebra(
        covers="every depth, all widths, any data and differentiable loss, every homogeneous activation",
        definitions={
            G: gates * W_next.T * delta * x.T,
            g: gates * W_next.T * delta,
            G_next: delta * (W * x + b).T * gates,
        },
        moves={W: -G, W_next: -G_next, b: -g},
        diagonal=HOMOGENEOUS_LAYER.diagonal,
        per_sample=(gates, x, delta),
        given=(CHAIN_RULE, PER_SAMPLE, KINKS),
    ),
    mutants=(
        Mutant(
            name="bias left out",
            because="the bias moves with its neuron's incoming weights",
            then=Conserved(quantity=neuron_imbalance),
        ),
        Mutant(
            name="bias among the outgoing weights",
            because="rescaling a neuron scales its bias with the incoming weights",
            then=Conserved(quantity=DiagonalOf(W * W.T - b * b.T - W_next.T * W_next)),
        ),
        Mutant(
            name="full matrix",
            because="different slopes on a sample",
            then=Conserved(quantity=_matrix_with_bias),
        ),
        Mutant(
            name="sigmoid",
            because="not homogeneous",
            given=dense_networks(activations=("sigmoid",), entries=(Entry.BIAS,), real=False),
        ),
    ),
)

linear_bias_law = Claim(
    key="du2018/linear-bias-law",
    title="Around a linear layer with bias, W W' + b b' minus the upper Gram matrix is conserved",
    about="""If layer h is linear with bias b_h, gradient flow conserves the full matrix
W_h W_h' + b_h b_h' - W_{h+1}' W_{h+1}, whatever the other layers, their biases, the data and the loss.""",
    source=PAPER.at("beside Theorem 2.2; Marcotte, Gribonval and Peyre (2025), Theorem 3.4"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the paper has no biases",
    given=dense_networks(activations=("linear", "linear_relu"), entries=(Entry.BIAS,), pace=0.25),
    when=gradient_flow(linear_only=True),
    then=Conserved(quantity=_matrix_with_bias),
    proof=FreeAlgebra(
        covers="every depth, all widths, any data and differentiable loss, any activation in the other layers",
        definitions={
            G: W_next.T * Delta * X.T,
            g: W_next.T * Delta * ones,
            G_next: Delta * (W * X + b * ones.T).T,
        },
        moves={**LINEAR_LAYER.moves, b: -g},
        given=(CHAIN_RULE,),
    ),
    mutants=(
        Mutant(name="bias left out", because="the bias moves too", then=Conserved(quantity=imbalance)),
        Mutant(
            name="bias counted twice",
            because="a bias is one weight, from a constant input of size one",
            then=Conserved(quantity=W * W.T + 2 * b * b.T - W_next.T * W_next),
        ),
        Mutant(
            name="ReLU",
            because="different slopes on a sample",
            given=dense_networks(activations=("relu",), entries=(Entry.BIAS,), real=False),
            when=gradient_flow(),
        ),
    ),
)
