"""Polyak 1964: how long a step may be on a quadratic, without momentum, with the heavy ball's and with Nesterov's."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    Decided,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Mutant,
    Paper,
    Parameters,
    Procedure,
    Read,
    Reading,
    Statement,
    Status,
    Time,
    integers,
    quantity,
    reals,
)
from lemmata.claims.settings.first_order.quadratics import eta, first_square, lam, square
from lemmata.claims.settings.first_order.smooth import N, counts
from lemmata.solvers import full
from lemmata.solvers.optimization import recurrence

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

beta = quantity("beta", "momentum", nonnegative=True)

_q = eta * lam
_growth = (_q - 1 - 2 * beta) ** (2 * N)

Threshold = Callable[[Any], Any]
"""From the momentum to the threshold of eta lambda."""


def _plain(beta: Any) -> Any:
    return full(beta, 2)


def _heavy_ball(beta: Any) -> Any:
    return 2 + 2 * beta


def _nesterov(beta: Any) -> Any:
    return (2 + 2 * beta) / (1 + 2 * beta)


def _draw(
    parameters: Parameters,
    rng: np.random.Generator,
    size: int,
    *,
    threshold: Threshold,
    relative: tuple[float, float],
) -> Instances:
    momentum, step = rng.uniform(0, 1, size=size), np.exp(2 * rng.normal(size=size))
    reach = threshold(momentum) * rng.uniform(*relative, size=size)
    first = float(parameters["scale"]) * rng.normal(size=size)
    return {"x0": first, "eta": step, "lambda": reach / step, "beta": momentum}


def _has_momentum(_: Parameters, instances: Instances) -> Any:
    return (instances["beta"] >= 0) & (instances["beta"] <= 1) & (instances["eta"] > 0)


def _at_momentum(_: Parameters, drawn: Instances, *, threshold: Threshold, beta: float, relative: float) -> Instances:
    """A mode at the fraction ``relative`` of its threshold; a step of one, so that nothing is rounded."""
    one = np.ones(len(drawn["x0"]))
    return {**drawn, "eta": one, "beta": beta * one, "lambda": relative * threshold(beta * one)}


def _modes(*, threshold: Threshold, relative: tuple[float, float], hypotheses: tuple[Hypothesis, ...]) -> Family:
    """Modes of quadratics whose step lies at a fraction ``relative`` of the threshold, momentum in [0, 1]."""
    at = partial(partial, _at_momentum, threshold=threshold)
    low, high = relative
    return Family(
        name=f"modes lambda x^2/2 of a quadratic, at {low:g} to {high:g} of a threshold",
        parameters={"steps": integers(1, 16), "scale": reals(1e-3, 1e3, logarithmic=True)},
        draw=partial(_draw, threshold=threshold, relative=relative),
        hypotheses=(Hypothesis(name="0 <= beta <= 1", holds=_has_momentum), *hypotheses),
        searchable=("x0", "eta", "lambda", "beta"),
        edges=(
            Edge(
                name="no momentum, longest step",
                parameters={"steps": 4, "scale": 1.0},
                adjust=at(beta=0.0, relative=high),
            ),
            Edge(
                name="momentum 3/4, longest step",
                parameters={"steps": 16, "scale": 1.0},
                adjust=at(beta=0.75, relative=high),
            ),
            Edge(
                name="momentum one, three quarters of the threshold",
                parameters={"steps": 8, "scale": 1.0},
                adjust=at(beta=1.0, relative=sorted((low, 0.75, high))[1]),
            ),
        ),
    )


def _within(threshold: Threshold, *, closed: bool = False) -> Hypothesis:
    def holds(_: Parameters, instances: Instances) -> Any:
        reach, limit = instances["eta"] * instances["lambda"], threshold(instances["beta"])
        return (reach > 0) & ((reach <= limit) if closed else (reach < limit))

    return Hypothesis(name="eta lambda within the threshold", holds=holds)


def _beyond(threshold: Threshold) -> Hypothesis:
    def holds(_: Parameters, instances: Instances) -> Any:
        return instances["eta"] * instances["lambda"] > threshold(instances["beta"])

    return Hypothesis(name="eta lambda beyond the threshold", holds=holds)


class _Method(enum.Enum):
    """How a step is made from the last two iterates."""

    DESCENT = "gradient descent"
    """Without momentum."""
    HEAVY_BALL = "the heavy ball"
    """With momentum, the gradient taken before it."""
    NESTEROV = "Nesterov's momentum"
    """With momentum, the gradient taken after it."""


def _run(parameters: Parameters, instances: Instances, *, method: _Method) -> Measurement:
    reach, momentum = instances["eta"] * instances["lambda"], instances["beta"]
    factors = {
        _Method.DESCENT: (1 - reach, full(momentum, 0)),
        _Method.HEAVY_BALL: (1 + momentum - reach, momentum),
        _Method.NESTEROV: ((1 - reach) * (1 + momentum), (1 - reach) * momentum),
    }
    first, second = factors[method]
    steps = int(parameters["steps"])
    points = recurrence(instances["x0"], first=first, second=second, steps=steps)[:, 1:]
    values = {
        square: points * points,
        first_square: instances["x0"] * instances["x0"],
        eta: instances["eta"],
        lam: instances["lambda"],
        beta: momentum,
        N: counts(momentum, steps),
    }
    return Measurement.of(values, case="every step")


def _iterates(method: _Method) -> Procedure:
    """The method from rest."""
    return Procedure(
        name=f"{method.value} on lambda x^2 / 2",
        measures=(square, first_square, eta, lam, beta, N),
        run=partial(_run, method=method),
        time=Time.STEPS,
    )


_STABLE = _modes(threshold=_heavy_ball, relative=(0.01, 0.99), hypotheses=(_within(_heavy_ball),))
_UNSTABLE = _modes(threshold=_heavy_ball, relative=(1.0625, 1.5), hypotheses=(_beyond(_heavy_ball),))
_BETWEEN = _modes(threshold=_heavy_ball, relative=(0.75, 1.5), hypotheses=())

descent_stable = Claim(
    key="polyak1964/gradient-descent-stable",
    title="On a mode with eta lambda <= 2 gradient descent never leaves the distance of its initialization",
    about="""For f(x) = lambda x^2/2 and 0 < eta lambda <= 2, gradient descent has x_N^2 <= x_0^2 for every N >= 1, with equality at
