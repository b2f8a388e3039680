"""The potential of diagonal networks at their limits, and gaps in l1 norm that hold for every A, nearly tied columns too."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    choice,
    quantity,
)
from lemmata.claims.settings.diagonal.problems import (
    D,
    alpha,
    certificate_of,
    depth_of,
    failures,
    gap,
    norm,
    unique_face,
)
from lemmata.claims.settings.diagonal.unique import draw, extremes, log_alpha_of, problems
from lemmata.solvers import absolute, concatenate, elementwise, full, matvec, signs, solve_definite, transpose, zeros
from lemmata.solvers.diagonal import Limit, limit, mirror_angles, mirror_values, potential_terms

n = quantity("n", "number of columns of A", positive=True)
support_size = quantity("|S|", "number of entries on the support of x*", positive=True)
accuracy = quantity("epsilon", "accuracy", positive=True)
least_norm = quantity(r"\lVert x^* \rVert_{1}", "least l1 norm of an interpolator", nonnegative=True)
square = quantity(r"\lVert x_{\infty} \rVert_{2}^{2}", "squared l2 norm of the limit of the flow", nonnegative=True)
least_square = quantity(
    r"\lVert x_{\ell_2} \rVert_{2}^{2}", "squared l2 norm of the interpolator of least l2 norm", nonnegative=True
)
entropy = quantity(
    r"\sum_i |x_{\infty,i}| \log |x_{\infty,i}|", "sum of |x| log |x| over the entries of the limit", real=True
)
shifted_entropy = quantity(
    r"\sum_{i \in S} (|x^*_i| + \alpha^2) \log (|x^*_i| + \alpha^2)",
    "the same of the entries of x* on its support, alpha^2 larger",
    real=True,
)

SEEN = Hypothesis(name="no column off S is orthogonal to the certificate", holds=lambda _, one: _all_seen(one))


def _all_seen(instances: Instances) -> Any:
    return np.all(certificate_of(instances) != 0, axis=1)


def _charge(written: str, meaning: str) -> Any:
    return quantity(
        rf"\langle n, {written} \rangle", f"{meaning} at the limit, against a null vector n of A", real=True
    )


charge = _charge(r"\psi(x_{\infty})", "the mirror map of the depth")
charge_two = _charge(r"\psi_{D=2}(x_{\infty})", "the mirror map of depth two")
charge_plain = _charge(r"x_{\infty}", "the identity")
charge_finer = _charge(r"\psi_{\alpha^2}(x_{\infty})", "the mirror map for alpha^2 in place of alpha")


def _mapped(found: Limit, log_alpha: Any, depth: Fraction) -> tuple[Any, Any]:
    """The mirror map at the limit, on the support and off it."""
    on, off = (
        mirror_values(mirror_angles(logs, log_alpha[:, None], depth), depth) for logs in (found.log_on, found.log_off)
    )
    return on * found.sign_on, off * found.sign_off


def _measure_charges(parameters: Parameters, instances: Instances) -> Measurement:
    depth, log_alpha = depth_of(parameters), log_alpha_of(parameters, instances)
    found = limit(unique_face(instances), log_alpha, depth)
    seen, vectors = extremes(instances)
    maps = {
        charge: _mapped(found, log_alpha, depth),
        charge_two: _mapped(found, log_alpha, Fraction(2)),
        charge_plain: (found.on, found.off),
        charge_finer: _mapped(found, 2 * log_alpha, depth),
    }
    charges = {
        symbol: matvec(transpose(vectors), off) - matvec(transpose(seen), on) for symbol, (on, off) in maps.items()
    }
    cases = tuple(
        Case(name=f"null vector {i + 1}", values={symbol: value[:, i] for symbol, value in charges.items()})
        for i in range(vectors.shape[2])
    )
    return Measurement(cases=cases, failures=failures([found]))


mirror_charges = Procedure(
    name="the limit of the flow, from its convex dual",
    measures=(charge, charge_two, charge_plain, charge_finer),
    run=_measure_charges,
    rational=False,
)


def moved_problems(depths: tuple[str, ...]) -> Family:
    """Problems with another interpolator x_inf + (-Bc, c) beside the limit."""
    base = problems(SEEN, depths=depths, scales=(0, 8), unseen=0)

    def drawn(parameters: Parameters, rng: np.random.Generator, count: int) -> Instances:
        move = rng.integers(-16, 17, size=(count, int(parameters["others"]))) / 32
        return {**draw(parameters, rng, count), "move": move}

    return dataclasses.replace(base, draw=drawn)


@dataclasses.dataclass(frozen=True)
class Objective:
    """What the limit minimises among all interpolators, or does not: at the limit and at another interpolator."""

    at_limit: Any
    elsewhere: Any


def _objective(written: str, meaning: str) -> Objective:
    """``written`` with a place for the point."""
    points = {r"x_{\infty}": "at the limit x_inf of the flow", "x": "at another x with A x = y"}
    return Objective(*(quantity(written % at, f"{meaning}, {place}", real=True) for at, place in points.items()))


POTENTIAL = _objective(r"Q_{D}(%s)", "potential of the depth D and of alpha")
POTENTIAL_TWO = _objective("Q_{2}(%s)", "potential of depth two")
POTENTIAL_THREE = _objective("Q_{3}(%s)", "potential of depth three")
L1 = _objective(r"\lVert %s \rVert_{1}", "l1 norm")
L2 = _objective(r"\lVert %s \rVert_{2}^{2}", "squared l2 norm")
_OBJECTIVES = (POTENTIAL, POTENTIAL_TWO, POTENTIAL_THREE, L1, L2)


def _measure_objectives(parameters: Parameters, instances: Instances) -> Measurement:
    depth, log_alpha = depth_of(parameters), log_alpha_of(parameters, instances)
    found = limit(unique_face(instances), log_alpha, depth)
    move = instances["move"]
    here = concatenate([found.on * found.sign_on, found.off * found.sign_off], axis=1)
    there = absolute(concatenate([found.on - matvec(instances["B"], move), found.off + move], axis=1))
    values: dict[Any, Any] = {}
    for at, sizes in (("at_limit", here), ("elsewhere", there)):
        values |= {getattr(L1, at): sizes.sum(axis=1), getattr(L2, at): (sizes * sizes).sum(axis=1)}
        for taken, objective in ((depth, POTENTIAL), (2, POTENTIAL_TWO), (3, POTENTIAL_THREE)):
            values[getattr(objective, at)] = _potential(sizes, log_alpha[:, None], Fraction(taken))
    return Measurement.of(values, case="limit", failures=failures([found]))


def _potential(sizes: Any, log_alpha: Any, depth: Fraction) -> Any:
    angle = mirror_angles(elementwise(sizes, "log"), log_alpha, depth)
    return potential_terms(sizes, angle, log_alpha, depth).sum(axis=1)


objectives = Procedure(
    name="the limit of the flow beside another interpolator",
    measures=tuple(symbol for one in _OBJECTIVES for symbol in (one.at_limit, one.elsewhere)),
    run=_measure_objectives,
    rational=False,
)


def _tie(drawn: Instances, slack: Any) -> Instances:
    """The first half of the columns off S within ``slack`` (batch, 1) of a tie with the support."""
    seen = drawn["B"].copy()
    half = (seen.shape[2] + 1) // 2
    seen[:, 0, :half] += (1 - slack) - seen.sum(axis=1)[:, :half]
    return {**drawn, "B": seen}


def tied_problems(*hypotheses: Hypothesis, depths: tuple[str, ...], scales: tuple[int, int]) -> Family:
    """Problems of which half have columns so nearly tied that the initialization cannot tell them apart."""
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
    slack = face.dual_slack * same + (2 - face.dual_slack) * (1 - same)
    lost = (absolute(found.on) - found.on).sum(axis=1)
    return lost + (found.off * found.sign_off * slack).sum(axis=1)


def _entropy(sizes: Any) -> Any:
    return (sizes * elementwise(sizes, "log")).sum(axis=1)


def _measure_gap(parameters: Parameters, instances: Instances) -> Measurement:
    depth, log_alpha = depth_of(parameters), log_alpha_of(parameters, instances)
    found = limit(unique_face(instances), log_alpha, depth)
    x = instances["x"]
    on, off = found.on * found.sign_on, found.off * found.sign_off
    values = {
        sp.log(alpha): log_alpha,
        D: full(log_alpha, depth),
        n: full(log_alpha, x.shape[1] + off.shape[1]),
        support_size: full(log_alpha, x.shape[1]),
        gap: _gap(instances, found),
        norm: on.sum(axis=1) + off.sum(axis=1),
        entropy: _entropy(on) + (off * found.log_off).sum(axis=1),
        shifted_entropy: _entropy(x + elementwise(2 * log_alpha, "exp")[:, None]),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


gaps = Procedure(
    name="the limit of the flow, from its convex dual",
    measures=(sp.log(alpha), D, n, support_size, gap, norm, entropy, shifted_entropy),
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
    """Depth-two problems with an accuracy eps and alpha on either side of its threshold; half nearly tied."""
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
        log_alpha = -edge * factor * 1.01
        if int(parameters["scale"]) % 2 == 0:
            found = _tie(found, 2.0 ** -np.round(np.log2(np.maximum(-2 * log_alpha, 2.0)))[:, None])
        return {**found, "eps": e, "log_alpha": log_alpha}

    mild = tuple(edge for edge in base.edges if not edge.name.startswith("spread"))  # their alpha would be another
    return dataclasses.replace(base, draw=drawn, edges=mild)


def _measure_regime(_: Parameters, instances: Instances) -> Measurement:
    found = limit(unique_face(instances), instances["log_alpha"], Fraction(2))
    values = {
        accuracy: instances["eps"],
        least_norm: instances["x"].sum(axis=1),
        gap: _gap(instances, found),
        square: (found.on * found.on).sum(axis=1) + (found.off * found.off).sum(axis=1),
        least_square: _least_squares(instances),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


regime = Procedure(
    name="the limit of the flow, from its convex dual",
    measures=(accuracy, least_norm, gap, square, least_square),
    run=_measure_regime,
    rational=False,
)
