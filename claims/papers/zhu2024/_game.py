"""The functional game on tables: functions are vectors of their values, L(f, g) = g'(A f - b) - |g|^2/2 + lambda |f|^2/2."""

from __future__ import annotations

import enum
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
    choice,
    integers,
    quantity,
)
from lemmata.solvers import concatenate, dot, matvec, solve_definite, transpose

duality_gap = quantity("L(f, u_g) - L(u_f, g)", "gap of the players (f, g) against (u_f, u_g)", real=True)
approach = quantity(
    r"-\tfrac{d}{dt} |z - u|^2", "how fast the squared distance of z = (f, g) from u = (u_f, u_g) falls", real=True
)
to_saddle = quantity("|z - z^*|^2", "squared distance from the saddle point", nonnegative=True)
falling = quantity(
    r"-\tfrac{d}{dt} |z - z^*|^2", "how fast the squared distance from the saddle point falls", real=True
)
lam = quantity("lambda", "weight of the regularizer of f", nonnegative=True)
at_saddle = quantity("L(f^*, g^*)", "the game at its saddle point", real=True)
objective = quantity(r"\Phi(f)", "regularised squared error of a function, |A f - b|^2/2 + lambda |f|^2/2", real=True)
best_reply = quantity("L(f, A f - b)", "the game at f and the best reply to it", real=True)
elsewhere = quantity("L(f, g^*)", "the game at another f against the g of the saddle", real=True)
raised = quantity("L(f^*, g)", "the game at the f of the saddle against another g", real=True)


class Players(enum.Enum):
    """Who moves, and which way."""

    DESCENT_ASCENT = "f descends, g ascends"
    BOTH_DESCEND = "both descend"
    ASCENT_OF_ONE = "g ascends, f rests"


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    rows, columns = int(parameters["rows"]), int(parameters["columns"])

    def grains(*shape: int) -> np.ndarray:
        found: np.ndarray = rng.integers(-16, 17, size=(size, *shape)) / 8
        return found

    A = grains(rows, columns)
    weights = {"none": 0.0, "small": 1 / 8, "one": 1.0, "large": 4.0}
    return {
        "A": A,
        "b": grains(rows),
        "f": grains(columns),
        "g": grains(rows),
        "u_f": grains(columns),
        "u_g": grains(rows),
        "lambda": np.full(size, weights[parameters["regularizer"]]),
    }


_WEIGHT = Hypothesis(name="lambda >= 0", holds=lambda _, one: one["lambda"] >= 0, declared=True)
REGULARISED = Hypothesis(name="lambda > 0", holds=lambda _, one: one["lambda"] > 0)


def _apart_in_f(_: Parameters, instances: Instances) -> Instances:
    """Only f is away from the saddle, along a function that A does not see."""
    A = 0 * instances["A"]
    return {**instances, "A": A, "b": 0 * instances["b"], "g": 0 * instances["g"]}


def _apart_in_g(_: Parameters, instances: Instances) -> Instances:
    A = 0 * instances["A"]
    return {**instances, "A": A, "b": 0 * instances["b"], "f": 0 * instances["f"]}


def _same_plans(_: Parameters, instances: Instances) -> Instances:
    """Against one that plays g as well: nothing is lost to the curvature in g."""
    return {**instances, "u_g": instances["g"]}


def games(*hypotheses: Hypothesis, kinds: tuple[str, ...] = ("small", "none", "one", "large")) -> Family:
    """Tables A, b, two players and a pair to compare them with."""
    return Family(
        name="quadratic functional games on tables",
        parameters={"rows": integers(1, 3), "columns": integers(1, 3), "regularizer": choice(*kinds)},
        draw=_draw,
        hypotheses=(_WEIGHT, *hypotheses),
        searchable=("A", "b", "f", "g", "u_f", "u_g"),
        edges=(
            Edge(name="numbers"),
            Edge(name="f alone", parameters={"columns": 2}, adjust=_apart_in_f),
            Edge(name="g alone", parameters={"rows": 2, "regularizer": kinds[-1]}, adjust=_apart_in_g),
            Edge(name="f alone, another weight", parameters={"regularizer": kinds[-1]}, adjust=_apart_in_f),
            Edge(
                name="one g for both", parameters={"rows": 2, "columns": 2, "regularizer": kinds[1]}, adjust=_same_plans
            ),
            Edge(name="tables", parameters={"rows": 3, "columns": 3}),
        ),
    )


