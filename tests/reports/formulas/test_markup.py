import pytest

from lemmata.reports.formulas.markup import formula


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
