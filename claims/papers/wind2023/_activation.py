"""How long small initializations stay small: equations without a common column, and the time at which a weight reaches a level."""

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
    quantity,
)
from lemmata.claims.settings.diagonal.problems import D, alpha, depth_of, log_initialization, scale_grid
from lemmata.solvers import elementwise, full, greatest, least, stack, times_fraction
from lemmata.solvers.diagonal import activation_dual_times, log_two

T = quantity(r"T(\ell)", "first time at which |x|_oo reaches the level l", positive=True)
level = quantity("ell", "the level", positive=True)
pull = quantity(r"\lVert A^{\top} y \rVert_{\infty}", "largest |<a_j, y>|", positive=True)
pull_two = quantity(r"\lVert A^{\top} y \rVert_{2}", "Euclidean norm of A'y", positive=True)
coupling = quantity(r"\lVert A^{\top} A \rVert_{\infty}", "largest absolute row sum of A'A", positive=True)
mapped = quantity(r"\psi(\ell)", "the mirror map at the level", positive=True)

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
    return {**drawn, "a": np.repeat(drawn["a"][:, :, :1], drawn["a"].shape[2], axis=2)}


def _admissible(_: Parameters, one: Instances) -> Any:
    positive = np.all(one["a"] > 0, axis=(1, 2)) & np.all(one["y"] > 0, axis=1)
    return positive & np.all(one["a"] <= one["a"][:, :, :1], axis=(1, 2)) & (one["f"] > 0) & (one["f"] <= 1 / 2)


def separate_rows(depths: tuple[str, ...], *, scales: tuple[int, int] | None) -> Family:
    """Equations without a common column; with ``scales`` an initialization alpha = 2^-scale too."""
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
        hypotheses=(Hypothesis(name="positive data, l <= M/2c", holds=_admissible),),
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
    return instances["f"] * least(rooms)


def _pulls(instances: Instances) -> tuple[Any, Any, Any]:
    """|A'y|_oo, |A'y|_2 and the largest absolute row sum of A'A; ``(batch,)`` each."""
    a, y = instances["a"], instances["y"]
    pulls = a[:, :, 0] * y
    sums = a[:, :, 0] * a.sum(axis=2)
    squares = (a * a).sum(axis=2) * y * y
    return greatest(pulls), elementwise(squares.sum(axis=1), "sqrt"), greatest(sums)


def _log_pace(log_scale: Any, depth: Any) -> Any:
    """The logarithm of kappa: 4, or D (D - 2) alpha^(D - 2)."""
    if depth == 2:  # noqa: PLR2004
        return 2 * log_two(log_scale)
    fixed = elementwise(full(log_scale, depth * (depth - 2)), "log")
    return fixed + times_fraction(log_scale, depth - 2)


def _passed(instances: Instances, log_scale: Any, parameters: Parameters) -> tuple[Any, Any]:
    """The logarithm of T, and psi(l); ``(batch,)`` each."""
    depth = depth_of(parameters)
    found, at_level = activation_dual_times(instances["a"], instances["y"], _level(instances), log_scale, depth)
    return elementwise(least(found), "log") - _log_pace(log_scale, depth), at_level


def _run_bound(parameters: Parameters, instances: Instances) -> Measurement:
    log_alpha = log_initialization(instances["f"], int(parameters["scale"]))
    log_passed, at_level = _passed(instances, log_alpha, parameters)
    most, euclidean, sums = _pulls(instances)
    values = {
        sp.log(T): log_passed,
        pull: most,
        pull_two: euclidean,
        coupling: sums,
        level: _level(instances),
        mapped: at_level,
        sp.log(alpha): log_alpha,
        D: full(log_alpha, depth_of(parameters)),
    }
    return Measurement.of(values, case="first weight at the level")


activation = Procedure(
    name="the time of the flow until a weight reaches the level, by quadrature of its dual",
    measures=(sp.log(T), pull, pull_two, coupling, level, mapped, sp.log(alpha), D),
    run=_run_bound,
    rational=False,
)

_TWO_BITS, _DEEP_BITS = tuple(2**e for e in (60, 75, 90, 105, 120)), (60, 75, 90, 105, 120)
"""So small that the error bound of the quadrature, which is of order one beside log(1/alpha), or alpha^-(D-2), vanishes."""


def _run_along(parameters: Parameters, instances: Instances) -> Measurement:
    depth, like = depth_of(parameters), instances["f"]
    if depth == 2:  # noqa: PLR2004
        grid = scale_grid(like, _TWO_BITS)
    else:
        grid = stack([times_fraction(log_initialization(like, bits), 1 / (depth - 2)) for bits in _DEEP_BITS], axis=1)
    found = [_passed(instances, grid[:, i], parameters)[0] for i in range(grid.shape[1])]
    most, euclidean, _ = _pulls(instances)
    values = {
        sp.log(T): stack(found, axis=1),
        sp.log(alpha): grid,
        pull: most,
        pull_two: euclidean,
        D: full(like, depth),
    }
    return Measurement.of(values, case="first weight at the level")


activation_along = Procedure(
    name="the times of the flow until a weight reaches the level, as alpha shrinks",
    measures=(sp.log(T), sp.log(alpha), pull, pull_two, D),
    run=_run_along,
    time=Time.SCALES,
    rational=False,
)
