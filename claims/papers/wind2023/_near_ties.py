"""Two nearly tied columns, A = [1, 1 - e], y = 1, whose unique minimiser (1, 0) becomes a segment at e = 0; and large initializations."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
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
    Picture,
    Procedure,
    Time,
    choice,
    integers,
    quantity,
)
from lemmata.claims.settings.diagonal.problems import D, alpha, depth_of, failures, gap
from lemmata.solvers import (
    as_floats,
    elementwise,
    full,
    matvec,
    rational_power,
    solve_definite,
    stack,
    times_fraction,
    transpose,
    zeros,
)
from lemmata.solvers.diagonal import ReducedProblem, limit, log_two

e = quantity("epsilon", "by how much the second column is shorter", positive=True)
x_1 = quantity("x_{1}", "first entry of the limit", positive=True)
x_2 = quantity("x_{2}", "second entry of the limit, zero at the minimiser", positive=True)
t = quantity("t", "what x_2 tends to", positive=True)
from_least = quantity(
    r"\lVert x_{\infty} - x_{\ell_2} \rVert_{2}",
    "l2 distance of the limit from the solution of least l2 norm",
    positive=True,
)
cubes = quantity(
    r"\lVert P(x_{\ell_2}^3) \rVert_{2}",
    "l2 norm of the projection onto the kernel of A of the cubes of the solution of least l2 norm",
    positive=True,
)

_GRAIN = 64


def tied_face(shortfall: Any) -> ReducedProblem:
    """The reduced problem for e = ``shortfall`` ``(batch,)``."""
    one = full(shortfall, 1)[:, None]
    slack = shortfall[:, None]
    return ReducedProblem(
        on=one[:, :, None],
        off=(1 - slack)[:, :, None],
        target=one,
        certificate=1 - slack,
        dual_slack=slack,
        unseen=zeros(shortfall, (shortfall.shape[0], 1, 0)),
        anchor=one,
    )


def _small_power(depth: Fraction) -> Fraction:
    """The power of alpha that falls like the window: alpha^(D-2), for depth two the scale alpha^2 of x itself."""
    return Fraction(2) if depth == 2 else depth - 2  # noqa: PLR2004


def near_ties(depths: tuple[str, ...], *, smallest: int, closest: int, largest: int = 0) -> Family:
    """Ties e = m 2^-tie, m in [1/2, 1), and alpha^(D-2) (at depth two alpha^2) = 2^-scale."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        whole = rng.integers(_GRAIN // 2, _GRAIN, size=size)
        return {"e": whole / _GRAIN * 2.0 ** -int(parameters["tie"])}

    small = {"scale": smallest}
    return Family(
        name="two nearly tied columns, A = [1, 1 - epsilon], y = 1",
        parameters={"tie": integers(0, closest), "scale": integers(largest, smallest), "depth": choice(*depths)},
        draw=draw,
        hypotheses=(Hypothesis(name="0 < epsilon < 1", holds=lambda _, one: (one["e"] > 0) & (one["e"] < 1)),),
        edges=(
            Edge(name="far from a tie", parameters=small),
            Edge(name="much closer than the window", parameters={"tie": closest, "scale": smallest // 4}),
            *(
                Edge(
                    name=f"in the window, depth {depth}",
                    parameters={"depth": depth, "scale": smallest // 2, "tie": min(closest, smallest // 2)},
                )
                for depth in depths
            ),
        ),
    )


def _run_near_tie(parameters: Parameters, instances: Instances) -> Measurement:
    depth, shortfall = depth_of(parameters), instances["e"]
    log_alpha = times_fraction(log_two(shortfall), -int(parameters["scale"]) / _small_power(depth))
    found = limit(tied_face(shortfall), log_alpha, depth)
    values = {
        e: shortfall,
        sp.log(x_1): found.log_on[:, 0],
        sp.log(x_2): found.log_off[:, 0],
        sp.log(alpha): log_alpha,
        D: full(shortfall, depth),
    }
    return Measurement.of(values, case="limit", failures=failures([found]), pictures=partial(_window, depth))


_SHOWN_KAPPA = np.linspace(0, 4, 25)[1:]
_SHOWN_LOG = 600.0
"""log(1/alpha^2) of the picture at depth two, where the window is approached only as fast as that grows."""


def _window(depth: Fraction) -> list[Picture]:
    """The second entry across the transition window, epsilon = kappa times its width, beside its limit."""
    two = depth == 2  # noqa: PLR2004
    width = 1 / _SHOWN_LOG if two else np.exp(-12.0)
    log_alpha = -_SHOWN_LOG / 2 if two else -12.0 / (float(depth) - 2)
    found = limit(tied_face(_SHOWN_KAPPA * width), np.full(_SHOWN_KAPPA.shape, log_alpha), depth)
    share = np.exp(as_floats(found.log_off)[:, 0])
    predicted = 1 / (1 + np.exp(_SHOWN_KAPPA)) if two else _settled(_SHOWN_KAPPA, 1 - 2 / float(depth))
    unit = "1/log(1/alpha^2)" if two else "alpha^(D-2)"
    return [
        Picture(
            name=f"the transition window at depth {depth}",
            x_label=f"epsilon over {unit}",
            y_label="x_2",
            x=list(_SHOWN_KAPPA),
            measured=list(share),
            predicted=list(predicted),
        )
    ]


def _settled(kappa: Any, power: float) -> Any:
    """The t in (0, 1/2) with t^-power - (1 - t)^-power = kappa, by bisection."""
    low, high = np.zeros_like(kappa), np.full_like(kappa, 0.5)
    for _ in range(80):
        middle = (low + high) / 2
        above = middle**-power - (1 - middle) ** -power > kappa
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2


near_tie = Procedure(
    name="the limit of the flow, from its convex dual",
    measures=(e, sp.log(x_1), sp.log(x_2), sp.log(alpha), D),
    run=_run_near_tie,
    rational=False,
)


def windows(depths: tuple[str, ...]) -> Family:
    """Initializations and ties that shrink together so that x_2 tends to t in (0, 1/2)."""

    def draw(_: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return {"t": rng.integers(3, _GRAIN // 2 - 2, size=size) / _GRAIN}

    return Family(
        name="two columns that are tied as the initialization shrinks",
        parameters={"depth": choice(*depths)},
        draw=draw,
        hypotheses=(Hypothesis(name="0 < t < 1/2", holds=lambda _, one: (one["t"] > 0) & (one["t"] < 1 / 2)),),
        edges=tuple(Edge(name=f"depth {depth}", parameters={"depth": depth}) for depth in depths),
    )


_FAR, _NEAR = (32, 64, 128, 256, 512, 1024, 2048), (4, 6, 8, 10, 12, 14, 16, 18)


def _run_window(parameters: Parameters, instances: Instances) -> Measurement:
    depth, share = depth_of(parameters), instances["t"]
    two = depth == 2  # noqa: PLR2004
    unit = log_two(share)
    if two:
        place = elementwise((1 - share) / share, "log")
        grid = [unit * -bits for bits in _FAR]
        widths = [-elementwise(-2 * log_alpha, "log") for log_alpha in grid]
    else:
        power = (depth - 2) / depth
        place = rational_power(share, -power) - rational_power(1 - share, -power)
        grid = [times_fraction(unit, -bits / (depth - 2)) for bits in _NEAR]
        widths = [times_fraction(log_alpha, depth - 2) for log_alpha in grid]
    ties = [place * elementwise(width, "exp") for width in widths]
    found = [limit(tied_face(tie), log_alpha, depth) for tie, log_alpha in zip(ties, grid, strict=True)]
    excess = [elementwise(tie, "log") + one.log_off[:, 0] for tie, one in zip(ties, found, strict=True)]
    values = {
        sp.log(gap): stack(excess, axis=1),
        sp.log(alpha): stack(grid, axis=1),
        t: share,
        D: full(share, depth),
    }
    return Measurement.of(values, case="l1 gap", failures=failures(found))


window = Procedure(
    name="the limits of the flow as initialization and tie shrink together",
    measures=(sp.log(gap), sp.log(alpha), t, D),
    run=_run_window,
    time=Time.SCALES,
    rational=False,
)


def _draw_wide(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    rows, columns = int(parameters["rows"]), int(parameters["rows"]) + int(parameters["extra"])
    matrix = rng.integers(-2, 3, size=(size, rows, columns)).astype(float)
    matrix[:, :, :rows] += 4 * np.eye(rows)
    return {"A": matrix, "x": rng.integers(-16, 17, size=(size, columns)) / 8}


def _least_norm(instances: Instances) -> tuple[Any, Any]:
    """The solution of least l2 norm, and the projection of its cubes onto the kernel of A; ``(batch, n)`` each."""
    matrix = instances["A"]
    gram = matrix @ transpose(matrix)
    least = matvec(transpose(matrix), solve_definite(gram, matvec(matrix, instances["x"])))
    cubes = least * least * least
    return least, cubes - matvec(transpose(matrix), solve_definite(gram, matvec(matrix, cubes)))


def _norm(x: Any) -> Any:
    return elementwise((x * x).sum(axis=1), "sqrt")


_CLEAR = 0.1


def _independent(_: Parameters, instances: Instances) -> Any:
    spread = np.linalg.eigvalsh(instances["A"] @ instances["A"].swapaxes(1, 2))
    return spread[:, 0] > 1e-2 * spread[:, -1]


def _leans(_: Parameters, instances: Instances) -> Any:
    with np.errstate(all="ignore"):
        return _norm(_least_norm(instances)[1]) > _CLEAR


def wide_systems(depths: tuple[str, ...]) -> Family:
    """Underdetermined systems with independent rows."""
    return Family(
        name="underdetermined systems",
        parameters={"rows": integers(1, 2), "extra": integers(1, 2), "depth": choice(*depths)},
        draw=_draw_wide,
        hypotheses=(
            Hypothesis(name="independent rows", holds=_independent),
            Hypothesis(name="the cubes of the l2 solution have a part in the kernel", holds=_leans),
        ),
        edges=tuple(
            Edge(name=f"two rows, depth {depth}", parameters={"rows": 2, "extra": 2, "depth": depth})
            for depth in depths
        ),
    )


_BITS = (8, 11, 14, 17, 20, 23)


def unsupported(matrix: Any, target: Any) -> ReducedProblem:
    """The problem without a support."""
    nothing = zeros(matrix, (matrix.shape[0], matrix.shape[2]))
    return ReducedProblem(
        on=matrix[:, :, :0],
        off=matrix,
        target=target,
        certificate=nothing,
        dual_slack=full(nothing, 1),
        unseen=zeros(matrix, (matrix.shape[0], matrix.shape[2], 0)),
        anchor=full(target, 0),
    )


def _run_large(parameters: Parameters, instances: Instances) -> Measurement:
    depth, matrix = depth_of(parameters), instances["A"]
    face = unsupported(matrix, matvec(matrix, instances["x"]))
    unit = log_two(instances["x"][:, 0])
    grid = [times_fraction(unit, bits / (2 * depth)) for bits in _BITS]
    found = [limit(face, log_alpha, depth) for log_alpha in grid]
    least, bent = _least_norm(instances)
    values = {
        from_least: stack([_norm(one.off - least) for one in found], axis=1),
        sp.log(alpha): stack(grid, axis=1),
        cubes: _norm(bent),
        D: full(unit, depth),
    }
    return Measurement.of(values, case="distance", failures=failures(found))


large_initializations = Procedure(
    name="the limits of the flow as alpha grows",
    measures=(from_least, sp.log(alpha), cubes, D),
    run=_run_large,
    time=Time.SCALES,
    rational=False,
)
