"""Coins in a claim's code: the use of a global random generator, and generators that are made without a seed.

A coin that comes up once in a thousand calls is met by no repetition. The state of a global generator tells that it
was used; that `default_rng()` is called without a seed, only the text of the code tells. A generator that the code
finds outside itself, seeded or not, is a coin as well.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import random
import sys
import textwrap
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from lemmata.claims import Claim, ClaimError

FROM_RNG = (
    "it draws from `rng` and nothing else: NumPy's global generator and the module random are shared by everything"
)
AS_QUANTITY = "draw what is random in the family, as a quantity"
_SEEDED = frozenset({"default_rng", "RandomState", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64", "Random"})
"""Generators that draw their seed from the system where none is given."""
_OF_THE_SYSTEM = frozenset({"SystemRandom", "urandom", "uuid1", "uuid4", "token_bytes", "token_hex", "randbelow"})
_GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)
_OURS = ("lemmata.checks.", "lemmata.solvers.", "lemmata.claims.language.")
"""Code that holds no coin, and is only gone through to what it calls."""


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
    """Refuse a procedure or a draw whose code makes a random generator without a seed.

    Raises:
        ClaimError: it does; it names the call and its line.
    """
    for whose, function, advice in (
        (f"procedure {claim.when.name!r}", claim.when.run, AS_QUANTITY),
        (f"family {claim.given.name!r}", claim.given.draw, f"let {FROM_RNG}"),
    ):
        for part in _reached(function, set()):
            if found := _unseeded(part):
                raise ClaimError(f"{whose} makes random numbers that no seed repeats: {found}; {advice}")
            if held := _held(part):
                raise ClaimError(f"{whose} draws from {held}, which goes on from one call to the next; {advice}")


def _reached(thing: Any, known: set[int]) -> Iterator[types.FunctionType]:
    """The functions that a callable holds, closes over, or calls by a name of its own module."""
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
            inner = [*_closed_over(thing), *_called(thing)]
        case _ if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            inner = [getattr(thing, one.name) for one in dataclasses.fields(thing)]
        case _:
            inner = []
    for one in inner:
        yield from _reached(one, known)


def _closed_over(function: types.FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue


def _called(function: types.FunctionType) -> list[Any]:
    named = [function.__globals__.get(name) for name in function.__code__.co_names]
    return [one for one in named if isinstance(one, types.FunctionType) and one.__module__ == function.__module__]


def _held(function: types.FunctionType) -> str:
    """A random generator of the module, or of the function around, that a function uses, in words; empty if none."""
    values = {f"a generator of the function around {function.__name__}": one for one in _closed_over(function)}
    values |= {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return next((name for name, value in values.items() if isinstance(value, _GENERATORS)), "")


def _unseeded(function: types.FunctionType) -> str:
    """The first call in a function's text that draws a seed from the system, with its line; empty if there is none."""
    return "" if function.__module__.startswith(_OURS) else _coin_in(function.__code__)


@functools.lru_cache(maxsize=1024)
def _coin_in(code: types.CodeType) -> str:
    try:
        lines, first = inspect.getsourcelines(code)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):  # no text, or a lambda in the middle of a line
        return ""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _is_coin(call):
            file = Path(code.co_filename).name
            return f"{ast.unparse(call)} ({file}, line {first + call.lineno - 1})"
    return ""


def _is_coin(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [*call.args, *(one.value for one in call.keywords)]
    nothing = all(isinstance(one, ast.Constant) and one.value is None for one in given)
    return name in _OF_THE_SYSTEM or (name in _SEEDED and nothing)
