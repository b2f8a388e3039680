"""Gradient descent on |u v' - sigma u* v*'|_F^2 / 2 from a small Gaussian initialization, in any dimension.

The initialization is drawn in the coordinates that matter: the components along u* and v*, which are Gaussian, and the lengths
of the rest, which are chi-distributed. So a dimension of 10^12 costs what two dimensions cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Case,
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
from lemmata.solvers import as_floats, full
from lemmata.solvers.factorization import RankOneRun, rank_one_descent

passage = quantity(
    r"\min\{t : \|u_t v_t^\top - M\|_F \le \epsilon \sigma\}",
    "steps made until the error is at most epsilon sigma",
    positive=True,
)
d = quantity("d", "dimension of u and v", positive=True)
eps = quantity("epsilon", "accuracy in units of sigma", positive=True)
u_along = quantity(r"\langle u_t, u^* \rangle", "component of u along its own singular vector", real=True)
v_along = quantity(r"\langle v_t, v^* \rangle", "component of v along its own singular vector", real=True)
u_square = quantity("|u_t|^2", "squared length of u", nonnegative=True)
v_square = quantity("|v_t|^2", "squared length of v", nonnegative=True)
C0 = quantity("C_0", "the largest ratio allowed", positive=True)

INITIAL = 0.1
"""The size c_init of the initialization."""
_CAP = 50
"""Steps that a run may take, in units of log(d / epsilon); of one that has not arrived by then only that is known."""

Deviation = Callable[[float, float, float], float]
"""(sigma, d, c_init) -> the standard deviation delta of an entry of the initialization."""


def as_deviation(sigma: float, dimension: float, initial: float) -> float:
    """The standard deviation delta = c_init sqrt(sigma / d)."""
    return float(initial * np.sqrt(sigma / dimension))


def as_variance(sigma: float, dimension: float, initial: float) -> float:
    """The same number taken for the variance."""
    return float(np.sqrt(as_deviation(sigma, dimension, initial)))


def quasi_polynomial(sigma: float, dimension: float, initial: float) -> float:
    """An initialization that shrinks faster than every power of the dimension, by the factor d^(-log10(d)/4)."""
    return as_deviation(sigma, dimension, initial) * float(10.0 ** -(np.log10(dimension) ** 2 / 4))


def _initializations(rng: np.random.Generator, size: int, dimensions: tuple[float, float], delta: Any) -> np.ndarray:
    """``(size, 2, 2)``: for u and v the component along the target and the length of the rest."""
    component = rng.normal(size=(size, 2))
    rest = np.sqrt(2 * rng.standard_gamma((np.array(dimensions) - 1) / 2, size=(size, 2)))
    return np.asarray(np.stack([component, rest], axis=2) * delta)


_FAMILY = "rank-one targets sigma u* v*' and Gaussian starts u_0, v_0 of entries of size delta"


def growing_problems(*, deviation: Deviation = as_deviation, stalled: bool = True) -> Family:
    """Dimensions d = 10^k, accuracies epsilon = 10^-k, strengths sigma = 10^k: all over many orders of magnitude.

    Without ``stalled``, only initializations with enough of the direction that grows.
    """

    def delta(parameters: Parameters) -> float:
        return deviation(10.0 ** parameters["log10_sigma"], 10.0 ** parameters["log10_d"], INITIAL)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        dimension = 10.0 ** parameters["log10_d"]
        return {"start": _initializations(rng, size, (dimension, dimension), delta(parameters))}

    def grows(parameters: Parameters, instances: Instances) -> Any:
        return np.abs(instances["start"][:, :, 0].sum(axis=1)) >= delta(parameters) / 4

    def short(parameters: Parameters, instances: Instances) -> Any:
        squares = (instances["start"] ** 2).sum(axis=2)
        return (squares <= 10.0 ** parameters["log10_sigma"] / 10).all(axis=1)

    away = (
        Hypothesis(name="|u_0.u* + v_0.v*| >= delta/4", holds=grows),
        Hypothesis(name="|u_0|^2, |v_0|^2 <= sigma/10", holds=short),
    )
    return Family(
        name=_FAMILY,
        parameters={"log10_d": integers(1, 12), "digits": integers(1, 8), "log10_sigma": integers(-6, 6)},
        draw=draw,
        hypotheses=() if stalled else away,
        edges=(
            Edge(name="d = 10, a weak target"),
            Edge(name="d = 10, to eight digits", parameters={"digits": 8, "log10_sigma": 0}),
            Edge(name="d = 10^12", parameters={"log10_d": 12, "log10_sigma": 6}),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Pace:
    """The step size in units of 1 / sigma, as a fraction."""

    above: int
    below: int

    def run(self, start: Any, *, strength: Any, accuracy: Any, most: int) -> RankOneRun:
        step = self.above / (strength * self.below)
        return rank_one_descent(start, strength=strength, step_size=step, accuracy=accuracy, steps=most)


def _power_of_ten(one: Any, exponent: int) -> Any:
    """Exact in every number system that has fractions."""
    return one * 10**exponent if exponent >= 0 else one / 10**-exponent


def _run_arrival(parameters: Parameters, instances: Instances, *, pace: _Pace) -> Measurement:
    start, orders, digits = instances["start"], int(parameters["log10_d"]), int(parameters["digits"])
    one = full(start[:, 0, 0], 1)
    accuracy, strength = _power_of_ten(one, -digits), _power_of_ten(one, int(parameters["log10_sigma"]))
    most = int(_CAP * np.log(10) * (orders + digits))
    run = pace.run(start, strength=strength, accuracy=accuracy, most=most)
    values = {passage: run.passage, d: _power_of_ten(one, orders), eps: accuracy}
    late = as_floats(run.passage) > most
    return Measurement(cases=(Case(name="the run", values=values, censored={passage: late}),))


def arrival(above: int = 1, below: int = 2) -> Procedure:
    """Gradient descent of step ``above / (below sigma)`` until the error is epsilon sigma."""
    return Procedure(
        name=f"gradient descent of constant step {above}/({below} sigma) until |u v' - sigma u* v*'|_F <= epsilon sigma",
        measures=(passage, d, eps),
        run=partial(_run_arrival, pace=_Pace(above=above, below=below)),
        rational=False,
    )


def small_initializations(*, initial: float = INITIAL, tilt: float = 1.0) -> Family:
    """Initializations from which the ratio of the two components is watched; ``tilt`` times larger in u than in v."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        rows, columns, sigma = int(parameters["rows"]), int(parameters["columns"]), float(parameters["sigma"])
        delta = as_deviation(sigma, max(rows, columns), initial) * np.array([[tilt], [1.0]])
        start = _initializations(rng, size, (rows, columns), delta)
        return {"start": start, "sigma": sigma * np.ones(size), "bound": float(parameters["C_0"]) * np.ones(size)}

    return Family(
        name=_FAMILY,
        parameters={
            "C_0": reals(1.5, 10),
            "rows": integers(1, 1000),
            "columns": integers(1, 1000),
            "sigma": reals(1e-6, 1e6, logarithmic=True),
        },
        draw=draw,
        edges=(
            Edge(name="numbers", parameters={"C_0": 3.0, "sigma": 1.0}),
            Edge(name="a thousand dimensions, a wide range", parameters={"C_0": 10.0, "rows": 1000, "columns": 1000}),
            Edge(name="a thousand against one, a narrow range", parameters={"rows": 1000, "sigma": 1e6}),
        ),
    )


