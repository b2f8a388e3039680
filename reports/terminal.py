"""The terminal report: one line a claim, and the details of what was not expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lemmata.reports import decisions, estimates, necessity, words
from lemmata.reports.describe import parameters_text
from lemmata.reports.formulas.linear import from_latex, named, plain
from lemmata.reports.slack import slack_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    from lemmata.checks.counterexample import Counterexample
    from lemmata.checks.evidence import Evidence, MutantTrial, Run, Sample

_STYLES = {
    "proved": "bold green",
    "holds": "green",
    "supported": "green",
    "refuted": "red",
    "powerless": "magenta",
    "vacuous": "yellow",
    "undecided": "yellow",
    "error": "bold white on red",
}
_MARKS = {"expected": " ", "unexpected": "!", "inconclusive": "?"}
_COLUMNS = ("", "verdict", "claim", "kind", "met/proposed", "ratio", "mutants", "real data", "time")
_RIGHT = frozenset({"met/proposed", "ratio", "mutants", "time"})
_EXPENDABLE = ("real data", "time", "kind", "mutants", "met/proposed", "ratio")
"""Columns that a narrow console does without, the least important first."""
_NARROWEST = 12
_LABEL = 10
_SHOWN_NUMBERS = 24


_FOLDED = "with --verbose, and on the page"


def render(run: Run, console: Console, *, verbose: bool = False) -> None:
    """Print the report of a run.

    Args:
        run: the record of the run; nothing else is read.
        console: where to print; its width, colours and encoding are its own.
        verbose: give the details of every claim, not only of those that were not expected.
    """
    _table(run.claims, console)
    for claim in run.claims:
        if verbose or not claim.expected:
            _print(console, "")
            _details(claim, console, verbose=verbose)
            if verbose:
                _field(console, "printed", claim.output.splitlines())
    for note in run.notes:
        _print(console, "")
        _field(console, "note", [note])
    for failure in run.failures:
        _print(console, "")
        _print(console, f"could not read {words.one_line(failure.source)}", "bold red")
        name = "traceback" if failure.error.startswith("Traceback") else "because"
        _field(console, name, failure.error.rstrip().splitlines())
    _print(console, "")
    if not run.finished:
        done = words.whole(len(run.claims))
        _sentence(console, f"Interrupted: {done} finished, all kept; --resume goes on from here.", "bold yellow")
    if words.false_alarms(run):
        _sentence(console, words.false_alarms(run))
    unread = f", not readable: {len(run.failures)}" if run.failures else ""
    _sentence(console, f"{words.tally(run)}{unread} ({words.duration(run.seconds)}, seed {run.seed})", "bold")


def headline(claim: Evidence) -> str:
    """One claim on one line, without colour or alignment."""
    return " ".join(cell for cell in (claim.verdict.upper(), *_cells(claim)[2:]) if cell.strip())


def _table(claims: Sequence[Evidence], console: Console) -> None:
    """A line a claim; where the console is too narrow, columns are left out, and at last the key is wrapped."""
    if not claims:
        return
    rows = [tuple(map(words.visible, _cells(claim))) for claim in claims]
    widths = [max(map(_width, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    kept = list(range(len(_COLUMNS)))
    for name in _EXPENDABLE:
        if _total(widths, kept) > console.width:
            kept.remove(_COLUMNS.index(name))
    key = kept.index(_COLUMNS.index("claim"))
    room = max(console.width - (_total(widths, kept) - widths[kept[key]]), _NARROWEST)
    widths[kept[key]] = min(widths[kept[key]], room)
    _print(console, _aligned(_COLUMNS, widths, kept), "dim")
    for claim, row in zip(claims, rows, strict=True):
        first, *others = _chunks(row[kept[key]], widths[kept[key]])
        cells = [first if column == kept[key] else cell for column, cell in enumerate(row)]
        _print(console, _aligned(cells, widths, kept), "", {row[1]: _STYLES.get(claim.verdict, "bold")})
        for other in others:
            rest = [other if column == kept[key] else "" for column in range(len(row))]
            _print(console, _aligned(rest, widths, kept))


def _total(widths: Sequence[int], kept: Sequence[int]) -> int:
    return sum(widths[column] for column in kept) + 2 * (len(kept) - 1)


def _chunks(key: str, width: int) -> list[str]:
    """A key in pieces of at most ``width`` letters, broken behind slashes and hyphens where it can be."""
    import re

    pieces = [""]
    for part in re.findall(rf"[^/-]{{1,{width - 1}}}[/-]?|[/-]", key):
        if _width(pieces[-1]) + _width(part) > width:
            pieces.append("")
        pieces[-1] += part
    return [piece for piece in pieces if piece] or [""]


def _cells(claim: Evidence) -> tuple[str, ...]:
    sample = claim.sample
    cells = (
        _MARKS[words.standing(claim)],
        claim.verdict.upper(),
        claim.statement.key,
        claim.statement.kind,
        words.NONE if sample is None else f"{words.whole(sample.met)}/{words.whole(sample.proposed)}",
        estimates.main_number(claim),
        words.refuted(claim),
        ", ".join(words.data_sets(claim.data)) or words.NONE,
        words.duration(claim.seconds),
    )
    return tuple(words.one_line(cell) if cell.strip() else cell for cell in cells)


def _aligned(cells: Sequence[str], widths: Sequence[int], kept: Sequence[int]) -> str:
    padded = []
    for column in kept:
        gap = " " * (widths[column] - _width(cells[column]))
        padded.append(gap + cells[column] if _COLUMNS[column] in _RIGHT else cells[column] + gap)
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _details(claim: Evidence, console: Console, *, verbose: bool) -> None:
    """The claim's story; the smallest counterexample, which a reader asks for first, is last on the screen."""
    statement = claim.statement
    style = _STYLES.get(claim.verdict, "bold")
    word = words.one_line(claim.verdict.upper())
    heading = f"{word} {words.one_line(statement.key)} ({words.expectation(claim)})"
    _sentence(console, heading, "bold", {word: style})
    _field(console, "", [claim.sentence if claim.verdict == "error" else plain(claim.sentence)])
    conclusion = from_latex(statement.latex.strip()) or plain(statement.title)
    _field(console, "statement", [plain(statement.title), conclusion])
    _field(
        console,
        "given",
        [plain(line) for line in (f"{statement.family}; {statement.procedure}", *statement.hypotheses)],
    )
    for label, sample in claim.stages.items():
        _field(console, label, list(_sample(sample)))
        _field(console, "estimates", [estimates.estimate_text(one) for one in estimates.each_once(sample.estimates)])
    _field(console, "ratios", slack_lines(claim))
    if claim.proof is not None and not claim.proof.closed:
        remainder = claim.proof.remainder if claim.proof.is_in_words else from_latex(claim.proof.remainder)
        _field(console, "proof", [f"{claim.proof.method} does not close; left over:", remainder])
    _field(console, "decided", list(decisions.lines(claim)))
    _mutants(claim, console)
    _field(console, "necessity", [necessity.necessity_text(one, claim) for one in claim.necessity])
    _field(console, "traceback", claim.error.rstrip().splitlines() if verbose else [_FOLDED] * bool(claim.error))
    for _, example in words.told(claim)[:1]:
        _field(console, "smallest", [*_instance(example), *_recheck(example)])
        _field(console, "others", [_others(claim)])
        _field(console, "replay", [words.replay_command(claim, example)])


