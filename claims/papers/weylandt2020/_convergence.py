"""Runs of CARP measured against the exact path: the matched error, and what bounds it on a forest."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Compared,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Picture,
    Procedure,
    integers,
    quantity,
)
from lemmata.claims.papers.weylandt2020._problems import (
    FORESTS,
    GRAPHS,
    STEPS,
    edges_of,
    number,
    positive,
    tables,
    tables_on,
    with_numbers,
)
from lemmata.solvers import Bounded, as_floats, convert, elementwise, frobenius_square, full, stack, widen
from lemmata.solvers.clustering import (
    ClusteringBatch,
    admm_iterates,
    component_means,
    laplacian_spectrum,
    path_solutions,
)

err = quantity(
    r"|U^{(k+1)} - U_\mu|_F^2", "squared distance from the exact solution at the penalty last used", positive=True
)
mu = quantity("mu", "penalty last used, eps t^(k-1)", positive=True)
k = quantity("k", "steps whose penalty has been used", integer=True, positive=True)
eps = quantity("epsilon", "first penalty", positive=True)
t = quantity("t", "factor by which the penalty grows", positive=True)
W = quantity("|w|", "|w|_2, times sqrt(p) for q = 1", positive=True)
low = quantity("sigma_r", "smallest eigenvalue of L = D'D that is not zero", positive=True)
high = quantity("sigma_1", "largest eigenvalue of L = D'D", positive=True)
kappa = quantity("kappa", "largest of rho sqrt(sigma_i) / (1 + rho sigma_i)", positive=True)
rho = quantity("rho", "step size of the augmented Lagrangian", positive=True)
all_errors = quantity(
    r"\sum_k |U^{(k+1)} - U_{\mu_k}|_F^2",
    "sum of the squared distances at k = 1 and at the k with penalties Lam, Lam/2, Lam/4, Lam/8",
    positive=True,
)
spread = quantity(r"|X - \bar{X}|_F^2", "squared distance of the points from their component means", nonnegative=True)

c = sp.Symbol("c", positive=True)
CONTRACTION = sp.Max(1 - 1 / (1 + rho * high), 1 / (1 + rho * low))
"""c: the step contracts s on a forest by this; the largest of x/(1 + x) and 1/(1 + x), x = rho sigma_i."""
_MARKS = (1, 2, 4, 8, 16, 32)
_SPECTRAL = 1e-12
"""Error of eigenvalues of a small Laplacian, relative."""

GROWS = Hypothesis(
    name="t > 1",
    holds=lambda _, one: one["t"] > 1 + 1e-6,
    sides=lambda _, one: Compared(left=one["t"], sign=">", right=1),
)
NOT_TOO_FAST = Hypothesis(
    name="t <= 8",
    holds=lambda _, one: one["t"] <= 8,  # noqa: PLR2004
    sides=lambda _, one: Compared(left=one["t"], sign="<=", right=8),
)


def runs(graphs: tuple[str, ...] = FORESTS, steps: tuple[str, ...] = STEPS) -> Family:
    """Tables with a first penalty eps and a factor t."""
    base = tables_on(graphs, steps=steps, name="runs of CARP: random tables")
    return with_numbers(base, (positive("eps > 0", "eps"), GROWS, NOT_TOO_FAST), eps=(3e-3, 0.3), t=(1.005, 1.6))


def spectral(parameters: Parameters, like: Any) -> dict[Any, Any]:
    """Extreme eigenvalues of L that are not zero, kappa and rho, as arrays ``(batch, 1)``."""
    values = laplacian_spectrum(int(parameters["n"]), edges_of(parameters))
    step = float(sp.Rational(parameters["rho"]))
    gain = (step * np.sqrt(values) / (1 + step * values)).max()
    measured = {low: values[0], high: values[-1], kappa: gain}
    found = {symbol: widen(number(one, like), _SPECTRAL * one)[:, None] for symbol, one in measured.items()}
    return {**found, rho: number(step, like)[:, None]}


def penalties(instances: Instances, count: int) -> Any:
    """The penalties eps t^(k-1), k = 1, ..., ``(batch, count)``."""
    levels = [instances["eps"]]
    for _ in range(count - 1):
        levels.append(levels[-1] * instances["t"])
    return stack(levels, axis=1)


def weight_size(batch: ClusteringBatch) -> Any:
    """|w|_2, for q = 1 times sqrt(p), ``(batch, 1)``: how far thresholds move V and Z when the penalty moves by rho."""
    square = (batch.weights * batch.weights).sum(axis=1)
    return elementwise(square * batch.points.shape[2] if batch.norm == 1 else square, "sqrt")[:, None]


def _errors(batch: ClusteringBatch, levels: Any, marks: tuple[int, ...], *, published: bool, blind: bool) -> Any:
    """|U^(k+1) - U_mu|^2, mu the k-th penalty, ``(batch, len(marks))``."""
    used = levels * batch.rho.numerator / batch.rho.denominator if blind else levels
    used = stack([used[:, i] for i in range(max(marks))] + [used[:, -1]], axis=1)
    iterates = admm_iterates(batch, used, [one + 1 for one in marks], published=published)
    exact = path_solutions(batch, levels[:, [one - 1 for one in marks]])
    return frobenius_square(iterates - exact)


def _run_matched(parameters: Parameters, instances: Instances, *, published: bool, blind: bool) -> Measurement:
    batch = tables(parameters, instances)
    levels = penalties(instances, max(_MARKS))
    values = {
        err: _errors(batch, levels, _MARKS, published=published, blind=blind),
        mu: levels[:, [one - 1 for one in _MARKS]],
        k: stack([full(instances["eps"], one) for one in _MARKS], axis=1),
        eps: instances["eps"][:, None],
        t: instances["t"][:, None],
        W: weight_size(batch),
        **spectral(parameters, batch.points),
    }
    return Measurement.of(values, case="the run", pictures=partial(_pictures, parameters, instances))


def _pictures(parameters: Parameters, instances: Instances) -> list[Picture]:
    """Error of each iterate against its penalty, beside Theorem F's bound."""
    first_table = {name: Bounded.exact(as_floats(value)[:1]) for name, value in instances.items()}
    batch, steps = tables(parameters, first_table), 60
    levels = penalties(first_table, steps)
    marks = tuple(range(1, steps + 1))
    error = np.sqrt(as_floats(_errors(batch, levels, marks, published=False, blind=False)))[0]
    numbers = {symbol: float(as_floats(value)[0, 0]) for symbol, value in spectral(parameters, batch.points).items()}
    step = numbers[rho]
    factor = max(step * numbers[high] / (1 + step * numbers[high]), 1 / (1 + step * numbers[low]))
    first_penalty, ratio = float(as_floats(first_table["eps"])[0]), float(as_floats(first_table["t"])[0])
    moved = (2 * factor - 1) * float(as_floats(weight_size(batch))[0, 0]) / (step * (1 - factor))
    powers = np.arange(steps)
    run = factor**powers * (1 - factor) + (ratio - 1) * ratio**powers
    bound = numbers[kappa] * moved * first_penalty * run / (ratio - factor)
    return [
        Picture(
            name="distance of an iterate from the exact solution, with its bound",
            x_label="log10 of the penalty",
            y_label="log10 of the distance",
            x=np.log10(as_floats(levels)[0]).tolist(),
            measured=np.log10(np.maximum(error, 1e-16)).tolist(),
            predicted=np.log10(bound).tolist(),
        )
    ]


