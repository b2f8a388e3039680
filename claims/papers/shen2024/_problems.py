"""Least squares with an l1 penalty: problems, their minimisers, and problems made from their minimisers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

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
    RealData,
    choice,
    integers,
    quantity,
    vector,
)
from lemmata.solvers import absolute, full, greatest, matvec, solve_definite, transpose
from lemmata.solvers.datasets import load
from lemmata.solvers.optimization import Lasso, lasso

u = vector("u", "p")
slope = vector(r"A^\top(b - A u)", "p")
penalty = vector("lambda", "p")
pull = vector(r"A^\top b", "p")
OF_THE_MINIMISER = {
    u: "the minimiser",
    slope: "minus the gradient of |A u - b|^2/2 at the minimiser",
    penalty: "the penalties lambda_j of the entries",
    pull: "minus the gradient at zero",
}
count = quantity(r"\lVert u \rVert_{0}", "number of entries of the minimiser that are not zero", nonnegative=True)
level = quantity("l", "the level for which the penalty was chosen", nonnegative=True)

_GRAIN, _UNSETTLED = 8, "coordinate descent did not come to rest"
PATIENTS = 40


def _grains(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    found: np.ndarray = rng.integers(-2 * _GRAIN, 2 * _GRAIN + 1, size=shape) / _GRAIN
    return found


def _design(parameters: Parameters, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A ``(size, n, p)`` and b ``(size, n)``: random, with columns that share a direction, or the diabetes table."""
    columns = int(parameters["columns"])
    if parameters["table"] == "diabetes":
        table = load("diabetes")
        A, b = table.inputs[0, :columns, :PATIENTS].T, table.targets[0, 0, :PATIENTS]
        return np.repeat(A[None], size, axis=0), np.repeat(b[None], size, axis=0)
    rows = columns + int(parameters["more"])
    A = _grains(rng, (size, rows, columns))
    A[:, :, 1:] += int(parameters["shared"]) * A[:, :, :1]
    return A, _grains(rng, (size, rows))


def _largest_pull(A: np.ndarray, b: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.abs((A.swapaxes(1, 2) @ b[:, :, None])[:, :, 0]).max(axis=1)
    return found


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, *, several: bool, beyond: float) -> Instances:
    A, b = _design(parameters, rng, size)
    shares = rng.integers(1, int(16 * beyond) + 1, size=(size, A.shape[2])) / 16
    shares = shares if several else np.repeat(shares[:, :1], A.shape[2], axis=1)
    return {"A": A, "b": b, "lambda": shares * np.maximum(_largest_pull(A, b), 1 / _GRAIN)[:, None]}


def _independent(_: Parameters, instances: Instances) -> Any:
    values = np.linalg.svd(instances["A"], compute_uv=False)
    return (values[:, -1] > values[:, 0] / 1000) & np.all(instances["lambda"] > 0, axis=1)


INDEPENDENT = Hypothesis(name="independent columns, lambda > 0", holds=_independent)
_SHAPES: Mapping[str, Range] = {
    "columns": integers(1, 5),
    "more": integers(0, 3),
    "shared": integers(0, 2),
    "table": choice("random", "diabetes"),
}
_EDGES = (
    Edge(name="one number"),
    Edge(name="square", parameters={"columns": 3}),
    Edge(name="columns that share a direction", parameters={"columns": 4, "more": 2, "shared": 2}),
)
_TABLE = (
    RealData(name="diabetes, 40 patients", parameters={"columns": 10, "more": 0, "shared": 0, "table": "diabetes"}),
)


def penalised_problems(*, several: bool = True, beyond: float = 1.0) -> Family:
    """Least squares problems with penalties up to ``beyond`` times the largest slope at zero, one a column or one for all."""
    return Family(
        name="least squares problems with " + ("a penalty for each entry" if several else "one penalty"),
        parameters=_SHAPES,
        draw=partial(_draw, several=several, beyond=beyond),
        hypotheses=(INDEPENDENT,),
        edges=_EDGES,
        data=_TABLE,
    )


def _unsettled(*found: Lasso) -> dict[str, Any]:
    return {_UNSETTLED: ~np.all([one.settled for one in found], axis=0)}


