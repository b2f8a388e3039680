"""What symbolic real numbers share while a procedure runs over them: variables, their definitions, what must exist."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lemmata.solvers.numbers.symbolic.errors import TooLongError
from lemmata.solvers.numbers.symbolic.formulas import (
    Atom,
    Formula,
    Junction,
    Polynomial,
    all_of,
    any_of,
    atom,
    negation,
    variable,
)


@dataclass(eq=False)
class Ledger:
    """One run over symbolic numbers.

    Attributes:
        names: of the variables, in their order: the entries that are given first, then auxiliary ones.
        given: how many of them are entries.
        definitions: of the auxiliary variables, each a condition that has exactly one solution where it has any.
        required: what must be true for the run to be defined (a denominator is not zero, a radicand not negative),
            each with the number of definitions that came before it.
        most: terms of polynomials that may be made, and pairs of terms that common factors may be sought of.
        made: how many were.
        until: processor time of this process at which the run is given up, far beyond what that many terms take.
    """

    names: list[str] = field(default_factory=list)
    given: int = 0
    definitions: list[Formula] = field(default_factory=list)
    required: list[tuple[Formula, int]] = field(default_factory=list)
    most: float = math.inf
    made: int = 0
    until: float = math.inf
    rounded: str = ""
    """The last rounded constant (0.1, the float of sqrt 2) that entered while `watches` was set; empty if none."""
    watches: bool = False
    """Whether rounded constants are noted, as in hypotheses."""
    guard: Formula = True
    """What is known where the numbers at hand are used at all, as in a branch of several."""
    _signs: dict[int, bool] = field(default_factory=dict)
    _roots: dict[Any, Polynomial] = field(default_factory=dict)

    def tick(self, terms: int) -> None:
        """Count terms that are made, or pairs that are looked at, and give up where there are too many.

        Raises:
            TooLongError: there are.
        """
        self.made += 1 + terms
        if self.made > self.most or time.process_time() > self.until:
            raise TooLongError("to run it over symbolic numbers takes too long")

    def entry(self, name: str) -> Polynomial:
        """A new variable that stands for an entry."""
        made = variable(len(self.names))
        self.names.append(name)
        self.given += 1
        return made

    def auxiliary(self, name: str) -> Polynomial:
        """A new variable that is yet to be defined."""
        made = variable(len(self.names))
        self.names.append(name)
        return made

    def require(self, formula: Formula) -> None:
        """Note what must be true for the run to be defined, where the numbers at hand are used."""
        needed = any_of([negation(self.guard), formula])
        if needed is not True:
            self.required.append((needed, len(self.definitions)))

    def define(self, formula: Formula) -> None:
        """Note what an auxiliary variable is; where the numbers at hand are not used, it may be anything."""
        self.definitions.append(any_of([negation(self.guard), formula]))

    @contextmanager
    def guarded(self, condition: Formula) -> Iterator[None]:
        """What is computed inside is used only where the condition holds."""
        before, self.guard = self.guard, all_of([self.guard, condition])
        try:
            yield
        finally:
            self.guard = before

    def assume(self, formula: Formula) -> None:
        """Learn the signs of single variables from a hypothesis."""
        parts = formula.parts if isinstance(formula, Junction) and formula.every else (formula,)
        for part in parts:
            if isinstance(part, Atom) and part.relation in ("<", "<="):
                terms = part.polynomial.to_dict()
                moving = [powers for powers in terms if any(powers)]
                rest = next((value for powers, value in terms.items() if not any(powers)), 0)
                if len(moving) == 1 and sum(moving[0]) == 1 and terms[moving[0]] < 0 and rest >= 0:
                    place = moving[0].index(1)
                    self._signs[place] = self._signs.get(place, False) or part.relation == "<" or rest > 0

    def root_of(self, cases: Sequence[tuple[Formula, Polynomial, Polynomial]], degree: int) -> Polynomial:
        """The variable s >= 0 with s^degree = above / below in each case that applies; the same for the same cases.

        Args:
            cases: when a case applies, and its radicand, above and below.
            degree: of the root.
        """
        key = (degree, self.guard, tuple((when, _terms(above), _terms(below)) for when, above, below in cases))
        if key not in self._roots:
            root = self.auxiliary(f"root {len(self._roots) + 1}")
            self._signs[len(self.names) - 1] = False
            equal = [any_of([negation(when), atom(root**degree * below - above, "=")]) for when, above, below in cases]
            self.define(all_of([atom(-root, "<="), *equal]))
            self._roots[key] = root
        return self._roots[key]

    def is_positive(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial is above zero by the signs of its terms alone."""
        found = False
        for powers, value in polynomial.to_dict().items():
            if value < 0 or any(power % 2 and place not in self._signs for place, power in enumerate(powers) if power):
                return False
            found = found or all(self._signs.get(place, False) for place, power in enumerate(powers) if power)
        return found


def _terms(polynomial: Polynomial) -> frozenset[Any]:
    return frozenset(polynomial.to_dict().items())
