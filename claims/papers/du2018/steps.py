"""Du, Hu, Lee 2018, in discrete time: what one step of each training rule does to the imbalance, exactly.

The paper's discrete analysis bounds the drift of gradient descent; these are the identities behind such
bounds. For a linear layer they hold for the whole matrix C_h = W_h W_h' - W_{h+1}' W_{h+1}, for a homogeneous
one for its diagonal.
"""

from __future__ import annotations

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import Claim, Conserved, FreeAlgebra, Mutant, PrimeField, Reading, Status
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.papers.du2018._letters import (
    HOMOGENEOUS_LAYER,
    LINEAR_LAYER,
)
from lemmata.claims.papers.du2018._scalars import r, scalar_descent, scalar_factorizations, u, v
from lemmata.claims.settings.networks.balance import (
    G,
    G_next,
    Rule,
    W,
    W_next,
    eta,
    eta_h,
    eta_next,
    gradient_flow,
    imbalance,
    lam,
    neuron_imbalance,
    training,
)
from lemmata.claims.settings.networks.dense import Entry, dense_networks

LINEAR_LAYERS = ("linear", "linear_relu")
ANY_NETWORK = "every depth, all widths, any data and differentiable loss, any step sizes and minibatches"

gram_change = G * G.T - G_next.T * G_next


def discrete(
    proof: FreeAlgebra, covers: str, moves: dict[object, object], *, constants: tuple[object, ...] = ()
) -> FreeAlgebra:
    """The proof of a layer's flow law, with a discrete step in place of the flow."""
    return FreeAlgebra(
        covers=covers,
        definitions=proof.definitions,
        moves=moves,
        constants=constants,
        diagonal=proof.diagonal,
        per_sample=proof.per_sample,
        given=proof.given,
    )


_DESCENT = {W: W - eta * G, W_next: W_next - eta * G_next}
_DECAYED = {W: (1 - eta * lam) * W - eta * G, W_next: (1 - eta * lam) * W_next - eta * G_next}

_no_second_order = Mutant(
    name="conserved exactly",
    because="the law of the flow: a step of size eta adds a term of order eta^2",
    then=Conserved(quantity=imbalance),
)
_wrong_sign = Mutant(
    name="second-order term of the wrong sign",
    because="the squares of the two gradients enter with the signs of their layers",
    then=Conserved(quantity=imbalance, change=-(eta**2) * gram_change),
)
_first_order = Mutant(
    name="first-order term",
    because="the first-order terms of the two layers cancel; eta^2, not eta, is the order of the drift",
    then=Conserved(quantity=imbalance, change=eta * gram_change),
)
_alternating = Mutant(
    name="alternating updates",
    because="the identity needs both gradients at the same point",
    when=training(Rule.ALTERNATING, linear_only=True),
)
_sign_steps = Mutant(
    name="sign descent",
    because="the sign of the gradient obeys no chain rule between layers",
    when=training(Rule.SIGN, linear_only=True),
)

