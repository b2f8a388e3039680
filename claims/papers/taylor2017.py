"""Taylor, Hendrickx, Glineur 2017: exact worst cases of the proximal point algorithm and of gradient norms."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    AtMost,
    Claim,
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
from lemmata.claims.settings.first_order.smooth import (
    CURVATURE,
    L,
    N,
    counts,
    distance,
    first_value,
    h,
    initial,
    last_value,
    least_gradient,
    least_square,
    running_sums,
    smooth_functions,
    square_norm,
    step_within,
    value,
)
from lemmata.solvers.optimization import SeparableConvex, proximal_iterates

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


def _draw_convex(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Coordinates of very different shapes: some kinks, some rounded, some flat on one side, some curved."""
    dimension, steps, scale = int(parameters["dimension"]), int(parameters["steps"]), float(parameters["scale"])
    shape = (size, dimension)

    def sometimes(probability: float) -> np.ndarray:
        return np.exp(rng.normal(size=shape)) * (rng.random(size=shape) < probability)

    return {
        "left": scale * sometimes(0.7),
        "right": scale * sometimes(0.7),
        "rounding": sometimes(0.5),
        "curvature": sometimes(0.3),
        "x0": scale * rng.normal(size=shape),
        "gamma": np.exp(rng.normal(size=(size, steps))) / steps,
    }


def _is_proper(_: Parameters, instances: Instances) -> Any:
    slopes = np.minimum(instances["left"], instances["right"])
    shapes = np.minimum(instances["rounding"], instances["curvature"])
    return (np.minimum(slopes, shapes) >= 0).all(axis=1)


_TINY = 1e-9
"""Below this a divisor is not taken for a number but for zero."""


def _has_steps(_: Parameters, instances: Instances) -> Any:
    return (instances["gamma"] > _TINY).all(axis=1)


def _slow_kink(parameters: Parameters, drawn: Instances, *, two_sided: bool) -> Instances:
    """The slope for which the iterates come exactly half way to the kink."""
    scale, size = float(parameters["scale"]), len(drawn["x0"])
    slope = (scale / (2 * drawn["gamma"].sum(axis=1)))[:, None]
    flat = np.zeros((size, 1))
    return {
        **drawn,
        "left": slope if two_sided else flat,
        "right": slope,
        "rounding": flat,
        "curvature": flat,
        "x0": np.full((size, 1), scale),
    }


def _convex_functions() -> Family:
    """Convex functions, smooth or not, with minimizer 0, and positive step sizes."""
    return Family(
        name="convex functions, sums of kinked, rounded, one-sided and quadratic ones over the coordinates",
        parameters={
            "dimension": integers(1, 4),
            "steps": integers(1, 8),
            "scale": reals(1e-3, 1e3, logarithmic=True),
        },
        draw=_draw_convex,
        hypotheses=(
            Hypothesis(name="convex, minimal at 0", holds=_is_proper),
            Hypothesis(name="positive step sizes", holds=_has_steps),
        ),
        searchable=("left", "right", "rounding", "curvature", "x0", "gamma"),
        edges=(
            Edge(
                name="a multiple of the absolute value",
                parameters={"steps": 4, "scale": 1.0},
                adjust=partial(_slow_kink, two_sided=True),
            ),
            Edge(
                name="a multiple of the positive part",
                parameters={"steps": 1, "scale": 1e3},
                adjust=partial(_slow_kink, two_sided=False),
            ),
            Edge(
                name="a start at the minimizer",
                parameters={"dimension": 2, "steps": 3, "scale": 1.0},
                adjust=lambda _, drawn: {**drawn, "x0": 0 * drawn["x0"]},
            ),
        ),
    )


def _run_proximal(parameters: Parameters, instances: Instances) -> Measurement:
    function = SeparableConvex(
        left=instances["left"],
        right=instances["right"],
        rounding=instances["rounding"],
        curvature=instances["curvature"],
    )
    points, values = proximal_iterates(function, instances["x0"], step_sizes=instances["gamma"])
    steps = int(parameters["steps"])
    measured = {
        value: values,
        distance: square_norm(points[:, 1:]),
        S: running_sums(instances["gamma"]),
        N: counts(points[:, 0, 0], steps),
        initial: square_norm(instances["x0"]),
    }
    return Measurement.of(measured, case="every step")


_proximal_point = Procedure(
    name="the proximal point algorithm",
    measures=(value, distance, S, N, initial),
    run=_run_proximal,
    time=Time.STEPS,
)


