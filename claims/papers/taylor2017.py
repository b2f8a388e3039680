"""Taylor, Hendrickx, Glineur 2017: exact worst cases of the proximal point algorithm and of gradient norms."""

from __future__ import annotations

from typing import Any

from lemmata import (
    Rational,
    conjecture,
    convex,
    integer,
    least,
    minimum,
    nonconvex_smooth,
    norm2,
    positive,
    total,
    variant,
    vector,
)
from lemmata.claims import Paper, Read, Reading, Statement, Status, quantity
from lemmata.claims.settings.optimization.measured import CURVATURE, HEIGHT, L, N, distance, initial, value

PAPER = Paper(
    key="taylor2017",
    authors="A. B. Taylor, J. M. Hendrickx, F. Glineur",
    title="Exact Worst-case Performance of First-order Methods for Composite Convex Optimization",
    venue="SIAM Journal on Optimization",
    year=2017,
    identifier="arXiv:1512.07516",
    statements=(
        Statement(
            number="Theorem 4.1",
            says="the proximal point method: R^2/(4 sum of steps), exactly",
            read=Read.PART,
            claims=("proximal-point",),
        ),
        Statement(
            number="bound on the smallest gradient",
            says="gradient descent with step 1/L, and what a later account made of it",
            read=Read.PART,
            claims=("smallest-gradient-all-steps", "smallest-gradient"),
        ),
    ),
)

S = quantity(r"\sum_{t < N} \gamma_t", "sum of the first N step sizes", unit=1 / CURVATURE, positive=True)
C = convex("f", upto=4, intervals=integer("pieces", 1, 2))
x0, gamma = vector("x0", C.dimension), vector("gamma", N, low=0)


def proximal_points(f: Any, x0: Any, gamma: Any, N: int) -> dict[Any, Any]:
    """The proximal point algorithm."""
    x = x0
    for t in range(N):
        x = f.prox(x, gamma[:, t])
    return {value: f(x), distance: norm2(x), S: gamma.sum(axis=1), initial: norm2(x0)}


_kink = 1 / (2 * total(gamma))

proximal_rate = conjecture(
    "After steps of total length S the proximal point algorithm is at most R^2 / (4 S) above the minimum",
    key="taylor2017/proximal-point",
    about="""Let f be convex, closed and proper with a minimizer at distance R from x_0, and let x_{t+1} minimize
f(x) + |x - x_t|^2 / (2 gamma_t), gamma_t > 0. Then f(x_N) - f_* <= R^2 / (4 (gamma_0 + ... + gamma_{N-1})), for every N >= 1:
R^2 / (4 gamma N) for constant steps. No constant is smaller: c |x| and c max(x, 0) with c = R/(2 S) attain it.

Why: on c |x| every step moves by c gamma_t, half way to the kink in all; that nothing is slower is the dual of the performance
estimation problem.""",
    source=PAPER.at("Theorem 4.1, quoted from a later account"),
    status=Status.THEOREM,
    note="read as a later account quotes it, for equal steps; steps of any size are wider",
    on=C,
    runs=proximal_points,
    given=[least(gamma) > 0],
    then=value <= initial / (4 * S),
    tight=True,
    near={
        "a multiple of the absolute value": {N: 4, x0: 1, **C.kink(_kink, _kink)},
        "a multiple of the positive part": {N: 1, x0: 1, **C.kink(_kink, 0)},
    },
    findings=False,
    mutants=[
        variant(
            "one per cent less",
            "a multiple of |x| attains the bound",
            then=value <= Rational(99, 100) * initial / (4 * S),
        ),
        variant(
            "one step more",
            "all of the N steps are needed to come half way, and no step is left over",
            then=value <= initial / (4 * S) * N / (N + 1),
        ),
        variant("accelerated", "without momentum the value falls like 1/N", then=value <= initial / (2 * S * N)),
        variant(
            "distance instead of function value",
            "where f is flat the iterates hardly move, however long the steps",
            then=distance <= initial / (N + 1),
        ),
        variant(
            "without the steps",
            "short steps go nowhere: the bound must fall with their sum, in the units of the step",
            then=value <= initial / (4 * N),
        ),
    ],
)

least_square = quantity(
    r"\min_{t \le N} |\nabla f(x_t)|^2",
    "least squared gradient of the iterates 0, ..., N",
    unit=CURVATURE * HEIGHT,
    nonnegative=True,
)
first_value = quantity("f(x_0)", "value at the initialization", unit=HEIGHT, real=True)
last_value = quantity("f(x_N)", "value after N steps", unit=HEIGHT, real=True)
F = nonconvex_smooth(L=L, upto=4, intervals=integer("pieces", 1, 12))
h = positive("h", high=2, meaning="step size in units of 1/L")


