"""Reading what a plain function of a user's file makes of its arguments: its assignments, and what it returns."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from types import FunctionType
from typing import TYPE_CHECKING, Any

from lemmata.claims.language.short.operations import names_bound

if TYPE_CHECKING:
    from lemmata.claims.language.short.reading import Reading

DEEPEST = 6
"""Functions within functions that are followed."""


def entered(reading: Reading, function: FunctionType, *values: Any, **given: Any) -> bool:
    """Read a function of the file at hand at arguments that have been read; whether nothing else is in it."""
    definition = reading.text.definition(function.__code__)
    if definition is None or reading.depth >= DEEPEST:
        return False
    arguments = inspect.signature(function).bind(*values, **given)
    passed, given_names = set(arguments.arguments), frozenset(arguments.arguments)
    arguments.apply_defaults()
    closure = inspect.getclosurevars(function).nonlocals
    names = {**function.__globals__, **closure, **arguments.arguments}
    own = function.__code__.co_varnames
    bodies = [{name: made for name, made in body.items() if name not in own} for body in reading.around]
    inside = dataclasses.replace(
        reading, names=names, bodies=bodies, depth=reading.depth + 1, was_read=passed, _seen=set()
    )
    for name, default in defaults(definition).items():
        if name not in given_names:
            reading.follow(default)
    if isinstance(definition, ast.Lambda):
        inside.read(definition.body)
        return True
    for statement in definition.body:
        if isinstance(statement, ast.Assign):
            inside.read(statement.value)
            for target in statement.targets:
                bound = names_bound(target, inside.value(statement.value))
                names.update(bound)
                passed.update(bound)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            inside.read(statement.value)
            return True
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            return False
    return False


def defaults(definition: ast.FunctionDef | ast.Lambda) -> dict[str, ast.expr]:
    """The arguments that need not be given, and what they are then."""
    own = definition.args
    placed = [*own.posonlyargs, *own.args]
    pairs = [*zip(placed[len(placed) - len(own.defaults) :], own.defaults, strict=True)]
    pairs += [
        (one, default) for one, default in zip(own.kwonlyargs, own.kw_defaults, strict=True) if default is not None
    ]
    return {one.arg: default for one, default in pairs}


def is_bare(function: Any) -> bool:
    """Whether a function holds nothing of a user's but its own text and what its arguments are if left out."""
    return isinstance(function, FunctionType) and function.__closure__ is None and not vars(function)
