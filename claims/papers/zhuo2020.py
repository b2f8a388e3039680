"""Zhuo et al. 2020: cogradient descent. Declined, with the one identity that its motivation rests on."""

from __future__ import annotations

import numpy as np

from lemmata.claims import (
    Claim,
    Edge,
    Family,
    Identity,
    Instances,
    Measurement,
    Mutant,
    Paper,
    Parameters,
    Procedure,
    Read,
    Reading,
    Statement,
    Status,
    integers,
    quantity,
)
from lemmata.solvers import Dual, dot, matvec, zeros

PAPER = Paper(
    key="zhuo2020",
    authors="L. Zhuo, B. Zhang, L. Yang, H. Chen, Q. Ye, D. Doermann, G. Guo, R. Ji",
    title="Cogradient Descent for Bilinear Optimization",
    venue="CVPR",
    year=2020,
    identifier="arXiv:2006.09142",
    declined="a heuristic coupling of gradients with experiments; no statement on convergence that could be true or false",
    statements=(
        Statement(
            number="motivation",
            says="a coefficient that is zero gives the column that it multiplies no gradient",
            read=Read.PART,
            claims=("zero-coefficients-freeze-their-columns",),
        ),
        Statement(
            number="cogradient descent",
            says="gradients of the two factors, coupled through a projection of the sparse one",
            read=Read.PART,
            why_none="an algorithm without a claim on where it ends",
        ),
    ),
)

change = quantity(
    r"\partial_{A_{\cdot j}, c} |b - A x|^2", "derivative of the loss as column j moves along c", real=True
)
pull = quantity(r"\langle A x - b, c \rangle", "residual along the direction c", real=True)
coefficient = quantity("x_j", "coefficient of the column", real=True)


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    rows, columns = int(parameters["rows"]), int(parameters["columns"])
    return {
        "A": rng.normal(size=(size, rows, columns)),
        "x": rng.normal(size=(size, columns)) * (rng.uniform(size=(size, columns)) < 3 / 4),
        "b": rng.normal(size=(size, rows)),
        "c": rng.normal(size=(size, rows)),
    }


def _off(_: Parameters, instances: Instances) -> Instances:
    return {**instances, "x": 0 * instances["x"]}


_problems = Family(
    name="bilinear least squares |b - A x|^2 and a direction for the first column of A",
    parameters={"rows": integers(1, 4), "columns": integers(1, 3)},
    draw=_draw,
    searchable=("*",),
    edges=(
        Edge(name="numbers"),
        Edge(name="the coefficient is zero", parameters={"rows": 3, "columns": 2}, adjust=_off),
    ),
)


def _run(_: Parameters, instances: Instances) -> Measurement:
    A, x, b, c = (instances[name] for name in ("A", "x", "b", "c"))
    first = np.eye(A.shape[2], dtype=int)[:1]
    moving = Dual(A, zeros(A, A.shape) + c[:, :, None] * first[None])
    residual = matvec(moving, x) - b
    values = {
        change: dot(residual, residual).tangent,
        pull: dot(matvec(A, x) - b, c),
        coefficient: x[:, 0],
    }
    return Measurement.of(values)


frozen = Claim(
    key="zhuo2020/zero-coefficients-freeze-their-columns",
    title="The gradient of |b - A x|^2 in a column of A is 2 x_j (A x - b): it vanishes with the column's coefficient",
    about="""For all A, x, b, the derivative of |b - A x|^2 as column j of A moves along c is 2 x_j <A x - b, c>. Where x_j = 0 the column gets no
gradient, whatever the residual. This is the observation that cogradient descent starts from; what the paper makes of it, an algorithm,
has no statement that could be put on trial.

Why: the chain rule.""",
    source=PAPER.at("motivation, the gradient of the bilinear model"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the paper is declined; this identity is all of it that can be judged. Derivative by forward mode",
    given=_problems,
    when=Procedure(name="the loss along a column, by forward mode", measures=(change, pull, coefficient), run=_run),
    then=Identity(left=change, right=2 * coefficient * pull),
    mutants=(
        Mutant(
            name="whatever the coefficient",
            because="a column moves the prediction in proportion to its coefficient",
            then=Identity(left=change, right=2 * pull),
        ),
        Mutant(
            name="the coefficient squared",
            because="the residual has the coefficient once by itself, the gradient no second time",
            then=Identity(left=change, right=2 * coefficient**2 * pull),
        ),
        Mutant(
            name="half",
            because="there is no one half in front of the square",
            then=Identity(left=change, right=coefficient * pull),
        ),
    ),
)
