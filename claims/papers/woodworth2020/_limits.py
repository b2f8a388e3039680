"""Limits of networks of whole depths from very small and very large initializations, beside the two extreme interpolators."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from lemmata.claims import Family, Hypothesis, Instances, Measurement, Parameters, Procedure, quantity
from lemmata.claims.settings.diagonal.potential import least_norm, least_square, square
from lemmata.claims.settings.diagonal.problems import depth_of, failures, norm, unique_face
from lemmata.claims.settings.diagonal.unique import log_alpha_of, problems
from lemmata.solvers import absolute, matvec, solve_definite, transpose, zeros
from lemmata.solvers.diagonal import limit

other_norm = quantity(r"\lVert x_{\ell_2} \rVert_{1}", "l1 norm of the interpolator of least l2 norm", nonnegative=True)
other_square = quantity(
    r"\lVert x^* \rVert_{2}^{2}", "squared l2 norm of the interpolator of least l1 norm", nonnegative=True
)
_APART = 2.0**-14


def _least_l2(instances: Instances) -> tuple[Any, Any]:
    """The interpolator of least l2 norm for A = [I, B], on and off the support of x*, ``(batch, p)`` and ``(batch, k)``."""
    seen, y = instances["B"], instances["x"]
    gram = seen @ transpose(seen) + zeros(seen, (seen.shape[0], y.shape[1], y.shape[1])) + np.eye(y.shape[1])[None]
    on = solve_definite(gram, y)
    return on, matvec(transpose(seen), on)


def _l1(on: Any, off: Any) -> Any:
    return absolute(on).sum(axis=1) + absolute(off).sum(axis=1)


def _differ(_: Parameters, instances: Instances) -> Any:
    return _l1(*_least_l2(instances)) > (1 + _APART) * instances["x"].sum(axis=1)


def whole_depths(scales: tuple[int, int]) -> Family:
    """Problems at depths three and four whose two extreme interpolators differ, alpha = 2^-scale."""
    differ = Hypothesis(name="least l1 and least l2 norm are attained at different interpolators", holds=_differ)
    base = problems(differ, depths=("3", "4"), scales=scales, unseen=0)
    # A flat x* may be orthogonal to what the columns off the support see, where both norms are least at once.
    return dataclasses.replace(base, edges=tuple(edge for edge in base.edges if "flat" not in edge.name))


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    found = limit(unique_face(instances), log_alpha_of(parameters, instances), depth_of(parameters))
    on, off = found.on * found.sign_on, found.off * found.sign_off
    least_on, least_off = _least_l2(instances)
    x = instances["x"]
    values = {
        norm: _l1(on, off),
        least_norm: x.sum(axis=1),
        other_norm: _l1(least_on, least_off),
        square: (on * on).sum(axis=1) + (off * off).sum(axis=1),
        least_square: (x * least_on).sum(axis=1),
        other_square: (x * x).sum(axis=1),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


extreme_limits = Procedure(
    name="the limit of the flow, from its convex dual, beside the interpolators of least l1 and of least l2 norm",
    measures=(norm, least_norm, other_norm, square, least_square, other_square),
    run=_run,
    rational=False,
)
