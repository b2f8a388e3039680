"""The HTML report: one self-contained page, made from the record of a run."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lemmata.reports import decisions, estimates, figures, intervals, necessity, words
from lemmata.reports.formulas import markup

if TYPE_CHECKING:
    import jinja2

    from lemmata.checks.evidence import Evidence, Run

TEMPLATES = Path(__file__).parent / "templates"
"""Where the page's template, style sheet and script are kept."""

LIMIT = 8_000_000
"""Bytes beyond which the page carries a warning."""

_SHOWN_NUMBERS = 200


@dataclass(frozen=True, kw_only=True)
class Section:
    """One claim of the page."""

    anchor: str
    claim: Evidence
    panels: tuple[figures.Panel, ...]

    @property
    def paper(self) -> str:
        """The first half of the claim's key."""
        return self.claim.statement.key.partition("/")[0]

    @property
    def name(self) -> str:
        """The second half of the claim's key."""
        return self.claim.statement.key.partition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of an instance as the page shows it: a number, matrices, text, or nothing but its size."""

    name: str
    matrices: tuple[tuple[tuple[str, ...], ...], ...] = ()
    text: str = ""
    elided: int = 0


def render(run: Run, *, limit: int = LIMIT) -> str:
    """The page of a run; beyond ``limit`` bytes it says in its footer that it is large."""
    script = (TEMPLATES / "filters.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    sections = [
        Section(anchor=f"claim-{number}", claim=claim, panels=figures.of_claim(claim, f"claim{number}"))
        for number, claim in enumerate(run.claims, start=1)
    ]
    words_used: dict[str, int] = {}
    for claim in run.claims:
        words_used[claim.verdict] = words_used.get(claim.verdict, 0) + 1
    template = _environment().get_template("report.html.j2")
    context = {
        "run": run,
        "sections": sections,
        "papers": list(dict.fromkeys(section.paper for section in sections)),
        "overlays": figures.of_papers(run),
        "tally": words.tally(run),
        "false_alarms": words.false_alarms(run),
        "verdicts": words_used,
        "script": _verbatim(script),
        "script_hash": digest,
        "style": _verbatim((TEMPLATES / "style.css").read_text(encoding="utf-8")),
    }
    page = template.render(context, megabytes=0)
    size = len(page.encode())
    return template.render(context, megabytes=f"{size / 1e6:.1f}") if size > limit else page


def _verbatim(own: str) -> str:
    """A file of this package, to stand in the page as it is."""
    from markupsafe import Markup

    return Markup(own)  # noqa: S704 - shipped with the package, not read from a record


def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(
        formula=markup.formula,
        number=words.number,
        ratio=words.ratio,
        duration=words.duration,
        whole=words.whole,
        entry=_entry,
        short=words.one_line,
        scalar=words.scalar,
        paragraphs=_paragraphs,
        standing=words.standing,
        expectation=words.expectation,
        refuted=words.refuted,
        trouble=words.trouble,
        data_sets=words.data_sets,
        difficulties=words.difficulties,
        counterexamples=words.counterexamples,
        all_counterexamples=words.all_counterexamples,
        decided=decisions.lines,
        judged=words.judged,
        sufficing=words.sufficing,
        main_number=estimates.main_number,
        estimate=estimates.estimate_text,
        found=estimates.found,
        basis=estimates.basis,
        decision=estimates.decision,
        power=estimates.power,
        against=estimates.against,
        picture=intervals.picture,
        necessity_outcome=necessity.outcome,
        witness=necessity.witness,
        inspected=necessity.inspected,
    )
    return environment


def _shown(value: object) -> object:
    """Escape control characters of every string on its way into the page; mark-up of ours passes."""
    return words.visible(value) if type(value) is str else value


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _entry(name: str, value: object) -> Entry:
    """How an entry is shown: up to a stack of matrices as tables, ragged nests as text, large ones as their size."""
    size = words.numbers_in(value)
    if size > _SHOWN_NUMBERS:
        return Entry(name=name, elided=size)
    shape = words.shape(value)
    if not isinstance(value, list) or shape is None or 0 in shape or len(shape) > 3:  # noqa: PLR2004 - a stack of matrices
        return Entry(name=name, text=words.scalar(value))
    stack = value if len(shape) == 3 else [value] if len(shape) == 2 else [[value]]  # noqa: PLR2004 - as above
    return Entry(
        name=name,
        matrices=tuple(tuple(tuple(words.scalar(item) for item in row) for row in matrix) for matrix in stack),
    )
