"""Deciding claims for all real numbers: what is proved, refuted at an exact point, or left open, and why."""

import re
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata import (
    Max,
    Rational,
    at_least,
    at_most,
    conjecture,
    dimension,
    dot,
    eigenvalues,
    equals,
    exp,
    measured,
    nonnegative,
    norm,
    norm2,
    orthogonal,
    positive,
    real,
    sqrt,
    symmetric,
    unit,
    vector,
)
from lemmata.checks.judging.rulings import Ruling, Settled
from lemmata.checks.proof.decide import Found, Outcome, decide, shapes
from lemmata.checks.proof.real_closed import Question
from lemmata.claims import Claim, load
from lemmata.solvers.numbers.symbolic import TooLongError, any_of, atom
from lemmata.solvers.numbers.symbolic.formulas import number, variable

u, v, m, x, y, z = real("u", "v", "m", "x", "y", "z")
a, b, c, d = positive("a", "b", "c", "d")
eta, h = positive("eta"), positive("h", high=1)
n = dimension("n")
X, Y = vector("X", "Y", n)
U, V = vector("U", "V", 2)
e, Q, S = unit("e", n), orthogonal("Q", n), symmetric("S", n)
r, rr = u * v - m, dot(U, V) - 1
u_next, v_next = u - eta * r * v, v - eta * r * u
THIN = (x**2 + y**2 - 1) ** 2 + (x - y) ** 2


def less_balanced(limit: Any) -> Claim:
    """One step of gradient descent on (uv - m)^2 / 2 never makes u and v less balanced, up to a limit."""
    return conjecture(
        "Balance", key="t/balance", given=[eta * abs(r) <= limit], then=abs(u_next**2 - v_next**2) <= abs(u**2 - v**2)
    )


def interpolated() -> Claim:
    """One gradient step of any size h <= 1 on an L-smooth convex function of one variable, by interpolation (L = 1)."""
    x0, g0, f0, g1, f1 = real("x0", "g0", "f0", "g1", "f1")
    points = [(x0, g0, f0), (x0 - h * g0, g1, f1), (sp.S.Zero, sp.S.Zero, sp.S.Zero)]
    pairs = [(p, q) for p in points for q in points if p is not q]
    given = [p[2] >= q[2] + q[1] * (p[0] - q[0]) + (p[1] - q[1]) ** 2 / 2 for p, q in pairs]
    return conjecture("Drori and Teboulle", key="t/drori", given=given, then=f1 <= x0**2 / (4 * h + 2))


TABLE = {
    "balance": (less_balanced(sqrt(2)), Outcome.TRUE),
    "balance, a weaker hypothesis": (less_balanced(2), Outcome.FALSE),
    "balance of two units": (
        conjecture(
            "Two units",
            key="t/two",
            given=[eta * abs(rr) <= 1],
            then=abs(norm2(U - eta * rr * V) - norm2(V - eta * rr * U)) <= abs(norm2(U) - norm2(V)),
        ),
        Outcome.TRUE,
    ),
    "every step size": (interpolated(), Outcome.TRUE),
    "four means": (conjecture("Means", key="t/m", then=a**4 + b**4 + c**4 + d**4 >= 4 * a * b * c * d), Outcome.TRUE),
    "Motzkin": (
        conjecture("Motzkin", key="t/k", then=at_least(x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1, 0)),
        Outcome.TRUE,
    ),
    "a quotient by a sign": (
        conjecture("Sign", key="t/q", given=[abs(x) > 0], then=equals(x / sp.sign(x), abs(x))),
        Outcome.TRUE,
    ),
    "a quotient by a sign, false": (
        conjecture("Sign", key="t/q", given=[abs(x) > 0], then=at_least(sp.sign((x / sp.sign(x) - 2) ** 2), 1)),
        Outcome.FALSE,
    ),
    "false at two points only": (conjecture("Thin", key="t/t", then=at_least(sp.sign(THIN), 1)), Outcome.FALSE),
}


