"""The potential of depth two as a function, for small and large initializations, and gradient flow of deeper networks."""

from __future__ import annotations

from functools import partial
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
    choice,
    entrywise,
    integers,
    quantity,
    reals,
    vector,
)
from lemmata.claims.settings.diagonal.potential import accuracy
from lemmata.claims.settings.diagonal.problems import D, alpha, depth_of
from lemmata.solvers import as_floats, concatenate, elementwise, full, known_within, matvec, transpose
from lemmata.solvers.diagonal import diagonal_flow

s = vector(r"\frac{x}{\alpha^2}", "n")
"""A point x of any kind, in units of alpha^2."""
length = quantity("|x|_1", "l1 norm of the point", nonnegative=True)


def entropy(point: Any) -> Any:
    """The formula q(t) = 2 - sqrt(4 + t^2) + t asinh(t/2) of every entry."""
    return entrywise(lambda t: 2 - sp.sqrt(4 + t**2) + t * sp.asinh(t / 2), point)


def _l1(instances: Instances) -> Any:
    return np.abs(instances["x"]).sum(axis=1)


def _l2(instances: Instances) -> Any:
    return np.sqrt((instances["x"] ** 2).sum(axis=1))


def _nonzero(_: Parameters, instances: Instances) -> Any:
    return (instances["eps"] > 0) & (instances["eps"] < 1) & (_l1(instances) > 0) & (instances["alpha"] > 0)


_NONZERO = Hypothesis(name="0 < epsilon < 1, alpha > 0, x != 0", holds=_nonzero)
BELOW_SIZE = Hypothesis(
    name="alpha <= min(1, |x|_1^(1/2))",
    holds=lambda _, one: one["alpha"] <= np.minimum(1, np.sqrt(_l1(one))),
)
BELOW_POWER = Hypothesis(
    name="alpha <= (2|x|_1)^(-1/(2 epsilon))",
    holds=lambda _, one: one["alpha"] <= (2 * _l1(one)) ** (-1 / (2 * one["eps"])),
)
BELOW_EXPONENTIAL = Hypothesis(
    name="alpha <= exp(-n/(2 epsilon |x|_1))",
    holds=lambda _, one: one["alpha"] <= np.exp(-one["x"].shape[1] / (2 * one["eps"] * _l1(one))),
)
LARGE = Hypothesis(
    name="alpha >= |x|_2^(1/2) (1 + epsilon^(-1/4))",
    holds=lambda _, one: one["alpha"] >= np.sqrt(_l2(one)) * (1 + one["eps"] ** -0.25),
)


def _draw_points(parameters: Parameters, rng: np.random.Generator, size: int, *, small: bool) -> Instances:
    count, e = int(parameters["n"]), 2.0 ** -int(parameters["digits"])
    x = rng.normal(size=(size, count)) * np.exp(rng.normal(size=(size, count)))
    x *= float(parameters["length"]) / np.maximum(np.abs(x).sum(axis=1, keepdims=True), 1e-9)
    given = {"x": x, "eps": np.full(size, e)}
    total, length = _l1(given), _l2(given)
    if small:
        edge = np.minimum(np.minimum(1, np.sqrt(total)), (2 * total) ** (-1 / (2 * e)))
        edge = np.minimum(edge, np.exp(-count / (2 * e * total)))
    else:
        edge = np.sqrt(length) * (1 + e**-0.25)
    # Most lie within the bound, some on the other side, which the hypothesis leaves out.
    return {**given, "alpha": edge * 2.0 ** (rng.integers(-8, 6, size=size) * (1.0 if small else -1.0))}


def points(*hypotheses: Hypothesis, small: bool) -> Family:
    """Points x of any kind and an alpha on either side of its threshold."""
    return Family(
        name="vectors x, accuracies epsilon, initializations alpha",
        parameters={"n": integers(1, 4), "digits": integers(1, 4), "length": reals(0.25, 16, logarithmic=True)},
        draw=partial(_draw_points, small=small),
        hypotheses=(_NONZERO, *hypotheses),
        searchable=("x",),
        edges=(
            Edge(name="one number"),
            Edge(name="long, coarse", parameters={"length": 16.0}),
            Edge(name="long, fine", parameters={"n": 4, "length": 16.0, "digits": 4}),
            Edge(name="of length one", parameters={"n": 2, "length": 1.0, "digits": 2}),
        ),
    )


def _point(_: Parameters, instances: Instances) -> Measurement:
    size = instances["alpha"]
    values = {s: instances["x"] / (size * size)[:, None], alpha: size, accuracy: instances["eps"]}
    return Measurement.of(values | {length: abs(instances["x"]).sum(axis=1)})


potential_at_a_point = Procedure(
    name="the potential of depth two at a point",
    measures={s: "a point x in units of alpha^2", alpha: "", accuracy: "", length: ""},
    run=_point,
    rational=False,
)

w = vector("w^{2}", "n")
at_limit = vector("s", "n")
elsewhere = vector("t", "n")
_UNEQUAL = {
    w: "squares of the initial weights, u(0) = v(0) = alpha w",
    at_limit: "the limit of the flow in units of its own initialization, x_i = alpha^2 w_i^2 s_i",
    elsewhere: "another interpolator in the same units",
}


