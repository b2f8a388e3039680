"""Gissin, Shalev-Shwartz, Daniely 2020: how small a start must be for a deep linear network to learn modes one by one."""

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
    Reading,
    Status,
    Time,
    integers,
)
from lemmata.solvers import stack
from lemmata.solvers.factorization import passage_time, separation_start

PAPER = Paper(
    key="gissin2020",
    authors="D. Gissin, S. Shalev-Shwartz, A. Daniely",
    title="The Implicit Bias of Depth: How Incremental Learning Drives Generalization",
    venue="ICLR",
    year=2020,
    identifier="arXiv:1909.12051",
)

gap, between, depth = sp.symbols("delta J N", positive=True)
log_start = sp.Symbol("ell", real=True)
_SCALES = 10

_MEANING = {
    gap: "strength of the first mode over that of the second, minus one",
    log_start: "minus the logarithm of the start from which the first reaches f just as the second reaches s",
    between: "integral of x^(2/N - 2) / (1 - x) from s to f",
    depth: "number of layers",
}
_SETTING = """Each mode of a depth-N linear network from a balanced start moves as x' = N^2 x^(2 - 2/N) (sigma - x), both from the same start
x_0. Modes of strengths 1 + delta and 1 are learned one after the other if the first reaches the fraction f of its strength
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
    """The start at delta, delta/4, delta/16, ..."""
    layers, first = int(parameters["depth"]), instances["gap"]
    gaps = stack([first / 4**k for k in range(_SCALES)], axis=1)
    seen, hidden = (instances[name][:, None] for name in ("seen", "hidden"))
    ones = gaps[:, :1] * 0 + 1
    values = {
        gap: gaps,
        log_start: separation_start(gaps, seen, hidden, layers),
        between: passage_time(ones, seen, layers) - passage_time(ones, hidden, layers),
        depth: ones * layers,
    }
    return Measurement.of(values, case="separation")


_separation = Procedure(
    name="the start that separates the modes, as their strengths come together",
    measures=_MEANING,
    run=_measure,
    time=Time.SCALES,
    rational=False,
)
_start = sp.exp(-log_start)
_two, _deeper = _pairs_of_modes(integers(2, 2)), _pairs_of_modes(integers(3, 6))
_exponential = Rate(quantity=log_start, scale=gap, exponent=-1, constant=between)
_constant = (depth / ((depth - 2) * between)) ** (depth / (depth - 2))
_polynomial = Rate(quantity=_start, scale=gap, exponent=depth / (depth - 2), constant=_constant)

two_layers = Claim(
    key="gissin2020/two-layers-need-an-exponentially-small-start",
    title="With two layers, modes are learned one by one only from starts exp(-J/delta) and smaller",
    about=f"""{_SETTING}. For N = 2 the largest start that does so is x_0 = exp(-ell) with ell ~ J/delta as delta -> 0,
J = log(f/(1 - f)) - log(s/(1 - s)): exponentially small in the inverse of the relative gap.

Why: the passage time is log-odds plus ell, up to exp(-ell), over the strength; equate the two.""",
    source=PAPER.at("Theorem on depth 2"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_two,
    when=_separation,
    then=_exponential,
    mutants=(
        Mutant(
            name="the gap alone decides",
            because="the closer the two fractions, the larger a start will do",
            then=Rate(quantity=log_start, scale=gap, exponent=-1, constant=1),
        ),
        Mutant(
            name="inverse square root",
            because="the passage times differ by delta ell to the first order",
            then=Rate(quantity=log_start, scale=gap, exponent=sp.Rational(-1, 2)),
        ),
        Mutant(
            name="twice the constant",
            because="both log-odds count once",
            then=Rate(quantity=log_start, scale=gap, exponent=-1, constant=2 * between),
        ),
    ),
)

deeper = Claim(
    key="gissin2020/deeper-networks-need-a-polynomially-small-start",
    title="With N > 2 layers, modes are learned one by one from starts of order delta^(N/(N-2))",
    about=f"""{_SETTING}. For N > 2 the largest start that does so is x_0 ~ (delta N / ((N - 2) J))^(N/(N-2)) as delta -> 0, with
J the integral of x^(2/N - 2)/(1 - x) from s to f: the power falls towards one with depth.

Why: from small x_0 a mode waits for x_0^(2/N - 1) / (1 - 2/N), over its strength; the waits differ by delta times that, and
must differ by J.""",
    source=PAPER.at("Theorem on larger depths"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_deeper,
    when=_separation,
    then=_polynomial,
    mutants=(
        Mutant(
            name="exponent N/(N-1)",
            because="the wait goes with the power 1 - 2/N of the start",
            then=Rate(quantity=_start, scale=gap, exponent=depth / (depth - 1)),
        ),
        Mutant(
            name="at any depth cubic",
            because="that is three layers only",
            then=Rate(quantity=_start, scale=gap, exponent=3),
        ),
        Mutant(
            name="waits counted once",
            because="the wait is an integral: its constant is 1/(1 - 2/N)",
            then=Rate(
                quantity=_start, scale=gap, exponent=depth / (depth - 2), constant=between ** (-depth / (depth - 2))
            ),
        ),
    ),
)