def decided(claim: Claim, *, shape: int = 0, seconds: float = 20) -> Found:
    """A decision at one of the shapes that are decided by themselves."""
    return decide(claim, shapes(claim)[0][shape], seconds)


@pytest.mark.parametrize("name", TABLE)
def test_statements_are_decided(name: str) -> None:
    """Each statement is proved, or refuted at a point that the usual settling confirms."""
    claim, expected = TABLE[name]

    found = decided(claim)

    assert expected is found.outcome, found.reason
    assert (expected is Outcome.FALSE) == (found.settled is not None)


def test_a_counterexample_is_simplified() -> None:
    """Of all violations one with small whole numbers is shown."""
    found = decided(less_balanced(2))

    assert found.instance is not None
    assert found.exact == {}
    assert all(float(value[0]).is_integer() and abs(value[0]) <= 2 for value in found.instance.values())


def test_an_algebraic_point_is_exact() -> None:
    """A statement that fails at algebraic points alone is refuted there, in the numbers of their field."""
    found = decided(TABLE["false at two points only"][0])

    assert found.exact is not None
    assert {"1/2*sqrt(2)"} == {text.lstrip("-") for text in found.exact.values()}
    assert found.settled is not None
    assert ("0", "1") == (found.settled.left, found.settled.right)


@pytest.mark.parametrize(
    ("given", "then", "exact"),
    [
        ((3 * x - 1) ** 2 <= 0, x <= Rational(1, 4), {"x": "1/3"}),
        ((x**3 - 2) ** 2 <= 0, x <= 1, {"x": "root of x^3 - 2 in [1.2599210498948731, 1.2599210498948732]"}),
    ],
)
def test_points_that_no_float_reaches(given: Any, then: Any, exact: dict[str, str]) -> None:
    """Where the hypotheses leave a single point, that point is the counterexample."""
    found = decided(conjecture("One point", key="t/p", given=[given], then=then))

    assert Outcome.FALSE is found.outcome
    assert exact == found.exact


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ([eta * abs(r) <= sqrt(2), r > 0, abs(u) > abs(v)], abs(u_next**2 - v_next**2) < abs(u**2 - v**2)),
        ([norm(U) <= sqrt(2), norm(U - V) >= sqrt(8)], norm(V) > sqrt(2)),
        ([norm(U) <= sqrt(2), norm(U - V) >= sqrt(8), U[0] >= U[1] + 1], norm(V) > sqrt(2)),
    ],
    ids=["one root", "at floats", "roots of several fields"],
)
def test_points_on_a_boundary_that_the_statement_writes_with_roots(given: Any, then: Any) -> None:
    """What fails on such a boundary alone is refuted there: roots are exact, as the point is."""
    strict = at_least(sp.sign(then.gts - then.lts), 1)

    found = decided(conjecture("At the boundary", key="t/b", given=given, then=strict))

    assert Outcome.FALSE is found.outcome, found.reason
    assert found.settled is not None
    assert ("0", "1") == (found.settled.left, found.settled.right)


def test_conditions_that_are_too_long_are_refused() -> None:
    """No solver is asked about cases that have multiplied: their length is said, and what would fit."""
    power = sum((variable(place) for place in range(9)), number(1)) ** 5
    single = [atom(power + number(case), "<") for case in range(25)]

    with pytest.raises(TooLongError, match="50,050 terms; at most 40,000"):
        Question(single, 9)
    with pytest.raises(TooLongError, match="50,050 terms; at most 40,000"):
        any_of(single)


def test_cases_within_cases_are_not_gone_through() -> None:
    """A maximum of sixteen has 2^16 cases that share their parts: it is left open before they are written out."""
    entries = real(*[f"x{place}" for place in range(16)])
    found = decided(conjecture("Largest", key="t/largest", then=Max(*entries) >= sum(entries) / 16))

    assert Outcome.OPEN is found.outcome
    assert re.fullmatch(r"its distinctions of cases come to [0-9,]+ terms; at most 40,000 are decided", found.reason)


