"""Pages of the documentation that are made: a page a paper, with what a run found, and the public names."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from recorded import FILE, digest, statements

from lemmata.checks.statement import Statement
from lemmata.claims.catalogue import papers
from lemmata.claims.language.paper import Paper
from lemmata.reports.formulas.markup import formula, prose

HEADING = "What is on trial, and what is not, with the reason. `lemmata verify KEY` judges a paper."


def write(folder: Path) -> None:
    """Write the pages into the folder of the documentation."""
    made = Catalogue(claims=statements(), found=json.loads(FILE.read_text(encoding="utf-8")))
    catalogue = folder / "catalogue"
    catalogue.mkdir(exist_ok=True)
    found = papers()
    listed = "\n".join(paper.key for paper in found)
    index = f"# Catalogue\n\n{HEADING}\n\n```{{toctree}}\n:maxdepth: 1\n{listed}\n```\n"
    (catalogue / "index.md").write_text(index, encoding="utf-8")
    for paper in found:
        (catalogue / f"{paper.key}.md").write_text("\n".join(made.page(paper)), encoding="utf-8")
    (folder / "names.md").write_text("\n".join(_names()), encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The claims of the package, and what a run found of them.

    Headings are HTML: Sphinx copies those of Markdown into the table of contents of every page, which takes minutes.
    """

    claims: Mapping[str, Statement]
    found: Mapping[str, Any]

    def page(self, paper: Paper) -> Iterator[str]:
        """The page of a paper, line by line."""
        yield from (f"# {paper.key}", "", escape(str(paper)), "")
        if paper.declined:
            yield from (f"Declined: {prose(paper.declined)}", "")
        for statement in paper.statements:
            yield from (
                f"<h2>{prose(statement.number)}</h2>",
                "",
                f"{prose(statement.says)} *({statement.read.value})*",
                "",
            )
            if statement.why_none:
                yield from (f"Not on trial: {prose(statement.why_none)}", "")
            for name in statement.claims:
                yield from self._claim(self.claims[f"{paper.key}/{name}"])
        if figures := self.found["figures"].get(paper.key, []):
            yield from ("<h2>Figures</h2>", "", *(line for one in figures for line in _figure(one)))

    def _claim(self, claim: Statement) -> Iterator[str]:
        yield from (
            f'<h3 id="{claim.key.partition("/")[2]}">{prose(claim.title)}</h3>',
            "",
            f"`{claim.key}` ({claim.status}, {claim.kind})",
            "",
        )
        yield from (f'<div class="statement">{formula(claim.latex, display=True)}</div>', "")
        note = f": {prose(claim.reading_note)}" if claim.reading_note else ""
        yield from (
            f"{prose(claim.location)}, {claim.reading}{note}" if claim.location else f"{claim.reading}{note}",
            "",
        )
        if claim.hypotheses:
            yield from ("Given:", "", *(f"* {prose(one)}" for one in claim.hypotheses), "")
        yield from (self._outcome(claim), "")

    def _outcome(self, claim: Statement) -> str:
        """What became of this very statement; of another one nothing is said."""
        one = self.found["claims"].get(claim.key)
        if one is None or one["statement"] != digest(claim):
            return f"Not judged as it stands since the last recorded run; `lemmata verify {claim.key}` judges it."
        control = ", as a negative control must be" if claim.status == "refuted" else ""
        told = f'**<span class="verdict {one["verdict"]}">{one["verdict"].upper()}</span>**{control}'
        return f"{told} ({self.found['effort']} effort, seed {self.found['seed']}): {prose(one['sentence'])}"


def _figure(one: Mapping[str, Any]) -> Iterator[str]:
    """A recorded picture with its caption and the keys of its lines."""
    keys = [f'<span class="key c{series}">{escape(label)}</span>' for label, series in one["lines"]]
    dashed = [f'<span class="key dashed">{escape(one["prediction"])}</span>'] if one["prediction"] else []
    of = f"<code>{one['claim']}</code>: " if one["claim"] else ""
    caption = f"<figcaption>{of}{prose(one['caption'])}</figcaption>"
    up, across = f'<div class="axis-name">{one["up"]}</div>', f'<div class="axis-name across">{one["across"]}</div>'
    legend = f"<p>{' '.join((*keys, *dashed))} {one['advice']}</p>"
    yield f'<figure class="curves">{caption}{up}{one["svg"]}{across}{legend}</figure>'
    yield ""


def _names() -> Iterator[str]:
    """The names of `import lemmata`, each with its signature and docstring."""
    import lemmata

    yield from ("# Names", "", "What `from lemmata import ...` gives, from the docstrings.", "")
    for name in sorted(dir(lemmata), key=str.lower):
        value = getattr(lemmata, name)
        if name.startswith("_") or inspect.ismodule(value) or not (told := inspect.getdoc(value)):
            continue
        yield from (
            f"## `{name}`",
            "",
            "```text",
            f"{name}{_signature(value)}",
            "",
            told.replace("```", "'''"),
            "```",
            "",
        )


def _signature(value: object) -> str:
    try:
        return str(inspect.signature(value)) if callable(value) else ""  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
