"""Lieder 2021: the exact convergence rate of Halpern's iteration."""

from __future__ import annotations

from typing import Any

from lemmata import conjecture, nonexpansive, norm2, variant, vector
from lemmata.claims import Paper, Read, Statement, Status, quantity
from lemmata.claims.settings.optimization.measured import SQUARED_LENGTH, N, distance, initial

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
MAPS = nonexpansive(upto=4)
x0 = vector("x0", MAPS.dimension)


def _measured(T: Any, x0: Any, x: Any) -> dict[Any, Any]:
    return {residual: norm2(x - T(x)), distance: norm2(x), initial: norm2(x0)}


def halpern_iteration(T: Any, x0: Any, N: int) -> dict[Any, Any]:
    """Halpern's iteration: a mean of x_0 and Tx, with ever less of x_0."""
    x = x0
    for t in range(N):
        x = (x0 + (t + 1) * T(x)) / (t + 2)
    return _measured(T, x0, x)


def averaged(T: Any, x0: Any, N: int) -> dict[Any, Any]:
    """The averaged iteration: half way to Tx."""
    x = x0
    for _ in range(N):
        x = (x + T(x)) / 2
    return _measured(T, x0, x)


def plain(T: Any, x0: Any, N: int) -> dict[Any, Any]:
    """The plain iteration: all the way to Tx."""
    x = x0
    for _ in range(N):
        x = T(x)
    return _measured(T, x0, x)


_rate = 4 * initial / (N + 1) ** 2

halpern = conjecture(
    "Halpern's iteration for a non-expansive T has |x_N - T x_N| <= 2 R / (N + 1)",
    key="lieder2021/halpern",
    about="""Let T be non-expansive with a fixed point at distance R from x_0, and x_{t+1} = x_0/(t+2) + (1 - 1/(t+2)) T(x_t).
Then |x_N - T(x_N)|^2 <= (2/(N+1))^2 R^2 for every N >= 1. No constant is smaller: T(x) = x - 2 clip(x, -c, c) with
c = R/(N+1) attains it.

Why: that T moves every x >= c by 2c, so that x_t = R - c t, which ends at x_N = c with the residual 2c. That nothing is
slower follows from a weighted sum of the inequalities of non-expansiveness between the iterates and the fixed point.""",
    source=PAPER.at("Theorem 2.1"),
    status=Status.THEOREM,
    on=MAPS,
    runs=halpern_iteration,
    then=residual <= _rate,
    tight=True,
    near={
        "reflected clip, one step": {N: 1, x0: 1, **MAPS.reflected_clip(1 / (N + 1))},
        "reflected clip, seven steps": {N: 7, x0: 1, **MAPS.reflected_clip(1 / (N + 1))},
        "rotations of the plane": {MAPS.dimension: 2, N: 10, **MAPS.rotation},
    },
    findings=False,
    mutants=[
        variant(
            "N + 2",
            "the reflected clip with c = R/(N + 1) attains the bound",
            then=residual <= 4 * initial / (N + 2) ** 2,
        ),
        variant(
            "faster than 1/N",
            "1/N is the best that any method of this kind reaches",
            then=residual <= 8 * initial / (N + 1) ** 3,
        ),
        variant(
            "distance instead of residual",
            "a T close to the identity leaves x_0 where it is, with a small residual",
            then=distance <= _rate,
        ),
        variant("the plain iteration", "a rotation turns x for ever and its residual stays the same", runs=plain),
        variant(
            "the averaged iteration",
            "averages of rotations by ever smaller angles are slower: their squared residual falls like 1/N",
            runs=averaged,
        ),
        variant(
            "expansive clips",
            "a clip pulled by more than two overshoots the fixed point by more than the distance to it",
            on=nonexpansive(upto=4, pull=3),
        ),
    ],
)
