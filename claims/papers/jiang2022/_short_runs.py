"""Short runs on |F G' - X|_F^2 / 2 against what they tend to: the linear law, and the flow in closed form."""

from __future__ import annotations

from functools import partial

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
    integers,
    quantity,
)
from lemmata.claims.papers.jiang2022 import eta, rho
from lemmata.solvers import (
    concatenate,
    elementwise,
    frobenius_square,
    full,
    stack,
    transpose,
)
from lemmata.solvers.engine import Engine, iterate
from lemmata.solvers.factorization import reduced_factorization, riccati_product

off_linear = quantity(
    r"\|F_t - (I + \eta S)^t \frac{F_0 + G_0}{2} - (I - \eta S)^t \frac{F_0 - G_0}{2}\|_F",
    "distance of F from the linear law after t steps, S = diag(s)",
    positive=True,
)
off_flow = quantity(
    r"\|F_t G_t^\top - A (I + A^\top D A)^{-1} A^\top\|_F", "distance from the closed form of the flow", positive=True
)

_SCALES = tuple(range(4, 14, 2))


def _draw_short(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
    d, k = int(p["components"]), int(p["width"])
    strengths = np.sort(rng.integers(8, 65, size=(size, d)) / 64, axis=1)[:, ::-1]
    return {"F": rng.normal(size=(size, d + int(p["taller"]), k)), "G": rng.normal(size=(size, d, k)), "s": strengths}


def short_runs() -> Family:
    """Gaussian initializations and targets diag(s), s in 64ths."""
    return Family(
        name="Gaussian factors and targets diag(s)",
        parameters={
            "components": integers(1, 3),
            "width": integers(1, 3),
            "taller": integers(0, 1),
            "steps": integers(2, 12),
        },
        draw=_draw_short,
        hypotheses=(
            Hypothesis(
                name="F and G are not zero",
                holds=lambda _, one: np.any(one["F"] != 0, axis=(1, 2)) & np.any(one["G"] != 0, axis=(1, 2)),
            ),
        ),
        edges=(
            Edge(name="numbers"),
            Edge(name="three components", parameters={"components": 3, "width": 3, "taller": 1, "steps": 12}),
        ),
    )


def _run_linear(parameters: Parameters, instances: Instances, *, swapped: bool) -> Measurement:
    """Literal steps against (F + G)/2 growing by 1 + eta s and (F - G)/2 shrinking by 1 - eta s, eta = 1/4."""
    strengths, count = instances["s"][:, :, None], int(parameters["steps"])
    step = full(strengths[:, :1], 1 / 4)
    d = strengths.shape[1]
    left, right = instances["F"], instances["G"]
    mean, half = (left[:, :d] + right) / 2, (left[:, :d] - right) / 2
    up, down = 1 + strengths * step, 1 - strengths * step
    grown, shrunk = mean, half
    for _ in range(count):
        grown, shrunk = (grown * down, shrunk * up) if swapped else (grown * up, shrunk * down)
    expected = concatenate([grown + shrunk, left[:, d:]], axis=1) if left.shape[1] > d else grown + shrunk
    gaps, sizes = [], []
    for power in _SCALES:
        inverse = 2**power
        run = iterate(
            reduced_factorization,
            (left / inverse, right / inverse),
            (strengths, step),
            checkpoints=[count],
            engine=Engine.REFERENCE,
        )
        gaps.append(elementwise(frobenius_square(run.state[0] - expected / inverse), "log") / 2)
        sizes.append(-elementwise(full(strengths[:, 0, 0], 2), "log") * power)
    values = {sp.log(off_linear): stack(gaps, axis=1), sp.log(rho): stack(sizes, axis=1)}
    return Measurement.of(values, case="F")


def linear_law(*, swapped: bool = False) -> Procedure:
    """Distance of the literal run from the linear law; ``swapped`` lets the half difference grow."""
    return Procedure(
        name=f"a few steps of gradient descent against the linear law{', mean and difference exchanged' if swapped else ''}",
        measures=(sp.log(off_linear), sp.log(rho)),
        run=partial(_run_linear, swapped=swapped),
        time=Time.SCALES,
        rational=False,
    )


_STEPS = (64, 128, 256, 512, 1024)
_HORIZON = 2


def _run_flow(parameters: Parameters, instances: Instances, *, pace: int) -> Measurement:
    """From F = G = F_0/2 for time 2, in 64 to 1024 steps, against the closed form at ``pace`` times that time."""
    del parameters
    strengths, d = instances["s"][:, :, None], instances["s"].shape[1]
    start = instances["G"][:, :d] / 2
    exact = riccati_product(start, instances["s"], _HORIZON * pace)
    gaps, sizes = [], []
    for count in _STEPS:
        step = full(strengths[:, :1], 1) * _HORIZON / count
        run = iterate(
            reduced_factorization, (start, start), (strengths, step), checkpoints=[count], engine=Engine.REFERENCE
        )
        gap = run.state[0] @ transpose(run.state[1]) - exact
        gaps.append(elementwise(frobenius_square(gap), "log") / 2)
        sizes.append(elementwise(step[:, 0, 0], "log"))
    values = {sp.log(off_flow): stack(gaps, axis=1), sp.log(eta): stack(sizes, axis=1)}
    return Measurement.of(values, case="F G'")


def towards_flow(*, pace: int = 1) -> Procedure:
    """Distance of gradient descent from the flow in closed form, for smaller and smaller steps."""
    return Procedure(
        name=f"gradient descent from F = G for time 2, against the closed form of the flow{'' if pace == 1 else f' at {pace} times the time'}",
        measures=(sp.log(off_flow), sp.log(eta)),
        run=partial(_run_flow, pace=pace),
        time=Time.SCALES,
        rational=False,
        cost=32,
    )
