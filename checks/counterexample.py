"""One instance that violates a conclusion, as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lemmata.checks.showing import placed

if TYPE_CHECKING:
    from lemmata.claims import Edge


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """A hypothesis at an instance that meets it: both sides of a relation, nothing more of any other predicate."""

    name: str
    left: str = ""
    sign: str = ""
    """``<``, ``<=``, ``>``, ``>=``, ``!=``."""
    right: str = ""

    @property
    def value(self) -> str:
        """``1/2 <= 2``, or ``met``."""
        return f"{self.left} {self.sign} {self.right}" if self.sign else "met"


@dataclass(frozen=True, kw_only=True)
class Counterexample:
    """One instance that violates the conclusion, with all that is needed to rebuild it."""

    id: str
    """Twelve hexadecimal digits, a digest of the claim, the mutant, the parameters and the entries."""
    parameters: Mapping[str, object]
    """JSON values, as the family's ``draw`` takes them."""
    instance: Mapping[str, object]
    """Entry name -> nested list of float64 (first axis, the batch of one, left out)."""
    case: str
    """Which of the cases (layer, channel ...) fails, e.g. ``h = 1``."""
    left: str
    right: str
    """Both sides at the worst entry; exact fractions or digits of the arithmetic named in ``arithmetic``."""
    difference: float | None
    error_bar: float | None
    """float64: how far apart, and how much of it rounding could explain."""
    arithmetic: str
    """What confirmed it: ``exact rationals`` or ``balls of 256 bits``."""
    origin: str
    """Where it was found: ``edge: width 1``, ``random``, ``data: digits``."""
    shrunk: bool
    constant: str = ""
    """Value of an implied constant that is large enough on the calibrated part of the ranges; a fraction."""
    hypotheses: str = ""
    """What it rests on that the instance meets the hypotheses: exact numbers, or float64 with a margin."""
    assumed: list[Assumed] = field(default_factory=list)
    """The hypotheses at this instance; of a relation between many entries, at the entry where it is narrowest."""
    exact: Mapping[str, object] = field(default_factory=dict)
    """Entry name -> nested list of fractions and roots in words, where floats do not do; ``instance`` is then near."""

    made: Mapping[str, object] = field(default_factory=dict)
    """What a reader knows and is made from the entries, float64: the unit vector of a chart, a symmetric matrix."""

    @property
    def is_extrapolated(self) -> bool:
        """Whether it rests on a limit that no finite grid confirms."""
        return self.arithmetic.startswith("an extrapolation")

    @property
    def entries(self) -> Mapping[str, object]:
        """What a reader is shown: the exact entries, or else the floats; what is made of them first."""
        made = {name: value for name, value in self.made.items() if name not in self.exact}
        return {**made, **{name: value for name, value in (self.exact or self.instance).items() if name not in made}}

    def as_edge(self) -> Edge:
        """This instance as an edge, for the next trial of its claim or of a relative: ``claim.with_edge(...)``."""
        return placed(f"counterexample {self.id}", self.parameters, self.instance)
