"""Implied constants: found where they exist, refuted where they must grow, and left open in between."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
import toy_quantified
from toy_quantified import C, growing, m, root, u

from lemmata import (
    Max,
    Rational,
    absolute,
    conjecture,
    constant,
    dimension,
    integer,
    l1,
    log,
    matrix,
    minimum,
    norm,
    real,
    sin,
    spectral,
    sqrt,
    sup,
    symmetric,
    total,
    trace,
    vector,
)
from lemmata.checks import Effort, Evidence, Store, falsify, judge, replay, run
from lemmata.checks.stages.between import worst_between
from lemmata.checks.stages.implied import with_constant
from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    ClaimError,
    Constant,
    Instances,
    Library,
    Located,
    Measurement,
    Mutant,
    Parameters,
    Procedure,
    reals,
    tightened,
)
from lemmata.reports.estimates import decision

C1 = constant("C")
t = sp.Symbol("t", positive=True)
n = sp.Symbol("n", positive=True, integer=True)


def trial(subject: Claim, effort: Effort = Effort.QUICK) -> Evidence:
    """A trial in this process."""
    return judge(Located(subject, "toy"), effort=effort, seed=0)


def bounded(left: Any, right: Any = C, **constant: Any) -> Claim:
    """The claim left <= C right, with a mutant that m^2 refutes."""
    wrong = Mutant(name="m^2", because="it grows", then=AtMost(left=m**2, right=C, constant=Constant(symbol=C)))
    then = AtMost(left=left, right=right, constant=Constant(symbol=C, **constant))
    return growing(then=then, mutants=(wrong,))


def test_exists() -> None:
    """The least constant of a true bound is reported: sqrt(2) here, reached at m = 1."""
    found = trial(growing(), Effort.STANDARD)
    assert found.sample is not None
    least = next(one for one in found.sample.estimates if one.quantity == "least constant")

    assert "holds" == found.verdict
    assert least.value == pytest.approx(2**0.5, rel=1e-2)


def test_a_pass_says_how_far_it_was_followed() -> None:
    """The ranges stand in the sentence, and which of them has too few values for growth to show."""
    found = trial(growing(), Effort.STANDARD)
    k, x, bound = integer("k", 1, 4), real("x"), constant("B")
    few = conjecture("Few values", key="toy/short", given=[x >= 0, x <= 1], then=x / k <= bound)
    short = judge(few, effort=Effort.QUICK)

    assert "The constant was followed for m from 1 to" in found.sentence
    assert "(n: too few values for growth to show)" in found.sentence
    assert "holds" == short.verdict
    assert (
        "k from 1 to 4, spread from 1 to 1000 (k: too few values for growth to show), and no further" in short.sentence
    )


@pytest.mark.parametrize(
    ("right", "high", "verdict"),
    [(1, 5, "undecided"), (1, 3, "undecided"), (1, 40, "refuted"), (sqrt(n), 5, "holds")],
    ids=str,
)
def test_growth_along_few_sizes_is_left_open(right: Any, high: int, verdict: str) -> None:
    """The l1 norm is no multiple of the Euclidean one, which five dimensions cannot tell, but do not pass either."""
    size, bound = dimension("n", upto=high), constant("B")
    x = vector("x", size)
    scale = right.subs(n, size) if right != 1 else 1
    claim = conjecture("Norms", key="toy/norms", then=l1(x) <= bound * scale * norm(x))

    found = judge(claim, effort=Effort.STANDARD)

    assert verdict == found.verdict, found.sentence
    assert ("it grows all along; more values of n would tell" in found.sentence) is (verdict == "undecided")


@pytest.mark.parametrize(
    "constant_at",
    [
        lambda d: 1 - sp.Rational(999, 1000) ** d,
        lambda d: d / (d + 1000),
        lambda d: sqrt(log(1 + d)),
        lambda d: log(1 + log(1 + d)),
        lambda d: d ** sp.Rational(1, 20),
        lambda d: d ** sp.Rational(1, 10),
    ],
    ids=["late rest", "half way", "sqrt log", "log log", "power 1/20", "power 1/10"],
)
def test_slow_growth_and_late_rest_are_left_open(constant_at: Any) -> None:
    """What is bounded but not yet at rest is not refuted, and what grows without end, however slowly, does not hold."""
    size, bound = integer("d", 1, 4000), constant("B")
    grown = constant_at(size)
    late = grown.subs(size, 4000) < 1
    claim = conjecture("Slow", key="toy/slow", then=(grown <= bound) if late else (grown * size <= bound * size))

    found = judge(claim, effort=Effort.QUICK)

    assert "undecided" == found.verdict, found.sentence
    assert "it grows all along; more values of d would tell" in found.sentence


def test_refuted_growth_is_called_an_extrapolation() -> None:
    """Beyond the declared range nothing was computed, in whatever numbers what lies within it was."""
    size, bound = integer("d", 1, 4000), constant("B")

    found = judge(conjecture("Logarithm", key="toy/log", then=log(size) <= bound), effort=Effort.QUICK)

    assert "refuted" == found.verdict
    assert "by an extrapolation from what was computed in" in found.sentence


def test_growth_within_a_range_that_may_be_all_accuses_nobody() -> None:
    """What grows from 0 to 1, and is bounded there, is left open with what to write; then it holds."""
    k, x, free, bound = integer("k", 1, 60), real("x", low=0, high=1), real("x"), constant("B")
    ranged = judge(conjecture("Bounded", key="toy/bounded", then=x * k / (k + 1) <= bound), effort=Effort.QUICK)
    given = [free >= 0, free <= 1]
    stated = conjecture("Bounded", key="toy/given", given=given, then=free * k / (k + 1) <= bound)
    growing_on = judge(conjecture("Not bounded", key="toy/growing", then=x * k <= bound), effort=Effort.QUICK)

    assert "undecided" == ranged.verdict
    assert "if x ends there, declare it without ends, these under given=; if not, widen its range" in ranged.sentence
    assert "holds" == judge(stated, effort=Effort.QUICK).verdict
    assert "refuted" == growing_on.verdict


@pytest.mark.parametrize(
    ("then", "name"),
    [
        (AtMost(left=m, right=C, constant=Constant(symbol=C)), "least constant"),
        (AtLeast(left=1 / m, right=C, constant=Constant(symbol=C)), "largest constant"),
    ],
    ids=["from above", "from below"],
)
def test_what_is_reported_of_growth(then: Any, name: str) -> None:
    """Of a bound from below the largest constant is reported; of one that is contradicted, that it grows."""
    found = trial(growing(then=then))
    assert found.sample is not None
    overall = next(one for one in found.sample.estimates if one.quantity == name)

    assert "contradicted, since it grows" == decision(overall)


@pytest.mark.parametrize("left", [m, sp.sqrt(m), sp.log(m + 1), m ** sp.Rational(1, 4)], ids=str)
def test_growth_is_refuted(left: sp.Expr) -> None:
    """A constant that would have to grow with m is refuted, be it as slowly as a logarithm."""
    found = trial(bounded(left))

    assert ("refuted", "") == (found.verdict, found.error)
    assert "growth along m" in found.sentence


@pytest.mark.parametrize("left", [u, m / (m + 10), 1 - 1 / (2 * m), 1 + 1 / m, m / (m + 40)], ids=str)
def test_saturation_is_not_accused(left: sp.Expr) -> None:
    """What approaches a limit, however late, is never refuted."""
    assert trial(bounded(left)).verdict in {"holds", "undecided"}


@pytest.mark.parametrize(("left", "verdict"), [(u + 100 / m**2, "holds"), (u * sp.sqrt(m), "refuted")], ids=str)
def test_beside_a_real_parameter(left: sp.Expr, verdict: str) -> None:
    """Whole numbers are followed upwards alone, a real parameter beside them or not: at m = 1 nothing grows on."""
    claim = bounded(left)
    family = dataclasses.replace(claim.given, parameters={**claim.given.parameters, "t": reals(1, 1000)})

    assert verdict == trial(dataclasses.replace(claim, given=family)).verdict


def test_both_ways() -> None:
    """What grows only where a real parameter falls while a whole number grows is refuted."""
    family = growing().given

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, Any]:
        return {**family.draw(parameters, rng, size), "t": np.full(size, float(parameters["t"]))}

    def look(_: Parameters, instances: Instances) -> Measurement:
        return Measurement.of({one: instances[str(one)] for one in (m, t)}, case="all")

    never = Mutant(name="m", because="t >= 1/400", then=AtMost(left=m, right=C * t, constant=Constant(symbol=C)))
    subject = growing(
        given=dataclasses.replace(family, parameters={**family.parameters, "t": reals(1 / 400, 1)}, draw=draw),
        when=Procedure(name="looking", measures=[m, t], run=look),
        then=AtMost(left=sp.Min(m, 1 / t), right=C, constant=Constant(symbol=C)),
        mutants=(never,),
    )

    assert "refuted" == trial(subject).verdict


def test_may_depend() -> None:
    """Growth with a parameter that the constant may depend on is admissible."""
    never = Mutant(name="negative", because="C m > 0", then=AtMost(left=u, right=-m))
    then = AtMost(left=m, right=C, constant=Constant(symbol=C, may_depend_on=("m",)))

    assert "holds" == trial(growing(then=then, mutants=(never,))).verdict


def test_division_by_zero() -> None:
    """A right side that vanishes somewhere is no matter of the constant: no constant survives it."""
    found = trial(bounded(u, C * (m - 1)))
    assert found.sample is not None
    assert found.sample.smallest is not None

    assert ("refuted", 1) == (found.verdict, found.sample.smallest.parameters["m"])


@pytest.mark.parametrize("left", [sp.Max(0, m - 100) * u, sp.Max(0, m - 390)], ids=str)
def test_appears_late(left: sp.Expr) -> None:
    """What appears towards the end of the range only is not passed over."""
    assert trial(bounded(left), Effort.STANDARD).verdict in {"refuted", "undecided"}


def test_falsify(tmp_path: Path) -> None:
    """`falsify` finds the growth, too, and keeps a counterexample with its constant."""
    with Store.open(tmp_path / "evidence.sqlite") as store:
        attempts = falsify(Located(root, toy_quantified.__file__), seconds=5, seed=0, store=store)

        assert attempts[0].found is not None
        assert attempts[0].found.constant
        assert replay(store, attempts[0].found.id, claims=[str(toy_quantified.__file__)]).agrees


def test_lower_bound() -> None:
    """The same for a bound from below: m >= C m^2 would need a constant that vanishes."""
    ones = Constant(symbol=C)
    holds = growing(
        then=AtLeast(left=m, right=C * u * m, constant=ones),
        mutants=(Mutant(name="m^2", because="too fast", then=AtLeast(left=m, right=C * m**2, constant=ones)),),
    )
    found = trial(holds)
    assert found.sample is not None
    least = found.sample.estimates[-1]

    assert "holds" == found.verdict
    assert least.value == pytest.approx(1.0, rel=0.05)  # the largest C that works, since u <= 1


def test_replay(tmp_path: Path) -> None:
    """The counterexample carries the constant that sufficed before, and replays from the store alone."""
    library = Library(claims=(Located(root, toy_quantified.__file__),), failures=())
    with Store.open(tmp_path / "evidence.sqlite") as store:
        found = run(library, effort=Effort.QUICK, seed=0, jobs=None, store=store)
        sample = found.claims[0].sample
        assert sample is not None
        assert sample.smallest is not None

        again = replay(store, sample.smallest.id, claims=[str(toy_quantified.__file__)])

    assert sample.smallest.constant
    assert again.agrees
    assert f"checks.with_constant(claim, {sample.smallest.constant!r})" in again.python


class TestMisuse:
    """Constants that claim nothing, or stand in the wrong place."""

    def test_depends_on_everything(self) -> None:
        """A constant that may depend on every parameter claims nothing."""
        with pytest.raises(ClaimError, match="may depend on every parameter claims nothing"):
            bounded(m, may_depend_on=("m", "n"))

    def test_unknown_parameter(self) -> None:
        """A name that the family does not know."""
        with pytest.raises(ClaimError, match="may depend on d, which each instance has anew; expected numbers"):
            bounded(m, may_depend_on=("d",))

    def test_a_factor_beside_what_sympy_would_rewrite(self) -> None:
        """The constant is a factor of each term of a sum, and of a norm of a difference, which stays as it is."""
        A, B = matrix("A", "B", 2, 2)
        bound = AtMost(left=m, right=C * (norm(A * B - B * A) + m) + C * m / 2, constant=Constant(symbol=C))

        assert C * (norm(A * B - B * A) + m) + C * m / 2 == bound.right

    @pytest.mark.parametrize("right", [m, C + m, C**2 * m])
    def test_no_factor(self, right: sp.Expr) -> None:
        """The symbol must be a plain factor of the right side."""
        with pytest.raises(ClaimError, match="must be a factor of the right side"):
            bounded(m, right)

    def test_tight(self) -> None:
        """A bound without a stated constant has nothing to attain."""
        with pytest.raises(ClaimError, match="cannot be tight"):
            AtMost(left=m, right=C * m, tight=True, constant=Constant(symbol=C))

    def test_tightened(self) -> None:
        """A factor is absorbed by the constant, so such a mutant would be true."""
        with pytest.raises(ClaimError, match="absorbs any factor"):
            growing(mutants=(tightened(sp.Rational(1, 2)),))


WHOLE, CONSTANT = integer("d", 1, 4000), constant("C")


@pytest.mark.parametrize(
    ("then", "verdict", "least"),
    [
        (1 <= CONSTANT * absolute(sin(WHOLE)), "undecided", 33_173.7),
        (Max(1, 5000 * (1 - absolute(WHOLE - 2000))) <= CONSTANT, "undecided", 5000),
        (Max(1, 5 * (1 - absolute(WHOLE - 3))) <= CONSTANT, "holds", 5),
        (WHOLE <= CONSTANT * (WHOLE + 1), "holds", 4000 / 4001),
        (WHOLE <= CONSTANT * sqrt(WHOLE), "refuted", 4000**0.5),
    ],
    ids=["a sine", "once, late", "once, early", "at rest", "growth"],
)
def test_every_whole_number_is_looked_at(then: Any, verdict: str, least: float) -> None:
    """What a constant needs at a single one of 4,000 numbers is found: 1/|sin d| jumps at 355, where pi is 355/113."""
    found = trial(conjecture("Whole numbers", key="t/whole", then=then))
    needed = [one for one in found.sample.estimates if one.quantity == "least constant"]

    assert verdict == found.verdict, found.sentence
    assert [pytest.approx(least, rel=1e-4)] == [one.value for one in needed]


def test_the_worst_of_each_part() -> None:
    """Each part of a range gives its worst value; where there are too many values, its ends are among them."""
    claim = with_constant(conjecture("Sine", key="t/sine", then=1 <= CONSTANT * absolute(sin(WHOLE))), "1")
    drawn, budget = {"d": np.ones(1)}, Effort.QUICK.budget
    few = dataclasses.replace(budget, counted=6)
    worst, ends = (
        [one["d"] for one in worst_between(claim, "d", [1, 100, 1000], {"d": 1}, drawn, most)] for most in (budget, few)
    )

    assert [1, 22, 355] == worst
    assert [1, 100, 101] == ends  # 1/|sin| is 1.97 at 100 and 1.10 at 2, 2.21 at 101 and 1.21 at 1000


a, b = real("a", low=1, high=100), real("b", low=1, high=100)


@pytest.mark.parametrize(
    ("then", "given"),
    [
        (minimum(a, b) <= C1 * sqrt(a * b), []),
        (a**3 <= C1 * (a**3 + b**3), []),
        (a**2 <= C1 * b**2, [a <= b]),
    ],
)
def test_what_grows_on_one_line_towards_what_others_need(then: Any, given: Any) -> None:
    """Each is true with 1, which is needed at every size: that it is not needed at b = 100, a = 1 is no growth."""
    found = trial(conjecture("Bounded", key="toy/lines", given=given, then=then))

    assert "holds" == found.verdict


size = dimension("n", upto=30)
A, S = matrix("A", size, size), symmetric("S", size)


@pytest.mark.parametrize(
    "then",
    [
        spectral(A) <= C1 * size ** Rational(3, 4) * sup(A),
        trace(S) <= C1 * size ** Rational(1, 4) * norm(S),
        norm(A) <= C1 * size ** Rational(1, 4) * spectral(A),
        total(A) <= C1 * size ** Rational(3, 4) * norm(A),
    ],
)
def test_constants_that_the_matrix_of_ones_or_the_identity_needs(then: Any) -> None:
    """The constant is n^(1/4): no random matrix is near the one that needs it."""
    found = trial(conjecture("Bounded", key="toy/extremal", then=then))

    assert "refuted" == found.verdict