def square_initializations(*, dimensions: tuple[int, int] = (10, 1000), tilt: float = 1.0) -> Family:
    """The same for targets with as many rows as columns."""
    base = small_initializations(tilt=tilt)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return base.draw({**parameters, "rows": parameters["d"], "columns": parameters["d"], "C_0": 10.0}, rng, size)

    return Family(
        name=_FAMILY,
        parameters={"d": integers(*dimensions), "sigma": base.parameters["sigma"]},
        draw=draw,
        edges=(
            Edge(name="the fewest dimensions"),
            Edge(name="the most dimensions", parameters={"d": dimensions[1], "sigma": 1.0}),
        ),
    )


_INSPECTED = 600
_SETTLED = 100
"""One over the error, in units of sigma, from where on the ratio only goes on to its limit near one."""


def _run_ratio(_: Parameters, instances: Instances, *, pace: _Pace, last_only: bool) -> Measurement:
    strength = instances["sigma"]
    settled = full(strength, 1) / _SETTLED
    states = pace.run(instances["start"], strength=strength, accuracy=settled, most=_INSPECTED).states
    seen = states[:, -1:] if last_only else states
    squares = (seen * seen).sum(axis=3)
    values = {
        u_along: seen[:, :, 0, 0],
        v_along: seen[:, :, 1, 0],
        u_square: squares[:, :, 0],
        v_square: squares[:, :, 1],
        C0: instances["bound"],
    }
    return Measurement.of(values, case="u and v")


def components_along_the_run(*, last_only: bool = False) -> Procedure:
    """Gradient descent of step 1 / (10 sigma), watched until the error is 1 % of the target (or only there)."""
    return Procedure(
        name="gradient descent of constant step 1/(10 sigma)" + (", its end" if last_only else ", every step of it"),
        measures=(u_along, v_along, u_square, v_square, C0),
        run=partial(_run_ratio, pace=_Pace(above=1, below=10), last_only=last_only),
        rational=False,
    )
