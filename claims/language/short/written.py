"""What a user's own text asks of quantities: divisions, roots and logarithms, read before sympy simplifies them away.

The text of the call is read, with the names and the plain functions that it uses. What was made of operations that
cannot be found so may ask whatever an operation of its file did outside other conjectures.
"""

from __future__ import annotations

import ast

from lemmata.claims.language.domains import Need
from lemmata.claims.language.short.asked import Written, is_of_others
from lemmata.claims.language.short.callers import Caller, noted
from lemmata.claims.language.short.file_text import first_line, lines_of, owned, text_of
from lemmata.claims.language.short.noted import needs_of
from lemmata.claims.language.short.reading import Reading

READ = frozenset({"then", "where", "given", "along", "steps"})
"""The arguments of a conjecture that are read."""


def noted_outside(caller: Caller) -> set[Need]:
    """What operations asked that the file has led to, in functions around the call or in none, but for other conjectures.

    Lines of the module that others are made of are theirs.
    """
    text, asked = text_of(caller.file), noted()
    others = [one for one in text.functions if caller.line not in lines_of(one)]
    apart = {line for one in others for line in range(first_line(one), lines_of(one).stop)}
    apart |= owned(text, [one.place for one in caller.chain if one.file == caller.file])
    lines = {line for line in asked.outermost if line[0] == caller.file and line[1] not in apart}
    own = [line for line in lines if not is_of_others([line], caller)]
    found = (one for line in own for one in asked.led_to(line, caller.made, alone=True))
    return needs_of(one for one in found if one.line[0] == caller.file and not is_of_others(one.lines, caller))


def written(caller: Caller, part: str) -> Written:
    """What the argument ``part`` of the call at hand asks of quantities, as it is written.

    Of arguments that are given together, or beforehand to another function, the conclusion takes all.
    """
    reading = Reading.at(caller, caller)
    call = reading.text.calls.get(caller.place)
    if call is None:
        return Written(is_whole=False, is_matched=False)
    named = [one.value for one in call.keywords if one.arg == part]
    if named:
        reading.follow(named[0])
        return reading.found
    together = [one.value for one in call.keywords if one.arg is None and _may_state(one.value, caller)]
    if not reading.is_conjecture(call.func):
        together.append(call.func)
    if part == "then":
        for one in together:
            reading.follow(one)
        reading.found.is_matched &= bool(together)
    reading.found.is_whole &= not together
    return reading.found


def _may_state(node: ast.expr, caller: Caller) -> bool:
    """Whether arguments that are given together (``**options``) may be among those that are read."""
    given = caller.names.get(node.id) if isinstance(node, ast.Name) else None
    return not isinstance(given, dict) or not READ.isdisjoint(given)
