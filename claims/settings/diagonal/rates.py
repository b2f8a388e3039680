"""Errors of diagonal networks along a grid of scales down to alpha = 2^-4096, with the predicted constants."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    choice,
    integers,
    matrix,
    quantity,
    vector,
)
from lemmata.claims.settings.diagonal.diabetes import PATIENTS_UNIQUE, patient_data, table_pictures, unique_patients
from lemmata.claims.settings.diagonal.problems import (
    D,
    alpha,
    certificate_of,
    depth_of,
    error,
    failures,
    limits_along,
    rho,
    scale_grid,
    unique_face,
)
from lemmata.claims.settings.diagonal.unique import draw, extremes, smallest_certificate
from lemmata.solvers import (
    absolute,
    as_floats,
    elementwise,
    full,
    greatest,
    matvec,
    rational_power,
    signs,
    stack,
    transpose,
)
from lemmata.solvers.diagonal import Limit, ReducedProblem

B, c, v = matrix("B", "p", "k"), vector("c", "k"), vector("v", "k")
support_product = quantity(
    r"\prod_{i \in S} |x^*_i|^{-\sigma_i n_i}",
    "powers of the minimiser's entries along the null vector n that attains rho",
    positive=True,
)
others_product = quantity(
    r"\prod_{j \notin S} |n_j|^{-|n_j|}", "the exponential of the entropy of n off the support", positive=True
)
ray_norm = quantity(r"\lVert n \rVert_{1}", "l1 norm of the null vector n that attains rho", positive=True)

_FAR, _NEAR = (32, 64, 128, 256, 512, 1024, 2048, 4096), (4, 8, 16, 32, 64, 128, 256)
_RUNNER_UP = 1 / 32
_UNSEEN = {"unseen": 1, "support": 2, "others": 2}
_MATRICES = {
    B: "the columns off the support in those of the support, A = [I, B]",
    c: "the dual certificate off the support, B'1",
    v: "leading order of the limit off the support, in units of alpha^(2D-2)",
}

Parts = Callable[[Instances, Fraction], dict[Any, Any]]
"""From instances and the depth to the quantities of which a leading constant is made."""


def _drawn_or_real(draws: Any) -> Any:
    """A draw that takes the table of patients where the parameters ask for it."""

    def drawn(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return unique_patients() if "patients" in parameters else draws(parameters, rng, size)

    return drawn


def family(
    *hypotheses: Hypothesis,
    depths: tuple[str, ...],
    unseen: int = 0,
    draws: Any = draw,
    real: tuple[str, ...] = (),
) -> Family:
    """Small problems with a unique minimiser, whose certificate is not zero; ``real`` adds the table at these depths."""
    return Family(
        name="sparse recovery with a unique minimiser",
        parameters={
            "support": integers(1, 3),
            "others": integers(1, 3),
            "unseen": integers(0, unseen),
            "depth": choice(*depths),
        },
        draw=_drawn_or_real(draws),
        data=patient_data(PATIENTS_UNIQUE, real, support=30, others=35, unseen=0),
        hypotheses=(
            Hypothesis(name="x* > 0 on its support", holds=lambda _, one: np.all(one["x"] > 0, axis=1)),
            Hypothesis(name="strict certificate", holds=lambda _, one: np.all(np.abs(certificate_of(one)) < 1, axis=1)),
            *hypotheses,
        ),
        edges=(
            *(Edge(name=f"two entries, depth {one}", parameters={"support": 2, "depth": one}) for one in depths),
            *(
                Edge(name=f"an unseen direction, depth {one}", parameters=_UNSEEN | {"depth": one})
                for one in depths
                if unseen
            ),
        ),
    )


def balanced_draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Columns off the support that the signs do not see: B has zero column sums."""
    drawn = draw({**parameters, "unseen": 0, "support": int(parameters["support"]) + 1}, rng, size)
    seen = drawn["B"].copy()
    seen[:, 0] -= seen.sum(axis=1)
    return {**drawn, "B": seen}


def _ray_gap(_: Parameters, instances: Instances) -> Any:
    """The second largest |sum (Bc)_i| over extreme null vectors lies below the largest."""
    seen, _vectors = extremes(instances)
    ordered = np.sort(np.abs(seen.sum(axis=1)), axis=1)
    return np.ones(len(ordered), dtype=bool) if ordered.shape[1] == 1 else ordered[:, -1] - ordered[:, -2] > _RUNNER_UP


def _uneven(parameters: Parameters, instances: Instances) -> Any:
    return np.all(np.abs(_tilt(instances, depth_of(parameters))) > 1 / 64, axis=1)


NOT_ZERO = Hypothesis(name="rho > 0, no smaller certificate", holds=smallest_certificate)
ONE_RAY = Hypothesis(name="one null vector attains rho, the next falls short by 1/32", holds=_ray_gap)
BALANCED = Hypothesis(name="rho = 0", holds=lambda _, one: np.all(certificate_of(one) == 0, axis=1))
UNEVEN = Hypothesis(name="x* is not flat where a column sees it", holds=_uneven)


