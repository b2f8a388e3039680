"""Exceptions for misuse: one class a cause, each message says what came, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


IN_FLOATS = (
    "compute it in floats and give a bound of the error: known_within(value, error, x) around floats that as_floats(x) "
    "gives, both of lemmata.solvers, with exact=False"
)
"""What to do where an operation cannot be carried through the number systems."""


_refused: ContextVar[list[Exception] | None] = ContextVar("refused", default=None)


@contextmanager
def nothing_caught() -> Iterator[None]:
    """Raise at the end of the block what a number system refused within it, where other code has caught that.

    An ``except`` around an operation would otherwise take its own way in one number system and not in NumPy's arrays.
    """
    met: list[Exception] = []
    token = _refused.set(met)
    try:
        yield
    finally:
        _refused.reset(token)
    if met:
        raise met[0]


class _RefusalError(TypeError):
    """What `nothing_caught` hears of."""

    def __init__(self, *words: object) -> None:
        super().__init__(*words)
        met = _refused.get()
        if met is not None:
            met.append(self)


class ShapeError(ValueError):
    """An array has a shape that does not fit the network, the batch or the other operand."""


class NotFiniteError(ValueError):
    """An input holds NaN or infinity; results from it would mean nothing."""


class NotRationalError(_RefusalError):
    """A number system ends here, and another or more digits may go on.

    Most of all: a function whose values are not rational was asked of exact rationals or residues.
    """


class NumberSystemError(_RefusalError):
    """Two number systems that do not mix met, or an operation is missing in a number system."""


class DivisionByZeroError(NotRationalError, ZeroDivisionError):
    """Exact rationals were divided by zero: the quotient is no rational, and balls say so by themselves."""


class TooLongError(NotRationalError):
    """Exact rationals have grown more digits than can be handled; balls keep their length."""


class UndecidedError(NotRationalError):
    """A single yes or no was asked of a comparison that error bounds leave open; more digits may decide it."""


class UnknownNameError(ValueError):
    """A name (activation, loss, data set ...) is not among the known ones."""


def unknown_name(what: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """The error for a `name` that is not among the `known` ones of kind `what`."""
    return UnknownNameError(f"unknown {what} {name!r}; expected one of {', '.join(sorted(known))}.")