def gradients(f: Any, x0: Any, h: Any, N: int) -> dict[Any, Any]:
    """Gradient descent with step h/L, and the least gradient on the way."""
    x, slope = x0, f.grad(x0)
    smallest = norm2(slope)
    for _ in range(N):
        x = x - h[:, None] / f.L * slope
        slope = f.grad(x)
        smallest = minimum(smallest, norm2(slope))
    return {least_square: smallest, first_value: f(x0), last_value: f(x)}


_drop = first_value - last_value
_worst = 4 * L * _drop / (N * h * (4 - h))
_NEAR = {
    "the sawtooth gradient, h = 1/2, five steps": {N: 5, L: 1, h: Rational(1, 2), x0: 0, **F.sawtooth(5, h)},
    "the sawtooth gradient, any step": {N: 2, x0: 0, **F.sawtooth(2, h)},
    "a quadratic, longest step": {N: 1, h: 1, **F.most_curved},
}

gradient_any_step = conjecture(
    "For every step h/L with h <= 1 the smallest squared gradient is at most (4/3) (L/N) (f(x_0) - f(x_N))",
    key="taylor2017/smallest-gradient-all-steps",
    about="""For every f with an L-Lipschitz gradient, every 0 < h <= 1 and N >= 1, gradient descent with step h/L has
min_{t <= N} |grad f(x_t)|^2 <= (4/3) (L/N) (f(x_0) - f(x_N)).

So it has been stated, and it is false for h < 1: a bound on N short steps must grow as they get shorter. At h = 1 it
is the true worst case. A linear function refutes it for h < 3/4, and the gradient g(x) = G - L dist(x, (h/L) G Z) for every
h < 1: with L = 1, h = 1/2 and N = 5 the left side is 16/35 of f(x_0) - f(x_N), the right side 4/15. Kept as a negative
control.""",
    source=PAPER.at("the bound for step 1/L, as a later account states it for all shorter steps"),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note="the false form is a later account's and not this paper's, whose own statement was not read",
    on=F,
    runs=gradients,
    given=[h <= 1],
    then=least_square <= Rational(4, 3) * L * _drop / N,
    near=_NEAR,
    findings=False,
    mutants=[
        variant(
            "the descent lemma",
            "it has the same defect: 2 L / N is right at h = 1 only and must grow as steps get shorter",
            then=least_square <= 2 * L * _drop / N,
        ),
        variant(
            "one more gradient",
            "N + 1 gradients are compared, and only N steps decrease the function",
            then=least_square <= Rational(4, 3) * L * _drop / (N + 1),
        ),
        variant(
            "divided by h, no curvature",
            "between two iterates the gradient may dip, which takes up to a quarter of the decrease",
            then=least_square <= L * _drop / (N * h),
        ),
    ],
)

gradient_short_step = conjecture(
    "With steps h/L, h <= 1, the smallest squared gradient is at most 4 L (f(x_0) - f(x_N)) / (N h (4 - h))",
    key="taylor2017/smallest-gradient",
    about="""For every f with an L-Lipschitz gradient, convex or not, every 0 < h <= 1 and N >= 1, gradient descent with step h/L
has min_{t <= N} |grad f(x_t)|^2 <= 4 L (f(x_0) - f(x_N)) / (N h (4 - h)). No constant is smaller: the gradient
g(x) = G - L dist(x, (h/L) G Z), started at 0, attains it for all h and N at once.

Why: f(x) - f(y) >= <g_x + g_y, x - y>/2 - L |x - y|^2/4 + |g_x - g_y|^2/(4 L) for every such f. With x - y = (h/L) g_x this is
(h/4L) ((3 - h) |g_x|^2 + |g_y|^2) plus (1 - h)/(4L) |g_x - g_y|^2 >= 0; sum over the steps. At h = 1 the constant is 4/3.""",
    source=PAPER.at("the bound for step 1/L, repaired for all shorter steps"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived beside the paper, as the repair of taylor2017/smallest-gradient-all-steps",
    on=F,
    runs=gradients,
    given=[h <= 1],
    then=least_square <= _worst,
    tight=True,
    near=_NEAR,
    findings=False,
    mutants=[
        variant(
            "constant of the longest step",
            "a bound that is right at h = 1 must grow as the steps get shorter",
            then=least_square <= Rational(4, 3) * L * _drop / N,
        ),
        variant("one per cent less", "the sawtooth attains the bound", then=least_square <= Rational(99, 100) * _worst),
        variant(
            "no dip between iterates",
            "the gradient may be smaller between the iterates than at them",
            then=least_square <= L * _drop / (N * h),
        ),
        variant(
            "N + 1 steps",
            "N + 1 gradients are compared, but only N steps decrease the function",
            then=least_square <= _worst * N / (N + 1),
        ),
        variant("steps up to 1.95/L", "near 2/L a quadratic hardly decreases at all", given=[h <= Rational(39, 20)]),
    ],
)
