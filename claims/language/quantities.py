"""Quantities: a symbol, what it means and its unit, declared once and used in every formula."""

from __future__ import annotations

from typing import Any, Self

import sympy as sp

from lemmata.claims.language.conclusions import Expression
from lemmata.claims.language.errors import ClaimError


class MeasuredQuantity(sp.Symbol):  # type: ignore[misc]  # sympy is not annotated
    """A symbol that knows what it stands for. Made by `quantity`.

    Two of one name are the same only if their units and meanings are: else sympy's cache would give one statement the
    quantity of another. Not named ``Quantity``: sympy's printers go by a class's name, and keep that one for physical
    quantities.
    """

    __slots__ = ("meaning", "said", "unit")

    meaning: str
    unit: Expression
    said: tuple[str, ...]
    """All that is said of it, as text: to compare it takes no more time than to compare names."""

    def __new__(cls, name: str, meaning: str = "", unit: Expression = None, **assumptions: Any) -> Self:  # noqa: D102 - as `quantity`
        made: Self = cls.__xnew__(cls, name, **assumptions)
        made.meaning, made.unit, made.said = meaning, unit, (meaning, repr(unit))
        return made

    def _hashable_content(self) -> tuple[Any, ...]:
        content: tuple[Any, ...] = super()._hashable_content()
        return content + getattr(self, "said", ())

    def __reduce__(self) -> tuple[Any, ...]:
        return (_again, (self.name, self.meaning, self.unit, dict(self._assumptions_orig)))


def _again(name: str, meaning: str, unit: Expression, assumptions: dict[str, Any]) -> MeasuredQuantity:
    return MeasuredQuantity(name, meaning, unit, **assumptions)


def quantity(name: str, meaning: str, *, unit: Expression = None, **assumptions: Any) -> Any:
    """A measured quantity, to be used like any sympy symbol and to be listed in ``Procedure(measures=...)``.

    Args:
        name: how it is written, in LaTeX: ``"alpha"``, ``"Delta_{k+1}"``, ``"|x - x^*|_1"``.
        meaning: in words, for the legend of the report.
        unit: a product of powers of unit symbols; a pure number if left out.
        **assumptions: what sympy may simplify with, ``positive=True``, ``real=True``, ``integer=True``.

    Raises:
        ClaimError: the meaning is empty.
    """
    if not meaning.strip():
        raise ClaimError(f"quantity({name!r}) has no meaning; say in words what it is")
    return MeasuredQuantity(name, meaning, unit, **assumptions)
