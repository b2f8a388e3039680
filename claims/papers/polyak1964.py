"""Polyak 1964: how long a step may be on a quadratic, without momentum, with the heavy ball's and with Nesterov's."""

from __future__ import annotations

from typing import Any

from lemmata import Rational, absolute, conjecture, integer, nonnegative, real, variant
from lemmata.claims import Decided, Paper, Read, Reading, Statement, Status
from lemmata.claims.settings.optimization.measured import eta, first_square, lam, square

PAPER = Paper(
    key="polyak1964",
    authors="B. T. Polyak",
    title="Some methods of speeding up the convergence of iteration methods",
    venue="USSR Computational Mathematics and Mathematical Physics",
    year=1964,
    identifier="10.1016/0041-5553(64)90137-5",
    statements=(
        Statement(
            number="threshold of the step",
            says="the heavy ball is stable on quadratics for eta lambda < 2 + 2 beta",
            read=Read.PART,
            claims=("heavy-ball-stable", "heavy-ball-unstable"),
        ),
        Statement(
            number="beside it",
            says="gradient descent and Nesterov's momentum on the same mode",
            read=Read.BESIDE,
            claims=("gradient-descent-stable", "nesterov-stable"),
        ),
    ),
)

N = integer("N", 1, 16, meaning="number of steps")
beta = nonnegative("beta", high=1, meaning="momentum")
x0 = real("x0")

_q = eta * lam
_HEAVY_BALL, _NESTEROV = 2 + 2 * beta, (2 + 2 * beta) / (1 + 2 * beta)
"""Thresholds of eta lambda."""


def _from_rest(x0: Any, first: Any, second: Any, N: int) -> dict[Any, Any]:
    """Steps ``first x_t - second x_{t-1}``, the first of them from rest."""
    x = before = x0
    for _ in range(N):
        x, before = first * x - second * before, x
    return {square: x * x, first_square: x0 * x0}


def descent(x0: Any, eta: Any, lambda_: Any, N: int) -> dict[Any, Any]:
    """Gradient descent on lambda x^2 / 2."""
    return _from_rest(x0, 1 - eta * lambda_, 0, N)


def heavy_ball(x0: Any, eta: Any, lambda_: Any, beta: Any, N: int) -> dict[Any, Any]:
    """The heavy ball on lambda x^2 / 2: the gradient is taken before the momentum."""
    return _from_rest(x0, 1 + beta - eta * lambda_, beta, N)


def nesterov(x0: Any, eta: Any, lambda_: Any, beta: Any, N: int) -> dict[Any, Any]:
    """Nesterov's momentum on lambda x^2 / 2: the gradient is taken after it."""
    left = 1 - eta * lambda_
    return _from_rest(x0, left * (1 + beta), left * beta, N)


def _at(N_: int, momentum: Any, reach: Any) -> dict[Any, Any]:
    """A mode with a step of one, so that nothing is rounded."""
    return {N: N_, beta: momentum, eta: 1, lam: reach}


_BELOW = Rational(99, 100)
_BETWEEN = [_q >= Rational(3, 4) * _HEAVY_BALL, _q <= Rational(3, 2) * _HEAVY_BALL]

