"""Published worst cases of first-order methods at the points of their papers, and how near a blind search comes."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np

from lemmata.checks import Effort
from lemmata.checks._trial import examine, hunt
from lemmata.checks.stages.room import admissible_shares
from lemmata.checks.stages.runs import run_bounded
from lemmata.checks.stages.search import search
from lemmata.claims import Claim, Edge, Instances, Integers, Parameters, evaluate, tightened

BUDGET = Effort.STANDARD.budget
TIGHT_FROM = 0.9999


@dataclass(frozen=True, kw_only=True)
class Question:
    """One guarantee at one point.

    Attributes:
        row: its number in the examination.
        name: module and variable among the examples.
        fixed: numbers by name; whole ones are parameters.
        value: of the guarantee there, as published, where the measured quantities in ``scales`` are as given.
        scales: what is measured, by name.
        ratio: the largest ratio that can be reached.
        room: sizes that the class is given beyond those of the example.
    """

    row: int
    name: str
    fixed: Mapping[str, float]
    value: float
    scales: Mapping[str, int]
    ratio: float = 1.0
    room: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_tight(self) -> bool:
        """Whether the guarantee is attained."""
        return self.ratio == 1


# Row 14 is asked of composite functions, where a proximal step reaches half of the guarantee; of smooth ones a third.
QUESTIONS = (
    Question(
        row=1,
        name="gradient_descent.contraction",
        fixed={"L": 1, "mu": 0.1, "g": 1, "n": 1},
        value=0.81,
        scales={"before": 1},
    ),
    Question(
        row=2, name="gradient_descent.with_growth", fixed={"L": 1, "h": 0.2, "n": 4}, value=5 / 26, scales={"R2": 1}
    ),
    Question(
        row=3,
        name="gradient_descent.exact_steps",
        fixed={"L": 1, "mu": 0.1, "n": 2},
        value=0.4481251,
        scales={"before": 1},
    ),
    Question(
        row=4, name="operators.subgradient", fixed={"M": 2, "n": 6}, value=0.7559289, scales={"R2": 1}, room={"d": 7}
    ),
    Question(row=5, name="accelerated.for_gradients", fixed={"L": 3, "n": 4}, value=0.3070073, scales={"gap": 1}),
    Question(row=6, name="accelerated.by_three", fixed={"L": 1, "n": 10}, value=1 / 78, scales={"R2": 1}),
    Question(row=7, name="accelerated.item", fixed={"L": 1, "mu": 0.001, "n": 15}, value=0.7566049, scales={"R2": 1}),
    Question(row=8, name="operators.krasnoselskii", fixed={"g": 0.75, "n": 3}, value=0.140625, scales={"R2": 1}),
    Question(row=8, name="operators.krasnoselskii", fixed={"g": 0.97, "n": 3}, value=0.6898698, scales={"R2": 1}),
    Question(row=9, name="operators.proximal_point", fixed={"n": 10}, value=0.0387420, scales={"R2": 1}),
    Question(row=10, name="operators.accelerated_point", fixed={"n": 10}, value=0.01, scales={"R2": 1}),
    Question(
        row=11,
        name="operators.douglas_rachford",
        fixed={"mu": 0.1, "L": 1, "a": 3, "n": 2},
        value=0.3501278,
        scales={"R2": 1},
    ),
    Question(
        row=12,
        name="operators.stochastic_step",
        fixed={"L": 1, "mu": 0.1, "step": 0.7},
        value=4.1830005,
        scales={"R2": 4, "V2": 1},
    ),
    Question(row=13, name="operators.online", fixed={"M": 1, "D": 0.5, "n": 2}, value=0.7071068, scales={}),
    Question(row=14, name="accelerated.composite", fixed={"L": 1, "n": 1}, value=0.5, scales={"R2": 1}, ratio=0.5),
    Question(
        row=15,
        name="gradient_descent.silver_steps",
        fixed={"L": 10, "k": 3},
        value=0.3437751,
        scales={"R2": 1},
        ratio=0.1842154 / 0.3437751,
    ),
)
FALSE = ("gradient_descent.as_found", "operators.as_found", "gradient_descent.all_steps")
"""Rows 16 to 18: statements that are false."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the trial found at a point, blind.

    Attributes:
        ratio: the largest seen, of guarantee and what is attained.
        value: of the guarantee, to compare with the published one.
        tightened: whether the guarantee lowered by 1 % is refuted.
        violated: whether the guarantee itself is.
        seconds: of both.
    """

    ratio: float
    value: float
    tightened: bool
    violated: bool
    seconds: float


def example(name: str) -> Claim:
    """An example by its module and variable."""
    module, _, variable = name.partition(".")
    found: Claim = getattr(import_module(f"lemmata.claims.examples.first_order.{module}"), variable)
    return found


def fixed(question: Question) -> Claim:
    """The claim at one point, every edge withheld that might know the worst case."""
    claim = example(question.name)
    family, given = claim.given, question.fixed
    ranges = {
        name: Integers(int(given[name]), int(given[name])) if name in given else declared
        for name, declared in family.parameters.items()
    } | {name: Integers(1, most) for name, most in question.room.items()}

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = family.draw(parameters, rng, size)
        held = {**drawn, **{n: np.full(size, float(given[n])) for n in given if n in drawn}}
        zero = {n: v * 0 if n in ("x0", "u") else v for n, v in held.items()}
        shares = admissible_shares(claim, parameters, zero, held, size)
        return {n: v * shares[:, None] if n in ("x0", "u") else v for n, v in held.items()}

    blind = dataclasses.replace(
        family,
        parameters=ranges,
        draw=draw,
        edges=(Edge(name="nothing special"),),
        searchable=tuple(name for name in family.searchable if name not in given),
    )
    return dataclasses.replace(
        claim, given=blind, then=dataclasses.replace(claim.then, every=()), mutants=claim.mutants
    )


def answered(question: Question, seed: int = 0) -> Answer:
    """The largest ratio that sampling and search reach at standard effort, and what becomes of a bound 1 % tighter."""
    started, claim = time.perf_counter(), fixed(question)
    budget = BUDGET.at_cost(claim.when.cost)
    with np.errstate(all="ignore"):
        stages = [stage(claim, budget, seed, claim.key, "exam") for stage in (examine, search)]
        tighter = claim.mutated(_shaped(claim))
        falls = hunt(tighter, budget, seed, claim.key, "tightened").violation is not None
    best = max(stages, key=lambda tally: tally.worst_ratio or 0)
    extreme = best.extreme
    assert extreme is not None
    instance = {name: np.asarray([value]) for name, value in extreme.instance.items()}
    case = run_bounded(claim, extreme.parameters, instance).cases[0]
    known = dict(case.values) | {name: case.values[name] * 0 + size for name, size in question.scales.items()}
    return Answer(
        ratio=extreme.ratio,
        value=float(np.ravel(evaluate(claim.then.right, known).value)[0]),  # type: ignore[union-attr]  # a bound
        tightened=falls,
        violated=any(tally.violation is not None for tally in stages),
        seconds=time.perf_counter() - started,
    )


def _shaped(claim: Claim) -> Any:
    mutant = tightened(Fraction(99, 100))
    assert mutant.derive is not None
    return dataclasses.replace(mutant, derive=None, **mutant.derive(claim.given, claim.then))
