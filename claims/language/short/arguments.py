"""Reading where the arguments of a function around a conjecture come from: its calls, or what a test runner gives it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lemmata.claims.language.short.bodies import defaults, is_bare
from lemmata.claims.language.short.file_text import lines_of
from lemmata.claims.language.short.operations import UnreadError

if TYPE_CHECKING:
    from lemmata.claims.language.short.reading import Reading


def read_argument(reading: Reading, name: str) -> bool:
    """Read the call of the function around a reading, one of whose arguments is asked for; or what stands for that.

    Whether that call was found in the text.
    """
    above = reading.frame.above
    if above is None:
        reading.found.is_matched &= _is_given(reading, name)
        return False
    reading.carried_out((one.file, one.line) for one in above.chain)
    inside = type(reading).at(above, reading.caller)
    call = inside.text.calls.get(above.place)
    parts = [] if call is None else [*call.args, *(one.value for one in call.keywords)]
    if call is not None and not (isinstance(call.func, ast.Name) and is_bare(above.names.get(call.func.id))):
        parts.insert(0, call.func)
    around = (defaults(one) for one in reading.text.functions if reading.frame.line in lines_of(one))
    parts += [one[name] for one in around if name in one]
    for part in parts:
        inside.follow(part)
    reading.found.add_as_carried(inside.found)
    return call is not None


def _is_given(reading: Reading, name: str) -> bool:
    """Read the fixture of an argument's name, or that in the function's decorators which has its value; whether there is one."""
    fixtures = [one for one in reading.text.functions if one.name == name and one.decorator_list]
    inside = type(reading).at(reading.frame, reading.caller)
    if fixtures:
        inside.leave(*fixtures)
    given = [] if fixtures else [one for one in _decorating(reading) if _has_value(inside, one, reading.names[name])]
    for one in given:
        inside.follow(one)
    reading.found.add_as_carried(inside.found)
    return bool(fixtures or given)


def _decorating(reading: Reading) -> Iterator[ast.expr]:
    """The expressions in the decorators of the functions around, and in what names in them were assigned."""
    around = [one for one in reading.text.functions if reading.frame.line in lines_of(one)]
    waiting: list[ast.AST] = [part for one in around for part in one.decorator_list]
    seen: set[str] = set()
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                waiting += [made for _, made in reading.text.assigned.get(node.id, ())]
            elif isinstance(node, ast.expr):
                yield node


def _has_value(reading: Reading, node: ast.expr, value: Any) -> bool:
    try:
        found = reading.value(node)
        return type(found) is type(value) and bool(found == value)
    except (UnreadError, TypeError, ValueError):
        return False
