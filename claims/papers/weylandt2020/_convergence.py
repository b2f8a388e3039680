"""Runs of CARP measured against the exact path: the matched error, and what bounds it on a forest."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Family, Hypothesis, Instances, Measurement, Parameters, Picture, Procedure, integers
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
from lemmata.solvers import Bounded, as_floats, convert, elementwise, frobenius_square, stack, widen
from lemmata.solvers.clustering import (
    ClusteringBatch,
    admm_iterates,
    component_means,
    laplacian_spectrum,
    path_solutions,
)

err, mu, eps, t, rho, W, kappa = sp.symbols("e mu epsilon t rho W kappa", positive=True)
low, high, k = sp.symbols("sigma_min sigma_max k", positive=True)
matched, pace, spread = sp.symbols("E^2 tau |X|^2", positive=True)

CONTRACTION = sp.Max(rho * high / (1 + rho * high), 1 / (1 + rho * low))
"""c: the step contracts s on a forest by this; the largest of x/(1 + x) and 1/(1 + x), x = rho sigma_i."""
_MARKS = (1, 2, 4, 8, 16, 32)
_SPECTRAL = 1e-12
"""Error of eigenvalues of a small Laplacian, relative."""

GROWS = Hypothesis(name="t > 1", holds=lambda _, one: one["t"] > 1 + 1e-6)
NOT_TOO_FAST = Hypothesis(name="t <= 8", holds=lambda _, one: one["t"] <= 8)  # noqa: PLR2004


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
    found = admm_iterates(batch, used, [one + 1 for one in marks], published=published)
    exact = path_solutions(batch, levels[:, [one - 1 for one in marks]])
    return frobenius_square(found - exact)


def _run_matched(parameters: Parameters, instances: Instances, *, published: bool, blind: bool) -> Measurement:
    batch = tables(parameters, instances)
    levels = penalties(instances, max(_MARKS))
    count = number(1.0, batch.points)[:, None]
    values = {
        err: _errors(batch, levels, _MARKS, published=published, blind=blind),
        mu: levels[:, [one - 1 for one in _MARKS]],
        k: stack([count[:, 0] * one for one in _MARKS], axis=1),
        eps: instances["eps"][:, None],
        t: instances["t"][:, None],
        W: weight_size(batch),
        **spectral(parameters, batch.points),
    }
    return Measurement.of(values, case="the run", pictures=partial(_pictures, parameters, instances))


def _pictures(parameters: Parameters, instances: Instances) -> list[Picture]:
    """Error of each iterate against its penalty, beside Theorem F's bound."""
    one = {name: Bounded.exact(as_floats(value)[:1]) for name, value in instances.items()}
    batch, steps = tables(parameters, one), 60
    levels = penalties(one, steps)
    marks = tuple(range(1, steps + 1))
    error = np.sqrt(as_floats(_errors(batch, levels, marks, published=False, blind=False)))[0]
    found = {symbol: float(as_floats(value)[0, 0]) for symbol, value in spectral(parameters, batch.points).items()}
    step, c = found[rho], 0.0
    c = max(step * found[high] / (1 + step * found[high]), 1 / (1 + step * found[low]))
    first, ratio = float(as_floats(one["eps"])[0]), float(as_floats(one["t"])[0])
    moved = (2 * c - 1) * float(as_floats(weight_size(batch))[0, 0]) / (step * (1 - c))
    powers = np.arange(steps)
    bound = found[kappa] * moved * first * (c**powers * (1 - c) + (ratio - 1) * ratio**powers) / (ratio - c)
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


def matched_run(*, published: bool = False, blind: bool = False, name: str = "") -> Procedure:
    """CARP from one of the two starts; ``blind`` shrinks by gamma w instead of gamma w / rho."""
    return Procedure(
        name=f"CARP, U^(k+1) for k = 1, 2, 4, ..., 32{name}",
        measures={
            err: "squared distance |U^(k+1) - U_mu|_F^2 from the exact solution at the penalty last used",
            mu: "penalty last used, eps t^(k-1)",
            k: "steps whose penalty has been used",
            eps: "first penalty",
            t: "factor by which the penalty grows",
            W: "|w|_2, times sqrt(p) for q = 1",
            low: "smallest eigenvalue of D D'",
            high: "largest eigenvalue of D D'",
            kappa: "largest of rho sqrt(sigma_i) / (1 + rho sigma_i)",
            rho: "step size of the augmented Lagrangian",
        },
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

    Thousands of steps: in balls, too, the compiled run speaks, with its proven bars.
    """
    like, floats = instances["top"], {name: Bounded.exact(as_floats(value)) for name, value in instances.items()}
    batch, top, fine = tables(parameters, floats), floats["top"], int(parameters["fineness"])
    m, octaves = 2**fine, _OCTAVES - 1 + (fine if settles else 0)
    exact = path_solutions(batch, stack([top / 2**i for i in range(_OCTAVES)], axis=1))
    levels = _doubling(top / 2**octaves, m, octaves * m + 1)
    marks = [(octaves - i) * m + 2 for i in range(_OCTAVES)]
    found = admm_iterates(batch, levels, [2, *sorted(marks)], published=published)
    gaps = [found[:, 0] - path_solutions(batch, levels[:, :1])[:, 0]]
    gaps += [found[:, _OCTAVES - i] - exact[:, i] for i in range(_OCTAVES)]
    values = {
        matched: as_given(sum(map(frobenius_square, gaps[1:]), frobenius_square(gaps[0])), like),
        pace: number(2 ** (1 / m) - 1, like),
        spread: as_given(spread_of(batch), like),
    }
    return Measurement.of(values, case="the path")


def as_given(known: Bounded, like: Any) -> Any:
    """Numbers known within bars, as floats with these bars or as balls of these radii."""
    return known if isinstance(like, Bounded) else widen(convert(known.value, like), known.error)


def _doubling(first: Any, m: int, last: int) -> Any:
    """Penalties first 2^(k/m), k = 0, ..., last, ``(batch, last + 1)``; the factor to float64."""
    factors = np.exp2(np.arange(last + 1) / m)
    factors[::m] = np.exp2(np.arange(len(factors[::m])))
    return first[:, None] * convert(factors[None], first)


def convergence(*, published: bool = False, settles: bool = True, name: str = "") -> Procedure:
    """Errors at t = 2^(1/m); with ``settles`` eps falls as t - 1, else it stays at Lam / 8."""
    return Procedure(
        name=f"CARP at t = 2^(1/m), m = 2^fineness, from eps = Lam / 8 m on{name}",
        measures={
            matched: "sum of |U^(k+1) - U_mu|_F^2 over k = 1 and the k at penalties Lam, Lam/2, Lam/4, Lam/8",
            pace: "t - 1",
            spread: "squared distance of the points from their component means",
        },
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