proximal_rate = Claim(
    key="taylor2017/proximal-point",
    title="After steps of total length S the proximal point algorithm is at most R^2 / (4 S) above the minimum",
    about="""Let f be convex, closed and proper with a minimizer at distance R from x_0, and let x_{t+1} minimize
f(x) + |x - x_t|^2 / (2 gamma_t), gamma_t > 0. Then f(x_N) - f_* <= R^2 / (4 (gamma_0 + ... + gamma_{N-1})), for every N >= 1:
R^2 / (4 gamma N) for constant steps. No constant is smaller: c |x| and c max(x, 0) with c = R/(2 S) attain it.

Why: on c |x| every step moves by c gamma_t, half way to the kink in all; that nothing is slower is the dual of the performance
estimation problem.""",
    source=PAPER.at("Theorem 4.1, quoted from a later account"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read as a later account quotes it, for equal steps; steps of any size are wider",
    given=_convex_functions(),
    when=_proximal_point,
    then=AtMost(left=value, right=initial / (4 * S), tight=True),
    mutants=(
        Mutant(
            name="one per cent less",
            because="a multiple of |x| attains the bound",
            then=AtMost(left=value, right=sp.Rational(99, 100) * initial / (4 * S)),
        ),
        Mutant(
            name="one step more",
            because="all of the N steps are needed to come half way, and no step is left over",
            then=AtMost(left=value, right=initial / (4 * S) * N / (N + 1)),
        ),
        Mutant(
            name="accelerated",
            because="without momentum the value falls like 1/N",
            then=AtMost(left=value, right=initial / (2 * S * N)),
        ),
        Mutant(
            name="distance instead of function value",
            because="where f is flat the iterates hardly move, however long the steps",
            then=AtMost(left=distance, right=initial / (N + 1)),
        ),
        Mutant(
            name="without the steps",
            because="short steps go nowhere: the bound must fall with their sum, in the units of the step",
            then=AtMost(left=value, right=initial / (4 * N)),
        ),
    ),
)

_drop = first_value - last_value
_SHORT = smooth_functions(relative=(0.05, 1.0), hypotheses=(step_within(0, 1, closed=True),))

gradient_any_step = Claim(
    key="taylor2017/smallest-gradient-all-steps",
    title="For every step h/L with h <= 1 the smallest squared gradient is at most (4/3) (L/N) (f(x_0) - f(x_N))",
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
    given=_SHORT,
    when=least_gradient,
    then=AtMost(left=least_square, right=sp.Rational(4, 3) * L * _drop / N),
    mutants=(
        Mutant(
            name="the descent lemma",
            because="it has the same defect: 2 L / N is right at h = 1 only and must grow as steps get shorter",
            then=AtMost(left=least_square, right=2 * L * _drop / N),
        ),
        Mutant(
            name="one more gradient",
            because="N + 1 gradients are compared, and only N steps decrease the function",
            then=AtMost(left=least_square, right=sp.Rational(4, 3) * L * _drop / (N + 1)),
        ),
        Mutant(
            name="divided by h, no curvature",
            because="between two iterates the gradient may dip, which takes up to a quarter of the decrease",
            then=AtMost(left=least_square, right=L * _drop / (N * h)),
        ),
    ),
)

_worst = 4 * L * _drop / (N * h * (4 - h))

gradient_short_step = Claim(
    key="taylor2017/smallest-gradient",
    title="With steps h/L, h <= 1, the smallest squared gradient is at most 4 L (f(x_0) - f(x_N)) / (N h (4 - h))",
    about="""For every f with an L-Lipschitz gradient, convex or not, every 0 < h <= 1 and N >= 1, gradient descent with step h/L
has min_{t <= N} |grad f(x_t)|^2 <= 4 L (f(x_0) - f(x_N)) / (N h (4 - h)). No constant is smaller: the gradient
g(x) = G - L dist(x, (h/L) G Z), started at 0, attains it for all h and N at once.

Why: f(x) - f(y) >= <g_x + g_y, x - y>/2 - L |x - y|^2/4 + |g_x - g_y|^2/(4 L) for every such f. With x - y = (h/L) g_x this is
(h/4L) ((3 - h) |g_x|^2 + |g_y|^2) plus (1 - h)/(4L) |g_x - g_y|^2 >= 0; sum over the steps. At h = 1 the constant is 4/3.""",
    source=PAPER.at("the bound for step 1/L, repaired for all shorter steps"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived beside the paper, as the repair of taylor2017/smallest-gradient-all-steps",
    given=_SHORT,
    when=least_gradient,
    then=AtMost(left=least_square, right=_worst, tight=True),
    mutants=(
        Mutant(
            name="constant of the longest step",
            because="a bound that is right at h = 1 must grow as the steps get shorter",
            then=AtMost(left=least_square, right=sp.Rational(4, 3) * L * _drop / N),
        ),
        Mutant(
            name="one per cent less",
            because="the sawtooth attains the bound",
            then=AtMost(left=least_square, right=sp.Rational(99, 100) * _worst),
        ),
        Mutant(
            name="no dip between iterates",
            because="the gradient may be smaller between the iterates than at them",
            then=AtMost(left=least_square, right=L * _drop / (N * h)),
        ),
        Mutant(
            name="N + 1 steps",
            because="N + 1 gradients are compared, but only N steps decrease the function",
            then=AtMost(left=least_square, right=_worst * N / (N + 1)),
        ),
        Mutant(
            name="steps up to 1.95/L",
            because="near 2/L a quadratic hardly decreases at all",
            given=smooth_functions(relative=(0.05, 1.95)),
        ),
    ),
)