def matched_run(*, published: bool = False, blind: bool = False, variant: str = "") -> Procedure:
    """CARP from one of the two initializations, at six of its iterates.

    Args:
        published: whether Z = V = D X, not Z = 0.
        blind: whether steps shrink by gamma w instead of gamma w / rho.
        variant: says what differs.
    """
    return Procedure(
        name="CARP, U^(k+1) for k = 1, 2, 4, ..., 32" + (variant and f", {variant}"),
        measures=(err, mu, k, eps, t, W, low, high, kappa, rho),
        run=partial(_run_matched, published=published, blind=blind),
        rational=False,
    )


_OCTAVES = 4


def all_fused_at(batch: ClusteringBatch) -> np.ndarray:
    """A penalty beyond the largest of the path, ``(batch,)``: shown by the electrical flow of unit conductances."""
    D = batch.incidence.astype(float)
    flow = D @ np.linalg.pinv(D.T @ D) @ as_floats(batch.points)
    lengths = np.abs(flow).max(axis=2) if batch.norm == 1 else np.linalg.norm(flow, axis=2)
    most: np.ndarray = (lengths / as_floats(batch.weights)).max(axis=1) * (1 + 1e-9) + 1e-300
    return most


def draw_top(family: Family) -> Family:
    """The family with a penalty ``top`` at which all is fused in the tables that were drawn."""

    def draw(parameters: Parameters, rng: np.random.Generator, size_: int) -> Instances:
        drawn = family.draw(parameters, rng, size_)
        return {**drawn, "top": all_fused_at(tables(parameters, drawn))}

    return replace(family, draw=draw, hypotheses=(*family.hypotheses, positive("top > 0", "top")))