def _minimiser(_: Parameters, instances: Instances) -> Measurement:
    A, b, weights = (instances[name] for name in ("A", "b", "lambda"))
    found = lasso(A, b, weights)
    values = {
        u: found.point,
        slope: matvec(transpose(A), b - matvec(A, found.point)),
        penalty: weights,
        pull: matvec(transpose(A), b),
        count: full(weights[:, 0], 0) + np.abs(found.signs).sum(axis=1).astype(int),
    }
    return Measurement.of(values, failures=_unsettled(found))


minimiser = Procedure(
    name="the minimiser: its support by coordinate descent, its entries by a linear system",
    measures={**OF_THE_MINIMISER, count: ""},
    run=_minimiser,
    cost=16,
)

# Problems made from their minimiser: u and z with z_j = sign u_j on the support, |z_j| <= 1 off it, then A'(b - A u) = lambda z.
excess = quantity("F(v) - F(u)", "objective at another point v minus that at the point u of the certificate", real=True)
apart = quantity("|A(v - u)|^2", "squared distance of what the two predict", nonnegative=True)


def _draw_certified(parameters: Parameters, rng: np.random.Generator, size: int, *, reach: float) -> Instances:
    columns = int(parameters["columns"])
    A = _grains(rng, (size, columns + int(parameters["more"]), columns))
    on = rng.uniform(size=(size, columns)) < 1 / 2
    point = _grains(rng, (size, columns)) * on
    off = np.sign(rng.normal(size=(size, columns))) * rng.integers(0, 17, size=(size, columns)) / 16 * reach
    move = _grains(rng, (size, columns)) * np.where(rng.uniform(size=(size, 1)) < 1 / 2, 1.0, 1 / 64)
    keeps = rng.uniform(size=(size, 1)) < 1 / 4  # these stay on the support and keep its signs: the bound is attained
    return {
        "A": A,
        "u": point,
        "z": np.where(point != 0, np.sign(point), off),
        "lambda": rng.integers(1, 17, size=(size, columns)) / 8,
        "v": np.where(keeps, point * (1 + np.abs(move)), point + move),
        "rest": _grains(rng, (size, A.shape[1])),
    }


def _certificate(_: Parameters, instances: Instances) -> Any:
    point, z = instances["u"], instances["z"]
    return np.all(np.where(point != 0, z == np.sign(point), np.abs(z) <= 1), axis=1)


CERTIFICATE = Hypothesis(name="z_j = sign u_j on the support, |z_j| <= 1 off it", holds=_certificate)


def certified_problems(*hypotheses: Hypothesis, reach: float = 1.0) -> Family:
    """Least squares problems made from a point and a certificate; entries of z off the support up to ``reach``."""
    return Family(
        name="least squares problems made from a point u and a certificate z, and another point v",
        parameters={"columns": integers(1, 4), "more": integers(0, 2)},
        draw=partial(_draw_certified, reach=reach),
        hypotheses=(INDEPENDENT, *hypotheses),
        searchable=("v",),
        edges=(
            Edge(name="one number"),
            Edge(name="square", parameters={"columns": 3}),
            Edge(name="at zero", parameters={"columns": 2}, adjust=_at_zero),
        ),
    )


def _at_zero(_: Parameters, instances: Instances) -> Instances:
    nothing = np.zeros_like(instances["u"])
    return {**instances, "u": nothing, "z": np.clip(instances["z"], -1, 1) * 0 + 1, "v": nothing + 1 / 2}


Penalties = Callable[[Any], Any]
"""Penalties -> those of the objective, where they are not the certificate's."""


def _compared(_: Parameters, instances: Instances, *, of_objective: Penalties) -> Measurement:
    A, here, there, weights = (instances[name] for name in ("A", "u", "v", "lambda"))
    gram = transpose(A) @ A
    # b = A u + what has the slopes lambda z, + what is orthogonal to the columns (which changes nothing)
    residual = matvec(A, solve_definite(gram, weights * instances["z"]))
    rest = instances["rest"]
    residual = residual + rest - matvec(A, solve_definite(gram, matvec(transpose(A), rest)))
    moved, charged = matvec(A, there - here), of_objective(weights)
    paid = (charged * (absolute(there) - absolute(here))).sum(axis=1)
    values = {
        excess: (moved * moved).sum(axis=1) / 2 - (moved * residual).sum(axis=1) + paid,
        apart: (moved * moved).sum(axis=1),
    }
    return Measurement.of(values)