def _others(claim: Evidence) -> str:
    """How many counterexamples are left to the report."""
    count = len(words.told(claim)) - 1
    return f"{count} more in the report" if count else ""


def _instance(example: Counterexample) -> Iterator[str]:
    yield f"{parameters_text(example.parameters)} ({plain(example.case)})"
    yield f"found by {plain(example.origin)}, id {example.id}"
    for name, value in example.entries.items():
        size = words.numbers_in(value)
        if size > _SHOWN_NUMBERS:
            yield f"{named(name)}: ... ({size} numbers; see JSON)"
        else:
            yield f"{named(name)} = {words.scalar(value)}"


def _recheck(example: Counterexample) -> Iterator[str]:
    sides = f"left {words.one_line(example.left)}, right {words.one_line(example.right)}"
    yield plain(f"{example.arithmetic}: {sides}")
    if example.assumed:
        yield plain(f"hypotheses: {words.assumed(example)}")
    if example.constant:
        yield f"constant {words.sufficing(example)}"
    if example.difference is not None:
        yield f"float64: apart by {words.number(example.difference)}, rounding {words.number(example.error_bar)}"


def _sample(sample: Sample) -> Iterator[str]:
    yield f"{words.whole(sample.met)} of {words.whole(sample.proposed)} instances met every hypothesis"
    for count in sample.hypotheses:
        if count.met < count.proposed:
            yield f"{plain(count.name)}: met by {words.whole(count.met)} of {words.whole(count.proposed)}"
    for edge in sample.edges:
        if edge.met == 0:
            yield f"{plain(edge.name)}: never met the hypotheses ({words.whole(edge.proposed)} proposed)"
    yield from words.difficulties(sample)


