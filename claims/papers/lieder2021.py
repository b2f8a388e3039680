"""Lieder 2021: the exact convergence rate of Halpern's iteration."""

from __future__ import annotations

import enum
from functools import partial

from lemmata.claims import (
    AtMost,
    Claim,
    Edge,
    Family,
    Hypothesis,
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
    Time,
    integers,
    quantity,
    reals,
)
from lemmata.claims.settings.first_order.nonexpansive import (
    ENTRIES,
    draw_operators,
    mirrors,
    non_expansive,
    operator_of,
    pure_rotation,
    slow_clip,
)
from lemmata.claims.settings.first_order.smooth import SQUARED_LENGTH, N, counts, distance, initial, square_norm
from lemmata.solvers.optimization import averaged_iterates, halpern_iterates, picard_iterates

PAPER = Paper(
    key="lieder2021",
    authors="F. Lieder",
    title="On the convergence rate of the Halpern-iteration",
    venue="Optimization Letters",
    year=2021,
    statements=(
        Statement(
            number="Theorem 2.1",
            says="Halpern's iteration with weights 1/(k + 2): residual at most 2 R/(N + 1)",
            read=Read.FULL,
            claims=("halpern",),
        ),
    ),
)

residual = quantity("|x_N - T(x_N)|^2", "squared residual after N steps", unit=SQUARED_LENGTH, nonnegative=True)


def _operators(*, pull: float = 2.0, hypotheses: tuple[Hypothesis, ...] = (non_expansive,)) -> Family:
    """Operators with fixed point 0; non-expansive as long as ``pull`` is at most two."""
    return Family(
        name="rotations, reflections, clips and their averages with the identity",
        parameters={
            "dimension": integers(1, 4),
            "steps": integers(1, 10),
            "scale": reals(1e-3, 1e3, logarithmic=True),
        },
        draw=partial(draw_operators, pull=pull),
        hypotheses=(mirrors, *hypotheses),
        searchable=ENTRIES,
        edges=(
            Edge(name="reflected clip, one step", parameters={"steps": 1, "scale": 1.0}, adjust=slow_clip),
            Edge(name="reflected clip, seven steps", parameters={"steps": 7, "scale": 1e3}, adjust=slow_clip),
            Edge(
                name="rotations of the plane",
                parameters={"dimension": 2, "steps": 10, "scale": 1.0},
                adjust=pure_rotation,
            ),
            Edge(
                name="a start at the fixed point",
                parameters={"dimension": 3, "steps": 2, "scale": 1.0},
                adjust=lambda _, drawn: {**drawn, "x0": 0 * drawn["x0"]},
            ),
        ),
    )


class _Iteration(enum.Enum):
    """How a fixed point of T is sought."""

    HALPERN = "Halpern's iteration"
    """A mean of x_0 and Tx, with ever less of x_0."""
    AVERAGED = "the averaged iteration x + (Tx - x)/2"
    """Half way to Tx."""
    PICARD = "the plain iteration Tx"
    """All the way."""


_ITERATES = {
    _Iteration.HALPERN: halpern_iterates,
    _Iteration.AVERAGED: averaged_iterates,
    _Iteration.PICARD: picard_iterates,
}


def _run_by(iteration: _Iteration) -> Procedure:
    def run(parameters: Parameters, instances: Instances) -> Measurement:
        operator = operator_of(instances)
        steps = int(parameters["steps"])
        points = _ITERATES[iteration](operator, instances["x0"], steps=steps)
        values = {
            residual: square_norm(operator.displacements(points[:, 1:])),
            distance: square_norm(points[:, 1:]),
            N: counts(instances["share"], steps),
            initial: square_norm(instances["x0"]),
        }
        return Measurement.of(values, case="every step")

    return Procedure(
        name=iteration.value,
        measures=(residual, distance, N, initial),
        run=run,
        time=Time.STEPS,
    )


_rate = 4 * initial / (N + 1) ** 2

halpern = Claim(
    key="lieder2021/halpern",
    title="Halpern's iteration for a non-expansive T has |x_N - T x_N| <= 2 R / (N + 1)",
    about="""Let T be non-expansive with a fixed point at distance R from x_0, and x_{t+1} = x_0/(t+2) + (1 - 1/(t+2)) T(x_t).
Then |x_N - T(x_N)|^2 <= (2/(N+1))^2 R^2 for every N >= 1. No constant is smaller: T(x) = x - 2 clip(x, -c, c) with
c = R/(N+1) attains it.

Why: that T moves every x >= c by 2c, so that x_t = R - c t, which ends at x_N = c with the residual 2c. That nothing is
slower follows from a weighted sum of the inequalities of non-expansiveness between the iterates and the fixed point.""",
    source=PAPER.at("Theorem 2.1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=_operators(),
    when=_run_by(_Iteration.HALPERN),
    then=AtMost(left=residual, right=_rate, tight=True),
    mutants=(
        Mutant(
            name="N + 2",
            because="the reflected clip with c = R/(N + 1) attains the bound",
            then=AtMost(left=residual, right=4 * initial / (N + 2) ** 2),
        ),
        Mutant(
            name="faster than 1/N",
            because="1/N is the best that any method of this kind reaches",
            then=AtMost(left=residual, right=8 * initial / (N + 1) ** 3),
        ),
        Mutant(
            name="distance instead of residual",
            because="a T close to the identity leaves x_0 where it is, with a small residual",
            then=AtMost(left=distance, right=_rate),
        ),
        Mutant(
            name="the plain iteration",
            because="a rotation turns x for ever and its residual stays the same",
            when=_run_by(_Iteration.PICARD),
        ),
        Mutant(
            name="the averaged iteration",
            because="averages of rotations by ever smaller angles are slower: their squared residual falls like 1/N",
            when=_run_by(_Iteration.AVERAGED),
        ),
        Mutant(
            name="expansive clips",
            because="a clip pulled by more than two overshoots the fixed point by more than the distance to it",
            given=_operators(pull=3.0, hypotheses=()),
        ),
    ),
)
