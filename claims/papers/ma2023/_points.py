"""First-order points of matrix sensing made from their certificate, or found by Newton's method and written as one.

See `lemmata.solvers.sensing.critical`: every operator with first-order point X has measurements A_0 = kappa w w' - y y' + ..., A_0 X = 0, that
alone sees D = X X' - M*, and others orthogonal to D. For n - r <= 2 this is all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims import Edge, Family, Hypothesis, Instances, Parameters, choice, integers, reals
from lemmata.solvers import concatenate, dot, eigenvalues_symmetric, pivots
from lemmata.solvers.sensing import (
    Certificate,
    as_certificate,
    certified_operator,
    factor_curvature,
    measurements,
    normal,
    operator_matrix,
    stationary_points,
    with_identity,
)

MADE, FOUND = "made from the certificate", "found by Newton's method"
_OPERATORS, _GUESSES, _ROUNDS = 48, 4, 8
_CLOSE, _SPURIOUS, _RISING = 1e-9, 1e-3, 1e-6


def point_of(instances: Instances, sign: int = 1) -> Certificate:
    """The first-order point that the arrays of an instance stand for."""
    return certified_operator(
        factor=instances["X"],
        truth=instances["Z"],
        bottom=instances["y"],
        other=instances["w"],
        share=instances["kappa"],
        rest=instances["R"],
        sign=sign,
    )


def shape_of(parameters: Parameters) -> tuple[int, int]:
    """The numbers n and r."""
    rows, columns = str(parameters["shape"]).split(" x ")
    return int(rows), int(columns)


def _made(parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    n, r = shape_of(parameters)
    truth = rng.normal(size=(size, n, r))
    factor = rng.normal(size=(size, n, r))
    factor = np.take_along_axis(factor, np.argsort(-(factor**2).sum(axis=1), axis=1)[:, None], axis=2)
    basis = np.eye(n * n).reshape(n * n, n, n)
    bottom = truth[:, :, 0] + float(parameters["turned"]) * rng.normal(size=(size, n))
    other = rng.normal(size=(size, n))
    squares = (bottom**2).sum(axis=1) * (other**2).sum(axis=1)
    return {
        "X": float(parameters["length"]) * factor,
        "Z": truth,
        "y": bottom,
        "w": other,
        "kappa": rng.uniform(-0.5, 1, size=size) / squares,
        "R": float(parameters["scale"]) * (basis + float(parameters["rough"]) * rng.normal(size=(size, n * n, n, n))),
    }


def _found(parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Some spurious points that Newton's method finds for ill-conditioned operators, second-order ones first; the rest are made."""
    made = _made(parameters, rng, size)
    n, r = shape_of(parameters)
    if r > 1:
        return made
    for _ in range(_ROUNDS):  # until there is a second-order one among them, which one round in ten has not
        operator = np.repeat(_ill_conditioned(rng, _OPERATORS, n), _GUESSES, axis=0)
        truth = np.repeat(rng.normal(size=(_OPERATORS, n)), _GUESSES, axis=0)
        point, left, bend = stationary_points(operator, truth, rng.normal(size=truth.shape))
        away = np.abs(point[:, :, None] * point[:, None, :] - truth[:, :, None] * truth[:, None, :]).max(axis=(1, 2))
        good = (left < _CLOSE) & (away > _SPURIOUS) & (np.abs(point).max(axis=1) > _SPURIOUS)
        if bend[good].max(initial=-1) > _RISING:
            break
    chosen = np.argsort(np.where(good, -bend, np.inf))[: min(size, int(good.sum()))]
    for name, value in as_certificate(operator[chosen], truth[chosen], point[chosen]).items():
        made[name][: len(chosen)] = value
    return made


