"""Gaussian problems in a few dimensions, annealed in a few steps: the gap in every number system."""

from __future__ import annotations

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
    Procedure,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import full
from lemmata.solvers.sampling import Annealing, Moments

evidence = quantity("p(D)", "evidence: the density of the data under the model", positive=True)
bound = quantity(r"\mathcal{L}", "mean of the log-weight of annealed particles", real=True)
misplaced = quantity(
    r"|m_K - \mu|^2",
    "squared distance of the last mean from the posterior's, in the posterior's norm",
    nonnegative=True,
)
spread = quantity(r"\operatorname{tr}(\Lambda S_K)", "posterior precision times last covariance", nonnegative=True)
volume = quantity(
    r"\log(|\Lambda| / |\Lambda_p|)", "log-determinant of the posterior's precision over the prior's", real=True
)
kinetic = quantity(
    r"\sum_k (|m^v_k|^2 + \operatorname{tr} S^v_k - d)",
    "excess of the momenta after the steps over fresh ones",
    real=True,
)
d = quantity("d", "dimension", integer=True, positive=True)
eta = quantity("eta", "step size", positive=True)
K = quantity("K", "number of steps", integer=True, positive=True)
prior = quantity("Lambda_p", "precision of the prior", positive=True)
likelihood = quantity("Lambda_l", "precision of the likelihood", nonnegative=True)
distance = quantity("Delta", "distance of the likelihood's centre from the prior's mean", real=True)

GAP = (misplaced + spread - d - volume + kinetic) / 2
"""The gap in moments."""
posterior = quantity("Lambda", "precision of the posterior, Lambda_p + Lambda_l", positive=True)
C_1 = quantity(
    "C_1",
    "what moving costs, 2/3 Lambda_p^2 Lambda_l Delta^2 (Lambda_p^-3 - Lambda^-3) + Lambda_l/4 (Lambda_p^-2 - Lambda^-2)",
    nonnegative=True,
)
C_2 = quantity("C_2", "what the steps' own bias costs, (Lambda_p^2 + Lambda^2)/64", nonnegative=True)


def constants(before: Any, added: Any, apart: Any) -> dict[Any, Any]:
    """The leading order in one dimension, C_1/(eta^2 K) + C_2 eta^4, of both precisions and the distance, all of one shape."""
    after = before + added
    squares = before * before, after * after
    cubes = squares[0] * before, squares[1] * after
    mean = squares[0] * added * apart * apart * (1 / cubes[0] - 1 / cubes[1]) * 2 / 3
    precision = added * (1 / squares[0] - 1 / squares[1]) / 4
    return {posterior: after, C_1: mean + precision, C_2: (squares[0] + squares[1]) / 64}


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    n, rows = int(parameters["dimension"]), 8
    return {
        "prior": np.exp(rng.uniform(-0.7, 0.7, size=(size, n))),
        "X": float(parameters["strength"]) * rng.normal(size=(size, rows, n)) / 2,
        "mu_p": rng.normal(size=(size, n)),
        "mu_l": rng.normal(size=(size, n)) * 1.5,
        "eta": np.exp(rng.uniform(-3, 0, size=size)),
    }


def _admissible(_: Parameters, instances: Instances) -> Any:
    return (instances["prior"] > 0).all(axis=1) & (instances["eta"] > 0)


def _line(_: Parameters, drawn: Instances, *, precision: float, distance: float, eta: float) -> Instances:
    """Prior N(0, 1) and one observation of the given precision at the given place; nothing is rounded."""
    X = np.zeros_like(drawn["X"])
    X[:, 0, 0] = precision
    return {
        "prior": np.ones_like(drawn["prior"]),
        "X": X,
        "mu_p": 0 * drawn["mu_p"],
        "mu_l": np.full_like(drawn["mu_l"], distance),
        "eta": np.full_like(drawn["eta"], eta),
    }


def problems(*, upto: int = 3, steps: int = 6) -> Family:
    """Priors with diagonal precision, likelihoods X'X, any step size below one."""
    return Family(
        name="Gaussian priors and likelihoods",
        parameters={
            "dimension": integers(1, upto),
            "steps": integers(1, steps),
            "strength": reals(0.1, 2, logarithmic=True),
        },
        draw=_draw,
        hypotheses=(Hypothesis(name="positive precisions and steps", holds=_admissible),),
        searchable=("prior", "X", "mu_p", "mu_l", "eta"),
        edges=(
            Edge(name="one step", parameters={"strength": 1.0}),
            Edge(
                name="no data",
                parameters={"steps": 3},
                adjust=partial(_line, precision=0.0, distance=0.0, eta=0.5),
            ),
            Edge(
                name="far from the prior",
                parameters={"steps": steps},
                adjust=partial(_line, precision=1.0, distance=4.0, eta=0.5),
            ),
            Edge(
                name="one step, long",
                parameters={},
                adjust=partial(_line, precision=0.5, distance=0.0, eta=1.0),
            ),
            Edge(name="most dimensions and steps", parameters={"dimension": upto, "steps": steps, "strength": 1.0}),
        ),
    )


def _annealing(parameters: Parameters, instances: Instances) -> Annealing:
    X = instances["X"]
    return Annealing(
        prior=instances["prior"],
        likelihood=X.swapaxes(1, 2) @ X,
        prior_mean=instances["mu_p"],
        likelihood_mean=instances["mu_l"],
        step=instances["eta"],
        steps=int(parameters["steps"]),
    )


def _values(moments: Moments, like: Any, dimension: int) -> dict[Any, Any]:
    return {
        misplaced: moments.misplaced,
        spread: moments.spread,
        volume: moments.volume,
        kinetic: moments.kinetic,
        d: full(like, dimension),
    }


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    annealing = _annealing(parameters, instances)
    values = _values(annealing.moments(), instances["eta"], int(parameters["dimension"]))
    return Measurement.of(values, case="after K steps")


gap_in_moments = Procedure(
    name="annealing in K leapfrog steps with fresh momenta, by its moments",
    measures=(misplaced, spread, volume, kinetic, d),
    run=_run,
    rational=False,
    cost=2,
)


def _run_both(parameters: Parameters, instances: Instances) -> Measurement:
    annealing = _annealing(parameters, instances)
    values = _values(annealing.moments(), instances["eta"], int(parameters["dimension"]))
    weights = {sp.log(evidence): annealing.log_evidence(), bound: annealing.expected_log_weight()}
    return Measurement.of(values | weights, case="after K steps")


both_ways = Procedure(
    name="annealing in K leapfrog steps with fresh momenta: particles, and moments",
    measures=(misplaced, spread, volume, kinetic, d, evidence, bound),
    run=_run_both,
    rational=False,
    cost=8,
)


def _run_line(parameters: Parameters, instances: Instances) -> Measurement:
    annealing = _annealing(parameters, instances)
    values = _values(annealing.moments(), instances["eta"], 1) | {
        eta: instances["eta"],
        K: full(instances["eta"], int(parameters["steps"])),
        prior: instances["prior"][:, 0],
        likelihood: annealing.likelihood[:, 0, 0],
        distance: instances["mu_l"][:, 0] - instances["mu_p"][:, 0],
    }
    values |= constants(values[prior], values[likelihood], values[distance])
    return Measurement.of(values, case="after K steps")


on_the_line = Procedure(
    name="annealing in K leapfrog steps with fresh momenta, in one dimension",
    measures=(misplaced, spread, volume, kinetic, d, eta, K, prior, likelihood, distance, posterior, C_1, C_2),
    run=_run_line,
    rational=False,
    cost=2,
)
