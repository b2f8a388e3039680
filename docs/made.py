"""Pages of the documentation that are made from the package: a page a paper, and the public names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

from lemmata.claims.catalogue import papers
from lemmata.claims.index import Entry, entries
from lemmata.claims.language.paper import Paper
from lemmata.reports.formulas.markup import prose

HEADING = "What is on trial, and what is not, with the reason. `lemmata verify KEY` judges a paper."


def write(folder: Path) -> None:
    """Write the pages into the folder of the documentation."""
    claims = {entry.key: entry for entry in entries()}
    catalogue = folder / "catalogue"
    catalogue.mkdir(exist_ok=True)
    found = papers()
    listed = "\n".join(paper.key for paper in found)
    index = f"# Catalogue\n\n{HEADING}\n\n```{{toctree}}\n:maxdepth: 1\n{listed}\n```\n"
    (catalogue / "index.md").write_text(index, encoding="utf-8")
    for paper in found:
        (catalogue / f"{paper.key}.md").write_text("\n".join(_paper(paper, claims)), encoding="utf-8")
    (folder / "names.md").write_text("\n".join(_names()), encoding="utf-8")


def _paper(paper: Paper, claims: Mapping[str, Entry]) -> Iterator[str]:
    yield from (f"# {paper.key}", "", f"{prose(str(paper))}", "")
    if paper.declined:
        yield from (f"Declined: {prose(paper.declined)}", "")
    for statement in paper.statements:
        yield from (f"**{statement.number}** ({statement.read.value}): {prose(statement.says)}", "")
        if statement.why_none:
            yield from (f"* not on trial: {prose(statement.why_none)}", "")
        for name in statement.claims:
            claim = claims[f"{paper.key}/{name}"]
            yield f"* `{claim.key}` ({claim.status}, {claim.kind}): {prose(claim.title)}"
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
