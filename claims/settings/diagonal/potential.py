"""The potential of diagonal networks at their limits, and gaps in l1 norm that hold for every A, nearly tied columns too."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Case, Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, choice
from lemmata.claims.settings.diagonal.problems import certificate_of, depth_of, failures, unique_face
from lemmata.claims.settings.diagonal.unique import draw, extremes, problems, start_of
from lemmata.solvers import absolute, concatenate, elementwise, matvec, signs, solve_definite, transpose, zeros
from lemmata.solvers.diagonal import Limit, limit, mirror_angles, mirror_values, potential_terms

alpha, D, n, s = sp.symbols("alpha D n s", positive=True)
eps = sp.Symbol("epsilon", positive=True)
charge = sp.Symbol("q", real=True)
at_limit, elsewhere = sp.symbols("Q_oo Q", real=True)
size, least, gap = sp.symbols("G R Delta", nonnegative=True)
square, least_square = sp.symbols("N_2 R_2", positive=True)
entropy, shifted, lam = sp.symbols("H_oo H lambda", real=True)

SEEN = Hypothesis(name="no column off S is orthogonal to the certificate", holds=lambda _, one: _all_seen(one))


def _all_seen(instances: Instances) -> Any:
    return np.all(certificate_of(instances) != 0, axis=1)


def _angles(found: Limit, log_alpha: Any, depth: Fraction) -> tuple[Any, Any]:
    column = log_alpha[:, None]
    return tuple(mirror_angles(logs, column, depth) for logs in (found.log_on, found.log_off))


def mirror_charge(map_depth: str | None = None, *, plain: bool = False, finer: int = 1) -> Procedure:
    """<n, psi(x_inf)> for each extreme null vector n; a mutant takes another map, or none, or another scale."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        depth, start = depth_of(parameters), start_of(parameters, instances)
        found = limit(unique_face(instances), start, depth)
        taken = depth if map_depth is None else Fraction(map_depth)
        if plain:
            on, off = found.on, found.off
        else:
            inner, outer = (mirror_values(one, taken) for one in _angles(found, start * finer, taken))
            on, off = inner * found.sign_on, outer * found.sign_off
        seen, vectors = extremes(instances)
        charges = matvec(transpose(vectors), off) - matvec(transpose(seen), on)
        cases = tuple(
            Case(name=f"null vector {i + 1}", values={charge: charges[:, i]}) for i in range(charges.shape[1])
        )
        return Measurement(cases=cases, failures=failures([found]))

    return Procedure(
        name="the limit of the flow, from its convex dual",
        measures={charge: "<n, psi(x)> at the limit x of the flow, for a null vector n of A"},
        run=run,
        rational=False,
    )


def moved_problems(depths: tuple[str, ...]) -> Family:
    """Problems with another interpolator x_inf + (-Bc, c) beside the limit."""
    base = problems(SEEN, depths=depths, scales=(0, 8), unseen=0)

    def drawn(parameters: Parameters, rng: np.random.Generator, count: int) -> Instances:
        move = rng.integers(-16, 17, size=(count, int(parameters["others"]))) / 32
        return {**draw(parameters, rng, count), "move": move}

    return dataclasses.replace(base, draw=drawn)