def _value(instances: Instances, f: Any, g: Any) -> Any:
    residual = matvec(instances["A"], f) - instances["b"]
    return dot(g, residual) - dot(g, g) / 2 + instances["lambda"] * dot(f, f) / 2


def _velocity(instances: Instances, players: Players) -> Any:
    """(f', g'), in one vector."""
    A, f, g = instances["A"], instances["f"], instances["g"]
    down = -(matvec(transpose(A), g) + instances["lambda"][:, None] * f)
    up = matvec(A, f) - instances["b"] - g
    match players:
        case Players.BOTH_DESCEND:
            up = -up
        case Players.ASCENT_OF_ONE:
            down = 0 * down
    return concatenate([down, up], axis=1)


def _pair(f: Any, g: Any) -> Any:
    return concatenate([f, g], axis=1)


def _run_gap(_: Parameters, instances: Instances, *, players: Players) -> Measurement:
    f, g, u_f, u_g = (instances[name] for name in ("f", "g", "u_f", "u_g"))
    away = _pair(f, g) - _pair(u_f, u_g)
    values = {
        duality_gap: _value(instances, f, u_g) - _value(instances, u_f, g),
        approach: -2 * dot(_velocity(instances, players), away),
    }
    return Measurement.of(values)


def gap_at_a_point(players: Players = Players.DESCENT_ASCENT) -> Procedure:
    """The gap, and how fast the players approach those they are compared with."""
    return Procedure(
        name=f"the game at a point, {players.value}",
        measures=(duality_gap, approach),
        run=partial(_run_gap, players=players),
    )


def _saddle(instances: Instances) -> tuple[Any, Any]:
    """(f*, g*): f* solves (A'A + lambda) f = A'b, g* is the best reply."""
    A, b, weight = instances["A"], instances["b"], instances["lambda"]
    system = transpose(A) @ A + weight[:, None, None] * np.eye(A.shape[2], dtype=int)
    f = solve_definite(system, matvec(transpose(A), b))
    return f, matvec(A, f) - b


def _run_distance(_: Parameters, instances: Instances, *, players: Players) -> Measurement:
    away = _pair(instances["f"], instances["g"]) - _pair(*_saddle(instances))
    values = {
        to_saddle: dot(away, away),
        falling: -2 * dot(_velocity(instances, players), away),
        lam: instances["lambda"],
    }
    return Measurement.of(values)


def distance_at_a_point(players: Players = Players.DESCENT_ASCENT) -> Procedure:
    """The distance from the saddle point, solved for, and how fast it falls."""
    return Procedure(
        name=f"the distance from the saddle at a point, {players.value}",
        measures=(to_saddle, falling, lam),
        run=partial(_run_distance, players=players),
    )


def _run_saddle(_: Parameters, instances: Instances) -> Measurement:
    f, g = instances["f"], instances["g"]
    best_f, best_g = _saddle(instances)
    residual = matvec(instances["A"], f) - instances["b"]
    values = {
        at_saddle: _value(instances, best_f, best_g),
        objective: (dot(residual, residual) + instances["lambda"] * dot(f, f)) / 2,
        best_reply: _value(instances, f, residual),
        elsewhere: _value(instances, f, best_g),
        raised: _value(instances, best_f, g),
    }
    return Measurement.of(values)


saddle_point = Procedure(
    name="the game at its saddle point and elsewhere",
    measures=(at_saddle, objective, best_reply, elsewhere, raised),
    run=_run_saddle,
)
