"""ADMM for convex clustering in every number system: batches of small tables on one graph, with proven error bounds.

min_U 1/2 |U - X|^2 + lam sum_l w_l |(D U)_l|_q by U <- (I + rho L)^-1 (X + rho D'(V - Z)), s = D U + Z, Z <- the
projection of s_l onto the ball of radius lam w_l / rho (of the dual norm), V <- s - Z. The step is a nonexpansive map
of s in the Frobenius norm, whatever the graph, so that rounding adds up and is not amplified.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np

from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.clustering.graph import components
from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.arithmetic import (
    Array,
    Floats,
    as_floats,
    concatenate,
    elementwise,
    is_balls,
    is_rationals,
    magnitude,
    widen,
)
from lemmata.solvers.numbers.bounded import UNIT, Bounded
from lemmata.solvers.numbers.degrees import Degrees
from lemmata.solvers.numbers.linear_algebra import frobenius_square
from lemmata.solvers.numbers.order import absolute, largest, smallest
from lemmata.solvers.numbers.residues import Residues, rational_residue

_GENEROUS = 16
"""Roundings counted for each entry of a step, over the number of terms: several times as many as there are."""
_MOST_STEPS = 3000
_SLIGHTLY = 1 + 1e-9


@dataclass(frozen=True, kw_only=True)
class ClusteringBatch:
    """Tables on one graph.

    Attributes:
        points: X, ``(batch, n, p)``.
        weights: positive, ``(batch, E)``.
        edges: ``(E, 2)``, shared by the batch.
        rho: of the augmented Lagrangian, shared by the batch.
        norm: q, 1 or 2.
    """

    points: Array
    weights: Array
    edges: Integers
    rho: Fraction = Fraction(1)
    norm: int = 2

    @property
    def n(self) -> int:
        """Number of points."""
        return int(self.points.shape[1])

    @cached_property
    def incidence(self) -> Integers:
        """D, ``(E, n)``."""
        return incidence(self.n, self.edges)

    @cached_property
    def inverse(self) -> Array:
        """(I + rho L)^-1 in the number system of the points, ``(n, n)``."""
        return _constant(*_inverse(self.n, _key(self.edges), self.rho), self.points)

    def with_rho(self, rho: Fraction) -> ClusteringBatch:
        """The same tables, with another step."""
        return ClusteringBatch(points=self.points, weights=self.weights, edges=self.edges, rho=rho, norm=self.norm)


@dataclass(frozen=True, kw_only=True)
class Splitting:
    """A state of ADMM: ``u`` as last solved for, ``(batch, n, p)``, and V and Z, ``(batch, E, p)``."""

    u: Array
    v: Array
    z: Array

    @property
    def s(self) -> Array:
        """V + Z, in which the step contracts."""
        return self.v + self.z


def incidence(n: int, edges: Integers) -> Integers:
    """D with one row an edge, +1 at its first point and -1 at its second, ``(E, n)``."""
    D, at = np.zeros((len(edges), n), dtype=np.int64), np.arange(len(edges))
    D[at, edges[:, 0]], D[at, edges[:, 1]] = 1, -1
    return D


def laplacian_spectrum(n: int, edges: Integers) -> Floats:
    """Eigenvalues of L = D'D that are not zero, in growing order: those of D D' on a forest."""
    D = incidence(n, edges)
    values = np.linalg.eigvalsh((D.T @ D).astype(float))
    return np.asarray(values[values > n * n * 1e-13])


def is_forest(n: int, edges: Integers) -> bool:
    """Whether the graph has no cycle."""
    return len(laplacian_spectrum(n, edges)) == len(edges)


def admm_contraction(n: int, edges: Integers, rho: float) -> float:
    """Factor below one by which each step contracts s on a forest, rounded upwards; 1 where there is a cycle."""
    values = laplacian_spectrum(n, edges)
    if len(values) < len(edges):
        return 1.0
    shares = rho * values / (1 + rho * values)
    return float(0.5 + np.abs(shares - 0.5).max(initial=0) * _SLIGHTLY)


def row_squares(rows: Array) -> Array:
    """Squared Euclidean norms along the last axis."""
    return (rows * rows).sum(axis=-1)


def project_rows(rows: Array, limits: Array, norm: int) -> Array:
    """Rows ``(..., E, p)`` brought into balls of radius ``limits`` (..., E) > 0: of the dual of the q-norm."""
    if norm == 1:
        wide = limits[..., None] + rows * 0
        return largest([smallest([rows, wide]), -wide])
    # One formula for both sides of the sphere, whose root stays away from zero.
    reach = elementwise(largest([limits * limits, row_squares(rows)]), "sqrt")
    return rows * (limits / reach)[..., None]


def first_state(batch: ClusteringBatch, *, published: bool = False) -> Splitting:
    """V = D X, and Z = 0; or as published with the package, Z = V = D X."""
    v = batch.incidence @ batch.points
    return Splitting(u=batch.points, v=v, z=v if published else v * 0)


def admm_primal(batch: ClusteringBatch, v: Array, z: Array) -> Array:
    """U = (I + rho L)^-1 (X + rho D'(V - Z)), ``(batch, n, p)``."""
    push = batch.incidence.T @ (v - z)
    return batch.inverse @ (batch.points + push * batch.rho.numerator / batch.rho.denominator)


def admm_step(batch: ClusteringBatch, state: Splitting, level: Array) -> Splitting:
    """One step at the penalties ``level`` (batch,) > 0."""
    u = admm_primal(batch, state.v, state.z)
    s = batch.incidence @ u + state.z
    limits = level[:, None] * batch.weights * batch.rho.denominator / batch.rho.numerator
    z = project_rows(s, limits, batch.norm)
    return Splitting(u=u, v=s - z, z=z)


def admm_iterates(batch: ClusteringBatch, levels: Array, marks: list[int], *, published: bool = False) -> Array:
    """U^(k) at the steps k in ``marks``, sorted and counted from one, of a run at ``levels``.

    Rationals follow the recursion letter by letter. In float64 with error bounds a compiled kernel runs it, and its
    rounding, bounded step by step, is added up, as it may be since the step is nonexpansive; so are the radii of balls.

    Args:
        batch: the tables.
        levels: ``(batch, steps)``; step k is the k-th, and U^(k) does not see its own level.
        marks: steps whose U is wanted.
        published: the first state, see ``first_state``.

    Returns:
        ``(batch, len(marks), n, p)``.
    """
    state = first_state(batch, published=published)
    if isinstance(batch.points, Bounded):
        return _kernel_iterates(batch, levels, marks, state)
    found, lost = [], np.zeros(batch.points.shape[0])
    for step in range(1, max(marks) + 1):
        if is_balls(batch.points):
            lost = lost + sum(np.sqrt((_radii(part) ** 2).sum(axis=(1, 2))) for part in (state.v, state.z))
            state = Splitting(u=state.u, v=arithmetic.centre(state.v), z=arithmetic.centre(state.z))
        state = admm_step(batch, state, levels[:, step - 1])
        error = np.sqrt(float(batch.rho)) / 2 * lost * _SLIGHTLY
        found += [widen(state.u, error[:, None, None])[:, None]] * marks.count(step)
    return concatenate(found, axis=1)


def path_solutions(batch: ClusteringBatch, levels: Array, *, most: int = _MOST_STEPS) -> Array:
    """U_lam at ``levels`` (batch, m) > 0, ``(batch, m, n, p)``, with a proven error bound.

    A fixed point of the step is looked for in float64; one more step in the number system of the points tells how far
    it is: on a forest by the contraction, else by the duality gap.
    """
    if is_rationals(batch.points):
        raise arithmetic.not_rational("the solution at a penalty", "exact rationals")
    count, m = batch.points.shape[0], levels.shape[1]
    many = _each_level(batch, m)
    flat = levels.reshape(count * m)
    s = _fixed_point(many, as_floats(flat), most)
    bare = arithmetic.convert(s, batch.points)
    limits = flat[:, None] * many.weights * many.rho.denominator / many.rho.numerator
    z = project_rows(bare, limits, batch.norm)
    after = admm_step(many, Splitting(u=many.points, v=bare - z, z=z), flat)
    c = admm_contraction(batch.n, batch.edges, float(many.rho))
    if c < 1:
        moved = np.sqrt(_upper(frobenius_square(after.s - bare)))
        found = widen(after.u, (np.sqrt(float(many.rho)) / 2 * moved / (1 - c) * _SLIGHTLY)[:, None, None])
    else:
        found = _certified(many, after, flat)
    return found.reshape(count, m, *batch.points.shape[1:])


def _certified(batch: ClusteringBatch, state: Splitting, level: Array) -> Array:
    """U of a state, as it stands or averaged over fused points, with the error bound sqrt(2 gap) of the better one."""
    y = state.z * batch.rho.numerator / batch.rho.denominator
    raw = as_floats(state.u)
    tried = [raw, _averaged(batch, raw, as_floats(state.v))]
    gaps = [_upper(duality_gap(batch, arithmetic.convert(u, state.u), y, level)) for u in tried]
    better = np.argmin(gaps, axis=0)
    centre = np.where(better[:, None, None] == 1, tried[1], tried[0])
    exact = state.u * 0 + arithmetic.convert(centre, state.u)
    return widen(exact, (np.sqrt(2 * np.min(gaps, axis=0)) * _SLIGHTLY)[:, None, None])


def _averaged(batch: ClusteringBatch, u: Floats, v: Floats) -> Floats:
    """U averaged over the points that edges with V = 0 join, equal to the last bit within each cluster."""
    rows, edge = np.nonzero((v == 0).all(axis=2))
    joined = np.broadcast_to(np.eye(batch.n, dtype=bool), (len(u), batch.n, batch.n)).copy()
    i, j = batch.edges[edge].T
    joined[rows, i, j] = joined[rows, j, i] = True
    for _ in range(int(np.ceil(np.log2(batch.n)))):
        joined = (joined.astype(float) @ joined.astype(float)) > 0
    share = joined / joined.sum(axis=2, keepdims=True)
    first = joined.argmax(axis=2)  # the first point of the cluster stands for all
    return np.asarray(np.take_along_axis(share @ u, first[:, :, None], axis=1))


def duality_gap(batch: ClusteringBatch, u: Array, y: Array, level: Array) -> Array:
    """1/2 |U - X + D'Y|^2 + sum_l (lam w_l |(D U)_l|_q - <Y_l, (D U)_l>); ``(batch,)``.

    Y must be feasible, |Y_l| <= lam w_l in the dual norm.
    """
    rest = u - batch.points + batch.incidence.T @ y
    apart = batch.incidence @ u
    lengths = edge_lengths(apart, batch.norm)
    slack = level[:, None] * batch.weights * lengths - (y * apart).sum(axis=-1)
    return frobenius_square(rest) / 2 + slack.sum(axis=-1)


def edge_lengths(apart: Array, norm: int) -> Array:
    """|rows|_q along the last axis."""
    return absolute(apart).sum(axis=-1) if norm == 1 else safe_root(row_squares(apart))


def safe_root(square: Array) -> Array:
    """Square roots of numbers >= 0, with a finite error bound also where that of the square reaches below zero."""
    size = magnitude(square).max(initial=1e-300)
    tiny = np.exp2(np.ceil(np.log2(2 * _errors(square) + 2.0**-96 * size)))
    above = elementwise(largest([square, square * 0]) + arithmetic.convert(tiny, square), "sqrt")
    return widen(above, np.sqrt(tiny))  # sqrt(a + tiny) - sqrt(a) is at most sqrt(tiny)


def parts_of(n: int, edges: Integers) -> tuple[Integers, Integers]:
    """The component of each point ``(n,)``, and the size of that component ``(n,)``."""
    parts = components(n, edges)
    return parts, np.bincount(parts)[parts]


def component_means(points: Array, edges: Integers) -> Array:
    """For each point the mean of its component, ``(batch, n, p)``."""
    parts, sizes = parts_of(int(points.shape[1]), edges)
    same = (parts[:, None] == parts[None, :]).astype(np.int64)
    return (same @ points) / sizes[:, None]


def _compiled(batch: ClusteringBatch, state: Splitting) -> tuple[Any, Any, Any]:
    """The compiled kernel, the tables and the state as it takes them."""
    from lemmata.solvers.clustering import _batch_kernel as module

    arrays = (as_floats(part) for part in (batch.points, batch.weights, batch.inverse))
    x, weights, inverse = (np.ascontiguousarray(part) for part in arrays)
    pair = module.Pair(*(np.array(as_floats(part), order="C") for part in (state.v, state.z)))
    return (
        module,
        module.Tables(x, weights, inverse, np.ascontiguousarray(batch.edges), float(batch.rho), batch.norm),
        pair,
    )


def _kernel_iterates(batch: ClusteringBatch, levels: Bounded, marks: list[int], state: Splitting) -> Bounded:
    levels = levels[:, : max(marks)]
    kernel, tables, pair = _compiled(batch, state)
    at, found = np.array(marks, dtype=np.int64), np.empty((len(tables.x), len(marks), *tables.x.shape[1:]))
    widest = kernel.run(tables, pair, np.ascontiguousarray(levels.value), at, found)
    return _with_errors(batch, levels, found, widest, at)


def _with_errors(batch: ClusteringBatch, levels: Bounded, found: Floats, widest: Floats, at: Integers) -> Bounded:
    """Bars of the kernel's iterates: the error of one step, in s, times the steps done; U moves by sqrt(rho)/2 as far.

    An error of the points reaches U and, through D, every step; one of the thresholds every step.
    """
    n, p = found.shape[2:]
    degree = float(np.bincount(batch.edges.ravel(), minlength=n).max(initial=0))
    spread, rho, terms = np.sqrt(2 * degree), float(batch.rho), _GENEROUS * UNIT * (n + p + degree)
    known, moved = (np.sqrt((part**2).sum(axis=(1, 2))) for part in (batch.points.value, batch.points.error))
    limits = levels[:, :, None] * batch.weights[:, None]
    in_z = np.sqrt((limits.error**2).sum(axis=2)).max(axis=1) * (np.sqrt(p) if batch.norm == 1 else 1.0) / rho
    in_u = terms * (known + rho * spread * widest) + moved  # the inverse has no negative entry, and rows of sum one
    in_s = spread * in_u + terms * widest + in_z
    error = in_u[:, None] + np.sqrt(rho) / 2 * (in_s[:, None] * at[None, :] + 2 * spread * moved[:, None])
    return Bounded(found, np.broadcast_to(error[:, :, None, None] * _SLIGHTLY, found.shape).copy())


def _each_level(batch: ClusteringBatch, m: int) -> ClusteringBatch:
    """The batch repeated for m levels, with the rho that is best for the graph."""
    values = laplacian_spectrum(batch.n, batch.edges)
    best = 1 / np.sqrt(values[0] * values[-1]) if len(values) else 1.0
    rho = Fraction(2) ** round(float(np.log2(best)))
    rows = np.repeat(np.arange(batch.points.shape[0]), m)
    return ClusteringBatch(
        points=batch.points[rows], weights=batch.weights[rows], edges=batch.edges, rho=rho, norm=batch.norm
    )


def _fixed_point(batch: ClusteringBatch, levels: Floats, most: int) -> Floats:
    """The state s after steps in float64 until it is at rest, ``(batch, E, p)``."""
    x, weights = as_floats(batch.points), as_floats(batch.weights)
    plain = ClusteringBatch(points=x, weights=weights, edges=batch.edges, rho=batch.rho, norm=batch.norm)
    kernel, tables, pair = _compiled(plain, first_state(plain))
    kernel.settle(tables, pair, np.ascontiguousarray(levels), most)
    return np.asarray(pair.v + pair.z)


def _errors(x: Array) -> Floats:
    """The error bounds of an array, zero where its numbers are exact."""
    if isinstance(x, Bounded):
        return x.error
    return _radii(x) if is_balls(x) else np.zeros(x.shape)


def _radii(balls: Array) -> Floats:
    return magnitude(balls - arithmetic.centre(balls))


def _upper(x: Array) -> Floats:
    """Upper ends of nonnegative numbers."""
    return np.maximum(magnitude(x), 0.0)


def _key(edges: Integers) -> tuple[tuple[int, int], ...]:
    return tuple((int(i), int(j)) for i, j in edges)


@cache
def _inverse(n: int, edges: tuple[tuple[int, int], ...], rho: Fraction) -> tuple[Array, int]:
    """(I + rho L)^-1 as whole numbers ``(n, n)`` over a whole number."""
    flint = arithmetic.flint()
    D = incidence(n, np.array(edges, dtype=np.int64).reshape(-1, 2))
    laplacian = D.T @ D
    unit = rho.denominator * np.eye(n, dtype=np.int64)
    whole = flint.fmpz_mat((unit + rho.numerator * laplacian).tolist())
    numerators, denominator = whole.inv().numer_denom()
    above = np.array([[int(entry) for entry in row] for row in numerators.tolist()], dtype=object)
    return above * rho.denominator, int(denominator)


def _constant(numerators: Array, denominator: int, like: Array) -> Array:
    """An array of exact rationals as a constant beside ``like``."""
    if isinstance(like, Residues):
        entries = [[rational_residue(int(a), denominator, like.prime) for a in row] for row in numerators]
        return np.array(entries, dtype=np.int64)
    if isinstance(like, Degrees):
        return np.ones(numerators.shape)
    if isinstance(like, np.ndarray) and like.dtype == object:
        exact = np.vectorize(lambda a: arithmetic.flint().fmpq(int(a), denominator), otypes=[object])(numerators)
        return arithmetic.to_balls(exact) if is_balls(like) else exact
    values = np.array([[float(Fraction(int(a), denominator)) for a in row] for row in numerators])
    return Bounded(values, np.abs(values) * UNIT) if isinstance(like, Bounded) else values
