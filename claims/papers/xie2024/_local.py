"""Losses cosh(k.x - c), whose curvature is bounded by a function of the gradient: two points, and games with local steps."""

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
    integers,
    quantity,
    reals,
)
from lemmata.claims.papers.xie2024._games import inside_box, regret, running
from lemmata.solvers import elementwise
from lemmata.solvers.optimization import Catenaries, Hint, length, local_steps, play

moved = quantity(r"|\nabla f(y) - \nabla f(x)|", "distance of the two gradients", nonnegative=True)
apart = quantity("|y - x|", "distance of the two points", nonnegative=True)
slope = quantity("|g|", "length of the gradient at x", nonnegative=True)
size = quantity("|k|", "length of the direction", positive=True)
diameter2 = quantity("D^2", "squared diameter of the domain", nonnegative=True)
last_step = quantity("eta_T", "last and smallest step", positive=True)
charged = quantity(r"\sum_t \eta_t v_t", "sum of steps times variations, the first being |g_1|^2", nonnegative=True)


def _catenary(instances: Instances) -> Catenaries:
    return Catenaries(directions=instances["k"], offsets=instances["c"])


def _draw_pair(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Two points, a share of the admissible radius apart."""
    d = int(parameters["dimension"])
    k = rng.normal(size=(size, 1, d)) * np.exp(rng.normal(size=(size, 1, 1)))
    c, x = rng.normal(size=(size, 1)) * 2, rng.normal(size=(size, d))
    drawn = {"k": k, "c": c, "x": x}
    way = rng.normal(size=(size, d))
    toward = np.where(
        rng.random((size, 1)) < 1 / 2, np.sign((k[:, 0] * x).sum(axis=1) - c[:, 0])[:, None] * k[:, 0], way
    )
    reach = np.where(rng.random(size) < 1 / 2, 0.999, rng.uniform(0, 0.999, size=size))
    return {**drawn, "y": x + (reach * _radius(drawn) / length(toward))[:, None] * toward}


def _radius(instances: Instances, *, inside: float = 2.0) -> Any:
    """|g|/l(inside |g|)."""
    catenary = _catenary(instances)
    steep = length(catenary.gradient(0, instances["x"]))
    return steep / catenary.smoothness(0, inside * steep)


def _near(_: Parameters, instances: Instances) -> Any:
    return length(instances["y"] - instances["x"]) <= _radius(instances)


def _steep(_: Parameters, drawn: Instances, *, radii: float, inside: float = 2.0) -> Instances:
    """Far out on the branch that grows like an exponential, and y so many radii further out."""
    moved_out = {**drawn, "k": np.ones_like(drawn["k"]), "c": -12.0 * np.ones_like(drawn["c"]), "x": 0 * drawn["x"]}
    return {**moved_out, "y": (radii * _radius(moved_out, inside=inside))[:, None] * np.ones_like(drawn["y"])}


NEAR = "|y - x| <= |g| / l(2 |g|)"
near = Hypothesis(name=NEAR, holds=_near)


def pairs(*hypotheses: Hypothesis, radii: float = 0.999, inside: float = 2.0) -> Family:
    """A loss cosh(k.x - c) and two points."""
    return Family(
        name="cosh(k.x - c) at two points",
        parameters={"dimension": integers(1, 3)},
        draw=_draw_pair,
        hypotheses=hypotheses,
        searchable=("k", "c", "x", "y"),
        edges=(
            Edge(name="on the steep branch", adjust=partial(_steep, radii=radii, inside=inside)),
            Edge(
                name="half of the way",
                parameters={"dimension": 2},
                adjust=partial(_steep, radii=radii / 2, inside=inside),
            ),
        ),
    )


def _run_pair(parameters: Parameters, instances: Instances) -> Measurement:
    del parameters
    catenary, x, y = _catenary(instances), instances["x"], instances["y"]
    here = catenary.gradient(0, x)
    values = {
        moved: length(catenary.gradient(0, y) - here),
        apart: length(y - x),
        slope: length(here),
        size: length(instances["k"][:, 0]),
    }
    return Measurement.of(values, case="two points")


two_points = Procedure(
    name="the gradients at two points", measures=(moved, apart, slope, size), run=_run_pair, rational=False
)


def _draw_game(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    d, rounds, radius = int(parameters["dimension"]), int(parameters["rounds"]), float(parameters["radius"])
    drift = float(parameters["drift"])
    return {
        "k": (rng.normal(size=(size, 1, d)) + drift * rng.normal(size=(size, rounds, d))) / np.sqrt(d),
        "c": rng.normal(size=(size, 1)) + drift * rng.normal(size=(size, rounds)),
        "start": radius * rng.uniform(-1, 1, size=(size, d)),
        "u": radius * rng.uniform(-1, 1, size=(size, d)),
        "radius": np.full(size, radius),
        "eta": np.ones(size),
    }


def _one_valley(_: Parameters, drawn: Instances, *, far: float) -> Instances:
    """The same steep loss in every round, against its minimum; from the other end of the domain."""
    edge = np.full_like(drawn["start"], 1.0) * drawn["radius"][:, None]
    return {
        **drawn,
        "k": np.full_like(drawn["k"], 2.0),
        "c": np.full_like(drawn["c"], -far) * drawn["radius"][:, None],
        "start": edge,
        "u": -edge * far / 2,
    }


def _two_valleys(_: Parameters, drawn: Instances) -> Instances:
    """Valleys left and right by turns."""
    turns = (-1.0) ** np.arange(drawn["c"].shape[1])
    return {
        **drawn,
        "k": np.ones_like(drawn["k"]),
        "c": np.broadcast_to(drawn["radius"][:, None] * turns, drawn["c"].shape).copy(),
        "start": 0 * drawn["start"],
        "u": 0 * drawn["u"],
    }


def catenary_games() -> Family:
    """Losses cosh(k.x - c) on a box."""
    return Family(
        name="losses cosh(k.x - c), on a box",
        parameters={
            "dimension": integers(1, 3),
            "rounds": integers(1, 16),
            "drift": reals(0.01, 1, logarithmic=True),
            "radius": reals(0.3, 2, logarithmic=True),
        },
        draw=_draw_game,
        hypotheses=(inside_box,),
        searchable=("c", "start", "u"),
        edges=(
            Edge(name="one round", parameters={"radius": 1.0}),
            Edge(
                name="one steep valley",
                parameters={"rounds": 16, "radius": 2.0},
                adjust=partial(_one_valley, far=2.0),
            ),
            Edge(name="two valleys by turns", parameters={"rounds": 16, "radius": 2.0}, adjust=_two_valleys),
        ),
    )


def local_play(*, hint: Hint = Hint.INTERMEDIATE, fixed: int = 0) -> Procedure:
    """Optimistic descent with local steps, or with a ``fixed`` step, judged after the last round."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        losses, radius = _catenary(instances), instances["radius"]
        squared = radius * radius * (4 * instances["start"].shape[1])
        rule = local_steps(losses, elementwise(squared, "sqrt"))
        found = play(
            losses,
            instances["start"],
            instances["u"],
            radius,
            (lambda *_: instances["eta"] * fixed) if fixed else rule,
            rounds=int(parameters["rounds"]),
            hint=hint,
        )
        values = {
            regret: found.regret,
            diameter2: squared,
            last_step: found.steps,
            charged: running(found.steps * found.variation),
        }
        return Measurement.of(values, case="after every round")

    return Procedure(
        name=f"optimistic descent, expecting {hint.value}, with {f'the step {fixed}' if fixed else 'local steps'}",
        measures=(regret, diameter2, last_step, charged),
        run=run,
        time=Time.STEPS,
        rational=False,
        cost=20,
    )
