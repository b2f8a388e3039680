"""Gissin, Shalev-Shwartz, Daniely 2020: how small the initialization must be for a deep linear network to learn modes one by one."""

from __future__ import annotations

import numpy as np
import sympy as sp

from lemmata.claims import (
    Claim,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Integers,
    Measurement,
    Mutant,
    Paper,
    Parameters,
    Procedure,
    Rate,
    Read,
    Reading,
    Statement,
    Status,
    Time,
    integers,
    quantity,
)
from lemmata.solvers import full, stack
from lemmata.solvers.factorization import passage_time, separation_start

PAPER = Paper(
    key="gissin2020",
    authors="D. Gissin, S. Shalev-Shwartz, A. Daniely",
    title="The Implicit Bias of Depth: How Incremental Learning Drives Generalization",
    venue="ICLR",
    year=2020,
    identifier="arXiv:1909.12051",
    statements=(
        Statement(
            number="Theorem on depth 2",
            says="modes are learnt one by one only from an exponentially small initialization",
            read=Read.PART,
            claims=("two-layers-need-an-exponentially-small-start",),
        ),
        Statement(
            number="Theorem on larger depths",
            says="above depth two a polynomially small one is enough",
            read=Read.PART,
            claims=("deeper-networks-need-a-polynomially-small-start",),
        ),
    ),
)

delta = quantity("delta", "strength of the first mode over that of the second, minus one", positive=True)
x_0 = quantity(
    "x_{0}", "the initialization from which the first mode reaches f just as the second reaches s", positive=True
)
f = quantity("f", "fraction of its strength that the first mode reaches", positive=True)
s = quantity("s", "fraction of its strength that the second mode reaches", positive=True)
between = quantity(
    r"\int_{s}^{f} \frac{x^{2/N-2}}{1-x} \, dx", "time that the second mode takes from s to f, times N^2", positive=True
)
N = quantity("N", "number of layers", positive=True)
_J = sp.Symbol("J", positive=True)
_SCALES = 10

_SETTING = """Each mode of a depth-N linear network from a balanced initialization moves as x' = N^2 x^(2 - 2/N) (sigma - x), both from the same
initial value x_0. Modes of strengths 1 + delta and 1 are learned one after the other if the first reaches the fraction f of its strength
before the second reaches the fraction s of its own, 0 < s < f < 1"""
_NOTE = "the asymptotic form with its constant was derived from the closed form of the passage time; the paper's own inequalities were not read"


def _draw(_: Parameters, rng: np.random.Generator, size: int) -> Instances:
    return {
        "gap": rng.integers(4, 20, size=size) / 64,
        "seen": rng.integers(26, 39, size=size) / 64,
        "hidden": rng.integers(3, 20, size=size) / 64,
    }


def _pairs_of_modes(depths: Integers) -> Family:
    """Two modes of nearly equal strength; the fractions in 64ths, up to 3/5."""
    return Family(
        name="two modes of a deep linear network",
        parameters={"depth": depths},
        draw=_draw,
        hypotheses=(
            Hypothesis(name="delta > 0", holds=lambda _, instances: instances["gap"] > 0),
            Hypothesis(name="s < f", holds=lambda _, instances: instances["hidden"] < instances["seen"]),
        ),
        edges=(
            Edge(name="fewest layers"),
            Edge(name="most layers", parameters={"depth": depths.high}),
            Edge(
                name="fractions near one another",
                adjust=lambda _, drawn: {**drawn, "seen": drawn["hidden"] + 1 / 64},
            ),
        ),
    )


def _measure(parameters: Parameters, instances: Instances) -> Measurement:
    """The initialization at delta, delta/4, delta/16, ..."""
    layers, first = int(parameters["depth"]), instances["gap"]
    gaps = stack([first / 4**k for k in range(_SCALES)], axis=1)
    seen, hidden = (instances[name][:, None] for name in ("seen", "hidden"))
    ones = full(gaps[:, :1], 1)
    values = {
        delta: gaps,
        sp.log(x_0): -separation_start(gaps, seen, hidden, layers),
        f: seen,
        s: hidden,
        between: passage_time(ones, seen, layers) - passage_time(ones, hidden, layers),
        N: ones * layers,
    }
    return Measurement.of(values, case="separation")


