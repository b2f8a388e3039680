"""How every report tells what became of a claim without one of its hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lemmata.reports import estimates, words

if TYPE_CHECKING:
    from lemmata.checks.evidence import Evidence, Necessity


def necessity_text(one: Necessity, claim: Evidence) -> str:
    """One line: the witness that the claim needs the hypothesis, or how much was inspected without finding one."""
    name = words.one_line(one.hypothesis)
    if one.needed:
        return f"needed: {name}, {witness(one, claim)}"
    return f"{outcome(one)} without {name} ({inspected(one)})"


def outcome(one: Necessity) -> str:
    """A few words: whether the hypothesis is needed, as far as anything could show it."""
    if one.needed:
        return "needed"
    return "no violation found" if one.tried else "not tried"


def witness(one: Necessity, claim: Evidence) -> str:
    """What shows that the hypothesis is needed: a counterexample to replay, or an estimate; empty if nothing does."""
    if one.sample.smallest is not None:
        return words.replay_command(claim, one.sample.smallest)
    alone = estimates.against(one.sample)
    return "" if alone is None else estimates.estimate_text(alone)


def inspected(one: Necessity) -> str:
    """How many instances were judged, the largest ratio, and what they left undecided."""
    sample = one.sample
    if not one.tried:
        return "nothing drawn breaks it and meets the rest"
    found = [f"{words.whole(sample.met)} instances{' that break it' * one.only_breaking}"]
    if sample.worst_ratio is not None:
        found[0] += f", largest ratio {words.largest_ratio(sample)}"
    return "; ".join([*found, *words.difficulties(sample), *estimates.unfavourable(sample)])
