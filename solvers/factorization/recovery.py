"""Gradient descent on |F G' - X|_F^2 / 2 from a small start: dynamics, reduction to singular values, linear phase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.engine.iteration import Dynamics, Shapes, State
from lemmata.solvers.engine.programs import Program, Tape
from lemmata.solvers.numbers.arithmetic import Array, Floats, as_floats, concatenate, elementwise, transpose
from lemmata.solvers.numbers.errors import NotFiniteError, ShapeError
from lemmata.solvers.numbers.linear_algebra import rectangular_diagonal

LINEAR_LEVEL = 1e-8
"""Size of the start, in units of sqrt(s_1), up to which the linear phase is exact to rounding: its square is 1e-16."""


def _step(state: State, constants: State) -> State:
    (left, right), (target, eta) = state, constants
    residual = target - left @ transpose(right)
    return left + eta * (residual @ right), right + eta * (transpose(residual) @ left)


def _program(state: Shapes, _: Shapes) -> Program:
    (m, k), (n, _k) = state
    tape = Tape()
    (left, right), (target, eta), (minus,) = tape.layout(state, [(m, n), (1, 1)], [-1.0])
    residual, other = tape.scratch(m, n), tape.scratch(n, k)
    for now, then in ((right, other), (other, right)):
        tape.phase(left, now)
        tape.product(residual, target, minus, left, now.transposed)
        tape.product(then, now, eta, residual.transposed, left)
        tape.product(left, left, eta, residual, now)
    return tape.finish()


def _work(state: Shapes, _: Shapes) -> int:
    (m, k), (n, _k) = state
    return 6 * m * n * k


def _alone(state: State, constants: State, steps: int) -> State:
    """One large instance in float64: three products a step, added in place by BLAS; factors are kept transposed."""
    from scipy.linalg.blas import dgemm

    (left, right), (target, eta) = state, constants
    f, g, x = (np.array(part, order="F") for part in (left[0].T, right[0].T, target[0]))
    residual, other, pace = np.empty_like(x), np.empty_like(g), float(eta[0, 0, 0])
    for _ in range(steps):
        residual[...], other[...] = x, g
        # dgemm(alpha, a, b, beta, c, trans_a, trans_b, overwrite_c) is c = alpha a b + beta c.
        dgemm(-1.0, f, g, 1.0, residual, 1, 0, 1)
        dgemm(pace, f, residual, 1.0, other, 0, 0, 1)
        dgemm(pace, g, residual, 1.0, f, 0, 1, 1)
        g, other = other, g
    return np.ascontiguousarray(f.T)[None], np.ascontiguousarray(g.T)[None]


factorization = Dynamics(
    name="gradient descent on |F G' - X|_F^2 / 2",
    step=_step,
    program=_program,
    work=_work,
    alone=_alone,
    of_matrices=True,
)
"""State (F, G), ``(batch, m, k)``, ``(batch, n, k)``; constants (X, eta), ``(batch, m, n)``, ``(batch, 1, 1)``."""


def _reduced_step(state: State, constants: State) -> State:
    (left, right), (strengths, eta) = state, constants
    d = strengths.shape[1]
    driven_left, driven_right = _padded(strengths * right[:, :d], left), _padded(strengths * left[:, :d], right)
    return (
        left + eta * (driven_left - left @ (transpose(right) @ right)),
        right + eta * (driven_right - right @ (transpose(left) @ left)),
    )


def _padded(top: Array, like: Array) -> Array:
    """``top`` with rows of zeros below, as many rows as ``like``."""
    return concatenate([top, like[:, top.shape[1] :] * 0], axis=1) if top.shape[1] < like.shape[1] else top


def _reduced_program(state: Shapes, constants: Shapes) -> Program:
    (m, k), (n, _k) = state
    tape, d = Tape(), constants[0][0]
    (left, right), (strengths, eta), (one, minus) = tape.layout(state, [(d, 1), (1, 1)], [1.0, -1.0])
    square, none, back = tape.scratch(k, k), tape.scratch(k, k), tape.scratch(1, 1)
    other_left, other_right = tape.scratch(m, k), tape.scratch(n, k)
    for now, then in (((left, right), (other_left, other_right)), ((other_left, other_right), (left, right))):
        tape.phase(*now)
        tape.product(back, none.top(1), minus, eta, one)
        for factor, other, result in (
            (now[0], now[1], then[0]),
            (now[1], now[0], then[1]),
        ):
            tape.product(square, none, one, other.transposed, other)
            tape.product(result, factor, back, factor, square)
            tape.rows(result.top(d), result.top(d), eta, strengths, other.top(d))
    return tape.finish()


def _reduced_work(state: Shapes, _: Shapes) -> int:
    (m, k), (n, _k) = state
    return 4 * (m + n) * k * k


reduced_factorization = Dynamics(
    name="gradient descent on |F G' - diag(s)|_F^2 / 2",
    step=_reduced_step,
    program=_reduced_program,
    work=_reduced_work,
)
"""The same in the singular bases of X, in which each row moves by multiples of rows of its own index.