_separation = Procedure(
    name="the initialization that separates the modes, as their strengths come together",
    measures=(delta, sp.log(x_0), f, s, between, N),
    run=_measure,
    time=Time.SCALES,
    rational=False,
)
_two, _deeper = _pairs_of_modes(integers(2, 2)), _pairs_of_modes(integers(3, 6))
_log_odds = {_J: sp.log(f / (1 - f)) - sp.log(s / (1 - s))}
_power = N / (N - 2)


def _exponential(constant: sp.Expr) -> Rate:
    """The logarithm of 1/x_0 is the constant over delta; J is the difference of two log-odds."""
    where = _log_odds if constant.has(_J) else {}
    return Rate(quantity=sp.log(1 / x_0), scale=delta, exponent=-1, constant=constant, where=where)


def _polynomial(constant: sp.Expr) -> Rate:
    """The initialization is the constant times delta^(N/(N-2)); J is an integral."""
    return Rate(quantity=x_0, scale=delta, exponent=_power, constant=constant, where={_J: between})


two_layers = Claim(
    key="gissin2020/two-layers-need-an-exponentially-small-start",
    title="With two layers, modes are learned one by one only from initializations exp(-J/delta) and smaller",
    about=f"""{_SETTING}. For N = 2 the largest initialization that does so is x_0 with log(1/x_0) ~ J/delta as delta -> 0,
J = log(f/(1 - f)) - log(s/(1 - s)): exponentially small in the inverse of the relative gap.

Why: the passage time is log-odds plus log(1/x_0), up to x_0, over the strength; equate the two.""",
    source=PAPER.at("Theorem on depth 2"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_two,
    when=_separation,
    then=_exponential(_J),
    mutants=(
        Mutant(
            name="the gap alone decides",
            because="the closer the two fractions, the larger an initialization will do",
            then=_exponential(sp.Integer(1)),
        ),
        Mutant(
            name="inverse square root",
            because="the passage times differ by delta log(1/x_0) to the first order",
            then=Rate(quantity=sp.log(1 / x_0), scale=delta, exponent=sp.Rational(-1, 2)),
        ),
        Mutant(
            name="twice the constant",
            because="both log-odds count once",
            then=_exponential(2 * _J),
        ),
    ),
)

deeper = Claim(
    key="gissin2020/deeper-networks-need-a-polynomially-small-start",
    title="With N > 2 layers, modes are learned one by one from initializations of order delta^(N/(N-2))",
    about=f"""{_SETTING}. For N > 2 the largest initialization that does so is x_0 ~ (delta N / ((N - 2) J))^(N/(N-2)) as delta -> 0, with
J the integral of x^(2/N - 2)/(1 - x) from s to f: the power falls towards one with depth.

Why: from small x_0 a mode waits for x_0^(2/N - 1) / (1 - 2/N), over its strength; the waits differ by delta times that, and
must differ by J.""",
    source=PAPER.at("Theorem on larger depths"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_deeper,
    when=_separation,
    then=_polynomial((N / (_J * (N - 2))) ** _power),
    mutants=(
        Mutant(
            name="exponent N/(N-1)",
            because="the wait goes with the power 1 - 2/N of the initialization",
            then=Rate(quantity=x_0, scale=delta, exponent=N / (N - 1)),
        ),
        Mutant(
            name="at any depth cubic",
            because="that is three layers only",
            then=Rate(quantity=x_0, scale=delta, exponent=3),
        ),
        Mutant(
            name="waits counted once",
            because="the wait is an integral: its constant is 1/(1 - 2/N)",
            then=_polynomial(_J ** (-_power)),
        ),
    ),
)
