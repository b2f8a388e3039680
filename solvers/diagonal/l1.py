"""Basis pursuit, min |x|_1 subject to A x = y: its value, the whole face of its minimisers, and dual certificates.

Linear programs are solved by HiGHS, through SciPy. One optimal vertex is not the face, and one dual vertex is
not a strict certificate; both are asked for by programs of their own.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers.diagonal.reduced_problem import ReducedProblem
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import ShapeError

Mask: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"

_HALF = 0.5
_SLACK, _LARGEST = 1e-11, 1e6
"""By how much rounding may exceed the least norm, and how far a minimiser is scaled up in search of its smallest
entries: their product must stay far below one, or entries off the support would show."""
_IN_RANGE = 1e-9
_MOST_SIGNS = 12


class NotInRangeError(ValueError):
    """No x solves A x = y; the message says how far y is from the range of A."""


class LinearProgramError(RuntimeError):
    """HiGHS did not solve a linear program; the message is its own."""


@dataclass(frozen=True, kw_only=True)
class BasisPursuit:
    """The minimisers of |x|_1 subject to A x = y.

    Attributes:
        value: the least l1 norm.
        minimiser: one of the minimisers, ``(n,)``; a vertex of their face.
        support: union of the supports of all of them, ``(n,)`` booleans.
        signs: their common signs, ``(n,)``; zero off the support.
        dual: mu of a certificate A'mu that is the signs on the support and smallest off it, ``(m,)``.
        rho: largest modulus of that certificate off the support; below one.
        unique: whether there is one minimiser only.
    """

    value: float
    minimiser: Floats
    support: Mask
    signs: Floats
    dual: Floats
    rho: float
    unique: bool


def basis_pursuit(matrix: Floats, target: Floats) -> BasisPursuit:
    """Solve basis pursuit.

    Args:
        matrix: A, ``(m, n)``.
        target: y, ``(m,)``.

    Raises:
        ShapeError: the two do not fit, or are not finite.
        NotInRangeError: A x = y has no solution.
        LinearProgramError: HiGHS failed.
    """
    matrix, target = np.asarray(matrix, dtype=float), np.asarray(target, dtype=float)
    _check(matrix, target)
    count = matrix.shape[1]
    split = np.hstack([matrix, -matrix])
    found = _program(np.ones(2 * count), equal=(split, target))
    value, minimiser = float(found.fun), found.x[:count] - found.x[count:]
    support, signs = _largest_support(split, target, value)
    dual, rho = _certificate(matrix, support, signs)
    rank = np.linalg.matrix_rank(matrix[:, support]) if support.any() else 0
    return BasisPursuit(
        value=value,
        minimiser=minimiser,
        support=support,
        signs=signs,
        dual=dual,
        rho=rho,
        unique=bool(rank == support.sum()),
    )


def reduced(matrix: Floats, target: Floats, solved: BasisPursuit) -> ReducedProblem:
    """The problem reduced to the face of its minimisers, a batch of one, for ``limit``.

    The columns keep their order within the support and off it; on the support they carry its signs.
    """
    on, off = matrix[:, solved.support] * solved.signs[solved.support], matrix[:, ~solved.support]
    frame, sizes, _ = np.linalg.svd(on)
    rank = int(np.sum(sizes > sizes.max(initial=0.0) * 1e-10))
    seen, unseen = frame[:, :rank], frame[:, rank:]
    certificate = off.T @ solved.dual
    parts = {
        "on": seen.T @ on,
        "off": seen.T @ off,
        "target": seen.T @ target,
        "certificate": certificate,
        "dual_slack": 1 - np.abs(certificate),
        "unseen": off.T @ unseen,
        "anchor": seen.T @ solved.dual,
    }
    return ReducedProblem(**{name: part[None] for name, part in parts.items()})


@dataclass(frozen=True, kw_only=True)
class NullSpaceConstants:
    """How much of a null vector can sit on the support, over what sits off it.

    Attributes:
        rho: largest -<sigma, n_S>.
        one_sided: largest sum of |n_i| over the i in S with sigma_i n_i < 0 (rho_pm).
        full: largest |n_S|_1 (rho tilde); all over n in the kernel with |n off S|_1 <= 1.
    """

    rho: float
    one_sided: float
    full: float


def null_space_constants(matrix: Floats, support: Mask, signs: Floats) -> NullSpaceConstants:
    """The constants of a unique minimiser's support, by linear programs; 2^|S| of them.

    Args:
        matrix: A, ``(m, n)``.
        support: S, ``(n,)`` booleans, at most twelve true, columns independent.
        signs: sigma, ``(n,)``.

    Raises:
        ValueError: too large a support, or dependent columns on it: the constants are infinite.
        LinearProgramError: HiGHS failed.
    """
    size = int(support.sum())
    if size > _MOST_SIGNS:
        raise ValueError(
            f"null_space_constants got a support of {size}; expected at most {_MOST_SIGNS}: 2^|S| programs"
        )
    if np.linalg.matrix_rank(matrix[:, support]) < size:
        raise ValueError("null_space_constants got dependent columns on the support; its constants are infinite there")
    sigma = signs[support]
    corners = [np.array(corner) for corner in product((0.0, 1.0), repeat=size)]
    return NullSpaceConstants(
        rho=_largest_null(matrix, support, -sigma),
        one_sided=max(_largest_null(matrix, support, -sigma * corner) for corner in corners),
        full=max(_largest_null(matrix, support, 2 * corner - 1) for corner in corners),
    )


def _largest_null(matrix: Floats, support: Mask, weights: Floats) -> float:
    """Largest <weights, n_S> over n in the kernel with |n off S|_1 <= 1."""
    on, off = matrix[:, support], matrix[:, ~support]
    k = off.shape[1]
    if not k:
        return 0.0
    objective = np.concatenate([-weights, np.zeros(2 * k)])
    equal = (np.hstack([on, off, -off]), np.zeros(len(matrix)))
    most = (np.concatenate([np.zeros(on.shape[1]), np.ones(2 * k)])[None], np.ones(1))
    bounds = [(None, None)] * on.shape[1] + [(0, None)] * (2 * k)
    return float(-_program(objective, equal=equal, most=most, bounds=bounds).fun)


def _largest_support(split: Floats, target: Floats, value: float) -> tuple[Mask, Floats]:
    """The union of all minimisers' supports: scale a minimiser up until every entry that can be positive is one."""
    m, double = split.shape
    count = double // 2
    # Unknowns: the two halves of x, its scale s >= 1, and t_i <= min(|x_i|, 1), of which the sum is made largest.
    ones = np.eye(count)
    equal = (np.hstack([split, -target[:, None], np.zeros((m, count))]), np.zeros(m))
    most = (
        np.vstack(
            [
                np.hstack([-ones, -ones, np.zeros((count, 1)), ones]),
                np.concatenate([np.ones(double), [-value * (1 + _SLACK)], np.zeros(count)])[None],
            ]
        ),
        np.zeros(count + 1),
    )
    bounds = [(0, None)] * double + [(1, _LARGEST)] + [(0, 1)] * count
    found = _program(np.concatenate([np.zeros(double + 1), -np.ones(count)]), equal=equal, most=most, bounds=bounds)
    support = found.x[double + 1 :] > _HALF
    signs = np.sign(found.x[:count] - found.x[count:double]) * support
    return support, signs


