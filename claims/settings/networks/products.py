"""Families of products of matrices (deep linear networks without data), and what is measured of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import pairwise
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
    choice,
    integers,
    quantity,
    reals,
    sizes,
)
from lemmata.claims.settings.networks.balance import failures
from lemmata.claims.settings.networks.dense import stacked
from lemmata.solvers import elementwise, frobenius_square, full, largest, singular_values, smallest, stack, zeros
from lemmata.solvers.networks import Data, GradientDescent, Trajectory, dense, train

lower_square = quantity(r"\|W_1\|_F^2", "squared Frobenius norm of the first layer", positive=True)
upper_square = quantity(r"\|W_2\|_F^2", "squared Frobenius norm of the second layer", positive=True)
nuclear = quantity(r"\|W_2 W_1\|_*", "nuclear norm of the product", positive=True)
largest_square = quantity(r"\max_h \|W_h\|_F^2", "largest squared Frobenius norm of a layer", positive=True)
smallest_square = quantity(r"\min_h \|W_h\|_F^2", "smallest squared Frobenius norm of a layer", positive=True)
end_to_end = quantity(r"\|W_N \cdots W_1\|_F", "Frobenius norm of the product", positive=True)
N = quantity("N", "number of layers", positive=True)
loss = quantity(r"\frac{1}{2} \|W_N \cdots W_1 - \Phi\|_F^2", "loss after t steps, the target being Phi", real=True)
loss_0 = quantity(r"\ell_0", "its initial value", real=True)
eta = quantity("eta", "step size", real=True)
c = quantity("c", "deficiency margin", real=True)
t = quantity("t", "number of steps", real=True)
gap = quantity(r"(\|W_N\|_F^2 - \|W_1\|_F^2)", "squared norm of the last layer minus that of the first", real=True)


def _factors(parameters: Parameters, instances: Instances) -> list[Any]:
    widths = parameters["widths"]
    return [instances[f"W{h}"] for h in range(1, len(widths))]


def _product(factors: list[Any]) -> Any:
    """W_N ... W_1 of the factors W_1, ..., W_N, ``(batch, n_N, n_0)``."""
    return reduce(lambda below, over: over @ below, factors)


def _draw_factors(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Factors of very different sizes; "aligned" ones have rank one and matching singular vectors."""
    widths = parameters["widths"]
    drawn = {}
    vectors = [rng.normal(size=(size, n, 1)) for n in widths]
    units = [vector / np.linalg.norm(vector, axis=1, keepdims=True) for vector in vectors]
    spread = float(parameters["spread"])
    overall = np.exp(spread * rng.normal(size=(size, 1, 1)))
    for h in range(1, len(widths)):
        scale = overall * np.exp(float(parameters["imbalance"]) * rng.normal(size=(size, 1, 1)))
        if parameters["kind"] == "aligned":
            drawn[f"W{h}"] = scale * units[h] @ units[h - 1].swapaxes(1, 2)
        else:
            entries = rng.normal(size=(size, widths[h], widths[h - 1]))
            drawn[f"W{h}"] = scale * entries / np.linalg.norm(entries, axis=(1, 2), keepdims=True)
    return drawn


def _every_other_small(_: Parameters, drawn: Instances) -> Instances:
    """The factors, those of every other instance scaled together until the largest has norm 1/4."""
    scales = 1 / (4 * np.max([np.linalg.norm(factor, axis=(1, 2)) for factor in drawn.values()], axis=0))
    scales[1::2] = 1
    return {name: scales[:, None, None] * factor for name, factor in drawn.items()}


def products(*, depth: tuple[int, int], hypotheses: tuple[Hypothesis, ...], imbalance: tuple[float, float]) -> Family:
    """Products of ``depth`` (fewest, most) factors, generic or aligned of rank one, over many scales."""
    shortest, longest = depth[0] + 1, depth[1] + 1
    return Family(
        name="products of matrices, generic or of rank one and aligned, of all scales",
        parameters={
            "widths": sizes(1, 4, count=(shortest, longest)),
            "kind": choice("generic", "aligned"),
            "imbalance": reals(*imbalance),
            "spread": reals(0, 6),
        },
        draw=_draw_factors,
        hypotheses=hypotheses,
        searchable=("W*",),
        edges=(
            Edge(name="numbers"),
            Edge(name="aligned, rank one", parameters={"widths": [4] * shortest, "kind": "aligned"}),
            Edge(
                name="most unequal",
                parameters={"widths": [2] * shortest, "imbalance": imbalance[1]},
                adjust=_every_other_small,
            ),
            Edge(
                name="aligned, slightly unequal, all scales",
                parameters={"widths": [3] * longest, "kind": "aligned", "imbalance": imbalance[1] / 4, "spread": 6.0},
            ),
        ),
    )


