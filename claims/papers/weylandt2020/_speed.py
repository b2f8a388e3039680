"""Steps of ADMM that CARP and a warm-started exact path spend on the same penalties, on whole tables."""

from __future__ import annotations

import importlib
from functools import cache, partial
from typing import Any

import numpy as np

from lemmata.claims import Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, choice, quantity
from lemmata.solvers import full
from lemmata.solvers.clustering import CarpSettings, carp, exact_path, neighbour_graph
from lemmata.solvers.engine import Outcome

exact_steps = quantity(
    r"\mathrm{steps}_{\mathrm{exact}}",
    "steps of ADMM of the exact path, the gap inspected after 10 steps and then ever more",
    positive=True,
)
carp_steps = quantity(r"\mathrm{steps}_{\mathrm{CARP}}", "steps of ADMM of CARP, one a penalty", positive=True)
_MOST = 20_000
_UNFINISHED = "The exact path did not reach its duality gap."


@cache
def counted(name: str, rows: str, ratio: str, gap: float) -> tuple[int, int, bool]:
    """Steps of the exact path and of CARP on the penalties of CARP, and whether every gap was reached."""
    table = getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")().data.astype(float)
    if rows != "all":
        table = table[:: len(table) // int(rows)][: int(rows)]
    points = (table - table.mean(axis=0)) / table.std(axis=0)
    graph = neighbour_graph(points, connect=True)
    path = carp(points, graph, settings=CarpSettings(ratio=float(ratio)))
    solutions = exact_path(points, graph, path.penalties[1:-1], gap=gap, max_steps=_MOST)
    return sum(one.steps for one in solutions), path.steps, all(one.outcome is Outcome.OK for one in solutions)


def whole_tables(*rows: str) -> Family:
    """Real tables, standardised, with the graph of their nearest neighbours; nothing random is drawn."""
    first = rows[0]
    return Family(
        name=f"iris and wine, standardised, {' or '.join(rows)} rows, on the graph of the fewest neighbours that connect them",
        parameters={"table": choice("iris", "wine"), "rows": choice(*rows), "ratio": choice("1.05", "1.1")},
        draw=lambda _given, _rng, size: {"one": np.ones(size)},
        hypotheses=(Hypothesis(name="one run a point", holds=lambda _, drawn: drawn["one"] == 1),),
        edges=(
            Edge(name="iris", parameters={"rows": first}),
            Edge(name="wine", parameters={"table": "wine", "rows": first}),
            Edge(name="wine, t = 1.1", parameters={"table": "wine", "rows": first, "ratio": "1.1"}),
        ),
    )


def _run(parameters: Parameters, instances: Instances, *, gap: float) -> Measurement:
    exact, ours, reached = counted(str(parameters["table"]), str(parameters["rows"]), str(parameters["ratio"]), gap)
    one: Any = instances["one"]
    values = {exact_steps: full(one, exact), carp_steps: full(one, ours)}
    lost = np.full(one.shape[0], not reached)
    return Measurement.of(values, case="the path", failures={_UNFINISHED: lost})


def same_penalties(exponent: int) -> Procedure:
    """Both paths on the penalties of CARP, the exact one to a gap of 10^-exponent of |X - means|^2."""
    return Procedure(
        name=f"CARP, and a warm-started exact path on its penalties to a relative duality gap of 1e-{exponent}",
        measures=(exact_steps, carp_steps),
        run=partial(_run, gap=10.0**-exponent),
        exact=False,
        cost=1_000,
    )