eta lambda = 2, where it jumps from x to -x for ever.

Why: x_N = (1 - eta lambda)^N x_0, and |1 - eta lambda| <= 1.""",
    source=PAPER.at("the case without momentum"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="classical",
    given=_modes(threshold=_plain, relative=(0.01, 1.0), hypotheses=(_within(_plain, closed=True),)),
    when=_iterates(_Method.DESCENT),
    then=AtMost(left=square, right=first_square, tight=True),
    proof=Decided(
        shapes=({"steps": 1},),
        covers="every x_0, step size and curvature within the threshold, and any number of steps",
        given=("every step is the first one from a new point",),
    ),
    mutants=(
        Mutant(
            name="steps up to 2.5/lambda",
            because="beyond 2/lambda every step overshoots by more than it had to go",
            given=_modes(threshold=_plain, relative=(0.5, 1.25), hypotheses=()),
        ),
        Mutant(
            name="always nearer",
            because="at eta lambda = 2 the iterates jump to and fro",
            then=AtMost(left=square, right=first_square * (1 - _q / 4)),
        ),
        Mutant(
            name="with momentum",
            because="a ball that has gathered speed rolls past the other side higher than it started",
            when=_iterates(_Method.HEAVY_BALL),
        ),
    ),
)

heavy_ball_stable = Claim(
    key="polyak1964/heavy-ball-stable",
    title="For eta lambda < 2 + 2 beta the heavy ball stays within (2 + 2 beta)/(2 + 2 beta - eta lambda) of x_0^2",
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
    given=_STABLE,
    when=_iterates(_Method.HEAVY_BALL),
    then=AtMost(left=square, right=(2 + 2 * beta) / (2 + 2 * beta - _q) * first_square, tight=True),
    mutants=(
        Mutant(
            name="no overshoot",
            because="momentum carries the iterates past their initialization near the threshold",
            then=AtMost(left=square, right=first_square),
        ),
        Mutant(
            name="a threshold of 2 + 4 beta",
            because="near the true threshold the overshoot is as large as (1 + beta)^2/(1 - beta)^2",
            then=AtMost(left=square, right=(2 + 4 * beta) / (2 + 4 * beta - _q) * first_square),
        ),
        Mutant(
            name="Nesterov's momentum",
            because="it evaluates the gradient further out and allows only (2 + 2 beta)/(1 + 2 beta)",
            when=_iterates(_Method.NESTEROV),
        ),
        Mutant(
            name="beyond the threshold",
            because="there the iterates grow without bound",
            given=_BETWEEN,
            then=AtMost(left=square, right=(2 + 2 * beta) / sp.Abs(2 + 2 * beta - _q) * first_square),
        ),
    ),
)

heavy_ball_unstable = Claim(
    key="polyak1964/heavy-ball-unstable",
    title="For eta lambda > 2 + 2 beta the heavy ball grows by eta lambda - 1 - 2 beta > 1 at every step",
    about="""For f(x) = lambda x^2/2, 0 <= beta <= 1 and eta lambda > 2 + 2 beta, the heavy ball started at rest has
