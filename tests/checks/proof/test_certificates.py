"""Sums of squares: found where they exist, checked in rationals against the claim, refused when changed."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from lemmata import at_least, conjecture, dot, nonnegative, norm2, real, vector
from lemmata.checks import Effort, Store, replay_certificate, run
from lemmata.checks._decide import own_decision
from lemmata.checks._kept import keep_certificate
from lemmata.checks.decision import Certificate
from lemmata.checks.proof.certificates import certified, proves, read_polynomial
from lemmata.checks.proof.decide import shapes
from lemmata.checks.proof.problems import Problem, problem
from lemmata.checks.proof.squares import sum_of_squares
from lemmata.claims import Library, Located, load
from lemmata.reports.decisions import certificate_text
from lemmata.solvers.numbers.symbolic.formulas import number, variable

x, y, z, w = real("x", "y", "z", "w")
p, q = nonnegative("p", "q")
X, Y = vector("X", "Y", 2)

WITH = {
    "a form": x**2 - x * y + y**2,
    "a square with zeros": (x - 1) ** 2 * (y - 2) ** 2 + (x - y + 1) ** 2,
    "four means": x**4 + y**4 + z**4 + w**4 - 4 * x * y * z * w,
    "Cauchy and Schwarz": norm2(X) * norm2(Y) - dot(X, Y) ** 2,
    "a product of hypotheses": p * q,
    "an odd power under a hypothesis": p**3 + p * (q - 1) ** 2,
}
WITHOUT = {"Motzkin": x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1, "false": x**2 - y**2, "a root": abs(x) + 1}


def stated(formula: Any) -> Problem:
    """The conjecture that a formula is not negative, at its first shape."""
    claim = conjecture("Not negative", key="t/squares", then=at_least(formula, 0))
    return problem(claim, shapes(claim)[0][0], 10)


def expanded(certificate: Certificate) -> Any:
    """What a certificate adds up to, by sympy."""
    read = [sp.sympify(one.replace("^", "**")) for one in certificate.multipliers]
    squares = [(read[k], sp.Rational(weight), sp.sympify(r.replace("^", "**"))) for k, weight, r in certificate.squares]
    return sp.expand(sum(multiplier * weight * root**2 for multiplier, weight, root in squares))


@pytest.mark.parametrize("name", WITH)
def test_a_sum_of_squares_is_found_and_adds_up(name: str) -> None:
    """The certificate proves its claim, and sympy finds the same polynomial on both sides, no weight negative."""
    made = stated(WITH[name])

    (one,) = certified(made)

    assert proves(made, [one])
    assert 0 == sp.expand(expanded(one) - sp.sympify(one.target.replace("^", "**")))
    assert all(sp.Rational(weight) >= 0 for _, weight, _ in one.squares)


@pytest.mark.parametrize("name", WITHOUT)
def test_none_is_found_where_there_is_none(name: str) -> None:
    """Motzkin's polynomial is not negative and no sum of squares; what is false, or no polynomial, has none either."""
    assert () == certified(stated(WITHOUT[name]))


def test_a_changed_certificate_proves_nothing() -> None:
    """A weight, a root, a multiplier that is no hypothesis, or another claim: each is seen."""
    made = stated(WITH["a form"])
    (one,) = certified(made)
    (place, weight, root), *rest = one.squares

    assert not proves(made, [dataclasses.replace(one, squares=[(place, f"-{weight}", root), *rest])])
    assert not proves(made, [dataclasses.replace(one, squares=[(place, weight, f"{root} + 1"), *rest])])
    assert not proves(made, [dataclasses.replace(one, multipliers=["x0", *one.multipliers[1:]])])
    assert not proves(stated(WITHOUT["false"]), [one])
    assert not proves(made, [])


def test_polynomials_are_read() -> None:
    """The text of a polynomial is read as itself; anything else is refused."""
    text = str(read_polynomial("-3/2*x0^2*x1 + x1 - 7"))

    assert str(read_polynomial(text)) == text
    with pytest.raises(ValueError, match="expected a polynomial"):
        read_polynomial("__import__")
    with pytest.raises(ValueError, match="expected factors"):
        read_polynomial("9^9*x0")


def test_a_stored_certificate_is_checked_again(tmp_path: Path) -> None:
    """A run proves the claim by sums of squares, names no solver, and what it stores is checked again."""
    claim = conjecture("Two means", key="t/means", then=2 * x * y <= x**2 + y**2)
    library = Library(claims=(Located(claim, str(tmp_path / "t.py")),), failures=())
    (tmp_path / "t.py").write_text(
        'from lemmata import conjecture, real\nx, y = real("x", "y")\n'
        'means = conjecture("Two means", key="t/means", then=2 * x * y <= x**2 + y**2)\n'
    )
    with Store.open(tmp_path / "store.sqlite") as store:
        (evidence,) = run(library, effort=Effort.QUICK, seed=0, jobs=None, store=store).claims
        decision = evidence.decision

        assert decision is not None
        assert "proved" == evidence.verdict
        assert "sums of squares" in evidence.sentence
        assert "z3" not in evidence.sentence
        checked = replay_certificate(store, decision.shapes[0].id, claims=[str(tmp_path / "t.py")])
        assert checked.holds


def test_hypotheses_that_exclude_each_other_prove_nothing(tmp_path: Path) -> None:
    """No shape is said to be true where no numbers meet the hypotheses, and a certificate from there is no proof."""
    text = 'both = conjecture("Both", key="t/both", then=at_least(x * y, 3), given=[x**2 + y**2 <= 1, x * y >= 1])\n'
    file = tmp_path / "t.py"
    names = 'from lemmata import Rational, at_least, conjecture, real\nx, y = real("x", "y")\n'
    file.write_text(names + text)
    (located,) = load([str(file)]).claims
    decided = own_decision(located.claim, Effort.QUICK.budget)
    stated = problem(located.claim, decided.shapes[0].parameters, 10.0)
    shape = dataclasses.replace(decided.shapes[0], id="0" * 12, certificates=list(certified(stated)))
    with Store.open(tmp_path / "store.sqlite") as store:
        keep_certificate(store, located, shape)
        checked = replay_certificate(store, shape.id, claims=[str(file)])

    assert ("open", "") == (decided.outcome, decided.covers)
    assert "exclude each other" in decided.reason
    assert checked.is_vacuous
    assert "says nothing at this shape" in certificate_text(checked)
    assert "proved" not in certificate_text(checked)


def test_many_variables_are_given_up_at_once() -> None:
    """Of thirty variables there are 3^30 monomials of powers up to two; no certificate is sought among them."""
    assert None is sum_of_squares(sum(variable(place) ** 4 for place in range(30)), [number(1)])
