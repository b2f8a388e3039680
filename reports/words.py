"""How every report writes numbers, counts and strings: one wording for terminal, page and JUnit."""

from __future__ import annotations

import math
import shlex
import unicodedata
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.checks.counterexample import Counterexample
    from lemmata.checks.evidence import Evidence, MutantTrial, Run, Sample

STORE: ContextVar[str] = ContextVar("lemmata_store", default="")
"""The folder of the store that a command line works with; empty for the usual one."""

NONE = "–"
"""Stands where there is nothing to show."""

INFINITE = "∞"
"""Stands for the ratio of a left side to a right side that is zero."""

DECIDED = "decided"
"""The role of the counterexample that the decision for all real numbers found."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that steer a terminal or a browser instead of showing a character."""

_INCONCLUSIVE = frozenset({"undecided", "vacuous", "powerless"})


_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How the claims of a run stand to what their status expects."""

    expected: int
    unexpected: int
    inconclusive: int

    def __str__(self) -> str:
        return f"{self.expected} as expected, {self.unexpected} not, {self.inconclusive} inconclusive"


def tally(run: Run) -> Tally:
    """Count the claims of a run."""
    standings = [standing(claim) for claim in run.claims]
    return Tally(
        expected=standings.count("expected"),
        unexpected=standings.count("unexpected"),
        inconclusive=standings.count("inconclusive"),
    )


def standing(claim: Evidence) -> str:
    """``expected``, ``unexpected`` or ``inconclusive``: how a claim's verdict stands to its status."""
    if claim.expected:
        return "expected"
    return "inconclusive" if claim.verdict in _INCONCLUSIVE else "unexpected"


def expectation(claim: Evidence) -> str:
    """What the claim's status expects of the trial, in words."""
    if claim.statement.status == "refuted":
        return "a negative control: expected to be refuted"
    if claim.statement.status == "vacuous":
        return "nothing is known to meet its hypotheses: expected to be vacuous"
    return f"status {claim.statement.status}: expected to pass"


def trouble(mutant: MutantTrial) -> str:
    """What is wrong with a mutant's trial, as a sentence; empty when it ended as it must."""
    if not mutant.refuted and mutant.must_fall:
        return f"the mutant {mutant.name!r} survived: it was not refuted"
    if mutant.instead_sample is not None and mutant.instead_sample.refuted:
        return f"the mutant {mutant.name!r} was refuted, but what should hold instead does not"
    return ""


def replay_command(claim: Evidence, example: Counterexample) -> str:
    """The command that runs a counterexample again; a user's own file is to be named, for no record is trusted to."""
    return f"lemmata replay {example.id}{replay_options(claim.statement.source)}"


def replay_options(source: str) -> str:
    """What `lemmata replay` has to be told of a user's own file, and of a store that is not where it looks."""
    claims = f" --claims {shlex.quote(source)}" if source.endswith(".py") else ""
    return claims + (f" --store {shlex.quote(STORE.get())}" if STORE.get() else "")


def refuted(claim: Evidence) -> str:
    """Mutants refuted and declared, as ``3/4``."""
    if not claim.mutants:
        return NONE
    return f"{sum(mutant.refuted for mutant in claim.mutants)}/{len(claim.mutants)}"


def counterexamples(sample: Sample | None) -> list[tuple[str, Counterexample]]:
    """The counterexamples of a sample with their roles, the worst first; one entry if they are the same."""
    if sample is None:
        return []
    if sample.worst is not None and sample.smallest is not None and sample.worst.id == sample.smallest.id:
        return [("worst and smallest", sample.worst)]
    found = (("worst", sample.worst), ("smallest", sample.smallest))
    return [(role, example) for role, example in found if example is not None]


def all_counterexamples(claim: Evidence) -> list[tuple[str, Counterexample]]:
    """Those of the claim's own sample, then those of the search, on real data and by decision."""
    found = counterexamples(claim.sample)
    for stage, sample in (("found by the search", claim.search), ("on real data", claim.data)):
        found += [(f"{role}, {stage}", example) for role, example in counterexamples(sample)]
    if claim.decision is not None and claim.decision.counterexample is not None:
        found.append((DECIDED, claim.decision.counterexample))
    return found


def told(claim: Evidence) -> list[tuple[str, Counterexample]]:
    """All counterexamples, that which the verdict's sentence names first, then the smallest, the sample's own first."""
    return sorted(
        all_counterexamples(claim),
        key=lambda one: (one[1].id not in claim.sentence, "smallest" not in one[0], "," in one[0]),
    )


