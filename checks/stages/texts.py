"""The text of a claim's own code: which functions a procedure or a draw reaches, and what is written in them."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import math
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lemmata.claims.language.short.file_text import text_of
from lemmata.solvers.numbers.rounded import is_short

_OURS = ("lemmata.checks.", "lemmata.solvers.", "lemmata.claims.language.")
"""Code that is only gone through to what it calls."""
_LARGEST_TABLE = 16
"""Entries of a list or array of constants up to which each is looked at."""


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
        return text_of(code.co_filename).definition(code)
    return ast.increment_lineno(tree, first - 1)


def compared_numbers(thing: Any) -> set[float]:
    """Numbers in the text of the functions that a callable reaches at which something may change.

    These are the numbers that are compared with, added or taken off, as numbers, by the name of a constant or as
    entries of a short table; those where 2 x - 13 vanishes; and all that are not whole.
    """
    found: set[float] = set()
    for function in reached(thing):
        for node in _nodes(function):
            if isinstance(node, ast.Compare):
                found |= {number for one in ast.walk(node) for number in _numbers(one, function)}
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
                found |= set(_zeros(node, function))
            elif _is_number(node) and node.value != int(node.value):
                found.add(float(node.value))
    return {one for one in found if math.isfinite(one)}


def _zeros(node: ast.BinOp, function: types.FunctionType) -> Iterator[float]:
    """Where a sum or difference of a number and a multiple of something vanishes, signs apart."""
    for number, rest in ((node.left, node.right), (node.right, node.left)):
        factors = [1.0]
        if isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Mult):
            factors = [*_numbers(rest.left, function), *_numbers(rest.right, function)] or factors
        for above in (one for part in _and_table(number) for one in _numbers(part, function)):
            sign = -1.0 if isinstance(node.op, ast.Add) else 1.0
            yield from (sign * above / factor for factor in factors if factor)


def _and_table(node: ast.AST) -> Iterator[ast.AST]:
    """An operand itself, and the table that it is an entry of."""
    yield node
    if isinstance(node, ast.Subscript | ast.Attribute):
        yield from _and_table(node.value)


def _numbers(node: ast.AST, function: types.FunctionType) -> list[float]:
    """The numbers that a node is: one that is written, or those that a name of the module or around it stands for."""
    if _is_number(node):
        return [float(node.value)]  # type: ignore[attr-defined]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [-one for one in _numbers(node.operand, function)]
    if not isinstance(node, ast.Name):
        return []
    around = dict(zip(function.__code__.co_freevars, closed_over(function), strict=False))
    held: Any = around.get(node.id, function.__globals__.get(node.id))
    if isinstance(held, dict):
        held = list(held.values())
    elif isinstance(held, np.ndarray):
        held = held.ravel().tolist()
    entries = held if isinstance(held, list | tuple) else [held]
    return [float(one) for one in entries if _is_plain_number(one)] if len(entries) <= _LARGEST_TABLE else []


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float | np.floating | np.integer) and not isinstance(value, bool)


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
