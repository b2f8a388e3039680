"""Lipschitz comonotone operators that are evaluated, not only inverted: planes, and a line with a bend."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata import norm2
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
from lemmata.claims.papers.pethick2023._operators import gamma, lam
from lemmata.claims.settings.optimization.measured import (
    CURVATURE,
    SQUARED_LENGTH,
    N,
    counts,
)
from lemmata.solvers import elementwise, full, stack
from lemmata.solvers.optimization import (
    Planar,
    inexact_iterates,
    inner_iterates,
    relaxed_iterates,
)

LENGTH = sp.sqrt(SQUARED_LENGTH)
missing = quantity(
    "|w_N - J z|^2", "squared distance of the inner loop to the resolvent", unit=SQUARED_LENGTH, nonnegative=True
)
move = quantity(
    "|z - J z|^2",
    "squared distance of the resolvent to z, where the loop begins",
    unit=SQUARED_LENGTH,
    nonnegative=True,
)
lipschitz2 = quantity("L^2", "square of the Lipschitz constant of F", unit=CURVATURE**2, nonnegative=True)
length = quantity("|J z_N - z_N|", "residual after N steps", unit=LENGTH, nonnegative=True)
errors = quantity(r"\sum_{k < N} |e_k|", "sum of the errors of the inner loops so far", unit=LENGTH, nonnegative=True)
last_error = quantity("|e_{N-1}|", "error of the last inner loop", unit=LENGTH, nonnegative=True)
start = quantity("|z_0 - z^*|", "distance of the initialization to the zero of F", unit=LENGTH, nonnegative=True)

RANGE = "gamma >= -2 rho, plane by plane"
_ALMOST, _OFTEN = 0.499, 0.4


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Factors of size below 1/gamma, often at the angle at which rho is nearly -gamma/2."""
    planes, scale = int(parameters["planes"]), float(parameters["scale"])
    step, reach = np.exp(rng.normal(size=size)), np.exp(rng.uniform(-4, -0.02, size=(size, planes)))
    steepest, bend = rng.uniform(0.01, 0.98, size=size), rng.uniform(0, 1, size=size)
    cosine = np.where(
        rng.random((size, planes)) < _OFTEN, -_ALMOST * reach, rng.uniform(-_ALMOST * reach, 1, size=(size, planes))
    )
    turn = rng.choice([-1.0, 1.0], size=(size, planes))
    factor = reach / step[:, None]
    return {
        "real": factor * cosine,
        "imaginary": factor * np.sqrt(1 - cosine**2) * turn,
        "flat": steepest * (1 - bend) / step,
        "extra": steepest * bend / step,
        "knee": scale * np.exp(rng.normal(size=size)),
        "gamma": step,
        "lambda": rng.uniform(0.05, 0.95, size=size),
        "x0": scale * rng.normal(size=(size, 2 * planes + 1)),
    }


def _admissible(_: Parameters, instances: Instances) -> Any:
    factors = (instances["real"] ** 2 + instances["imaginary"] ** 2 > 0).all(axis=1)
    line = (instances["flat"] > 0) & (instances["extra"] >= 0) & (instances["knee"] >= 0)
    return factors & line & (instances["gamma"] > 0)


def _is_in_range(_: Parameters, instances: Instances) -> Any:
    squares = instances["real"] ** 2 + instances["imaginary"] ** 2
    return (2 * instances["real"] + instances["gamma"][:, None] * squares >= 0).all(axis=1)


def _steps_short(_: Parameters, instances: Instances) -> Any:
    squares = instances["real"] ** 2 + instances["imaginary"] ** 2
    steepest = instances["flat"] + instances["extra"]
    return (instances["gamma"][:, None] ** 2 * squares < 1).all(axis=1) & (instances["gamma"] * steepest < 1)


_operator_admissible = Hypothesis(name="slopes and factors of a Lipschitz operator, gamma > 0", holds=_admissible)
plane_range = Hypothesis(name=RANGE, holds=_is_in_range)
short_steps = Hypothesis(name="gamma L < 1", holds=_steps_short)