def sufficing(example: Counterexample) -> str:
    """The value of the implied constant that the counterexample refutes; empty where there is none."""
    return f"{one_line(example.constant)}, which suffices on the calibrated part" if example.constant else ""


def assumed(example: Counterexample) -> str:
    """The hypotheses at a counterexample, on one line; empty where none are recorded."""
    return "; ".join(f"{one.name} ({one.value})" for one in example.assumed)


def data_sets(sample: Sample | None) -> list[str]:
    """Names of the real data sets on which the conclusion was judged."""
    return [] if sample is None else [edge.name.removeprefix("data: ") for edge in sample.edges if edge.met]


def difficulties(sample: Sample) -> list[str]:
    """What went wrong while judging, each with its count; empty after an untroubled trial."""
    counts = {
        "float64 violations vanished in exact or high-precision arithmetic": sample.artefacts,
        "violations could not be settled by any arithmetic": sample.unsettled,
        "judgements met NaN or infinity": sample.non_finite,
        "relations are left unchecked, their error bounds large beside both sides": sample.unchecked,
        **{f"instances: {sentence}": count for sentence, count in sample.solver_failures.items()},
        **{f"instances left open: {because}": count for because, count in sample.open.items()},
    }
    return [f"{whole(count)} {what}" for what, count in counts.items() if count]


def judged(sample: Sample) -> str:
    """How many instances were judged, and the worst ratio if there is one (of estimates there is none)."""
    count = f"{whole(sample.met)} instances judged"
    if sample.worst_ratio is None and sample.estimates:
        return count
    return f"{count}, worst ratio {largest_ratio(sample)}"


def false_alarms(run: Run) -> str:
    """The run's error budget as a sentence; empty where no claim speaks of a probability."""
    if not run.false_alarms > 0:
        return ""
    return f"Chance that any probability of this run is wrongly contradicted: at most {run.false_alarms:.1e}."


def visible(text: str) -> str:
    """The text with every control character escaped, so that it can steer nothing; line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 160) -> str:
    """The text on one line, its middle left out beyond ``limit`` characters."""
    flat = visible(" ".join(text.split()))
    if len(flat) <= limit:
        return flat
    half = limit // 2
    return f"{flat[:half]} ... {flat[-half:]} ({len(flat)} characters)"


def _visible(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - widths of Python's escapes


def whole(count: int) -> str:
    """A count with thousands separated."""
    return f"{count:,}"


def number(value: float | None) -> str:
    """A number to four digits; a dash where none was recorded."""
    if value is None or not math.isfinite(value):
        return NONE
    return f"{value:.4g}"


def ratio(value: float | None) -> str:
    """A ratio to three digits; near one the distance to one is what matters, so that is written."""
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return INFINITE
    gap = value - 1.0
    if gap and abs(gap) < 0.005:  # noqa: PLR2004 - closer than three digits can show
        return f"1{gap:+.1e}"
    return f"{value:.3g}"


def largest_ratio(*stages: Sample) -> str:
    """The largest ratio that stages saw: infinite where a right side of zero is exceeded.

    A record holds no infinite number; what was violated by a finite difference without a ratio had that.
    """
    if any(one.worst_ratio is None and one.worst is not None and one.worst.difference is not None for one in stages):
        return INFINITE
    return ratio(max((one.worst_ratio for one in stages if one.worst_ratio is not None), default=None))


def duration(seconds: float) -> str:
    """A time span a person can read at a glance."""
    if seconds < 10:  # noqa: PLR2004 - one digit more where it is short
        return f"{seconds:.2f} s"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if seconds < _HOUR:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def numbers_in(value: object) -> int:
    """How many scalars a nested list holds."""
    return sum(numbers_in(item) for item in value) if isinstance(value, list) else 1


def shape(value: object) -> tuple[int, ...] | None:
    """The shape of a nested list, ``()`` of a scalar; None when its rows differ."""
    if not isinstance(value, list):
        return ()
    inner = {shape(item) for item in value}
    if len(inner) > 1 or None in inner:
        return None
    return (len(value), *(inner.pop() or () if inner else ()))


def parameters(values: Sequence[tuple[str, object]]) -> str:
    """Parameters as ``name = value``, in the order given."""
    return ", ".join(f"{name} = {scalar(value)}" for name, value in values) or "none"


def scalar(value: object) -> str:
    """One recorded value as text: a float by the shortest decimal that is it again when retyped, else as JSON would."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "NaN"}[value]
    if isinstance(value, float):
        return repr(value + 0.0).removesuffix(".0")  # of minus zero: zero
    if isinstance(value, list):
        return f"[{', '.join(scalar(item) for item in value)}]"
    return visible(str(value))
