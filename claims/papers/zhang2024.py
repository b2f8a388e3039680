"""Zhang et al. 2024: continual learning in deep state-space models. Declined; a stand-in on elastic weights."""

from __future__ import annotations

import enum
from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Claim,
    Edge,
    Family,
    Hypothesis,
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
from lemmata.solvers import dot, matvec, solve_definite, transpose

PAPER = Paper(
    key="zhang2024",
    authors="Y. Zhang, Z. Lin, Y. Sun, F. Yin, C. Fritsche",
    title="Regularization-Based Efficient Continual Learning in Deep State-Space Models",
    venue="preprint",
    year=2024,
    identifier="arXiv:2403.10123",
    declined="regularisers of continual learning in a filter, counts of operations and experiments; no theorem",
    statements=(
        Statement(
            number="continual learning by elastic weights, on quadratic tasks",
            says="a stand-in: with the whole curvature of the first task as penalty nothing is forgotten",
            read=Read.BESIDE,
            claims=("elastic-weights-remember-quadratics",),
        ),
        Statement(
            number="the filter with EWC, MAS, SI or LwF",
            says="four penalties against forgetting in an ensemble Kalman filter",
            read=Read.PART,
            why_none="algorithms, complexity counts and experiments",
        ),
    ),
)

away = quantity(
    r"|\theta - \theta_{12}|^2",
    "squared distance of the weights learnt in sequence from the joint minimiser",
    nonnegative=True,
)


class Anchor(enum.Enum):
    """What holds the weights at those of the first task while the second is learnt."""

    HESSIAN = "the whole Hessian of the first task"
    DIAGONAL = "the diagonal of that Hessian"
    IDENTITY = "the plain squared distance"
    DOUBLED = "twice that Hessian"


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    n = int(parameters["n"])

    def grains(*shape: int) -> np.ndarray:
        found: np.ndarray = rng.integers(-8, 9, size=(size, *shape)) / 8
        return found

    roots = [grains(n, n) for _ in range(2)]
    names = ("H_1", "H_2")
    return {
        **{name: root @ root.swapaxes(1, 2) + np.eye(n) / 8 for name, root in zip(names, roots, strict=True)},
        "a_1": grains(n),
        "a_2": grains(n),
    }


def _curved(_: Parameters, instances: Instances) -> Any:
    return np.all([np.linalg.eigvalsh(instances[name])[:, 0] > 0 for name in ("H_1", "H_2")], axis=0)


_tasks = Family(
    name="two quadratic tasks, curvatures H_1, H_2 and minimisers a_1, a_2",
    parameters={"n": integers(1, 4)},
    draw=_draw,
    hypotheses=(Hypothesis(name="H_1, H_2 positive definite", holds=_curved),),
    edges=(Edge(name="one weight"), Edge(name="four weights", parameters={"n": 4})),
)


def _run(_: Parameters, instances: Instances, *, anchor: Anchor) -> Measurement:
    first, second, start, target = (instances[name] for name in ("H_1", "H_2", "a_1", "a_2"))
    one = np.eye(first.shape[1], dtype=int)
    match anchor:
        case Anchor.HESSIAN:
            held = first
        case Anchor.DIAGONAL:
            held = first * one
        case Anchor.IDENTITY:
            held = first * 0 + one
        case Anchor.DOUBLED:
            held = first * 2
    # The second task's minimum with the penalty (theta - a_1)' held (theta - a_1)/2
    learnt = solve_definite(second + held, matvec(second, target) + matvec(held, start))
    joint = solve_definite(first + second, matvec(first, start) + matvec(transpose(second), target))
    gap = learnt - joint
    return Measurement.of({away: dot(gap, gap)})


def sequential(anchor: Anchor = Anchor.HESSIAN) -> Procedure:
    """The second task learnt with a penalty that holds the weights of the first."""
    return Procedure(
        name=f"two tasks in sequence, held by {anchor.value}", measures=(away,), run=partial(_run, anchor=anchor)
    )


elastic = Claim(
    key="zhang2024/elastic-weights-remember-quadratics",
    title="Stand-in: on quadratic tasks elastic weights with the whole Hessian end at the joint minimiser",
    about="""Not from this paper, which has no theorem: let two tasks have the losses (theta - a_i)'H_i(theta - a_i)/2. Learning the second with the penalty
(theta - a_1)'H_1(theta - a_1)/2 ends at (H_1 + H_2)^{-1}(H_1 a_1 + H_2 a_2), the minimiser of both together: nothing is forgotten. In practice the
diagonal of the Fisher information takes the place of H_1, and this is lost unless H_1 is diagonal.

Why: the penalty is the first task's loss itself.""",
    source=PAPER.at("beside it: elastic weight consolidation on quadratic tasks"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="a stand-in, not from this paper: the paper is declined",
    given=_tasks,
    when=sequential(),
    then=Identity(left=away, right=0),
    mutants=(
        Mutant(
            name="the diagonal alone",
            because="weights that matter only together are not held",
            when=sequential(Anchor.DIAGONAL),
        ),
        Mutant(
            name="all weights alike",
            because="a plain anchor holds what does not matter as strongly as what does",
            when=sequential(Anchor.IDENTITY),
        ),
        Mutant(
            name="twice the penalty",
            because="the first task then counts twice",
            when=sequential(Anchor.DOUBLED),
        ),
    ),
)
