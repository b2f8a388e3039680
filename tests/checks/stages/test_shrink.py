import numpy as np
import pytest
import sympy as sp
from toy_claims import FALSE, claim, n, numbers, procedure, x

from lemmata import conjecture, real
from lemmata.checks import Counterexample, Effort, Ruling, judge, settle
from lemmata.claims import (
    AtMost,
    Claim,
    Edge,
    Hypothesis,
    Identity,
    Instances,
    Located,
    Measurement,
    Mutant,
    Parameters,
    choice,
    integers,
    reals,
    sizes,
)

rows, columns = sp.symbols("r c", integer=True, positive=True)
M = sp.MatrixSymbol("M", rows, columns)
total = sp.Symbol("s")


def smallest(subject: Claim) -> Counterexample:
    """The smallest counterexample that a standard trial ends with."""
    found = judge(Located(subject, "toy"), effort=Effort.STANDARD, seed=0)

    assert "refuted" == found.verdict, found.sentence + found.error
    assert found.sample is not None
    assert found.sample.smallest is not None
    return found.sample.smallest


class TestParameters:
    """Parameters become small and simple."""

    @pytest.mark.parametrize("first_false", [2, 3, 5, 8, 37])
    def test_an_integer_ends_at_the_first_false_one(self, first_false: int) -> None:
        """A claim that is false from n = k on ends at n = k."""
        family = numbers(parameters={"n": integers(1, 60)})
        subject = claim(given=family, then=AtMost(left=n, right=first_false - 1), mutants=(FALSE,))

        assert {"n": first_false} == smallest(subject).parameters

    def test_shapes_options_and_reals(self) -> None:
        """False only with a width of 3 or more and option b: one width of 3, the others 1, the shortest list."""

        def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
            wide = max(parameters["w"]) if parameters["k"] == "b" else 0  # type: ignore[arg-type,type-var]
            return {"s": np.full(size, float(wide)), "noise": rng.normal(size=size)}

        family = numbers(
            parameters={"w": sizes(1, 6, count=(2, 5)), "k": choice("a", "b", "c"), "r": reals(0.1, 7.3)},
            draw=draw,
            edges=(Edge(name="simplest"),),
        )
        look = procedure(lambda _, i: Measurement.of({"s": i["s"][:, None]}, case="c"), measures={total: "s"})
        found = smallest(
            claim(
                given=family,
                when=look,
                then=AtMost(left=total, right=2),
                mutants=(Mutant(name="m", because="b", then=AtMost(left=total**2 + 1, right=0)),),
            )
        )

        assert [1, 3] == sorted(found.parameters["w"])  # type: ignore[call-overload]
        assert ("b", 0.1) == (found.parameters["k"], found.parameters["r"])


