"""A claim as text, for reports; nothing of the trial is imported for it."""

from __future__ import annotations

from lemmata.checks._digest import digest
from lemmata.checks.statement import Statement
from lemmata.claims import AtLeast, AtMost, Claim, Located, Time, latex, measured_symbols
from lemmata.claims.language.latex import formula


def describe(located: Located) -> Statement:
    """The claim as text."""
    claim, legend = located.claim, _legend(located.claim)
    return Statement(
        key=claim.key,
        source=located.source,
        title=claim.title,
        about=claim.about,
        paper=str(claim.source.paper),
        location=claim.source.location,
        status=claim.status.value,
        reading=claim.reading.value,
        reading_note=claim.note,
        kind=type(claim.then).__name__,
        latex=latex(claim.then, flow=claim.when.time is Time.FLOW),
        legend=legend,
        family=claim.given.name,
        procedure=claim.when.name,
        hypotheses=[hypothesis.name for hypothesis in claim.given.hypotheses],
        parameters={name: str(declared) for name, declared in claim.given.parameters.items()},
        meanings={name: says for name, says in claim.given.meanings.items() if says not in legend.values()},
    )


def said_by(claim: Claim) -> str:
    """A digest of what a claim asks, wherever its file lies; empty where it cannot be put into words.

    What it is called is no part of it: a title may hold the date.
    """
    try:
        told = describe(Located(claim, ""))
    except Exception:  # noqa: BLE001 - names of a user's own making; the run says so of the claim
        return ""
    return digest(told.kind, told.latex, *sorted(told.hypotheses), *map(str, sorted(told.parameters.items())))


def _legend(claim: Claim) -> dict[str, str]:
    used = {str(symbol) for symbol in measured_symbols(claim.then)}
    legend = {formula(symbol): meaning for symbol, meaning in claim.when.meanings.items() if str(symbol) in used}
    if isinstance(claim.then, AtMost | AtLeast) and claim.then.constant is not None:
        allowed = ", ".join(claim.then.constant.may_depend_on)
        legend[formula(claim.then.constant.symbol)] = (
            f"an implied constant, which may depend on {allowed} only"
            if allowed
            else "an absolute constant, not stated"
        )
    return legend