def _two_norms(parameters: Parameters, instances: Instances) -> Measurement:
    lower, upper = _factors(parameters, instances)
    values = {
        lower_square: frobenius_square(lower)[:, None],
        upper_square: frobenius_square(upper)[:, None],
        nuclear: singular_values(upper @ lower).sum(axis=-1)[:, None],
    }
    return Measurement.of(values, case="W_1, W_2")


two_norms = Procedure(
    name="norms of two factors and of their product",
    measures=(lower_square, upper_square, nuclear),
    run=_two_norms,
)


def _two_sizes(parameters: Parameters, instances: Instances) -> Measurement:
    lower, upper = _factors(parameters, instances)
    values = {lower_square: frobenius_square(lower)[:, None], upper_square: frobenius_square(upper)[:, None]}
    return Measurement.of(values, case="W_1, W_2")


two_sizes = Procedure(
    name="norms of two factors",
    measures=(lower_square, upper_square),
    run=_two_sizes,
)


def _all_norms(parameters: Parameters, instances: Instances) -> Measurement:
    factors = _factors(parameters, instances)
    norms = [frobenius_square(factor) for factor in factors]
    size = elementwise(frobenius_square(_product(factors)), "sqrt")
    values = {
        largest_square: largest(norms)[:, None],
        smallest_square: smallest(norms)[:, None],
        end_to_end: size[:, None],
        N: full(size, len(factors))[:, None],
    }
    return Measurement.of(values, case="all factors")


all_norms = Procedure(
    name="norms of all factors and of their product",
    measures=(largest_square, smallest_square, end_to_end, N),
    run=_all_norms,
)


def float_norms(parameters: Parameters, instances: Instances) -> tuple[np.ndarray, np.ndarray]:
    """For hypotheses, in float64: squared norms of the factors ``(batch, N)``, and norm of the product ``(batch,)``."""
    factors = _factors(parameters, instances)
    norms = np.stack([frobenius_square(factor) for factor in factors], axis=1)
    return norms, np.sqrt(frobenius_square(_product(factors)))


def least_singular_value(matrix: np.ndarray) -> np.ndarray:
    """sigma_min of ``(batch, m, n)``, the min(m, n)-th singular value, ``(batch,)``."""
    values: np.ndarray = np.linalg.svd(matrix, compute_uv=False)[:, -1]
    return values


def product_of(parameters: Parameters, instances: Instances) -> np.ndarray:
    """For hypotheses, in float64: the product of the factors, ``(batch, n_N, n_0)``."""
    product: np.ndarray = _product(_factors(parameters, instances))
    return product


def imbalance_norms(parameters: Parameters, instances: Instances) -> np.ndarray:
    """For hypotheses, in float64: |W_{h+1}' W_{h+1} - W_h W_h'|_F of all pairs, ``(batch, N - 1)``."""
    factors = _factors(parameters, instances)
    pairs = pairwise(factors)
    return np.stack([np.linalg.norm(v.swapaxes(1, 2) @ v - w @ w.swapaxes(1, 2), axis=(1, 2)) for w, v in pairs], 1)


