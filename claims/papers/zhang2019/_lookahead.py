"""Lookahead on modes of quadratics."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial, reduce
from operator import mul
from typing import Any

import numpy as np

from lemmata import power
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
from lemmata.claims.settings.optimization.measured import N, counts, eta, first_square, lam, square
from lemmata.solvers import full
from lemmata.solvers.optimization import lookahead_iterates

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
