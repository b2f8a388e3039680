"""How long small starts stay small: equations without a common column, and the time at which a weight reaches a level."""

from __future__ import annotations

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
    Range,
    Time,
    choice,
    integers,
)
from lemmata.claims.settings.diagonal.problems import depth_of, log_start, scale_grid
from lemmata.solvers import elementwise, largest, smallest, stack, times_fraction
from lemmata.solvers.diagonal import activation_dual_times, log_two

alpha, D, T, M, M_2, ell, psi, theta = sp.symbols("alpha D T M M_2 ell psi theta", positive=True)
log_time, log_alpha, log_delay = sp.symbols("tau lambda Lambda", real=True)

_GRAIN = 64


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Columns a ``(batch, m, n)``, the first of each equation the largest, y ``(batch, m)``, and the level's share."""
    m, n = int(parameters["rows"]), int(parameters["columns"])
    a = np.sort(rng.integers(8, 129, size=(size, m, n)), axis=2)[:, :, ::-1] / _GRAIN
    return {
        "a": np.ascontiguousarray(a),
        "y": rng.integers(16, 129, size=(size, m)) / 32,
        "f": 2.0 ** -rng.integers(1, 9, size=size),
    }


def _tied(_: Parameters, drawn: Instances) -> Instances:
    return {**drawn, "a": drawn["a"] * 0 + drawn["a"][:, :, :1]}


def _lawful(_: Parameters, one: Instances) -> Any:
    positive = np.all(one["a"] > 0, axis=(1, 2)) & np.all(one["y"] > 0, axis=1)
    return positive & np.all(one["a"] <= one["a"][:, :, :1], axis=(1, 2)) & (one["f"] > 0) & (one["f"] <= 1 / 2)


def separate_rows(depths: tuple[str, ...], *, scales: tuple[int, int] | None) -> Family:
    """Equations without a common column; with ``scales`` a start alpha = 2^-scale too."""
    ranges: dict[str, Range] = {"rows": integers(1, 3), "columns": integers(1, 3), "depth": choice(*depths)}
    wide = {"rows": 2, "columns": 3}
    ends: tuple[dict[str, int], ...] = ({},)
    if scales is not None:
        ranges["scale"] = integers(*scales)
        ends = tuple({"scale": one} for one in scales)
    return Family(
        name="equations without a common column",
        parameters=ranges,
        draw=_draw,
        hypotheses=(Hypothesis(name="positive data, l <= M/2c", holds=_lawful),),
        edges=(
            *(
                Edge(name=f"two equations, depth {depth}{_at(end)}", parameters={**wide, **end, "depth": depth})
                for depth in depths
                for end in ends
            ),
            Edge(name="equal columns", parameters=wide, adjust=_tied),
            Edge(name="one weight"),
        ),
    )


def _at(end: dict[str, int]) -> str:
    return f", alpha = 2^-{end['scale']}" if end else ""


def _level(instances: Instances) -> Any:
    """The share f of the smallest y_i / sum_j a_ij, ``(batch,)``: with it c l <= f M in every equation."""
    rooms = instances["y"] / instances["a"].sum(axis=2)
    return instances["f"] * smallest([rooms[:, i] for i in range(rooms.shape[1])])


def _pulls(instances: Instances) -> tuple[Any, Any, Any]:
    """|A'y|_oo, |A'y|_2 and the largest absolute row sum of A'A; ``(batch,)`` each."""
    a, y = instances["a"], instances["y"]
    pulls = a[:, :, 0] * y
    sums = a[:, :, 0] * a.sum(axis=2)
    squares = (a * a).sum(axis=2) * y * y
    most = [largest([one[:, i] for i in range(one.shape[1])]) for one in (pulls, sums)]
    return most[0], elementwise(squares.sum(axis=1), "sqrt"), most[1]


def _log_pace(log_scale: Any, depth: Any) -> Any:
    """Logarithm of kappa: 4, or D (D - 2) alpha^(D - 2)."""
    if depth == 2:  # noqa: PLR2004
        return 2 * log_two(log_scale)
    fixed = elementwise(times_fraction(log_scale * 0 + 1, depth * (depth - 2)), "log")
    return fixed + times_fraction(log_scale, depth - 2)


def _passed(instances: Instances, log_scale: Any, parameters: Parameters) -> tuple[Any, Any]:
    """Log T and psi(l), ``(batch,)`` each."""
    depth, level = depth_of(parameters), _level(instances)
    found, mapped = activation_dual_times(instances["a"], instances["y"], level, log_scale, depth)
    first = smallest([found[:, i] for i in range(found.shape[1])])
    return elementwise(first, "log") - _log_pace(log_scale, depth), mapped


def _run_bound(parameters: Parameters, instances: Instances) -> Measurement:
    depth, start = depth_of(parameters), log_start(instances["f"], int(parameters["scale"]))
    passed, mapped = _passed(instances, start, parameters)
    most, euclidean, coupling = _pulls(instances)
    level = _level(instances)
    values = {
        T: elementwise(passed, "exp"),
        M: most,
        M_2: euclidean,
        ell: level,
        theta: coupling * level / most,
        psi: mapped,
        alpha: elementwise(start, "exp"),
        D: (start * 0 + depth.numerator) / depth.denominator,
    }
    return Measurement.of(values, case="first weight at the level")


_MEANING = {
    M: "|A'y|_oo",
    M_2: "|A'y|_2",
    D: "depth",
}

activation = Procedure(
    name="the time of the flow until a weight reaches the level, by quadrature of its dual",
    measures={
        **_MEANING,
        T: "time at which |x|_oo reaches the level",
        ell: "the level",
        theta: "c l / M, with c the largest absolute row sum of A'A",
        psi: "the mirror map at the level",
        alpha: "initialization of every parameter",
    },
    run=_run_bound,
    rational=False,
)

_TWO_BITS, _DEEP_BITS = tuple(2**e for e in (60, 75, 90, 105, 120)), (60, 75, 90, 105, 120)
"""So small that the bar of the quadrature, which is of order one beside log(1/alpha), or alpha^-(D-2), vanishes."""


def _run_along(parameters: Parameters, instances: Instances) -> Measurement:
    depth, like = depth_of(parameters), instances["f"]
    if depth == 2:  # noqa: PLR2004
        grid = scale_grid(like, _TWO_BITS)
    else:
        grid = stack([times_fraction(log_start(like, bits), 1 / (depth - 2)) for bits in _DEEP_BITS], axis=1)
    found = [_passed(instances, grid[:, i], parameters)[0] for i in range(grid.shape[1])]
    most, euclidean, _ = _pulls(instances)
    values = {
        log_time: stack(found, axis=1),
        log_alpha: grid,
        log_delay: elementwise(-grid, "log"),
        M: most,
        M_2: euclidean,
        D: (like * 0 + depth.numerator) / depth.denominator,
    }
    return Measurement.of(values, case="first weight at the level")


activation_along = Procedure(
    name="the times of the flow until a weight reaches the level, from shrinking starts",
    measures={
        **_MEANING,
        log_time: "logarithm of the time at which |x|_oo reaches the level",
        log_alpha: "logarithm of the initialization",
        log_delay: "log log(1/alpha)",
    },
    run=_run_along,
    time=Time.SCALES,
    rational=False,
)
