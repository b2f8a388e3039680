"""Formulas for a terminal: drawn in Unicode over several lines, and symbols of LaTeX names as letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sympy import Mul, S
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_use_unicode
from sympy.printing.pretty.stringpict import prettyForm
from sympy.simplify.radsimp import fraction

from lemmata.claims import positive_first
from lemmata.claims.language.latex import formula, is_operator
from lemmata.reports.formulas.linear import from_latex

if TYPE_CHECKING:
    from collections.abc import Sequence


def drawn(expression: Any) -> list[str]:
    """The lines of a sympy expression drawn in Unicode."""
    before = pretty_use_unicode(flag=True)  # sympy's own switch: it looks at the terminal otherwise
    try:
        return str(_Drawer({"use_unicode": True, "wrap_line": False}).doprint(expression)).splitlines()
    finally:
        pretty_use_unicode(before)


class _Drawer(PrettyPrinter):  # type: ignore[misc]  # sympy is not annotated
    """sympy's drawing; sums begin with what is positive, products without sympy's physical units (slow to import)."""

    def _as_ordered_terms(self, expression: Any, order: str | None = None) -> Sequence[Any]:
        return positive_first(super()._as_ordered_terms(expression, order=order))

    def _print_Symbol(self, expression: Any, bold_name: bool = False) -> Any:  # noqa: FBT001, FBT002 - sympy calls it so
        if not re.search(r"[\\{}|()]", expression.name):
            return super()._print_Symbol(expression, bold_name)
        return prettyForm(from_latex(expression.name), binding=prettyForm.ATOM)

    def emptyPrinter(self, expression: Any) -> Any:
        """What sympy cannot draw, such as a norm or a function of entries, on one line."""
        binding = prettyForm.ADD if is_operator(expression) else prettyForm.ATOM
        return prettyForm(from_latex(formula(expression)), binding=binding)

    def _print_Max(self, expression: Any) -> Any:
        return self.emptyPrinter(expression)

    _print_Min = _print_Max  # noqa: N815 - sympy calls it so

    def _print_Mul(self, product: Any) -> Any:
        above, below = fraction(product)
        top = prettyForm.__mul__(*(self._print(factor) for factor in _factors(above)))
        if below is S.One:
            return top
        return top / prettyForm.__mul__(*(self._print(factor) for factor in _factors(below)))


def _factors(product: Any) -> list[Any]:
    return product.as_ordered_factors() if isinstance(product, Mul) else [product]
