"""Saxe, McClelland, Ganguli 2014: a two-layer linear network on white inputs learns each mode along a sigmoid of its own."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Conserved, Mutant, Reading, Status
from lemmata.claims.papers.saxe2014 import PAPER
from lemmata.claims.papers.saxe2014._modes import (
    A,
    S,
    U,
    V,
    W,
    a,
    closed_form,
    decoupled_networks,
    layer,
    modes_at_a_point,
    one_mode,
    s,
    slope,
    t,
)

_NOTE = "read in full; in units of the time constant tau; the two scalars of a mode equal, a = b, as from (10) on"
_networks = decoupled_networks()
_not_white = Mutant(
    name="inputs not white",
    because="correlated inputs mix the modes and change their pace",
    given=decoupled_networks(stretched=True),
)
_uneven = Mutant(
    name="uneven layers",
    because="a mode moves at the sum of the squares of its two layers, least where they are even",
    given=decoupled_networks(tilted=True),
)

decoupling = Claim(
    key="saxe2014/modes-decouple",
    title="On white inputs a decoupled balanced start stays decoupled: each mode obeys a' = 2 a (s - a)",
    about="""f(W_1, W_2) = |W_2 W_1 X - Y|_F^2/2 with X X' = I and Y X' = U S V', S rectangular diagonal; W_1 = R B V' and W_2 = U B R' for
any orthogonal U, V, R and diagonal B >= 0, and A = B^2. Then under gradient flow d(W_2 W_1)/dt = U (2 A (S - A)) V', entry by
entry on the diagonal: no mode feels another. The targets may hold noise that X does not explain, the hidden layer may be
narrower than the modes are many. As the form is kept, so is its equation, for all time.

Why: the residual U (A - S) V' is diagonal in the frames of both layers.""",
    source=PAPER.at("Section 1.3, equations (8) and (10)"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_NOTE,
    given=_networks,
    when=modes_at_a_point,
    then=Conserved(quantity=W, change=2 * U * sp.HadamardProduct(A, S - A) * V.T, name="product"),
    mutants=(
        _not_white,
        _uneven,
        Mutant(
            name="without the factor two",
            because="both layers move, and each moves the product",
            then=Conserved(quantity=W, change=U * sp.HadamardProduct(A, S - A) * V.T),
        ),
        Mutant(
            name="a single layer",
            because="a mode of two layers needs strength to gain strength, a single layer does not",
            then=Conserved(quantity=W, change=U * (S - A) * V.T),
        ),
    ),
)

sigmoid = Claim(
    key="saxe2014/sigmoidal-mode",
    title="Each mode follows a sigmoid: (s/a - 1) e^(2 s t) is conserved, so a(t) = s e^(2st)/(e^(2st) - 1 + s/a_0)",
    about="""In the setting of saxe2014/modes-decouple let a(t) > 0 be the strength of a mode and s > 0 its target. Along gradient flow
(s/a - 1) e^(2 s t) does not change. Solved for a, with its value s/a_0 - 1 at t = 0, this is
a(t) = s e^(2 s t)/(e^(2 s t) - 1 + s/a_0). So a mode takes a time of order log(s/a_0)/(2 s): strong modes are learnt first.

Why: a' = 2 a (s - a) makes (s/a - 1)' = -2 s (s/a - 1).""",
    source=PAPER.at("Section 1.3, equation (12)"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_NOTE + "; judged at a point, which is equivalent",
    given=_networks,
    when=one_mode,
    then=Conserved(quantity=(s / a - 1) * sp.exp(2 * s * t), name="phase of the sigmoid"),
    mutants=(
        _not_white,
        _uneven,
        Mutant(
            name="e^(st)",
            because="both layers grow at once, which doubles the rate",
            then=Conserved(quantity=(s / a - 1) * sp.exp(s * t)),
        ),
        Mutant(
            name="exponential growth for ever",
            because="a mode slows down as it fits",
            then=Conserved(quantity=sp.exp(2 * s * t) / a),
        ),
        Mutant(
            name="linear decay of what is missing",
            because="a single layer closes the gap exponentially from the start, two wait on a plateau",
            then=Conserved(quantity=(s - a) * sp.exp(s * t)),
        ),
    ),
)

full_solution = Claim(
    key="saxe2014/full-solution",
    title="The closed form of the modes solves gradient flow of both full layers at every time",
    about="""In the setting of saxe2014/modes-decouple let B(0)^2 = diag(a_0) with a_0 > 0. Then W_1(t) = R B(t) V' and W_2(t) = U B(t) R'
with B(t)^2 = diag(s e^(2 s t)/(e^(2 s t) - 1 + s/a_0)) are gradient flow of |W_2 W_1 X - Y|_F^2/2: dW_h/dt = -dL/dW_h at every
t >= 0, for both layers, widths of any order and any part of Y that X does not explain.

Why: b = sqrt(a) obeys b' = b (s - b^2), the gradient of either layer in the frames of the modes.""",
    source=PAPER.at("Section 1.3: the invariant manifold with equation (12)"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_NOTE,
    given=_networks,
    when=closed_form(),
    then=Conserved(quantity=layer(), change=-slope, name="layer"),
    mutants=(
        _not_white,
        _uneven,
        Mutant(
            name="e^(st)",
            because="both layers grow at once, which doubles the rate",
            when=closed_form(pace=1),
            then=Conserved(quantity=layer(pace=1), change=-slope),
        ),
        Mutant(
            name="half the gradient",
            because="each layer alone follows its whole gradient, the product follows two",
            then=Conserved(quantity=layer(), change=-slope / 2),
        ),
    ),
)
