"""Deciding a claim for all real numbers at one shape: true, false at an exact point, or left open with a reason."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lemmata.checks.decision import Certificate
from lemmata.checks.judging.rulings import Ruling, Settled
from lemmata.checks.judging.settle import settle_exactly
from lemmata.checks.proof.agreement import comparison
from lemmata.checks.proof.certificates import certified
from lemmata.checks.proof.problems import Problem, problem, refusal, work_of
from lemmata.checks.proof.real_closed import Answer, MissingSolverError, Question
from lemmata.claims import Choice, Claim, Instances, Integers, Parameters, Range, Reals
from lemmata.solvers.numbers.algebraic import read_numbers
from lemmata.solvers.numbers.symbolic import Formula, NotPolynomialError, TooLongError

_MOST_SHAPES = 4
"""Shapes that are decided where the claim names none; where it has no more, that is its whole range."""
_NOTHING = "its conclusion compares nothing at this shape"
EXCLUDED = "no real numbers meet its hypotheses, which exclude each other: nothing is said of any"
_RUN, _SHORT_RUN = 0.05, 0.3
"""Share of the work, and seconds of it that there are at least, within which the claim's own code must have run over
symbolic numbers: whatever was ever decided had run within half of these seconds."""
_MANY = 24
"""Real numbers, auxiliary ones included, above which a statement is decided at once or, as it seems, not at all."""
_AT_ONCE = 0.1
"""Share of the work that such a one has."""
_LEAST = 0.1
"""Seconds of work that a question has at least."""
_OVERDRAWN = 2.0
"""Share of the work after which no question is asked any more."""
_REFUSED = 0.02
"""Seconds of work that count for a claim whose code does not take symbolic numbers."""
_SIMPLER = 1.0
"""Seconds that may go into simpler numbers of a counterexample."""

SPREAD = "spread"
"""The parameter of short conjectures that says how instances are drawn, and is none of the statement."""


class Outcome(enum.Enum):
    """What a decision says of a statement."""

    TRUE = "true"
    FALSE = "false"
    EMPTY = "empty"
    """No real numbers meet the hypotheses, so that nothing is said of any."""
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became of a claim at one shape.

    Attributes:
        outcome: true for all real numbers, false at a point, empty of instances, or open.
        parameters: the shape; of a refutation those of its point.
        reason: why it is open.
        numbers: how many real numbers the conditions speak of, auxiliary ones included.
        moving: the real parameters that stood for their whole range.
        instance: where it is false, a batch of one: floats, or object arrays of exact numbers where those do not do.
        certificates: why it is true, where sums of squares were found.
        work: the seconds of work that it took, counted in steps and not by the clock.
        exact: array -> its entries in words as nested lists, where floats do not do.
        admissible: where it is true, numbers that meet every hypothesis, in words, if the solver has them.
        suspected: where it is open, a point in words at which the solver finds it false and settling says neither.
        undefined: where it is open, an admissible point in words at which the conclusion has no value.
        settled: how the usual settling confirmed it.
    """

    outcome: Outcome
    parameters: Parameters
    reason: str = ""
    numbers: int = 0
    moving: tuple[str, ...] = ()
    instance: Instances | None = None
    exact: Mapping[str, Any] | None = None
    settled: Settled | None = None
    certificates: tuple[Certificate, ...] = ()
    admissible: str = ""
    suspected: str = ""
    undefined: str = ""
    work: float = 0.0


def shapes(claim: Claim) -> tuple[list[dict[str, Any]], bool]:
    """The parameter points that are decided where the claim names none, and whether they are all that there are.

    Real parameters stand at the lower end of their range, and are variables where the procedure takes them so.
    """
    simplest = {name: declared.simplest for name, declared in claim.given.parameters.items()}
    values = {name: _values(declared) for name, declared in claim.given.parameters.items()}
    if all(values.values()) and np.prod([len(one or ()) for one in values.values()]) <= _MOST_SHAPES:
        points = itertools.product(*(one or () for one in values.values()))
        return [dict(zip(values, point, strict=True)) for point in points], not claim.given.data
    second = {
        name: min(declared.low + 1, declared.high) if isinstance(declared, Integers) else simplest[name]
        for name, declared in claim.given.parameters.items()
    }
    return [simplest, second] if second != simplest else [simplest], False


def _values(declared: Range) -> Sequence[Any] | None:
    """All values of a range; None where there are too many."""
    match declared:
        case Reals():
            return [declared.low]
        case Choice():
            return declared.options
        case Integers() if declared.high - declared.low < _MOST_SHAPES:
            return range(declared.low, declared.high + 1)
    return None


