"""Formulas drawn for a terminal."""

from __future__ import annotations

import pytest
import sympy as sp

from lemmata.claims import quantity, vector
from lemmata.claims.language.functions import L1, Dot, Greatest, Total
from lemmata.reports.drawing import drawn

a, b, eta = sp.symbols("a b eta")


def test_what_sympy_cannot_draw_is_written_on_one_line() -> None:
    """A maximum, a norm and a function of entries look as on paper, and not as Python writes them."""
    assert ["max(0, a)"] == drawn(sp.Max(0, a))
    assert ["‖x‖₁ + 1"] == drawn(L1(vector("x", "n")) + 1)
    assert ["‖Fₜ Gₜᵀ − Xᵣ‖_F"] == drawn(sp.Symbol(r"\lVert F_t G_t^\top - X_r \rVert_F"))
    assert ["f(x₀) - f(x_N)"] == drawn(sp.Symbol("f(x_0)") - sp.Symbol("f(x_N)"))
    assert ["γ̇ᵢ"] == drawn(sp.Symbol(r"\dot{\gamma}_i"))


def test_sums_begin_with_what_is_positive() -> None:
    """``1 - x`` and not ``-x + 1``, in fractions too."""
    assert ["1 - a⋅η"] == drawn(1 - a * eta)
    assert ["1 - a", "─────", "  b  "] == drawn((1 - a) / b)


@pytest.mark.parametrize(
    "formula", [a / b, -a / b, 2 * a / (3 * b), a * (b + 1), -a * b, sp.Rational(-1, 2) * a, -(a + b)]
)
def test_products_are_drawn_as_sympy_draws_them(formula: sp.Expr) -> None:
    """Without sums that begin with a minus, the drawing is sympy's own."""
    assert sp.pretty(formula, use_unicode=True, wrap_line=False).splitlines() == drawn(formula)


def test_quantities_are_drawn() -> None:
    """A measured quantity is drawn like the symbol of its name."""
    assert drawn(sp.Symbol("alpha") + 1) == drawn(quantity("alpha", "initialization") + 1)


def test_matrices_are_drawn() -> None:
    """Symbols of matrices are drawn like others."""
    assert "W" in "".join(drawn(sp.MatrixSymbol("W", 2, 2) * sp.MatrixSymbol("V", 2, 2).T))


def test_what_is_gathered_from_entries_is_drawn() -> None:
    """A sum over entries is no atom, and a product of two vectors none of sympy's own."""
    x, y = vector("x", "n"), vector("y", "n")

    assert ["       2", "(∑ᵢ xᵢ) "] == drawn(Total(x) ** 2)
    assert ["a⋅(maxᵢ xᵢ)"] == drawn(a * Greatest(x))
    assert ["      2", "⟨x, y⟩ "] == drawn(Dot(x, y) ** 2)
