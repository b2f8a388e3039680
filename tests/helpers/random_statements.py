"""Random statements about plain numbers, true or false by construction, and a small trial of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from lemmata.checks import Budget, Verdict
from lemmata.checks._conclude import conclude
from lemmata.checks._trial import _judged, examine_once_repeatable
from lemmata.checks.evidence import Sample
from lemmata.checks.stages.search import is_searched, search
from lemmata.claims import (
    AtMost,
    Case,
    Claim,
    ClaimError,
    Conclusion,
    Edge,
    Family,
    Hypothesis,
    Identity,
    Instances,
    Measurement,
    Paper,
    Parameters,
    Procedure,
    Reading,
    Status,
    reals,
)

Measure: TypeAlias = Callable[[Any], Mapping[Any, Any]]
Draw: TypeAlias = Callable[[np.random.Generator, int], Instances]

a, b, c = sp.symbols("a b c", real=True)
BUDGET = Budget(points=2, batch=12, edge_batch=8, starts=1, generations=2, shrink=10)
_PAPER = Paper(key="random2026", authors="A. Author", title="Statements", venue="Journal", year=2026)


def statement(  # noqa: PLR0913 - a claim has as many parts
    then: Conclusion,
    measure: Measure,
    draw: Draw,
    *,
    edge: Callable[[Instances], Instances] | None = None,
    holds: Callable[[Any], Any] | None = None,
    symbols: tuple[Any, ...] = (a, b),
    exact: bool = True,
    searchable: tuple[str, ...] = (),
) -> Claim:
    """A claim without mutants: what is measured of what is drawn, at random and at one edge."""

    def run(_: Parameters, instances: Instances) -> Measurement:
        return Measurement(cases=(Case(name="all", values=measure(instances)),))

    hypotheses = () if holds is None else (Hypothesis(name="assumed", holds=lambda _, instances: holds(instances)),)
    family = Family(
        name="numbers",
        parameters={"t": reals(0, 1)},
        draw=lambda _, rng, size: draw(rng, size),
        hypotheses=hypotheses,
        edges=(Edge(name="boundary", adjust=None if edge is None else lambda _, drawn: edge(drawn)),),
        searchable=searchable,
    )
    return Claim(
        key="random2026/statement",
        title="A random statement",
        about="True or false by construction.",
        source=_PAPER.at("1"),
        status=Status.REFUTED,
        reading=Reading.AS_STATED,
        given=family,
        when=Procedure(name="measuring", measures=dict.fromkeys(symbols, "a number"), run=run, exact=exact),
        then=then,
        mutants=(),
    )


def tried(claim: Claim, seed: int = 0) -> tuple[Verdict, list[Sample], str]:
    """The verdict of a small trial without mutants, its stages, and its sentence."""
    try:
        with np.errstate(all="ignore"):
            stages = [_judged(claim, examine_once_repeatable(claim, BUDGET, seed, "sample"), BUDGET, seed, "sample")]
            if is_searched(claim) and not stages[0].refuted:
                stages.append(_judged(claim, search(claim, BUDGET, seed, "search"), BUDGET, seed, "search"))
    except ClaimError as error:
        return Verdict.ERROR, [], str(error)
    verdict, _, sentence = conclude(None, stages[0], None, [], searched=stages[1] if len(stages) > 1 else None)
    return verdict, stages, sentence


def at_boundary(rng: np.random.Generator, factor: sp.Rational) -> Claim:
    """A relation that is its own hypothesis, met with equality at the edge; its right side times a factor.

    With a factor of one it is true; with less it is false, at the edge alone and by just that much.
    """
    kind = rng.integers(5)
    scale = float(rng.uniform(0.1, 10))
    power = int(rng.integers(1, 3))

    def draw(generator: np.random.Generator, size: int) -> Instances:
        x = np.exp(generator.normal(size=size))
        return {"x": x, "y": _BOUNDS[kind](x, scale) * generator.uniform(0.3, 0.9, size=size), "s": x * 0 + scale}

    def edge(drawn: Instances) -> Instances:
        return {**drawn, "y": _BOUNDS[kind](drawn["x"], scale)}

    def holds(instances: Instances) -> Any:
        left, right = _SIDES[kind](instances)
        return left <= right

    def measure(instances: Instances) -> Mapping[Any, Any]:
        left, right = _SIDES[kind](instances)
        return {a: left, b: right}

    return statement(AtMost(left=a**power, right=factor * b**power), measure, draw, edge=edge, holds=holds)


# What y may be at most, and the two sides of the relation that says so.
_BOUNDS: tuple[Callable[[Any, float], Any], ...] = (
    lambda x, s: s / x,
    lambda x, s: s * x,
    lambda x, s: s / (x * x),
    lambda x, s: s / (1 + x),
    lambda x, s: s * x / 3,
)
_SIDES: tuple[Callable[[Any], tuple[Any, Any]], ...] = (
    lambda i: (i["x"] * i["y"], i["s"]),
    lambda i: (i["y"], i["s"] * i["x"]),
    lambda i: (i["x"] * i["x"] * i["y"], i["s"]),
    lambda i: (i["y"] + i["x"] * i["y"], i["s"]),
    lambda i: (3 * i["y"], i["s"] * i["x"]),
)


def tiny(rng: np.random.Generator, *, true: bool) -> Claim:
    """A comparison of elementary functions where the argument is between 1e-100 and 1e-15."""
    low = -rng.uniform(16, 100)
    share = 1 if true else sp.Rational(int(rng.integers(100, 999)), 1000)
    left = [sp.log(1 + a), sp.tanh(a), sp.asinh(a), sp.log(1 + a) * 2 / 2][rng.integers(4)]
    draw: Draw = lambda generator, size: {"x": 10.0 ** generator.uniform(low, low + 1, size=size)}  # noqa: E731
    symbol = sp.Symbol("a", positive=True)
    then: Conclusion = AtMost(left=left.subs(a, symbol), right=share * symbol)
    if not true and rng.random() < 0.5:
        then = Identity(left=left.subs(a, symbol), right=share * symbol)
    return statement(then, lambda i: {symbol: i["x"]}, draw, symbols=(symbol,))


def with_error(rng: np.random.Generator) -> tuple[Claim, bool]:
    """Numbers of a solver with its error bounds, large or small; and whether the relation is true and visibly so."""
    from lemmata.solvers import Bounded, as_floats

    left, right = rng.uniform(1, 5, size=2)
    error = 10.0 ** rng.uniform(-12, 4)

    def measure(instances: Any) -> Mapping[Any, Any]:
        x = as_floats(instances["x"])
        return {a: Bounded(x * 0 + left, x * 0 + error), b: Bounded(x * 0 + right, x * 0 + error)}

    draw: Draw = lambda generator, size: {"x": generator.normal(size=size)}  # noqa: E731
    visible = bool(left < right and 2.1 * error < right - left)
    return statement(AtMost(left=a, right=b), measure, draw, exact=False), visible


def in_room(rng: np.random.Generator, *, true: bool) -> Claim:
    """A quantity that every draw keeps at one value and its hypothesis within a little room; false in the room alone.

    Where it is true, it says of the quantity what the hypothesis says.
    """
    kind, room = int(rng.integers(4)), sp.Rational(1, 2 ** int(rng.integers(3, 31)))
    count, middle = int(rng.integers(2, 6)), (1, 0, 0, 1)[kind]

    def draw(generator: np.random.Generator, size: int) -> Instances:
        return {"x": _KEPT[kind](generator.normal(size=(size, count)))}

    def holds(instances: Instances) -> Any:
        value = _QUANTITIES[kind](instances["x"])
        return (value <= middle + float(room)) & (value >= middle - float(room))

    then: Conclusion = AtMost(left=a, right=middle + (room if true else room / int(rng.integers(2, 9))))
    if not true and rng.random() < 1 / 3:
        then = Identity(left=a, right=sp.Integer(middle) + b)
    return statement(
        then,
        lambda i: {a: _QUANTITIES[kind](i["x"]), b: i["x"][:, 0] * 0},
        draw,
        holds=holds,
        searchable=("x",),
    )


# How a draw keeps a quantity where it is, and the quantities.
_KEPT: tuple[Callable[[Any], Any], ...] = (
    lambda x: x / np.sqrt((x * x).sum(axis=1, keepdims=True)),
    lambda x: np.concatenate([x, -x.sum(axis=1, keepdims=True)], axis=1),
    lambda x: np.concatenate([x[:, :1], x], axis=1),
    lambda x: np.concatenate([x[:, :1], 1 / x[:, :1], x], axis=1),
)
_QUANTITIES: tuple[Callable[[Any], Any], ...] = (
    lambda x: (x * x).sum(axis=-1),
    lambda x: x.sum(axis=-1),
    lambda x: x[:, 0] - x[:, 1],
    lambda x: x[:, 0] * x[:, 1],
)