def compared(of_objective: Penalties = lambda weights: weights, *, variant: str = "") -> Procedure:
    """Both objectives, at the certificate's point and at the other one."""
    return Procedure(
        name="the objective at both points" + variant,
        measures=(excess, apart),
        run=partial(_compared, of_objective=of_objective),
    )


def largest_for_all(weights: Any) -> Any:
    """The largest of the penalties in place of each."""
    return weights * 0 + greatest(weights)[:, None]


def without_penalty(weights: Any) -> Any:
    """No penalty at all."""
    return weights * 0


# Orthonormal designs, whose levels are known.


def _orthonormal(rng: np.random.Generator, size: int, columns: int) -> np.ndarray:
    """Columns of Hadamard's matrix of four, signed and in any order: exact in floats, A'A = I."""
    block = np.array([[1.0, 1.0], [1.0, -1.0]])
    whole = np.kron(block, block) / 2
    orders = np.argsort(rng.uniform(size=(size, 4)), axis=1)[:, :columns]
    found: np.ndarray = whole[:, orders].transpose(1, 0, 2) * rng.choice([-1.0, 1.0], size=(size, 1, columns))
    return found


def _draw_levels(parameters: Parameters, rng: np.random.Generator, size: int, *, squeezed: bool) -> Instances:
    columns, wanted = int(parameters["columns"]), min(int(parameters["level"]), int(parameters["columns"]))
    A = _orthonormal(rng, size, columns)
    if squeezed:
        A = A + A[:, :, :1] * np.arange(columns)[None, None, :] / 2
    b = _grains(rng, (size, 4))
    sizes = -np.sort(-np.abs((A.swapaxes(1, 2) @ b[:, :, None])[:, :, 0]), axis=1)
    low = sizes[:, wanted] if wanted < columns else np.zeros(size)
    high = sizes[:, wanted - 1] if wanted else 2 * sizes[:, 0] + 1
    share = rng.integers(0, 5, size=size) / 4
    return {
        "A": A,
        "b": b,
        "lambda": np.repeat((low + share * (high - low))[:, None], columns, axis=1),
        "level": np.full(size, float(wanted)),
        "low": low,
        "high": high,
    }


AT_LEVEL = Hypothesis(
    name="|c|_(l+1) <= lambda < |c|_(l), c = A'b in order of size",
    holds=lambda _, one: (one["low"] <= one["lambda"][:, 0]) & (one["lambda"][:, 0] < one["high"]),
)
AT_OTHER_ENDS = Hypothesis(
    name="|c|_(l+1) < lambda <= |c|_(l), c = A'b in order of size",
    holds=lambda _, one: (one["low"] < one["lambda"][:, 0]) & (one["lambda"][:, 0] <= one["high"]),
)


def levelled_problems(hypothesis: Hypothesis = AT_LEVEL, *, squeezed: bool = False) -> Family:
    """Orthonormal designs with a penalty chosen for a level; ``squeezed`` makes their columns share a direction."""
    return Family(
        name="least squares problems with " + ("columns that share a direction" if squeezed else "orthonormal columns"),
        parameters={"columns": integers(1, 4), "level": integers(0, 4)},
        draw=partial(_draw_levels, squeezed=squeezed),
        hypotheses=(INDEPENDENT, hypothesis),
        edges=(
            Edge(name="one number, none"),
            Edge(name="one number, kept", parameters={"level": 1}),
            Edge(name="all kept", parameters={"columns": 4, "level": 4}),
            Edge(name="half kept", parameters={"columns": 4, "level": 2}),
        ),
    )


