"""Beside Du, Hu, Lee 2018: the implicit midpoint rule, which keeps the balance exactly, and heavy ball, which has charges.

For a linear layer the identities hold for whole matrices, for a homogeneous one for their diagonals.
"""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Conserved, Mutant, PrimeField, Reading, Status, integers
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.papers.du2018._letters import (
    ANY_LOSS,
    LINEAR_LAYER,
)
from lemmata.claims.papers.du2018.steps import ANY_NETWORK, LINEAR_LAYERS, discrete, gram_change
from lemmata.claims.settings.networks.balance import (
    G,
    G_next,
    Rule,
    V,
    V_next,
    W,
    W_next,
    eta,
    imbalance,
    midpoint_step,
    mu,
    neuron_imbalance,
    training,
)
from lemmata.claims.settings.networks.dense import Entry, dense_networks

velocity_change = V * V.T - V_next.T * V_next


midpoint = Claim(
    key="du2018/midpoint-step",
    title="The implicit midpoint rule conserves the imbalance of a linear layer exactly, at any step size",
    about="""Around a linear layer the implicit midpoint rule W+ = W - eta G((W + W+)/2) leaves C_h unchanged, whatever the step:
symplectic Runge-Kutta methods keep quadratic invariants. Every step arises from its middle state M as
W = M + (eta/2) G(M), W+ = M - (eta/2) G(M), and it is in this form that the claim is judged, without solving.""",
    source=PAPER.at("beside Theorem 2.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="a classical fact on quadratic invariants (Cooper 1987), for this one",
    given=dense_networks(activations=LINEAR_LAYERS, steps=integers(1, 1), real=False),
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
            when=training(Rule.DESCENT, linear_only=True),
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
neuron along the whole run, up to the residual of the equation solved in each step (which is part of the error bound).
Frozen gates make the field linear in each layer, so the invariant stays quadratic; without freezing, the equation need
not have a solution at a kink.""",
    source=PAPER.at("beside Theorem 2.1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper: a way to integrate the flow without leaving the invariant",
    given=dense_networks(step_size=0.05, pace=0.1),
    when=training(Rule.MIDPOINT),
    then=Conserved(name="imbalance", quantity=neuron_imbalance),
    mutants=(
        Mutant(
            name="full matrix",
            because="off the diagonal the flow itself does not conserve it around a homogeneous layer",
            then=Conserved(quantity=imbalance),
        ),
        Mutant(name="explicit steps", because="gradient descent is not symplectic", when=training(Rule.DESCENT)),
        Mutant(
            name="tanh",
            because="not homogeneous: not an invariant of the flow to begin with",
            given=dense_networks(activations=("tanh",), step_size=0.05, real=False),
        ),
    ),
)

_FORCED = {
    V: mu * V - eta * G,
    V_next: mu * V_next - eta * G_next,
    W: W + mu * V - eta * G,
    W_next: W_next + mu * V_next - eta * G_next,
}

skew_charge = W * V.T - V * W.T + W_next.T * V_next - V_next.T * W_next

heavy_ball_charge = Claim(
    key="du2018/heavy-ball-charge",
    title="Heavy ball multiplies the skew charge W V' - V W' by the momentum at every step, exactly",
    about="""Around a linear layer, heavy ball (V+ = mu V - eta G, W+ = W + V+, in both layers) obeys J+ = mu J for the skew matrix
J = W_h V_h' - V_h W_h' + W_{h+1}' V_{h+1} - V_{h+1}' W_{h+1}: the charge that belongs to rotating the hidden layer. Started at
rest it stays zero.""",
    source=PAPER.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the flow's form is Proposition 5.1 of Zhang and Peyre; the discrete form is derived",
    given=dense_networks(activations=LINEAR_LAYERS, entries=(Entry.MOMENTUM, Entry.SCHEDULE)),
    when=training(Rule.HEAVY_BALL, linear_only=True),
    then=Conserved(name="skew charge", quantity=skew_charge, factor=mu),
    proof=discrete(LINEAR_LAYER, f"{ANY_NETWORK}, any momentum and initial velocities", _FORCED),
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
            then=Conserved(quantity=W * V.T - V * W.T - W_next.T * V_next + V_next.T * W_next, factor=mu),
        ),
        Mutant(
            name="symmetric part",
            because="the symmetric part is half the change of the imbalance, which the forces feed",
            then=Conserved(quantity=W * V.T + V * W.T - W_next.T * V_next - V_next.T * W_next, factor=mu),
        ),
    ),
)

symmetric_charge = W * V.T + V * W.T - W_next.T * V_next - V_next.T * W_next
P, R = sp.MatrixSymbol("P", *V.shape), sp.MatrixSymbol("R", *V_next.shape)
next_velocities = P * P.T - R.T * R
_new = {P: mu * V - eta * G, R: mu * V_next - eta * G_next}
"""The velocities after the step."""

heavy_ball_step = Claim(
    key="du2018/heavy-ball-step",
    title="A heavy-ball step moves the imbalance by the damped symmetric charge and the new squared velocities, exactly",
    about="""Around a linear layer, with S = W_h V_h' + V_h W_h' - W_{h+1}' V_{h+1} - V_{h+1}' W_{h+1}, heavy ball obeys
C+ = C + mu S + P P' - R' R, where P = mu V_h - eta G_h and R = mu V_{h+1} - eta G_{h+1} are the new velocities. So momentum alone, without a gradient, moves
the imbalance: heavy ball is not balanced to second order in the step unless it starts at rest.""",
    source=PAPER.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=dense_networks(activations=LINEAR_LAYERS, entries=(Entry.MOMENTUM, Entry.SCHEDULE)),
    when=training(Rule.HEAVY_BALL, linear_only=True),
    then=Conserved(name="imbalance", quantity=imbalance, change=mu * symmetric_charge + next_velocities, where=_new),
    proof=discrete(LINEAR_LAYER, f"{ANY_NETWORK}, any momentum and initial velocities", _FORCED),
    mutants=(
        Mutant(
            name="gradient descent's identity",
            because="the velocity carries the past along",
            then=Conserved(quantity=imbalance, change=eta**2 * gram_change),
        ),
        Mutant(
            name="charge not damped",
            because="the charge enters after one more factor of the momentum",
            then=Conserved(quantity=imbalance, change=symmetric_charge + next_velocities, where=_new),
        ),
        Mutant(
            name="old velocities",
            because="the weights move by the new velocity",
            then=Conserved(quantity=imbalance, change=mu * symmetric_charge + velocity_change),
        ),
        Mutant(
            name="free flight",
            because="the new velocity includes the force of this step",
            then=Conserved(quantity=imbalance, change=mu * symmetric_charge + mu**2 * velocity_change),
        ),
    ),
)

heavy_ball_symmetric = Claim(
    key="du2018/heavy-ball-symmetric-charge",
    title="Heavy ball damps the symmetric charge by the momentum and feeds it with twice the squared velocities, exactly",
    about="""Around a linear layer, S = W_h V_h' + V_h W_h' - W_{h+1}' V_{h+1} - V_{h+1}' W_{h+1} obeys
S+ = mu S + 2 (P P' - R' R) under heavy ball, P = mu V_h - eta G_h and R = mu V_{h+1} - eta G_{h+1} being the new velocities.
With the step of C_h this closes the system: both are known from the velocities alone.""",
    source=PAPER.at("beside Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=dense_networks(activations=LINEAR_LAYERS, entries=(Entry.MOMENTUM, Entry.SCHEDULE)),
    when=training(Rule.HEAVY_BALL, linear_only=True),
    then=Conserved(
        name="symmetric charge", quantity=symmetric_charge, factor=mu, change=2 * next_velocities, where=_new
    ),
    proof=discrete(LINEAR_LAYER, f"{ANY_NETWORK}, any momentum and initial velocities", _FORCED),
    mutants=(
        Mutant(
            name="damped only",
            because="it is the skew charge that is only damped",
            then=Conserved(quantity=symmetric_charge, factor=mu),
        ),
        Mutant(
            name="fed once",
            because="both factors of each product move by the new velocity",
            then=Conserved(quantity=symmetric_charge, factor=mu, change=next_velocities, where=_new),
        ),
        Mutant(
            name="old velocities",
            because="the weights move by the new velocity",
            then=Conserved(quantity=symmetric_charge, factor=mu, change=2 * velocity_change),
        ),
        Mutant(
            name="free flight",
            because="the new velocity includes the force of this step",
            then=Conserved(quantity=symmetric_charge, factor=mu, change=2 * mu**2 * velocity_change),
        ),
    ),
)