def test_a_point_that_the_family_may_not_draw_is_no_counterexample() -> None:
    """A family that keeps an equation of its entries leaves the claim open, with the point."""
    claim = load(["du2018/factorization-loss-falls"]).claims[0].claim
    mutant = claim.mutated(claim.mutants[0])

    assert "which the family may never draw" in decided(mutant).reason


def test_a_point_that_settling_does_not_confirm_is_named() -> None:
    """Where the sides are equal in numbers that only balls hold, the solver's point is kept, as a suspicion."""
    sixth = sp.Pow(nonnegative("w"), Rational(1, 6))

    found = decided(conjecture("Sixth root", key="t/s", then=at_least(sp.sign((sixth - Rational(7, 3)) ** 2), 1)))

    assert Outcome.OPEN is found.outcome
    assert "w = 117649/729" == found.suspected


def test_points_in_two_fields() -> None:
    """Two roots of different polynomials are brought into one field and settled there."""
    claim = conjecture("Two roots", key="t/r", given=[(x**2 - 2) ** 2 + (y**2 - 3) ** 2 <= 0], then=x * y <= 1)

    assert Outcome.FALSE is decided(claim).outcome


def test_points_that_no_radicals_write() -> None:
    """Roots of two cubic polynomials are brought into one field: x = y, x + y + z = 1 and x y z = 1 meet once."""
    meet = (x + y + z - 1) ** 2 + (x * y * z - 1) ** 2 + (x - y) ** 2

    assert Outcome.FALSE is decided(conjecture("Three", key="t/three", then=at_least(sp.sign(meet), 1))).outcome


@pytest.mark.parametrize("shape", [0, 1])
@pytest.mark.parametrize(
    "then",
    [
        dot(X, Y) ** 2 <= norm2(X) * norm2(Y),
        norm(X + Y) <= norm(X) + norm(Y),
        equals(dot(Q * X, Q * Y), dot(X, Y)),
        dot(e, S * e) <= eigenvalues(S)[0],
        abs(dot(X, Y)) <= Max(norm2(X), norm2(Y)),
    ],
    ids=str,
)
def test_norms_spheres_and_spectra(then: Any, shape: int) -> None:
    """Norms, unit vectors, rotations and eigenvalues of 2 x 2 matrices are decided at one and two dimensions."""
    assert Outcome.TRUE is decided(conjecture("Known", key="t/n", then=then), shape=shape).outcome


def test_what_is_not_defined_everywhere_is_not_proved() -> None:
    """A quotient that may divide by zero leaves its statement open, with the point."""
    found = decided(conjecture("Quotients", key="t/q", given=[x * y >= 0], then=x / y + y / x >= 2))

    assert Outcome.OPEN is found.outcome
    assert "not defined at x = 0" in found.reason


_APART = (x - Rational(1, 3)) ** 2 + (y - Rational(1, 7)) ** 2


@pytest.mark.parametrize(
    "given",
    [
        sp.Or(_APART <= 0, 1 / _APART <= 100),
        sp.Or(abs(x - Rational(1, 3)) + abs(y - Rational(1, 7)) <= 0, 1 / _APART <= 100),
    ],
    ids=["or", "another branch"],
)
def test_a_hypothesis_that_holds_where_a_part_of_it_is_not_defined(given: Any) -> None:
    """The point that a guard lets in is named: a conclusion that is false there alone is not proved."""
    found = decided(conjecture("Guarded", key="t/g", given=[given], then=_APART >= Rational(1, 100)))

    assert Outcome.OPEN is found.outcome
    assert "at x = 1/3, y = 1/7" in found.reason


def test_a_point_that_a_piecewise_lets_in_is_found() -> None:
    """A branch that is not taken need not be defined, neither for the solver nor for the numbers that confirm it."""
    given = sp.Piecewise((0, _APART <= 0), (1 / _APART, True)) <= 100
    found = decided(conjecture("Guarded", key="t/g", given=[given], then=_APART >= Rational(1, 100)))

    assert Outcome.FALSE is found.outcome
    assert {"x": "1/3", "y": "1/7"} == found.exact


