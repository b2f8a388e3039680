"""The text of a claim's own code: which functions a procedure or a draw reaches, and what is written in them."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lemmata.solvers.numbers.rounded import is_short

_OURS = ("lemmata.checks.", "lemmata.solvers.", "lemmata.claims.language.")
"""Code that is only gone through to what it calls."""


def reached(thing: Any) -> Iterator[types.FunctionType]:
    """The functions that a callable holds, closes over, or calls by a name of its own module."""
    yield from _reached(thing, set())


def _reached(thing: Any, known: set[int]) -> Iterator[types.FunctionType]:
    if id(thing) in known:
        return
    known.add(id(thing))
    match thing:
        case functools.partial():
            inner = [thing.func, *thing.args, *thing.keywords.values()]
        case types.MethodType():
            inner = [thing.__func__, thing.__self__]
        case types.FunctionType():
            yield thing
            inner = [*closed_over(thing), *_called(thing)]
        case _ if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            inner = [getattr(thing, one.name) for one in dataclasses.fields(thing)]
        case _:
            inner = []
    for one in inner:
        yield from _reached(one, known)


def closed_over(function: types.FunctionType) -> Iterator[Any]:
    """What a function holds of the functions around it."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue


def _called(function: types.FunctionType) -> list[Any]:
    named = [function.__globals__.get(name) for name in function.__code__.co_names]
    return [one for one in named if isinstance(one, types.FunctionType) and one.__module__ == function.__module__]


def parsed(function: types.FunctionType) -> ast.AST | None:
    """The syntax of a claim's own function, with the lines of its file; None of one that is ours, or has no text."""
    return None if (function.__module__ or "").startswith(_OURS) else _parsed(function.__code__)


@functools.lru_cache(maxsize=1024)
def _parsed(code: types.CodeType) -> ast.AST | None:
    try:
        lines, first = inspect.getsourcelines(code)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):  # no text, or a lambda in the middle of a line
        return None
    return ast.increment_lineno(tree, first - 1)


def compared_numbers(thing: Any) -> set[float]:
    """Numbers in the text of the functions that a callable reaches at which something may change.

    These are the numbers that are compared with, and all that are not whole.
    """
    found: set[float] = set()
    for function in reached(thing):
        for node in _nodes(function):
            if isinstance(node, ast.Compare):
                compared: Iterator[Any] = ast.walk(node)
                found |= {float(one.value) for one in compared if _is_number(one)}
            elif _is_number(node) and node.value != int(node.value):
                found.add(float(node.value))
    return found


def rounded_decimal(thing: Any) -> str:
    """The first decimal in that text which no float holds, such as 0.1, with its place; empty if there is none."""
    for function in reached(thing):
        file = Path(function.__code__.co_filename).name
        for node in _nodes(function):
            if _is_number(node) and not is_short(float(node.value)):
                return f"{node.value!r} ({file}, line {node.lineno})"
    return ""


def _nodes(function: types.FunctionType) -> Iterator[Any]:
    tree = parsed(function)
    return iter(()) if tree is None else ast.walk(tree)


def _is_number(node: Any) -> bool:
    plain = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return plain and abs(node.value) <= sys.float_info.max