State (F, G), constants (s, eta): ``(batch, d, 1)`` singular values with d <= min(m, n), the others zero, and
``(batch, 1, 1)``. Rows keep their relative precision, however small they are beside others.
"""


def diagonal_problem(left: Array, right: Array, strengths: Array, eta: Array) -> tuple[Dynamics, State]:
    """The cheaper of both dynamics for the target diag(s), with its constants, for factors of these shapes.

    Where X is small its literal form takes fewer operations; rows keep their relative precision in both.
    """
    m, n = left.shape[1], right.shape[1]
    if m * n > _LITERAL:
        return reduced_factorization, (strengths, eta)
    return factorization, (rectangular_diagonal(strengths[:, :, 0], m, n), eta)


_LITERAL = 120
"""Entries of the target up to which the literal form is faster."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reduction:
    """A factorization problem in the singular bases of its target: F = U `left`, G = V `right`, X = U diag(s) V'.

    Attributes:
        left, right: the factors ``(batch, m, k)``, ``(batch, n, k)``.
        strengths: singular values ``(batch, d, 1)``, d = min(m, n), in decreasing order.
        left_basis, right_basis: U ``(batch, m, m)`` and V ``(batch, n, n)``.
    """

    left: Floats
    right: Floats
    strengths: Floats
    left_basis: Floats
    right_basis: Floats


def reduce_to_singular_basis(left: Floats, right: Floats, target: Floats) -> Reduction:
    """Turn factors ``(batch, m, k)``, ``(batch, n, k)`` and a target ``(batch, m, n)`` into its singular bases.

    Gradient descent commutes with this change of bases (and with every rotation of the k columns).

    Raises:
        ShapeError, NotFiniteError: see `check_factors`.
    """
    check_factors(left, right, target)
    u, strengths, v = np.linalg.svd(target)
    return Reduction(
        left=u.transpose(0, 2, 1) @ left,
        right=v @ right,
        strengths=strengths[:, :, None],
        left_basis=u,
        right_basis=v.transpose(0, 2, 1),
    )


def check_factors(left: Array, right: Array, target: Array) -> None:
    """Refuse factors and a target that do not fit, hold no column or no instance, or are not finite.

    Raises:
        ShapeError: shapes other than ``(batch, m, k)``, ``(batch, n, k)``, ``(batch, m, n)``; k or batch zero.
        NotFiniteError: NaN or infinity; the message names the first place.
    """
    batch, m, n = target.shape
    k = left.shape[-1]
    if left.shape != (batch, m, k) or right.shape != (batch, n, k):
        raise ShapeError(
            f"got factors {left.shape} and {right.shape} for a target {target.shape}; expected (batch, m, k), "
            "(batch, n, k) and (batch, m, n)."
        )
    if k == 0 or batch == 0:
        raise ShapeError(f"got factors {left.shape}: no {'column' if k == 0 else 'instance'}; expected one or more.")
    for name, part in (("F", left), ("G", right), ("X", target)):
        bad = np.argwhere(~np.isfinite(as_floats(part)))
        if len(bad):
            raise NotFiniteError(
                f"{name} holds NaN or infinity, first in instance {bad[0][0]} at row {bad[0][1]}, column {bad[0][2]}; "
                "drop or repair these entries."
            )


