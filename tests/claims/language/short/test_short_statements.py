from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata import (
    Claim,
    Effort,
    Piecewise,
    Rational,
    at_least,
    at_most,
    conjecture,
    constant,
    decreases,
    dimension,
    dot,
    eigenvalues,
    equals,
    floor,
    gaussian,
    integer,
    judge,
    l1,
    log,
    matrix,
    measured,
    nonnegative,
    norm,
    norm2,
    order,
    orthogonal,
    positive,
    probability,
    real,
    scale,
    sign,
    sqrt,
    sup,
    symmetric,
    unit,
    vector,
)
from lemmata.claims import AtLeast, AtMost, ClaimError, Located, Monotone, Rate, Side, Status, WithProbability
from lemmata.solvers import to_rationals

u, v, m = real("u", "v", "m")
eta = positive("eta")
n = dimension("n", upto=4)
x, y = vector("x", "y", n)
z = vector("z", dimension("n"))
w = real("w", low=1, high=10**6)
N, C = integer("N", 2, 10**6), constant("C")
r = u * v - m
u_next, v_next = u - eta * r * v, v - eta * r * u


def balanced(limit: object) -> Claim:
    """A step of gradient descent makes two factors no less balanced, if it is at most so long."""
    return conjecture(
        "never less balanced", given=[eta * abs(r) <= limit], then=abs(u_next**2 - v_next**2) <= abs(u**2 - v**2)
    )


def verdict(claim: Claim) -> str:
    """The word for what a quick trial ends in."""
    return judge(Located(claim, "a test"), effort=Effort.QUICK, seed=0).verdict


def test_a_true_statement_holds() -> None:
    """Five lines of statement are a claim that the trial passes, with power: every derived variant falls."""
    evidence = judge(Located(balanced(sqrt(2)), "a test"), effort=Effort.QUICK, seed=0)

    assert evidence.verdict in {"holds", "proved"}
    assert {"reversed", "tightened by 99/100", "without: eta*Abs(m - u*v) <= sqrt(2)"} <= {
        mutant.name for mutant in evidence.mutants if mutant.refuted
    }


def test_a_false_statement_is_refuted() -> None:
    """With 2 in place of the square root of 2 the same statement falls."""
    assert verdict(balanced(2)) == "refuted"


@pytest.mark.parametrize(
    "then",
    [at_most(u, C * (1 + u**2)), C * (1 + u**2) >= u, u <= C * (1 + u**2)],
    ids=["at_most", "constant first", "as usual"],
)
def test_an_implied_constant_wherever_it_stands(then: object) -> None:
    """A bound by a constant that is only said to exist reads the same however it is written."""
    claim = conjecture("a bound by a constant", then=then)

    assert (u, C * (1 + u**2), C) == (claim.then.left, claim.then.right, claim.then.constant.symbol)
    assert "AtMost" == type(claim.then).__name__


@pytest.mark.parametrize(
    ("expected", "claim"),
    [
        ({"holds", "proved"}, lambda: conjecture("alone", given=[sup(x) <= 1], then=norm2(x) <= n)),
        ({"refuted"}, lambda: conjecture("too little", given=[sup(x) <= 1], then=norm2(x) <= n - Rational(1, 2))),
        ({"holds", "proved"}, lambda: conjecture("in a sum", given=[sup(x) <= 1], then=norm2(x) - n <= 0)),
        ({"holds", "proved"}, lambda: conjecture("equality", then=equals(norm2(orthogonal("Q", n)), n))),
        (
            {"refuted"},
            lambda: conjecture("likely", then=probability(norm2(gaussian("g", n)) >= n) >= Rational(1, 2)),
        ),
    ],
)
def test_a_dimension_is_a_number(expected: set[str], claim: Callable[[], Claim]) -> None:
    """The size of a vector may stand apart from it, alone on a side or in a sum, and has its value there."""
    made = claim()

    assert verdict(made) in expected
    assert n in made.when.measures


def test_a_bound_with_floor() -> None:
    """`at_most` keeps a bound that sympy would turn into a strict one, and a trial tells the true from the false."""
    whole = floor(u) + floor(v)

    assert verdict(conjecture("floors add up but for one", then=at_most(floor(u + v), whole + 1))) == "holds"
    assert verdict(conjecture("floors add up", then=at_most(floor(u + v), whole))) == "refuted"


