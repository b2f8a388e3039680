"""The page of each paper in the catalogue: which of its statements are on trial, as what, which are not, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lemmata.claims.index import Entry
    from lemmata.claims.language.paper import Paper, Statement


def catalogue_text(selection: Sequence[str] = ()) -> str:
    """The papers that a selection names, each with its statements and the claims on them, and a line of counts.

    Raises:
        UnknownKeyError: an entry of the selection names no paper of the package.
    """
    from lemmata.claims.catalogue import papers
    from lemmata.claims.index import entries

    chosen = papers(selection)
    claims = {entry.key: entry for entry in entries()}
    lines = [line for paper in chosen for line in _paper(paper, claims)]
    return "\n".join([*lines, _counts(chosen)]) + "\n"


def _paper(paper: Paper, claims: Mapping[str, Entry]) -> Iterator[str]:
    yield f"{paper.key}: {paper}"
    if paper.declined:
        yield f"  declined: {paper.declined}"
    for statement in paper.statements:
        yield from _statement(paper.key, statement, claims)
    yield ""


def _statement(paper: str, statement: Statement, claims: Mapping[str, Entry]) -> Iterator[str]:
    yield f"  {statement.number} ({statement.read.value}): {statement.says}"
    if statement.why_none:
        yield f"    not on trial: {statement.why_none}"
    for name in statement.claims:
        claim = claims[f"{paper}/{name}"]
        yield f"    {claim.key}: {', '.join(dict.fromkeys((claim.status, claim.reading)))}"


def _counts(papers: Sequence[Paper]) -> str:
    statements = [statement for paper in papers for statement in paper.statements]
    tried = sum(bool(statement.claims) for statement in statements)
    declined = sum(bool(paper.declined) for paper in papers)
    return f"{len(papers)} papers, {declined} of them declined; {len(statements)} statements, {tried} of them on trial"
