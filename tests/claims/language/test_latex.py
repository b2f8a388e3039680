import pytest
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import AtLeast, AtMost, Conclusion, Conserved, Identity, Monotone, latex, vector
from lemmata.claims.language.functions import L1, Greatest, Least, Total
from lemmata.claims.language.latex import formula

a, b, eta = sp.symbols("a b eta")
rows, columns = sp.symbols("n_h n_{h-1}", integer=True, positive=True)
W = sp.MatrixSymbol("W_h", rows, columns)
V = sp.MatrixSymbol("V_h", rows, columns)


@pytest.mark.parametrize(
    ("conclusion", "flow", "expected"),
    [
        (Identity(left=a + b, right=2 * a), False, "a + b = 2 a"),
        (AtMost(left=sp.Symbol("lam_max"), right=sp.Symbol("eps")), False, r"\lambda_{\mathrm{max}} \le \epsilon"),
        (AtMost(left=a, right=b / 4), False, r"a \le \frac{b}{4}"),
        (AtLeast(left=a**2, right=0), False, r"a^{2} \ge 0"),
        (Monotone(quantity=a), False, r"Q_{t+1} \le Q_t, \qquad Q := a"),
        (Monotone(quantity=a, increasing=True), False, r"Q_{t+1} \ge Q_t, \qquad Q := a"),
        (Conserved(quantity=a), False, r"Q_{t+1} = Q_t, \qquad Q := a"),
        (Conserved(quantity=a, change=eta * b), False, r"Q_{t+1} = Q_t + b \eta, \qquad Q := a"),
        (
            Conserved(quantity=a, factor=1 - eta, change=b),
            False,
            r"Q_{t+1} = \left(1 - \eta\right) Q_t + b, \qquad Q := a",
        ),
        (Conserved(quantity=a), True, r"\frac{d}{dt}\, a = 0"),
        (Conserved(quantity=a, change=-2 * b), True, r"\frac{d}{dt}\, a = - 2 b"),
        (Conserved(quantity=W * W.T), True, r"\frac{d}{dt}\left[W_{h} W_{h}^{\top}\right] = 0"),
        (
            Conserved(quantity=DiagonalOf(W * W.T)),
            True,
            r"\frac{d}{dt}\left[\operatorname{diag}\left(W_{h} W_{h}^{\top}\right)\right] = 0",
        ),
    ],
)
def test_exact_latex(conclusion: Conclusion, flow: bool, expected: str) -> None:  # noqa: FBT001 - a parameter of the test
    """Each kind of conclusion, along a flow or step by step, is written in exactly this LaTeX."""
    assert expected == latex(conclusion, flow=flow)


@pytest.mark.parametrize("change", [-b, -2 * b + 1, a - b])
def test_a_negative_change_reads_as_written(change: sp.Expr) -> None:
    """However the change begins, the LaTeX has no doubled sign such as ``+ -``."""
    text = latex(Conserved(quantity=a, change=change))

    assert "+ -" not in text
    assert "--" not in text.replace(" ", "")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (1 - eta**2 * a**2, r"1 - a^{2} \eta^{2}"),
        (b - a, "b - a"),
        (-a - b, "- a - b"),
        (sp.Symbol("gap_end") / 2, r"\frac{\mathrm{gap}_{\mathrm{end}}}{2}"),
        (sp.Symbol("R2") * sp.Symbol("nu_max"), r"R_{2} \nu_{\mathrm{max}}"),
        (sp.Symbol("w_ij"), "w_{ij}"),
        (sp.log(a), r"\log a"),
        (sp.log(a / b), r"\log\left(\frac{a}{b}\right)"),
        (sp.Symbol("eta_{t,h+1}"), r"\eta_{t,h+1}"),
        (sp.Symbol("Delta_{k+1}"), r"\Delta_{k+1}"),
        (sp.Symbol("|x - x^*|_1"), "|x - x^*|_1"),
        (sp.Symbol(r"\dot{\gamma}_i"), r"\dot{\gamma}_i"),
        (-V.T * W + W.T * V, r"W_{h}^{\top} V_{h} - V_{h}^{\top} W_{h}"),
        (sp.Trace(W * W.T), r"\operatorname{tr}\left(W_{h} W_{h}^{\top}\right)"),
    ],
)
def test_formulas_read_as_a_person_sets_them(expression: sp.Expr, expected: str) -> None:
    """No sum begins with a minus if it need not, Greek letters are letters, transposes and logarithms are plain."""
    assert expected == formula(expression)


def test_named_parts_follow_the_statement() -> None:
    """A part with a name is written by its name, and its formula comes after."""
    claimed = AtMost(left=a, right=eta * b**2, where={eta: sp.Max(a, b)})

    assert r"a \le b^{2} \eta, \qquad \eta = \max\left(a, b\right)" == latex(claimed)


x = vector("x", "n")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Total(x) ** 2, r"\left(\sum_{i} x_{i}\right)^{2}"),
        (a * Greatest(x) ** 2, r"a \left(\max_{i} x_{i}\right)^{2}"),
        (Least(x) ** 3 / a, r"\frac{\left(\min_{i} x_{i}\right)^{3}}{a}"),
        (Total(x) ** -2, r"\frac{1}{\left(\sum_{i} x_{i}\right)^{2}}"),
        (Total(x) ** b, r"\left(\sum_{i} x_{i}\right)^{b}"),
        (sp.sqrt(Total(x)), r"\sqrt{\sum_{i} x_{i}}"),
        (2 * Total(x), r"2 \sum_{i} x_{i}"),
        (Greatest(x) * L1(x), r"\left(\max_{i} x_{i}\right) \left\lVert x \right\rVert_{1}"),
    ],
)
def test_a_power_of_a_sum_is_no_sum_of_powers(expression: sp.Expr, expected: str) -> None:
    """What is gathered from entries stands in brackets where its power, or what follows, would be read into it."""
    assert expected == formula(expression)
