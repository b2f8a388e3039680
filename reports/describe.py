"""What a claim says, and what a replay found, as plain text for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from lemmata.reports import words
from lemmata.reports.formulas.linear import from_latex, named, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lemmata.checks import Attempt, Replay, Statement
    from lemmata.claims import Claim

_SILENT = (("change", 0), ("factor", 1))
"""What a conservation law does not need to say."""

_PARTS = (
    *("left", "right", "quantity", "change", "factor"),
    *("scale", "exponent", "constant", "at_least", "at_most", "reached", "least", "other", "tolerance", "resolution"),
)
"""Fields of conclusions that hold a formula."""

_DRAWING = "\N{WORD JOINER}"
"""Begins the lines of a drawing while a text is put together: they are not wrapped."""

_ORDERS = {"upper": "O(scale^exponent)", "lower": "Omega(scale^exponent)", "both": "Theta(scale^exponent)"}


def claim_text(claim: Claim, statement: Statement, *, width: int = 100) -> str:
    """The claim in words and drawn in Unicode, with hypotheses, ranges and mutants, wrapped to ``width`` columns."""
    lines = [piece for line in _claim_lines(claim, statement) for piece in _wrapped(line, width)]
    return "\n".join(lines) + "\n"


def _wrapped(line: str, width: int) -> list[str]:
    """A line in pieces that fit, continued under its beginning; a drawing is left as it is."""
    if line.startswith(_DRAWING):
        return [words.visible(line.removeprefix(_DRAWING))]
    line = words.visible(line)
    if len(line) <= width:
        return line.split("\n")
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, width, subsequent_indent=indent + "  " * bool(indent), break_on_hyphens=False)


def _claim_lines(claim: Claim, statement: Statement) -> Iterator[str]:
    yield f"{statement.key}: {plain(statement.title)}"
    yield f"{statement.paper}, {statement.location}"
    note = f" ({plain(statement.reading_note)})" if statement.reading_note else ""
    yield f"{statement.kind}; status {statement.status}; read {statement.reading}{note}"
    yield f"written in {statement.source}"
    for paragraph in statement.about.split("\n\n"):
        yield from ("", plain(" ".join(paragraph.split())))
    yield from ("", "Conclusion", f"  {from_latex(statement.latex)}", "")
    yield from _drawn(claim)
    yield from _listed("Symbols", [f"{from_latex(one)}: {plain(meaning)}" for one, meaning in statement.legend.items()])
    given = f"{statement.family}; {statement.procedure}"
    yield from _listed("Given", [plain(line) for line in (given, *statement.hypotheses)])
    yield from _listed("Ranges", [f"{name}: {declared}" for name, declared in statement.parameters.items()])
    meant = [f"{named(name)}: {plain(meaning)}" for name, meaning in statement.meanings.items()]
    yield from _listed("Numbers of an instance", meant)
    yield from _listed("Mutants", [plain(f"{mutant.name}: {mutant.because}") for mutant in claim.mutants])


def _drawn(claim: Claim) -> Iterator[str]:
    """Each formula of the conclusion drawn by sympy in Unicode; of a probability the event first."""
    event = getattr(claim.then, "event", None)
    if event is not None:
        yield f"  event, {type(event).__name__}:"
        yield from (f"{_DRAWING}  {line.removeprefix(_DRAWING)}" for line in _formulas(event))
    yield from _formulas(claim.then)
    if getattr(claim.then, "resolution", "") is None:
        yield from ("  resolution:", "    1/20, at most half of the chance that is left beside the one stated")
    yield ""


def _formulas(conclusion: object) -> Iterator[str]:
    import sympy

    from lemmata.reports.drawing import drawn

    side = getattr(conclusion, "side", None)
    if side is not None:
        yield f"  order: {_ORDERS.get(side.value, side.value)}"
    for name in _PARTS:
        expression = getattr(conclusion, name, None)
        if isinstance(expression, sympy.Basic | sympy.MatrixBase) and (name, expression) not in _SILENT:
            yield f"  {name.replace('_', ' ')}:"
            yield from (f"{_DRAWING}    {line}" for line in drawn(expression))
    for symbol, meant in getattr(conclusion, "where", {}).items():
        yield f"  where {from_latex(str(symbol))}:"
        yield from (f"{_DRAWING}    {line}" for line in drawn(meant))
    constant: Any = getattr(conclusion, "constant", None)
    if hasattr(constant, "may_depend_on"):
        yield f"  implied constant {from_latex(str(constant.symbol))}: {_freedom(constant.may_depend_on)}"


def _freedom(parameters: tuple[str, ...]) -> str:
    """What an implied constant may depend on, in words."""
    if not parameters:
        return "some number, the same at all parameters"
    return f"some number, which may depend on {', '.join(parameters)} and on nothing else"


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from (title, *(f"  {line}" for line in lines), "")


def parameters_text(values: Mapping[str, object]) -> str:
    """Parameters as ``name = value``, names and numbers as formulas write them."""
    return ", ".join(f"{named(name)} = {plain(words.scalar(value))}" for name, value in values.items()) or "none"


def replay_text(replay: Replay) -> str:
    """A counterexample run again: what it refutes, the instance, both sides then and now."""
    return words.visible("\n".join(_replay_lines(replay))) + "\n"


def _replay_lines(replay: Replay) -> Iterator[str]:
    found, statement = replay.counterexample, replay.statement
    whose = f"the mutant {replay.mutant!r} of {statement.key}" if replay.mutant else statement.key
    if replay.without:
        whose = f"{statement.key} without {words.one_line(replay.without)!r}"
    yield f"{found.id} refutes {whose}: {plain(statement.title)}"
    yield f"  {from_latex(statement.latex)}"
    yield f"parameters  {parameters_text(found.parameters)}"
    yield plain(f"case        {found.case}, found by {found.origin}")
    for name, value in found.entries.items():
        size = words.numbers_in(value)
        text = f"... ({size} numbers; --python prints them)" if size > 60 else words.scalar(value)  # noqa: PLR2004 - a few lines
        yield f"  {named(name)} = {text}"
        if name in statement.meanings:
            yield f"    ({plain(statement.meanings[name])})"
    if found.constant:
        yield f"constant    {words.sufficing(found)}"
    if found.assumed:
        recorded = "" if replay.agrees else ", as recorded"
        yield f"hypotheses  {plain(words.assumed(found))}{recorded}"
    yield f"recorded    left {words.one_line(found.left)}, right {words.one_line(found.right)} ({found.arithmetic})"
    yield f"now         left {words.one_line(replay.left)}, right {words.one_line(replay.right)}"
    if replay.agrees:
        yield "The same case fails with the same two sides." + f" ({replay.changed}.)" * bool(replay.changed)
    else:
        yield f"This is not what was recorded: {replay.changed or 'a library has changed since'}."


def attempt_text(attempt: Attempt, options: str = "", *, width: int = 100) -> str:
    """A sentence on a target of ``lemmata falsify``: the claim, or the claim without one of its hypotheses.

    It is wrapped to ``width`` columns; the command that replays what was found has a line of its own.

    ``options`` are those that ``lemmata replay`` needs to find the counterexample and its claim.
    """
    lines = textwrap.wrap(words.visible(_attempted(attempt)), width, subsequent_indent="  ")
    replay = [] if attempt.found is None else [f"  lemmata replay {attempt.found.id}{options}"]
    return "\n".join([*lines, *replay])


def _attempted(attempt: Attempt) -> str:
    target = f"without {plain(words.one_line(attempt.without))}" if attempt.without else "as it stands"
    ratio = "" if attempt.worst_ratio is None else f", largest ratio {words.ratio(attempt.worst_ratio)}"
    judged = f"{words.whole(attempt.met)} instances{' that break it' * bool(attempt.without)}"
    rounds = f"{attempt.rounds} round{'s' * (attempt.rounds != 1)}"
    looked = f"{rounds}, {judged}{ratio}" if attempt.met else rounds
    if attempt.found is None and attempt.without and attempt.rounds and not attempt.met:
        return f"{target}: not tried, nothing drawn breaks it and meets the rest ({rounds})"
    if attempt.found is None:
        return f"{target}: no violation found ({looked})"
    verdict = "the hypothesis is needed" if attempt.without else "refuted"
    sides = plain(f"{words.one_line(attempt.found.left, 60)} against {words.one_line(attempt.found.right, 60)}")
    how = "by decision" if attempt.found.origin == "decision" else looked
    return f"{target}: {verdict}: {sides} ({how})"
