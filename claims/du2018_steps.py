"""Du, Hu, Lee 2018, in discrete time: what one step of each training rule does to the imbalance, exactly.

The paper's discrete analysis bounds the drift of gradient descent; these are the identities behind such
bounds. For a linear layer they hold for the whole matrix C_h = W_h W_h' - W_{h+1}' W_{h+1}, for a homogeneous
one for its diagonal.
"""

from __future__ import annotations

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims._balance import (
    G,
    H,
    P,
    Q,
    V,
    W,
    eta,
    eta_above,
    gradient_flow,
    imbalance,
    lam,
    midpoint_step,
    mu,
    neuron_imbalance,
    training,
)
from lemmata.claims._claim import Claim, Mutant
from lemmata.claims._conclusions import Conserved
from lemmata.claims._networks import dense_networks
from lemmata.claims._paper import Reading, Status
from lemmata.claims._proof import FreeAlgebra, PrimeField
from lemmata.claims._ranges import integers
from lemmata.claims._scalars import scalar_descent, scalar_factorizations
from lemmata.claims.du2018 import ANY_LOSS, DU_HU_LEE, HOMOGENEOUS_LAYER, LINEAR_LAYER

_LINEAR = ("linear", "linear_relu")
_RANGE = "every depth, all widths, any data and differentiable loss, any step sizes and minibatches"

gram_change = G * G.T - H.T * H
velocity_change = P * P.T - Q.T * Q


def _moved(
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


_DESCENT = {W: W - eta * G, V: V - eta * H}
_DECAYED = {W: (1 - eta * lam) * W - eta * G, V: (1 - eta * lam) * V - eta * H}

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
    when=training("alternating", linear_only=True),
)
_sign_steps = Mutant(
    name="sign descent",
    because="the sign of the gradient obeys no chain rule between layers",
    when=training("sign", linear_only=True),
)

descent_step = Claim(
    key="du2018/gradient-descent-step",
    title="A gradient step moves the imbalance of a linear layer by eta^2 (G G' - G' G), exactly",
    about="""Around a linear layer, simultaneous gradient descent with any step sizes eta_t moves the imbalance by
C_h(t+1) - C_h(t) = eta_t^2 (G_h G_h' - G_{h+1}' G_{h+1}), without remainder, at any widths, data and loss. The first
order cancels for the reason that the flow conserves C_h.""",
    source=DU_HU_LEE.at("discrete analysis, Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the exact identity behind the paper's bounds on the drift",
    given=dense_networks(activations=_LINEAR, entries=("schedule",)),
    when=training("descent", linear_only=True),
    then=Conserved(quantity=imbalance, change=eta**2 * gram_change),
    proof=_moved(LINEAR_LAYER, _RANGE, _DESCENT),
    mutants=(
        _no_second_order,
        _wrong_sign,
        _first_order,
        _alternating,
        _sign_steps,
        Mutant(
            name="ReLU",
            because="the full matrix is not conserved to first order around a ReLU layer",
            given=dense_networks(activations=("relu",), entries=("schedule",), real=False),
            when=training("descent"),
        ),
    ),
)

neuron_step = Claim(
    key="du2018/stochastic-step-per-neuron",
    title="A minibatch step moves the imbalance of a homogeneous neuron by eta^2 times squared gradients, exactly",
    about="""For homogeneous activations of degree one, without biases, stochastic gradient descent on any minibatch (any
weights of the samples, even none) with any step sizes moves the imbalance of every neuron i by
eta_t^2 (|G_h[i,:]|^2 - |G_{h+1}[:,i]|^2), G being the minibatch gradient.""",
    source=DU_HU_LEE.at("discrete analysis, Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the exact identity behind the paper's bounds on the drift, for minibatches",
    given=dense_networks(entries=("schedule", "minibatch")),
    when=training("descent"),
    then=Conserved(quantity=neuron_imbalance, change=eta**2 * DiagonalOf(gram_change)),
    proof=_moved(HOMOGENEOUS_LAYER, f"{_RANGE}, every homogeneous activation, any slope at a kink", _DESCENT),
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
            then=Conserved(quantity=neuron_imbalance, change=eta**2 * DiagonalOf(G * G.T + H.T * H)),
        ),
        Mutant(
            name="tanh",
            because="not homogeneous: a first-order drift remains",
            given=dense_networks(activations=("tanh",), entries=("schedule", "minibatch"), real=False),
        ),
    ),
)

