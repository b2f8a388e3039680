"""What is measured at a first-order point of matrix sensing, and what its lift of order l sees there."""

from __future__ import annotations

from functools import partial
from typing import Any

from lemmata.claims import Instances, Measurement, Parameters, Procedure, quantity
from lemmata.claims.papers.ma2023._points import isometry, order_of, point_of
from lemmata.solvers import dot, eigenvalues_symmetric, frobenius_square, full, matvec, transpose
from lemmata.solvers.sensing import measurements, normal

distance = quantity("|X X^\\top - M^*|_F^2", "squared distance of X X' from the truth", nonnegative=True)
seen = quantity(r"|\mathcal{A}(X X^\top - M^*)|^2", "what the measurements see of it, squared", nonnegative=True)
tr = quantity(r"\mathrm{tr}(M^*)", "trace of the truth", nonnegative=True)
G = quantity("G", "minus the least eigenvalue of K(X X' - M*)", real=True)
shortest = quantity(r"\lambda_r(X X^\top)", "r-th largest eigenvalue of X X'", nonnegative=True)
L = quantity("L_s", "sharpest constant with |A(M)|^2 <= L_s |M|_F^2 for symmetric M", nonnegative=True)
alpha = quantity(r"\alpha_s", "sharpest constant with |A(M)|^2 >= alpha_s |M|_F^2 for symmetric M", real=True)
a = quantity("a", "<A(X X'), A(u u')>, u the unit eigenvector of the least eigenvalue of K(X X' - M*)", real=True)
b_u = quantity("b_u", "<A(M*), A(u u')>", real=True)
c = quantity("c", "|A(X q u')|^2, q the right singular vector of the least singular value of X", nonnegative=True)
l = quantity("l", "order of the lift", positive=True)  # noqa: E741 - the paper's letter
curved = quantity(
    r"\nabla^2 h[\Delta, \Delta]",
    "curvature of the lift at vec(X)^(x)l in the direction Delta = vec(u q')^(x)l",
    real=True,
)
next_curved = quantity(r"\nabla^2 h_{l+1}[\Delta, \Delta]", "the same for the lift of order l + 1", real=True)
reached = quantity("|X X^\\top|_F^2", "squared size of X X'", nonnegative=True)
wanted = quantity("|M^*|_F^2", "squared size of the truth", nonnegative=True)
seen_reached = quantity(r"|\mathcal{A}(X X^\top)|^2", "squared measurements of X X'", nonnegative=True)
seen_wanted = quantity(r"|\mathcal{A}(M^*)|^2", "squared measurements of the truth", nonnegative=True)
least_truth = quantity(r"\lambda_r(M^*)", "r-th largest eigenvalue of the truth", nonnegative=True)


def _square(vector: Any) -> Any:
    return dot(vector, vector)


def _along(operator: Any, matrix: Any, direction: Any) -> Any:
    """<A(M), A(v v')>, (batch,)."""
    return dot(matvec(normal(operator, matrix), direction), direction)


def _run(parameters: Parameters, instances: Instances, *, constants: bool, odd: bool, shift: int) -> Measurement:
    point = point_of(instances)
    low, operator = _square(point.bottom), point.operator
    reach, truth = (one @ one.swapaxes(1, 2) for one in (point.factor, point.truth))
    shorter = point.factor[:, :, -1]
    own, target = (_along(operator, one, point.bottom) / low for one in (reach, truth))
    crossed = _square(measurements(operator, shorter[:, :, None] * point.bottom[:, None, :])) / low
    order = order_of(parameters, odd=odd) + shift
    values = {
        distance: frobenius_square(point.difference),
        seen: point.pull * point.pull,
        tr: frobenius_square(point.truth),
        G: point.pull * low,
        shortest: _square(shorter),
        a: own,
        b_u: target,
        c: crossed,
        l: full(low, order),
        curved: _curvature(own, target, crossed, order),
        next_curved: _curvature(own, target, crossed, order + 1),
        reached: frobenius_square(reach),
        wanted: frobenius_square(truth),
        seen_reached: _square(measurements(operator, reach)),
        seen_wanted: _square(measurements(operator, truth)),
    }
    if constants:
        values[L], values[alpha] = isometry(point)
        values[least_truth] = eigenvalues_symmetric(transpose(point.truth) @ point.truth)[:, -1]
    return Measurement.of(values, case="at a first-order point")


def _curvature(own: Any, target: Any, crossed: Any, order: int) -> Any:
    """The Hessian form a^l - b_u^l + 2 c^l of the lift: `lifting` puts it on trial."""
    return own**order - target**order + 2 * crossed**order


_RATIONAL = (
    distance,
    seen,
    tr,
    G,
    shortest,
    a,
    b_u,
    c,
    l,
    curved,
    next_curved,
    reached,
    wanted,
    seen_reached,
    seen_wanted,
)


def at_points(*, constants: bool = False, odd: bool = True, shift: int = 0) -> Procedure:
    """The quantities of a first-order point, in rationals; with the sharpest ``constants`` L_s and alpha_s in balls."""
    name = "a first-order point and its lift" + (", with the extreme eigenvalues of K" if constants else "")
    return Procedure(
        name=name,
        measures=(*_RATIONAL, L, alpha, least_truth) if constants else _RATIONAL,
        run=partial(_run, constants=constants, odd=odd, shift=shift),
        rational=not constants,
        cost=8 if constants else 4,
    )
