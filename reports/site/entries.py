"""Entries of an instance, as the pages show them and as Python writes them."""

from __future__ import annotations

from dataclasses import dataclass

from lemmata.checks.counterexample import Counterexample
from lemmata.reports import words

_SHOWN_NUMBERS = 200
_LETTERS_OF_PAPER, _LETTERS_OF_PHONE = 72, 30
"""Letters of a row of a matrix that there is room for."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of an instance: a number, matrices, text, or nothing but its size."""

    name: str
    matrices: tuple[tuple[tuple[str, ...], ...], ...] = ()
    text: str = ""
    elided: int = 0

    @property
    def width(self) -> str:
        """Where its rows take more than a line: ``wide`` on paper and screens, ``long`` on a narrow screen."""
        columns = [zip(*matrix, strict=True) for matrix in self.matrices]
        letters = max((sum(2 + max(map(len, one)) for one in matrix) for matrix in columns), default=0)
        return "wide" if letters > _LETTERS_OF_PAPER else "long" if letters > _LETTERS_OF_PHONE else ""


def entry(name: str, value: object) -> Entry:
    """How an entry is shown: up to a stack of matrices in brackets, ragged nests as text, large ones as their size."""
    size = words.numbers_in(value)
    if size > _SHOWN_NUMBERS:
        return Entry(name=name, elided=size)
    shape = words.shape(value)
    if not isinstance(value, list) or shape is None or 0 in shape or len(shape) > 3:  # noqa: PLR2004 - a stack of matrices
        return Entry(name=name, text=words.scalar(value))
    stack = value if len(shape) == 3 else [value] if len(shape) == 2 else [[value]]  # noqa: PLR2004 - as above
    return Entry(
        name=name,
        matrices=tuple(tuple(tuple(words.scalar(item) for item in row) for row in matrix) for matrix in stack),
    )


def python(example: Counterexample) -> str:
    """The instance as NumPy arrays, to paste; empty if it is large or holds anything but numbers."""
    sizes = [words.numbers_in(value) for value in example.instance.values()]
    if sum(sizes) > _SHOWN_NUMBERS or not all(map(_is_numeric, example.instance.values())):
        return ""
    parameters = f"parameters = {dict(example.parameters)!r}"
    arrays = [f"    {name!r}: np.array({value!r})," for name, value in example.instance.items()]
    return "\n".join(["import numpy as np", "", parameters, "instance = {", *arrays, "}"])


def _is_numeric(value: object) -> bool:
    """Whether it is a number, or a regular nest of numbers; null stands for NaN and is none."""
    if isinstance(value, list):
        return words.shape(value) is not None and all(map(_is_numeric, value))
    return isinstance(value, int | float)
