"""Tiny claims with a quantifier of their own: a rate, a probability, a selection, an implied constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from toy_claims import claim

from lemmata.claims import (
    AtMost,
    Claim,
    Constant,
    Edge,
    Family,
    Instances,
    Measurement,
    Mutant,
    Parameters,
    Procedure,
    Rate,
    Selects,
    Time,
    WithProbability,
    integers,
    reals,
)
from lemmata.solvers import elementwise, stack

q, s, u, p, C, m = sp.symbols("q s u p C m", positive=True)


def coins(**changes: Any) -> Claim:
    """A uniform number u lies below p with probability p, exactly."""
    family = Family(
        name="uniform numbers",
        parameters={"p": reals(0.1, 0.9)},
        draw=lambda parameters, rng, size: {"u": rng.uniform(size=size), "p": np.full(size, parameters["p"])},
        edges=(Edge(name="a fair coin", parameters={"p": 0.5}),),
    )

    def look(_: Parameters, instances: Instances) -> Measurement:
        return Measurement.of({u: instances["u"], p: instances["p"]}, case="all")

    event = AtMost(left=u, right=p)
    fields: dict[str, Any] = {
        "key": "toy2024/coins",
        "given": family,
        "when": Procedure(name="looking", measures={u: "a number", p: "the threshold"}, run=look),
        "then": WithProbability(event=event, at_least=p, at_most=p),
        "mutants": (
            Mutant(name="too often", because="it is p", then=WithProbability(event=event, at_least=p + (1 - p) / 2)),
            Mutant(name="too rarely", because="it is p", then=WithProbability(event=event, at_most=p / 2)),
        ),
    }
    return claim(**(fields | changes))


def sweep(quantity: Callable[[Any, Any], Any], scales: int = 9) -> Procedure:
    """Measures ``quantity(a, s)`` at s = 10^-1, 10^-2, 10^-4, ... for an instance a."""

    def run(_: Parameters, instances: Instances) -> Measurement:
        a = instances["a"]
        grid = [a * 0 - (2**k) for k in range(scales)]
        logs = stack(grid, axis=1) * 2
        scale = elementwise(logs, "exp")
        values = {s: scale, q: quantity(a[:, None], scale)}
        return Measurement.of(values, case="all")

    return Procedure(name="a sweep", measures={q: "a gap", s: "the scale"}, run=run, time=Time.SCALES, rational=False)


def power_laws(procedure: Procedure | None = None, **changes: Any) -> Claim:
    """The gap a s^2 + s^3 is Theta(s^2)."""
    family = Family(
        name="positive numbers",
        parameters={"n": integers(1, 3)},
        draw=lambda _, rng, size: {"a": rng.uniform(1, 2, size=size)},
        edges=(Edge(name="n = 1"),),
    )
    fields: dict[str, Any] = {
        "key": "toy2024/power",
        "given": family,
        "when": procedure or sweep(lambda a, scale: a * scale * scale + scale * scale * scale, scales=6),
        "then": Rate(quantity=q, scale=s, exponent=2),
        "mutants": (Mutant(name="cubic", because="it is 2", then=Rate(quantity=q, scale=s, exponent=3)),),
    }
    return claim(**(fields | changes))


def growing(**changes: Any) -> Claim:
    """sqrt(m^2 + m) <= C m with an absolute constant, and not with m^(1/2)."""
    family = Family(
        name="dimensions",
        parameters={"m": integers(1, 400), "n": integers(1, 3)},
        draw=lambda parameters, rng, size: {
            "m": np.full(size, float(parameters["m"])),
            "u": rng.uniform(0.5, 1, size=size),
        },
        edges=(Edge(name="m = 1"),),
    )

    def look(_: Parameters, instances: Instances) -> Measurement:
        return Measurement.of({m: instances["m"], u: instances["u"]}, case="all")

    left = u * sp.sqrt(m**2 + m)
    fields: dict[str, Any] = {
        "key": "toy2024/constant",
        "given": family,
        "when": Procedure(name="looking", measures={m: "dimension", u: "a factor"}, run=look),
        "then": AtMost(left=left, right=C * m, constant=Constant(symbol=C)),
        "mutants": (
            Mutant(
                name="root",
                because="it grows",
                then=AtMost(left=left, right=C * sp.sqrt(m), constant=Constant(symbol=C)),
            ),
        ),
    }
    return claim(**(fields | changes))


reached, least, other = sp.symbols("reached least other", real=True)


def selections(reach: Callable[[Any], Any], gap: Callable[[Any], Any] = lambda a: a) -> Claim:
    """A limit whose objective is ``reach(a)``, where the least is 0 and another minimiser has ``gap(a)``."""
    family = Family(
        name="positive numbers",
        parameters={"n": integers(1, 3)},
        draw=lambda _, rng, size: {"a": rng.integers(1, 9, size=size) / 4},
        edges=(Edge(name="n = 1"),),
    )

    def look(_: Parameters, instances: Instances) -> Measurement:
        a = instances["a"]
        return Measurement.of({reached: reach(a), least: a * 0, other: gap(a)}, case="all")

    return claim(
        key="toy2024/selects",
        given=family,
        when=Procedure(name="looking", measures={reached: "reached", least: "least", other: "other"}, run=look),
        then=Selects(reached=reached, least=least, other=other),
        mutants=(
            Mutant(name="the other", because="it is the first", then=Selects(reached=other, least=least, other=other)),
        ),
    )


root = growing(
    then=AtMost(left=sp.sqrt(m), right=C, constant=Constant(symbol=C)),
    mutants=(Mutant(name="m", because="it grows", then=AtMost(left=m, right=C, constant=Constant(symbol=C))),),
)
"""A false claim: the constant would have to grow."""
