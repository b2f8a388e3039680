"""A claim at one shape as conditions on polynomials: its own hypotheses and procedure, run over symbolic numbers."""

from __future__ import annotations

import sysconfig
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from lemmata.checks.judging.sides import Relation, sides
from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    Conserved,
    Hypothesis,
    Identity,
    Monotone,
    Parameters,
    Reals,
)
from lemmata.solvers.numbers import Symbolic
from lemmata.solvers.numbers.symbolic import (
    Conditions,
    Formula,
    Ledger,
    NotPolynomialError,
    Real,
    TooLongError,
    all_of,
    any_of,
    conditions_of,
    entries_of,
    factored,
    negation,
)

MOST_NUMBERS = 24
"""Real numbers that an instance may consist of."""
_TERMS = 200_000
"""Terms of polynomials that count as a second of work, so that how far a claim's code comes does not depend on the
machine; between 60,000 and some millions are made in a second."""
_PATIENCE = 60
"""Seconds of the processor for each second of that work, after which what hangs is ended."""
SIDE = ".side"
"""Arrays of plus and minus one, which choose the side of a sphere: their squares are one."""
_DECIDED = (Identity, Conserved, AtMost, AtLeast, Monotone)
_HOME = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the entries of an array are among the variables: the number of the first, and the shape of one instance."""

    first: int
    shape: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Conditions under which a claim fails at one shape.

    Attributes:
        parameters: the shape; a real parameter that is a variable has the lower end of its range here.
        ledger: the variables and what defines them.
        places: array -> its variables.
        moving: real parameter -> its variable.
        given: what the hypotheses and the kinds of the entries say.
        violated: the opposite of the conclusion.
        differences: between the sides of the conclusion, entry by entry.
        required: what must be true for the conclusion to be defined, with the definitions before each.
        unguarded: the same for the hypotheses. They are part of ``given``; but a hypothesis may hold, by another of its
            branches, where a part of it is not defined.
        plain: of ``given`` what is defined everywhere.
        is_free: whether every entry may take any value that the hypotheses admit; else a solution may be one that the
            family never draws.
        rounded: a rounded constant that a hypothesis holds; a solution may then lie in the room that it leaves.
    """

    parameters: Parameters
    ledger: Ledger
    places: Mapping[str, Place]
    moving: Mapping[str, int]
    given: tuple[Formula, ...]
    violated: Formula
    differences: tuple[Real, ...]
    required: tuple[tuple[Formula, int], ...]
    unguarded: tuple[tuple[Formula, int], ...]
    plain: tuple[Formula, ...]
    is_free: bool
    rounded: str

    @property
    def violation(self) -> list[Formula]:
        """The claim is defined and false."""
        return [*self.defined, factored(self.violated)]

    @property
    def defined(self) -> list[Formula]:
        """An instance meets every hypothesis, and the claim is defined there: all of `violation` but its last."""
        return [*self.admissible, *(formula for formula, _ in self.required)]

    @property
    def admissible(self) -> list[Formula]:
        """An instance meets every hypothesis."""
        return [*self.given, *self.ledger.definitions]

    @property
    def gaps(self) -> list[list[Formula]]:
        """Ways in which the conclusion may not be defined at all, each a list of conditions."""
        found, before = [], list(self.given)
        for formula, count in self.required:
            found.append([*before, *self.ledger.definitions[:count], factored(negation(formula))])
            before.append(formula)
        return found

    @property
    def undefined(self) -> list[list[Formula]]:
        """Ways in which a hypothesis may not be defined, each a list of conditions; such points are not asked about."""
        return [
            [*self.plain, *self.ledger.definitions[:count], factored(negation(formula))]
            for formula, count in self.unguarded
        ]


def refusal(claim: Claim) -> str:
    """Why a claim is of no kind that can be decided; empty if it may be."""
    if not isinstance(claim.then, _DECIDED):
        return f"a conclusion of the kind {type(claim.then).__name__} speaks of more than one instance"
    if isinstance(claim.then, AtMost | AtLeast) and claim.then.constant is not None:
        return "it speaks of an implied constant"
    if not claim.when.exact:
        return "its procedure computes in floats whatever it is given"
    return ""


def problem(claim: Claim, parameters: Parameters, seconds: float) -> Problem:
    """The claim at one shape, real parameters as variables where its code takes them so.

    Args:
        claim: the claim.
        parameters: the shape.
        seconds: of work within which its code must have run, counted in terms and not by the clock.

    Raises:
        NotPolynomialError: with the reason why it cannot be said with polynomials.
    """
    ledger = _ledger(seconds)
    moving = {name for name, declared in claim.given.parameters.items() if isinstance(declared, Reals)}
    moving = {name for name in moving if claim.given.parameters[name].low < claim.given.parameters[name].high}  # type: ignore[union-attr]
    if moving:
        try:
            return _problem(claim, parameters, moving, ledger)
        except TooLongError:
            raise
        except NotPolynomialError:
            ledger = _ledger(seconds - work_of(ledger))
    return _problem(claim, parameters, set(), ledger)  # real parameters at the lower ends of their ranges


def _ledger(seconds: float) -> Ledger:
    return Ledger(most=int(_TERMS * seconds), until=time.process_time() + _PATIENCE * seconds)


def work_of(ledger: Ledger) -> float:
    """The seconds of work that the terms which were made stand for."""
    return ledger.made / _TERMS


def _problem(claim: Claim, parameters: Parameters, moving: set[str], ledger: Ledger) -> Problem:
    try:
        return _run(claim, parameters, moving, ledger)
    except NotPolynomialError as error:
        raise type(error)(f"{error}{_line(error)}") from error
    except Exception as error:  # what a claim's own code may raise on numbers it was not written for
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise NotPolynomialError(f"its code does not take symbolic numbers: {said}{_line(error)}") from error


