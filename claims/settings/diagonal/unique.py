"""What the bounds on diagonal networks speak of: limits at a given scale, null-space constants, errors.

All problems have the unique minimiser x* > 0 of ``problems.draw_unique``: A = [[I, B], [0, M']], y = (x*, 0), after
signs and order of columns and invertible row operations, which change the limit along.
"""

from __future__ import annotations

from fractions import Fraction
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
    choice,
    integers,
    quantity,
)
from lemmata.claims.settings.diagonal.problems import (
    D,
    alpha,
    certificate_of,
    depth_of,
    draw_unique,
    error,
    failures,
    gap,
    log_initialization,
    rho,
    unique_face,
)
from lemmata.solvers import absolute, concatenate, elementwise, full, greatest, least, matvec, transpose
from lemmata.solvers.diagonal import Limit, ReducedProblem, extreme_null_vectors, limit, mirror_angles, mirror_values

k = quantity("k", "number of columns off the support of the minimiser", positive=True)
one_sided = quantity(
    r"\rho_{\pm}",
    "largest sum of |n_i| over i in S with sigma_i n_i < 0, over null vectors as for rho",
    nonnegative=True,
)
two_sided = quantity(r"\tilde{\rho}", "largest |n_S|_1, over null vectors as for rho", nonnegative=True)
weighted = quantity(
    r"\rho_{w}", "largest -sum_S sigma_i psi(|x*_i|) n_i, over null vectors as for rho", nonnegative=True
)
x_min = quantity(r"x_{\min}", "smallest entry of |x*| on its support", positive=True)
x_max = quantity(r"x_{\max}", "largest entry of |x*|", positive=True)
off = quantity(r"\lVert x_{\infty,S^c} \rVert_{1}", "l1 norm of the limit off the support of x*", positive=True)
peak = quantity(
    r"\lVert x_{\infty,S^c} \rVert_{\infty}", "largest entry of the limit off the support of x*", positive=True
)

_SINGLE = {"support": 1, "others": 1, "unseen": 0}


def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """``draw_unique``; a single column off the support has no unseen direction, or it would stay zero."""
    unseen = int(parameters["unseen"]) if int(parameters["others"]) > 1 else 0
    return draw_unique({**parameters, "unseen": unseen}, rng, size)


def log_alpha_of(parameters: Parameters, instances: Instances) -> Any:
    """The logarithm of alpha = 2^-scale, ``(batch,)``."""
    return log_initialization(instances["x"][:, 0], int(parameters["scale"]))


def problems(
    *hypotheses: Hypothesis,
    depths: tuple[str, ...],
    scales: tuple[int, int],
    support: int = 3,
    others: int = 4,
    unseen: int = 1,
    larger: int = 6,
) -> Family:
    """Problems with a unique minimiser, and the initialization alpha = 2^-scale, at one edge 2^-``larger`` if it can."""
    small: dict[str, Any] = {"scale": scales[1]}
    return Family(
        name="sparse recovery with a unique minimiser",
        parameters={
            "support": integers(1, support),
            "others": integers(1, others),
            "unseen": integers(0, unseen),
            "depth": choice(*depths),
            "scale": integers(*scales),
        },
        draw=draw,
        hypotheses=(
            Hypothesis(name="x* > 0 on its support", holds=lambda _, one: np.all(one["x"] > 0, axis=1)),
            Hypothesis(name="strict certificate", holds=lambda _, one: np.all(np.abs(certificate_of(one)) < 1, axis=1)),
            Hypothesis(name="smallest certificate, not zero", holds=smallest_certificate),
            *hypotheses,
        ),
        edges=(
            Edge(name="one column off the support", parameters={**_SINGLE, **small}),
            Edge(name="flat x*", parameters={"support": 2, "others": 2, **small}, adjust=flat),
            Edge(name="one column, flat x*", parameters={**_SINGLE, "support": 2, **small}, adjust=flat),
            Edge(name="spread x*", parameters={"support": 2, **small}, adjust=_spread),
            Edge(
                name="spread x*, larger start",
                parameters={"support": 2, "scale": max(scales[0], min(larger, scales[1]))},
                adjust=_spread,
            ),
            Edge(name="equal columns", parameters={"others": others, **small}, adjust=_equal),
            Edge(name="nearly tied", parameters={"support": 2, **small}, adjust=_nearly_tied),
            *(
                Edge(name=f"an unseen direction, depth {depth}", parameters=_unseen(depth) | small)
                for depth in depths
                if unseen
            ),
        ),
    )


