"""What a search for laws has found, as a record and in words."""

from __future__ import annotations

from dataclasses import dataclass

from lemmata.solvers.laws.discovery import Law
from lemmata.solvers.laws.formulas import formula
from lemmata.solvers.laws.model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """What is known of a model's laws; as a string, a few lines to read.

    Attributes:
        model: the model.
        ranks: the largest ranks seen of the gradient fields, with their brackets, with brackets of these, and so on.
        laws: independent ones, each proved by expansion over the rationals.
        degree: up to which all polynomial laws were found; 0 before the search.
        polynomials: how many of them are linearly independent, those that follow from others included.
        one_field: whether all fields are multiples of one, so that there are exactly D - 1 local laws.
        points: at how many random points the rank of the closed Lie algebra was taken.
        finished: whether time was enough for all that was asked.
    """

    model: Model
    ranks: tuple[int, ...]
    laws: tuple[Law, ...] = ()
    degree: int = 0
    polynomials: int = 0
    one_field: bool = False
    points: int = 0
    finished: bool = False

    @property
    def at_least(self) -> int:
        """How many independent laws there are for certain."""
        return self.model.size - 1 if self.one_field else len(self.laws)

    @property
    def at_most(self) -> int:
        """How many there can be: parameters less the rank of the Lie algebra, which is never overestimated."""
        return self.model.size - max(self.ranks, default=0)

    @property
    def certified(self) -> bool:
        """Whether the two agree."""
        return self.at_least == self.at_most

    @property
    def formulas(self) -> tuple[str, ...]:
        """The laws as a person writes them."""
        return tuple(formula(law, self.model) for law in self.laws)

    @property
    def number(self) -> str:
        """How many independent laws there are, a phrase."""
        if self.certified:
            return f"{_count(self.at_most, 'independent law')}, certified"
        return f"{self.at_least} to {self.at_most} independent laws"

    def __str__(self) -> str:
        parts = [f"{self.model.about}: {_count(self.model.size, 'parameter')}, {self.number}", *self._reasons()]
        return "\n".join([*parts, *(f"  {text}" for text in self.formulas)])

    def _reasons(self) -> list[str]:
        """What the number rests on, a sentence each."""
        said = []
        if self.ranks:
            first, *deeper = self.ranks
            brackets = f", with their brackets {', '.join(map(str, deeper))}" if deeper else ""
            said.append(f"At most {self.at_most}: the gradient fields span {_count(first, 'dimension')}{brackets}.")
        if self.one_field:
            said.append(f"Exactly {self.at_least} near almost every point: all gradients are multiples of one field.")
        if not self.certified and self.points:
            times = _count(self.points, "random point")
            said.append(f"The rank is that at {times} modulo a prime, so that there very likely are {self.at_most}.")
        return [*said, *([self.model.note] if self.model.note else []), self._found()]

    def _found(self) -> str:
        """What the polynomials say, a sentence."""
        if not self.degree:
            return "No polynomial was looked at."
        if not self.laws:
            return f"No polynomial of degree up to {self.degree} is conserved."
        proved = f"Proved and independent, {_count(len(self.laws), 'polynomial law')}"
        if self.certified and len(self.laws) == self.at_most:
            return f"{proved}; every other law, of whatever degree, follows from these."
        if self.polynomials > len(self.laws):
            return f"{proved}; all {self.polynomials} of degree up to {self.degree} follow from these."
        return f"{proved}, all that there are up to degree {self.degree}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