def _certificate(matrix: Floats, support: Mask, signs: Floats) -> tuple[Floats, float]:
    """A vector mu with A'mu equal to the signs on the support and as small as can be off it, and how small."""
    m, off = len(matrix), matrix[:, ~support].T
    objective = np.concatenate([np.zeros(m), [1.0]])
    equal = (np.hstack([matrix[:, support].T, np.zeros((int(support.sum()), 1))]), signs[support])
    column = -np.ones((len(off), 1))
    most = (np.vstack([np.hstack([off, column]), np.hstack([-off, column])]), np.zeros(2 * len(off)))
    bounds = [(None, None)] * m + [(0, None)]
    found = _program(objective, equal=equal, most=most, bounds=bounds)
    return found.x[:m], float(found.fun)


def _program(
    objective: Floats,
    *,
    equal: tuple[Floats, Floats],
    most: tuple[Floats, Floats] | None = None,
    bounds: Any = (0, None),
) -> Any:
    optimize = importlib.import_module("scipy.optimize")
    upper = {} if most is None else {"A_ub": most[0], "b_ub": most[1]}
    tight = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    found = optimize.linprog(
        objective, A_eq=equal[0], b_eq=equal[1], bounds=bounds, method="highs", options=tight, **upper
    )
    if found.status:
        raise LinearProgramError(f"HiGHS ended with status {found.status}: {found.message}")
    return found


def _check(matrix: Floats, target: Floats) -> None:
    if matrix.ndim != 2 or target.shape != matrix.shape[:1] or not matrix.size:  # noqa: PLR2004 - a matrix
        raise ShapeError(
            f"basis_pursuit got A {matrix.shape} and y {target.shape}; expected (m, n) and (m,), not empty"
        )
    if not (np.isfinite(matrix).all() and np.isfinite(target).all()):
        raise ShapeError("basis_pursuit got NaN or infinity; expected finite numbers")
    nearest = matrix @ np.linalg.lstsq(matrix, target, rcond=None)[0]
    distance = float(np.linalg.norm(target - nearest))
    if distance > _IN_RANGE * (1 + float(np.linalg.norm(target))):
        raise NotInRangeError(
            f"y is {distance:.3g} away from the range of A: no x solves A x = y; give a y in the range, for example "
            "A @ x, or drop dependent rows"
        )