|x_N| >= (eta lambda - 1 - 2 beta)^N |x_0| for every N >= 1, with equality without momentum. With
polyak1964/heavy-ball-stable: the iterates are bounded below the threshold and unbounded beyond it.

Why: z_t = (-1)^t x_t obeys z_{t+1} = (eta lambda - 1 - beta) z_t - beta z_{t-1}. If z_t >= z_{t-1} >= 0 this is at least
(eta lambda - 1 - 2 beta) z_t, so z grows from step to step.""",
    source=PAPER.at("threshold of the step, its other side"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note="the threshold is classical; the rate of growth is derived",
    given=_UNSTABLE,
    when=_iterates(_Method.HEAVY_BALL),
    then=AtLeast(left=square, right=_growth * first_square, tight=True),
    mutants=(
        Mutant(
            name="within the threshold",
            because="there the iterates stay bounded",
            given=_STABLE,
            then=AtLeast(left=square, right=first_square),
        ),
        Mutant(
            name="growth as without momentum",
            because="momentum holds the growth back: it must be taken off twice",
            then=AtLeast(left=square, right=(_q - 1) ** (2 * N) * first_square),
        ),
        Mutant(
            name="one more factor",
            because="without momentum every step multiplies by the same factor, N times in all",
            then=AtLeast(left=square, right=(_q - 1 - 2 * beta) ** (2 * N + 2) * first_square),
        ),
    ),
)

nesterov_stable = Claim(
    key="polyak1964/nesterov-stable",
    title="Nesterov's momentum is stable on a mode for eta lambda < (2 + 2 beta)/(1 + 2 beta)",
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
    given=_modes(threshold=_nesterov, relative=(0.01, 0.99), hypotheses=(_within(_nesterov),)),
    when=_iterates(_Method.NESTEROV),
    then=AtMost(left=square, right=2 * (1 + (1 - _q) * beta) / (2 + 2 * beta - _q * (1 + 2 * beta)) * first_square),
    mutants=(
        Mutant(
            name="the heavy ball's threshold",
            because="beyond its own threshold, well within the heavy ball's, Nesterov's momentum diverges",
            given=_STABLE,
            then=AtMost(left=square, right=(2 + 2 * beta) / (2 + 2 * beta - _q) * first_square),
        ),
        Mutant(
            name="nearer after one step, nearer ever after",
            because="near the threshold the iterates keep a share (1 + beta)/(1 + 3 beta), more than the first step leaves",
            then=AtMost(left=square, right=first_square * (1 - _q) ** 2),
        ),
        Mutant(
            name="the threshold without momentum",
            because="momentum that looks ahead makes the longest step shorter than 2/lambda",
            given=_modes(threshold=_plain, relative=(0.01, 0.99), hypotheses=(_within(_plain),)),
            then=AtMost(left=square, right=2 / (2 - _q) * first_square),
        ),
    ),
)
