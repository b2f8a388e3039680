"""Divisions, powers and logarithms that a user's file carries out, however its text brings them about.

Reading the text tells which of them a statement is made of, but not inside a lambda, a loop or a method. What is noted
while they are carried out leaves none out, but does not tell which statement they belong to.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import sympy as sp

from lemmata.claims.language.domains import Need, needs_of_logarithm, needs_of_power

_DIVISIONS = ("__truediv__", "__rtruediv__")
_POWERS = ("__pow__", "__rpow__")
_NUMBERS = (sp.Number, sp.Rational, sp.Integer, sp.Float)
_WITHIN = frozenset(
    {*_DIVISIONS, *_POWERS, "sqrt", "root", "cbrt", "log", "power", "_func", "wrapper", "binary_op_wrapper"}
    | {"noted", "__sympifyit_wrapper", "sympify_return_wrapper", "_pow"}
)
"""Functions of sympy and lemmata that an operation in a user's text goes through."""
_OURS = frozenset({"sympy", "lemmata"})


@dataclass(frozen=True)
class Noted:
    """What one operation asked, and the line of the text that carried it out."""

    file: str
    line: int
    need: Need


@contextmanager
def noting(found: set[Noted]) -> Iterator[None]:
    """While a file is imported: what the operations in its text ask is added to ``found``."""
    with ExitStack() as stack:
        for owner in (sp.Expr, sp.MatrixExpr, *_NUMBERS):
            for name in (one for one in (*_DIVISIONS, *_POWERS) if one in vars(owner)):
                stack.enter_context(_replaced(owner, name, found, _asked_by(name)))
        stack.enter_context(
            _replaced(sp.Pow, "__new__", found, lambda _, base, exponent: needs_of_power(base, exponent))
        )
        stack.enter_context(_replaced(sp.log, "__new__", found, lambda _, argument, *__: needs_of_logarithm(argument)))
        yield


def _asked_by(name: str) -> Callable[[Any, Any], set[Need]]:
    """What an operator asks of its two operands, the second of which comes first where it is reflected."""

    def asked(one: Any, other: Any) -> set[Need]:
        left, right = (other, one) if name.startswith("__r") else (one, other)
        return needs_of_power(right, -1) if name in _DIVISIONS else needs_of_power(left, right)

    return asked


@contextmanager
def _replaced(owner: Any, name: str, found: set[Noted], asked: Callable[..., set[Need]]) -> Iterator[None]:
    own = vars(owner).get(name)
    operation = getattr(owner, name)

    def noted(*operands: Any, **options: Any) -> Any:
        frame = sys._getframe(1)  # noqa: SLF001 - whose text this is, nothing else tells
        while frame.f_code.co_name in _WITHIN and _package(frame) in _OURS and frame.f_back is not None:
            frame = frame.f_back
        if _package(frame) not in _OURS:
            found.update(Noted(frame.f_code.co_filename, frame.f_lineno, one) for one in asked(*operands))
        return operation(*operands, **options)

    setattr(owner, name, noted)
    try:
        yield
    finally:
        if own is None:
            delattr(owner, name)
        else:
            setattr(owner, name, own)


def _package(frame: Any) -> str:
    package: str = frame.f_globals.get("__name__", "").partition(".")[0]
    return package