Constants = Callable[[int, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""(depth, margin c, norm of the target) -> (allowed imbalance, allowed step), ``(batch,)`` each."""


def _draw_near_target(constants: Constants) -> Callable[..., Instances]:
    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        widths = parameters["widths"]
        depth = len(widths) - 1
        target = rng.normal(size=(size, widths[-1], widths[0]))
        target /= np.linalg.norm(target, axis=(1, 2), keepdims=True)
        sigma = least_singular_value(target)
        margin = sigma * rng.uniform(0.2, 0.8, size=size)
        push = rng.normal(size=target.shape)
        push *= ((sigma - margin) * rng.uniform(0.3, 0.9, size=size) / np.linalg.norm(push, axis=(1, 2)))[:, None, None]
        imbalance, step = constants(depth, margin, np.linalg.norm(target, axis=(1, 2)))
        drawn = _balanced_factors(target + push, widths, rng)
        for h in range(1, depth + 1):
            noise = rng.normal(size=drawn[f"W{h}"].shape)
            bound = imbalance / (8 * (1 + np.linalg.norm(drawn[f"W{h}"], axis=(1, 2))))
            drawn[f"W{h}"] = drawn[f"W{h}"] + noise * (bound / np.linalg.norm(noise, axis=(1, 2)))[:, None, None]
        return {**drawn, "Phi": target, "c": margin, "eta": step * rng.uniform(0.5, 1.0, size=size)}

    return draw


def _balanced_factors(product: np.ndarray, widths: list[int], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Balanced factors of a product: each has its singular values to the power 1/N, in matching random frames.

    Where a hidden layer is too narrow they give the best approximation, which lies outside the deficiency margin.
    """
    depth, size = len(widths) - 1, len(product)
    rank = min(widths)
    left, values, right = np.linalg.svd(product, full_matrices=False)
    root = np.eye(rank) * values[:, None, :rank] ** (1 / depth)
    inner = [np.linalg.qr(rng.normal(size=(size, n, n)))[0][:, :, :rank] for n in widths[1:-1]]
    frames = [right.swapaxes(1, 2)[:, :, :rank], *inner, left[:, :, :rank]]
    return {f"W{h}": frames[h] @ root @ frames[h - 1].swapaxes(1, 2) for h in range(1, depth + 1)}


def deep_linear_starts(constants: Constants, hypotheses: tuple[Hypothesis, ...]) -> Family:
    """Deep linear networks that start nearly balanced and near their target; |Phi|_F = 1."""
    return Family(
        name="deep linear networks on whitened data, nearly balanced, within the deficiency margin of the target",
        parameters={"widths": sizes(2, 4, count=(3, 5)), "steps": integers(5, 30)},
        draw=_draw_near_target(constants),
        searchable=("W*", "Phi", "c"),
        hypotheses=(
            Hypothesis(
                name="hidden layers are at least as wide as the smaller end",
                holds=lambda p, i: np.full(len(i["c"]), min(p["widths"]) == min(p["widths"][0], p["widths"][-1])),
            ),
            *hypotheses,
        ),
        edges=(
            Edge(name="two layers, square", parameters={"widths": [2, 2, 2]}),
            Edge(name="four layers", parameters={"widths": [3, 3, 3, 3, 3], "steps": 10}),
            Edge(name="different ends", parameters={"widths": [4, 3, 2], "steps": 30}),
        ),
    )


def _descend(parameters: Parameters, instances: Instances) -> Trajectory:
    widths = parameters["widths"]
    start = stacked(instances, len(widths) - 1)
    target, one = (
        instances["Phi"],
        zeros(instances["Phi"], (1, widths[0], widths[0])) + np.eye(widths[0], dtype=int),
    )
    return train(
        dense(widths, activations="linear"),
        start,
        Data(inputs=one, targets=target),
        rule=GradientDescent(step_sizes=instances["eta"]),
        steps=int(parameters["steps"]),
    )


def deep_linear_descent(*, first: int) -> Procedure:
    """Gradient descent, measured from step ``first`` on (at step 0 a bound on the decay is an equality)."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        trajectory = _descend(parameters, instances)
        bottom, top = frobenius_square(trajectory.matrices[0]), frobenius_square(trajectory.matrices[-1])
        values = {
            loss: trajectory.losses[:, first:],
            loss_0: trajectory.losses[:, :1],
            eta: instances["eta"][:, None],
            c: instances["c"][:, None],
            N: full(instances["c"], len(trajectory.matrices))[:, None],
            t: stack([full(instances["c"], step) for step in range(first, trajectory.steps + 1)], axis=1),
            lower_square: bottom[:, first:],
            gap: (top - bottom)[:, first:],
        }
        return Measurement.of(values, case="all steps", failures=failures(trajectory))

    measures = (loss, loss_0, eta, c, N, t, lower_square, gap)
    name = "gradient descent on the squared distance of the product to the target"
    return Procedure(name=name, measures=measures, run=run, time=Time.STEPS, rational=False)