def best_of_rank(target: Floats, rank: int) -> Floats:
    """The best approximations X_r of ``(batch, m, n)`` of a rank, by the singular value decomposition.

    Raises:
        ShapeError: a rank below zero or above min(m, n).
    """
    if not 0 <= rank <= min(target.shape[1:]):
        raise ShapeError(
            f"best_of_rank got rank {rank} for matrices of shape {target.shape[1:]}; expected 0 to their least side."
        )
    u, s, v = np.linalg.svd(target, full_matrices=False)
    return np.asarray((u[:, :, :rank] * s[:, None, :rank]) @ v[:, :rank])


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearPhase:
    """The state at the end of the linear phase: factors, and the steps made, ``(batch,)``."""

    left: Array
    right: Array
    steps: Floats


def linear_phase(
    left: Array, right: Array, strengths: Array, eta: Array, *, log_size: Array, most: Floats | None = None
) -> LinearPhase:
    """Jump over the steps in which the start exp(``log_size``) (F, G) is too small to move itself but linearly.

    In the singular bases (F_i + G_i)/2 grows by 1 + eta s_i and (F_i - G_i)/2 shrinks by 1 - eta s_i a step, up to
    the squares of their sizes: whole steps are made until the largest row is ``LINEAR_LEVEL`` sqrt(s_1).

    Args:
        left: factor of size one ``(batch, m, k)``.
        right: the other ``(batch, n, k)``.
        strengths: ``(batch, d, 1)``, positive, first the largest.
        eta: step sizes ``(batch, 1, 1)``, eta s_1 < 1.
        log_size: logarithm of the size of the start ``(batch,)``; may be below that of the smallest float.
        most: the most steps that are made, ``(batch,)``. A start without any part that grows, F = -G, never
            reaches the level: without ``most`` its steps are infinite.
    """
    d = strengths.shape[1]
    grow, shrink = elementwise(1 + eta * strengths, "log"), elementwise(1 - eta * strengths, "log")
    mean, half = (left[:, :d] + right[:, :d]) / 2, (left[:, :d] - right[:, :d]) / 2
    steps = _steps_until_level(as_floats(mean), as_floats(strengths), as_floats(grow), as_floats(log_size))
    steps = steps if most is None else np.minimum(steps, most)
    count, size = steps[:, None, None], log_size[:, None, None]
    grown = mean * elementwise(grow * count + size, "exp")
    shrunk = half * elementwise(shrink * count + size, "exp")
    still = elementwise(size, "exp")
    return LinearPhase(
        left=_joined(grown + shrunk, left[:, d:], still),
        right=_joined(grown - shrunk, right[:, d:], still),
        steps=steps,
    )


def _joined(top: Array, rest: Array, factor: Array) -> Array:
    return concatenate([top, rest * factor], axis=1) if rest.shape[1] else top


def _steps_until_level(mean: Floats, strengths: Floats, grow: Floats, log_size: Floats) -> Floats:
    """Whole steps until some row of the growing part reaches the level; none if the start is above it."""
    lengths = np.linalg.norm(mean, axis=2)
    level = np.log(LINEAR_LEVEL) + np.log(strengths[:, 0]) / 2
    with np.errstate(divide="ignore"):
        waits = (level - log_size[:, None] - np.log(lengths)) / grow[:, :, 0]
    return np.asarray(np.maximum(np.floor(waits.min(axis=1)), 0.0))
