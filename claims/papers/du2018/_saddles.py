"""Saddles of a factorization whose target has columns that no factor sees."""

from __future__ import annotations

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import (
    concatenate,
    eigenvalues_symmetric,
    singular_values,
    zeros,
)
from lemmata.solvers.factorization import factor_hessian

lowest = quantity(r"\lambda_{\min}(\nabla^2 f(0, V))", "least eigenvalue of the Hessian", real=True)
strength = quantity(r"\sigma_1(V)", "largest singular value of V", nonnegative=True)
weakest_strength = quantity(r"\sigma_r(V)", "least singular value of V", nonnegative=True)
top = quantity(r"\sigma_1(M)", "largest singular value of M", nonnegative=True)
bottom = quantity(r"\sigma_{\min}(M)", "least singular value of the part of M that is not zero", nonnegative=True)


def _draw_saddles(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """The rows of V that M sees are zero, so M V = 0 exactly; orthogonal frames change neither side."""
    unseen = p["rank"] + p["spare"]
    target = rng.normal(size=(size, p["rows"], p["seen"]))
    factor = rng.normal(size=(size, unseen, p["rank"])) * np.exp(p["spread"] * rng.normal(size=(size, 1, 1)))
    return {"M1": target, "V2": factor}


def saddles() -> Family:
    """Stationary points (0, V) with M V = 0 and V of full column rank."""
    return Family(
        name="stationary points (0, V) of |U V' - M|_F^2 / 2, M V = 0, V of full column rank",
        parameters={
            "rows": integers(1, 2),
            "seen": integers(1, 2),
            "rank": integers(1, 2),
            "spare": integers(0, 1),
            "spread": reals(0, 2),
        },
        draw=_draw_saddles,
        hypotheses=(
            Hypothesis(
                name="V has full column rank",
                holds=lambda _, i: (
                    np.linalg.svd(i["V2"], compute_uv=False)[:, -1] > 1e-9 * np.linalg.norm(i["V2"], axis=(1, 2))
                ),
            ),
        ),
        searchable=("M1", "V2"),
        edges=(
            Edge(name="numbers"),
            Edge(name="wide", parameters={"rows": 2, "seen": 2, "rank": 2, "spare": 1}),
            Edge(
                name="barely unstable: V far larger than M",
                parameters={"rows": 2, "seen": 2, "rank": 2},
                adjust=lambda _, i: {**i, "V2": 30 * i["V2"]},
            ),
        ),
    )


def _curvature(parameters: Parameters, instances: Instances) -> Measurement:
    rows, seen, rank_ = (int(parameters[name]) for name in ("rows", "seen", "rank"))
    seen_part, factor = instances["M1"], instances["V2"]
    batch, unseen = factor.shape[0], factor.shape[1]
    target = concatenate([seen_part, zeros(factor, (batch, rows, unseen))], axis=2)
    right = concatenate([zeros(factor, (batch, seen, rank_)), factor], axis=1)
    hessian = factor_hessian(zeros(factor, (batch, rows, rank_)), right, target)
    strengths, values = singular_values(factor), singular_values(seen_part)
    # Of M only the rows and columns that it has: its least singular value is the last one.
    measured = {
        lowest: eigenvalues_symmetric(hessian)[:, -1],
        strength: strengths[:, 0],
        weakest_strength: strengths[:, rank_ - 1],
        top: values[:, 0],
        bottom: values[:, -1],
    }
    return Measurement.of(measured, case="the saddle")


saddle_curvature = Procedure(
    name="Hessian of |U V' - M|_F^2 / 2 at (0, V), by forward mode along every axis",
    measures=(lowest, strength, weakest_strength, top, bottom),
    run=_curvature,
)
