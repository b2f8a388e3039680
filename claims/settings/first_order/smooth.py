"""Smooth functions with gradients exact in rationals, the gradient methods run on them, and shared symbols."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Compared,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Range,
    Time,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import full, smallest, stack
from lemmata.solvers.optimization import PiecewiseQuadratic, gradient_iterates, momentum_factors, momentum_iterates

_ell, _rho = sp.symbols("ell rho", positive=True)
CURVATURE, SQUARED_LENGTH, HEIGHT = _ell, _rho**2, _ell * _rho**2
"""Units: curvatures in ell, squared distances in rho^2, values in ell rho^2; all else are pure numbers."""

value = quantity("f(x_N) - f_*", "value after N steps above the minimum", unit=HEIGHT, nonnegative=True)
distance = quantity(
    "|x_N - x_*|^2", "squared distance to the minimizer after N steps", unit=SQUARED_LENGTH, nonnegative=True
)
initial = quantity(
    "|x_0 - x_*|^2",
    "squared distance of the initialization to a minimizer or fixed point",
    unit=SQUARED_LENGTH,
    nonnegative=True,
)
L = quantity("L", "Lipschitz constant of the gradient", unit=CURVATURE, nonnegative=True)
N = quantity("N", "number of steps", integer=True, positive=True)
h = quantity("h", "step size in units of 1/L", nonnegative=True)
theta = quantity("theta_N", "last of the factors theta", nonnegative=True)
least_square = quantity(
    r"\min_{t \le N} |\nabla f(x_t)|^2",
    "least squared gradient of the iterates 0, ..., N",
    unit=_ell * HEIGHT,
    nonnegative=True,
)
first_value = quantity("f(x_0)", "value at the initialization", unit=HEIGHT, real=True)
last_value = quantity("f(x_N)", "value after N steps", unit=HEIGHT, real=True)


def square_norm(x: Any) -> Any:
    """Squared Euclidean norm along the last axis."""
    return (x * x).sum(axis=-1)


def counts(like: Any, steps: int) -> Any:
    """The numbers 1, ..., steps as an array ``(batch, steps)`` of the number system of ``like`` ``(batch,)``."""
    return stack([full(like, t) for t in range(1, steps + 1)], axis=1)


def running_sums(terms: Any) -> Any:
    """Sums of the first 1, 2, ... entries of ``terms`` ``(batch, steps)``."""
    return stack([terms[:, : t + 1].sum(axis=1) for t in range(terms.shape[1])], axis=1)


# Smooth functions


def _draw_smooth(
    parameters: Parameters, rng: np.random.Generator, size: int, *, relative: tuple[float, float], convex: bool
) -> Instances:
    """Sums of ridges with random knots, of the order of the distance to the minimizer and smaller or larger."""
    terms, dimension, pieces = (int(parameters[name]) for name in ("terms", "dimension", "pieces"))
    scale = float(parameters["scale"])
    spread = scale * np.exp(rng.normal(size=(size, terms, 1)))
    tilts = np.zeros((size, terms)) if convex else scale * rng.normal(size=(size, terms))
    return {
        "A": rng.normal(size=(size, terms, dimension)) * np.exp(rng.normal(size=(size, terms, 1)) / 2),
        "knots": np.sort(spread * rng.normal(size=(size, terms, pieces + 1)), axis=-1),
        "slopes": rng.uniform(0.0 if convex else -1.0, 1.0, size=(size, terms, pieces)),
        "tilts": tilts,
        "x0": scale * rng.normal(size=(size, dimension)),
        "h": rng.uniform(*relative, size=size),
    }


def _function(instances: Instances) -> PiecewiseQuadratic:
    return PiecewiseQuadratic(
        directions=instances["A"],
        knots=instances["knots"],
        slopes=instances["slopes"],
        tilts=instances["tilts"],
    )


_TINY = 1e-9
"""Below this a divisor is not taken for a number but for zero."""


def _is_smooth(_: Parameters, instances: Instances) -> Any:
    """Disjoint pieces and a gradient that is not constant: then the Lipschitz constant is known and not zero."""
    ordered = (np.diff(instances["knots"], axis=-1) >= 0).all(axis=(1, 2))
    moving = np.minimum(*(np.abs(instances[name]).max(axis=(1, 2)) for name in ("A", "slopes"))) > _TINY
    return ordered & moving


def _is_convex(_: Parameters, instances: Instances) -> Any:
    return (instances["slopes"] >= 0).all(axis=(1, 2)) & (instances["tilts"] == 0).all(axis=1)


smooth = Hypothesis(name="L-smooth", holds=_is_smooth)
convex_with_minimizer = Hypothesis(name="convex, minimal at 0", holds=_is_convex)


def step_within(low: int, high: int, *, closed: bool) -> Hypothesis:
    """``low < h < high``, or ``h <= high`` where ``closed``."""

    def holds(_: Parameters, instances: Instances) -> Any:
        step = instances["h"]
        return (low < step) & ((step <= high) if closed else (step < high))

    sign = "<=" if closed else "<"
    return Hypothesis(
        name=f"{low} < h {sign} {high}",
        holds=holds,
        sides=lambda _, instances: Compared(left=instances["h"], sign=sign, right=high),
    )


def one_ridge(parameters: Parameters, drawn: Instances, *, knee: Any) -> Instances:
    """Huber's loss with the given knee (in units of the distance to the minimizer) in place of what was drawn."""
    size, scale = len(drawn["h"]), float(parameters["scale"])
    corner = (knee * scale * np.ones(size))[:, None, None]
    return {
        **drawn,
        "A": np.ones((size, 1, 1)),
        "knots": np.concatenate([-corner, corner], axis=-1),
        "slopes": np.ones((size, 1, 1)),
        "tilts": np.zeros((size, 1)),
        "x0": np.full((size, 1), scale),
    }


