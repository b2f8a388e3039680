"""Smooth functions with gradients exact in rationals, the gradient methods run on them, and shared symbols."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
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
    reals,
)
from lemmata.solvers import smallest, stack
from lemmata.solvers.optimization import PiecewiseQuadratic, gradient_iterates, momentum_factors, momentum_iterates

value, distance, start = sp.symbols("Delta_N D^2 R^2", nonnegative=True)
L, N, h, quadratic_factor, theta = sp.symbols("L N h q_N theta_N", nonnegative=True)
least_square, drop = sp.symbols("G^2 delta_N", nonnegative=True)

MEANING = {
    value: "f(x_N) - f_*, the value after N steps above the minimum",
    distance: "squared distance to the minimizer after N steps",
    L: "Lipschitz constant of the gradient",
    N: "number of steps",
    h: "step size in units of 1/L",
    start: "squared distance of the start to a minimizer or fixed point",
    quadratic_factor: "(1 - h)^(2N), by what N steps multiply the value of L |x|^2 / 2",
    theta: "last of the factors theta",
    least_square: "least |grad f(x_t)|^2 of t = 0, ..., N",
    drop: "f(x_0) - f(x_N), the decrease in N steps",
}


_ell, _rho = sp.symbols("ell rho", positive=True)
UNITS = {
    value: _ell * _rho**2,
    distance: _rho**2,
    start: _rho**2,
    L: _ell,
    least_square: _ell**2 * _rho**2,
    drop: _ell * _rho**2,
}
"""Values, distances and smoothness in units of a length rho and a curvature ell; all else are pure numbers."""


def units(*symbols: Any) -> dict[Any, Any]:
    """The units of those of the symbols that have any, as a procedure declares them."""
    return {symbol: UNITS[symbol] for symbol in symbols if symbol in UNITS}


def meanings(*symbols: Any) -> dict[Any, str]:
    """The symbols with their meanings, as a procedure declares them."""
    return {symbol: MEANING[symbol] for symbol in symbols}


def square_norm(x: Any) -> Any:
    """Squared Euclidean norm along the last axis."""
    return (x * x).sum(axis=-1)


def counts(like: Any, steps: int) -> Any:
    """The numbers 1, ..., steps as an array ``(batch, steps)`` of the number system of ``like`` ``(batch,)``."""
    return stack([like * 0 + t for t in range(1, steps + 1)], axis=1)


def running_sums(terms: Any) -> Any:
    """Sums of the first 1, 2, ... entries of ``terms`` ``(batch, steps)``."""
    return stack([terms[:, : t + 1].sum(axis=1) for t in range(terms.shape[1])], axis=1)


def powers(base: Any, steps: int) -> Any:
    """base, base^2, ..., base^steps of ``base`` ``(batch,)``, as ``(batch, steps)``."""
    return stack(list(accumulate([base] * steps, mul)), axis=1)


# Smooth functions


def _draw_smooth(
    parameters: Parameters, rng: np.random.Generator, size: int, *, relative: tuple[float, float], convex: bool
) -> Instances:
    """Sums of ridges with random knots, of the order of the distance to the start and smaller or larger."""
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

    return Hypothesis(name=f"{low} < h {'<=' if closed else '<'} {high}", holds=holds)


def one_ridge(parameters: Parameters, drawn: Instances, *, knee: Any) -> Instances:
    """Huber's loss with the given knee (in units of the start) in place of what was drawn."""
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
        quadratic_factor: powers(square_norm((1 - instances["h"])[:, None]), steps),
        start: square_norm(instances["x0"]),
    }
    return Measurement.of(values, case="every step")


descent = Procedure(
    name="gradient descent with step h/L",
    measures=meanings(value, distance, L, N, h, quadratic_factor, start),
    units=units(value, distance, L, N, h, quadratic_factor, start),
    run=_run_descent,
    time=Time.STEPS,
)


_ACCELERATED = {
    "optimized": ("the optimized gradient method", True, 8),
    "uniform": ("the optimized gradient method with a last step like the others", True, 4),
    "Nesterov": ("Nesterov's fast gradient method", False, 4),
}


def accelerated_descent(kind: str) -> Procedure:
    """``"optimized"``, ``"uniform"`` (without its special last step) or ``"Nesterov"``; theta is the optimized one's."""
    name, over_relaxed, last = _ACCELERATED[kind]

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        function, steps = _function(instances), int(parameters["steps"])
        lipschitz = function.smoothness()
        points, short = momentum_iterates(
            function,
            instances["x0"],
            step=instances["h"] / lipschitz,
            factors=momentum_factors(lipschitz, steps=steps, last=last),
            over_relaxed=over_relaxed,
        )
        values = {
            value: function.value(points[:, steps] if over_relaxed else short[:, steps]),
            L: lipschitz,
            N: lipschitz * 0 + steps,
            theta: momentum_factors(lipschitz, steps=steps)[-1],
            start: square_norm(instances["x0"]),
        }
        return Measurement.of(values, case="the last step")

    return Procedure(
        name=name,
        measures=meanings(value, L, N, theta, start),
        units=units(value, L, N, theta, start),
        run=run,
        rational=False,
    )


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
        drop: stack([heights[0] - heights[t] for t in range(1, steps + 1)], axis=1),
        L: lipschitz,
        N: counts(lipschitz, steps),
        h: instances["h"],
    }
    return Measurement.of(values, case="every step")


least_gradient = Procedure(
    name="gradient descent with step h/L",
    measures=meanings(least_square, drop, L, N, h),
    units=units(least_square, drop, L, N, h),
    run=_run_least_gradient,
    time=Time.STEPS,
)