def _unseen(depth: str) -> dict[str, Any]:
    return {"unseen": 1, "support": 2, "others": 3, "depth": depth}


def smallest_certificate(_: Parameters, instances: Instances) -> Any:
    """The certificate is not zero, and no step along the unseen direction makes its largest modulus smaller."""
    certificate, unseen = certificate_of(instances), instances["M"]
    size = np.abs(certificate).max(axis=1, keepdims=True)
    if not unseen.shape[2]:
        return size[:, 0] > 0
    attained, outwards = np.abs(certificate) == size, np.sign(certificate) * unseen[:, :, 0]
    balanced = np.any(attained & (outwards > 0), axis=1) & np.any(attained & (outwards < 0), axis=1)
    return balanced & (size[:, 0] > 0) & np.all(unseen != 0, axis=(1, 2))


def flat(_: Parameters, drawn: Instances) -> Instances:
    """All entries of x* one."""
    return {**drawn, "x": np.ones_like(drawn["x"])}


def _spread(_: Parameters, drawn: Instances) -> Instances:
    x = drawn["x"].copy()
    x[:, 0] *= 2.0**10
    return {**drawn, "x": x}


def _equal(_: Parameters, drawn: Instances) -> Instances:
    return {**drawn, "B": np.repeat(drawn["B"][:, :, :1], drawn["B"].shape[2], axis=2)}


def _nearly_tied(_: Parameters, drawn: Instances) -> Instances:
    seen = drawn["B"].copy()
    seen[:, 0, 0] += 1 - 2.0**-10 - seen.sum(axis=1)[:, 0]
    return {**drawn, "B": seen}


def extremes(instances: Instances) -> tuple[Any, Any]:
    """The extreme null vectors (-Bc, c): Bc ``(batch, p, count)`` and c ``(batch, k, count)``."""
    vectors = extreme_null_vectors(instances["M"], instances["B"])
    return instances["B"] @ vectors, vectors


def constants(instances: Instances) -> tuple[Any, Any, Any]:
    """(rho, rho_pm, rho_1), each ``(batch,)``, as maxima over the extreme null vectors."""
    seen, _ = extremes(instances)
    size = absolute(seen)
    plus, minus = ((size + seen) / 2).sum(axis=1), ((size - seen) / 2).sum(axis=1)
    return (
        greatest(absolute(seen.sum(axis=1))),
        greatest(concatenate([plus, minus], axis=1)),
        greatest(size.sum(axis=1)),
    )


def weighted_constant(instances: Instances, log_alpha: Any, depth: Fraction) -> Any:
    """The constant rho_w: as rho, entry i of the support weighted by psi(x*_i); ``(batch,)``."""
    angle = mirror_angles(elementwise(instances["x"], "log"), log_alpha[:, None], depth)
    seen, _ = extremes(instances)
    return greatest(absolute(matvec(transpose(seen), mirror_values(angle, depth))))


def limit_of(parameters: Parameters, instances: Instances) -> tuple[ReducedProblem, Limit]:
    """The reduced problem and its limit."""
    face = unique_face(instances)
    return face, limit(face, log_alpha_of(parameters, instances), depth_of(parameters))


