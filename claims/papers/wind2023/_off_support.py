"""Entries off the support of the preferred minimiser: how they vanish with the initialization."""

from __future__ import annotations

from functools import partial
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
)
from lemmata.claims.papers.wind2023._selection import D, Order, log_alpha, two_over_depth
from lemmata.claims.settings.diagonal.problems import (
    depth_of,
    failures,
    limits_along,
    scale_grid,
    wide_face,
)
from lemmata.solvers import (
    matvec,
    signs,
    stack,
    transpose,
)
from lemmata.solvers.diagonal import preferred

dual = sp.Symbol("z_j", positive=True)
lean = sp.Symbol("b_j", real=True)
log_off = sp.Symbol("ell_j", real=True)


def _leaning(_: Parameters, instances: Instances) -> Any:
    """No column off the support is orthogonal to the certificate."""
    return np.all(np.abs(instances["off"][:, 0]) >= 1 / 32, axis=1)


LEANING = Hypothesis(name="z_j is not zero", holds=_leaning)


_EXPONENTS = (20, 80, 320, 1280, 5120)


def _run_rest(parameters: Parameters, instances: Instances, *, order: Order) -> Measurement:
    depth, face = depth_of(parameters), wide_face(instances)
    grid = scale_grid(instances["x"][:, 0], _EXPONENTS)
    found = limits_along(face, [grid[:, i] for i in range(len(_EXPONENTS))], depth)
    _, multiplier = preferred(face.on, face.target, face.anchor, order(depth))
    along = matvec(transpose(face.off), multiplier)
    sign = signs(face.certificate)
    cases = tuple(
        Case(
            name=f"column {j + 1}",
            values={
                log_off: stack([one.log_off[:, j] for one in found], axis=1),
                log_alpha: grid,
                dual: face.certificate[:, j] * sign[:, j],
                lean: along[:, j] * sign[:, j],
                D: (along[:, j] * 0 + depth.numerator) / depth.denominator,
            },
        )
        for j in range(face.off.shape[2])
    )
    return Measurement(cases=cases, failures=failures(found))


def what_is_left(*, order: Order = two_over_depth, name: str = "") -> Procedure:
    """The entries off the face along shrinking starts, column by column."""
    return Procedure(
        name=f"the limits of the flow along shrinking starts, off the support{name}",
        measures={
            log_off: "logarithm of |x_j| off the support",
            log_alpha: "logarithm of the initialization",
            dual: "modulus of the dual certificate at column j",
            lean: "sign(z_j) <a_j, nu>, where A_S'nu = log x on the support of the preferred minimiser",
            D: "depth",
        },
        run=partial(_run_rest, order=order),
        time=Time.SCALES,
        rational=False,
    )
