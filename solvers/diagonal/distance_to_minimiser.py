"""How far the limit of a diagonal network is from the l1 minimiser it prefers, without subtracting the two.

On the support x is a function of the dual variable u = A_S'v, and so is the preferred minimiser; between the two the
function has a divided difference m, which does not cancel. So A_S m A_S' (difference of v) = what x leaves of A x = y
to the other columns, one linear equation for the difference itself.
"""

from __future__ import annotations

from fractions import Fraction

from lemmata.solvers.diagonal.dual import mirror_angles
from lemmata.solvers.diagonal.limits import Limit
from lemmata.solvers.diagonal.mirror_map import power
from lemmata.solvers.diagonal.reduced_problem import ReducedProblem
from lemmata.solvers.numbers.arithmetic import Array, elementwise, magnitude, transpose, widen
from lemmata.solvers.numbers.linear_algebra import matvec, rational_power, solve_definite, times_fraction


def departure(
    face: ReducedProblem, found: Limit, best: Array, log_alpha: Array, depth: Fraction
) -> tuple[Array, Array]:
    """The limit minus the preferred minimiser on the support, in a unit that goes to zero with it.

    Args:
        face: the problem; its support has full row rank.
        found: its limit, positive on the support.
        best: the preferred minimiser, ``(batch, p)``.
        log_alpha: log of the initialization, ``(batch,)``.
        depth: D.

    Returns:
        The difference on the support over e^unit, ``(batch, p)``, and the unit, ``(batch, 1)``: the ``log_unit`` of the
        limit, or where no columns are off the support D log alpha, but 4 log alpha at depth two.
    """
    scale, log_best = log_alpha[:, None], elementwise(best, "log")
    if depth == 2:  # noqa: PLR2004 - x = e^u - alpha^4 e^-u
        unit = found.log_unit if face.off.shape[2] else 4 * scale
        root = elementwise(1 + 4 * elementwise(4 * scale - 2 * found.log_on, "exp"), "sqrt")
        log_upper = found.log_on + elementwise((1 + root) / 2, "log")
        behind = elementwise(4 * scale - log_upper - unit, "exp")
        slope = elementwise((log_upper + log_best) / 2, "exp") * _sinh_ratio((log_upper - log_best) / 2)
    else:
        g, unit = power(depth), times_fraction(scale, depth)
        behind = lower_branch(found.log_on, scale, depth)
        log_upper = elementwise(found.on + elementwise(unit, "exp") * behind, "log")
        half = times_fraction(log_upper - log_best, 1 / (2 * g))
        mean = elementwise(times_fraction(log_upper + log_best, (g + 1) / (2 * g)), "exp")
        slope = mean * times_fraction(_sinh_ratio(times_fraction(half, g)) / _sinh_ratio(half), g)
    return pulled(face, slope, behind, found.height_off), unit


def pulled(face: ReducedProblem, slope: Array, behind: Array, off: Array) -> Array:
    """X on the support minus its place, ``(batch, p)``, from what is off the support and what stays behind in v.

    Args:
        face: the problem.
        slope: dx/du on the support, ``(batch, p)``, between the two places.
        behind: v^D on the support, ``(batch, p)``.
        off: x off the support, ``(batch, k)``; all in the same unit.
    """
    missing = matvec(face.on, behind)
    if face.off.shape[2]:
        missing = missing - matvec(face.off, off)
    turned = transpose(face.on)
    moved = solve_definite((face.on * slope[:, None, :]) @ turned, missing)
    return slope * matvec(turned, moved) - behind


def lower_branch(log_size: Array, log_alpha: Array, depth: Fraction) -> Array:
    """(v/alpha)^D where x = u^D - v^D > 0 is given by its logarithm, D > 2.

    Args:
        log_size: log x, ``(batch, n)``.
        log_alpha: log of the initialization, ``(batch, 1)``.
        depth: D.
    """
    angle = mirror_angles(log_size, log_alpha, depth)
    return rational_power((1 + elementwise(-2 * angle, "exp")) / 2, power(depth))


def _sinh_ratio(t: Array) -> Array:
    """Sinh t / t near zero, by its series; the error bound holds what is left out."""
    square = t * t
    series = 1 + square / 6 * (1 + square / 20 * (1 + square / 42))
    return widen(series, magnitude(t) ** 8 / 300_000)
