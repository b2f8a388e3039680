"""The evidence record: what a trial leaves behind, and the only thing that reports are made from.

Everything here is plain data (strings, numbers, lists), written as JSON; nothing is ever executed or
unpickled from it. A number that is not finite is recorded as ``None`` and counted where it arose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lemmata.checks.showing import placed, shown

if TYPE_CHECKING:
    from lemmata.claims import Edge

from lemmata.checks.counterexample import Counterexample
from lemmata.checks.decision import Decision
from lemmata.checks.statement import Statement

NOT_ZERO, NOTHING_DECLARED = "not zero", "no proof is declared"
"""Begin what is left of a proof where that is a sentence."""

SCHEMA_VERSION = 5
"""Raised whenever a field changes its meaning; a document of another version is refused. Version 2 has a digest,
version 3 decisions and the largest ratios by parameter, version 4 the hypotheses at counterexamples and the relations
that were left unchecked, version 5 mutants decided in their own trials alone."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Outcome of the symbolic stage."""

    method: str
    closed: bool
    covers: str
    """The range proved, one sentence."""
    error_probability: float
    """Zero for an algebraic proof; the chance that a false identity passes, for evaluation over a prime field."""
    given: list[str]
    """What the proof takes for granted, each a sentence."""
    remainder: str
    """LaTeX of what is left when the proof does not close, or a sentence; empty when it closes."""
    refused: list[str] = field(default_factory=list)
    """Mutants whose conclusion the same prover was given and did not prove: its power."""
    mistaken: list[str] = field(default_factory=list)
    """Mutants whose false conclusion it proved: then nothing it proves counts."""
    seconds: float

    @property
    def is_in_words(self) -> bool:
        """Whether what is left is a sentence, and no formula."""
        return self.remainder.startswith((NOT_ZERO, NOTHING_DECLARED))


@dataclass(frozen=True, kw_only=True)
class HypothesisCount:
    """How often one hypothesis was met among the instances proposed."""

    name: str
    met: int
    proposed: int


@dataclass(frozen=True, kw_only=True)
class EdgeCount:
    """How often a named boundary case (or a named real data set) was tested."""

    name: str
    met: int
    proposed: int


@dataclass(frozen=True, kw_only=True)
class Extreme:
    """The instance of an inequality that came nearest to violating it."""

    ratio: float
    parameters: Mapping[str, object]
    instance: Mapping[str, object]
    """Entry name -> nested list of float64 (first axis, the batch of one, left out)."""
    origin: str

    def as_edge(self) -> Edge:
        """This instance as an edge: the search of the next trial goes on from here."""
        return placed(f"ratio {self.ratio:.9g}, found by {self.origin}", self.parameters, self.instance)


