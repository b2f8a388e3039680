"""Games of online learning over a box: ridges with linear parts, and adversaries that are known to be bad."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    choice,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import stack
from lemmata.solvers.optimization import Hint, Ridges, play

regret = quantity(r"\operatorname{Reg}_T(u)", "regret after T rounds against u", real=True)
diameter2 = quantity("D^2", "squared diameter of the domain", nonnegative=True)
eta = quantity("eta", "step size", positive=True)
variation = quantity(
    "V_T", "sum over the rounds from the second on of |grad f_t(x_t) - grad f_{t-1}(x_t)|^2", nonnegative=True
)
first = quantity("|g_1|^2", "squared first gradient", nonnegative=True)

LONGEST = 70


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, *, reach: float) -> Instances:
    """Drifting ridges and linear parts; steps up to ``reach`` times what the smoothness allows with last gradients."""
    d, rounds, radius = int(parameters["dimension"]), int(parameters["rounds"]), float(parameters["radius"])
    shape, drift = (size, rounds, d), float(parameters["drift"])
    a = rng.normal(size=(size, 1, d)) + drift * rng.normal(size=shape)
    a *= np.where(rng.random((size, 1, 1)) < 1 / 2, 0.1, 1.0)
    g = rng.normal(size=(size, 1, d)) + drift * rng.normal(size=shape)
    if parameters["pattern"] == "alternating":
        g *= (-1.0) ** np.arange(rounds)[:, None]
    curvature = (a**2).sum(axis=2).max(axis=1)
    return {
        "a": a,
        "c": radius * rng.normal(size=(size, rounds)),
        "g": g,
        "start": radius * rng.uniform(-1, 1, size=(size, d)),
        "u": radius * np.where(rng.random((size, d)) < 1 / 2, rng.choice([-1.0, 1.0], size=(size, d)), 0.0),
        "radius": np.full(size, radius),
        "eta": reach * np.exp(rng.uniform(-3, 0, size=size)) / (np.sqrt(8) * curvature),
    }


def _in_the_box(_: Parameters, instances: Instances) -> Any:
    radius = instances["radius"][:, None]
    inside = [((instances[name] <= radius) & (instances[name] >= -radius)).all(axis=1) for name in ("start", "u")]
    return inside[0] & inside[1] & (instances["radius"] > 0) & (instances["eta"] > 0)


def _curvatures(instances: Instances) -> Any:
    return (instances["a"] * instances["a"]).sum(axis=2)


def _short(_: Parameters, instances: Instances, *, factor: int) -> Any:
    return (factor * (instances["eta"][:, None] * _curvatures(instances)) ** 2 <= 1).all(axis=1)


inside_box = Hypothesis(name="z_1 and u in the domain, eta > 0", holds=_in_the_box)
short_for_last = Hypothesis(name="eta <= 1/(2 sqrt(2) L)", holds=partial(_short, factor=8))
short_for_intermediate = Hypothesis(name="eta <= 1/(2 L)", holds=partial(_short, factor=4))


def _linear(drawn: Instances, slopes: np.ndarray, *, eta: float, u: Any = 0.0) -> Instances:
    """Linear losses with the given slopes ``(rounds, d)`` on the unit box, from the origin."""
    return {
        **drawn,
        "a": 0 * drawn["a"],
        "c": 0 * drawn["c"],
        "g": np.broadcast_to(slopes, drawn["g"].shape).copy(),
        "start": 0 * drawn["start"],
        "u": np.broadcast_to(u, drawn["u"].shape).astype(float),
        "radius": np.ones(len(drawn["radius"])),
        "eta": np.full(len(drawn["eta"]), eta),
    }


def _turning(parameters: Parameters, drawn: Instances) -> Instances:
    """A gradient that turns slowly enough to be foreseen, and fast enough that whoever does not runs in a circle."""
    speed, step, phase = 0.31, 0.3, 7 * np.pi / 4
    angle = phase + speed * np.arange(1, int(parameters["rounds"]) + 1)
    slopes = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    turned = _linear(drawn, slopes, eta=step, u=-np.sign(slopes.sum(axis=0)))
    on_the_circle = np.array([-np.sin(phase), np.cos(phase)]) * step / speed
    return {**turned, "start": np.broadcast_to(on_the_circle, drawn["start"].shape).copy()}


def _alternating(parameters: Parameters, drawn: Instances) -> Instances:
    """A gradient that changes sign in every round: its variation is four a round."""
    return _linear(drawn, (-1.0) ** np.arange(int(parameters["rounds"]))[:, None], eta=1.0)


def _constant(_: Parameters, drawn: Instances, *, eta: float) -> Instances:
    """The same linear loss in every round, against the end of the domain that it favours."""
    return _linear(drawn, np.ones((1, 1)), eta=eta, u=-1.0)


def games(*hypotheses: Hypothesis, reach: float = 1.0, longest: int = 12) -> Family:
    """Losses (a.x - c)^2/2 + g.x on a box, a comparator in it, and one step size."""
    return Family(
        name="ridges with linear parts, on a box",
        parameters={
            "dimension": integers(1, 3),
            "rounds": integers(1, longest),
            "drift": reals(0.01, 1, logarithmic=True),
            "radius": reals(0.1, 10, logarithmic=True),
            "pattern": choice("drifting", "alternating"),
        },
        draw=partial(_draw, reach=reach),
        hypotheses=(inside_box, *hypotheses),
        searchable=("a", "c", "g", "start", "u", "eta"),
        edges=(
            Edge(name="one round"),
            Edge(name="turning", parameters={"dimension": 2, "rounds": longest}, adjust=_turning),
            Edge(name="alternating", parameters={"rounds": 12}, adjust=_alternating),
            Edge(name="constant, short steps", parameters={"rounds": 12}, adjust=partial(_constant, eta=0.01)),
            Edge(name="constant, long steps", parameters={"rounds": 12}, adjust=partial(_constant, eta=1.0)),
        ),
    )


def _diameter2(instances: Instances) -> Any:
    return instances["radius"] * instances["radius"] * (4 * instances["start"].shape[1])


def played(hint: Hint = Hint.LAST) -> Procedure:
    """Optimistic descent with one step size, judged after every round."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        losses = Ridges(directions=instances["a"], offsets=instances["c"], slopes=instances["g"])
        found = play(
            losses,
            instances["start"],
            instances["u"],
            instances["radius"],
            lambda *_: instances["eta"],
            rounds=int(parameters["rounds"]),
            hint=hint,
        )
        values = {
            regret: found.regret,
            diameter2: _diameter2(instances),
            eta: instances["eta"],
            variation: running(found.variation) - found.variation[:, :1],
            first: found.variation[:, 0],
        }
        return Measurement.of(values, case="after every round")

    return Procedure(
        name=f"optimistic projected descent, expecting {hint.value}",
        measures=(regret, diameter2, eta, variation, first),
        run=run,
        time=Time.STEPS,
        rational=False,
        cost=20,
    )


def running(terms: Any) -> Any:
    """Sums of the first 1, 2, ... of the terms ``(batch, rounds)``."""
    sums = [terms[:, 0]]
    for t in range(1, terms.shape[1]):
        sums.append(sums[-1] + terms[:, t])
    return stack(sums, axis=1)
