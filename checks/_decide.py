"""Deciding a claim, its hypotheses' need and what no sampling refutes, for all real numbers at small shapes."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._counterexamples import counterexample
from lemmata.checks._variants import negating
from lemmata.checks.counterexample import Counterexample
from lemmata.checks.decision import FALSE, OPEN, SQUARES, TRUE, DecidedShape, DecidedVariant, Decision
from lemmata.checks.evidence import MutantTrial
from lemmata.checks.judging.origin import DECISION
from lemmata.checks.part import DECISION as OWN_PART
from lemmata.checks.part import Kind, Part
from lemmata.checks.proof.decide import SPREAD, Found, Outcome, decide, shapes
from lemmata.checks.proof.problems import refusal
from lemmata.checks.proof.real_closed import MissingSolverError, solver_name
from lemmata.checks.records import encode
from lemmata.checks.stages.tally import Violation
from lemmata.claims import Claim, Decided, Reals

_OWN = 0.4
"""Share of the work that the claim itself may take; the variants share the rest."""
_DECLARED = 20.0
"""Seconds that a claim has at least whose proof is to be a decision: at no effort may it be left open for its time."""
_LEAST = 0.05
"""Seconds below which nothing more is tried."""
_VARIANT, _EACH, _MORE = 0.5, 0.1, 1.25
"""What the claim has without a hypothesis, the largest of: seconds, a share of the work, and so many times what the
claim itself took; it is seldom harder to break than the claim is to prove."""
_NO_TIME = "no time was left for it"


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A statement at its shapes, up to the first where it is false or cannot be said with polynomials."""

    claim: Claim
    found: list[Found]

    @property
    def outcome(self) -> str:
        """False somewhere; else true, at the shapes where it is of any numbers; else open."""
        outcomes = {one.outcome for one in self.found}
        return FALSE if Outcome.FALSE in outcomes else TRUE if Outcome.TRUE in outcomes else OPEN

    @property
    def work(self) -> float:
        """The seconds of work that it took."""
        return sum(one.work for one in self.found)

    @property
    def known(self) -> list[Mapping[str, Any]]:
        """The shapes at which it is decided."""
        return [one.parameters for one in self.found if one.outcome is not Outcome.OPEN]

    @property
    def is_implied(self) -> bool:
        """Whether it is true wherever it says anything, be it nowhere."""
        return bool(self.found) and all(one.outcome in (Outcome.TRUE, Outcome.EMPTY) for one in self.found)

    @property
    def where(self) -> str:
        """The shapes at which it is true, in words; empty where it has one only."""
        return "; ".join(filter(None, (_spoken(one) for one in self.found if one.outcome is Outcome.TRUE)))

    def witness(self, *axes: str) -> Counterexample | None:
        """Where it is false, as a record."""
        return next((_witness(self.claim, one, axes) for one in self.found if one.outcome is Outcome.FALSE), None)

    def shapes(self) -> list[DecidedShape]:
        """What became of each shape, as records."""
        return [
            DecidedShape(
                parameters=dict(one.parameters),
                outcome=one.outcome.value,
                reason=one.reason,
                numbers=one.numbers,
                certificates=list(one.certificates),
                admissible=one.admissible,
                suspected=one.suspected,
                undefined=one.undefined,
                id=_digest(self.claim, one),
            )
            for one in self.found
        ]


def is_decided(claim: Claim) -> bool:
    """Whether a decision is tried: of conclusions about single instances, run in the numbers that are given."""
    return isinstance(claim.proof, Decided) or not refusal(claim)


def decision(claim: Claim, budget: Budget) -> Decision:
    """Decide the claim, then the claim on what breaks each hypothesis, as far as the work goes.

    Without a hypothesis it is decided at the shapes at which the claim itself is: at the others it is as hard.
    """
    began = time.perf_counter()
    judged_itself = _own(claim, budget)
    own = _recorded(claim, judged_itself, began)
    if own.outcome == OPEN:
        return own
    asked, variants = judged_itself.known, []
    left = budget.decide - min(judged_itself.work, _OWN * budget.decide)
    each = max(_VARIANT, _EACH * budget.decide, _MORE * judged_itself.work)
    for name, variant in _negations(claim):
        judged = _judge(variant, asked if left > _LEAST else [], min(left, each))
        left -= judged.work
        variants.append(
            DecidedVariant(
                name=name,
                outcome=TRUE if judged.is_implied else judged.outcome,
                where=judged.where,
                shapes=judged.shapes(),
                counterexample=judged.witness(claim.key, str(OWN_PART), str(Part(Kind.WITHOUT, name))),
            )
        )
    return dataclasses.replace(own, variants=variants, seconds=time.perf_counter() - began)


def decide_mutant(standing: MutantTrial, variant: Claim, budget: Budget, *axes: str) -> MutantTrial:
    """The trial of a mutant that sampling left standing, with an exact point where it is false, or that it is true."""
    if not is_decided(variant):
        return standing
    try:
        judged = _judge(variant, _asked(variant)[0], _OWN * budget.decide)
        found = judged.witness(*axes)
    except Exception:  # noqa: BLE001 - a decision that fails decides nothing, and is no fault of the claim
        return standing
    if found is not None:
        sample = dataclasses.replace(standing.sample, smallest=found, worst=found)
        return dataclasses.replace(standing, refuted=True, sample=sample)
    if judged.outcome == TRUE:
        return dataclasses.replace(
            standing, decided=f"true for all real numbers{judged.where and f' at {judged.where}'}"
        )
    return standing


