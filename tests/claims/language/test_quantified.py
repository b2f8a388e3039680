"""Conclusions with quantifiers as written: LaTeX, logarithms, units of scale."""

from typing import Any

import pytest
import sympy as sp
from toy_quantified import C, coins, growing, m, p, power_laws, q, s, u

from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    ClaimError,
    Conclusion,
    Constant,
    Identity,
    Mutant,
    Procedure,
    Rate,
    Selects,
    Side,
    WithProbability,
    latex,
    replace_constant,
)

L, R, f = sp.symbols("L R f", positive=True)
ell, rho = sp.symbols("ell rho", positive=True)


@pytest.mark.parametrize(
    ("conclusion", "expected"),
    [
        (Rate(quantity=q, scale=s, exponent=2), r"q = \Theta\left(s^{2}\right)"),
        (Rate(quantity=q, scale=s, exponent=2, side=Side.UPPER), r"q = O\left(s^{2}\right)"),
        (Rate(quantity=q, scale=s, exponent=2, side=Side.LOWER), r"q = \Omega\left(s^{2}\right)"),
        (Rate(quantity=q, scale=s**2, exponent=2, constant=3), r"q \sim 3\, s^{4}"),
        (WithProbability(event=AtMost(left=u, right=p), at_least=p), r"\Pr\left[ u \le p \right] \ge p"),
        (WithProbability(event=AtMost(left=u, right=p), at_most=p), r"\Pr\left[ u \le p \right] \le p"),
        (WithProbability(event=AtMost(left=u, right=p), at_least=p, at_most=p), r"\Pr\left[ u \le p \right] = p"),
        (Selects(reached=q, least=s, other=u), "q = s < u"),
        (AtMost(left=u, right=C * m, constant=Constant(symbol=C)), r"u \le C m,\qquad C\ \mathrm{absolute}"),
        (
            AtLeast(left=u, right=C * m, constant=Constant(symbol=C, may_depend_on=("n",))),
            r"u \ge C m,\qquad C = C(n)",
        ),
    ],
)
def test_latex(conclusion: Conclusion, expected: str) -> None:
    """Every kind reads as in a paper."""
    assert expected == latex(conclusion)


def test_logarithms() -> None:
    """A quantity given through its logarithm is never exponentiated."""
    x = sp.Symbol("x")

    assert (sp.Symbol("x", real=True), sp.log(s)) == Rate(quantity=sp.exp(x), scale=s, exponent=1).logarithms


def test_with_constant() -> None:
    """A number in place of the constant; a bound without one stays itself."""
    bound = AtMost(left=u, right=C * m, constant=Constant(symbol=C))

    assert AtMost(left=u, right=3 * m) == replace_constant(bound, 3)
    assert AtMost(left=u, right=m) == replace_constant(AtMost(left=u, right=m), 3)


@pytest.mark.parametrize("make", [coins, power_laws, growing], ids=["WithProbability", "Rate", "Constant"])
def test_are_values(make: Any) -> None:
    """Claims built twice alike have equal conclusions."""
    assert make().then == make().then


LARGER = Mutant(name="larger", because="it is not", then=AtMost(left=f, right=-1))


def measured(then: Conclusion) -> Claim:
    """A claim on the gap f of an L-smooth function from a distance R, with their units."""
    units = {f: ell * rho**2, L: ell, R: rho}
    procedure = Procedure(
        name="descent", measures={f: "gap", L: "smoothness", R: "radius", m: "n"}, run=_never, units=units
    )
    return growing(when=procedure, then=then, mutants=(LARGER,))


def _never(*_: Any) -> Any:
    raise NotImplementedError


class TestUnits:
    """Both sides must scale alike when what they speak of is measured in other units."""

    @pytest.mark.parametrize(
        "right", [L * R**2 / (4 * m + 2), sp.Max(L * R**2 / m, L * R**2 / 7), sp.sqrt(L**2 * R**4) + L * R**2]
    )
    def test_alike(self, right: sp.Expr) -> None:
        """Right units in several forms."""
        assert right == measured(AtMost(left=f, right=right)).then.right

    @pytest.mark.parametrize("right", [L * R, L**2 * R**2, R**2, sp.sqrt(L) * R**2])
    def test_different(self, right: sp.Expr) -> None:
        """A side that scales otherwise is refused, and told by how much."""
        with pytest.raises(ClaimError, match=r"different units of scale: with (ell|rho) four times"):
            measured(AtMost(left=f, right=right))

    def test_sum(self) -> None:
        """A sum of different units."""
        with pytest.raises(ClaimError, match="adds quantities of different units"):
            measured(Identity(left=f, right=L * R**2 + R))

    def test_unmeasured(self) -> None:
        """A unit for what is not measured."""
        with pytest.raises(ClaimError, match="gives units to s, which it does not measure"):
            Procedure(name="descent", measures={f: "gap"}, run=_never, units={s: ell})
