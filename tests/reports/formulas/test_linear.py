"""Formulas on one line of Unicode."""

import pytest

from lemmata.checks import describe
from lemmata.claims import load
from lemmata.reports.formulas.linear import from_latex


@pytest.mark.parametrize(
    ("expected", "latex"),
    [
        (
            "Qₜ₊₁ = (1 − (u v − m)² ηₜ²) Qₜ, Q := u² − v²",
            r"Q_{t+1} = \left(1 - (u v - m)^{2} \eta_{t}^{2}\right) Q_t, \qquad Q := u^{2} - v^{2}",
        ),
        ("f(x_N) − f_* ≤ L |x₀ − x_*|²/(4 N h + 2)", r"f(x_N) - f_* \le \frac{L |x_0 - x_*|^2}{4 N h + 2}"),
        ("‖x_∞ − x*‖₁ ~ t c αᴰ⁻²", r"\lVert x_{\infty} - x^* \rVert_{1} \sim t c\, \alpha^{D - 2}"),
        ("(2 S choose S) = (2 S)!/S!²", r"{\binom{2 S}{S}} = \frac{\left(2 S\right)!}{S!^{2}}"),
        ("d/dt [W Wᵀ] = 0", r"\frac{d}{dt}\left[W W^{\top}\right] = 0"),
        ("√(a + b) + √2 ≥ max(x, ẏ)", r"\sqrt{a + b} + \sqrt{2} \ge \max\left(x, \dot{y}\right)"),
        ("∑ᵢ ⟨aᵢ, x⟩ < steps", r"\sum_i \langle a_i, x \rangle < \mathrm{steps}"),
        (r"\unknown{", r"\unknown{"),
    ],
)
def test_latex_on_one_line(expected: str, latex: str) -> None:
    """Fractions, roots, norms, scripts and accents are written as by hand; what cannot be read stays as it is."""
    assert expected == from_latex(latex)


def test_no_shipped_statement_stays_latex() -> None:
    """Every conclusion and every symbol of the shipped claims is shown in Unicode, without a command of LaTeX."""
    said = [describe(located) for located in load().claims]
    shown = [from_latex(one) for statement in said for one in (statement.latex, *statement.legend)]

    assert [] == [line for line in shown if "\\" in line]
