"""Where an instance comes from: an edge, a real table, a random draw, the search, or something made of another one."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Source(enum.Enum):
    """The ways in which a trial comes by its instances; the value is the word in reports."""

    EDGE = "edge"
    """A boundary case that the family declares."""
    DATA = "data"
    """A real table that the family declares."""
    RANDOM = "random"
    """The family's own draw, at parameters drawn over their ranges."""
    ALONG = "along"
    """The family's own draw, while one parameter grows."""
    SEARCH = "search"
    """The directed search."""
    DISTURBED = "disturbed"
    """A drawn instance, moved out of a hypothesis."""
    SPECIAL = "special values"
    """A drawn instance, some entries of which became 0, 1, -1 or equal, or an array of a known structure."""
    ROOM = "within the hypotheses"
    """A drawn instance, moved as far as the hypotheses leave room."""
    COUNTED = "each value"
    """A drawn instance at one value after the other of its whole numbers."""
    SIZES = "any size"
    """A drawn instance, quantities of which were brought to sizes from the smallest float to the largest."""
    DECISION = "decision"
    """A point at which a decision for all real numbers found the claim false."""
    TREND = "trend"
    """No instance but what many of them say together."""


@dataclass(frozen=True)
class Origin:
    """A source, and which of its kind: the name of an edge or a table, the parameter that grows."""

    source: Source
    name: str = ""

    def __str__(self) -> str:
        if self.source is Source.TREND:
            return self.name
        if self.source is Source.ALONG:
            return f"{self.source.value} {self.name}"
        return f"{self.source.value}: {self.name}" if self.name else self.source.value

    @property
    def is_growth(self) -> bool:
        """Whether an implied constant was refuted by how it grows: it goes on beyond the range, so it is inferred."""
        return self.source is Source.TREND and self != EVERYWHERE

    @property
    def is_data(self) -> bool:
        """Whether it is a real table."""
        return self.source is Source.DATA

    @property
    def is_declared(self) -> bool:
        """Whether the family names it: an edge or a real table."""
        return self.source in {Source.EDGE, Source.DATA}

    @property
    def is_drawn_at_random(self) -> bool:
        """Whether the family drew it at random."""
        return self.source in {Source.RANDOM, Source.ALONG}


RANDOM, SEARCH, DISTURBED, SPECIAL, ROOM, COUNTED, SIZES, DECISION = (
    Origin(source)
    for source in (
        Source.RANDOM,
        Source.SEARCH,
        Source.DISTURBED,
        Source.SPECIAL,
        Source.ROOM,
        Source.COUNTED,
        Source.SIZES,
        Source.DECISION,
    )
)
EVERYWHERE = Origin(Source.TREND, "everywhere")
"""What no constant survives: a bound by zero, or by what is undefined."""
