"""The papers and their statements, read from the source text as the claims are: nothing of them is imported."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Sequence
from functools import cache
from typing import Any

from lemmata.claims.index import FOLDER, assigned_calls, parsed
from lemmata.claims.language.errors import UnknownKeyError
from lemmata.claims.language.paper import Paper, Read, Statement

_VALUES = {"Paper": Paper, "Statement": Statement}


def papers(selection: Sequence[str] = ()) -> tuple[Paper, ...]:
    """The papers that a selection of keys and globs names, all of the package if it is empty, by their keys.

    An entry is a paper's key, or the key of a claim, which names its paper.

    Raises:
        UnknownKeyError: an entry names no paper of the package; the message lists them.
    """
    named = [entry.partition("/")[0] for entry in selection]
    known = [paper.key for paper in _all_papers()]
    for name in named:
        if not fnmatch.filter(known, name):
            raise UnknownKeyError(f"no paper matches {name!r}; the papers are {', '.join(known)}")
    wanted = {key for name in named or ["*"] for key in fnmatch.filter(known, name)}
    return tuple(paper for paper in _all_papers() if paper.key in wanted)


@cache
def _all_papers() -> tuple[Paper, ...]:
    files = [*FOLDER.glob("[!_]*.py"), *FOLDER.glob("[!_]*/__init__.py")]
    calls = [assigned_calls(parsed(file)).get("PAPER") for file in files]
    return tuple(sorted((_value(call) for call in calls if call is not None), key=lambda paper: paper.key))


def _value(node: ast.expr) -> Any:
    """What an expression of literals, papers, statements and members of `Read` stands for."""
    match node:
        case ast.Call(func=ast.Name(id=name), keywords=given) if name in _VALUES:
            return _VALUES[name](**{str(keyword.arg): _value(keyword.value) for keyword in given})
        case ast.Attribute(value=ast.Name(id="Read"), attr=member):
            return Read[member]
        case ast.Tuple(elts=members):
            return tuple(_value(member) for member in members)
        case _:
            return ast.literal_eval(node)