def _ill_conditioned(rng: np.random.Generator, size: int, n: int) -> np.ndarray:
    """Operators (size, n^2, n, n) whose singular values on symmetric matrices are log-uniform in e^-2.5 to 1."""
    above, below = np.triu_indices(n)
    count = len(above)
    basis = np.zeros((count, n, n))
    basis[np.arange(count), above, below] = basis[np.arange(count), below, above] = np.where(
        above == below, 1, 0.5**0.5
    )
    turn = np.linalg.qr(rng.normal(size=(size, count, count)))[0]
    values = np.exp(rng.uniform(-2.5, 0, size=(size, count, 1)))
    made = np.zeros((size, n * n, n, n))
    made[:, :count] = np.einsum("bkj,jpq->bkpq", values * turn, basis)
    return made


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    return (_made if parameters["points"] == MADE else _found)(parameters, rng, size)


def _least(_: Parameters, instances: Instances) -> Any:
    point = point_of(instances)
    low, away = dot(point.bottom, point.bottom), dot(point.other, point.other)
    return (point.pull > 0) & (low > 0) & (point.share * away + low >= 0)


def _regular(_: Parameters, instances: Instances) -> Any:
    """No length by which the certificate divides is nearly zero beside the others, nor is X X' nearly the truth."""
    point = point_of(instances)
    lengths, truth = (point.factor * point.factor).sum(axis=1), (point.truth * point.truth).sum(axis=(1, 2))
    distance = (point.difference * point.difference).sum(axis=(1, 2))
    falling = (lengths[:, :-1] >= lengths[:, 1:]).all(axis=1)
    whole, low = dot(instances["y"], instances["y"]), dot(point.bottom, point.bottom)
    return (
        falling
        & (low * _LARGE >= whole)
        & (whole * _LARGE >= truth)
        & (lengths[:, -1] * _LARGE >= lengths[:, 0] + truth)
        & (distance * _LARGE >= truth * truth)
    )


_LARGE = 10**8


def hessian(point: Certificate) -> Any:
    """The Hessian of f at X on vec(X), (batch, n r, n r)."""
    slope = point.pull[:, None, None] * point.operator[:, 0]
    return with_identity(slope, point.factor.shape[2]) + 2 * factor_curvature(point.operator, point.factor)


def _second_order(_: Parameters, instances: Instances) -> Any:
    """Positive definite once rotations X -> X Q, along which f is constant, are counted as rising."""
    point = point_of(instances)
    bent = hessian(point)
    if point.factor.shape[2] > 1:
        first, second = point.factor[:, :, 0], point.factor[:, :, 1]
        turn = concatenate([-second[:, :, None], first[:, :, None]], axis=2).reshape(len(first), -1)
        bent = bent + turn[:, :, None] * turn[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):  # after a pivot that is not positive nothing matters
        return (pivots(bent) > 0).all(axis=1)


def isometry(point: Certificate) -> tuple[Any, Any]:
    """The sharpest L_s and alpha_s: the extreme eigenvalues of K on the symmetric matrices, (batch,) each."""
    values = eigenvalues_symmetric(operator_matrix(point.operator))
    return values[:, 0], values[:, -1]


def _sides(instances: Instances) -> tuple[Any, Any]:
    """alpha_s |D|_F^2 and L_s lambda_r(X X') tr M*, whose ratio is 1/b."""
    point = point_of(instances)
    most, fewest = isometry(point)
    distance = (point.difference * point.difference).sum(axis=(1, 2))
    strength = (point.factor * point.factor).sum(axis=1)[:, -1]
    return fewest * distance, most * strength * (point.truth * point.truth).sum(axis=(1, 2))


def _far(_: Parameters, instances: Instances) -> Any:
    left, right = _sides(instances)
    return left >= right


def _own(point: Certificate, matrix: Any) -> Any:
    """<K(M), y y'>, (batch,)."""
    return dot((normal(point.operator, matrix) @ point.bottom[:, :, None])[:, :, 0], point.bottom)


def _positive(_: Parameters, instances: Instances) -> Any:
    point = point_of(instances)
    return _own(point, point.factor @ point.factor.swapaxes(1, 2)) >= 0


def _crossed(_: Parameters, instances: Instances) -> Any:
    point = point_of(instances)
    shorter = point.factor[:, :, -1:]
    seen = measurements(point.operator, shorter * point.bottom[:, None, :])
    own, target = (_own(point, one @ one.swapaxes(1, 2)) for one in (point.factor, point.truth))
    return (own >= 0) & (dot(seen, seen) <= target)