def _one_plane(_: Parameters, drawn: Instances, *, reach: float, weight: float, along: float = -0.5) -> Instances:
    """A step of one, all of z in one plane, its factor at the end of the range."""
    one = np.ones(len(drawn["gamma"]))
    planes = drawn["real"].shape[1]
    unit = np.zeros_like(drawn["x0"])
    unit[:, 0] = 1.0
    cosine = along * reach * (2 * _ALMOST)
    return {
        **drawn,
        "real": np.full((len(one), planes), reach * cosine),
        "imaginary": np.full((len(one), planes), reach * np.sqrt(1 - cosine**2)),
        "flat": 0.01 * one,
        "extra": 0 * one,
        "gamma": one,
        "lambda": weight * one,
        "x0": unit,
    }


def planar_operators(*hypotheses: Hypothesis, longest: int) -> Family:
    """Lipschitz operators of planes and one bent line, with steps gamma below 1/L."""
    long = {"steps": longest, "scale": 1.0}

    def one(reach: float, weight: float) -> Any:
        return partial(_one_plane, reach=reach, weight=weight)

    return Family(
        name="complex factors on planes and a bent line",
        parameters={
            "planes": integers(1, 2),
            "steps": integers(1, longest),
            "inner": integers(1, 6),
            "scale": reals(1e-3, 1e3, logarithmic=True),
        },
        draw=_draw,
        hypotheses=(_operator_admissible, *hypotheses),
        searchable=("real", "imaginary", "flat", "extra", "knee", "gamma", "lambda", "x0"),
        edges=(
            Edge(name="gamma L near one, one inner step", parameters=long, adjust=one(0.96, 0.2)),
            Edge(name="gamma L near one, small weight", parameters={**long, "inner": 2}, adjust=one(0.96, 0.05)),
            Edge(name="slow rotation, many inner steps", parameters={**long, "inner": 6}, adjust=one(0.3, 0.5)),
            Edge(name="rotation, weight near one", parameters={**long, "inner": 6}, adjust=one(0.5, 0.98)),
        ),
    )


def _running_sums(terms: Any) -> Any:
    """Sums of the first 1, 2, ... entries of ``terms`` ``(batch, steps)``."""
    return stack([terms[:, : t + 1].sum(axis=1) for t in range(terms.shape[1])], axis=1)


def operator_of(instances: Instances) -> Planar:
    """The operator of each instance."""
    names = ("real", "imaginary", "flat", "extra", "knee")
    return Planar(**{name: instances[name] for name in names})


def inner_loop(*, anchored: bool = True, halved: bool = False) -> Procedure:
    """The inner loop from z: w <- z - gamma F(w); not ``anchored`` from w; ``halved`` with half of the way each time."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        operator, steps, z = operator_of(instances), int(parameters["steps"]), instances["x0"]
        step = instances["gamma"]
        goal = operator.resolvent(z, step)
        points = inner_iterates(operator, z, step, steps=steps, anchored=anchored)
        if halved:
            points = relaxed_iterates(lambda w: z - step[:, None] * operator(w), z, full(step, 0.5), steps=steps)
        values = {
            missing: norm2(points[:, 1:] - goal[:, None]),
            move: norm2(z - goal),
            gamma: step,
            lipschitz2: operator.squared_lipschitz(),
            N: counts(step, steps),
        }
        return Measurement.of(values, case="every step")

    base = "z" if anchored else "w"
    return Procedure(
        name=f"w <- {base} - gamma F(w), from w = z" + (", half of the way each time" if halved else ""),
        measures=(missing, move, gamma, lipschitz2, N),
        run=run,
        time=Time.STEPS,
        cost=4,
    )


def _run_inexact(parameters: Parameters, instances: Instances) -> Measurement:
    operator, steps, inner = operator_of(instances), int(parameters["steps"]), int(parameters["inner"])
    step, weight, first = instances["gamma"], instances["lambda"], instances["x0"]
    _, residuals, off = inexact_iterates(operator, first, step, weight, steps=steps, inner=inner)
    values = {
        length: residuals[:, 1:],
        errors: _running_sums(off),
        last_error: off,
        start: elementwise(norm2(first), "sqrt"),
        lam: weight,
        N: counts(step, steps),
    }
    return Measurement.of(values, case="every step")


inexact = Procedure(
    name="interpolated proximal points by an inner loop of a few steps",
    measures=(length, errors, last_error, start, lam, N),
    run=_run_inexact,
    time=Time.STEPS,
    rational=False,
    cost=60,
)