def test_a_dimension_that_is_a_size_alone() -> None:
    """A size that the conclusion does not reckon with is not measured."""
    claim = conjecture("triangle", then=norm2(x + y) <= 2 * norm2(x) + 2 * norm2(y))

    assert [x, y] == list(claim.when.measures)


@pytest.mark.parametrize(
    ("expected", "fallen", "claim"),
    [
        ("holds", "left side times N", lambda: conjecture("a root", then=N ** (1 / N) <= C)),
        ("refuted", "left side times N", lambda: conjecture("a logarithm", then=log(N) <= C)),
        ("holds", "left side times n", lambda: conjecture("two norms", then=norm(z) <= C * l1(z))),
        ("holds", "left side over N", lambda: conjecture("from below", then=1 + 1 / N >= C)),
        ("holds", "left side times w", lambda: conjecture("a range", then=w / (1 + w) <= C)),
    ],
)
def test_a_variant_beside_a_constant_alone(expected: str, fallen: str, claim: Callable[[], Claim]) -> None:
    """Where nothing but a constant stands on the right, the left side times what grows is the variant that falls."""
    evidence = judge(Located(claim(), "a test"), effort=Effort.QUICK, seed=0)

    assert expected == evidence.verdict
    assert fallen in {mutant.name for mutant in evidence.mutants if mutant.refuted}


def test_a_size_that_a_constant_may_depend_on() -> None:
    """A factor on which the constant may depend makes no variant: the statement with it is as true."""
    claim = conjecture("two norms", then=l1(z) <= constant("D", may_depend_on="n") * norm(z))

    assert ["left side times (Norm(z)**2 + 1)**2"] == [mutant.name for mutant in claim.mutants]


def test_false_on_the_boundary_alone() -> None:
    """A statement that fails in a shell of one part in 10^5 below its hypothesis is refuted."""
    claim = conjecture("inside", given=[u**2 + v**2 <= 1], then=u**2 + v**2 <= Rational(99_999, 100_000))

    assert verdict(claim) == "refuted"


def test_false_in_a_corner_alone() -> None:
    """A statement that fails by one part in 10^4 in a corner of a box is refuted."""
    a, b, c = real("a", "b", "c", low=0, high=1)

    assert verdict(conjecture("corner", then=a * b * c <= Rational(9999, 10_000))) == "refuted"


def test_names_follow_from_file_and_variable() -> None:
    """The key holds the file and the variable; status and source are an own conjecture."""
    short_sum = conjecture("Triangle", then=norm2(x + y) <= 2 * norm2(x) + 2 * norm2(y))

    assert short_sum.key == "test_short_statements/short-sum"
    assert short_sum.status is Status.CONJECTURE
    assert "line" in short_sum.source.location


def test_parts_can_be_replaced() -> None:
    """Keywords take the place of what follows by itself."""
    claim = conjecture(
        "Triangle", then=dot(x, y) <= norm2(x) + norm2(y), key="own/key", status="theorem", source="Lemma 3"
    )

    assert (claim.key, claim.status, claim.source.location) == ("own/key", Status.THEOREM, "Lemma 3")


@pytest.mark.parametrize(
    ("then", "kind"),
    [
        (2 * u * v <= u**2 + v**2, AtMost),
        (u**2 + v**2 >= 2 * u * v, AtLeast),
        (order(sqrt(1 + scale("a")) - 1, scale("a")) == 1, Rate),
        (probability(norm2(gaussian("g", n)) >= Rational(1, 10)) >= Rational(1, 2), WithProbability),
    ],
)
def test_relations_become_conclusions(then: object, kind: type) -> None:
    """Each way to write a conclusion is the conclusion that it reads as."""
    assert isinstance(conjecture("a statement", then=then).then, kind)


def test_one_sided_orders() -> None:
    """An exponent of at least p is an upper bound as the scale goes to zero, and a lower one as it grows."""
    to_zero, to_infinity = scale("s"), scale("t", grows=True)

    assert (order(to_zero, to_zero) >= 1).side is Side.UPPER
    assert (order(to_zero, to_zero) <= 1).side is Side.LOWER
    assert (order(to_infinity, to_infinity) >= 1).side is Side.LOWER


@pytest.mark.parametrize("exponent", [1, 2])
def test_a_rate_of_a_formula(exponent: int) -> None:
    """An exponent is measured down the scale; the wrong one is refuted."""
    alpha = scale("alpha", first=Rational(1, 2))
    claim = conjecture("expansion", then=order(sqrt(1 + alpha) - 1, alpha) == exponent)

    assert verdict(claim) == {1: "holds", 2: "refuted"}[exponent]


