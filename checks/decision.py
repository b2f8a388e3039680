"""What a decision procedure for the real numbers said of a claim and the need of its hypotheses, as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lemmata.checks.counterexample import Counterexample

TRUE, FALSE, EMPTY, OPEN = "true", "false", "empty", "open"
SQUARES = "sums of squares, checked in rationals"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A polynomial as a sum of weighted squares times multipliers: 1, hypotheses ``h >= 0``, products of two of them.

    All polynomials are in the variables ``x0``, ``x1`` ..., the entries of an instance in their order.
    """

    target: str
    """What is therefore not negative: the conclusion's larger side less its smaller one, up to a positive factor."""
    multipliers: list[str]
    squares: list[tuple[int, str, str]]
    """Number of the multiplier, weight (a fraction), and what is squared."""


@dataclass(frozen=True, kw_only=True)
class DecidedShape:
    """What became of a statement at one shape."""

    parameters: Mapping[str, object]
    outcome: str
    """``true`` for all real numbers there, ``false`` at some, ``empty`` where none meet the hypotheses, or ``open``."""
    reason: str
    """Why it is open or empty of instances; else nothing."""
    numbers: int
    """How many real numbers the conditions speak of, auxiliary ones included."""
    certificates: list[Certificate] = field(default_factory=list)
    """One for each relation of the conclusion, where sums of squares were found: then nothing else is to be trusted."""
    admissible: str = ""
    """Numbers that meet every hypothesis, exactly and in words; empty where none are known."""
    suspected: str = ""
    """A point, in words, at which the solver finds it false and settling says neither; empty where there is none."""
    undefined: str = ""
    """An admissible point, in words, at which the conclusion has no value; empty where none is known."""
    id: str = ""
    """Twelve hexadecimal digits by which the certificates are replayed; empty where there are none."""


@dataclass(frozen=True, kw_only=True)
class DecidedVariant:
    """What became of the claim on what breaks one of its hypotheses."""

    name: str
    """Of the hypothesis left out."""
    outcome: str
    where: str
    """The shapes at which it is true, in words; empty where it has one only."""
    shapes: list[DecidedShape]
    counterexample: Counterexample | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The stage that decides a claim of polynomial kind for all real numbers at small shapes."""

    trusted: str
    """What has to be trusted for ``true``: the solver and its version; a refutation is settled without it."""
    outcome: str
    """``false`` at some shape; else ``true``, at least at one; else ``open``."""
    covers: str
    """The claim's whole range, in words, where the shapes decided make it up; else empty."""
    where: str
    """The shapes that were decided, in words; empty where there is only one."""
    given: list[str]
    """What is taken for granted, each a sentence."""
    shapes: list[DecidedShape]
    counterexample: Counterexample | None
    variants: list[DecidedVariant] = field(default_factory=list)
    declared: bool = False
    """Whether the claim declares it as its proof, which must then close."""
    seconds: float

    @property
    def reason(self) -> str:
        """Why the claim is open, or says nothing, at the first shape where it is so; else empty."""
        return next((one.reason for one in self.shapes if one.outcome in (OPEN, EMPTY)), "")

    @property
    def admissible(self) -> str:
        """Numbers that meet every hypothesis, at the first shape where such are known; else empty."""
        return next((one.admissible for one in self.shapes if one.admissible), "")

    @property
    def suspected(self) -> str:
        """A counterexample of the solver that is not confirmed, at the first shape that has one; else empty."""
        return next((one.suspected for one in self.shapes if one.suspected), "")

    @property
    def undefined(self) -> str:
        """A point without a value, at the first shape that has one; else empty."""
        return next((one.undefined for one in self.shapes if one.undefined), "")

    @property
    def proves(self) -> bool:
        """Whether the claim is proved for its whole range."""
        return self.outcome == TRUE and bool(self.covers)

    @property
    def closed(self) -> bool:
        """Whether the claim is true at every shape asked, and of some numbers at all."""
        return self.outcome == TRUE and all(one.outcome in (TRUE, EMPTY) for one in self.shapes)