def potentials(kind: str = "mirror", map_depth: str | None = None) -> Procedure:
    """Q at the limit and at another interpolator; a mutant takes a norm instead, or the potential of another depth."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        depth, start = depth_of(parameters), start_of(parameters, instances)
        found = limit(unique_face(instances), start, depth)
        taken = depth if map_depth is None else Fraction(map_depth)
        here = concatenate([found.on * found.sign_on, found.off * found.sign_off], axis=1)
        move = instances["move"]
        there = absolute(concatenate([found.on - matvec(instances["B"], move), found.off + move], axis=1))
        values = {
            at_limit: _potential(here, start[:, None], taken, kind),
            elsewhere: _potential(there, start[:, None], taken, kind),
        }
        return Measurement.of(values, case="limit", failures=failures([found]))

    return Procedure(
        name="the limit of the flow beside another interpolator",
        measures={at_limit: "potential at the limit", elsewhere: "potential at another x with A x = y"},
        run=run,
        rational=False,
    )


def _potential(sizes: Any, log_alpha: Any, depth: Fraction, kind: str) -> Any:
    if kind == "l1":
        return sizes.sum(axis=1)
    if kind == "l2":
        return (sizes * sizes).sum(axis=1)
    angle = mirror_angles(elementwise(sizes, "log"), log_alpha, depth)
    return potential_terms(sizes, angle, log_alpha, depth).sum(axis=1)


def _tie(drawn: Instances, short: Any) -> Instances:
    """The first half of the columns off S within ``short`` (batch, 1) of a tie with the support."""
    seen = drawn["B"].copy()
    half = (seen.shape[2] + 1) // 2
    seen[:, 0, :half] += (1 - short) - seen.sum(axis=1)[:, :half]
    return {**drawn, "B": seen}


def tied_problems(*hypotheses: Hypothesis, depths: tuple[str, ...], scales: tuple[int, int]) -> Family:
    """Problems of which half have columns so nearly tied that the start cannot tell them apart."""
    base = problems(SEEN, *hypotheses, depths=depths, scales=scales, unseen=0)

    def drawn(parameters: Parameters, rng: np.random.Generator, count: int) -> Instances:
        found = draw(parameters, rng, count)
        if parameters["tied"] == "no":
            return found
        depth, e = float(depth_of(parameters)), int(parameters["scale"])
        window = np.log2(2 * np.log(2) * e) if depth == 2 else e * (depth - 2)  # noqa: PLR2004
        return _tie(found, 2.0 ** -np.round(window + rng.integers(-2, 3, size=(count, 1))))

    parameters = {**base.parameters, "tied": choice("no", "yes")}
    tied = Edge(name="nearly tied on the scale of the start", parameters={"tied": "yes", "scale": scales[1]})
    many = Edge(name="many tied columns", parameters={"tied": "yes", "others": 4, "scale": scales[1]})
    return dataclasses.replace(base, parameters=parameters, draw=drawn, edges=(*base.edges, tied, many))


def _gap(instances: Instances, found: Limit) -> Any:
    """|x_inf|_1 - |x*|_1 without cancellation: twice what turned negative, and |x_j| (1 - c_j sign x_j) off S."""
    face = unique_face(instances)
    below = signs(face.certificate)
    same = (below == found.sign_off).astype(float)
    slack = face.short * same + (2 - face.short) * (1 - same)
    lost = (absolute(found.on) - found.on).sum(axis=1)
    return lost + (found.off * found.sign_off * slack).sum(axis=1)


def _entropy(sizes: Any) -> Any:
    return (sizes * elementwise(sizes, "log")).sum(axis=1)


def _measure_gap(parameters: Parameters, instances: Instances) -> Measurement:
    depth, start = depth_of(parameters), start_of(parameters, instances)
    found = limit(unique_face(instances), start, depth)
    x, scale = instances["x"], elementwise(start, "exp")
    on, off = found.on * found.sign_on, found.off * found.sign_off
    near = x + (scale * scale)[:, None]
    some = start * 0
    values = {
        alpha: scale,
        D: (some + depth.numerator) / depth.denominator,
        n: some + x.shape[1] + off.shape[1],
        s: some + x.shape[1],
        gap: _gap(instances, found),
        size: on.sum(axis=1) + off.sum(axis=1),
        lam: -2 * start,
        entropy: _entropy(on) + (off * found.log_off).sum(axis=1),
        shifted: _entropy(near),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


gaps = Procedure(
    name="the limit of the flow, from its convex dual",
    measures={
        alpha: "initialization of every u and v",
        D: "depth",
        n: "number of columns of A",
        s: "number of entries on the support of x*",
        gap: "|x_inf|_1 - |x*|_1",
        size: "|x_inf|_1",
        lam: "log(1/alpha^2)",
        entropy: "sum of |x| log |x| at the limit",
        shifted: "sum over S of (|x*_i| + alpha^2) log(|x*_i| + alpha^2)",
    },
    run=_measure_gap,
    rational=False,
)


def _small_enough(_: Parameters, instances: Instances) -> Any:
    e, total = instances["eps"], instances["x"].sum(axis=1)
    count = instances["x"].shape[1] + instances["B"].shape[2]
    first = -(2 + e) / (2 * e) * np.log(2 * (1 + e) * total)
    return instances["log_alpha"] <= np.minimum(first, -count / (e * total))


def _least_squares(instances: Instances) -> Any:
    """|x|_2^2 of the interpolator of least l2 norm, ``(batch,)``: y'(I + BB')^-1 y."""
    seen, y = instances["B"], instances["x"]
    gram = seen @ transpose(seen) + zeros(seen, (seen.shape[0], y.shape[1], y.shape[1])) + np.eye(y.shape[1])[None]
    return (y * solve_definite(gram, y)).sum(axis=1)


def _large_enough(_: Parameters, instances: Instances) -> Any:
    e = instances["eps"]
    bound = 2 * (1 + e) * (1 + 2 / e) * np.sqrt(_least_squares(instances))
    return instances["log_alpha"] >= np.log(bound) / 2


SMALL = Hypothesis(name="alpha small enough", holds=_small_enough)
LARGE = Hypothesis(name="alpha large enough", holds=_large_enough)


def regimes(hypothesis: Hypothesis, *, kernel: bool) -> Family:
    """Depth-two problems with an accuracy eps and a start on either side of its threshold; half nearly tied."""
    base = problems(SEEN, hypothesis, depths=("2",), scales=(1, 4), unseen=0)

    def drawn(parameters: Parameters, rng: np.random.Generator, count: int) -> Instances:
        found = draw(parameters, rng, count)
        e = 2.0 ** -rng.integers(1, 4, size=count)
        total, columns = found["x"].sum(axis=1), found["x"].shape[1] + found["B"].shape[2]
        factor = 2.0 ** rng.integers(-6 if kernel else -2, 3, size=count)  # below one misses the hypothesis
        if kernel:
            edge = np.log(2 * (1 + e) * (1 + 2 / e) * np.sqrt(_least_squares(found))) / 2
            return {**found, "eps": e, "log_alpha": edge + np.log(factor)}
        edge = np.maximum((2 + e) / (2 * e) * np.log(2 * (1 + e) * total), columns / (e * total))
        start = -edge * factor * 1.01
        if int(parameters["scale"]) % 2 == 0:
            found = _tie(found, 2.0 ** -np.round(np.log2(np.maximum(-2 * start, 2.0)))[:, None])
        return {**found, "eps": e, "log_alpha": start}

    mild = tuple(edge for edge in base.edges if not edge.name.startswith("spread"))  # their starts would be others
    return dataclasses.replace(base, draw=drawn, edges=mild)


def _measure_regime(_: Parameters, instances: Instances) -> Measurement:
    found = limit(unique_face(instances), instances["log_alpha"], Fraction(2))
    values = {
        eps: instances["eps"],
        least: instances["x"].sum(axis=1),
        gap: _gap(instances, found),
        square: (found.on * found.on).sum(axis=1) + (found.off * found.off).sum(axis=1),
        least_square: _least_squares(instances),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


regime = Procedure(
    name="the limit of the flow, from its convex dual",
    measures={
        eps: "accuracy",
        least: "least l1 norm of an interpolator",
        gap: "l1 norm of the limit minus the least one",
        square: "squared l2 norm of the limit",
        least_square: "least squared l2 norm of an interpolator",
    },
    run=_measure_regime,
    rational=False,
)
