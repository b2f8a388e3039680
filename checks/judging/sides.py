"""The two sides of a conclusion on measured quantities, in whatever number system these are."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.checks.judging.censored import BECAUSE, open_by_censoring
from lemmata.checks.judging.rates import slopes
from lemmata.claims import (
    AtLeast,
    AtMost,
    Case,
    ClaimError,
    Conclusion,
    Conserved,
    Identity,
    Monotone,
    Rate,
    Selects,
    Time,
    WithProbability,
    evaluate,
    measured_symbols,
)
from lemmata.claims.language.jumps import refuse_jumps
from lemmata.claims.language.procedure import name_of
from lemmata.solvers import Bounded, Dual, as_floats

_SHARE = 2.0**-10
"""Error bound, relative to the larger side, up to which a relation counts as checked in float64."""


class Relation(enum.Enum):
    """How the two sides of a judged relation must stand."""

    EQUAL = "="
    AT_MOST = "<="


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The two sides of a conclusion in one case: arrays ``(batch, times, ...)`` of one number system.

    ``open`` marks instances ``(batch,)`` that decide nothing, and ``because`` says why. ``gap`` is the difference,
    where it was computed beforehand, at the precision of the sides. ``estimated`` says that the error bounds are an
    extrapolation's, ``may_vanish`` that a bound by zero is attained where both sides are zero. ``terms`` computes the
    summands of both sides: what cancels among them is measured against them. ``rounded`` is a float of many digits that
    exact numbers met, if any did.
    """

    case: str
    left: Any
    right: Any
    relation: Relation
    open: np.ndarray | None = None
    because: str = ""
    gap: Any = None
    estimated: bool = False
    may_vanish: bool = False
    terms: Callable[[], list[Any]] = list
    rounded: float | None = None

    @property
    def difference(self) -> Any:
        """``left - right``: must be zero, or at most zero."""
        return self.left - self.right if self.gap is None else self.gap

    def idle(self, row: int) -> bool:
        """Whether one instance decides nothing."""
        return self.open is not None and bool(np.broadcast_to(self.open, (max(row + 1, len(self.open)),))[row])

    def is_checked(self) -> np.ndarray:
        """Where the error bound in float64 is small beside the larger side; shape of the difference.

        Elsewhere "no violation" says nothing: 5 +- 10 is not above 3 +- 10.
        """
        gap = self.difference
        checked = _is_small(gap, [self.left, self.right])
        return checked if checked.all() else checked | _is_small(gap, self.terms())


def _is_small(gap: Bounded, beside: list[Any]) -> np.ndarray:
    """Where the error bound of a difference is a small share of some array's size, that of a matrix as a whole."""
    size = np.zeros(())
    for one in beside:
        known = np.abs(as_floats(one))
        whole = tuple(range(2, known.ndim))
        size = np.maximum(size, known.max(axis=whole, keepdims=True, initial=0.0) if whole else known)
    small: np.ndarray = gap.error <= _SHARE * np.broadcast_to(size, gap.shape)
    return small


def sides(conclusion: Conclusion, case: Case, time: Time) -> Sides:
    """Both sides of the conclusion in one case, in the number system of the case's values.

    Raises:
        ClaimError: a quantity that the conclusion needs was not measured.
    """
    conclusion = conclusion.unfolded()
    pair = _sides(conclusion, case, time)
    unseen = open_by_censoring(conclusion, case, pair.difference)
    if unseen is None:
        return pair
    return replace(pair, open=unseen if pair.open is None else pair.open | unseen, because=BECAUSE)


def _sides(conclusion: Conclusion, case: Case, time: Time) -> Sides:
    missing = sorted({name_of(symbol) for symbol in measured_symbols(conclusion)} - case.quantities)
    if missing:
        raise ClaimError(f"case {case.name!r} lacks {', '.join(missing)}; it has {', '.join(case.values)}")
    terms: Callable[[], list[Any]] = partial(_summands, conclusion.expressions, case.values)
    value = partial(evaluate, values=case.values, within=conclusion.expressions)
    match conclusion:
        case Identity(left=left, right=right):
            pair, relation = (value(left), value(right)), Relation.EQUAL
        case AtMost(left=left, right=right):
            pair, relation = (value(left), value(right)), Relation.AT_MOST
        case AtLeast(left=left, right=right):
            pair, relation = (value(right), value(left)), Relation.AT_MOST
        case Monotone(quantity=quantity, increasing=increasing):
            track = evaluate(quantity, case.values)
            earlier, later = track[:, :-1], track[:, 1:]
            pair, relation = (earlier, later) if increasing else (later, earlier), Relation.AT_MOST
            terms = list
        case Conserved():
            pair, relation = _law(conclusion, case, time), Relation.EQUAL
            terms = partial(_terms_of_law, conclusion, case, time)
        case Rate():
            return _slopes(conclusion, case)
        case Selects():
            return _selection(conclusion, case)
        case WithProbability(event=event):
            return sides(event, case, time)
    return Sides(
        case=case.name,
        left=pair[0],
        right=pair[1],
        relation=relation,
        gap=pair[0] - pair[1],
        may_vanish=_is_tight_at_zero(conclusion),
        terms=terms,
    )


