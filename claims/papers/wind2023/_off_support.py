"""Entries off the support of the preferred minimiser: how they vanish with the initialization."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    quantity,
)
from lemmata.claims.papers.wind2023._selection import two_over_depth
from lemmata.claims.settings.diagonal.problems import (
    D,
    alpha,
    depth_of,
    failures,
    limits_along,
    scale_grid,
    wide_face,
)
from lemmata.solvers import full, matvec, signs, stack, transpose
from lemmata.solvers.diagonal import preferred

entry = quantity(r"|x_{\infty,j}|", "size of an entry of the limit off the support", positive=True)
dual = quantity("|z_j|", "modulus of the dual certificate at column j", positive=True)
lean = quantity(
    r"\operatorname{sign}(z_j) \langle a_j, \nu \rangle",
    "where A_S'nu = log x on the support of the preferred minimiser",
    real=True,
)


def _leaning(_: Parameters, instances: Instances) -> Any:
    """No column off the support is orthogonal to the certificate."""
    return np.all(np.abs(instances["off"][:, 0]) >= 1 / 32, axis=1)


LEANING = Hypothesis(name="z_j is not zero", holds=_leaning)


_EXPONENTS = (20, 80, 320, 1280, 5120)


def _run_rest(parameters: Parameters, instances: Instances) -> Measurement:
    depth, face = depth_of(parameters), wide_face(instances)
    grid = scale_grid(instances["x"][:, 0], _EXPONENTS)
    found = limits_along(face, [grid[:, i] for i in range(len(_EXPONENTS))], depth)
    _, multiplier = preferred(face.on, face.target, face.anchor, two_over_depth(depth))
    along = matvec(transpose(face.off), multiplier)
    sign = signs(face.certificate)
    cases = tuple(
        Case(
            name=f"column {j + 1}",
            values={
                sp.log(entry): stack([one.log_off[:, j] for one in found], axis=1),
                sp.log(alpha): grid,
                dual: face.certificate[:, j] * sign[:, j],
                lean: along[:, j] * sign[:, j],
                D: full(along[:, j], depth),
            },
        )
        for j in range(face.off.shape[2])
    )
    return Measurement(cases=cases, failures=failures(found))


what_is_left = Procedure(
    name="the limits of the flow as alpha shrinks, off the support",
    measures=(sp.log(entry), sp.log(alpha), dual, lean, D),
    run=_run_rest,
    time=Time.SCALES,
    rational=False,
)
