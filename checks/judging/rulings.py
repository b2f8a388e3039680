"""What exact arithmetic says of one instance, and what that rests on."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Ruling(enum.Enum):
    """What exact arithmetic says of one instance."""

    VIOLATED = "violated"
    HOLDS = "holds"
    UNSETTLED = "unsettled"
    OUTSIDE = "outside"
    """The conclusion is violated, but a hypothesis is broken, or not met with the margin that rounding asks for."""
    BY_ROUNDING = "by rounding"
    """The conclusion is off by no more than the equations that the generator keeps are broken by rounding."""
    UNDEFINED = "undefined"
    """A side of the conclusion divides by zero."""


IN_FLOATS = "float64 balls"
"""What is ruled in these was run in float64, with error bounds."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A ruling on one instance, with both sides of the worst entry written out.

    ``arithmetic`` names what the ruling rests on, ``hypotheses`` what the instance's place in the family rests on;
    ``entry`` is the place of the worst entry in its case,
    and ``share`` its difference relative to the larger side; ``finite`` says that every entry is a number,
    ``attained`` that a bound by zero which is said to be attained is so here. ``tie`` is how many decimal digits two
    numbers agree to that no precision tells apart, where their equality would violate the conclusion; else zero.
    ``rounded`` is a float that exact numbers met in the procedure, whose rounding may be all of a small difference, or
    turn a comparison round.
    ``is_later`` says that a rate has another slope, or may have one, at scales beyond those that were looked at,
    ``is_uneven`` that its slopes do not come to rest at scales between those.
    """

    ruling: Ruling
    arithmetic: str
    case: str = ""
    left: str = ""
    right: str = ""
    difference: float | None = None
    share: float | None = None
    hypotheses: str = ""
    entry: int = 0
    finite: bool = True
    attained: bool = False
    tie: int = 0
    is_later: bool = False
    rounded: float | None = None
    is_uneven: bool = False

    @property
    def is_extrapolated(self) -> bool:
        """Whether the ruling speaks of more than was computed."""
        return self.arithmetic.startswith(extrapolated_from(""))

    @property
    def is_in_floats(self) -> bool:
        """Whether the ruling rests on a run in float64 with error bounds, not on exact numbers."""
        return IN_FLOATS in self.arithmetic


def extrapolated_from(numbers: str) -> str:
    """What a ruling rests on that speaks of more than was computed in these numbers."""
    return f"an extrapolation from what was computed in {numbers}"
