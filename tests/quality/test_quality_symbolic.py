"""Symbolic numbers against exact ones, on random code: the same values at each point, and nothing false proved.

The code is made of sums, quotients, powers, roots, norms, maxima, signs, gates, choices and conditions, in one another.
Points are small fractions, with ties and zeros among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from helpers.expressions import Tree, tree, value

from lemmata import at_least, conjecture, measured, real, sign
from lemmata.checks.judging.precision import ball_precision
from lemmata.checks.proof.decide import Outcome, decide
from lemmata.checks.proof.real_closed import Answer, Question
from lemmata.claims import Claim, ClaimError, Hypothesis
from lemmata.solvers import to_balls, to_rationals
from lemmata.solvers.numbers.errors import DivisionByZeroError, NotRationalError
from lemmata.solvers.numbers.square_roots import exact_square_roots
from lemmata.solvers.numbers.symbolic import Formula, Ledger, Real, Symbolic, TooLongError, any_of, atom, negation
from lemmata.solvers.numbers.symbolic.formulas import number, variable

LETTERS, POINTS, BITS = 2, 4, 400
CLOSE = Fraction(1, 10**9)
Point = list[Fraction]


def point(rng: np.random.Generator) -> Point:
    """Halves and whole numbers between -3 and 3."""
    above, below = rng.integers(-3, 4, size=LETTERS), rng.integers(1, 3, size=LETTERS)
    return [Fraction(int(a), int(b)) for a, b in zip(above, below, strict=True)]


def exact(code: Tree, at: Point) -> tuple[Fraction, Fraction] | None:
    """Rationals around what the code comes to, in exact numbers or balls; equal ones where it is rational."""
    numbers = to_rationals(np.array([at]))
    try:
        with exact_square_roots():
            found = np.asarray(value(code, numbers), dtype=object)[0]
    except DivisionByZeroError:
        return None
    except NotRationalError:
        with ball_precision(BITS):
            found = np.asarray(value(code, to_balls(numbers)), dtype=object)[0]
    if hasattr(found, "p"):
        return (Fraction(int(found.p), int(found.q)),) * 2
    ball = found.ball(BITS) if hasattr(found, "ball") else found
    if not ball.is_finite() or ball.rad() > CLOSE.numerator / CLOSE.denominator / 2:
        return None
    middle = Fraction(float(ball.mid()))
    return middle - CLOSE * (1 + abs(middle)), middle + CLOSE * (1 + abs(middle))


class Translated:
    """Random code over symbolic numbers, the first letter known to be positive or not."""

    def __init__(self, code: Tree, *, positive: bool) -> None:
        self.ledger = Ledger(most=400_000)
        letters = Symbolic.variables("x", (1, LETTERS), self.ledger)
        if positive:
            self.ledger.assume((-letters.value[0, 0]).sign("<"))
        (self.real,) = value(code, letters).value
        self.required = [formula for formula, _ in self.ledger.required]

    def asked(self, at: Point, conditions: Sequence[Formula]) -> Answer:
        """Whether conditions have a solution where the letters have these values."""
        pinned = [atom(variable(k) - number(one.numerator, one.denominator), "=") for k, one in enumerate(at)]
        try:
            return Question([*pinned, *conditions], len(self.ledger.names)).solve(1.0)
        except TooLongError:
            return Answer.UNKNOWN

    def is_named(self, at: Point) -> bool:
        """Whether a part that is not defined there is noted, so that nothing would be proved."""
        before: list[Formula] = []
        for formula, count in self.ledger.required:
            conditions = [*self.ledger.definitions[:count], *before, negation(formula)]
            if self.asked(at, conditions) is not Answer.NONE:
                return True
            before.append(formula)
        return False

    def outcome(self, at: Point, known: tuple[Fraction, Fraction]) -> str:
        """Whether the conditions have one solution at a point, the right one."""
        defined = [*self.ledger.definitions, *self.required]
        some = self.asked(at, [*defined, *between(self.real, known)])
        other = self.asked(at, [*defined, any_of(negation(one) for one in between(self.real, known))])
        if Answer.UNKNOWN in (some, other):
            return "unknown"
        if (some, other) == (Answer.SOME, Answer.NONE):
            return "right"
        if (some, other) == (Answer.NONE, Answer.NONE) and self.is_named(at):
            return "named"
        return "wrong"


def between(real_number: Real, ends: tuple[Fraction, Fraction]) -> list[Formula]:
    """The number lies between two others."""
    return [(ends[0] - real_number).sign("<="), (real_number - ends[1]).sign("<=")]


def compared(counts: range) -> tuple[Counter[str], list[tuple[int, Tree, Point]]]:
    """How often conditions and exact numbers agree on random code, and where they do not."""
    counted: Counter[str] = Counter()
    wrong = []
    for count in counts:
        rng = np.random.default_rng([1, count])
        code, positive = tree(rng, LETTERS, 3), bool(count % 2)
        try:
            made = Translated(code, positive=positive)
        except (DivisionByZeroError, TooLongError):
            continue  # of what is refused nothing is said
        for _ in range(POINTS):
            at = point(rng)
            at[0] = abs(at[0]) + Fraction(1, 2) if positive else at[0]
            known = exact(code, at)
            if known is not None:
                outcome = made.outcome(at, known)
                counted[outcome] += 1
                wrong += [(count, code, at)] if outcome == "wrong" else []
    return counted, wrong


def test_conditions_say_what_exact_numbers_say() -> None:
    """At each point exactly one value solves the conditions, that of the exact run, or what is undefined is named."""
    counted, wrong = compared(range(400))

    assert [] == wrong
    assert counted["right"] >= 900


def test_a_root_that_is_defined_beyond_its_case_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison has power: a fault in the cases of roots shows at several points."""
    usual = Ledger.root_of

    def beyond(self: Ledger, cases: Any, degree: int) -> Any:
        root = usual(self, cases, degree)
        _, above, below = cases[0]
        self.define(atom(root**degree * below - above, "="))
        return root

    monkeypatch.setattr(Ledger, "root_of", beyond)

    assert len(compared(range(60))[1]) >= 3


