"""General faces of l1 minimisers, with the one that small initializations prefer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
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
    Range,
    choice,
    integers,
    quantity,
)
from lemmata.claims.settings.diagonal.diabetes import PATIENTS_FACE, face_patients, patient_data, table_pictures
from lemmata.claims.settings.diagonal.problems import (
    depth_of,
    draw_face,
    face_problems,
    failures,
    log_initialization,
    wide_face,
)
from lemmata.solvers.diagonal import limit, preferred, tie_break

_CLEAR = 0.02

Order = Callable[[Fraction], Fraction]
"""From the depth to the order of the entropy, or of the quasi-norm."""


def two_over_depth(depth: Fraction) -> Fraction:
    """The order 2/D."""
    return 2 / depth


@dataclass(frozen=True)
class TieBreak:
    """What may decide among l1 minimisers: the sum of x log x, or minus the sum of a power of x.

    Attributes:
        order: of the power, from the depth; one stands for x log x.
        reached, best, other: its quantities at the limit, at best among the minimisers, and at another minimiser.
    """

    order: Order
    reached: Any
    best: Any
    other: Any


def _tie_break(order: Order, term: str) -> TieBreak:
    """``term`` is one of the sum, with a place for each entry."""
    sign, written = ("-", term.removeprefix("-")) if term.startswith("-") else ("", term)

    def at(point: str, before: str, meaning: str) -> Any:
        summand = written.replace("x", point)
        return quantity(rf"{before}{sign}\sum_i {summand}", f"the tie-break {meaning}", real=True)

    return TieBreak(
        order,
        reached=at(r"x_{\infty,i}", "", "at the limit, on the support"),
        best=at("x_i", r"\min_{x \in F^*} ", "at best among the l1 minimisers F*"),
        other=at(r"\tilde{x}_i", "", "at another minimiser"),
    )


BY_ENTROPY = _tie_break(lambda _: Fraction(1), r"x \log x")
BY_QUASI_NORM = _tie_break(two_over_depth, "-x^{2/D}")
BY_HALF_ITS_ORDER = _tie_break(lambda depth: 1 / depth, "-x^{1/D}")
BY_SQUARE_ROOTS = _tie_break(lambda _: Fraction(1, 2), "-x^{1/2}")
BY_TWO_THIRDS = _tie_break(lambda _: Fraction(2, 3), "-x^{2/3}")

_TINY = 240


def _run_selection(parameters: Parameters, instances: Instances, *, by: TieBreak) -> Measurement:
    depth, face = depth_of(parameters), wide_face(instances)
    found = limit(face, log_initialization(instances["x"][:, 0], _TINY), depth)
    order = by.order(depth)
    best, _ = preferred(face.on, face.target, face.anchor, order)
    values = {
        by.reached: tie_break(found.on, order),
        by.best: tie_break(best, order),
        by.other: tie_break(instances["x"], order),
    }
    shown = partial(table_pictures, PATIENTS_FACE) if "patients" in parameters else tuple
    return Measurement.of(values, case="limit", failures=failures([found]), pictures=shown)


def selection(by: TieBreak) -> Procedure:
    """The tie-break at the limit, at the minimiser it prefers, and at another minimiser."""
    return Procedure(
        name=f"the limit of the flow from alpha = 2^-{_TINY}",
        measures=(by.reached, by.best, by.other),
        run=partial(_run_selection, by=by),
        rational=False,
    )


def _apart(parameters: Parameters, instances: Instances) -> Any:
    """Whether the other minimiser is clearly worse by the tie-break."""
    face = wide_face(instances)
    order = 2 / depth_of(parameters)
    with np.errstate(all="ignore"):
        best, _ = preferred(face.on, face.target, face.anchor, order)
        return tie_break(instances["x"], order) - tie_break(best, order) > _CLEAR


APART = Hypothesis(name="the other minimiser is worse", holds=_apart)


def _drawn_or_real(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """``draw_face``, or the table of patients where the parameters ask for it."""
    return face_patients() if "patients" in parameters else draw_face(parameters, rng, size)


def _same_segments(parameters: Parameters, drawn: Instances) -> Instances:
    """The same problems at every seed, in some of which the other minimiser is clearly worse."""
    return draw_face(parameters, np.random.default_rng(0), len(drawn["x"]))


def face_families(depths: tuple[str, ...], *hypotheses: Hypothesis, real: tuple[str, ...] = ()) -> Family:
    """Faces of minimisers at some depths, with an edge at each; ``real`` adds the table of patients at these depths.

    They are small, for all that matters happens in small ones.
    """
    base = face_problems(*hypotheses)
    ranges: dict[str, Range] = {
        "rank": integers(1, 2),
        "extra": integers(1, 2),
        "others": integers(1, 2),
        "depth": choice(*depths),
    }
    return Family(
        name=base.name,
        parameters=ranges,
        draw=_drawn_or_real,
        data=patient_data(PATIENTS_FACE, real, rank=15, extra=1, others=49),
        hypotheses=base.hypotheses,
        edges=tuple(
            edge
            for depth in depths
            for edge in (
                Edge(name=f"a segment, depth {depth}", parameters={"depth": depth}, adjust=_same_segments),
                Edge(name=f"a triangle, depth {depth}", parameters={"rank": 2, "extra": 2, "depth": depth}),
            )
        ),
    )
