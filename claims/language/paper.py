"""Where a claim comes from, how it stands there, and how it was read."""

from __future__ import annotations

import enum
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place in a paper."""

    paper: Paper
    location: str
    """Theorem, equation or section, with a word on how it is known when the text itself was not at hand."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A citation. ``key`` is ``firstauthorYEAR``, the first half of the keys of its claims."""

    key: str
    authors: str
    title: str
    venue: str
    year: int
    identifier: str = ""
    """arXiv number or DOI."""
    sections: tuple[str, ...] = ()
    """The modules of the paper's folder in the order in which the paper states them."""

    def at(self, location: str) -> Source:
        """The place ``location`` in this paper."""
        return Source(paper=self, location=location)

    def __str__(self) -> str:
        tail = f", {self.identifier}" if self.identifier else ""
        return f"{self.authors} ({self.year}). {self.title}. {self.venue}{tail}"


class Status(enum.Enum):
    """What the claim's author says of it, and so which verdict is expected."""

    THEOREM = "theorem"
    CONJECTURE = "conjecture"
    COMPANION = "companion"
    """Derived beside the paper: an exact form, a repair or a lemma that the paper does not state."""
    REFUTED = "refuted"
    """A negative control, known to be false: a run in which it is not refuted is itself broken."""


class Reading(enum.Enum):
    """How faithfully the claim renders its source; anything but ``AS_STATED`` needs a note."""

    AS_STATED = "as stated"
    CONSTANTS_DERIVED = "constants derived"
    """The source's own constants were not read or are implicit; these were derived."""
    FROM_MEMORY = "from memory"
    """The form is the source's, its constants were recalled and not read: a refutation may be of the memory."""
    SPECIAL_CASE = "special case"
    COMPANION = "companion"
    """Not in the source; it stands beside it."""