descent_step = Claim(
    key="du2018/gradient-descent-step",
    title="A gradient step moves the imbalance of a linear layer by eta^2 (G G' - G' G), exactly",
    about="""Around a linear layer, simultaneous gradient descent with any step sizes eta_t moves the imbalance by
C_h(t+1) - C_h(t) = eta_t^2 (G_h G_h' - G_{h+1}' G_{h+1}), without remainder, at any widths, data and loss. The first
order cancels for the reason that the flow conserves C_h.""",
    source=PAPER.at("discrete analysis, Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the exact identity behind the paper's bounds on the drift",
    given=dense_networks(activations=LINEAR_LAYERS, entries=(Entry.SCHEDULE,)),
    when=training(Rule.DESCENT, linear_only=True),
    then=Conserved(name="imbalance", quantity=imbalance, change=eta**2 * gram_change),
    proof=discrete(LINEAR_LAYER, ANY_NETWORK, _DESCENT),
    mutants=(
        _no_second_order,
        _wrong_sign,
        _first_order,
        _alternating,
        _sign_steps,
        Mutant(
            name="ReLU",
            because="the full matrix is not conserved to first order around a ReLU layer",
            given=dense_networks(activations=("relu",), entries=(Entry.SCHEDULE,), real=False),
            when=training(Rule.DESCENT),
        ),
    ),
)

neuron_step = Claim(
    key="du2018/stochastic-step-per-neuron",
    title="A minibatch step moves the imbalance of a homogeneous neuron by eta^2 times squared gradients, exactly",
    about="""For homogeneous activations of degree one, without biases, stochastic gradient descent on any minibatch (any
weights of the samples, even none) with any step sizes moves the imbalance of every neuron i by
eta_t^2 (|G_h[i,:]|^2 - |G_{h+1}[:,i]|^2), G being the minibatch gradient.""",
    source=PAPER.at("discrete analysis, Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the exact identity behind the paper's bounds on the drift, for minibatches",
    given=dense_networks(entries=(Entry.SCHEDULE, Entry.MINIBATCH)),
    when=training(Rule.DESCENT),
    then=Conserved(name="imbalance", quantity=neuron_imbalance, change=eta**2 * DiagonalOf(gram_change)),
    proof=discrete(HOMOGENEOUS_LAYER, f"{ANY_NETWORK}, every homogeneous activation, any slope at a kink", _DESCENT),
    mutants=(
        Mutant(
            name="conserved exactly",
            because="the law of the flow: a step of size eta adds a term of order eta^2",
            then=Conserved(quantity=neuron_imbalance),
        ),
        Mutant(
            name="full matrix",
            because="off the diagonal the first order does not cancel around a homogeneous layer",
            then=Conserved(quantity=imbalance, change=eta**2 * gram_change),
        ),
        Mutant(
            name="sum of the squares",
            because="the upper layer enters with a minus sign",
            then=Conserved(quantity=neuron_imbalance, change=eta**2 * DiagonalOf(G * G.T + G_next.T * G_next)),
        ),
        Mutant(
            name="tanh",
            because="not homogeneous: a first-order drift remains",
            given=dense_networks(activations=("tanh",), entries=(Entry.SCHEDULE, Entry.MINIBATCH), real=False),
        ),
    ),
)

decay_step = Claim(
    key="du2018/weight-decay-step",
    title="Weight decay contracts the imbalance by (1 - eta lambda)^2 a step, exactly",
    about="""Around a linear layer, gradient descent with weight decay (penalty (lambda/2)|W|^2 on both layers, coupled or
decoupled) obeys C_h(t+1) = (1 - eta_t lambda)^2 C_h(t) + eta_t^2 (G_h G_h' - G_{h+1}' G_{h+1}), G without the penalty.""",
    source=PAPER.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; the structure theorem of Marcotte, Gribonval and Peyre (2025) gives the flow's form",
    given=dense_networks(activations=LINEAR_LAYERS, entries=(Entry.SCHEDULE, Entry.DECAY)),
    when=training(Rule.DECAY, linear_only=True),
    then=Conserved(name="imbalance", quantity=imbalance, factor=(1 - eta * lam) ** 2, change=eta**2 * gram_change),
    proof=discrete(LINEAR_LAYER, f"{ANY_NETWORK}, any weight decay", _DECAYED),
    mutants=(
        Mutant(
            name="unchanged by decay",
            because="weight decay shrinks both layers, hence their difference",
            then=Conserved(quantity=imbalance, change=eta**2 * gram_change),
        ),
        Mutant(
            name="single factor",
            because="the imbalance is quadratic: it shrinks at twice the rate of the weights",
            then=Conserved(quantity=imbalance, factor=1 - eta * lam, change=eta**2 * gram_change),
        ),
        Mutant(
            name="decay of the first layer only",
            because="the cross term between decay and gradient no longer cancels",
            when=training(Rule.DECAY_OF_FIRST_LAYER, linear_only=True),
        ),
        Mutant(
            name="no second order",
            because="the gradients' squares remain, however strong the decay",
            then=Conserved(quantity=imbalance, factor=(1 - eta * lam) ** 2),
        ),
        Mutant(
            name="exponential factor",
            because="exp(-2 eta lambda) is the flow's factor, not the step's",
            then=Conserved(quantity=imbalance, factor=sp.exp(-2 * eta * lam), change=eta**2 * gram_change),
        ),
    ),
)

decay_flow = Claim(
    key="du2018/weight-decay-flow",
    title="Under gradient flow with weight decay the imbalance dies out as exp(-2 lambda t)",
    about="""Around a linear layer, gradient flow of the loss plus (lambda/2)|W|^2 (on both layers) obeys dC_h/dt = -2 lambda C_h,
so C_h(t) = exp(-2 lambda t) C_h(0), whatever the data and the loss: weight decay balances layers.""",
    source=PAPER.at("beside Theorem 2.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="Theorem 2.1 of Marcotte, Gribonval and Peyre (2025) in this special case",
    given=dense_networks(activations=LINEAR_LAYERS, entries=(Entry.DECAY,)),
    when=gradient_flow(linear_only=True, decay=True),
    then=Conserved(quantity=imbalance, change=-2 * lam * imbalance),
    proof=discrete(
        LINEAR_LAYER,
        "every depth, all widths, any data, differentiable loss and weight decay",
        {W: -G - lam * W, W_next: -G_next - lam * W_next},
    ),
    mutants=(
        Mutant(
            name="rate lambda",
            because="the imbalance is quadratic in the weights",
            then=Conserved(quantity=imbalance, change=-lam * imbalance),
        ),
        Mutant(
            name="rate 4 lambda",
            because="that is the rate for the penalty lambda |W|^2, without the half",
            then=Conserved(quantity=imbalance, change=-4 * lam * imbalance),
        ),
        Mutant(
            name="conserved",
            because="weight decay is not invariant under rescaling neighbouring layers",
            then=Conserved(quantity=imbalance),
        ),
        Mutant(
            name="ReLU",
            because="around a ReLU layer the off-diagonal entries are fed by the gates",
            given=dense_networks(activations=("relu",), entries=(Entry.DECAY,), real=False),
            when=gradient_flow(decay=True),
        ),
        Mutant(
            name="without decay",
            because="without the penalty the imbalance stays where it is",
            when=gradient_flow(linear_only=True),
            then=Conserved(quantity=imbalance, change=-2 * imbalance),
            instead=Conserved(quantity=imbalance),
        ),
    ),
)

scaled_imbalance = W * W.T / eta_h - W_next.T * W_next / eta_next

layer_steps = Claim(
    key="du2018/layerwise-step",
    title="With a step size per layer the imbalance weighted by the inverse steps takes the place of C_h",
    about="""Around a linear layer, gradient descent with constant step sizes eta_h, one a layer, moves
W_h W_h' / eta_h - W_{h+1}' W_{h+1} / eta_{h+1} by exactly eta_h G_h G_h' - eta_{h+1} G_{h+1}' G_{h+1} a step.""",
    source=PAPER.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper",
    given=dense_networks(activations=LINEAR_LAYERS, entries=(Entry.LAYER_STEPS,)),
    when=training(Rule.DESCENT, linear_only=True),
    then=Conserved(
        name="weighted imbalance", quantity=scaled_imbalance, change=eta_h * G * G.T - eta_next * G_next.T * G_next
    ),
    proof=discrete(
        LINEAR_LAYER,
        "every depth, all widths, any data and differentiable loss, any constant step sizes",
        {W: W - eta_h * G, W_next: W_next - eta_next * G_next},
        constants=(eta_h, eta_next),
    ),
    mutants=(
        Mutant(
            name="unweighted",
            because="with different steps the first order does not cancel in C_h",
            then=Conserved(quantity=imbalance, change=eta_h**2 * G * G.T - eta_next**2 * G_next.T * G_next),
        ),
        Mutant(
            name="weighted by the steps",
            because="the larger step must count less, not more",
            then=Conserved(
                quantity=eta_h * W * W.T - eta_next * W_next.T * W_next,
                change=eta_h**3 * G * G.T - eta_next**3 * G_next.T * G_next,
            ),
        ),
        Mutant(
            name="no second order",
            because="steps are finite",
            then=Conserved(quantity=scaled_imbalance),
        ),
    ),
)

scalar_step = Claim(
    key="du2018/scalar-step",
    title="For one weight a layer, a gradient step multiplies u^2 - v^2 by 1 - eta^2 r^2, exactly",
    about="""For f(u, v) = (u v - m)^2 / 2 and r = u v - m, gradient descent multiplies u^2 - v^2 by exactly 1 - eta_t^2 r_t^2 at
every step. So the factors become more balanced as long as eta |r| <= sqrt(2), and less balanced beyond.""",
    source=PAPER.at("Section 3, one weight a layer"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=scalar_factorizations(),
    when=scalar_descent,
    then=Conserved(quantity=u**2 - v**2, factor=1 - eta**2 * r**2),
    proof=PrimeField(covers="any u, v, m, step sizes, up to three steps", shapes=3, draws=4),
    mutants=(
        Mutant(
            name="conserved",
            because="a step of size eta changes it in the second order",
            then=Conserved(quantity=u**2 - v**2),
        ),
        Mutant(
            name="first order",
            because="the first order cancels",
            then=Conserved(quantity=u**2 - v**2, factor=1 - eta * r**2),
        ),
        Mutant(
            name="perfect square",
            because="(1 - eta r)(1 + eta r), not (1 - eta r)^2: the sum u + v and the difference u - v move apart",
            then=Conserved(quantity=u**2 - v**2, factor=(1 - eta * r) ** 2),
        ),
    ),
)
