"""The generalised ADMM of convex biclustering (CBASS) in every number system, on batches of small tables.

U <- U + (X - U + rho [D_r'(V_r - Z_r - D_r U) + (V_c - Z_c - U D_c)D_c']) / (1 + a), then on rows and on columns
s = D U + Z, Z <- its projection on balls of radius lam w / rho, V <- s - Z; columns are the rows of U'.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.clustering.generic import incidence, project_rows
from lemmata.solvers.numbers.arithmetic import Array, transpose


@dataclass(frozen=True, kw_only=True)
class BiclusterBatch:
    """Tables on a graph of rows and a graph of columns.

    Attributes:
        points: X, ``(batch, n, p)``.
        weights: of the edges between rows ``(batch, E_r)``, and between columns ``(batch, E_c)``.
        edges: of the two graphs, ``(E_r, 2)`` and ``(E_c, 2)``.
        rho: of the augmented Lagrangian.
        proximal: a.
        norm: q.
    """

    points: Array
    weights: tuple[Array, Array]
    edges: tuple[Integers, Integers]
    rho: Fraction
    proximal: Fraction
    norm: int = 2

    @property
    def incidences(self) -> tuple[Integers, Integers]:
        """D_r ``(E_r, n)`` and D_c ``(E_c, p)``."""
        return incidence(self.points.shape[1], self.edges[0]), incidence(self.points.shape[2], self.edges[1])

    def differences(self, u: Array) -> tuple[Array, Array]:
        """D_r U ``(batch, E_r, p)`` and D_c U' ``(batch, E_c, n)``."""
        rows, columns = self.incidences
        return rows @ u, columns @ transpose(u)

    def spread(self, rows: Array, columns: Array) -> Array:
        """The adjoint of ``differences``: ``(batch, n, p)``."""
        first, second = self.incidences
        return first.T @ rows + transpose(second.T @ columns)


@dataclass(frozen=True, kw_only=True)
class BiclusterState:
    """U ``(batch, n, p)``, and V and Z of rows ``(batch, E_r, p)`` and of columns ``(batch, E_c, n)``."""

    u: Array
    v: tuple[Array, Array]
    z: tuple[Array, Array]


def bicluster_step(batch: BiclusterBatch, state: BiclusterState, level: Array) -> BiclusterState:
    """One step at the penalties ``level`` (batch,) > 0."""
    pairs = zip(state.v, state.z, batch.differences(state.u), strict=True)
    pull = scaled(batch.spread(*(v - z - apart for v, z, apart in pairs)), batch.rho)
    u = state.u + scaled(batch.points - state.u + pull, 1 / (1 + batch.proximal))
    s = tuple(apart + z for apart, z in zip(batch.differences(u), state.z, strict=True))
    z = tuple(
        project_rows(one, scaled(level[:, None] * weights, 1 / batch.rho), batch.norm)
        for one, weights in zip(s, batch.weights, strict=True)
    )
    return BiclusterState(u=u, v=(s[0] - z[0], s[1] - z[1]), z=(z[0], z[1]))


def scaled(array: Array, factor: Fraction) -> Array:
    """An array times a rational number."""
    return array * factor.numerator / factor.denominator