def decide(claim: Claim, parameters: Parameters, seconds: float) -> Found:
    """Whether any real numbers at this shape meet the hypotheses and violate the conclusion.

    Args:
        claim: the claim, or a variant of it.
        parameters: the shape.
        seconds: of work that may be done, counted in steps: what comes out does not depend on the machine's load.
    """
    run = min(seconds, max(_SHORT_RUN, _RUN * seconds))
    try:
        because = refusal(claim)
        if because:
            return Found(outcome=Outcome.OPEN, parameters=parameters, reason=because)
        stated = problem(claim, parameters, run)
        return _Decider(claim=claim, stated=stated, seconds=seconds, work=work_of(stated.ledger)).decided()
    except TooLongError as error:
        return Found(outcome=Outcome.OPEN, parameters=parameters, reason=str(error), work=run)
    except NotPolynomialError as error:
        return Found(outcome=Outcome.OPEN, parameters=parameters, reason=str(error), work=_REFUSED)
    except MissingSolverError as error:
        return Found(outcome=Outcome.OPEN, parameters=parameters, reason=str(error))
    except Exception as error:  # noqa: BLE001 - no fault here is the claim's
        return Found(outcome=Outcome.OPEN, parameters=parameters, reason=f"deciding failed: {error!r}"[:300])


@dataclass(kw_only=True)
class _Decider:
    """One claim at one shape, asked about until its work is done."""

    claim: Claim
    stated: Problem
    seconds: float
    work: float

    def decided(self) -> Found:
        """What becomes of the claim."""
        return replace(self._decided(), work=self.work)

    def _decided(self) -> Found:
        if not self.stated.differences:
            return self._open(_NOTHING)
        question, answer = self._asked(self.stated.violation)
        if answer is Answer.UNKNOWN:
            return self._open(self._given_up(question))
        if answer is Answer.SOME:
            before = question.work
            found = _refuted(self.claim, self.stated, question)
            self.work += question.work - before
            return found
        missing = self._undefined()
        if missing:
            return self._open(missing)
        missing, where = self._gap()
        if missing:
            drawn = where and self.stated.is_free and not self.stated.rounded
            return replace(self._open(missing), undefined=where if drawn else "")
        question, met = self._asked(self.stated.defined)
        if met is Answer.NONE:
            return self._found(Outcome.EMPTY, EXCLUDED)
        if met is Answer.UNKNOWN:
            return self._open(
                "true of all real numbers that meet its hypotheses; whether any do, the solver does not say"
            )
        compared = comparison(self.claim, self.stated)
        self.work += compared.work
        if compared.where:
            place = _spoken(self.stated, compared.where)
            return self._open(f"its translation into polynomials is wrong at {place}: its code says otherwise there")
        point = self._place(question) if self.stated.is_free and not self.stated.rounded else ""
        return replace(self._found(Outcome.TRUE), certificates=certified(self.stated), admissible=point)

    def _given_up(self, question: Question) -> str:
        count = len(self.stated.ledger.names)
        if question.ended:
            return f"{question.ended} of this machine ended it, on {count} real numbers; another one may decide it"
        return f"the solver gave up on {count} real numbers within its limits"

    def _undefined(self) -> str:
        """Where a hypothesis may not be defined, in words."""
        for undefined in self.stated.undefined:
            question, answer = self._asked(undefined)
            if answer is not Answer.NONE:
                where = self._place(question) if answer is Answer.SOME else "some points"
                return f"true where every hypothesis is defined; one of them is not at {where}"
        return ""

    def _gap(self) -> tuple[str, str]:
        """That the conclusion may not be defined, in words, and where it is not."""
        for gap in self.stated.gaps:
            question, answer = self._asked(gap)
            if answer is Answer.SOME:
                place = self._place(question)
                return f"true wherever it is defined, but not defined at {place}", place
            if answer is Answer.UNKNOWN:
                return "true wherever it is defined; whether it is everywhere, the solver does not say", ""
        return "", ""

    def _asked(self, conditions: list[Formula]) -> tuple[Question, Answer]:
        count = len(self.stated.ledger.names)
        question = Question(conditions, count)
        if self.work > _OVERDRAWN * self.seconds:  # by many short questions
            return question, Answer.UNKNOWN
        left = max(_LEAST, self.seconds - self.work)
        answer = question.solve(left if count <= _MANY else min(left, _AT_ONCE * self.seconds))
        self.work += question.work
        return question, answer

    def _place(self, question: Question) -> str:
        return _spoken(self.stated, question.point(range(self.stated.ledger.given)))

    def _open(self, reason: str) -> Found:
        return self._found(Outcome.OPEN, reason)

    def _found(self, outcome: Outcome, reason: str = "") -> Found:
        return Found(
            outcome=outcome,
            parameters=self.stated.parameters,
            reason=reason,
            numbers=len(self.stated.ledger.names),
            moving=tuple(sorted(self.stated.moving)),
        )