def _slow_huber(parameters: Parameters, drawn: Instances) -> Instances:
    """Gradient descent with steps h/L stays on the slope of this one and ends as high as it can."""
    return one_ridge(parameters, drawn, knee=1 / (2 * parameters["steps"] * drawn["h"] + 1))


def _accelerated_huber(parameters: Parameters, drawn: Instances) -> Instances:
    """As ``_slow_huber``, for the optimized gradient method."""
    last = momentum_factors(drawn["h"], steps=int(parameters["steps"]))[-1]
    return one_ridge(parameters, drawn, knee=1 / (last * last))


_quadratic = partial(one_ridge, knee=4.0)


def _fixed_step(adjust: Callable[..., Instances], h: float) -> Callable[..., Instances]:
    def adjusted(parameters: Parameters, drawn: Instances) -> Instances:
        return adjust(parameters, {**drawn, "h": np.full(len(drawn["h"]), h)})

    return adjusted


_SMOOTH: dict[str, Range] = {
    "dimension": integers(1, 4),
    "terms": integers(1, 4),
    "pieces": integers(1, 3),
    "steps": integers(1, 8),
    "scale": reals(1e-3, 1e3, logarithmic=True),
}


def smooth_convex(
    *, relative: tuple[float, float], hypotheses: tuple[Hypothesis, ...] = (), accelerated: bool = False
) -> Family:
    """L-smooth convex functions with minimizer 0, and h drawn from the interval ``relative``."""
    slowest = _accelerated_huber if accelerated else _slow_huber
    shortest, largest = relative
    reach = "step 1/L" if shortest == largest else f"h from {shortest:g} to {largest:g}"
    return Family(
        name=f"smooth convex functions with piecewise linear gradients, {reach}",
        parameters=_SMOOTH,
        draw=partial(_draw_smooth, relative=relative, convex=True),
        hypotheses=(smooth, convex_with_minimizer, *hypotheses),
        searchable=("A", "knots", "slopes", "x0", *(("h",) if shortest < largest else ())),
        edges=(
            Edge(name="the Huber loss, any step", parameters={"steps": 5, "scale": 1.0}, adjust=slowest),
            Edge(
                name="the Huber loss, longest step",
                parameters={"steps": 8, "scale": 1e3},
                adjust=_fixed_step(slowest, largest),
            ),
            Edge(name="a quadratic, any step", parameters={"steps": 3, "scale": 1.0}, adjust=_quadratic),
            Edge(
                name="a quadratic, longest step",
                parameters={"steps": 8, "scale": 1.0},
                adjust=_fixed_step(_quadratic, largest),
            ),
            Edge(
                name="a start at the minimizer",
                parameters={"dimension": 3, "terms": 4, "pieces": 2, "steps": 4, "scale": 1.0},
                adjust=lambda _, drawn: {**drawn, "x0": 0 * drawn["x0"]},
            ),
        ),
    )


def _run_descent(parameters: Parameters, instances: Instances) -> Measurement:
    function, steps = _function(instances), int(parameters["steps"])
    lipschitz = function.smoothness()
    points = gradient_iterates(function, instances["x0"], step=instances["h"] / lipschitz, steps=steps)
    values = {
        value: stack([function.value(points[:, t]) for t in range(1, steps + 1)], axis=1),
        distance: square_norm(points[:, 1:]),
        L: lipschitz,
        N: counts(lipschitz, steps),
        h: instances["h"],
        initial: square_norm(instances["x0"]),
    }
    return Measurement.of(values, case="every step")


