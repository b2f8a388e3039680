"""The directed search and the stage of necessity: what they may propose, and what they make of it."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_claims import claim, n, numbers, procedure, x

from lemmata.checks import Effort, Evidence, judge
from lemmata.checks._trial import hunt, parts, run_part
from lemmata.checks._variants import without_hypothesis
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.part import Kind, Part
from lemmata.checks.stages import evolution
from lemmata.checks.stages import search as search_module
from lemmata.checks.stages.draws import Batch, draw
from lemmata.claims import AtMost, Claim, ClaimError, Hypothesis, Located, Mutant, dropped, load

LARGE = Mutant(name="large", because="x may be 4", then=AtMost(left=x**2, right=1))


def bounded(bound: Any, **changes: Any) -> Claim:
    """x^2 <= bound, where the entries may be moved freely but for |x| <= 4."""
    inside = Hypothesis(name="|x| <= 4", holds=lambda _, instances: np.abs(instances["x"]) <= 4)
    family = numbers(hypotheses=(inside,), searchable=("x",))
    return claim(given=family, then=AtMost(left=x**2, right=bound), mutants=(LARGE,), **changes)


def trial(subject: Claim, effort: Effort = Effort.QUICK) -> Evidence:
    """A trial in this process."""
    return judge(Located(subject, "toy"), effort=effort, seed=0)


class _Broken:
    """A kept optimiser gone wrong: it proposes NaN."""

    def __init__(self, start: np.ndarray, *_: Any) -> None:
        self.size = start.size

    def stop(self) -> bool:
        return False

    def ask(self, count: int) -> list[np.ndarray]:
        return [np.full(self.size, np.nan)] * count

    def tell(self, *_: Any) -> None:
        raise NotImplementedError


class TestSearch:
    """What the search may do."""

    def test_pushes_to_the_boundary(self) -> None:
        """Quarters reach 16 by luck at most; the search reaches it from anywhere, within the hypothesis."""
        found = trial(bounded(sp.Rational(161, 10)))

        assert "holds" == found.verdict
        assert found.search is not None
        assert found.search.worst_ratio is not None
        assert 0.98 < found.search.worst_ratio < 1

    def test_optimiser_of_nan(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An optimiser that proposes NaN is a fault of the harness, with its own verdict; it proves nothing."""
        monkeypatch.setattr(evolution, "_cma", lambda: type("cma", (), {"CMAEvolutionStrategy": _Broken}))
        found = trial(bounded(20))

        assert "error" == found.verdict
        assert "the optimiser proposed NaN or infinity in x" in found.error

    def test_leaving_the_ranges(self) -> None:
        """Parameters outside their declared ranges are refused before anything is drawn."""
        with pytest.raises(ClaimError, match=r"search proposed n = 12, outside the declared 1 to 9"):
            draw(bounded(20), Batch(origin=SEARCH, parameters={"n": 12}, size=3), np.random.default_rng(0))

    def test_a_search_that_leaves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same in a trial, should the walk ever step outside."""
        monkeypatch.setattr(search_module, "_neighbours", lambda *_: iter([{"n": 12}]))

        assert "outside the declared 1 to 9" in trial(bounded(20)).error


class TestHunt:
    """Mutants and dropped hypotheses are hunted with growing budgets, random looks and directed search in turns."""

    @pytest.mark.parametrize(("bound", "share"), [(2, 0.02), (sp.Rational(1599, 100), 0.3)])
    def test_what_is_false_falls_early(self, bound: Any, share: float) -> None:
        """What any instance violates falls at the first look; what only pushing violates, long before the budget."""
        run = []

        def watched(parameters: Any, instances: Any) -> Any:
            run.append(instances["x"].shape[0])
            return procedure().run(parameters, instances)

        budget = Effort.STANDARD.budget
        subject = dataclasses.replace(bounded(bound), when=dataclasses.replace(procedure(), run=watched))
        found = hunt(subject, budget, 0, "toy")

        assert found.violation is not None
        assert sum(run) < share * budget.points * budget.batch

    def test_what_is_true_is_looked_at_with_the_whole_budget(self) -> None:
        """Nothing is saved on what does not fall."""
        budget = Effort.QUICK.budget
        found = hunt(bounded(17), budget, 0, "toy")

        assert found.violation is None
        assert found.proposed > (budget.points - 1) * budget.batch


class TestNecessity:
    """At deep effort each hypothesis is dropped in turn."""

    def test_parts(self) -> None:
        """Only the deep effort has the stage."""
        assert Part(Kind.WITHOUT, "|x| <= 4") in parts(bounded(17), Effort.DEEP)
        assert not [part for part in parts(bounded(17), Effort.STANDARD) if part.kind is Kind.WITHOUT]

    def test_needed(self) -> None:
        """A hypothesis without which the search finds a witness is needed."""
        found = run_part(bounded(17), Part(Kind.WITHOUT, "|x| <= 4"), Effort.QUICK, 0).necessity

        assert found is not None
        assert found.needed
        assert found.sample.smallest is not None

    def test_not_needed(self) -> None:
        """A hypothesis without which nothing is violated is reported as such; only what breaks it counts."""
        idle = Hypothesis(name="x > 0", holds=lambda _, instances: instances["x"] > 0)
        subject = claim(given=numbers(hypotheses=(idle,)), when=procedure(), then=AtMost(left=-(x**2), right=n))
        found = run_part(subject, Part(Kind.WITHOUT, "x > 0"), Effort.QUICK, 0).necessity

        assert found is not None
        assert not found.needed
        assert found.tried
        assert 0 < found.sample.met < found.sample.proposed

    def test_not_tried(self) -> None:
        """Where every instance drawn meets the hypothesis, its need was not tried."""
        idle = Hypothesis(name="n > 0", holds=lambda parameters, _: np.array([parameters["n"] > 0]))
        subject = claim(given=numbers(hypotheses=(idle,)), when=procedure(), then=AtMost(left=-(x**2), right=n))
        found = run_part(subject, Part(Kind.WITHOUT, "n > 0"), Effort.QUICK, 0).necessity

        assert found is not None
        assert (False, False, 0) == (found.needed, found.tried, found.sample.met)

    @pytest.mark.parametrize(
        ("bound", "origin"),
        [(26, "disturbed"), (sp.Pow(1000, 2, evaluate=False), "search"), (10**6, "special values")],
    )
    def test_what_is_drawn_is_disturbed(self, bound: object, origin: str) -> None:
        """Quarters are drawn up to 4, so |x| <= 5 always holds: scaled, turned or shaken, and pushed on from there.

        A number that stands in the statement is tried before.
        """
        wide = Hypothesis(name="|x| <= 5", holds=lambda _, instances: np.abs(instances["x"]) <= 5)
        family = numbers(hypotheses=(wide,), searchable=("x",))
        subject = claim(given=family, then=AtMost(left=x**2, right=bound), mutants=(LARGE,))
        found = run_part(subject, Part(Kind.WITHOUT, "|x| <= 5"), Effort.QUICK, 0).necessity

        assert found is not None
        assert found.sample.smallest is not None
        assert origin == found.sample.smallest.origin

    def test_a_mutant_may_drop_the_same(self) -> None:
        """A claim of whose mutants one is the claim without the hypothesis is tried without it all the same."""
        plain = bounded(17)
        name = plain.given.hypotheses[0].name
        subject = dataclasses.replace(plain, mutants=(LARGE, dropped(name, because="x is free")))

        assert run_part(subject, Part(Kind.WITHOUT, name), Effort.QUICK, 0).error == ""

    def test_every_shipped_claim_can_be_tried_without_each_hypothesis(self) -> None:
        """What is left has one hypothesis less, and is otherwise the claim."""
        for located in load().claims:
            one = located.claim
            for hypothesis in one.given.hypotheses:
                left = without_hypothesis(one, hypothesis.name)
                assert len(one.given.hypotheses) - 1 == len(left.given.hypotheses)
                assert (one.key, one.when, one.then) == (left.key, left.when, left.then)

    def test_kept_in_the_evidence(self) -> None:
        """The record names the hypothesis."""
        deep = trial(bounded(17, key="toy2024/deep"), Effort.DEEP)

        assert [("|x| <= 4", True)] == [(one.hypothesis, one.needed) for one in deep.necessity]
