"""Sparse recovery problems whose minimisers are known by construction, and the limits of diagonal networks on them.

Certificate first. Of a unique minimiser: A = [[I, B], [0, M']] with y = (x*, 0), x* > 0, so that the column sums of B,
if they lie inside (-1, 1), are a strict dual certificate. Of a face: the first row of A is one on the support S and inside
(-1, 1) off it. Every problem is of one of these forms after an invertible change of rows, an order and signs of the columns,
under which the limit changes along (``wind2023/same-limit-in-other-words`` judges that). All numbers are dyadic: y = A x* is
exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Edge, Family, Hypothesis, Instances, Parameters, choice, integers, quantity
from lemmata.solvers import absolute, full, stack, zeros
from lemmata.solvers.diagonal import Limit, ReducedProblem, as_depth, limit, log_two

alpha = quantity("alpha", "initialization of every u and v", positive=True)
D = quantity("D", "depth", positive=True)
rho = quantity(
    "rho",
    "largest -<sigma, n_S> over null vectors n of A with |n off S|_1 <= 1; no dual certificate is smaller off S",
    nonnegative=True,
)
error = quantity(
    r"\lVert x_{\infty} - x^* \rVert_{1}", "l1 distance of the limit of the flow from the minimiser x*", positive=True
)
norm = quantity(r"\lVert x_{\infty} \rVert_{1}", "l1 norm of the limit of the flow", nonnegative=True)
gap = quantity(
    r"\lVert x_{\infty} \rVert_{1} - \lVert x^* \rVert_{1}",
    "l1 norm of the limit of the flow minus the least one",
    nonnegative=True,
)

g = sp.Symbol("g", positive=True)
POWER = {g: D / (D - 2)}
"""The power g of the mirror map above depth two, as a named part of a formula."""


def height(z: Any) -> Any:
    """The formula h(z) = (1 - z)^-g - (1 + z)^-g, of which alpha^D is the unit, in sympy."""
    return (1 - z) ** (-g) - (1 + z) ** (-g)


DEPTHS = ("2", "5/2", "3", "4", "6")
_GRAIN = 64


def depth_of(parameters: Parameters) -> Fraction:
    """The depth D, exact."""
    return as_depth(str(parameters["depth"]))


def _dyadic(rng: np.random.Generator, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
    """Multiples of 1/64 within [low, high]."""
    whole: np.ndarray = rng.integers(int(low * _GRAIN), int(high * _GRAIN) + 1, size=shape) / _GRAIN
    return whole


def draw_unique(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """B ``(batch, p, k)``, M ``(batch, k, q)`` and x* ``(batch, p)``; q = 1 where rows of A are unseen by the support.

    For q = 1 two columns attain the largest modulus rho of the certificate from opposite sides of M: no other
    certificate is smaller, which depth two needs.
    """
    p, k, q = (int(parameters[name]) for name in ("support", "others", "unseen"))
    rho = _dyadic(rng, 0.125, 0.875, (size, 1))
    certificate = np.round(rng.uniform(-1, 1, size=(size, k)) * rho * _GRAIN) / _GRAIN
    certificate[:, 0] = rho[:, 0] * np.where(rng.uniform(size=size) < 0.5, -1, 1)  # noqa: PLR2004 - a fair coin
    seen = _dyadic(rng, -1, 1, (size, p, k))
    seen[:, 0] += certificate - seen.sum(axis=1)
    unseen = _dyadic(rng, 0.25, 1, (size, k, q))
    if q and k > 1:
        before = certificate[:, 1].copy()
        certificate[:, 1] = np.where(before < 0, -rho[:, 0], rho[:, 0])
        seen[:, 0, 1] += certificate[:, 1] - before
        unseen[:, 0, 0] *= np.sign(certificate[:, 0])
        unseen[:, 1, 0] *= -np.sign(certificate[:, 1])
        unseen[:, 2:, 0] *= np.where(rng.uniform(size=(size, k - 2)) < 0.5, -1, 1)  # noqa: PLR2004
    return {"B": seen, "M": unseen, "x": _dyadic(rng, 0.25, 3, (size, p))}


def certificate_of(instances: Instances) -> Any:
    """The column sums of B, ``(batch, k)``."""
    return instances["B"].sum(axis=1)


def unique_face(instances: Instances) -> ReducedProblem:
    """The reduced problem of a unique minimiser, in the number system of the instances."""
    seen, certificate = instances["B"], certificate_of(instances)
    identity = np.eye(seen.shape[1])[None]
    return ReducedProblem(
        on=zeros(seen, (seen.shape[0], seen.shape[1], seen.shape[1])) + identity,
        off=seen,
        target=instances["x"],
        certificate=certificate,
        dual_slack=1 - absolute(certificate),
        unseen=instances["M"],
        anchor=full(instances["x"], 1),
    )


def draw_face(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """``on`` ``(batch, r, p)`` with a first row of ones, ``off`` ``(batch, r, k)`` and a minimiser x ``(batch, p)``."""
    r, extra, k = (int(parameters[name]) for name in ("rank", "extra", "others"))
    on = rng.integers(-2, 3, size=(size, r, r + extra)).astype(float)
    on[:, :, :r] += 5 * np.eye(r)
    on[:, 0] = 1.0
    off = _dyadic(rng, -1, 1, (size, r, k))
    off[:, 0] = _dyadic(rng, -0.875, 0.875, (size, k))
    return {"on": on, "off": off, "x": _dyadic(rng, 0.25, 3, (size, r + extra))}


def wide_face(instances: Instances) -> ReducedProblem:
    """The reduced problem of a face of minimisers whose support has full row rank."""
    on, off = instances["on"], instances["off"]
    anchor = np.zeros(on.shape[1])
    anchor[0] = 1.0
    return ReducedProblem(
        on=on,
        off=off,
        target=(on @ instances["x"][..., None])[..., 0],
        certificate=off[:, 0],
        dual_slack=1 - absolute(off[:, 0]),
        unseen=zeros(off, (off.shape[0], off.shape[2], 0)),
        anchor=full(on[:, :, 0], 0) + anchor[None],
    )


def face_problems(*hypotheses: Hypothesis) -> Family:
    """Problems whose minimisers form a face: more columns on the support than rows."""
    return Family(
        name="sparse recovery with a face of minimisers",
        parameters={
            "rank": integers(1, 3),
            "extra": integers(1, 2),
            "others": integers(1, 3),
            "depth": choice(*DEPTHS),
        },
        draw=draw_face,
        hypotheses=(
            Hypothesis(name="x > 0 on the support", holds=lambda _, one: np.all(one["x"] > 0, axis=1)),
            Hypothesis(name="strict certificate", holds=lambda _, one: np.all(np.abs(one["off"][:, 0]) < 1, axis=1)),
            Hypothesis(name="independent rows on the support", holds=_independent),
            *hypotheses,
        ),
        edges=(
            Edge(name="a segment, depth 2"),
            Edge(name="a segment, depth 3", parameters={"depth": "3"}),
            Edge(name="a triangle, depth 4", parameters={"rank": 2, "extra": 2, "depth": "4"}),
        ),
    )


def _independent(_: Parameters, instances: Instances) -> Any:
    on = instances["on"]
    spread = np.linalg.eigvalsh(on @ on.swapaxes(1, 2))
    return (spread[:, 0] > 1e-6 * spread[:, -1]) & np.all(on[:, 0] == 1, axis=1)


def limits_along(face: ReducedProblem, log_scales: Any, depth: Fraction) -> list[Limit]:
    """The limits at several scales, ``log_scales`` a sequence of ``(batch,)``: one solve each."""
    return [limit(face, log_alpha, depth) for log_alpha in log_scales]


FAILED = "the limit does not satisfy A x = y to ten digits"
_SOLVED = 1e-10


def failures(found: Sequence[Limit]) -> dict[str, Any]:
    """The instances on which a limit was not found."""
    return {FAILED: ~np.all([one.residual < _SOLVED for one in found], axis=0)}


def log_initialization(like: Any, bits: int) -> Any:
    """Logarithm of alpha = 2^-bits, in the number system and shape of ``like``."""
    return log_two(like) * -bits


def scale_grid(like: Any, exponents: tuple[int, ...]) -> Any:
    """``log_initialization`` at each of the exponents, ``(batch, scales)``, for ``like`` ``(batch,)``."""
    return stack([log_initialization(like, one) for one in exponents], axis=1)