descent = Procedure(
    name="gradient descent with step h/L",
    measures=(value, distance, L, N, h, initial),
    run=_run_descent,
    time=Time.STEPS,
)


@dataclass(frozen=True)
class _Momentum:
    """How an accelerated method differs from the others: over-relaxed or not, and the number under its last root."""

    name: str
    over_relaxed: bool
    last: int


class Accelerated(enum.Enum):
    """An accelerated gradient method."""

    OPTIMIZED = _Momentum("the optimized gradient method", over_relaxed=True, last=8)
    """With the over-relaxed term, and a last step of its own."""
    UNIFORM = _Momentum("the optimized gradient method with a last step like the others", over_relaxed=True, last=4)
    """With the over-relaxed term, and a last step like the others."""
    NESTEROV = _Momentum("Nesterov's fast gradient method", over_relaxed=False, last=4)
    """Without the over-relaxed term."""


def accelerated_descent(method: Accelerated) -> Procedure:
    """An accelerated method with step 1/L; theta is always that of the optimized gradient method."""
    momentum = method.value

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        function, steps = _function(instances), int(parameters["steps"])
        lipschitz = function.smoothness()
        points, short = momentum_iterates(
            function,
            instances["x0"],
            step=instances["h"] / lipschitz,
            factors=momentum_factors(lipschitz, steps=steps, last=momentum.last),
            over_relaxed=momentum.over_relaxed,
        )
        values = {
            value: function.value(points[:, steps] if momentum.over_relaxed else short[:, steps]),
            L: lipschitz,
            N: full(lipschitz, steps),
            theta: momentum_factors(lipschitz, steps=steps)[-1],
            initial: square_norm(instances["x0"]),
        }
        return Measurement.of(values, case="the last step")

    return Procedure(name=momentum.name, measures=(value, L, N, theta, initial), run=run, rational=False)


# Smooth functions that need not be convex


def _sawtooth(parameters: Parameters, drawn: Instances) -> Instances:
    """The gradient g(x) = g - dist(x, h g Z), g the scale: equal at all iterates from x = 0, smaller in between."""
    teeth = int(parameters["steps"])
    size, scale = len(drawn["h"]), float(parameters["scale"])
    halves = np.arange(-2 * teeth, 1) / 2
    return {
        **drawn,
        "A": np.ones((size, 1, 1)),
        "knots": (halves * scale)[None, None, :] * drawn["h"][:, None, None],
        "slopes": np.tile([-1.0, 1.0], (size, 1, teeth)),
        "tilts": np.full((size, 1), scale),
        "x0": np.zeros((size, 1)),
    }


def smooth_functions(*, relative: tuple[float, float], hypotheses: tuple[Hypothesis, ...] = ()) -> Family:
    """L-smooth functions, convex or not, bounded below or not, and h drawn from the interval ``relative``."""
    return Family(
        name=f"smooth functions with piecewise linear gradients, h from {relative[0]:g} to {relative[1]:g}",
        parameters={**_SMOOTH, "pieces": integers(1, 12)},
        draw=partial(_draw_smooth, relative=relative, convex=False),
        hypotheses=(smooth, *hypotheses),
        searchable=("A", "knots", "slopes", "tilts", "x0", "h"),
        edges=(
            Edge(
                name="the sawtooth gradient, h = 1/2, five steps",
                parameters={"pieces": 10, "steps": 5, "scale": 1.0},
                adjust=_fixed_step(_sawtooth, 0.5),
            ),
            Edge(
                name="the sawtooth gradient, any step",
                parameters={"pieces": 4, "steps": 2, "scale": 1.0},
                adjust=_sawtooth,
            ),
            Edge(
                name="a quadratic, longest step", parameters={"scale": 1.0}, adjust=_fixed_step(_quadratic, relative[1])
            ),
        ),
    )


def _run_least_gradient(parameters: Parameters, instances: Instances) -> Measurement:
    function, steps = _function(instances), int(parameters["steps"])
    lipschitz = function.smoothness()
    points = gradient_iterates(function, instances["x0"], step=instances["h"] / lipschitz, steps=steps)
    squares = [square_norm(function.gradient(points[:, t])) for t in range(steps + 1)]
    heights = [function.value(points[:, t]) for t in range(steps + 1)]
    values = {
        least_square: stack([smallest(squares[: t + 1]) for t in range(1, steps + 1)], axis=1),
        first_value: heights[0],
        last_value: stack(heights[1:], axis=1),
        L: lipschitz,
        N: counts(lipschitz, steps),
        h: instances["h"],
    }
    return Measurement.of(values, case="every step")


least_gradient = Procedure(
    name="gradient descent with step h/L",
    measures=(least_square, first_value, last_value, L, N, h),
    run=_run_least_gradient,
    time=Time.STEPS,
)
