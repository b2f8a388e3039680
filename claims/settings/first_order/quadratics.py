"""Modes of quadratics, Lookahead on them, and gradient descent on strongly convex functions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial, reduce
from operator import mul
from typing import Any

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    integers,
    quantity,
    reals,
)
from lemmata.claims.settings.first_order.smooth import (
    CURVATURE,
    SQUARED_LENGTH,
    L,
    N,
    counts,
    distance,
    initial,
    one_ridge,
    smooth_convex,
    square_norm,
)
from lemmata.solvers import full
from lemmata.solvers.numbers.powers import power
from lemmata.solvers.optimization import (
    PiecewiseQuadratic,
    StronglyConvex,
    lookahead_iterates,
)

# Modes and Lookahead

eta = quantity("eta", "step size, of the inner steps where there are such", unit=1 / CURVATURE, real=True)
lam = quantity("lambda", "curvature of the mode", unit=CURVATURE, real=True)
square = quantity("x_{N}^2", "squared iterate after N steps", unit=SQUARED_LENGTH, nonnegative=True)
first_square = quantity("x_{0}^2", "squared initialization", unit=SQUARED_LENGTH, nonnegative=True)
slow = quantity("x", "slow weight after each outer step", real=True)
alpha = quantity("alpha", "outer weight", real=True)
k = quantity("k", "inner steps", integer=True, positive=True)
inner_factor = quantity(r"(1 - \eta \lambda)^k", "by what the inner steps multiply", real=True)

Threshold = Callable[[Any, int], Any]
"""From the outer weight and the number of inner steps to the threshold of eta lambda."""


def lookahead_threshold(share: Any, inner: int) -> Any:
    """2 for an even number of inner steps, 1 + (2/alpha - 1)^(1/k) for an odd one."""
    return even_threshold(share, inner) if inner % 2 == 0 else odd_threshold(share, inner)


def even_threshold(share: Any, inner: int) -> Any:
    """2, whatever the parity of k: that of gradient descent."""
    del inner
    return full(share, 2)


def odd_threshold(share: Any, inner: int) -> Any:
    """1 + (2/alpha - 1)^(1/k), whatever the parity of k."""
    return 1 + power(2 / share - 1, Fraction(1, inner))


def rootless_threshold(share: Any, inner: int) -> Any:
    """As ``lookahead_threshold`` without the k-th root."""
    return full(share, 2) if inner % 2 == 0 else 2 / share


def _draw_modes(
    parameters: Parameters,
    rng: np.random.Generator,
    size: int,
    *,
    threshold: Threshold,
    relative: tuple[float, float],
    parity: int | None,
) -> Instances:
    share, step = rng.uniform(0.1, 1, size=size), np.exp(2 * rng.normal(size=size))
    reach = threshold(share, inner_steps(parameters, parity)) * rng.uniform(*relative, size=size)
    x = float(parameters["scale"]) * rng.normal(size=size)
    return {"x0": x, "eta": step, "lambda": reach / step, "alpha": share}


def inner_steps(parameters: Parameters, parity: int | None) -> int:
    """The number of inner steps; with ``parity`` 0 or 1 it counts pairs, of which the last loses a step if odd."""
    number = int(parameters["inner"])
    return number if parity is None else 2 * number - parity


def _admissible_share(_: Parameters, instances: Instances) -> Any:
    return (instances["alpha"] > 0) & (instances["alpha"] <= 1) & (instances["eta"] > 0)


def _at(
    parameters: Parameters, drawn: Instances, *, threshold: Threshold, parity: int | None, share: float, relative: float
) -> Instances:
    """A mode at the fraction ``relative`` of its threshold; a step of one, so that nothing is rounded."""
    one = np.ones(len(drawn["x0"]))
    curvature = relative * threshold(share * one, inner_steps(parameters, parity))
    return {**drawn, "eta": one, "alpha": share * one, "lambda": curvature}


def lookahead_modes(
    *,
    relative: tuple[float, float],
    hypotheses: tuple[Hypothesis, ...],
    threshold: Threshold = lookahead_threshold,
    parity: int | None = None,
) -> Family:
    """Modes whose step lies at a fraction ``relative`` of a threshold; ``parity`` keeps k even (0) or odd (1)."""
    low, high = relative
    at = partial(partial, _at, threshold=threshold, parity=parity)
    nearly = sorted((low, 0.99, high))[1]
    few = {"steps": 4, "scale": 1.0}
    return Family(
        name=f"modes lambda x^2/2 of a quadratic, at {low:g} to {high:g} of a threshold"
        + {None: "", 0: ", even k", 1: ", odd k"}[parity],
        parameters={
            "inner": integers(1, 6 if parity is None else 3),
            "steps": integers(1, 8),
            "scale": reals(1e-3, 1e3, logarithmic=True),
        },
        draw=partial(_draw_modes, threshold=threshold, relative=relative, parity=parity),
        hypotheses=(Hypothesis(name="0 < alpha <= 1", holds=_admissible_share), *hypotheses),
        searchable=("x0", "eta", "lambda", "alpha"),
        edges=(
            Edge(name="half of the way", parameters=few, adjust=at(share=0.5, relative=high)),
            Edge(
                name="half of the way, more inner steps",
                parameters={**few, "inner": 2},
                adjust=at(share=0.5, relative=nearly),
            ),
            Edge(name="all the way", parameters={**few, "inner": 3}, adjust=at(share=1.0, relative=high)),
            Edge(
                name="all the way, other parity or more inner steps",
                parameters={**few, "inner": 2},
                adjust=at(share=1.0, relative=high),
            ),
            Edge(
                name="a quarter of the way, most inner steps",
                parameters={**few, "inner": 3},
                adjust=at(share=0.25, relative=nearly),
            ),
        ),
    )


def within(threshold: Threshold) -> Hypothesis:
    """The product eta lambda lies below the threshold, or on it."""

    def holds(parameters: Parameters, instances: Instances) -> Any:
        reach = instances["eta"] * instances["lambda"]
        return (reach > 0) & (reach <= threshold(instances["alpha"], int(parameters["inner"])))

    return Hypothesis(name="eta lambda within the threshold", holds=holds)


def beyond(threshold: Threshold, *, parity: int) -> Hypothesis:
    """The product eta lambda lies above the threshold."""

    def holds(parameters: Parameters, instances: Instances) -> Any:
        limit = threshold(instances["alpha"], inner_steps(parameters, parity))
        return instances["eta"] * instances["lambda"] > limit

    return Hypothesis(name="eta lambda beyond the threshold", holds=holds)


def _run_lookahead(
    parameters: Parameters, instances: Instances, *, parity: int | None, averaged: bool, squared: bool
) -> Measurement:
    inner, steps = inner_steps(parameters, parity), int(parameters["steps"])
    reach, share = instances["eta"] * instances["lambda"], instances["alpha"]
    points = lookahead_iterates(
        instances["x0"], reach=reach, share=share if averaged else full(share, 1), inner=inner, steps=steps
    )
    values = {eta: instances["eta"], lam: instances["lambda"], alpha: share}
    if not squared:
        within = reduce(mul, [1 - reach] * inner)
        return Measurement.of(values | {slow: points, inner_factor: within}, case="every outer step")
    values |= {
        square: (points * points)[:, 1:],
        first_square: instances["x0"] * instances["x0"],
        k: full(share, inner),
        N: counts(share, steps),
    }
    return Measurement.of(values, case="every outer step")


def lookahead(*, parity: int | None = None, averaged: bool = True, squared: bool = True) -> Procedure:
    """Lookahead with gradient descent inside; not ``averaged``, the slow weight follows all the way.

    Args:
        parity: as `inner_steps` reads it.
        averaged: whether the slow weight stays behind by the share 1 - alpha.
        squared: whether squares after N outer steps are measured, or each slow weight itself.
    """
    return Procedure(
        name=("Lookahead" if averaged else "gradient descent, k steps at a time") + " on lambda x^2 / 2",
        measures=(eta, lam, alpha, *((square, first_square, k, N) if squared else (slow, inner_factor))),
        run=partial(_run_lookahead, parity=parity, averaged=averaged, squared=squared),
        time=Time.STEPS,
    )


# Strongly convex functions

mu = quantity("mu", "modulus of strong convexity", unit=CURVATURE, positive=True)


def _gentle(parameters: Parameters, drawn: Instances) -> Instances:
    """One ridge that begins beyond the initialization: the iterates see the curvature mu alone."""
    one, far = one_ridge(parameters, drawn, knee=1.0), float(parameters["scale"])
    corner = np.ones((len(drawn["h"]), 1, 1))
    return {**one, "knots": np.concatenate([16 * far * corner, 32 * far * corner], axis=-1)}


def strongly_convex(*, relative: tuple[float, float], hypotheses: tuple[Hypothesis, ...] = ()) -> Family:
    """A multiple mu |x|^2/2 plus smooth convex ridges, minimal at 0; h drawn from ``relative``, in units of 2/(mu + L)."""
    ridges = smooth_convex(relative=relative)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return {**ridges.draw(parameters, rng, size), "mu": np.exp(rng.normal(size=size))}

    positive = Hypothesis(name="mu > 0", holds=lambda _, instances: instances["mu"] > 0)
    step = min(1.0, relative[1])
    return Family(
        name=f"strongly convex functions with piecewise linear gradients, h from {relative[0]:g} to {relative[1]:g}",
        parameters=ridges.parameters,
        draw=draw,
        hypotheses=(*ridges.hypotheses, positive, *hypotheses),
        searchable=(*ridges.searchable, "mu"),
        edges=(
            *ridges.edges,
            Edge(
                name="curvature mu, step 2/(mu + L)",
                parameters={"steps": 4, "scale": 1.0},
                adjust=lambda p, drawn: {**_gentle(p, drawn), "h": np.full(len(drawn["h"]), step)},
            ),
            Edge(name="curvature mu, any step", parameters={"steps": 4, "scale": 1.0}, adjust=_gentle),
        ),
    )


def _run_strongly_convex(parameters: Parameters, instances: Instances) -> Measurement:
    ridges = PiecewiseQuadratic(
        directions=instances["A"],
        knots=instances["knots"],
        slopes=instances["slopes"],
        tilts=full(instances["slopes"][:, :, 0], 0),
    )
    modulus, steps = instances["mu"], int(parameters["steps"])
    function = StronglyConvex(ridges=ridges, modulus=modulus)
    lipschitz = function.smoothness()
    step = instances["h"] * 2 / (modulus + lipschitz)
    points = function.iterates(instances["x0"], step=step, steps=steps)
    values = {
        distance: square_norm(points[:, 1:]),
        initial: square_norm(instances["x0"]),
        L: lipschitz,
        mu: modulus,
        eta: step,
        N: counts(lipschitz, steps),
    }
    return Measurement.of(values, case="every step")


strongly_convex_descent = Procedure(
    name="gradient descent on a strongly convex function",
    measures=(distance, initial, L, mu, eta, N),
    run=_run_strongly_convex,
    time=Time.STEPS,
)