def _measured(parameters: Parameters, instances: Instances) -> tuple[dict[Any, Any], Limit]:
    depth, log_alpha = depth_of(parameters), log_alpha_of(parameters, instances)
    _, found = limit_of(parameters, instances)
    sizes, x = found.height_off * found.sign_off, instances["x"]
    alone, half, both = constants(instances)
    outside = sizes.sum(axis=1) * elementwise(found.log_unit, "exp")[:, 0]
    values = {
        sp.log(alpha): log_alpha,
        D: full(log_alpha, depth),
        k: full(log_alpha, sizes.shape[1]),
        rho: alone,
        one_sided: half,
        two_sided: both,
        x_min: least(x),
        x_max: greatest(x),
        off: outside,
        sp.log(peak): elementwise(greatest(sizes), "log") + found.log_unit[:, 0],
        error: absolute(found.on - x).sum(axis=1) + outside,
        gap: (found.on * found.sign_on - x).sum(axis=1) + outside,
    }
    return values, found


def _measure(parameters: Parameters, instances: Instances) -> Measurement:
    values, found = _measured(parameters, instances)
    return Measurement.of(values, case="limit", failures=failures([found]))


def _measure_weighted(parameters: Parameters, instances: Instances) -> Measurement:
    values, found = _measured(parameters, instances)
    values[weighted] = weighted_constant(instances, log_alpha_of(parameters, instances), depth_of(parameters))
    return Measurement.of(values, case="limit", failures=failures([found]))


_MEASURED = (sp.log(alpha), D, k, rho, one_sided, two_sided, x_min, x_max, off, sp.log(peak), error, gap)
limits = Procedure(
    name="the limit of the flow, from its convex dual",
    measures=_MEASURED,
    run=_measure,
    rational=False,
)
weighted_limits = Procedure(
    name="the limit of the flow, from its convex dual",
    measures=(*_MEASURED, weighted),
    run=_measure_weighted,
    rational=False,
)


def _below_one(parameters: Parameters, instances: Instances) -> Any:
    return weighted_constant(instances, log_alpha_of(parameters, instances), depth_of(parameters)) < 1


def _shrunk(parameters: Parameters, instances: Instances) -> Any:
    """The correction alpha^(D-2) x_min^-(D-2)/D."""
    depth, smallest_entry = float(depth_of(parameters)), instances["x"].min(axis=1)
    return np.exp((depth - 2) * log_alpha_of(parameters, instances)) * smallest_entry ** (-(depth - 2) / depth)


def _small_correction(parameters: Parameters, instances: Instances) -> Any:
    alone, half, _ = constants(instances)
    return alone + half * _shrunk(parameters, instances) < 1


def _half_kept(parameters: Parameters, instances: Instances) -> Any:
    _, found = limit_of(parameters, instances)
    return np.all(np.abs(found.on - instances["x"]) <= instances["x"] / 2, axis=1)


def _speaks(parameters: Parameters, instances: Instances) -> Any:
    """Whether the argument of the lower bound is positive."""
    depth, x = float(depth_of(parameters)), instances["x"]
    alone, half, _ = constants(instances)
    if depth == 2:  # noqa: PLR2004
        widest = np.log(3 * x.max(axis=1) / x.min(axis=1))
        return alone * np.arcsinh(x.min(axis=1) / 4 * np.exp(-2 * log_alpha_of(parameters, instances))) > half * widest
    return alone > half * 2 ** ((depth - 2) / depth) * _shrunk(parameters, instances)


WEIGHTED_BELOW_ONE = Hypothesis(name="rho_w < 1", holds=_below_one)
SMALL_CORRECTION = Hypothesis(name="rho + rho_pm alpha^(D-2) x_min^-(D-2)/D < 1", holds=_small_correction)
HALF_KEPT = Hypothesis(name="the limit keeps half of x* on the support", holds=_half_kept)
SPEAKS = Hypothesis(name="the bound is positive", holds=_speaks)