descent_stable = conjecture(
    "On a mode with eta lambda <= 2 gradient descent never leaves the distance of its initialization",
    key="polyak1964/gradient-descent-stable",
    about="""For f(x) = lambda x^2/2 and 0 < eta lambda <= 2, gradient descent has x_N^2 <= x_0^2 for every N >= 1, with equality at
eta lambda = 2, where it jumps from x to -x for ever.

Why: x_N = (1 - eta lambda)^N x_0, and |1 - eta lambda| <= 1.""",
    source=PAPER.at("the case without momentum"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="classical",
    runs=descent,
    given=[_q <= 2],  # noqa: PLR2004 - a relation holds its number
    then=square <= first_square,
    tight=True,
    near={"longest step": {N: 4, eta: 1, lam: 2}},
    proof=Decided(
        shapes=({"N": 1},),
        covers="every x_0, step size and curvature within the threshold, and any number of steps",
        given=("every step is the first one from a new point",),
    ),
    findings=False,
    mutants=[
        variant(
            "steps up to 2.5/lambda",
            "beyond 2/lambda every step overshoots by more than it had to go",
            given=[_q <= Rational(5, 2)],
        ),
        variant(
            "always nearer",
            "at eta lambda = 2 the iterates jump to and fro",
            then=square <= first_square * (1 - _q / 4),
        ),
        variant(
            "with momentum",
            "a ball that has gathered speed rolls past the other side higher than it started",
            runs=heavy_ball,
        ),
    ],
)

heavy_ball_stable = conjecture(
    "For eta lambda < 2 + 2 beta the heavy ball stays within (2 + 2 beta)/(2 + 2 beta - eta lambda) of x_0^2",
    key="polyak1964/heavy-ball-stable",
    about="""For f(x) = lambda x^2/2, 0 <= beta <= 1 and 0 < eta lambda < 2 + 2 beta, the heavy ball
x_{t+1} = x_t - eta lambda x_t + beta (x_t - x_{t-1}), x_{-1} = x_0, has
x_N^2 <= (2 + 2 beta)/(2 + 2 beta - eta lambda) x_0^2 for every N >= 1. So momentum lengthens the longest step from 2/lambda to
(2 + 2 beta)/lambda. No smaller constant does for all: at beta = 1, eta lambda = 3 the first step goes from x_0 to -2 x_0.

Why: with a = 1 + beta - eta lambda, W_t = (1 + beta)(x_{t+1}^2 + x_t^2) - 2 a x_{t+1} x_t falls by
(1 - beta)(a x_{t+1} - (1 + beta) x_t)^2 at every step, and W_t >= (1 + beta - a^2/(1 + beta)) x_t^2. It is positive definite
if and only if |a| < 1 + beta.""",
    source=PAPER.at("threshold of the step; the constant is not there"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note="the threshold is classical; the explicit constant is derived",
    runs=heavy_ball,
    given=[_q < _HEAVY_BALL],
    then=square <= _HEAVY_BALL / (_HEAVY_BALL - _q) * first_square,
    tight=True,
    near={
        "no momentum, longest step": _at(4, 0, _BELOW * _HEAVY_BALL),
        "momentum 3/4, longest step": _at(16, Rational(3, 4), _BELOW * _HEAVY_BALL),
        "momentum one, three quarters of the threshold": _at(1, 1, 3),
    },
    findings=False,
    mutants=[
        variant(
            "no overshoot",
            "momentum carries the iterates past their initialization near the threshold",
            then=square <= first_square,
        ),
        variant(
            "a threshold of 2 + 4 beta",
            "near the true threshold the overshoot is as large as (1 + beta)^2/(1 - beta)^2",
            then=square <= (2 + 4 * beta) / (2 + 4 * beta - _q) * first_square,
        ),
        variant(
            "Nesterov's momentum",
            "it evaluates the gradient further out and allows only (2 + 2 beta)/(1 + 2 beta)",
            runs=nesterov,
        ),
        variant(
            "beyond the threshold",
            "there the iterates grow without bound",
            given=_BETWEEN,
            then=square <= _HEAVY_BALL / absolute(_HEAVY_BALL - _q) * first_square,
        ),
    ],
)

heavy_ball_unstable = conjecture(
    "For eta lambda > 2 + 2 beta the heavy ball grows by eta lambda - 1 - 2 beta > 1 at every step",
    key="polyak1964/heavy-ball-unstable",
    about="""For f(x) = lambda x^2/2, 0 <= beta <= 1 and eta lambda > 2 + 2 beta, the heavy ball started at rest has
|x_N| >= (eta lambda - 1 - 2 beta)^N |x_0| for every N >= 1, with equality without momentum. With
polyak1964/heavy-ball-stable: the iterates are bounded below the threshold and unbounded beyond it.

Why: z_t = (-1)^t x_t obeys z_{t+1} = (eta lambda - 1 - beta) z_t - beta z_{t-1}. If z_t >= z_{t-1} >= 0 this is at least
(eta lambda - 1 - 2 beta) z_t, so z grows from step to step.""",
    source=PAPER.at("threshold of the step, its other side"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note="the threshold is classical; the rate of growth is derived",
    runs=heavy_ball,
    given=[_q > _HEAVY_BALL],
    then=square >= (_q - 1 - 2 * beta) ** (2 * N) * first_square,
    tight=True,
    near={
        "no momentum, long step": _at(4, 0, 3),
        "momentum 3/4, long step": _at(16, Rational(3, 4), Rational(3, 2) * _HEAVY_BALL),
    },
    findings=False,
    mutants=[
        variant(
            "within the threshold",
            "there the iterates stay bounded",
            given=[_q < _HEAVY_BALL],
            near=(),
            then=square >= first_square,
        ),
        variant(
            "growth as without momentum",
            "momentum holds the growth back: it must be taken off twice",
            then=square >= (_q - 1) ** (2 * N) * first_square,
        ),
        variant(
            "one more factor",
            "without momentum every step multiplies by the same factor, N times in all",
            then=square >= (_q - 1 - 2 * beta) ** (2 * N + 2) * first_square,
        ),
    ],
)

nesterov_stable = conjecture(
    "Nesterov's momentum is stable on a mode for eta lambda < (2 + 2 beta)/(1 + 2 beta)",
    key="polyak1964/nesterov-stable",
    about="""For f(x) = lambda x^2/2, 0 <= beta <= 1, q = eta lambda with 0 < q < (2 + 2 beta)/(1 + 2 beta), the iteration
y_t = x_t + beta (x_t - x_{t-1}), x_{t+1} = y_t - eta lambda y_t, x_{-1} = x_0, has
x_N^2 <= 2 (1 + (1 - q) beta)/(2 + 2 beta - q (1 + 2 beta)) x_0^2 for every N >= 1. So its longest step is shorter than gradient
descent's, the heavy ball's is longer.

Why: the Lyapunov function of the heavy ball with b = (1 - q) beta for beta and a = (1 - q)(1 + beta); it is positive definite if
and only if |a| < 1 + b.""",
    source=PAPER.at("companion: the same threshold for the momentum of Nesterov 1983"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="threshold and constant derived",
    runs=nesterov,
    given=[_q < _NESTEROV],
    then=square <= 2 * (1 + (1 - _q) * beta) / (_HEAVY_BALL - _q * (1 + 2 * beta)) * first_square,
    near={"momentum 3/4, longest step": _at(16, Rational(3, 4), _BELOW * _NESTEROV)},
    findings=False,
    mutants=[
        variant(
            "the heavy ball's threshold",
            "beyond its own threshold, well within the heavy ball's, Nesterov's momentum diverges",
            given=[_q < _HEAVY_BALL],
            then=square <= _HEAVY_BALL / (_HEAVY_BALL - _q) * first_square,
        ),
        variant(
            "nearer after one step, nearer ever after",
            "near the threshold the iterates keep a share (1 + beta)/(1 + 3 beta), more than the first step leaves",
            then=square <= first_square * (1 - _q) ** 2,
        ),
        variant(
            "the threshold without momentum",
            "momentum that looks ahead makes the longest step shorter than 2/lambda",
            given=[_q < 2],  # noqa: PLR2004 - a relation holds its number
            then=square <= 2 / (2 - _q) * first_square,
        ),
    ],
)
