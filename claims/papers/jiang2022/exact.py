"""Jiang, Chen, Ding 2022: what holds before any limit: symmetry, the linear phase, the flow, stability, noise."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Identity, Mutant, Rate, Reading, Status, tightened
from lemmata.claims.papers.jiang2022 import NOTE, PAPER, PLACE, eta, rho, s_1
from lemmata.claims.papers.jiang2022._exact import (
    Variant,
    at_minimum,
    curvature,
    denoising,
    err,
    minima,
    noise,
    noisy_targets,
    off,
    run_turned,
    size_f,
    size_g,
    turned,
    turned_problems,
    turned_run,
)
from lemmata.claims.papers.jiang2022._short_runs import linear_law, off_flow, off_linear, short_runs, towards_flow

_DESCENT = "Simultaneous gradient descent on |F G' - X|_F^2/2, F m x k, G n x k"
_OWN = "standard; stated here, since everything else is run in the singular bases"

reduction = Claim(
    key="jiang2022/runs-in-the-singular-bases",
    title="Gradient descent commutes with orthogonal changes of rows, columns and hidden units",
    about=f"""{_DESCENT}. For orthogonal U, V, R and every step size: from (U F_0 R, V G_0 R) with target U X V' it is at (U F_t R, V G_t R) after t steps. So it is
enough to run on X = diag(s), and a Gaussian start stays Gaussian.

Why: the residual turns with its factors.""",
    source=PAPER.at("setting"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_OWN,
    given=turned_problems(),
    when=turned(),
    then=Identity(left=run_turned, right=turned_run),
    mutants=(
        Mutant(
            name="X turned on one side",
            because="rows and columns of X belong to F and G",
            when=turned(variant=Variant.NOT_X),
        ),
        Mutant(
            name="columns doubled",
            because="changes of the hidden units must be orthogonal",
            when=turned(variant=Variant.NOT_COLUMNS),
        ),
        Mutant(
            name="G left as it is",
            because="columns of X belong to rows of G",
            when=turned(variant=Variant.NOT_G),
        ),
    ),
)


def _off_linear(power: int) -> Rate:
    return Rate(quantity=off_linear, scale=rho, exponent=power)


def _off_flow(power: sp.Expr | int) -> Rate:
    return Rate(quantity=off_flow, scale=eta, exponent=power)


linear = Claim(
    key="jiang2022/linear-phase",
    title="A small start first moves linearly: F + G grows by 1 + eta s, F - G shrinks by 1 - eta s, up to rho^3",
    about=f"""{_DESCENT}, X = diag(s), from rho (F_0, G_0). After a fixed number t of steps row i of (F + G)/2 has grown by (1 + eta s_i)^t and that of (F - G)/2 by
(1 - eta s_i)^t, with an error Theta(rho^3): relative to the state, its square.

Why: the gradient is linear up to F (G'G) and G (F'F).""",
    source=PAPER.at(PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=NOTE,
    given=short_runs(),
    when=linear_law(),
    then=_off_linear(3),
    mutants=(
        Mutant(
            name="to second order only",
            because="there is no quadratic term: (F, G) -> -(F, G) is a symmetry",
            then=_off_linear(2),
        ),
        Mutant(
            name="mean and difference exchanged",
            because="F and G pull each other the same way",
            when=linear_law(swapped=True),
        ),
        Mutant(
            name="exactly linear",
            because="what has grown brakes",
            then=_off_linear(5),
        ),
    ),
)

flow = Claim(
    key="jiang2022/closed-form-of-the-flow",
    title="From F = G gradient descent tends to P = A (1 + A' D A)^-1 A', to first order in the step size",
    about=f"""{_DESCENT}, X = diag(s), from F_0 = G_0 = S_0. In t/eta steps of size eta F G' is at distance Theta(eta) from A (1 + A' D A)^-1 A',
A = exp(diag(s) t) S_0, D = diag((1 - exp(-2 s t))/s) (2t where s = 0).

Why: F = G stays, and S' = diag(s) S - S S' S is a Riccati equation for S S'.""",
    source=PAPER.at(PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=NOTE,
    given=short_runs(),
    when=towards_flow(),
    then=_off_flow(1),
    mutants=(
        Mutant(
            name="to second order",
            because="a step of gradient descent is Euler's",
            then=_off_flow(2),
        ),
        Mutant(
            name="at twice the time",
            because="both factors together make the rate 2 s of P, and that is in A twice already",
            when=towards_flow(pace=2),
        ),
        Mutant(
            name="at the square root of eta",
            because="there is no noise",
            then=_off_flow(sp.Rational(1, 2)),
        ),
    ),
)

stability = Claim(
    key="jiang2022/curvature-at-the-minima",
    title="At a global minimum the largest eigenvalue of the Hessian is |F|^2 + |G|^2, so 2 s_1 where F and G are balanced",
    about=f"""{_DESCENT}. At every (F, G) with F G' = X the largest eigenvalue of the Hessian is |F|^2 + |G|^2 (operator norms) >= 2 s_1, with equality for balanced
factors. So gradient descent can settle at balanced factors for eta < 1/s_1 and at no minimum for eta > 1/s_1.

Why: the Hessian is A A' for M -> (M G, M' F), whose A' A is M G G' + ... = F F' M + M G G', a Kronecker sum.""",
    source=PAPER.at("step size condition, recalled"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the paper's own bound on the step size was recalled and not read; this is where stability ends",
    given=minima(),
    when=at_minimum,
    then=Identity(left=curvature, right=size_f**2 + size_g**2),
    mutants=(
        Mutant(
            name="balanced or not",
            because="unbalanced factors are sharper",
            then=AtMost(left=curvature, right=2 * s_1),
        ),
        Mutant(
            name="s_1",
            because="both factors move: steps up to 2/s_1 would not be stable",
            then=AtMost(left=curvature, right=s_1),
        ),
        Mutant(
            name="the larger factor",
            because="the curvatures of both add up along a common direction",
            then=Identity(left=curvature, right=2 * sp.Max(size_f, size_g) ** 2),
        ),
        Mutant(
            name="product of the norms",
            because="the sum exceeds twice the product unless the norms agree",
            then=Identity(left=curvature, right=2 * size_f * size_g),
        ),
    ),
)

denoised = Claim(
    key="jiang2022/noise",
    title="If X = M + E, M of rank r, then |P - M| <= |P - X_r| + 2 |E| for every P",
    about="""Let M have rank r, X = M + E, and X_r a best approximation of X of rank r. For every P, so for every F G', |P - M| <= |P - X_r| + 2 |E| (operator norms). With early
stopping M is recovered up to 2 |E|.

Why: |X_r - M| <= |X_r - X| + |E|, and |X_r - X| = s_{r+1}(X) <= |E| (Weyl).""",
    source=PAPER.at("noise, abstract"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; attained at a tie",
    given=noisy_targets(),
    when=denoising,
    then=AtMost(left=off, right=err + 2 * noise, tight=True),
    mutants=(
        tightened(factor=sp.Rational(9, 10), because="two is attained: X may be as near to another matrix of rank r"),
        Mutant(
            name="noise once",
            because="X_r is off X by the noise, and X off M by the noise",
            then=AtMost(left=off, right=err + noise),
        ),
        Mutant(
            name="the larger of both",
            because="errors add up",
            then=AtMost(left=off, right=sp.Max(err, 2 * noise)),
        ),
    ),
)