def _tilt(instances: Instances, depth: Fraction) -> Any:
    """Sum_i B_ij log x*_i, or - sum_i B_ij x*_i^(-1/g) above depth two; ``(batch, k)``."""
    x = instances["x"]
    weights = elementwise(x, "log") if depth == 2 else -rational_power(x, -(depth - 2) / depth)  # noqa: PLR2004
    return matvec(transpose(instances["B"]), weights)


def no_constant(_instances: Instances, _depth: Fraction) -> dict[Any, Any]:
    """Nothing, where only the exponent is claimed."""
    return {}


def certificate_parts(instances: Instances, _: Fraction) -> dict[Any, Any]:
    """The dual certificate c off the support, and B, of a vertex: as many rows as entries on the support."""
    return {c: certificate_of(instances), B: instances["B"]}


def tilt_parts(instances: Instances, depth: Fraction) -> dict[Any, Any]:
    """B, and v with x off the support ~ alpha^(2D-2) v where rho = 0: 2 g times the tilt, at depth two 2 sinh of it."""
    tilt = _tilt(instances, depth)
    if depth == 2:  # noqa: PLR2004
        steep = elementwise(tilt, "exp") - elementwise(-tilt, "exp")
    else:
        steep = tilt * 2 * depth.numerator / (depth.numerator - 2 * depth.denominator)
    return {v: steep, B: instances["B"]}


def ray(instances: Instances) -> tuple[Any, dict[Any, Any]]:
    """The null vector n that attains rho, |n off S|_1 = 1: off the support ``(batch, k)``, and what its height t is of.

    At depth two x_inf - x* is t alpha^(2(1 - rho)) n to the leading order, t the product of the two quantities.
    """
    seen, vectors = extremes(instances)
    sums = seen.sum(axis=1)
    size, x = absolute(vectors), elementwise(instances["x"], "log")
    clear = size + (as_floats(size) == 0).astype(int)
    entropy = -(size * elementwise(clear, "log")).sum(axis=1)
    sign = signs(sums)
    shares = (seen * x[:, :, None]).sum(axis=1) * sign
    best = np.argmax(np.abs(as_floats(sums)), axis=1)
    chosen = (np.arange(sums.shape[1])[None] == best[:, None]).astype(float)
    attains = (vectors * (chosen * sign)[:, None, :]).sum(axis=2)
    return attains, {
        sp.log(support_product): (shares * chosen).sum(axis=1),
        sp.log(others_product): (entropy * chosen).sum(axis=1),
    }


def ray_parts(instances: Instances, _: Fraction) -> dict[Any, Any]:
    """What the leading constant of depth two is made of."""
    attains, parts = ray(instances)
    return {**parts, ray_norm: _whole(instances, attains)}


def _whole(instances: Instances, outside: Any) -> Any:
    """|v|_1 + |B v|_1, ``(batch,)``."""
    return absolute(outside).sum(axis=1) + absolute(matvec(instances["B"], outside)).sum(axis=1)


def _log_error(instances: Instances, found: Limit) -> Any:
    """The logarithm of |x_inf - x*|_1, x_inf - x* = (-B v, v), without ever subtracting x*."""
    return elementwise(_whole(instances, found.height_off), "log") + found.log_unit[:, 0]


def _balanced(face: ReducedProblem) -> ReducedProblem:
    """The same with a certificate that is known to be zero: rounding errors of a sum would hide what is left."""
    nothing = full(face.off[:, 0], 0)
    return dataclasses.replace(face, certificate=nothing, dual_slack=nothing + 1)


def errors_along(parts: Parts, *measures: Any, near: bool = False) -> Procedure:
    """The error at alpha = 2^-e along a geometric grid of e, beside the ``measures`` that ``parts`` computes.

    ``near`` is for rho = 0, where smaller alpha would be lost in rounding.
    """

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        depth, x = depth_of(parameters), instances["x"]
        face = _balanced(unique_face(instances)) if near else unique_face(instances)
        grid = scale_grid(x[:, 0], _NEAR if near else _FAR)
        found = limits_along(face, [grid[:, i] for i in range(grid.shape[1])], depth)
        seen, _ = extremes(instances)
        values = {
            D: full(x[:, 0], depth),
            rho: greatest(absolute(seen.sum(axis=1))),
            sp.log(error): stack([_log_error(instances, one) for one in found], axis=1),
            sp.log(alpha): grid,
            **parts(instances, depth),
        }
        shown = partial(table_pictures, PATIENTS_UNIQUE) if "patients" in parameters else tuple
        return Measurement.of(values, case="limit", failures=failures(found), pictures=shown)

    return Procedure(
        name="the limit of the flow along a grid of scales",
        measures={symbol: _MATRICES.get(symbol, "") for symbol in (D, rho, sp.log(error), sp.log(alpha), *measures)},
        run=run,
        time=Time.SCALES,
        rational=False,
    )
