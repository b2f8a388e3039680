import pytest
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import AtLeast, AtMost, Conclusion, Conserved, Identity, Monotone, latex

a, b, eta = sp.symbols("a b eta")
rows, columns = sp.symbols("n_h n_{h-1}", integer=True, positive=True)
W = sp.MatrixSymbol("W_h", rows, columns)


@pytest.mark.parametrize(
    ("conclusion", "flow", "expected"),
    [
        (Identity(left=a + b, right=2 * a), False, "a + b = 2 a"),
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
        (Conserved(quantity=a), True, r"\frac{d}{dt}\left[a\right] = 0"),
        (Conserved(quantity=a, change=-2 * b), True, r"\frac{d}{dt}\left[a\right] = - 2 b"),
        (Conserved(quantity=W * W.T), True, r"\frac{d}{dt}\left[W_{h} W_{h}^{T}\right] = 0"),
        (
            Conserved(quantity=DiagonalOf(W * W.T)),
            True,
            r"\frac{d}{dt}\left[\operatorname{diag}\left(W_{h} W_{h}^{T}\right)\right] = 0",
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
