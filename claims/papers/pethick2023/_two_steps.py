"""A step of Lookahead around two of descent-ascent, beside a step of descent-ascent and one of extragradient."""

from __future__ import annotations

from functools import partial
from typing import Any

from lemmata.claims import Instances, Measurement, Parameters, Procedure, quantity
from lemmata.claims.papers.pethick2023._planar import LENGTH, operator_of
from lemmata.solvers.optimization import inner_iterates

ahead = quantity(
    r"z^{+}", "a coordinate of (1 - lambda) z + lambda w_2, w_2 after two inner steps from z", unit=LENGTH, real=True
)
descended = quantity(r"\mathrm{GDA}(z)", "the same coordinate of z - 2 lambda gamma F(z)", unit=LENGTH, real=True)
extra = quantity(
    r"\mathrm{EG}^{+}(z)",
    "the same coordinate of z - 2 lambda gamma F(z - gamma F(z))",
    unit=LENGTH,
    real=True,
)


def _run(parameters: Parameters, instances: Instances, *, inner: int, anchored: bool, share: int) -> Measurement:
    del parameters
    operator, z, step = operator_of(instances), instances["x0"], instances["gamma"]
    weight = instances["lambda"][:, None]
    loop = inner_iterates(operator, z, step, steps=inner, anchored=anchored)
    longer = share * weight * step[:, None]
    values: dict[Any, Any] = {
        ahead: z + weight * (loop[:, inner] - z),
        descended: z - longer * operator(z),
        extra: z - longer * operator(z - step[:, None] * operator(z)),
    }
    return Measurement.of(values, case="every coordinate")


def lookahead_step(*, inner: int = 2, anchored: bool = False, share: int = 2) -> Procedure:
    """Lookahead around ``inner`` steps, from w or, ``anchored``, from z; the others' steps are ``share`` lambda gamma."""
    changed = (
        ("" if inner == 2 else f", {inner} inner steps")  # noqa: PLR2004 - the two of the statement
        + (", each from z" if anchored else "")
        + ("" if share == 2 else f", the other two with {share} lambda gamma")  # noqa: PLR2004
    )
    return Procedure(
        name=f"a step of Lookahead, of descent-ascent and of extragradient from one point{changed}",
        measures=(ahead, descended, extra),
        run=partial(_run, inner=inner, anchored=anchored, share=share),
    )