def _levels(parameters: Parameters, instances: Instances, *, factor: int) -> Measurement:
    del parameters
    found = lasso(instances["A"], instances["b"], instances["lambda"] * factor)
    values = {count: instances["level"] * 0 + np.abs(found.signs).sum(axis=1).astype(int), level: instances["level"]}
    return Measurement.of(values, failures=_unsettled(found))


def counted(factor: int = 1) -> Procedure:
    """How many entries the minimiser has; ``factor`` multiplies the penalty."""
    return Procedure(
        name="the entries of the minimiser" + (f" for {factor} times the penalty" if factor > 1 else "") + ", counted",
        measures=(count, level),
        run=partial(_levels, factor=factor),
        cost=16,
    )


# Two penalties for one problem.


def _both(meaning: str, written: str) -> tuple[Any, Any]:
    return (
        quantity(written % "lambda", f"{meaning} at the smaller penalty", nonnegative=True),
        quantity(written % "mu", f"{meaning} at the larger penalty", nonnegative=True),
    )


norms = _both("l1 norm of the minimiser", r"\lVert u_{\%s} \rVert_{1}")
counts = _both("number of entries of the minimiser", r"\lVert u_{\%s} \rVert_{0}")
fits = _both("squared residual of the minimiser", r"|A u_{\%s} - b|_2^2")
peaks = _both("largest entry of the minimiser", r"\lVert u_{\%s} \rVert_{\infty}")


def _draw_pair(parameters: Parameters, rng: np.random.Generator, size: int, *, first_only: bool) -> Instances:
    drawn = _draw(parameters, rng, size, several=False, beyond=1.0)
    grown = drawn["lambda"] * (1 + rng.integers(0, 17, size=(size, 1)) / 8)
    if first_only:
        grown[:, 1:] = drawn["lambda"][:, 1:]
    return {**drawn, "mu": grown}


def _passing_zero(_: Parameters, drawn: Instances) -> Instances:
    """Three columns of small whole numbers whose minimiser has one entry at the penalty 1 and two at 3/2."""
    count = len(drawn["A"])

    def repeated(numbers: list[Any]) -> np.ndarray:
        return np.repeat(np.array(numbers, dtype=float)[None], count, axis=0)

    return {
        "A": repeated([[-1, -2, 0], [0, -1, 0], [0, 1, -1]]),
        "b": repeated([3, 0, 1]),
        "lambda": repeated([1, 1, 1]),
        "mu": repeated([1.5, 1.5, 1.5]),
    }


def paired_problems(*, first_only: bool = False) -> Family:
    """One problem and two penalties mu >= lambda; ``first_only`` lets the penalty of one entry alone grow."""
    return Family(
        name="least squares problems with two penalties, mu >= lambda" + (" for one entry" if first_only else ""),
        parameters=_SHAPES,
        draw=partial(_draw_pair, first_only=first_only),
        hypotheses=(
            INDEPENDENT,
            Hypothesis(
                name="mu >= lambda",
                holds=lambda _, one: np.all(one["mu"] >= one["lambda"], axis=1),
                sides=lambda _, one: Compared(left=one["mu"], sign=">=", right=one["lambda"]),
            ),
        ),
        edges=(
            *_EDGES,
            Edge(name="an entry that passes through zero", parameters={"columns": 3}, adjust=_passing_zero),
        ),
        data=_TABLE,
    )


def _run_pair(_: Parameters, instances: Instances) -> Measurement:
    A, b = instances["A"], instances["b"]
    found = [lasso(A, b, instances[name]) for name in ("lambda", "mu")]
    values: dict[Any, Any] = {}
    for place, one in enumerate(found):
        residual = matvec(A, one.point) - b
        values |= {
            norms[place]: absolute(one.point).sum(axis=1),
            counts[place]: full(b[:, 0], 0) + np.abs(one.signs).sum(axis=1).astype(int),
            fits[place]: (residual * residual).sum(axis=1),
            peaks[place]: greatest(absolute(one.point)),
        }
    return Measurement.of(values, failures=_unsettled(*found))


both_minimisers = Procedure(
    name="the minimisers for both penalties",
    measures=(*norms, *counts, *fits, *peaks),
    run=_run_pair,
    cost=16,
)
