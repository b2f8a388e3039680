"""Where a claim comes from, how it stands there, and how it was read."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from lemmata.claims.language.errors import ClaimError


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place in a paper."""

    paper: Paper
    location: str
    """Theorem, equation or section, with a word on how it is known when the text itself was not at hand."""


class Read(enum.Enum):
    """How much of a statement's text was at hand when it was put on trial."""

    FULL = "read in full"
    """The statement itself, or a restatement by its authors, hypotheses and constants included."""
    PART = "read in part"
    """An abstract, another's account, slides or code."""
    NOT = "not read"
    """Recalled, or known to exist from its number alone."""
    BESIDE = "not in the paper"
    """Derived beside it."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a paper: which claims put it on trial, or why none does.

    Attributes:
        number: its number or name in the paper, e.g. ``"Theorem 1"``.
        says: one line on what it says.
        read: how much of it was read.
        claims: the second halves of the keys of the claims on it, ``"imbalance-rate"`` of ``min2021/imbalance-rate``.
        why_none: the reason if there are none.

    Raises:
        ClaimError: it has neither claims nor a reason, or both.
    """

    number: str
    says: str
    read: Read
    claims: tuple[str, ...] = ()
    why_none: str = ""

    def __post_init__(self) -> None:
        if bool(self.claims) == bool(self.why_none):
            raise ClaimError(
                f"statement {self.number!r} has claims {self.claims!r} and why_none {self.why_none!r}; give the claims "
                "that put it on trial or, in `why_none`, the reason why none does"
            )


NO_PAPER = "No paper"
"""Begins the citation of a statement that is in none."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A citation, and what of the paper is on trial. ``key`` is ``firstauthorYEAR``, the first half of the keys of its claims."""

    key: str
    authors: str
    title: str
    venue: str
    year: int
    identifier: str = ""
    """arXiv number or DOI."""
    sections: tuple[str, ...] = ()
    """The modules of the paper's folder in the order in which the paper states them."""
    statements: tuple[Statement, ...] = ()
    """The paper's statements in its own order, all in literals: they are read from the source text."""
    declined: str = ""
    """Why nothing that the paper says can be judged, of a paper without a theorem; its claims are stand-ins."""

    def at(self, location: str) -> Source:
        """The place ``location`` in this paper."""
        return Source(paper=self, location=location)

    @classmethod
    def none(cls, file: str, year: int) -> Paper:
        """In place of a paper, for a statement that a file of the user's makes for the first time."""
        return cls(key=file, authors="", title=f"stated in {file}", venue="", year=year)

    def __str__(self) -> str:
        if not self.authors:
            return f"{NO_PAPER}, {self.title}"
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
    VACUOUS = "vacuous"
    """A statement of a paper whose hypotheses nothing meets: it should end VACUOUS, and a run that meets them is news."""


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