def _mutants(claim: Evidence, console: Console) -> None:
    for mutant in claim.mutants:
        if words.trouble(mutant):
            _field(console, "mutant", [words.trouble(mutant), plain(mutant.because), *_survivor(claim, mutant)])
        elif (alone := estimates.against(mutant.sample)) is not None:
            _field(console, "mutant", [f"{mutant.name!r} refuted by an estimate: {estimates.estimate_text(alone)}"])


def _survivor(claim: Evidence, mutant: MutantTrial) -> Iterator[str]:
    sample = mutant.sample if not mutant.refuted else mutant.instead_sample
    if sample is not None:
        yield words.judged(sample)
        yield from estimates.unfavourable(sample) if mutant.refuted else map(estimates.estimate_text, sample.estimates)
        yield from words.difficulties(sample)
        for _, example in words.counterexamples(sample)[-1:]:
            yield words.replay_command(claim, example)


def _field(console: Console, label: str, lines: Sequence[str]) -> None:
    """A label in the margin and its lines beside it, wrapped to the console's width."""
    kept = [line for text in lines for line in words.visible(text).splitlines() if line.strip()]
    if len(label) > _LABEL and kept:
        _print(console, f"  {label}", "dim")
        label = ""
    for number, line in enumerate(kept):
        margin = label if number == 0 else ""
        _wrapped(console, f"  {margin:<{_LABEL}} ", line)


def _wrapped(console: Console, margin: str, line: str) -> None:
    """Wrap at the console's width, continuing under the text; a replay command is never broken."""
    indent = " " * (len(line) - len(line.lstrip(" ")))
    if line.startswith("lemmata "):
        if len(margin) + _width(line) > console.width and margin.strip():
            _print(console, margin.rstrip(), "dim")
            margin = "    "
        _print(console, margin + line, "", _dim(margin))
        return
    for number, piece in enumerate(_lines(line, max(console.width - len(margin), 20), indent)):
        text = (margin if number == 0 else " " * len(margin)) + piece
        _print(console, text, "", _dim(margin) if number == 0 else {})


def _dim(margin: str) -> dict[str, str]:
    return {margin.strip(): "dim"} if margin.strip() else {}


def _lines(line: str, room: int, indent: str = "") -> list[str]:
    """The line in pieces that fit; the command to replay something stays in one of them."""
    import re
    import textwrap

    held = re.sub(r"lemmata replay (?=\w)", "lemmata\N{NO-BREAK SPACE}replay\N{NO-BREAK SPACE}", line)
    return [one.replace("\N{NO-BREAK SPACE}", " ") for one in textwrap.wrap(held, room, subsequent_indent=indent)]


def _sentence(console: Console, line: str, style: str = "", parts: dict[str, str] | None = None) -> None:
    """Print text wrapped at the console's width; ``parts`` of its first line get a style of their own."""
    for number, piece in enumerate(_lines(words.visible(line), max(console.width, 20)) or [""]):
        _print(console, piece, style, parts if number == 0 else None)


def _print(console: Console, line: str, style: str = "", parts: dict[str, str] | None = None) -> None:
    """Print text as it is, neither interpreted nor wrapped; ``parts`` get a style of their own."""
    text: Text = _text(line, style)
    for part, its_style in (parts or {}).items():
        start = line.find(part)
        text.stylize(its_style, start, start + len(part))
    console.print(text, soft_wrap=True, markup=False, emoji=False, highlight=False)


def _text(line: str, style: str) -> Text:
    from rich.text import Text

    return Text(words.visible(line), style=style)
