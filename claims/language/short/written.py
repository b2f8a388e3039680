"""What a user's own text asks of quantities: divisions, roots and logarithms, read before sympy simplifies them away.

The text of the call is read, with the names and the plain functions that it uses. What was made of operations that
cannot be found so may ask whatever an operation of its file did outside other conjectures.
"""

from __future__ import annotations

from lemmata.claims.language.domains import Need
from lemmata.claims.language.short.asked import Written, is_of_others
from lemmata.claims.language.short.callers import Caller, noted
from lemmata.claims.language.short.file_text import assignments, lines_of, text_of
from lemmata.claims.language.short.noted import needs_of
from lemmata.claims.language.short.reading import Reading


def noted_outside(caller: Caller) -> set[Need]:
    """What operations asked that the file has led to, in functions around the call or in none, but for other conjectures."""
    text, asked = text_of(caller.file), noted()
    apart = {line for one in text.functions if caller.line not in lines_of(one) for line in lines_of(one)}
    lines = [(caller.file, line) for line in range(1, len(text.lines) + 1) if line not in apart]
    own = [line for line in lines if line in asked.outermost and not is_of_others([line], caller)]
    found = (one for line in own for one in asked.led_to(line, caller.made, alone=True))
    return needs_of(one for one in found if one.line[0] == caller.file and not is_of_others(one.lines, caller))


def written(caller: Caller, part: str) -> Written:
    """What the argument ``part`` of the call at hand asks of quantities, as it is written."""
    text = text_of(caller.file)
    call = text.calls.get(caller.place)
    argument = next((one.value for one in call.keywords if one.arg == part), None) if call is not None else None
    if call is None or argument is None:
        return Written(is_whole=call is not None and all(one.arg for one in call.keywords))
    around = sorted((one for one in text.functions if call.lineno in lines_of(one)), key=lambda one: -one.lineno)
    bodies = [*(assignments(one.body) for one in around), text.assigned]
    reading = Reading(
        names=caller.names,
        bodies=bodies,
        around=bodies,
        text=text,
        file=caller.file,
        last=call.lineno,
        caller=caller,
    )
    reading.follow(argument)
    return reading.found