decay_step = Claim(
    key="du2018/weight-decay-step",
    title="Weight decay contracts the imbalance by (1 - eta lambda)^2 a step, exactly",
    about="""Around a linear layer, gradient descent with weight decay (penalty (lambda/2)|W|^2 on both layers, coupled or
decoupled) obeys C_h(t+1) = (1 - eta_t lambda)^2 C_h(t) + eta_t^2 (G_h G_h' - G_{h+1}' G_{h+1}), G without the penalty.""",
    source=DU_HU_LEE.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; the structure theorem of Marcotte, Gribonval and Peyre (2025) gives the flow's form",
    given=dense_networks(activations=_LINEAR, entries=("schedule", "decay")),
    when=training("decay", linear_only=True),
    then=Conserved(quantity=imbalance, factor=(1 - eta * lam) ** 2, change=eta**2 * gram_change),
    proof=_moved(LINEAR_LAYER, f"{_RANGE}, any weight decay", _DECAYED),
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
            when=training("decay of the first layer", linear_only=True),
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
    source=DU_HU_LEE.at("beside Theorem 2.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="Theorem 2.1 of Marcotte, Gribonval and Peyre (2025) in this special case",
    given=dense_networks(activations=_LINEAR, entries=("decay",)),
    when=gradient_flow(linear_only=True, decay=True),
    then=Conserved(quantity=imbalance, change=-2 * lam * imbalance),
    proof=_moved(
        LINEAR_LAYER,
        "every depth, all widths, any data, differentiable loss and weight decay",
        {W: -G - lam * W, V: -H - lam * V},
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
            name="without decay",
            because="without the penalty the imbalance stays where it is",
            when=gradient_flow(linear_only=True),
            then=Conserved(quantity=imbalance, change=-2 * imbalance),
            instead=Conserved(quantity=imbalance),
        ),
    ),
)

scaled_imbalance = W * W.T / eta - V.T * V / eta_above

layer_steps = Claim(
    key="du2018/layerwise-step",
    title="With a step size per layer the imbalance weighted by the inverse steps takes the place of C_h",
    about="""Around a linear layer, gradient descent with constant step sizes e_h, one a layer, moves
W_h W_h' / e_h - W_{h+1}' W_{h+1} / e_{h+1} by exactly e_h G_h G_h' - e_{h+1} G_{h+1}' G_{h+1} a step.""",
    source=DU_HU_LEE.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper",
    given=dense_networks(activations=_LINEAR, entries=("layer_steps",)),
    when=training("descent", linear_only=True),
    then=Conserved(quantity=scaled_imbalance, change=eta * G * G.T - eta_above * H.T * H),
    proof=_moved(
        LINEAR_LAYER,
        "every depth, all widths, any data and differentiable loss, any constant step sizes",
        {W: W - eta * G, V: V - eta_above * H},
        constants=(eta, eta_above),
    ),
    mutants=(
        Mutant(
            name="unweighted",
            because="with different steps the first order does not cancel in C_h",
            then=Conserved(quantity=imbalance, change=eta**2 * G * G.T - eta_above**2 * H.T * H),
        ),
        Mutant(
            name="weighted by the steps",
            because="the larger step must count less, not more",
            then=Conserved(
                quantity=eta * W * W.T - eta_above * V.T * V, change=eta**3 * G * G.T - eta_above**3 * H.T * H
            ),
        ),
        Mutant(
            name="no second order",
            because="steps are finite",
            then=Conserved(quantity=scaled_imbalance),
        ),
    ),
)