@pytest.mark.parametrize(("chance", "expected"), [(Rational(1, 2), "supported"), (Rational(9, 10), "refuted")])
def test_a_probability(chance: object, expected: str) -> None:
    """The chance that one Gaussian number exceeds 0.316 in size is 0.75, that of longer vectors larger."""
    claim = conjecture("long", then=probability(norm2(gaussian("g", n)) >= Rational(1, 10)) >= chance)

    assert verdict(claim) == expected


@pytest.mark.parametrize(("power", "expected"), [(1, "holds"), (Rational(1, 2), "refuted")])
def test_an_implied_constant(power: object, expected: str) -> None:
    """Some multiple of d bounds d + log d; none of the root of d does."""
    d, C = integer("d", 1, 4000), constant("C")

    assert verdict(conjecture("log", then=d + log(1 + d) <= C * d**power)) == expected


def test_structured_quantities_have_their_structure_in_every_number_system() -> None:
    """Vectors of length one, orthogonal and symmetric matrices are exactly that in rationals, at every size."""
    e, Q, S = unit("e", n), orthogonal("Q", n), symmetric("S", n)
    claim = conjecture("structure", then=norm2(Q * e) + norm2(S - S.T) <= 1)
    for size in (1, 2, 4):
        parameters = {"n": size, "spread": 10.0}
        drawn = claim.given.draw(parameters, np.random.default_rng(0), 3)
        values = claim.when.run(parameters, {name: to_rationals(one) for name, one in drawn.items()}).cases[0].values
        Qs, es, Ss = (values[name][:, 0] for name in "QeS")

        assert np.all((Qs @ Qs.swapaxes(-1, -2)) == np.eye(size, dtype=int))
        assert np.all((es * es).sum(axis=(-2, -1)) == 1)
        assert np.all(Ss == Ss.swapaxes(-1, -2))


def test_extreme_eigenvalue_bounds_the_quotient() -> None:
    """The Rayleigh quotient of drawn symmetric matrices comes up to the largest eigenvalue and not beyond."""
    e, S = unit("e", n), symmetric("S", n)

    assert verdict(conjecture("Rayleigh", then=dot(e, S * e) <= eigenvalues(S)[0])) == "holds"
    assert verdict(conjecture("too much", then=dot(e, S * e) <= Rational(9, 10) * eigenvalues(S)[0])) == "refuted"


def test_edges_follow() -> None:
    """Smallest and largest sizes, zeros, equal pairs and boundaries are edges, as far as the hypotheses admit them."""
    w = positive("w")
    claim = conjecture("edges", given=[norm2(x) <= w], then=norm2(x) <= 2 * w)

    assert {"smallest", "largest", "x = 0", "boundary of Norm(x)**2 <= w"} == {edge.name for edge in claim.given.edges}
    assert "u = v" in {edge.name for edge in conjecture("pairs", then=u * v <= u**2 + v**2).given.edges}
    assert "u = 0" not in {e.name for e in conjecture("away", given=[u >= 1], then=u**2 >= u).given.edges}


def test_near_instances_are_looked_at_first() -> None:
    """A statement that fails at one point falls if the point is named."""
    claim = conjecture("point", then=(u - 3) ** 2 + (v - 5) ** 2 >= Rational(1, 10**9), near=[{u: 3, v: 5}])

    assert verdict(claim) == "refuted"


def test_a_survivor_among_the_derived_variants_is_a_finding() -> None:
    """A hypothesis that is not needed, and a bound with room, are said, and do not take the claim its power."""
    claim = conjecture("room", given=[u >= 0], then=u * v <= u**2 + v**2)
    evidence = judge(Located(claim, "a test"), effort=Effort.QUICK, seed=0)

    assert evidence.verdict in {"holds", "proved"}
    assert "tightened by 1/2, tightened by 9/10" in evidence.sentence
    assert "without: u >= 0" in evidence.sentence


def test_no_variant_that_falls_is_no_power() -> None:
    """Where nothing at all can fall the trial has shown nothing."""
    flat = conjecture("flat", then=decreases(measured("q")), runs=lambda u: {"q": u[:, None] * np.zeros(2)})

    assert isinstance(flat.then, Monotone)
    assert verdict(flat) == "powerless"


def test_identities_are_proved_modulo_a_prime() -> None:
    """A polynomial identity in drawn quantities is proved by itself."""
    claim = conjecture("Parallelogram", then=equals(norm2(x + y) + norm2(x - y), 2 * norm2(x) + 2 * norm2(y)))

    assert verdict(claim) == "proved"