def false_statement(count: int) -> Claim | None:
    """Random code is never what it is at a point, under hypotheses that hold there: false at this point at least."""
    rng = np.random.default_rng([2, count])
    code, assumed = tree(rng, LETTERS, 2 + count % 2), tree(rng, LETTERS, 2)
    at = point(rng)
    known, limit = exact(code, at), exact(assumed, at)
    if known is None or limit is None or known[0] != known[1]:
        return None
    x, y = real("x", "y")
    signs = [one > 0 if here > 0 else one <= 0 for one, here in zip((x, y), at, strict=True)]

    def run(x: Any, y: Any) -> dict[str, Any]:
        return {"r": value(code, np.stack([x, y], axis=-1)) + 0 * x}

    def holds(_parameters: Any, drawn: Any) -> Any:
        return value(assumed, np.stack([drawn["x"], drawn["y"]], axis=-1)) * limit[1].denominator <= limit[1].numerator

    then, given = at_least(sign((measured("r") - known[0]) ** 2), 1), signs[: count % 3]
    try:
        claim = conjecture("Never", key=f"made/never-{count}", given=given, runs=run, then=then)
    except ClaimError:  # it divides by zero wherever it is tried
        return None
    if limit[0] != limit[1]:
        return claim
    more = Hypothesis(name="random code is no more than there", holds=holds)
    return replace(claim, given=replace(claim.given, hypotheses=(*claim.given.hypotheses, more)))


def test_nothing_that_is_false_at_a_point_is_proved() -> None:
    """Statements that small fractions break are refuted or left open, and exact numbers never contradict the solver."""
    claims = {count: claim for count in range(400) if (claim := false_statement(count)) is not None}
    found = {count: decide(claim, {"spread": 1.0}, 0.5) for count, claim in claims.items()}
    outcomes = Counter(one.outcome for one in found.values())

    assert [] == [count for count, one in found.items() if one.outcome in (Outcome.TRUE, Outcome.EMPTY)]
    assert [] == [(count, one.reason) for count, one in found.items() if "wrong" in one.reason]
    assert outcomes[Outcome.FALSE] >= 130, Counter(one.reason[:40] for one in found.values())
