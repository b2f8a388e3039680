"""The pages of a run, made from its record."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lemmata.checks.verdict import Verdict
from lemmata.reports import decisions, estimates, intervals, necessity, ratios, words
from lemmata.reports.formulas import linear, markup
from lemmata.reports.site import entries, trust
from lemmata.reports.site.sections import PaperPage, papers

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

    from lemmata.checks.evidence import Run

TEMPLATES = Path(__file__).parent.parent / "templates"
"""Where the pages' templates, style sheet and script are kept."""


def pages(run: Run) -> dict[str, str]:
    """The overview, ``index.html``, and a page a paper: name of the file -> its text."""
    found = papers(run)
    made = {"index.html": _rendered("overview.html.j2", run, found, script=_own("filters.js"))}
    for place, paper in enumerate(found):
        around = {"before": found[place - 1] if place else None, "after": (*found, None)[place + 1]}
        made[paper.file] = _rendered("paper.html.j2", run, found, paper=paper, **around)
    return made


def single(run: Run) -> str:
    """Everything on one page."""
    return _rendered("overview.html.j2", run, papers(run, single=True), script=_own("filters.js"), single=True)


def _rendered(template: str, run: Run, found: tuple[PaperPage, ...], **context: Any) -> str:
    script = context.get("script", "")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    sections = [section for paper in found for section in paper.sections]
    shared = {
        "run": run,
        "papers": found,
        "sections": sections,
        "tally": words.tally(run),
        "false_alarms": words.false_alarms(run),
        "verdicts": {verdict.word: verdict.sentence for verdict in Verdict},
        "used": list(dict.fromkeys(section.claim.verdict for section in sections)),
        "script": script,
        "script_hash": f"sha256-{digest}" if script else "",
        "style": _own("style.css"),
        "single": False,
    }
    text: str = _environment().get_template(template).render({**shared, **context})
    return text


def _own(name: str) -> Markup:
    """A file of this package, to stand in the page as it is."""
    from markupsafe import Markup

    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 - shipped with the package, not read from a record


@cache
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
    environment.filters.update(_FILTERS)
    return environment


def _compact(text: str) -> str:
    """Prose whose formulas are Unicode where that can write them, else MathML, which takes four times the room."""
    flat = linear.plain(text)
    return markup.prose(text) if "_" in flat or "^" in flat else flat


def _shown(value: object) -> object:
    """Escape control characters of every string on its way into the page; mark-up of ours passes."""
    return words.visible(value) if type(value) is str else value


_FILTERS: dict[str, Any] = {
    "formula": markup.formula,
    "prose": markup.prose,
    "plain": linear.plain,
    "named": linear.named,
    "compact": _compact,
    "number": words.number,
    "ratio": words.ratio,
    "largest_ratio": words.largest_ratio,
    "ratio_of_all": ratios.largest,
    "duration": words.duration,
    "whole": words.whole,
    "entry": entries.entry,
    "python": entries.python,
    "short": words.one_line,
    "scalar": words.scalar,
    "expectation": words.expectation,
    "replay": words.replay_command,
    "refuted": words.refuted,
    "data_sets": words.data_sets,
    "decided": decisions.lines,
    "difficulties": words.difficulties,
    "counterexamples": words.counterexamples,
    "judged": words.judged,
    "sufficing": words.sufficing,
    "rests_on": trust.rests_on,
    "main_number": estimates.main_number,
    "estimate": estimates.estimate_text,
    "each_once": estimates.each_once,
    "found": estimates.found,
    "basis": estimates.basis,
    "decision": estimates.decision,
    "power": estimates.power,
    "against": estimates.against,
    "picture": intervals.picture,
    "necessity_outcome": necessity.outcome,
    "witness": necessity.witness,
    "inspected": necessity.inspected,
}
