"""Coins in a claim's code: a global random generator, generators that are made without a seed, and the clock.

A coin that comes up once in a thousand calls is met by no repetition. The state of a global generator tells that it
was used; that `default_rng()` is called without a seed, or `time.time()`, only the text of the code tells. A generator
that the code finds outside itself, seeded or not, is a coin as well.
"""

from __future__ import annotations

import ast
import datetime as dt
import random
import sys
import threading
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from lemmata.checks.stages.texts import closed_over, parsed, reached
from lemmata.claims import Claim, ClaimError

FROM_RNG = (
    "it draws from `rng` and nothing else: NumPy's global generator and the module random are shared by everything"
)
AS_QUANTITY = "draw what is random in the family, as a quantity"
AT_NO_TIME = "what it makes of an instance must be the same at any time, or no violation could be run again"
_SEEDED = frozenset({"default_rng", "RandomState", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64", "Random"})
"""Generators that draw their seed from the system where none is given."""
_OF_THE_SYSTEM = frozenset({"SystemRandom", "urandom", "uuid1", "uuid4", "token_bytes", "token_hex", "randbelow"})
_CLOCKS = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "ctime")
_DATES = frozenset({"now", "utcnow", "today"})
_GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


@contextmanager
def no_global_generator(whose: str, advice: str) -> Iterator[None]:
    """Refuse claim code that moves the state of a global random generator.

    Libraries may do so while they are imported; where any module was, nothing is said. Nor is it off the main thread,
    as in a worker of Dask's, whose other threads draw their pauses from the same generators.

    Raises:
        ClaimError: it did.
    """
    before, imported = _states(), len(sys.modules)
    yield
    alone = threading.current_thread() is threading.main_thread()
    if alone and len(sys.modules) == imported and _states() != before:
        raise ClaimError(f"{whose} uses a global random generator; {advice}")


def _states() -> tuple[Any, ...]:
    state: Any = np.random.get_state(legacy=False)  # noqa: NPY002 - it is this state that must not move
    return random.getstate(), state["state"]["key"].tobytes(), state["state"]["pos"], state["has_gauss"]


def refuse_unseeded(claim: Claim) -> None:
    """Refuse a procedure or a draw whose code makes a random generator without a seed, or reads the clock.

    Raises:
        ClaimError: it does; it names the call and its line.
    """
    for whose, function, advice in (
        (f"procedure {claim.when.name!r}", claim.when.run, AS_QUANTITY),
        (f"family {claim.given.name!r}", claim.given.draw, f"let {FROM_RNG}"),
    ):
        for part in reached(function):
            if found := _unseeded(part):
                raise ClaimError(f"{whose} makes random numbers that no seed repeats: {found}; {advice}")
            if read := _clock(part):
                raise ClaimError(f"{whose} reads the clock: {read}; {AT_NO_TIME}")
            if held := _held(part):
                raise ClaimError(f"{whose} draws from {held}, which goes on from one call to the next; {advice}")


def _held(function: types.FunctionType) -> str:
    """A random generator of the module, or of the function around, that a function uses, in words; empty if none."""
    values = {f"a generator of the function around {function.__name__}": one for one in closed_over(function)}
    values |= {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return next((name for name, value in values.items() if isinstance(value, _GENERATORS)), "")


def _unseeded(function: types.FunctionType) -> str:
    """The first call in a function's text that draws a seed from the system, with its line; empty if there is none."""
    return next((found for call, found in _calls(function) if _is_coin(call)), "")


def _clock(function: types.FunctionType) -> str:
    """The first call in a function's text that reads a clock, with its line; empty if there is none."""
    return next((found for call, found in _calls(function) if _is_clock(call, function)), "")


def _calls(function: types.FunctionType) -> Iterator[tuple[ast.Call, str]]:
    """The calls in a function's text, each also in words, with its line."""
    tree = parsed(function)
    file = Path(function.__code__.co_filename).name
    for call in () if tree is None else ast.walk(tree):
        if isinstance(call, ast.Call):
            yield call, f"{ast.unparse(call)} ({file}, line {call.lineno})"


def _is_coin(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [*call.args, *(one.value for one in call.keywords)]
    nothing = all(isinstance(one, ast.Constant) and one.value is None for one in given)
    return name in _OF_THE_SYSTEM or (name in _SEEDED and nothing)


def _is_clock(call: ast.Call, function: types.FunctionType) -> bool:
    """Whether a call reads a clock, by what its name stands for, or by the name where the function imports it."""
    if isinstance(call.func, ast.Attribute):
        module = _named(call.func.value, function)
        whose = module.__name__ if isinstance(module, types.ModuleType) else ast.unparse(call.func.value)
        is_date = isinstance(module, type) and issubclass(module, dt.date)
        return (whose == "time" and call.func.attr in _CLOCKS) or (
            call.func.attr in _DATES and (is_date or whose.rpartition(".")[2] in {"datetime", "date"})
        )
    return any(_named(call.func, function) is getattr(time, name) for name in _CLOCKS)


def _named(node: ast.expr, function: types.FunctionType) -> Any:
    """What a name, or a name of a module, stands for in a function; None if it is not known."""
    match node:
        case ast.Name():
            return function.__globals__.get(node.id)
        case ast.Attribute():
            return getattr(_named(node.value, function), node.attr, None)
    return None
