"""Arora, Cohen, Golowich, Hu 2019: gradient descent converges on nearly balanced deep linear networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    AtMost,
    Claim,
    Family,
    Hypothesis,
    Instances,
    Monotone,
    Mutant,
    Paper,
    Parameters,
    Read,
    Reading,
    Statement,
    Status,
)
from lemmata.claims.settings.networks.products import (
    N,
    c,
    deep_linear_descent,
    deep_linear_starts,
    eta,
    gap,
    imbalance_norms,
    least_singular_value,
    loss,
    loss_0,
    lower_square,
    product_of,
    t,
)

PAPER = Paper(
    key="arora2019",
    authors="S. Arora, N. Cohen, N. Golowich, W. Hu",
    title="A Convergence Analysis of Gradient Descent for Deep Linear Neural Networks",
    venue="ICLR",
    year=2019,
    identifier="arXiv:1810.02281",
    statements=(
        Statement(
            number="Theorem 1",
            says="balanced deep linear networks converge linearly where the deficiency margin is positive",
            read=Read.PART,
            claims=("deep-linear-convergence", "loss-decreases"),
        ),
        Statement(
            number="Theorem 2",
            says="a balanced random initialization meets the conditions of Theorem 1 with constant probability",
            read=Read.NOT,
            why_none="its constants are existential, and only the abstract was read",
        ),
    ),
)

_RUNS = "; every t is judged on runs of up to thirty steps"
_MEMORY = (
    "the conditions are those of the abstract and of the authors' account; the step size was read as Xu et al. (2023) restate it "
    "for two layers, c^3/(6144 2^3 |Phi|_F^4), which agrees; the constant 256 of the imbalance and what other depths add were "
    "recalled and not read"
)


def theorem_constants(depth: int, margin: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Allowed imbalance delta and step size, for the margin c and the norm of the target, ``(batch,)`` each."""
    imbalance = margin**2 / (256 * depth**3 * target ** (2 * (depth - 1) / depth))
    step = margin ** ((4 * depth - 2) / depth) / (6144 * depth**3 * target ** ((6 * depth - 4) / depth))
    return imbalance, step


def _allowed(parameters: Parameters, instances: Instances) -> tuple[np.ndarray, np.ndarray]:
    depth = len(parameters["widths"]) - 1
    return theorem_constants(depth, instances["c"], np.linalg.norm(instances["Phi"], axis=(1, 2)))


def _balanced(parameters: Parameters, instances: Instances) -> Any:
    return (imbalance_norms(parameters, instances) <= _allowed(parameters, instances)[0][:, None]).all(axis=1)


def _near(parameters: Parameters, instances: Instances) -> Any:
    distance = np.linalg.norm(product_of(parameters, instances) - instances["Phi"], axis=(1, 2))
    return (instances["c"] > 0) & (distance <= least_singular_value(instances["Phi"]) - instances["c"])


def _small_step(parameters: Parameters, instances: Instances) -> Any:
    return instances["eta"] <= _allowed(parameters, instances)[1]


_start = (
    Hypothesis(name="delta-balanced", holds=_balanced),
    Hypothesis(name="deficiency margin c", holds=_near),
)


def _starts() -> Family:
    step = Hypothesis(name="step size within the theorem's bound", holds=_small_step)
    return deep_linear_starts(theorem_constants, (*_start, step))


def _bold_starts() -> Family:
    """The same starts with a step of about 2, beyond the inverse curvature (about N at the target)."""

    def constants(depth: int, margin: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return theorem_constants(depth, margin, target)[0], np.full(len(margin), 2.5)

    return deep_linear_starts(constants, _start)


def _no_margin_starts() -> Family:
    """The same networks flipped to the other sign of their first layer: balanced as before, far from the target."""
    family = deep_linear_starts(theorem_constants, (_start[0],))

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = family.draw(parameters, rng, size)
        return {**drawn, "W1": np.zeros_like(drawn["W1"]), "W2": np.zeros_like(drawn["W2"])}

    return Family(
        name="deep linear networks that start at a saddle: two layers are zero",
        parameters=family.parameters,
        draw=draw,
        edges=family.edges,
    )


_rate = eta * c ** (2 * (N - 1) / N)
l_t = sp.Symbol(r"\ell_t", real=True)


def _decays_by(claimed: sp.Expr) -> AtMost:
    """At least by what is claimed, on the scale of logarithms."""
    return AtMost(left=claimed, right=sp.log(loss_0) - sp.log(l_t), where={l_t: loss})


convergence = Claim(
    key="arora2019/deep-linear-convergence",
    title="From a nearly balanced start near the target, gradient descent on a deep linear network converges linearly",
    about="""Data whitened, l = |W_N ... W_1 - Phi|_F^2 / 2, every hidden width at least min(d_0, d_N). Let the start be
delta-balanced, |W_{h+1}' W_{h+1} - W_h W_h'|_F <= delta = c^2 / (256 N^3 |Phi|_F^(2(N-1)/N)), with deficiency margin c > 0,
|W_N ... W_1 - Phi|_F <= sigma_min(Phi) - c, and let eta <= c^((4N-2)/N) / (6144 N^3 |Phi|_F^((6N-4)/N)). Then l <= epsilon after
T >= log(l(0)/epsilon) / (eta c^(2(N-1)/N)) steps, for every epsilon > 0. It is judged in the equivalent form
log(l(0)/l(t)) >= eta c^(2(N-1)/N) t for every t; the ratio reported is the claimed over the actual decay.""",
    source=PAPER.at("Theorem 1"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note=_MEMORY + _RUNS,
    given=_starts(),
    when=deep_linear_descent(first=1),
    then=_decays_by(_rate * t),
    mutants=(
        Mutant(
            name="fifty times the rate",
            because="near the target the loss decays at about 2 N eta c^(2(N-1)/N) when c is the least singular value",
            then=_decays_by(50 * _rate * t),
        ),
        Mutant(
            name="rate without the margin",
            because="a badly conditioned target is learnt slowly: the rate must know its least singular value",
            then=_decays_by(2 * N * eta * t),
        ),
        Mutant(
            name="no deficiency margin",
            because="at a saddle (two layers zero) nothing moves",
            given=_no_margin_starts(),
        ),
        Mutant(
            name="a step of two",
            because="beyond the inverse of the curvature, about 1/N at the target, the loss grows",
            given=_bold_starts(),
        ),
    ),
)

descent = Claim(
    key="arora2019/loss-decreases",
    title="Under the conditions of the convergence theorem the loss never increases",
    about="""Under the hypotheses of the convergence theorem the loss decreases at every step: the step size is below the inverse of the
curvature along the whole run.""",
    source=PAPER.at("Theorem 1, its proof"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="implied by the theorem's proof; " + _MEMORY + _RUNS,
    given=_starts(),
    when=deep_linear_descent(first=0),
    then=Monotone(quantity=loss),
    mutants=(
        Mutant(
            name="a step of two",
            because="beyond the inverse of the curvature, about 1/N at the target, the loss grows",
            given=_bold_starts(),
        ),
        Mutant(
            name="the first layer shrinks",
            because="layers grow or shrink with the singular values they still have to learn",
            then=Monotone(quantity=lower_square),
        ),
        Mutant(
            name="the imbalance grows",
            because="each step moves it by eta^2 times a difference of squared gradients, of either sign",
            then=Monotone(quantity=gap, increasing=True),
        ),
    ),
)