class TestEvery:
    """A bound that is said to be attained at every n."""

    @staticmethod
    def bound(share: Any) -> Any:
        """Of p in [0, 1], p / n <= 1 / n, its right side times what `share` makes of n."""
        n, p = integer("n", 1, 4), nonnegative("p", high=1)
        return conjecture("every", then=p / n <= share(n) / n, tight="every n")

    def test_attained(self) -> None:
        """It holds where it is attained at each, and the record has the ratio of each."""
        evidence = judge(Located(self.bound(lambda _: 1), "a test"), effort=Effort.QUICK, seed=0)
        assert evidence.sample is not None
        (ratios,) = [one for one in evidence.sample.slack if one.parameter == "n"]

        assert evidence.verdict in {"holds", "proved"}
        assert ["1", "2", "3", "4"] == ratios.values
        assert [pytest.approx(1)] * 4 == ratios.ratios

    def test_not_at_each(self) -> None:
        """It is undecided where one value has room, and that value is named."""
        room = self.bound(lambda n: Piecewise((2, n >= 4), (1, True)))
        evidence = judge(Located(room, "a test"), effort=Effort.QUICK, seed=0)

        assert ("undecided", "tightness") == (evidence.verdict, evidence.reason)
        assert "0.5 at n = 4" in evidence.sentence
        assert "n = 3" not in evidence.sentence

    def test_of_no_whole_number(self) -> None:
        """The parameter must be a whole number of few values."""
        with pytest.raises(ClaimError, match="attained at every p, which is no whole number of the family"):
            conjecture("no", then=nonnegative("p", high=2) <= 2 * nonnegative("q", high=1), tight="every p")
        with pytest.raises(ClaimError, match="a trial looks at 40 values at most: give k fewer"):
            conjecture("many", then=1 / integer("k", 1, 60) <= 1, tight="every k")


class TestUnits:
    """Units of numbers in statements."""

    def test_sides_scale_alike(self) -> None:
        """A statement whose sides scale alike is judged, one whose do not is refused."""
        rho = sp.Symbol("rho", positive=True)
        p, q = positive("p", "q", unit=rho)
        claim = conjecture("areas", then=p * q <= p**2 + q**2)

        assert {rho} == set(claim.when.units.values())
        with pytest.raises(ClaimError, match="the two sides have different units of scale"):
            conjecture("an area and a length", then=p * q <= p + q)
        with pytest.raises(ClaimError, match="adds quantities of different units"):
            conjecture("an area plus a length", then=p * q + p <= p**2 + q**2)


def test_a_hypothesis_on_a_size() -> None:
    """The smallest edge stands at the smallest size that a hypothesis admits; sizes it excludes decide nothing."""
    d = dimension("d", upto=5)
    s, g, h = vector("s", d), gaussian("g", d), gaussian("h", d)
    bound = conjecture("the sum of entries", given=[d >= 2], then=l1(s) ** 2 <= (2 * d - 2) * norm2(s))
    angle = conjecture(
        "a wide angle", given=[d >= 2], then=probability(4 * dot(g, h) ** 2 <= norm2(g) * norm2(h)) >= Rational(1, 3)
    )

    assert {"d": 2} == dict(bound.given.edges[0].parameters)
    assert "holds" == verdict(bound)
    assert "supported" == verdict(angle)


def test_a_strict_bound_is_tried_against_its_opposite() -> None:
    """A sign has three values: no bound of it is tightened, and its reversal is that the difference is not positive."""
    strict = conjecture("strict", then=at_least(sign(u**2 - u + 1), 1))

    assert ["reversed"] == [one.name for one in strict.mutants]
    assert AtMost(left=sign(u**2 - u + 1), right=0) == strict.mutants[0].then


@pytest.mark.parametrize(
    ("expected", "quantity"),
    [
        ("positive", positive("p")),
        ("nonnegative", nonnegative("p")),
        ("real", real("p", low=-1)),
        ("Gaussian", gaussian("p")),
        ("vector of n entries", vector("p", n)),
        ("matrix, n x 3", matrix("p", n, 3)),
        ("symmetric matrix, n x n", symmetric("p", n)),
        ("unit vector of 3 entries", unit("p", 3)),
    ],
)
def test_quantities_say_what_they_are(expected: str, quantity: Any) -> None:
    """The legend of a report tells of each quantity what was declared."""
    assert expected == quantity.meaning