def _order_allowed(parameters: Parameters, instances: Instances) -> Any:
    left, right = _sides(instances)
    with np.errstate(divide="ignore"):
        least = 1 / (1 - np.log2(2 * right / left))
    return order_of(parameters) > least


LEAST = Hypothesis(name="y is an eigenvector of K(D) of its least eigenvalue, which is negative", holds=_least)
REGULAR = Hypothesis(
    name="the last column of X is its shortest, its square and D are not below 1e-8 and 1e-4 of X and the truth",
    holds=_regular,
)
SECOND = Hypothesis(
    name="X is a second-order point: f curves upwards in every direction but rotations", holds=_second_order
)
FAR = Hypothesis(name="(27): |X X' - M*|_F^2 >= (L_s/alpha_s) lambda_r(X X') tr M*", holds=_far)
ALLOWED = Hypothesis(name="(28): l > 1/(1 - log2(2b)), as a formula", holds=_order_allowed)

POSITIVE = Hypothesis(name="a >= 0", holds=_positive)
CROSSED = Hypothesis(name="a >= 0 and c <= b_u", holds=_crossed)

_SHAPES = ("2 x 1", "3 x 1", "3 x 2")


_STEEP = {"length": 2.0, "scale": 10.0, "rough": 0.3, "k": 1}


def _nearly_one_measurement(_: Parameters, drawn: Instances) -> Instances:
    """A_0 = -y y' and a little of every entry: of a long X it is seen that a > 0, and c is small."""
    n = drawn["X"].shape[1]
    little = np.eye(n * n).reshape(n * n, n, n) / 64
    return {**drawn, "kappa": 0 * drawn["kappa"], "R": np.repeat(little[None], len(drawn["X"]), axis=0)}


def _edges(hypotheses: tuple[Hypothesis, ...], shapes: tuple[str, ...]) -> tuple[Edge, ...]:
    """Short factors are far from the truth, steep measurements make second-order points: never both."""
    short = tuple(Edge(name=f"short, {shape}", parameters={"shape": shape, "k": 1}) for shape in shapes)
    steep = tuple(Edge(name=f"steep measurements, {shape}", parameters={**_STEEP, "shape": shape}) for shape in shapes)
    found = (Edge(name="found, 3 x 1", parameters={"shape": "3 x 1", "points": FOUND, "k": 1}),)
    if FAR in hypotheses:
        return short
    if CROSSED in hypotheses:
        long = {"k": 1, "length": 2.0}
        return tuple(
            Edge(
                name=f"nearly one measurement, {shape}",
                parameters={**long, "shape": shape},
                adjust=_nearly_one_measurement,
            )
            for shape in shapes
        )
    if SECOND in hypotheses:
        return (*steep, *found)
    return steep if hypotheses else (*short, *steep, *found)


def first_order_points(
    *hypotheses: Hypothesis, odd: bool = True, least: int = 1, shapes: tuple[str, ...] = _SHAPES
) -> Family:
    """First-order points of |A(X X' - M*)|^2 other than M*, with what is known of them; the order l = 2k + 1 or 2k.

    Args:
        *hypotheses: beside the two that every point meets.
        odd: whether orders are odd; else even.
        least: the least k.
        shapes: values of n x r.
    """
    return Family(
        name="first-order points X of matrix sensing, " + ("odd" if odd else "even") + " orders of the lift",
        parameters={
            "shape": choice(*shapes),
            "points": choice(MADE, FOUND),
            "k": integers(least, 4),
            "length": reals(0.02, 2, logarithmic=True),
            "turned": reals(0, 1),
            "scale": reals(0.1, 10, logarithmic=True),
            "rough": reals(0, 0.5),
        },
        draw=_draw,
        hypotheses=(LEAST, REGULAR, *hypotheses),
        searchable=("X", "Z", "y", "w", "kappa", "R"),
        edges=_edges(hypotheses, shapes),
    )


def order_of(parameters: Parameters, *, odd: bool = True) -> int:
    """The order l."""
    return 2 * int(parameters["k"]) + int(odd)
