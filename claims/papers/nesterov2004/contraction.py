"""How fast gradient descent contracts on strongly convex functions."""

from __future__ import annotations

from typing import Any

from lemmata import Max, Min, Rational, absolute, conjecture, integer, norm2, positive, strongly_convex, variant, vector
from lemmata.claims import Decided, Reading, Status, tightened
from lemmata.claims.papers.nesterov2004 import PAPER
from lemmata.claims.settings.optimization.measured import CURVATURE, L, N, distance, eta, initial

mu = positive("mu", unit=CURVATURE, meaning="modulus of strong convexity")
F = strongly_convex(mu=mu, L=L, upto=4, intervals=integer("pieces", 1, 3))
x0 = vector("x0", F.dimension)


def descent(f: Any, x0: Any, eta: Any, N: int) -> dict[Any, Any]:
    """Gradient descent with step eta."""
    x = x0
    for _ in range(N):
        x = x - eta[:, None] * f.grad(x)
    return {distance: norm2(x), initial: norm2(x0)}


_book = 1 - 2 * eta * mu * L / (mu + L)
_best = ((L - mu) / (L + mu)) ** (2 * N)
_slow, _fast = absolute(1 - mu * eta), absolute(1 - L * eta)
_largest = Max(_slow, _fast)
_ON_A_LINE = Decided(
    shapes=({"d": 1, "pieces": 1, "N": 1},),
    covers="every mu-strongly convex function with an L-Lipschitz gradient, in any dimension, and any number of steps",
    given=(
        (
            "g = grad f(x) lies in the ball whose diameter runs from mu d to L d, d = x - x_*, and of its points one on the line through d is furthest from d/eta: "
            "the worst is g = c d, mu <= c <= L, and every such pair occurs for a function of one variable with one curvature on either side"
        ),
        "every step is the first one from a new point",
    ),
)
_NEAR = {
    "a quadratic, longest step": {N: 8, mu: 1, L: 3, eta: Rational(1, 2), **F.most_curved},
    "curvature mu, step 2/(mu + L)": {N: 4, mu: 1, L: 3, eta: Rational(1, 2), **F.least_curved},
    "curvature mu, any step": {N: 4, **F.least_curved},
}

contraction = conjecture(
    "For eta <= 2/(mu + L), N steps shrink |x - x_*|^2 by (1 - 2 eta mu L/(mu + L))^N",
    key="nesterov2004/strongly-convex-rate",
    about="""Let f be mu-strongly convex with an L-Lipschitz gradient and minimizer x_*, and let 0 < eta <= 2/(mu + L). Gradient descent
with step eta has |x_N - x_*|^2 <= (1 - 2 eta mu L/(mu + L))^N |x_0 - x_*|^2 for every N >= 1. At eta = 2/(mu + L) the factor
is ((L - mu)/(L + mu))^2 and attained by quadratics; for shorter steps it is not sharp.

Why: <grad f(x), x - x_*> >= mu L/(mu + L) |x - x_*|^2 + 1/(mu + L) |grad f(x)|^2.""",
    source=PAPER.at("Theorem 2.1.15, as notes quote it from the later edition"),
    status=Status.THEOREM,
    note="the theorem was read word for word as notes on the book quote it",
    on=F,
    runs=descent,
    given=[eta * (mu + L) <= 2],  # noqa: PLR2004 - a relation holds its number
    then=distance <= _book**N * initial,
    tight=True,
    near=_NEAR,
    proof=_ON_A_LINE,
    findings=False,
    mutants=[
        tightened(Rational(99, 100), because="quadratics attain it with the step 2/(mu + L)"),
        variant(
            "steps up to 3/(mu + L)",
            "a longer step overshoots where the curvature is L",
            given=[eta * (mu + L) <= 3],  # noqa: PLR2004 - a relation holds its number
        ),
        variant(
            "without L/(mu + L)",
            "the monotonicity that is left after paying for the squared gradient is the harmonic mean of mu and L",
            then=distance <= absolute(1 - 2 * eta * mu) * initial,
        ),
        variant(
            "best step's rate at every step",
            "a shorter step moves less where the curvature is mu",
            then=distance <= _best * initial,
        ),
        variant(
            "one more factor",
            "N steps multiply N times, and no constant below one stands before the power",
            then=distance <= _book ** (N + 1) * initial,
        ),
    ],
)

sharp_contraction = conjecture(
    "With any step, N steps multiply |x - x_*| by at most max(|1 - mu eta|, |1 - L eta|)^N, and no less",
    key="nesterov2004/strongly-convex-any-step",
    about="""Let f be mu-strongly convex with an L-Lipschitz gradient and minimizer x_*. For every eta >= 0 and N >= 1, gradient descent with
step eta has |x_N - x_*| <= max(|1 - mu eta|, |1 - L eta|)^N |x_0 - x_*|; the first branch is attained by mu |x|^2/2, the second
by L |x|^2/2. Both sides are squared here.

Why: grad f(x) = H (x - x_*), H the mean Hessian between them, with eigenvalues in [mu, L].""",
    source=PAPER.at("beside Theorem 2.1.15: the sharp factor at every step"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="classical; the functions here are not quadratic in general",
    on=F,
    runs=descent,
    then=distance <= _largest ** (2 * N) * initial,
    tight=True,
    near=_NEAR,
    proof=_ON_A_LINE,
    findings=False,
    mutants=[
        tightened(Rational(99, 100), because="a quadratic attains either branch"),
        variant(
            "the smaller of the two",
            "the slowest curvature decides, not the fastest",
            then=distance <= Min(_slow, _fast) ** (2 * N) * initial,
        ),
        variant(
            "the branch of mu only",
            "a long step overshoots where the curvature is L",
            then=distance <= _slow ** (2 * N) * initial,
        ),
        variant(
            "the branch of L only",
            "a short step hardly moves where the curvature is mu",
            then=distance <= _fast ** (2 * N) * initial,
        ),
        variant(
            "((L - mu)/(L + mu))^(2N) at every step",
            "this is the factor of the best step 2/(mu + L), every other step is worse",
            then=distance <= _best * initial,
        ),
        variant(
            "exponent 2N + 2",
            "N steps multiply N times, and no constant below one stands before the power",
            then=distance <= _largest ** (2 * N + 2) * initial,
        ),
    ],
)
