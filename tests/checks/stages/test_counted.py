"""Whole numbers gone through one by one."""

from typing import Any

import numpy as np
import pytest

from lemmata import Rational, at_least, at_most, conjecture, dimension, floor, integer, measured, norm2, real, vector
from lemmata.checks import Effort
from lemmata.checks._budget import Budget
from lemmata.checks._part_result import PartResult
from lemmata.checks._trial import run_part
from lemmata.checks.part import SAMPLE
from lemmata.checks.stages.draws import random_batches
from lemmata.claims import Claim, ClaimError, Family

x = real("x")
n, m = integer("n", 1, 1000), integer("m", -40, 900)
LONG = integer("k", 0, 10**6)


def sampled(claim: Claim, effort: Effort = Effort.STANDARD) -> PartResult:
    """The drawn part of a trial."""
    return run_part(claim, SAMPLE, effort, 0)


def stated(then: Any, given: Any = ()) -> Claim:
    """A conjecture about whole numbers."""
    return conjecture("Said of every one of them", key="counted/one", then=then, given=given)


@pytest.mark.parametrize(
    ("claim", "where"),
    [
        (stated(at_least((LONG - 654_321) ** 2, 1)), {"k": 654_321}),
        (stated(at_least((n - 654) ** 2 + (m - 321) ** 2, 1)), {"n": 654, "m": 321}),
        (stated(at_least((n - 654) ** 2 + x**2, 1)), {"n": 654}),
        (stated(at_most(floor(Rational(1_000_001) / n) * n, 1_000_000), [n >= 2, n <= 300]), {"n": 101}),
        (stated(at_most(LONG, 2), [(LONG - 77_777) ** 2 <= 0]), {"k": 77_777}),
    ],
    ids=[
        "one of a million",
        "one pair",
        "beside a real number",
        "among quotients next to whole ones",
        "a single admissible one",
    ],
)
def test_a_single_exception_is_found(claim: Claim, where: dict[str, int]) -> None:
    """What is false at one value, or pair of values, of a range is refuted there."""
    found = sampled(claim).sample

    assert found is not None
    assert found.smallest is not None
    assert where == {name: found.smallest.parameters[name] for name in where}


def test_a_whole_range_is_reported() -> None:
    """Where the instances are whole numbers and nothing else, the record says that each was judged; else not."""
    alone, beside = stated(at_most(2 * n, n**2 + 1)), stated(at_most(2 * n, n**2 + 1 + x**2))
    found = [sampled(one).sample for one in (alone, beside)]

    assert ["n from 1 to 1,000", ""] == [one and one.complete for one in found]


def test_a_part_of_a_range_is_not_called_whole() -> None:
    """At quick effort a million values are too many; some of them are judged, both ends among them."""
    found = sampled(stated(at_least(LONG**2, 0)), Effort.QUICK).sample

    assert found is not None
    assert not found.complete
    assert Effort.QUICK.budget.counted / 2 < found.distinct <= Effort.QUICK.budget.counted


def test_what_cannot_be_one_batch_is_not_counted() -> None:
    """Sizes, exponents and what a function takes stay parameters of a whole batch."""
    size = dimension("d")
    v = vector("v", size)
    claims = [
        stated(at_least(norm2(v) * size * n, 0)),
        stated(at_least(2**n, m)),
        conjecture("Run", key="counted/run", then=at_least(n + x**2, 0), runs=lambda n, x: {"y": x * n}),
    ]

    assert [("n",), ("m",), ()] == [one.given.counted for one in claims]


def test_ranges_beyond_all_counting_are_drawn_from() -> None:
    """Two ranges of 10^12 values, and one of numbers that no float holds, are judged on random draws alone."""
    wide, wider = integer("p", "q", 1, 10**12), integer("r", 10**17, 10**18)
    errors = [sampled(stated(at_least(sum(wide), 2)), Effort.QUICK), sampled(stated(at_least(wider, 1)), Effort.QUICK)]

    assert ["", ""] == [one.error for one in errors]
    assert all(one.sample is not None and one.sample.distinct < 1_000 for one in errors)


def test_counting_costs_what_the_budget_says() -> None:
    """A sixteenth of the budget is a sixteenth of the values."""
    budget = Budget(points=1, batch=1, counted=160)

    assert [10, 40, 160] == [rung.counted for rung in budget.rungs()]


def test_only_whole_numbers_are_counted() -> None:
    """A family that counts what is no parameter of whole numbers is refused by name."""
    family = stated(at_least(x**2, 0)).given

    with pytest.raises(ClaimError, match="counts 'spread'"):
        Family(name="real", parameters=family.parameters, draw=family.draw, edges=family.edges, counted=("spread",))


def test_values_are_the_exact_whole_numbers() -> None:
    """An instance that carries its own number is judged as the parameter would be."""
    claim = stated(at_least((n - 3) ** 2, 1))
    carried = {"instance": np.zeros(3), "n": np.array([2.0, 3.0, 4.0])}
    hypothesis = stated(at_most(n, 5), [n >= 3]).given.hypotheses[0]
    mask = hypothesis.holds({"n": 1}, carried)
    values = claim.when.run({"n": 1}, carried).cases[0].values["n"]

    assert [2.0, 3.0, 4.0] == values.ravel().tolist()
    assert [False, True, True] == mask.tolist()


def test_a_procedure_is_run_at_every_whole_number_of_a_short_range() -> None:
    """What a user's code does at one value of hundreds, or at a few of thousands, is met at quick effort."""
    out = measured("out")

    def at_one(x: Any, n: int) -> dict[str, Any]:
        return {"out": x * 0 + (2 if n == 321 else 0)}

    def at_some(x: Any, p: int) -> dict[str, Any]:
        return {"out": x * 0 + (2 if p % 50 == 49 else 0)}

    def at_pair(x: Any, a: int, b: int) -> dict[str, Any]:
        return {"out": x * 0 + (2 if (a, b) == (7, 5) else 0)}

    ab = {"a": integer("a", 1, 12), "b": integer("b", 1, 12)}
    claims = [
        conjecture("It is small", key="counted/pair", runs=at_pair, **ab, then=out <= 1),
        conjecture("It is small", key="counted/run", runs=at_one, n=integer("n", 1, 400), then=out <= 1),
        conjecture("It is small", key="counted/long", runs=at_some, p=integer("p", 1, 10**5), then=out <= 1),
    ]
    found = [sampled(claim, Effort.QUICK).sample for claim in claims]

    assert all(one is not None and one.smallest is not None for one in found)
    assert 400 == len(set(_whole(claims[1], "n")))


def _whole(claim: Claim, name: str) -> list[int]:
    points = [batch.parameters[name] for batch in random_batches(claim, Effort.QUICK.budget, 0) if batch.size == 2]
    return [int(value) for value in points]