def _line(error: BaseException) -> str:
    """The line of the claim's own code that an error comes from, in words."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_ours(Path(frame.filename))]
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""


def _is_ours(file: Path) -> bool:
    if "papers" in file.parts or "settings" in file.parts or "examples" in file.parts:
        return False
    elsewhere = "site-packages" in file.parts or Path(sysconfig.get_path("stdlib")) in file.parents
    return _HOME in file.parents or elsewhere or "<" in file.name


def _run(claim: Claim, parameters: Parameters, moving: set[str], ledger: Ledger) -> Problem:
    drawn = {name: np.asarray(value) for name, value in _drawn(claim, parameters).items()}
    entries = sum(int(np.prod(value.shape[1:])) for value in drawn.values())
    if entries > MOST_NUMBERS:
        raise NotPolynomialError(f"an instance consists of {entries} numbers; at most {MOST_NUMBERS} are decided")
    places, instances, given = {}, {}, []
    for name, value in drawn.items():
        places[name] = Place(first=ledger.given, shape=value.shape[1:])
        instances[name] = Symbolic.variables(name, (1, *value.shape[1:]), ledger)
        if name.endswith(SIDE):
            given += [(entry * entry - 1).sign("=") for entry in instances[name].value.ravel()]
        elif not np.issubdtype(value.dtype, np.floating):
            raise NotPolynomialError(f"{name} holds whole numbers or truth values, not real numbers")
    point, ranges, variables = _parameters(claim, parameters, moving, ledger)
    given += ranges
    met, plain = _hypotheses(claim, point, instances, ledger)
    plain = [*given, *plain]
    given += met
    outside = len(ledger.required)
    given += [formula for formula, _ in ledger.required]
    violated, differences = _violated(claim, point, instances, ledger)
    free = set(claim.given.free(drawn)) | {name for name in drawn if name.endswith(SIDE)}
    return Problem(
        parameters=dict(parameters),
        ledger=ledger,
        places=places,
        moving=variables,
        given=tuple(given),
        violated=violated,
        differences=differences,
        required=tuple(ledger.required[outside:]),
        unguarded=tuple(ledger.required[:outside]),
        plain=tuple(plain),
        is_free=free >= {name for name, value in drawn.items() if value[0].size},
        rounded=ledger.rounded,
    )


def _drawn(claim: Claim, parameters: Parameters) -> Mapping[str, Any]:
    return claim.given.draw(parameters, np.random.default_rng(0), 2)


def _parameters(
    claim: Claim, parameters: Parameters, moving: set[str], ledger: Ledger
) -> tuple[dict[str, Any], list[Formula], dict[str, int]]:
    """The parameters as a procedure takes them, the ranges of those that are variables, and these variables."""
    point, ranges, places = dict(parameters), [], {}
    for name in sorted(moving):
        declared = claim.given.parameters[name]
        places[name] = ledger.given
        made = Symbolic.variables(name, (), ledger)
        entry = made.value[()]
        low, high = (Fraction(end) for end in (declared.low, declared.high))  # type: ignore[union-attr]
        ranges += [(low - entry).sign("<="), (entry - high).sign("<=")]
        point[name] = made
    for formula in ranges:
        ledger.assume(formula)
    return point, ranges, places


def _hypotheses(
    claim: Claim, point: Parameters, instances: Mapping[str, Any], ledger: Ledger
) -> tuple[list[Formula], list[Formula]]:
    """All hypotheses, and those that are defined everywhere."""
    found, plain = [], []
    ledger.watches = True
    for hypothesis in claim.given.hypotheses:
        before = len(ledger.required)
        formula = _condition(hypothesis, point, instances)
        ledger.assume(formula)
        found.append(factored(formula))
        if len(ledger.required) == before:
            plain.append(found[-1])
    ledger.watches = False
    return found, plain


def _condition(hypothesis: Hypothesis, point: Parameters, instances: Mapping[str, Any]) -> Formula:
    try:
        mask = hypothesis.holds(point, dict(instances))
    except NotPolynomialError as error:
        raise NotPolynomialError(f"in the hypothesis {hypothesis.name!r}: {error}").with_traceback(
            error.__traceback__
        ) from error
    if not isinstance(mask, Conditions) and np.asarray(mask).dtype != bool:
        raise NotPolynomialError(f"the hypothesis {hypothesis.name!r} is no condition on the entries")
    return all_of(conditions_of(mask))


def _violated(
    claim: Claim, point: Parameters, instances: Mapping[str, Any], ledger: Ledger
) -> tuple[Formula, tuple[Real, ...]]:
    """The opposite of the conclusion, and the differences that it speaks of."""
    measured = claim.when.run(point, dict(instances))
    if any(np.any(mask) for mask in measured.failures.values()):
        raise NotPolynomialError("its solver reports a failure")
    found: list[Formula] = []
    differences: list[Real] = []
    for case in measured.cases:
        pair = sides(claim.then, case, claim.when.time)
        if pair.open is not None and np.any(pair.open):
            raise NotPolynomialError(f"it leaves instances open: {pair.because}")
        gap = pair.difference
        entries = (gap.value if isinstance(gap, Symbolic) else entries_of(gap, ledger)).ravel()
        is_equal = pair.relation is Relation.EQUAL
        found += [entry.sign("!=") if is_equal else (-entry).sign("<") for entry in entries]
        differences += list(entries)
    return any_of(found), tuple(differences)
