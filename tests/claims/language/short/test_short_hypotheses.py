"""Hypotheses of a conjecture: decided in every number system, and met by most of what is drawn."""

from pathlib import Path

import numpy as np
import pytest

from lemmata import (
    And,
    Claim,
    Effort,
    Max,
    Piecewise,
    Rational,
    conjecture,
    exp,
    judge,
    nonnegative,
    positive,
    real,
    sinh,
    sqrt,
)
from lemmata.checks import Ruling
from lemmata.checks.judging.confirm import confirm
from lemmata.checks.judging.membership import standing
from lemmata.solvers import Bounded, to_balls, to_rationals

u, v = real("u", "v")
x, y = real("x", "y")
eta = positive("eta")


def verdict(claim: Claim) -> str:
    """The word for what a quick trial ends in."""
    return judge(claim, effort=Effort.QUICK, seed=0).verdict


@pytest.mark.parametrize("system", [lambda one: one, Bounded.exact, to_rationals, to_balls])
def test_hypotheses_are_decided_in_every_number_system(system: object) -> None:
    """A relation between formulas is a mask on floats, error bounds, rationals and balls alike."""
    claim = conjecture("inside", given=[u**2 + v**2 < 1], then=u <= 2)
    instances = {"u": np.array([0.5, 0.5, 3.0]), "v": np.array([0.0, 1.0, 0.25]), "spread": np.array([1.0])}
    numbers = {name: system(instances[name]) for name in "uv"}  # type: ignore[operator]
    mask = claim.given.hypotheses[-1].holds({"spread": 1.0}, numbers)

    assert [True, False, False] == list(mask)


def test_the_trial_decides_hypotheses_exactly() -> None:
    """A square root in a hypothesis is decided in balls, a polynomial in rationals, and neither in float64."""
    roots = conjecture("roots", given=[eta * abs(u) <= sqrt(2)], then=u <= 2 + u**2)
    squares = conjecture("squares", given=[u**2 + v**2 <= 1], then=u <= 2)
    numbers = {name: np.array([value]) for name, value in (("u", 0.6), ("v", 0.8), ("eta", 1.5))}
    below = {**numbers, "u": np.array([2**0.5 / 1.5 - 1e-16])}

    assert "rationals" in standing(roots, {"spread": 1.0}, below).arithmetic
    assert "rationals" in standing(squares, {"spread": 1.0}, {name: numbers[name] for name in "uv"}).arithmetic


def test_most_of_what_is_drawn_meets_narrow_hypotheses() -> None:
    """A slab of one part in a thousand, which random draws miss, is met by most instances, the boundary included."""
    claim = conjecture("slab", given=[u + v <= Rational(1001, 1000), u + v >= 1], then=Max(u, v) >= Rational(1, 2))
    point = {"spread": 10.0}
    batches = [claim.given.draw(point, np.random.default_rng(seed), 64) for seed in range(6)]
    sums = np.concatenate([one["u"] + one["v"] for one in batches])
    met = (sums >= 1) & (sums <= 1.001)

    assert met.mean() > 0.5
    assert (~met).any()
    assert np.any(met & (np.minimum(sums - 1, 1.001 - sums) < 1e-8))


def test_a_hypothesis_that_is_not_defined_is_not_met() -> None:
    """Where a side divides by zero a hypothesis excludes the instance: no true claim is refuted there, none passes."""
    s, x = nonnegative("s"), real("x")
    inverse = conjecture("The inverse", key="t/i", given=[1 / s >= 1], then=Piecewise((0, s <= 0), (1, True)) >= 1)
    nowhere = conjecture("Nowhere", key="t/w", given=[1 / (abs(x) - Max(x, -x)) >= 1], then=x <= 1)

    assert verdict(inverse) in {"holds", "proved"}
    assert "vacuous" == verdict(nowhere)


def test_a_path_that_is_divided_by_is_no_formula() -> None:
    """A number that was read from a file asks nothing of quantities, though the way to it is written with a slash."""
    words = (Path("tables") / "one.csv").name.split(".")
    found = conjecture("A root is concave", then=sqrt(eta) <= (len(words) + eta) / 2)
    written = conjecture("A root is concave", then=sqrt(eta) <= (2 + eta) / 2)

    assert [one.name for one in written.given.hypotheses] == [one.name for one in found.given.hypotheses]


@pytest.mark.parametrize(
    "claim",
    [
        conjecture("Two exponentials", key="h/two", given=[exp(x) + exp(y) <= 2], then=x + y <= 0),
        conjecture("Hyperbolic sines in order", key="h/sinh", given=[sinh(x) <= sinh(y)], then=x <= y),
    ],
    ids=lambda claim: claim.key,
)
def test_what_floats_do_not_tell_apart_meets_no_hypothesis(claim: Claim) -> None:
    """Exponentials that overflow, or differ by less than floats show, accuse no true statement."""
    assert verdict(claim) == "holds"


def confirmed(claim: Claim, number: float) -> Ruling:
    """What becomes of a number at which floats meet the hypothesis and surely violate the conclusion."""
    return confirm(claim, {"spread": 1.0}, {"x": np.array([number])}, certain=True, off=lambda: 0.0).ruling


def test_a_hypothesis_that_more_digits_decide_accuses_nobody() -> None:
    """exp(x) is above 1 at 1e-160, which 256 bits do not show; and what lies beside it inside obeys the conclusion."""
    claim = conjecture("An exponential below one", key="h/one", given=[exp(x) <= 1], then=x <= 0)

    assert Ruling.OUTSIDE is confirmed(claim, 1e-160)
    assert verdict(claim) == "holds"


def test_what_has_nothing_beside_it_inside_stays_open() -> None:
    """Of (3x - 1)^2 <= 0 no float is inside, so that none that only rounding lets in may be passed over."""
    claim = conjecture("A third", key="h/third", given=[(3 * x - 1) ** 2 <= 0], then=x <= Rational(1, 4))

    assert Ruling.UNSETTLED is confirmed(claim, 1 / 3)


def test_a_hypothesis_that_repeats_a_range_says_nothing() -> None:
    """What the declared ranges say already, and what is always met, is passed over, and the statement is judged."""
    part, other = positive("part", high=1), real("other", low=Rational(1, 2))
    simple = conjecture("squares of parts", given=[part <= 1, part > 0], then=part**2 <= part)
    repeated = [part <= 1, part <= 1, nonnegative("a") >= 0, other >= Rational(1, 2), part <= Rational(1, 2)]
    several = conjecture("sums", given=repeated, then=part <= nonnegative("a") + other)

    assert "proved" == verdict(simple)
    assert sorted(["part > 0", "part <= 1", "a >= 0", "other >= 1/2", "part <= 1/2"]) == sorted(
        one.name for one in several.given.hypotheses
    )


def test_a_relation_is_compared_as_a_whole() -> None:
    """The condition of a Piecewise within a side is no hypothesis of its own; those that And joins are."""
    inner = Piecewise((u, u > v), (v, True))
    whole, joined = conjecture(
        "a", given=[inner <= 2, And(u <= 3, inner >= -2)], then=u * v <= u**2 + v**2
    ).given.hypotheses
    at = {"u": np.array([1.0]), "v": np.array([0.0])}
    assert ["<="] == [one.sign for one in whole.compared({"spread": 1.0}, at)]
    assert {"<=", ">="} == {one.sign for one in joined.compared({"spread": 1.0}, at)}