midpoint = Claim(
    key="du2018/midpoint-step",
    title="The implicit midpoint rule conserves the imbalance of a linear layer exactly, at any step size",
    about="""Around a linear layer the implicit midpoint rule W+ = W - eta G((W + W+)/2) leaves C_h unchanged, whatever the step:
symplectic Runge-Kutta methods keep quadratic invariants. Every step arises from its middle state M as
W = M + (eta/2) G(M), W+ = M - (eta/2) G(M), and it is in this form that the claim is judged, without solving.""",
    source=DU_HU_LEE.at("beside Theorem 2.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="a classical fact on quadratic invariants (Cooper 1987), for this one",
    given=dense_networks(activations=_LINEAR, steps=integers(1, 1), real=False),
    when=midpoint_step(linear_only=True),
    then=Conserved(quantity=imbalance),
    proof=PrimeField(
        covers="depths 2 to 5 and the widths drawn, any data, any gates in the other layers, any step",
        fixed=ANY_LOSS,
    ),
    mutants=(
        Mutant(
            name="ReLU, full matrix",
            because="around a ReLU layer only the diagonal is a quadratic invariant",
            given=dense_networks(activations=("relu",), steps=integers(1, 1), real=False),
            when=midpoint_step(linear_only=False),
        ),
        Mutant(
            name="explicit step",
            because="gradient descent is not symplectic",
            when=training("descent", linear_only=True),
        ),
        Mutant(
            name="one layer's Gram matrix",
            because="only the difference of the two is an invariant of the flow",
            then=Conserved(quantity=W * W.T),
        ),
    ),
)

midpoint_run = Claim(
    key="du2018/midpoint-run",
    title="With gates frozen per step the implicit midpoint rule keeps every homogeneous neuron balanced",
    about="""For homogeneous activations the midpoint rule with the gates of each step frozen conserves the imbalance of every
neuron along the whole run, up to the residual of the equation solved in each step (which is part of the error bar).
Frozen gates make the field linear in each layer, so the invariant stays quadratic; without freezing, the equation need
not have a solution at a kink.""",
    source=DU_HU_LEE.at("beside Theorem 2.1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper: a way to integrate the flow without leaving the invariant",
    given=dense_networks(step_size=0.05, pace=0.1),
    when=training("midpoint"),
    then=Conserved(quantity=neuron_imbalance),
    mutants=(
        Mutant(
            name="full matrix",
            because="off the diagonal the flow itself does not conserve it around a homogeneous layer",
            then=Conserved(quantity=imbalance),
        ),
        Mutant(name="explicit steps", because="gradient descent is not symplectic", when=training("descent")),
        Mutant(
            name="tanh",
            because="not homogeneous: not an invariant of the flow to begin with",
            given=dense_networks(activations=("tanh",), step_size=0.05, real=False),
        ),
    ),
)

_FORCED = {
    P: mu * P - eta * G,
    Q: mu * Q - eta * H,
    W: W + mu * P - eta * G,
    V: V + mu * Q - eta * H,
}

skew_charge = W * P.T - P * W.T + V.T * Q - Q.T * V

heavy_ball_charge = Claim(
    key="du2018/heavy-ball-charge",
    title="Heavy ball multiplies the skew charge W V' - V W' by the momentum at every step, exactly",
    about="""Around a linear layer, heavy ball (V+ = mu V - eta G, W+ = W + V+, in both layers) obeys J+ = mu J for the skew matrix
J = W_h V_h' - V_h W_h' + W_{h+1}' V_{h+1} - V_{h+1}' W_{h+1}: the charge that belongs to rotating the hidden layer. Started at
rest it stays zero.""",
    source=DU_HU_LEE.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the flow's form is Proposition 5.1 of Zhang and Peyre; the discrete form is derived",
    given=dense_networks(activations=_LINEAR, entries=("momentum", "schedule")),
    when=training("heavy ball", linear_only=True),
    then=Conserved(quantity=skew_charge, factor=mu),
    proof=_moved(LINEAR_LAYER, f"{_RANGE}, any momentum and initial velocities", _FORCED),
    mutants=(
        Mutant(
            name="conserved",
            because="friction damps the charge",
            then=Conserved(quantity=skew_charge),
        ),
        Mutant(
            name="damped twice",
            because="the charge is linear in the velocity: one factor of the momentum",
            then=Conserved(quantity=skew_charge, factor=mu**2),
        ),
        Mutant(
            name="difference of the layers",
            because="both layers turn together: their charges add",
            then=Conserved(quantity=W * P.T - P * W.T - V.T * Q + Q.T * V, factor=mu),
        ),
        Mutant(
            name="symmetric part",
            because="the symmetric part is half the change of the imbalance, which the forces feed",
            then=Conserved(quantity=W * P.T + P * W.T - V.T * Q - Q.T * V, factor=mu),
        ),
    ),
)

symmetric_charge = W * P.T + P * W.T - V.T * Q - Q.T * V
_next, _next_above = mu * P - eta * G, mu * Q - eta * H
next_velocities = _next * _next.T - _next_above.T * _next_above

heavy_ball_step = Claim(
    key="du2018/heavy-ball-step",
    title="A heavy-ball step moves the imbalance by the damped symmetric charge and the new squared velocities, exactly",
    about="""Around a linear layer, with S = W_h V_h' + V_h W_h' - W_{h+1}' V_{h+1} - V_{h+1}' W_{h+1}, heavy ball obeys
C+ = C + mu S + (V_h+ V_h+' - V_{h+1}+' V_{h+1}+), where V+ = mu V - eta G. So momentum alone, without a gradient, moves
the imbalance: heavy ball is not balanced to second order in the step unless it starts at rest.""",
    source=DU_HU_LEE.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=dense_networks(activations=_LINEAR, entries=("momentum", "schedule")),
    when=training("heavy ball", linear_only=True),
    then=Conserved(quantity=imbalance, change=mu * symmetric_charge + next_velocities),
    proof=_moved(LINEAR_LAYER, f"{_RANGE}, any momentum and initial velocities", _FORCED),
    mutants=(
        Mutant(
            name="gradient descent's identity",
            because="the velocity carries the past along",
            then=Conserved(quantity=imbalance, change=eta**2 * gram_change),
        ),
        Mutant(
            name="charge not damped",
            because="the charge enters after one more factor of the momentum",
            then=Conserved(quantity=imbalance, change=symmetric_charge + next_velocities),
        ),
        Mutant(
            name="old velocities",
            because="the weights move by the new velocity",
            then=Conserved(quantity=imbalance, change=mu * symmetric_charge + velocity_change),
        ),
    ),
)

heavy_ball_symmetric = Claim(
    key="du2018/heavy-ball-symmetric-charge",
    title="Heavy ball damps the symmetric charge by the momentum and feeds it with twice the squared velocities, exactly",
    about="""Around a linear layer, S = W_h V_h' + V_h W_h' - W_{h+1}' V_{h+1} - V_{h+1}' W_{h+1} obeys
S+ = mu S + 2 (V_h+ V_h+' - V_{h+1}+' V_{h+1}+) under heavy ball, with V+ = mu V - eta G. With the step of C_h this closes
the system: both are known from the velocities alone.""",
    source=DU_HU_LEE.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=dense_networks(activations=_LINEAR, entries=("momentum", "schedule")),
    when=training("heavy ball", linear_only=True),
    then=Conserved(quantity=symmetric_charge, factor=mu, change=2 * next_velocities),
    proof=_moved(LINEAR_LAYER, f"{_RANGE}, any momentum and initial velocities", _FORCED),
    mutants=(
        Mutant(
            name="damped only",
            because="it is the skew charge that is only damped",
            then=Conserved(quantity=symmetric_charge, factor=mu),
        ),
        Mutant(
            name="fed once",
            because="both factors of each product move by the new velocity",
            then=Conserved(quantity=symmetric_charge, factor=mu, change=next_velocities),
        ),
        Mutant(
            name="old velocities",
            because="the weights move by the new velocity",
            then=Conserved(quantity=symmetric_charge, factor=mu, change=2 * velocity_change),
        ),
    ),
)

u, v, residual = sp.symbols("u v r", real=True)

scalar_step = Claim(
    key="du2018/scalar-step",
    title="For one weight a layer, a gradient step multiplies u^2 - v^2 by 1 - eta^2 r^2, exactly",
    about="""For f(u, v) = (u v - m)^2 / 2 and r = u v - m, gradient descent multiplies u^2 - v^2 by exactly 1 - eta_t^2 r_t^2 at
every step. So the factors become more balanced as long as eta |r| <= sqrt(2), and less balanced beyond.""",
    source=DU_HU_LEE.at("Section 3, one weight a layer"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=scalar_factorizations(),
    when=scalar_descent(u, v, residual, eta),
    then=Conserved(quantity=u**2 - v**2, factor=1 - eta**2 * residual**2),
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
            then=Conserved(quantity=u**2 - v**2, factor=1 - eta * residual**2),
        ),
        Mutant(
            name="perfect square",
            because="(1 - eta r)(1 + eta r), not (1 - eta r)^2: the sum u + v and the difference u - v move apart",
            then=Conserved(quantity=u**2 - v**2, factor=(1 - eta * residual) ** 2),
        ),
    ),
)