def _is_tight_at_zero(conclusion: Conclusion) -> bool:
    """Whether it is a bound by the number zero that is said to be attained; `a x <= b x` has no such side."""
    return isinstance(conclusion, AtMost | AtLeast) and conclusion.tight and 0 in (conclusion.left, conclusion.right)


def _summands(expressions: Sequence[Any], values: Mapping[str, Any]) -> list[Any]:
    """The terms of the sums among some formulas, evaluated."""
    sums = [terms for terms in map(_split, expressions) if len(terms) > 1]
    return [evaluate(term, values, within=expressions) for terms in sums for term in terms]


def _split(expression: Any) -> list[Any]:
    """The terms of a sum, also within a trace, a diagonal or a transpose."""
    if isinstance(expression, sp.Add | sp.MatAdd):
        return [term for part in expression.args for term in _split(part)]
    if isinstance(expression, sp.Trace | sp.Transpose | DiagonalOf):
        return [type(expression)(term) for term in _split(expression.arg)]
    return [expression]


def _terms_of_law(law: Conserved, case: Case, time: Time) -> list[Any]:
    """The terms of the quantity; along a flow, where they have a size though nothing moves, those of its rate too."""
    if time is Time.FLOW:
        terms = _summands([law.quantity], _moving(case))
        return [part for term in terms for part in (term.value, term.tangent)]
    terms = _summands([law.quantity], case.values)
    return [term[:, 1:] if term.shape[1] > 1 else term for term in terms]  # what is alike at all times has one


def _slopes(rate: Rate, case: Case) -> Sides:
    found = slopes(rate, case)
    return Sides(
        case=case.name,
        left=found.left,
        right=found.right,
        relation=Relation.EQUAL if found.equal else Relation.AT_MOST,
        open=found.moving,
        because="pre-asymptotic: the local slope still moves at the last scale, or rounding hides it",
        estimated=True,
    )


def _selection(selects: Selects, case: Case) -> Sides:
    bound = selects.relation
    apart = evaluate(selects.other - selects.least, case.values)
    errors = apart.error if isinstance(apart, Bounded) else 0.0
    return Sides(
        case=case.name,
        left=evaluate(bound.left, case.values, within=bound.expressions),
        right=evaluate(bound.right, case.values, within=bound.expressions),
        relation=Relation.AT_MOST,
        open=~np.all(as_floats(apart) > errors, axis=1),
        because="nothing to select from: the other minimiser is as good",
    )


def _law(law: Conserved, case: Case, time: Time) -> tuple[Any, Any]:
    """What became of the quantity, and what the law says became of it.

    Raises:
        ClaimError: along a flow, it may jump.
    """
    if time is Time.FLOW:
        refuse_jumps(law.quantity, frozenset(one for one in law.quantity.free_symbols if name_of(one) in case.rates))
        rate = evaluate(law.quantity, _moving(case)).tangent
        return rate, evaluate(law.change, case.values, within=law.expressions) if law.change != 0 else rate * 0
    track = evaluate(law.quantity, case.values)
    now = before_each_step(case.values, track.shape[1] - 1)
    predicted = track[:, :-1]
    if law.factor != 1:
        factor = evaluate(law.factor, now)
        predicted = predicted * (factor[..., None, None] if predicted.ndim > factor.ndim else factor)
    if law.change != 0:
        predicted = predicted + evaluate(law.change, now, within=law.expressions)
    return track[:, 1:], predicted


def before_each_step(values: Mapping[str, Any], steps: int) -> dict[str, Any]:
    """The quantities as they stand before each step: states lose their last time, the rest has one a step."""
    return {name: value[:, :steps] if value.shape[1] == steps + 1 else value for name, value in values.items()}


def _moving(case: Case) -> dict[str, Dual]:
    return {name: Dual(value, _rate(case, name, value)) for name, value in case.values.items()}


def _rate(case: Case, name: str, value: Any) -> Any:
    return case.rates[name] if name in case.rates else value * 0