def excludes_all(stated: Problem, seconds: float) -> bool:
    """Whether the hypotheses exclude each other, within so many seconds of work: no real numbers meet them.

    Raises:
        MissingSolverError: z3 is missing or too old.
    """
    try:
        return Question(stated.admissible, len(stated.ledger.names)).solve(seconds) is Answer.NONE
    except TooLongError:
        return False


def _spoken(stated: Problem, texts: Mapping[str, str]) -> str:
    names = stated.ledger.names[: stated.ledger.given]
    return ", ".join(f"{name} = {texts[f'x{place}']}" for place, name in enumerate(names) if name != SPREAD)


def _refuted(claim: Claim, stated: Problem, question: Question) -> Found:
    """A solution, simplified and settled by the claim's own procedure in exact numbers."""
    entries = range(stated.ledger.given)
    if stated.is_free and not stated.rounded:
        question.simplify(entries, _SIMPLER)
    texts = question.point(entries)

    def left_open(reason: str, suspected: str = "") -> Found:
        size = len(stated.ledger.names)
        return Found(
            outcome=Outcome.OPEN, parameters=stated.parameters, reason=reason, numbers=size, suspected=suspected
        )

    where = _spoken(stated, texts)
    if not stated.is_free:
        return left_open(f"false at {where}, which the family may never draw")
    if stated.rounded:
        return left_open(f"false at {where}, in the room that the rounded number {stated.rounded} may leave")
    numbers = read_numbers([texts[f"x{place}"] for place in entries])
    moved = {name: _as_float(numbers[place]) for name, place in stated.moving.items()}
    if None in moved.values():
        return left_open(f"the solver finds it false at {where}, where a parameter is no float", where)
    parameters = {**stated.parameters, **moved}
    instance, are_floats = _instance(stated, numbers)
    settled = settle_exactly(claim, parameters, instance)
    if settled.rounded is not None:
        return left_open(f"false at {where}, by no more than the rounding of {settled.rounded!r} in its procedure")
    if settled.ruling is not Ruling.VIOLATED:
        wrong = _is_contradicted(settled)
        but = _WRONG if wrong else f"which settling in {settled.arithmetic} does not confirm"
        return left_open(f"the solver finds it false at {where}, {but}", "" if wrong else where)
    words = [texts[f"x{place}"] for place in entries]
    exact = {} if are_floats else {name: _shaped(words, p, object).tolist()[0] for name, p in stated.places.items()}
    return Found(
        outcome=Outcome.FALSE,
        parameters=parameters,
        numbers=len(stated.ledger.names),
        moving=tuple(sorted(stated.moving)),
        instance=instance,
        exact=exact,
        settled=settled,
    )


def _instance(stated: Problem, numbers: Sequence[Any]) -> tuple[dict[str, np.ndarray], bool]:
    """The solution as arrays, in floats if they hold it, and whether they do."""
    floats = [_as_float(one) for one in numbers]
    are_floats = None not in floats
    values, kind = (floats, float) if are_floats else (numbers, object)
    return {name: _shaped(values, place, kind) for name, place in stated.places.items()}, are_floats


_WRONG = "where it is true in exact numbers: the solver or its translation is wrong"


def _is_contradicted(settled: Settled) -> bool:
    """Whether exact numbers obey the conclusion; in balls two sides that cannot be told apart pass for equal."""
    return settled.ruling is Ruling.HOLDS and settled.arithmetic.endswith("rationals")


def _shaped(values: Sequence[Any], place: Any, kind: type) -> np.ndarray:
    size = int(np.prod(place.shape))
    made: np.ndarray = np.empty(size, dtype=kind)
    made[:] = values[place.first : place.first + size]
    return made.reshape(1, *place.shape)


def _as_float(number: Any) -> float | None:
    """The number as a float, if it is one."""
    if not hasattr(number, "p"):
        return None
    nearest = int(number.p) / int(number.q)
    return nearest if nearest.as_integer_ratio() == (int(number.p), int(number.q)) else None
