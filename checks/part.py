"""The parts of a trial: independent of each other, each a unit of work with seeds and a record of its own."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    """What a part looks at; the value is its word in the store."""

    SAMPLE = "sample"
    """The claim on edges and random instances."""
    SEARCH = "search"
    """The claim on instances that are pushed towards a violation."""
    DATA = "data"
    """The claim on real tables."""
    PROOF = "proof"
    """The declared proof, on the claim and on its mutants."""
    DECISION = "decision"
    """The claim, and its need of each hypothesis, decided for all real numbers."""
    MUTANT = "mutant"
    """One mutant, hunted until it is refuted, and decided if it is not."""
    WITHOUT = "without"
    """The claim without one of its hypotheses."""


@dataclass(frozen=True)
class Part:
    """One part: its kind, and the name of the mutant or of the hypothesis left out."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.name}" if self.name else self.kind.value

    @property
    def mutant(self) -> str:
        """The name of its mutant; empty if it is of another kind."""
        return self.name if self.kind is Kind.MUTANT else ""

    def in_words(self) -> str:
        """As a person would call it: the mutant 'tanh'."""
        return f"{self.kind.value} {self.name!r}" if self.name else self.kind.value


SAMPLE, SEARCH, DATA, PROOF, DECISION = map(Part, (Kind.SAMPLE, Kind.SEARCH, Kind.DATA, Kind.PROOF, Kind.DECISION))