@dataclass(frozen=True, kw_only=True)
class Slack:
    """The largest ratio lhs/rhs of a bound against one parameter."""

    parameter: str
    values: list[str]
    """Values of the parameter, or ranges of values (``4 to 7``), from low to high."""
    ratios: list[float]
    """The largest ratio seen at each."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A quantity over the steps of a run, measured beside what the claim predicts."""

    name: str
    x_label: str
    y_label: str
    x: list[float]
    measured: list[float | None]
    predicted: list[float | None]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number that a claim speaks of, as the trial found it: a probability, an exponent, an implied constant."""

    quantity: str
    """What was estimated, in words, e.g. ``probability of the event``."""
    origin: str
    """``edge: one sample``, ``random`` ..."""
    parameters: Mapping[str, object]
    claimed: str
    """What the claim says of it, e.g. ``at least 0.9``."""
    value: float | None
    low: float | None
    high: float | None
    """The interval in which it lies; for a probability at ``false_alarm``. Of a constant along a parameter: what
    suffices on the calibrated half, and the largest seen."""
    used: int
    """Instances (or scales) that the estimate rests on."""
    decision: str
    """``agrees``, ``contradicts`` or ``open``."""
    false_alarm: float = 0.0
    """Chance that the interval misses a probability at any time; zero where no chance is involved."""
    detectable: float | None = None
    """Smallest discrepancy from the claimed probability that a sample of this size would have contradicted."""


AGREES, CONTRADICTS, OPEN = "agrees", "contradicts", "open"
EXPONENT = "exponent"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Outcome of judging one conclusion on instances: of the claim, of a mutant, or on real data."""

    proposed: int
    met: int
    """Instances that met every hypothesis (only these are judged)."""
    hypotheses: list[HypothesisCount]
    edges: list[EdgeCount]
    relations: int
    """Scalar relations judged, over all instances, cases and entries."""
    worst_ratio: float | None
    """Inequalities: the largest lhs/rhs seen. Equalities: the largest |lhs - rhs| / error bound."""
    worst_residual: float | None
    """Equalities: the largest |lhs - rhs|."""
    worst_origin: str
    artefacts: int
    """float64 violations that vanished in exact or high-precision arithmetic."""
    unsettled: int
    """Violations that no available arithmetic could settle."""
    non_finite: int
    solver_failures: Mapping[str, int]
    """Sentence of the outcome -> how many instances."""
    smallest: Counterexample | None
    worst: Counterexample | None
    curves: list[Curve]
    seconds: float
    extreme: Extreme | None = None
    """Inequalities: where the worst ratio was reached, unless the instance is a large table."""
    open: Mapping[str, int] = field(default_factory=dict)
    """Why instances decided nothing -> how many; such as a rate that is still pre-asymptotic."""
    estimates: list[Estimate] = field(default_factory=list)
    strange: str = ""
    """The first instance on which a quantity was not finite: which quantity, and where."""
    tie: str = ""
    """The first instance, in words, of which no precision tells two numbers apart whose equality would refute it."""
    slack: list[Slack] = field(default_factory=list)
    """Bounds: the largest ratio against each parameter that takes several values."""
    distinct: int = 0
    """Different instances among those that met every hypothesis."""
    drawn: int = 0
    """Of ``met``, those that were drawn at random: neither at an edge nor real data."""
    exact: int = 0
    """Instances settled in exact arithmetic, those without any sign of a violation included."""
    blurred: int = 0
    """Instances that no error bound excludes only because it is large beside both sides; some are settled exactly."""
    complete: str = ""
    """Whole numbers with their ranges, where the instances consist of these and each value of them was judged."""
    unchecked: int = 0
    """Relations, not among ``relations``, whose error bound is large beside both sides; nothing else settled them."""
    outside: int = 0
    """Suspects that break a hypothesis in exact numbers: no counterexamples."""
    rounding: int = 0
    """Suspects off by no more than the rounding of entries between which the generator keeps an equation."""
    reach: str = ""
    """Over which ranges an implied constant was followed, in words; empty where there is none."""
    contradicted: int = 0
    """Violations beyond a rigorous error bound that vanish in exact numbers: a bound or the procedure is wrong."""

    @property
    def contradiction(self) -> Estimate | None:
        """The first probability that contradicts the claim; an exponent or a constant needs a counterexample."""
        return next((one for one in self.estimates if one.decision == CONTRADICTS and one.false_alarm), None)

    @property
    def refuted(self) -> bool:
        """Whether this stage found the conclusion false."""
        return self.smallest is not None or self.contradiction is not None


@dataclass(frozen=True, kw_only=True)
class MutantTrial:
    """A false variant of the claim and what became of it."""

    name: str
    because: str
    latex: str
    """The mutant's conclusion."""
    refuted: bool
    sample: Sample
    instead: str
    """LaTeX of what must hold instead on the mutant's own instances; empty if none is declared."""
    instead_sample: Sample | None
    """The judgement of ``instead``; it must be free of violations."""
    must_fall: bool = True
    """Whether the claim has no power if this one survives; else what became of it is a finding."""
    decided: str = ""
    """Where this variant was decided to be true for all real numbers, so that nothing can refute it; in words."""