def test_the_same_question_has_the_same_answer() -> None:
    """Deciding twice gives the same point."""
    first, second = (decided(less_balanced(2)).instance for _ in range(2))

    assert first is not None
    assert second is not None
    assert {name: value.tolist() for name, value in first.items()} == {n: o.tolist() for n, o in second.items()}


def test_functions_that_no_polynomial_defines() -> None:
    """An exponential is refused with its name."""
    assert "exp enters" in decided(conjecture("Tangent", key="t/e", then=x + 1 <= exp(x))).reason


def branching(x: Any) -> dict[str, Any]:
    """A procedure that asks for one yes or no."""
    return {"z": x * x if len(x) == 1 and x[0] > 0 else x * x * 1}


def rounding(x: Any) -> dict[str, Any]:
    """A procedure that looks at floats."""
    return {"z": x * np.ones(1) if isinstance(x, np.ndarray) else x * 1.0 if hasattr(x, "error") else x * float(x)}


def test_a_quotient_by_a_sign_has_a_gap_at_zero() -> None:
    """The case in which a denominator is zero is named, unless a hypothesis excludes it."""
    found = decided(conjecture("Sign", key="t/q", then=equals(x / sp.sign(x), abs(x))))

    assert (Outcome.OPEN, "true wherever it is defined, but not defined at x = 0") == (found.outcome, found.reason)


@pytest.mark.parametrize(("procedure", "said"), [(branching, "branches on the numbers"), (rounding, "float")])
def test_code_that_takes_no_symbols_is_refused_with_its_line(procedure: Any, said: str) -> None:
    """A branch on data, or a float, leaves the claim undecided and names the line; it is no error."""
    z = measured("z")
    claim = conjecture("Measured", key="t/f", runs=procedure, then=z >= -abs(x) - x**2)

    reason = decided(claim).reason

    assert said in reason
    assert "test_decide.py, line" in reason


def folded(x: Any) -> dict[str, Any]:
    """The absolute value, by a choice between conditions that are joined."""
    return {"z": np.where((x > 1) | ((x > 0) & (x <= 1)), x, np.where(np.equal(x, 0), 0.0, -x))}


@pytest.mark.parametrize(("then", "expected"), [(lambda z: z >= x, Outcome.TRUE), (lambda z: z <= x, Outcome.FALSE)])
def test_a_choice_by_comparisons_is_a_distinction_of_cases(then: Any, expected: Outcome) -> None:
    """`np.where` on comparisons of symbolic numbers is decided as maxima and absolute values are."""
    claim = conjecture("Folded", key="t/w", runs=folded, then=then(measured("z")))

    assert expected is decided(claim).outcome


def test_a_claim_that_is_wrong_at_a_larger_shape_only() -> None:
    """What holds in one dimension is refuted in two."""
    claim = conjecture("Parallel", key="t/l", then=at_least(dot(X, Y) ** 2, norm2(X) * norm2(Y)))

    assert [Outcome.TRUE, Outcome.FALSE] == [decided(claim, shape=shape).outcome for shape in (0, 1)]


def test_at_most_what_is_true_is_proved() -> None:
    """A constant conclusion needs no solver's word on any variable."""
    assert Outcome.TRUE is decided(conjecture("Zero", key="t/z", then=at_most(0 * x + x - x, x**2))).outcome


@pytest.mark.parametrize(
    ("arithmetic", "suspected"),
    [("exact rationals", ""), ("balls of 4096 bits", "x = ")],
    ids=["exactly", "in balls"],
)
def test_a_point_that_exact_numbers_contradict(
    arithmetic: str, suspected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A point at which exact numbers obey the conclusion is a fault of the solver; in balls it stays a suspicion."""
    obeyed = Settled(ruling=Ruling.HOLDS, arithmetic=arithmetic)
    monkeypatch.setattr("lemmata.checks.proof.decide.settle_exactly", lambda *_: obeyed)

    found = decided(conjecture("Small", key="t/w", then=x <= 1))

    assert Outcome.OPEN is found.outcome
    assert (not suspected) == ("is wrong" in found.reason)
    assert found.suspected.startswith(suspected)
    assert bool(suspected) == bool(found.suspected)