def _run_rate(parameters: Parameters, instances: Instances, *, published: bool, settles: bool) -> Measurement:
    """At factor 2^(1/m), m = 2^fineness: the errors at penalties top 2^-i, i < 4, and of the first iterate.

    Thousands of steps: in balls, too, the compiled run speaks, with its proven error bounds.
    """
    like, floats = instances["top"], {name: Bounded.exact(as_floats(value)) for name, value in instances.items()}
    batch, top, fine = tables(parameters, floats), floats["top"], int(parameters["fineness"])
    m, octaves = 2**fine, _OCTAVES - 1 + (fine if settles else 0)
    exact = path_solutions(batch, stack([top / 2**i for i in range(_OCTAVES)], axis=1))
    levels = _doubling(top / 2**octaves, m, octaves * m + 1)
    marks = [(octaves - i) * m + 2 for i in range(_OCTAVES)]
    iterates = admm_iterates(batch, levels, [2, *sorted(marks)], published=published)
    gaps = [iterates[:, 0] - path_solutions(batch, levels[:, :1])[:, 0]]
    gaps += [iterates[:, _OCTAVES - i] - exact[:, i] for i in range(_OCTAVES)]
    values = {
        all_errors: as_given(sum(map(frobenius_square, gaps[1:]), frobenius_square(gaps[0])), like),
        t: number(2 ** (1 / m), like),
        spread: as_given(spread_of(batch), like),
    }
    return Measurement.of(values, case="the path")


def as_given(known: Bounded, like: Any) -> Any:
    """Numbers known within error bounds, as floats with these bounds or as balls of these radii."""
    return known if isinstance(like, Bounded) else widen(convert(known.value, like), known.error)


def _doubling(first: Any, m: int, last: int) -> Any:
    """Penalties first 2^(k/m), k = 0, ..., last, ``(batch, last + 1)``; the factor to float64."""
    factors = np.exp2(np.arange(last + 1) / m)
    factors[::m] = np.exp2(np.arange(len(factors[::m])))
    return first[:, None] * convert(factors[None], first)


def convergence(*, published: bool = False, settles: bool = True, variant: str = "") -> Procedure:
    """Errors at t = 2^(1/m).

    Args:
        published: whether Z = V = D X, not Z = 0.
        settles: whether eps falls as t - 1; else it stays at Lam / 8.
        variant: says what differs.
    """
    return Procedure(
        name="CARP at t = 2^(1/m), m = 2^fineness, from eps = Lam / 8 m on" + (variant and f", {variant}"),
        measures=(all_errors, t, spread),
        run=partial(_run_rate, published=published, settles=settles),
        rational=False,
        exact=False,
    )


_FINENESS = (3, 7)


def paths(graphs: tuple[str, ...] = GRAPHS) -> Family:
    """Tables with a penalty Lam at which all is fused, and a fineness.

    Weights within a factor of four and rho <= 1: else t has to be nearer to one before errors shrink in proportion to t - 1.
    """
    base = tables_on(graphs, name="random tables", steps=("1", "1/2", "1/4"), weights=(0.5, 2.0))
    family = draw_top(base)
    finest = tuple(replace(edge, parameters={**edge.parameters, "fineness": _FINENESS[1]}) for edge in family.edges)
    return replace(family, parameters={**family.parameters, "fineness": integers(*_FINENESS)}, edges=finest)


def spread_of(batch: ClusteringBatch) -> Any:
    """Squared distance of the points from their component means, ``(batch,)``."""
    return frobenius_square(batch.points - component_means(batch.points, batch.edges))