@dataclass(frozen=True, kw_only=True)
class Necessity:
    """A hypothesis left out, and whether the conclusion then fails."""

    hypothesis: str
    sample: Sample
    only_breaking: bool = False
    """Whether only instances that break the hypothesis were judged: the others say nothing of its need."""

    @property
    def tried(self) -> bool:
        """Whether anything was judged that could have shown the need."""
        return self.needed or self.sample.met > 0 or not self.only_breaking

    @property
    def needed(self) -> bool:
        """Whether a witness was found that the claim is false without it."""
        return self.sample.refuted


@dataclass(frozen=True, kw_only=True, repr=False)
class Evidence:
    """One claim, one trial, one verdict."""

    statement: Statement
    verdict: str
    reason: str
    """Word of the reason when undecided, else empty."""
    sentence: str
    """The verdict in one sentence, with the numbers that carry it."""
    expected: bool
    """Whether the verdict is the one the claim's status expects."""
    proof: Proof | None
    decision: Decision | None = None
    """The decision for all real numbers at small shapes, where it was tried."""
    sample: Sample | None
    search: Sample | None = None
    """The directed search of an inequality: the worst instances, pushed towards violation."""
    data: Sample | None
    """The same conclusion judged on real data, where the claim declares any."""
    mutants: list[MutantTrial]
    necessity: list[Necessity] = field(default_factory=list)
    """Deep effort: each hypothesis dropped in turn."""
    error: str
    """Traceback when the claim's own code failed, else empty."""
    output: str = ""
    """What the claim's own code printed in the worker processes; its end, if it is long."""
    seconds: float

    @property
    def stages(self) -> dict[str, Sample]:
        """The stages that judged instances, by name, in the order in which they are reported."""
        stages = {"sample": self.sample, "search": self.search, "real data": self.data}
        return {name: stage for name, stage in stages.items() if stage is not None}

    @property
    def worst(self) -> Counterexample | Extreme | None:
        """The worst counterexample; where there is none, the instance that came nearest to one, if any was kept."""
        examples = [stage.worst for stage in self.stages.values() if stage.worst is not None]
        extremes = [stage.extreme for stage in self.stages.values() if stage.extreme is not None]
        return examples[0] if examples else max(extremes, key=lambda one: one.ratio, default=None)

    def __repr__(self) -> str:
        return f"<Evidence {self.statement.key}: {self.verdict.upper()}. {self.sentence}>"

    def _repr_html_(self) -> str | None:
        return shown(self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.statement.latex}$"

    @property
    def worst_ratio(self) -> float | None:
        """The largest ratio of any stage."""
        ratios = [stage.worst_ratio for stage in self.stages.values() if stage.worst_ratio is not None]
        return max(ratios, default=None)


@dataclass(frozen=True, kw_only=True)
class LoadFailure:
    """A file of claims that could not be read."""

    source: str
    error: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Run:
    """One run of ``lemmata verify``: the whole JSON document."""

    schema_version: int = SCHEMA_VERSION
    id: str
    started: str
    """ISO 8601, UTC."""
    seconds: float
    seed: int
    effort: str
    selection: list[str]
    versions: Mapping[str, str]
    machine: str
    false_alarms: float = 0.0
    """Chance that any probability is wrongly contradicted, shared among all of the run; 0 if there is none."""
    finished: bool
    """False when the run was interrupted: ``claims`` then holds what was finished."""
    claims: list[Evidence]
    failures: list[LoadFailure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader should know of the run itself, such as what had to be judged again."""
    digest: str = field(default="", compare=False)
    """Of everything else in the document; set and checked by `lemmata.checks.document`."""

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{one.statement.key}: {one.verdict.upper()}" for one in self.claims)
        return f"<Run {self.id}: {verdicts or 'no claims'}>"

    def _repr_html_(self) -> str | None:
        return shown(self)

    @property
    def exit_code(self) -> int:
        """0 every claim as expected, 1 some not, 2 harness error, unreadable file or interrupted run."""
        if self.failures or not self.finished or any(claim.verdict == "error" for claim in self.claims):
            return 2
        return 0 if all(claim.expected for claim in self.claims) else 1
