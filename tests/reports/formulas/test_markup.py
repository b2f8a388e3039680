import re
import xml.etree.ElementTree as ET

import pytest

from lemmata.reports.formulas.markup import formula, prose


def test_formula_becomes_mathml() -> None:
    """LaTeX turns into MathML, with bold letters as characters that browsers know."""
    text = formula(r"\mathbf{W_{h}} \le 1", display=True)

    assert text.startswith('<math displaystyle="true">')
    assert "𝐖" in text
    assert "mathvariant" not in text
    assert "≤" in text


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
        r"\text{<img src=x onerror=alert(1)>} + x",
        r"\mathrm{</math><script>}",
        r"\operatorname{<script>}",
        r"<script> \unknown{",
        "x < y \x1b[31m",
    ],
)
def test_raw_html_never_leaks(latex: str) -> None:
    """Mark-up inside a formula is text, whether the formula can be converted or not."""
    text = formula(latex)

    assert "<script" not in text.lower()
    assert "<img" not in text.lower()
    assert "\x1b" not in text


@pytest.mark.parametrize("latex", [r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"\class{a}{x}"])
def test_attributes_that_act_are_dropped(latex: str) -> None:
    """Links, styles and classes of a formula do not reach the page as attributes."""
    text = formula(latex)

    assert not any(f"{name}=" in text for name in ("href", "style", "class")) or text.startswith("<code")


@pytest.mark.parametrize(
    "latex", ["{", r"\foo{x}", r"\frac{1}", "x" * 30_000, "{" * 5000 + "}" * 5000, r"\begin{nope}"]
)
def test_what_cannot_be_converted_is_code(latex: str) -> None:
    """Broken, unknown, endless and deeply nested LaTeX is shown as it is written."""
    assert f'<code class="latex">{latex}</code>' == formula(latex)


def test_nothing_gives_nothing() -> None:
    """An empty formula leaves no element behind."""
    assert not formula("  ")


def test_long_formulas_of_prose_may_be_broken() -> None:
    """Between the parts of a long formula a line may end, in its brackets too, and nothing of it is lost."""
    broken = str(prose("|m_K - mu|^2 + tr(S_K) - (d + log(|Lambda|/|K|) - x_1 - x_2 - x_3 - x_4) <= 2"))
    parts = ["".join(ET.fromstring(part).itertext()) for part in re.findall(r"<math>.*?</math>", broken)]

    assert ["|mK−μ|2", "+tr\u2061(SK)", "−(d", "+log\u2061(|Λ|/|K|)", "−x1", "−x2", "−x3", "−x4)", "≤2"] == parts
    assert 1 == str(prose("|x|^2 <= 2")).count("<math")


def test_code_stands_beside_formulas() -> None:
    """What stands in backticks is code, escaped once."""
    assert "the sides: <code>a &lt; b</code> or " in prose("the sides: `a < b` or x_2")
