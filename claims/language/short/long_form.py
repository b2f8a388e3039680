"""A claim written out in full: what a short statement stands for."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

import sympy as sp

from lemmata.claims.language.claim import Claim
from lemmata.claims.language.paper import Source

_WIDTH = 100


def long_form(claim: Claim) -> str:
    """The claim as the call of `Claim` that it stands for: its family, procedure, conclusion, mutants and proof.

    It is meant to be read: functions stand by their names, and a mutant that follows from the claim by what it changes.
    """
    return f"claim = {_written(claim, 0)}\n"


def _written(value: Any, depth: int) -> str:
    match value:
        case sp.Basic():
            return str(value)
        case enum.Enum():
            return f"{type(value).__name__}.{value.name}"
        case Source():
            return f"{type(value.paper).__name__}({value.paper.key!r}).at({value.location!r})"
        case tuple() | list():
            return _called("(", [_written(one, depth + 1) for one in value], ",)" if len(value) == 1 else ")", depth)
        case dict():
            return _called(
                "{", [f"{_key(name)}: {_written(one, depth + 1)}" for name, one in value.items()], "}", depth
            )
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [f"{name}={_written(part, depth + 1)}" for name, part in _parts(value)]
        return _called(f"{type(value).__name__}(", parts, ")", depth)
    return str(getattr(value, "__qualname__", "")).partition(".<")[0] or repr(value)


def _key(name: Any) -> str:
    return repr(name) if isinstance(name, str) else str(name)


def _parts(value: Any) -> list[tuple[str, Any]]:
    """The fields that differ from their defaults."""
    found = []
    for field in dataclasses.fields(value):
        part = getattr(value, field.name)
        default = field.default_factory() if callable(field.default_factory) else field.default
        is_alike = type(part) is type(default) or isinstance(part, sp.Integer)
        if part is not default and not (is_alike and part == default):
            found.append((field.name, part))
    return found


def _called(opening: str, parts: list[str], closing: str, depth: int) -> str:
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) + 4 * depth <= _WIDTH and "\n" not in line:
        return line
    inside = "".join(f"{'    ' * (depth + 1)}{part},\n" for part in parts)
    return f"{opening}\n{inside}{'    ' * depth}{closing.lstrip(',')}"
