"""Asking z3 whether conditions on polynomials have a common solution in the real numbers; loaded at first use."""

from __future__ import annotations

import enum
import importlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from lemmata.checks.proof.clock import interrupted_after
from lemmata.solvers.numbers.symbolic import Atom, Formula, Junction, length, require_short
from lemmata.solvers.numbers.written import written

OLDEST = (4, 13)
_MEMORY = 1_500
"""Megabytes that z3 may use."""
_STEPS = 1_500_000
"""Units of z3's own count of work for each second: what it can do does not depend on how busy the machine is."""
PATIENCE = 3.0
"""Seconds of the processor for each second of work. z3 hardly counts what goes into algebraic numbers of high degree: a
few questions would take ten times as long as their work, and were never answered. Those that are take 0.2 to 1."""
_SEED = 0
_SIMPLE = tuple(
    Fraction(*one)
    for one in (
        *((0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1), (3, 2), (-3, 2)),
        *((4, 1), (-4, 1), (1, 4), (-1, 4), (3, 4), (-3, 4), (10, 1), (-10, 1), (1, 8), (-1, 8)),
    )
)
"""Values of an entry that a counterexample is simplified to, simplest first."""


class Answer(enum.Enum):
    """Whether there is a solution."""

    NONE = "none"
    SOME = "some"
    UNKNOWN = "unknown"


class MissingSolverError(Exception):
    """z3 is not installed, or too old."""


@cache
def solver_name() -> str:
    """z3 and its version.

    Raises:
        MissingSolverError: it is missing or too old.
    """
    wanted = f"z3-solver {'.'.join(map(str, OLDEST))} or newer"
    try:
        z3 = importlib.import_module("z3")
    except ImportError as error:
        raise MissingSolverError(f"{wanted} is not installed; pip install z3-solver") from error
    if z3.get_version()[:2] < OLDEST:
        raise MissingSolverError(f"{wanted} is needed, and {z3.get_version_string()} is installed")
    z3.set_param("memory_max_size", _MEMORY)
    return f"z3 {z3.get_version_string()}"


class Question:
    """Conditions on the variables ``x0``, ``x1`` ..., to be solved together.

    Raises:
        MissingSolverError: z3 is missing or too old.
        TooLongError: they are longer than any solver takes.
    """

    def __init__(self, conditions: Sequence[Formula], count: int) -> None:
        solver_name()
        require_short(sum(map(length, conditions)))
        z3 = importlib.import_module("z3")
        declared = "".join(f"(declare-const x{place} Real)" for place in range(count))
        self._z3 = z3
        self._context = z3.Context()
        text = declared + "".join(f"(assert {smt(one)})" for one in conditions)
        self._parts = list(z3.parse_smt2_string(text, ctx=self._context))
        self._fixed: list[Any] = []
        self._model: Any = None
        self._done = self._charged = 0
        self.ended = ""
        """What ended the last attempt before its work was done: "the clock" or "the memory"; empty if nothing did."""
        self._variables = [z3.Real(f"x{place}", self._context) for place in range(count)]

    @property
    def work(self) -> float:
        """The seconds of work that were done; all that an attempt had, where the clock or the memory ended it."""
        return (self._done + self._charged) / _STEPS

    def solve(self, seconds: float) -> Answer:
        """Whether there is a solution, within so many seconds of work, counted by z3 and not by the clock."""
        return self._solve([], seconds)

    def _solve(self, extra: Sequence[Any], seconds: float) -> Answer:
        solver, most = self._z3.Solver(ctx=self._context), max(1, int(_STEPS * seconds))
        solver.set("rlimit", most)
        solver.set("random_seed", _SEED)
        solver.add(*self._parts, *self._fixed, *extra)
        try:
            with interrupted_after(PATIENCE * seconds, self._context.interrupt) as late:
                found = solver.check()
        except self._z3.Z3Exception:  # out of memory
            self._charged, self.ended = self._charged + most, "the memory"
            return Answer.UNKNOWN
        self.ended = "the clock" if found == self._z3.unknown and late.is_set() else ""
        self._charged += most if self.ended else 0
        self._done = max(self._done, *(int(count) for name, count in solver.statistics() if name == "rlimit count"), 0)
        if found == self._z3.sat:
            self._model = solver.model()
            return Answer.SOME
        return Answer.NONE if found == self._z3.unsat else Answer.UNKNOWN

    def simplify(self, places: Sequence[int], seconds: float) -> None:
        """After a solution was found: one with simple values of these variables, as far as so much work allows."""
        until = self.work + seconds
        for place in places:
            known = self._value(place)
            near = list(_near(known))
            for value in dict.fromkeys((*_SIMPLE, *near)):
                if self.work > until:
                    return
                if isinstance(known, Fraction) and _cost(known) <= _cost(value):
                    value = known  # noqa: PLW2901 - it is as simple already
                equal = self._variables[place] == self._z3.Q(value.numerator, value.denominator, self._context)
                if value == known or self._solve([equal], min(0.5, seconds)) is Answer.SOME:
                    self._fixed.append(equal)
                    break

    def point(self, places: Sequence[int]) -> dict[str, str]:
        """The solution found, by variable."""
        return {f"x{place}": self._text(place) for place in places}

    def _numeral(self, place: int) -> Any:
        return self._model.eval(self._variables[place], model_completion=True)

    def _value(self, place: int) -> Fraction | float:
        value = self._numeral(place)
        return value.as_fraction() if self._z3.is_rational_value(value) else float(value.approx(20).as_fraction())

    def _text(self, place: int) -> str:
        value = self._numeral(place)
        if self._z3.is_rational_value(value):
            return str(value.as_fraction())
        coefficients = [int(str(one)) for one in value.poly()]
        return written(coefficients, value.approx(40).as_fraction())


def _cost(value: Fraction) -> tuple[int, int, bool]:
    return value.denominator, abs(value.numerator), value < 0


def _near(value: Fraction | float) -> Iterator[Fraction]:
    """Short fractions near a value, shortest first."""
    for parts in (1, 2, 4, 16, 256, 2**16, 2**30):
        yield Fraction(round(value * parts), parts)


def smt(formula: Formula) -> str:
    """A formula in SMT-LIB."""
    if isinstance(formula, bool):
        return "true" if formula else "false"
    if isinstance(formula, Junction):
        return f"({'and' if formula.every else 'or'} {' '.join(sorted(map(smt, formula.parts)))})"
    return _sign_condition(formula)


@lru_cache(maxsize=2**14)
def _sign_condition(formula: Atom) -> str:
    """One condition, which comes again in other questions of a claim, and in other cases of one."""
    relation, whole = formula.relation, _polynomial(formula)
    return f"(not (= {whole} 0.0))" if relation == "!=" else f"({relation} {whole} 0.0)"


def _polynomial(one: Atom) -> str:
    terms = [_term(powers, value) for powers, value in one.polynomial.to_dict().items()]
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


def _term(powers: Sequence[int], value: Any) -> str:
    size = f"{abs(int(value.p))}.0"
    number = size if value.q == 1 else f"(/ {size} {int(value.q)}.0)"
    signed = f"(- {number})" if value < 0 else number
    factors = [f"x{place}" for place, power in enumerate(powers) for _ in range(power)]
    return f"(* {signed} {' '.join(factors)})" if factors else signed
