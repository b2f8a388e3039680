import ast

from lemmata import Or, absolute, conjecture, dimension, dot, long_form, norm2, positive, real, sqrt, unit, vector
from lemmata.claims import load

u, v, m = real("u", "v", "m")
eta = positive("eta")


def test_the_long_form_is_a_call_of_claim() -> None:
    """A short statement is shown as the claim that it stands for, in Python's own grammar."""
    claim = conjecture("a statement", given=[eta * abs(u * v - m) <= sqrt(2)], then=2 * u * v <= u**2 + v**2)
    text = long_form(claim)
    call = ast.parse(text).body[0].value  # type: ignore[attr-defined]
    parts = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}

    assert call.func.id == "Claim"
    assert "AtMost(left=2 * u * v, right=u ** 2 + v ** 2)" == parts["then"]
    assert "Status.CONJECTURE" == parts["status"]
    assert "Hypothesis(name='eta*Abs(m - u*v) <= sqrt(2)', holds=" in parts["given"]
    assert "name='reversed'" in parts["mutants"]


def test_shipped_claims_have_a_long_form_too() -> None:
    """What was written in full is shown in full."""
    (located,) = load(["du2018/scalar-step"]).claims

    assert "then=Conserved(quantity=u**2 - v**2, factor=" in long_form(located.claim)


def test_vectors_are_named() -> None:
    """Matrices stand by their letters."""
    x, y = vector("x", "y", dimension("n"))

    assert "left=Dot(x, y), right=Norm(x)**2 + Norm(y)**2" in long_form(
        conjecture("a statement", then=dot(x, y) <= norm2(x) + norm2(y))
    )


def test_what_is_made_of_entries_keeps_to_the_grammar() -> None:
    """Unit vectors, and hypotheses of several relations, stand by the names of functions."""
    e, x = unit("e", 3), real("x")
    claim = conjecture("a statement", given=[Or(x <= 0, x >= 1)], then=e[0] * x <= absolute(x))

    assert "rebuilt=_rebuilt" in ast.unparse(ast.parse(long_form(claim)))