def own_decision(claim: Claim, budget: Budget) -> Decision:
    """Decide the claim alone, in the share of the time that is its own."""
    began = time.perf_counter()
    return _recorded(claim, _own(claim, budget), began)


def _own(claim: Claim, budget: Budget) -> _Judged:
    seconds = _OWN * budget.decide
    return _judge(claim, _asked(claim)[0], max(_DECLARED, seconds) if isinstance(claim.proof, Decided) else seconds)


def _recorded(claim: Claim, own: _Judged, began: float) -> Decision:
    return Decision(
        trusted=_trusted(own),
        outcome=own.outcome,
        covers=_covers(claim, own, complete=_asked(claim)[1]) if own.outcome == TRUE else "",
        where=own.where,
        given=list(claim.proof.given) if isinstance(claim.proof, Decided) else [],
        declared=isinstance(claim.proof, Decided),
        shapes=own.shapes(),
        counterexample=own.witness(claim.key, str(OWN_PART)),
        seconds=time.perf_counter() - began,
    )


def failed_decision(claim: Claim, reason: str) -> Decision:
    """The record of a decision that did not come to an end."""
    simplest = {name: declared.simplest for name, declared in claim.given.parameters.items()}
    return Decision(
        trusted=_trusted(_Judged(claim=claim, found=[])),
        outcome=OPEN,
        covers="",
        where="",
        given=[],
        declared=isinstance(claim.proof, Decided),
        shapes=[DecidedShape(parameters=simplest, outcome=OPEN, reason=reason, numbers=0)],
        counterexample=None,
        seconds=0.0,
    )


def witness(claim: Claim, budget: Budget, *axes: str) -> Counterexample | None:
    """Where a decision finds the claim false, at the first of its shapes at which it is; else None."""
    return _judge(claim, _asked(claim)[0], budget.decide).witness(*axes) if is_decided(claim) else None


def _digest(claim: Claim, found: Found) -> str:
    """The name of a shape's certificates."""
    if not found.certificates:
        return ""
    content = encode([claim.key, "certificate", dict(found.parameters), list(found.certificates)], order="sorted")
    return hashlib.sha256(content).hexdigest()[:12]


def _trusted(own: _Judged) -> str:
    proved = [one for one in own.found if one.outcome is Outcome.TRUE]
    if proved and all(one.certificates for one in proved):
        return SQUARES
    try:
        return solver_name()
    except MissingSolverError as error:
        return str(error)


def _asked(claim: Claim) -> tuple[list[dict[str, Any]], bool]:
    """The shapes to decide, and whether they are all that there are."""
    if isinstance(claim.proof, Decided) and claim.proof.shapes:
        simplest = {name: declared.simplest for name, declared in claim.given.parameters.items()}
        return [{**simplest, **shape} for shape in claim.proof.shapes], False
    return shapes(claim)


def _judge(claim: Claim, asked: Sequence[Mapping[str, Any]], seconds: float) -> _Judged:
    """Shape by shape, smallest first, up to the first where the claim is false or the work is done."""
    found: list[Found] = []
    for parameters in asked:
        left = seconds - sum(one.work for one in found)
        if found and left < _LEAST:
            found.append(Found(outcome=Outcome.OPEN, parameters=parameters, reason=_NO_TIME))
            continue
        found.append(decide(claim, parameters, left))
        if found[-1].outcome is Outcome.FALSE or (found[-1].outcome is Outcome.OPEN and not found[-1].numbers):
            break
    return _Judged(claim=claim, found=found)


def _negations(claim: Claim) -> list[tuple[str, Claim]]:
    """The claim on what breaks a hypothesis, for each that no mutant drops already."""
    dropped = {claim.mutated(mutant).given.hypotheses for mutant in claim.mutants}
    left_out = []
    for one in claim.given.hypotheses:
        kept = tuple(other for other in claim.given.hypotheses if other is not one)
        if not one.declared and kept not in dropped:
            left_out.append((one.name, negating(claim, one.name)))
    return left_out


def _covers(claim: Claim, own: _Judged, *, complete: bool) -> str:
    """The whole range in words, where it was decided; else empty."""
    ranging = {name for name, one in claim.given.parameters.items() if isinstance(one, Reals) and one.low < one.high}
    known = {Outcome.TRUE, Outcome.EMPTY}
    if any(one.outcome not in known or set(one.moving) != ranging for one in own.found):
        return ""
    if isinstance(claim.proof, Decided) and claim.proof.covers:
        return claim.proof.covers
    if not complete:
        return ""
    others = [f"{name} in {declared}" for name, declared in claim.given.parameters.items() if name != SPREAD]
    return ", ".join([f"all {claim.given.name}", *others])


def _spoken(found: Found) -> str:
    """A shape in words; a real parameter that stood for its whole range is left out."""
    return ", ".join(f"{name} = {value}" for name, value in found.parameters.items() if name not in found.moving)


def _witness(claim: Claim, found: Found, axes: Sequence[str]) -> Counterexample:
    settled, exact = found.settled, dict(found.exact or {})
    instance = {name: np.asarray(value, dtype=float) for name, value in (found.instance or {}).items()}
    if settled is None:
        raise ValueError("a refutation by decision was not settled")
    violation = Violation(
        parameters=found.parameters,
        instance=instance,
        origin=DECISION,
        settled=settled,
        residual=settled.difference or 0.0,
        error=0.0,
    )
    return counterexample(claim, violation, axes, shrunk=True, exact=exact)
