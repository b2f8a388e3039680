"""How every report tells what was decided for all real numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lemmata.reports import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lemmata.checks.decision import DecidedShape, DecidedVariant, Decision


def lines(decision: Decision | None) -> Iterator[str]:
    """What was decided, shape by shape, and what became of the variants; nothing where nothing was tried."""
    if decision is None:
        return
    if decision.outcome == "true":
        where = f" at {words.one_line(decision.where)}" if decision.where else ""
        yield f"true for all real numbers{where} (by {words.one_line(decision.trusted)})"
    elif decision.counterexample is not None:
        example = decision.counterexample
        yield f"false at a point ({words.one_line(example.arithmetic)}), id {example.id}"
    else:
        yield from dict.fromkeys(_open(one) for one in decision.shapes if one.outcome == "open")
    yield from (f"taken for granted: {words.one_line(one)}" for one in decision.given)
    yield from (_variant(one) for one in decision.variants if one.outcome != "open")


def _open(shape: DecidedShape) -> str:
    return f"not decided: {words.one_line(shape.reason)}"


def _variant(one: DecidedVariant) -> str:
    name = words.one_line(one.name)
    what = f"the mutant {name!r}" if one.is_mutant else f"without {name}"
    if one.counterexample is not None:
        return f"{what}: false, lemmata replay {one.counterexample.id}"
    return f"{what}: true for all real numbers"