class TestEntries:
    """Entries become short numbers."""

    def test_numbers_end_at_zero_and_one(self) -> None:
        """A false claim about real matrices (their squared sum is at most zero) ends with entries 0 and 1."""

        def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
            return {"M": rng.normal(size=(size, *parameters["w"]))}  # type: ignore[misc]

        family = numbers(parameters={"w": sizes(1, 4, count=(2, 2))}, draw=draw)
        look = procedure(lambda _, i: Measurement.of({"M": i["M"][:, None]}, case="c"), measures={M: "a matrix"})
        then = Identity(left=M * M.T, right=sp.ZeroMatrix(rows, rows))
        mutant = Mutant(name="m", because="b", then=Identity(left=M * M.T, right=-M * M.T))
        found = smallest(claim(given=family, when=look, then=then, mutants=(mutant,)))

        assert {"w": [1, 1]} == found.parameters
        assert [[1.0]] == found.instance["M"]

    def test_hypotheses_hold_on_the_smallest(self) -> None:
        """Shrinking never leaves the hypotheses: x > 2.3 ends at a short number above 2.3, not at 0 or 1."""
        family = numbers(
            draw=lambda _, rng, size: {"x": rng.normal(size=size) * 5, "y": np.zeros(size), "n": np.ones(size)},
            hypotheses=(Hypothesis(name="x > 2.3", holds=lambda _, i: i["x"] > 2.3),),
        )
        found = smallest(claim(given=family, then=AtMost(left=x, right=0), mutants=(FALSE,)))

        assert 2.3 < found.instance["x"]  # type: ignore[operator]
        assert float(found.instance["x"]).is_integer() or 2.5 == found.instance["x"]  # type: ignore[arg-type]
        assert 0.0 == found.instance["y"]

    def test_the_smallest_is_confirmed(self) -> None:
        """The record of the smallest counterexample alone violates the claim exactly, with the sides it states."""
        subject = claim(then=AtMost(left=x**2 + n, right=3), mutants=(FALSE,))
        found = smallest(subject)
        instance = {name: np.asarray([value]) for name, value in found.instance.items()}
        settled = settle(subject, found.parameters, instance)  # type: ignore[arg-type]

        assert Ruling.VIOLATED is settled.ruling
        assert (settled.left, settled.right, settled.case) == (found.left, found.right, found.case)
        assert found.shrunk

    def test_the_worst_is_kept_beside_it(self) -> None:
        """The violation as it was found stays on record, unshrunk, and is no smaller a violation."""
        sample = judge(
            Located(claim(then=AtMost(left=x**2 + n, right=3), mutants=(FALSE,)), "toy"), effort=Effort.QUICK, seed=0
        ).sample

        assert sample is not None
        assert sample.worst is not None
        assert sample.smallest is not None
        assert not sample.worst.shrunk
        assert sample.worst.difference >= sample.smallest.difference  # type: ignore[operator]

    def test_shapes_that_cannot_be_drawn_are_passed_over(self) -> None:
        """A generator that refuses some simpler point does not end the search or the trial."""

        def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
            if parameters["n"] in (1, 2, 4):
                raise ValueError("this family needs another n")
            return {"x": rng.normal(size=size), "y": np.zeros(size), "n": np.full(size, float(parameters["n"]))}  # type: ignore[arg-type]

        family = numbers(draw=draw, parameters={"n": integers(1, 9)}, edges=(Edge(name="nine", parameters={"n": 9}),))
        found = smallest(claim(given=family, then=AtMost(left=n, right=2), mutants=(FALSE,)))

        assert found.parameters["n"] in (3, 5)


class TestReach:
    """Shrinking stays among what the family draws."""

    @staticmethod
    def positive(searchable: tuple[str, ...]) -> Claim:
        """A false claim x^2 <= 1/2 about numbers drawn from [1, 2]."""
        family = numbers(
            draw=lambda _, rng, size: {name: rng.uniform(1, 2, size=size) for name in ("x", "y", "n")},
            searchable=searchable,
        )
        return claim(given=family, then=AtMost(left=x**2, right=sp.Rational(1, 2)), mutants=(FALSE,))

    def test_kept(self) -> None:
        """Numbers drawn from [1, 2] stay there and are not shrunk to 0, though no hypothesis forbids it."""
        found = [float(str(value)) for value in smallest(self.positive(())).instance.values()]

        assert all(1 <= value <= 2 for value in found)

    def test_searchable(self) -> None:
        """Entries that may take any value are shrunk as far as the violation allows."""
        found = smallest(claim(given=self.positive(("*",)).given, then=AtMost(left=x - n, right=-9), mutants=(FALSE,)))

        assert 0.0 == found.instance["x"]


class TestDecimals:
    """What a person retypes violates too."""

    @pytest.mark.parametrize("bound", ["1/3", "0.7071067811865476", "2/7"])
    def test_few_digits(self, bound: str) -> None:
        """A violation in a thin interval above an endless decimal ends at a decimal of few digits, inside it."""
        low = sp.Rational(bound)
        measured = procedure(lambda _, i: Measurement.of({total: i["s"]}, case="all"), measures={total: "a number"})
        family = numbers(
            draw=lambda _, rng, size: {"s": float(low) * rng.uniform(0.9, 1.002, size=size)},
            edges=(Edge(name="simplest"),),
        )
        never = Mutant(name="opposite", because="it is positive", then=AtMost(left=total, right=-1))
        found = smallest(claim(given=family, when=measured, then=AtMost(left=total, right=low), mutants=(never,)))
        number = found.instance["s"]

        assert isinstance(number, float)
        assert low < sp.Rational(repr(number)) < low * sp.Rational(1002, 1000)
        assert len(repr(number)) <= 6


def test_numbers_near_the_largest_float() -> None:
    """Eighths of a number of 308 digits do not overflow while it is shrunk."""
    t = real("t")
    found = judge(conjecture("Small", key="toy2024/large", then=abs(t) <= 15 * 10**307), effort=Effort.QUICK)

    assert "refuted" == found.verdict, found.error
