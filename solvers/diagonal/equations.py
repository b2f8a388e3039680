"""The equations of the convex dual behind the limits of diagonal networks, split on and off the support.

On the support S of the l1 minimisers the dual variable lies so near the boundary of the dual ball that only its
distance, in units of alpha^(D-2), can be stored; off the support it is an ordinary number. With the data reduced to the
row space of the columns in S the unknowns stay of order one at every scale, down to alpha = 10^-100000.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.solvers.diagonal.mirror_map import power
from lemmata.solvers.diagonal.reduced_problem import ReducedProblem
from lemmata.solvers.numbers.arithmetic import Array, Floats, as_floats, concatenate, elementwise, transpose
from lemmata.solvers.numbers.linear_algebra import matvec, rational_power, times_fraction
from lemmata.solvers.numbers.order import signs

_NEWTON, _HALVINGS = 60, 40
_CONVERGED = 1e-13
_NEAR_ONE = 0.5
_IDLE = 1e-13


@dataclass(frozen=True, kw_only=True)
class Point:
    """The equations at one unknown (v, c).

    Attributes:
        unknown: ``(batch, r + q)``.
        u: the dual variable on the support, as it is stored there, ``(batch, p)``.
        z: the dual variable off it, ``(batch, k)``.
        room: log(1 - |z|), ``(batch, k)``; unused at depth two.
        entries, steepness: x and dx/du on the support, ``(batch, p)``.
        heights, rises: x and dx/dz off the support, over alpha^D, or for depth two over e^peak, ``(batch, k)``.
        residual: F, ``(batch, r + q)``.
    """

    unknown: Array
    u: Array
    z: Array
    room: Array
    entries: Array
    steepness: Array
    heights: Array
    rises: Array
    residual: Array

    def only(self, rows: Any) -> Point:
        """Some instances of the batch."""
        return Point(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})


class Equations:
    """F(v, c) = 0 for the two parts of the dual variable, with its Jacobian, in any number system."""

    def __init__(self, face: ReducedProblem, log_alpha: Array, depth: Fraction) -> None:
        self.face, self.depth, self.log_alpha = face, depth, log_alpha
        self.rank = face.on.shape[1]
        column = log_alpha[:, None]
        self.two = depth == 2  # noqa: PLR2004 - the hyperbolic entropy
        if self.two:
            self.lam = -2 * column
            widest = as_floats(-column * 2)[:, 0] * np.abs(as_floats(face.certificate)).max(axis=1, initial=0.0)
            self.peak = widest[:, None]
            self.size, self.pace = elementwise(-self.lam + self.peak, "exp"), self.lam * 0 + 1
        else:
            self.g = power(depth)
            # What turns the heights off the support into x, and v into z.
            self.pace = elementwise(times_fraction(column, depth - 2), "exp")
            self.size = elementwise(times_fraction(column, depth), "exp")

    @property
    def log_unit(self) -> Array:
        """Logarithm of the unit of the heights off the support, ``(batch, 1)``."""
        return self.peak - self.lam if self.two else times_fraction(self.log_alpha[:, None], self.depth)

    def in_floats(self) -> Equations:
        """The same in plain float64."""
        return Equations(self.face.in_floats(), as_floats(self.log_alpha), self.depth)

    def only(self, rows: Any) -> Equations:
        """Those of some instances of the batch."""
        return Equations(self.face.only(rows), self.log_alpha[rows], self.depth)

    def at(self, unknown: Array) -> Point:
        """Everything that depends on the unknown, but for the Jacobian."""
        u, z, room = self._parts(unknown)
        entries, steepness = self._on_support(u)
        heights, rises = self._off_support(z, room)
        face = self.face
        residual = matvec(face.on, entries) + matvec(face.off, self.size * heights) - face.target
        if face.unseen.shape[2]:
            residual = concatenate([residual, matvec(transpose(face.unseen), heights)], axis=1)
        return Point(
            unknown=unknown,
            u=u,
            z=z,
            room=room,
            entries=entries,
            steepness=steepness,
            heights=heights,
            rises=rises,
            residual=residual,
        )

    def _parts(self, unknown: Array) -> tuple[Array, Array, Array]:
        """(u on the support, dual z off it, log(1 - |z|)); no third for depth two."""
        v, c = unknown[:, : self.rank], unknown[:, self.rank :]
        on, along = matvec(transpose(self.face.on), v), matvec(transpose(self.face.off), v)
        if self.two:
            flat = self.lam * self.face.certificate + along
            z = flat + matvec(self.face.unseen, c) if c.shape[1] else flat
            return on, z, z
        moved = self.pace * along
        if c.shape[1]:
            moved = matvec(self.face.unseen, c) + moved
        z = self.face.certificate + moved
        if not z.shape[1]:
            return on, z, z  # an empty object array does not know its number system
        side, sign = signs(self.face.certificate), signs(z)
        near = ((np.abs(as_floats(z)) > _NEAR_ONE) & (sign == side)).astype(float)
        slack = (self.face.dual_slack - moved * side) * near + (1 - near)
        room = near * elementwise(slack, "log") + (1 - near) * elementwise(-(z * sign) * (1 - near), "log1p")
        return on, z, room

    def _on_support(self, u: Array) -> tuple[Array, Array]:
        """Entries of x and dx/du on the support."""
        if not u.shape[1]:
            return u, u
        if self.two:
            up, down = elementwise(u, "exp"), elementwise(-u - 2 * self.lam, "exp")
            return up - down, up + down
        far = 2 + self.pace * u
        up, down = rational_power(-u, -self.g), self.size * rational_power(far, -self.g)
        slope = times_fraction(up / (-u) + self.pace * down / far, self.g)
        return up - down, slope

    def _off_support(self, z: Array, room: Array) -> tuple[Array, Array]:
        """Entries of x and dx/dz off the support, over alpha^D, or for depth two over e^peak."""
        if not z.shape[1]:
            return z, z
        if self.two:
            if not self.peak.any():
                rise = elementwise(z, "exp") + elementwise(-z, "exp")
                return elementwise(z, "expm1") - elementwise(-z, "expm1"), rise
            up, down = elementwise(z - self.peak, "exp"), elementwise(-z - self.peak, "exp")
            return up - down, up + down
        # h = 2 (1 - z^2)^(-g/2) sinh(g artanh z), so that nothing cancels near zero, with log(1 - |z|) from above.
        sign = signs(z)
        outer = elementwise(z * sign, "log1p")
        turn = times_fraction(outer - room, self.g) / 2
        middle = elementwise(times_fraction(room + outer, -self.g) / 2, "exp") * sign
        rise = [elementwise(times_fraction(part, -self.g - 1), "exp") for part in (room, outer)]
        height = middle * (elementwise(turn, "expm1") - elementwise(-turn, "expm1"))
        return height, times_fraction(rise[0] + rise[1], self.g)

    def violation(self, at: Point) -> Floats:
        """Largest |F|, over the size of what it sums: the target, and the heights off the support; ``(batch,)``."""
        found = np.abs(as_floats(at.residual))
        target = np.abs(as_floats(self.face.target)).max(axis=1, initial=0.0)
        seen = found[:, : self.rank].max(axis=1, initial=0.0) / np.where(target > 0, target, 1.0)
        if found.shape[1] == self.rank:
            return np.asarray(seen)
        tallest = np.abs(as_floats(at.heights)).max(axis=1)
        unseen = found[:, self.rank :].max(axis=1) / np.where(tallest > 0, tallest, 1.0)
        return np.asarray(np.maximum(seen, unseen))

    def jacobian(self, at: Point) -> Array:
        """Jacobian of F, ``(batch, r + q, r + q)``: symmetric positive definite up to positive factors of rows."""
        on, off, unseen = self.face.on, self.face.off, self.face.unseen
        top = (on * at.steepness[:, None, :]) @ transpose(on)
        if not unseen.shape[2]:
            weights = (self.size * self.pace) * at.rises
            return top + (off * weights[:, None, :]) @ transpose(off)
        weighted = off * at.rises[:, None, :]
        top = top + (self.size * self.pace)[..., None] * (weighted @ transpose(off))
        corner, side = weighted @ unseen, transpose(unseen * at.rises[..., None])
        upper = concatenate([top, self.size[..., None] * corner], axis=2)
        lower = concatenate([self.pace[..., None] * transpose(corner), side @ unseen], axis=2)
        return concatenate([upper, lower], axis=1)

    def admissible(self, at: Point) -> Any:
        """Whether the dual variable is inside its ball, ``(batch,)``; always so for depth two."""
        if self.two:
            return np.all(np.isfinite(at.unknown), axis=1)
        return np.all((at.u < 0) & (2 + self.pace * at.u > 0), axis=1) & np.all(np.abs(at.z) < 1, axis=1)

    def start(self) -> Floats:
        """An admissible unknown near the solution, in float64: the anchor, scaled as the target asks."""
        anchor = self.face.anchor
        if not self.face.on.shape[2]:
            return np.zeros((len(anchor), self.rank + self.face.unseen.shape[2]))
        typical = np.abs(matvec(self.face.on, np.ones(self.face.on.shape[::2]))).max(axis=1, keepdims=True)
        size = np.abs(self.face.target).max(axis=1, keepdims=True) / np.maximum(typical, 1e-300)
        height = np.log(size) if self.two else -(size ** (-1 / float(self.g)))
        if not self.two:
            height = np.maximum(height, -1.0 / self.pace)
        silent = np.zeros((len(anchor), self.face.unseen.shape[2]))
        start = np.concatenate([anchor * height, silent], axis=1)
        if self.face.on.shape[1] != self.face.on.shape[2]:
            return start
        # A unique minimiser: what the dual variable is at its entries, which is the limit for small scales.
        entries = solve_each(self.face.on, self.face.target)
        height = np.log(entries) if self.two else -(entries ** (-1 / float(self.g)))
        near = solve_each(transpose(self.face.on), height)
        better = np.concatenate([near, silent], axis=1)
        admissible = np.all(entries > 0, axis=1) & self._admissible_start(better)
        return np.where(admissible[:, None], better, start)

    def _admissible_start(self, unknown: Floats) -> Any:
        return np.all(np.isfinite(unknown), axis=1) if self.two else self.admissible(self.at(unknown))


def solve_each(matrix: Floats, right: Floats) -> Floats:
    """The solutions ``(batch, n)`` in float64; NaN where a matrix ``(batch, n, n)`` is singular, and no exception."""
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
    except np.linalg.LinAlgError:
        singular = np.linalg.matrix_rank(np.where(np.isfinite(matrix), matrix, 0.0)) < matrix.shape[1]
        regular = np.where(singular[:, None, None], np.eye(matrix.shape[1]), matrix)
        return np.asarray(np.where(singular[:, None], np.nan, np.linalg.solve(regular, right[..., None])[..., 0]))


def solved(equations: Equations) -> Floats:
    """Damped Newton in float64 on the whole batch; instances leave it as they arrive."""
    with np.errstate(all="ignore"):  # what is not admissible is rejected, not warned about
        at = equations.at(equations.start())
        answer: Floats = at.unknown.copy()
        rows = np.arange(len(answer))
        tolerance = _CONVERGED * (1 + np.abs(equations.face.target).max(axis=1, initial=0.0))
        ended = _size(at) <= tolerance
        for _ in range(_NEWTON):
            if ended.any():
                rows, at, equations = rows[~ended], at.only(~ended), equations.only(~ended)
            if not rows.size:
                break
            at, stuck = _damped(equations, at)
            answer[rows] = at.unknown
            ended = (_size(at) <= tolerance[rows]) | stuck  # what no step makes smaller is at rounding level
    return answer


def _damped(equations: Equations, at: Point) -> tuple[Point, Any]:
    """One step of Newton, as long as the residual falls, and a mask of the instances that no length of it improves."""
    step, size = solve_each(equations.jacobian(at), at.residual), _size(at)
    best, left, length, whole = at.unknown.copy(), np.arange(len(at.unknown)), 1.0, None
    reach = 1 + np.abs(best).max(axis=1)
    far = np.abs(step).max(axis=1) > _IDLE * reach  # what is shorter is rounding, and not worth halving
    stuck = np.ones(len(best), dtype=bool)
    for _ in range(_HALVINGS):
        some = equations.only(left) if len(left) < len(best) else equations
        tried = some.at(at.unknown[left] - length * step[left])
        good = some.admissible(tried) & (_size(tried) <= size[left] * (1 - length / 4))
        best[left[good]] = tried.unknown[good]
        stuck[left[good]] = False
        whole = tried if good.all() and some is equations else None
        left, length = left[~good & far[left]], length / 2
        if not left.size:
            break
    return (equations.at(best) if whole is None else whole), stuck


def _size(at: Point) -> Floats:
    return np.asarray(np.sqrt(np.einsum("bi,bi->b", at.residual, at.residual)))
