"""Tiny claims about plain numbers, for tests of the trial; as a file of claims it is a small user's library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    Conserved,
    Edge,
    Family,
    FreeAlgebra,
    Hypothesis,
    Identity,
    Instances,
    Measurement,
    Mutant,
    Paper,
    Parameters,
    Procedure,
    Reading,
    RealData,
    Status,
    Time,
    integers,
)
from lemmata.solvers import stack

x, y, n = sp.symbols("x y n")
size = sp.Symbol("k", integer=True, positive=True)
M = sp.MatrixSymbol("M", size, size)

TOY = Paper(key="toy2024", authors="A. Author", title="On numbers", venue="Journal", year=2024)


def column(values: Any) -> Any:
    """One number an instance as a quantity ``(batch, 1)``."""
    return values[:, None]


def draw_numbers(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Quarters between -4 and 4 as ``x`` and ``y``, and the parameter ``n`` itself."""
    quarters = rng.integers(-16, 17, size=(2, size)) / 4
    return {"x": quarters[0], "y": quarters[1], "n": np.full(size, float(parameters["n"]))}  # type: ignore[arg-type]


def numbers(**changes: Any) -> Family:
    """A family of numbers, with some fields changed."""
    fields: dict[str, Any] = {
        "name": "numbers",
        "parameters": {"n": integers(1, 9)},
        "draw": draw_numbers,
        "edges": (Edge(name="n = 1"),),
    }
    return Family(**(fields | changes))


def look_at(_: Parameters, instances: Instances) -> Measurement:
    """Measure the numbers as they are."""
    values = {name: column(instances[name]) for name in ("x", "y", "n")}
    return Measurement.of(values, case="all")


def procedure(
    run: Callable[[Parameters, Instances], Measurement] = look_at,
    *,
    time: Time = Time.NONE,
    measures: Mapping[Any, str] | None = None,
) -> Procedure:
    """A procedure that measures x, y and n."""
    known = {x: "a number", y: "another", n: "the parameter"}
    return Procedure(name="looking", measures=measures or known, run=run, time=time)


FALSE = Mutant(name="opposite", because="squares are not negative", then=AtMost(left=x**2 + n, right=-1))
"""A mutant that every instance refutes."""


def claim(**changes: Any) -> Claim:
    """A true claim about numbers, with some fields changed."""
    fields: dict[str, Any] = {
        "key": "toy2024/squares",
        "title": "A square is not negative",
        "about": "For every number x, x^2 >= 0.",
        "source": TOY.at("Lemma 1"),
        "status": Status.CONJECTURE,
        "reading": Reading.AS_STATED,
        "given": numbers(),
        "when": procedure(),
        "then": AtLeast(left=x**2 + n, right=1),
        "mutants": (FALSE,),
    }
    return Claim(**(fields | changes))


def halve(_: Parameters, instances: Instances) -> Measurement:
    """Three halvings of x: times 0 to 3."""
    start = instances["x"]
    states = [start, start / 2, start / 4, start / 8]
    return Measurement.of({"x": stack(states, axis=1)}, case="x")


def decay(_: Parameters, instances: Instances) -> Measurement:
    """The flow x' = -x at the points x and x/2."""
    track = stack([instances["x"], instances["x"] / 2], axis=1)
    return Measurement.of({"x": track}, case="x", rates={"x": -track})


ONLY_X = {x: "a number"}

halving = Claim(
    key="toy2024/halving",
    title="Halving halves",
    about="x_{t+1} = x_t / 2.",
    source=TOY.at("Lemma 2"),
    status=Status.COMPANION,
    reading=Reading.AS_STATED,
    given=numbers(data=(RealData(name="one", parameters={"n": 1}, size=2),)),
    when=procedure(halve, time=Time.STEPS, measures=ONLY_X),
    then=Conserved(quantity=x, factor=sp.Rational(1, 2)),
    mutants=(
        Mutant(name="conserved", because="halves", then=Conserved(quantity=x)),
        Mutant(
            name="shifted",
            because="it is a factor",
            then=Conserved(quantity=x, change=-1),
            instead=Conserved(quantity=x**2, factor=sp.Rational(1, 4)),
        ),
    ),
)

positive = claim(
    key="toy2024/positive",
    given=numbers(hypotheses=(Hypothesis(name="x > 0", holds=lambda _, i: i["x"] > 0),)),
    then=AtLeast(left=x, right=0),
    mutants=(Mutant(name="above two", because="x may be one", then=AtLeast(left=x, right=2)), FALSE),
)

small_parameter = claim(
    key="toy2024/control",
    status=Status.REFUTED,
    title="A negative control: n stays below three",
    then=AtMost(left=n, right=2),
    mutants=(),
)


def _transposed(_: Parameters, instances: Instances) -> Measurement:
    matrix = instances["x"][:, None, None, None]
    return Measurement.of({"M": matrix}, case="M")


proved = claim(
    key="toy2024/trace",
    when=procedure(_transposed, measures={M: "a matrix"}),
    then=Identity(left=sp.Trace(M * M.T * M), right=sp.Trace(M.T * M * M.T)),
    proof=FreeAlgebra(covers="all matrices", definitions={}),
    mutants=(Mutant(name="doubled", because="it is one", then=Identity(left=2 * sp.Trace(M), right=sp.Trace(M))),),
)