def _draw_unequal(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    rows, others = int(parameters["rows"]), int(parameters["others"])
    return {
        "B": rng.integers(-8, 9, size=(size, rows, others)) / 8,
        "nu": rng.normal(size=(size, rows)) * float(parameters["reach"]),
        "w": np.exp(float(parameters["spread"]) * rng.normal(size=(size, rows + others))),
        "alpha": np.exp(rng.normal(size=size)),
        "move": rng.normal(size=(size, others)),
    }


def _unequal(_: Parameters, instances: Instances) -> Measurement:
    """The limit has psi = A' nu for some nu; with nu drawn, y = A x is the problem that it solves."""
    B, nu, move, size = (instances[name] for name in ("B", "nu", "move", "alpha"))
    squares = instances["w"] * instances["w"]
    unit = (size * size)[:, None] * squares
    rows = nu.shape[1]
    here = [2 * elementwise(z, "sinh") for z in (nu, matvec(transpose(B), nu))]
    there = [here[0] - matvec(B, move) / unit[:, :rows], here[1] + move / unit[:, rows:]]
    values = {
        w: squares,
        at_limit: concatenate(here, axis=1),
        elsewhere: concatenate(there, axis=1),
    }
    return Measurement.of(values)


def unequal_starts() -> Family:
    """Equations A x = y with A = [I, B], made from the dual of their limit, and initial weights of unequal size."""
    return Family(
        name="diagonal networks of depth two with unequal initial weights",
        parameters={
            "rows": integers(1, 3),
            "others": integers(1, 3),
            "reach": reals(0.1, 3),
            "spread": reals(0, 1.5),
        },
        draw=_draw_unequal,
        hypotheses=(Hypothesis(name="no initial weight is zero", holds=lambda _, one: np.all(one["w"] != 0, axis=1)),),
        searchable=("move",),
        edges=(
            Edge(name="two numbers, equal weights"),
            Edge(name="two numbers, unequal weights", parameters={"spread": 1.5, "reach": 3.0}),
            Edge(name="many columns", parameters={"rows": 2, "others": 3, "spread": 1.0, "reach": 1.0}),
        ),
    )


unequal_limits = Procedure(
    name="the limit of the flow by its optimality, beside another interpolator",
    measures=_UNEQUAL,
    run=_unequal,
    rational=False,
)

pull = quantity(
    r"\max_{t} \lVert A^\top \int_0^t r \rVert_{\infty}",
    "largest entry of A' times the integral of the residual r = y - A x, up to any time of the run",
    nonnegative=True,
)
_LONGEST, _STEPS = 0.05, 120


def _draw_flow(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    rows, columns = int(parameters["rows"]), int(parameters["rows"]) + int(parameters["others"])
    A = rng.integers(-4, 5, size=(size, rows, columns)) / 4
    A[:, :, 0] += (A[:, :, 0] == 0).astype(float)
    return {
        "A": A / np.linalg.norm(A, axis=(1, 2), keepdims=True),
        "y": rng.choice([-1.0, 1.0], size=(size, rows)) * rng.uniform(0.25, 1, size=(size, rows)),
        "alpha": np.full(size, float(parameters["alpha"])),
    }


def deep_problems() -> Family:
    """Equations of norm one for networks above depth two."""
    return Family(
        name="diagonal networks above depth two on A x = y, |A|_F = 1",
        parameters={
            "rows": integers(1, 2),
            "others": integers(0, 3),
            "depth": choice("3", "4"),
            "alpha": reals(0.3, 1),
        },
        draw=_draw_flow,
        hypotheses=(Hypothesis(name="A and y are not zero", holds=lambda _, one: np.any(one["A"] != 0, axis=(1, 2))),),
        edges=(
            Edge(name="one column, small initialization"),
            Edge(name="depth four, small initialization", parameters={"depth": "4"}),
            Edge(name="large initialization", parameters={"rows": 2, "others": 2, "alpha": 1.0}),
        ),
    )


def _run_flow(parameters: Parameters, instances: Instances, *, depth: int | None = None) -> Measurement:
    power, size = depth or int(depth_of(parameters)), instances["alpha"]
    A, y, start = (as_floats(instances[name]) for name in ("A", "y", "alpha"))
    run = diagonal_flow(A, y, start, depth=power, longest=_LONGEST, steps=_STEPS)
    reached = np.abs(run.pulls).max(axis=(1, 2))
    values = {
        pull: known_within(reached, run.error[:, -1], size),
        alpha: size,
        D: full(size, int(depth_of(parameters))),
    }
    return Measurement.of(values)


def flow_run(depth: int | None = None) -> Procedure:
    """Gradient flow by the classical Runge-Kutta method; ``depth`` trains another network than the one spoken of."""
    return Procedure(
        name=f"gradient flow of a network of {f'depth {depth}' if depth else 'its depth'}, {_STEPS} steps of Runge-Kutta",
        measures=(pull, alpha, D),
        run=partial(_run_flow, depth=depth),
        rational=False,
        exact=False,
        cost=40,
    )
