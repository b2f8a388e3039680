"""From the findings of the stages to one verdict, and the sentence that carries its numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lemmata.checks.counterexample import Counterexample
from lemmata.checks.decision import EMPTY, TRUE, Decision
from lemmata.checks.evidence import EXPONENT, OPEN, Estimate, MutantTrial, Proof, Sample
from lemmata.checks.stages.slack import not_attained
from lemmata.checks.verdict import Reason, Verdict

_ATTAINED = 1e-6
_LOOSE = 0.1
"""A bound is loose whose two sides were never nearer than by this factor."""
_MOST_OPEN = 0.1
"""Largest share of instances that may decide nothing (such as rates not yet asymptotic) in a pass."""


def conclude(  # noqa: PLR0913 - a finding of each stage
    proof: Proof | None,
    sample: Sample,
    data: Sample | None,
    mutants: list[MutantTrial],
    *,
    searched: Sample | None = None,
    tight: bool = False,
    every: Mapping[str, list[str]] | None = None,
    decision: Decision | None = None,
    reversals: Collection[str] = (),
) -> tuple[Verdict, Reason | None, str]:
    """The verdict of a trial whose stages all ended.

    The first line that applies decides:

    | finding                                                       | verdict              |
    |---------------------------------------------------------------|----------------------|
    | a confirmed counterexample, drawn or by decision, of the claim| REFUTED              |
    | or of what a mutant declares to hold instead                  |                      |
    | a violation beyond a rigorous error bound vanished in exact   | ERROR                |
    | numbers: the bound or the procedure is wrong                  |                      |
    | no draw met the hypotheses, though some numbers do: the search | UNDECIDED, isolated  |
    | solved for them, or the decision names them                   |                      |
    | no instance met the hypotheses (drawn, of a data set, or of   | VACUOUS              |
    | what a mutant declares instead), none of those drawn at       |                      |
    | random did, or all of them are one and the same               |                      |
    | the solver of the decision finds a counterexample that        | UNDECIDED, precision |
    | settling does not confirm                                     |                      |
    | balls of the highest precision cannot tell two numbers apart  | UNDECIDED, precision |
    | whose equality would be a violation, unless it is proved      |                      |
    | a solver failed on an instance that meets the hypotheses, in  | UNDECIDED, solver    |
    | any stage                                                     |                      |
    | NaN or infinity in the conclusion, in any stage, unless the   | UNDECIDED, non-finite|
    | claim was decided, as defined and true, for its whole range   |                      |
    | a violation that no arithmetic could settle, in any stage,    | UNDECIDED, precision |
    | unless the claim was decided for its whole range              |                      |
    | the declared proof does not close, or proves a mutant too     | UNDECIDED, proof     |
    | a data set was never met; or an edge, unless the claim was    | UNDECIDED, edge      |
    | decided for its whole range, boundaries included              |                      |
    | declared tight, but the largest ratio seen (at some value of a | UNDECIDED, tightness |
    | parameter for each of which it is attained) is below 1 - 1e-6 |                      |
    | an estimate, or more than a tenth of the instances, left open | UNDECIDED, open      |
    | a mutant that must fall survived, or none at all fell         | POWERLESS            |
    | of a bound nothing fell but its reversal, and ten times       | POWERLESS            |
    | tighter it would have passed, unless it is proved             |                      |
    | the proof closed, or the claim was decided to be true for all | PROVED               |
    | real numbers at shapes that make up its whole range           |                      |
    | the claim speaks of a probability                             | SUPPORTED            |
    | otherwise                                                     | HOLDS                |
    """
    stages = [stage for stage in (sample, data) if stage is not None]
    everywhere = stages if searched is None else [*stages, searched]
    found = _refuted(everywhere, proof, mutants, decision)
    found = found or _wrong_bounds(everywhere) or _isolated(sample, searched, decision)
    found = found or _nothing_tested(stages if sample.met else everywhere, mutants, _solved_for(searched, decision))
    is_decided = decision is not None and decision.proves
    aimed = [stage for stage in stages if stage is data or not is_decided]
    found = found or _suspected(decision)
    if not is_decided and (proof is None or not proof.closed):
        found = found or _tied(everywhere)
    rounded = [one for one in everywhere if not is_decided]
    found = found or _not_decided(everywhere, proof, mutants, edges=aimed, rounded=rounded)
    if found is None and decision is not None and decision.declared and not decision.closed:
        found = _undecided(Reason.PROOF, f"not decided: {decision.reason[:300]}")
    if found is not None:
        return found
    reached = max(stage.worst_ratio or 0.0 for stage in everywhere)
    if tight and reached < 1 - _ATTAINED:
        return _undecided(Reason.TIGHTNESS, f"the largest ratio seen is {reached:.6g}")
    missed = not_attained(everywhere, dict(every or {}), 1 - _ATTAINED)
    if missed:
        return _undecided(Reason.TIGHTNESS, f"the largest ratio seen is {', '.join(missed)}")
    is_proved = proof is not None or is_decided
    weak = _survived(mutants) or ("" if is_proved else _loose(mutants, reversals, reached))
    if weak:
        return Verdict.POWERLESS, None, f"No violation, but {weak}."
    chances = [one for stage in everywhere for one in stage.estimates if one.false_alarm]
    if chances and all(one.detectable is None for one in chances):
        return Verdict.POWERLESS, None, f"No discrepancy, and none could have been seen: {_supported(chances)}"
    if chances:
        return Verdict.SUPPORTED, None, f"{_supported(chances)} {_mutants(mutants)}"
    numbers = f"{_counts(everywhere)} {_mutants(mutants)}"
    if proof is not None:
        return Verdict.PROVED, None, f"{_proved(proof)} {numbers}"
    if decision is None or decision.outcome != TRUE:
        return Verdict.HOLDS, None, numbers
    if decision.proves:
        return Verdict.PROVED, None, f"Proved for {decision.covers}: decided by {decision.trusted}. {numbers}"
    where = decision.where and f" at {decision.where}"
    return Verdict.HOLDS, None, f"Decided for all real numbers{where} (by {decision.trusted}). {numbers}"


_MOVE_EDGE = "move it to where every hypothesis holds (near=, edges=), or leave it out"

_Finding = tuple[Verdict, Reason | None, str] | None


def _refuted(
    stages: list[Sample], proof: Proof | None, mutants: list[MutantTrial], decision: Decision | None
) -> _Finding:
    closed = (proof is not None and proof.closed) or (decision is not None and decision.proves)
    if (
        decision is not None and decision.counterexample is not None
    ):  # simplified, so better to read than what was drawn
        return Verdict.REFUTED, None, _against(decision.counterexample, closed=closed)
    for stage in stages:
        if stage.smallest is not None:
            return Verdict.REFUTED, None, _against(stage.smallest, closed=closed)
        if stage.contradiction is not None:
            return Verdict.REFUTED, None, _contradicted(stage.contradiction)
    for mutant in mutants:
        truth = mutant.instead_sample
        if truth is not None and truth.refuted:
            return (
                Verdict.REFUTED,
                None,
                f"What is said to hold for mutant {mutant.name!r} instead is itself false.",
            )
    return None


def _against(found: Counterexample, *, closed: bool) -> str:
    """A counterexample in a sentence."""
    both = " Its proof closes all the same: one of the two is at fault." if closed else ""
    return (
        f"Counterexample {found.id} ({found.origin}, {found.case}): {found.left} against {found.right}, "
        f"{'by' if found.is_extrapolated else 'confirmed in'} {found.arithmetic}.{both}"
    )


def _survived(mutants: list[MutantTrial]) -> str:
    """The mutants that should have fallen, in words."""
    none_fell = not any(mutant.refuted for mutant in mutants)
    survivors = [mutant for mutant in mutants if not mutant.refuted and (mutant.must_fall or none_fell)]
    return f"these mutants survived: {', '.join(_survivor(one) for one in survivors)}" if survivors else ""


def _loose(mutants: list[MutantTrial], reversals: Collection[str], reached: float) -> str:
    """What is to be said of a bound of which the trial shows no more than its direction; empty of any other."""
    fallen = {mutant.name for mutant in mutants if mutant.refuted}
    if not fallen or not fallen <= set(reversals) or not 0 < reached < _LOOSE:
        return ""
    return (
        f"the largest ratio seen is {reached:.3g}, and of {len(mutants)} mutants only the reversed bound fell: ten "
        "times tighter it would have passed as well"
    )


def _survivor(mutant: MutantTrial) -> str:
    why = mutant.decided or ("" if _is_judged(mutant) else "on no instance")
    return f"{mutant.name} ({why})" if why else mutant.name


def _wrong_bounds(stages: list[Sample]) -> _Finding:
    contradicted = sum(stage.contradicted for stage in stages)
    if not contradicted:
        return None
    sentence = (
        f"{contradicted} violations beyond a rigorous error bound vanish in exact numbers: the procedure computes "
        "something else in floats, or returns error bounds that are too small."
    )
    return Verdict.ERROR, None, sentence


def _isolated(sample: Sample, searched: Sample | None, decision: Decision | None) -> _Finding:
    """Where no draw meets the hypotheses, but the search solved for instances that do, or a solver names one."""
    if (sample.met and sample.drawn) or sample.solver_failures or sample.non_finite:
        return None
    point = "" if decision is None else decision.admissible
    if sample.met:
        at_edges = f"of {sample.met} instances none was drawn at random, only edges were met"
        return _undecided(Reason.ISOLATED, f"{at_edges}; {_known(point)}") if point else None
    if searched is not None and searched.relations:
        known = f"{searched.met} instances that the search solved for do, and obey the conclusion"
    elif point:
        known = _known(point)
    else:
        return None
    return _undecided(Reason.ISOLATED, f"of {sample.proposed} drawn none does ({_by_hypothesis(sample)}); {known}")


def _known(point: str) -> str:
    return f"{point} does, as the solver finds, and the statement is true of all real numbers there"


def _by_hypothesis(sample: Sample) -> str:
    return ", ".join(f"{h.name}: {h.met} of {h.proposed}" for h in sample.hypotheses) or "no hypotheses"


def _solved_for(searched: Sample | None, decision: Decision | None) -> str:
    """What was tried beside draws to meet the hypotheses, as a sentence to add."""
    if decision is not None and all(one.outcome == EMPTY for one in decision.shapes):
        return " They exclude each other: no real numbers meet them all."
    return " The search could not solve for any." if searched is not None else ""


def _suspected(decision: Decision | None) -> _Finding:
    if decision is not None and decision.suspected:
        where = f"the solver finds the claim false at {decision.suspected}, which exact numbers do not settle"
        return _undecided(Reason.PRECISION, where)
    if decision is not None and decision.undefined:
        return _undecided(Reason.UNDEFINED, decision.undefined)
    return None


def _tied(stages: list[Sample]) -> _Finding:
    tie = next((stage.tie for stage in stages if stage.tie), "")
    return _undecided(Reason.PRECISION, tie) if tie else None


def _nothing_tested(stages: list[Sample], mutants: list[MutantTrial], tried: str) -> _Finding:
    for stage in stages + [m.instead_sample for m in mutants if m.instead_sample is not None]:
        if stage.met == 0 or stage.relations == 0:
            counts = _by_hypothesis(stage)
            failed = sum(stage.solver_failures.values()) + stage.non_finite + sum(stage.open.values())
            if failed:
                continue
            return (
                Verdict.VACUOUS,
                None,
                f"None of {stage.proposed} instances met every hypothesis ({counts}).{tried}",
            )
    drawn = stages[0]
    if not drawn.drawn:
        return Verdict.VACUOUS, None, f"Of {drawn.met} instances none was drawn at random: only edges were met."
    if drawn.distinct == 1:
        return Verdict.VACUOUS, None, f"All {drawn.met} instances are one and the same."
    return None


def _not_decided(
    stages: list[Sample],
    proof: Proof | None,
    mutants: list[MutantTrial],
    *,
    edges: list[Sample],
    rounded: list[Sample],
) -> _Finding:
    """What leaves a claim undecided: of ``edges`` those never met, of ``rounded`` what rounding hides, too."""
    instead = [m.instead_sample for m in mutants if m.instead_sample is not None]
    everything, rounded = stages + instead, rounded + instead
    failed = [f"{sentence} ({n} instances)" for stage in everything for sentence, n in stage.solver_failures.items()]
    if failed:
        return _undecided(Reason.SOLVER, "; ".join(failed))
    non_finite = sum(stage.non_finite for stage in rounded)
    if non_finite:
        strange = next((stage.strange for stage in rounded if stage.strange), "")
        first = f", e.g. {strange}" if strange else ""
        return _undecided(Reason.NON_FINITE, f"{non_finite} of {sum(stage.met for stage in rounded)} instances{first}")
    unsettled = sum(stage.unsettled for stage in rounded)
    if unsettled:
        return _undecided(Reason.PRECISION, f"{unsettled} instances")
    if proof is not None and not proof.closed:
        return _undecided(Reason.PROOF, f"what is left: {proof.remainder[:300]}")
    if proof is not None and proof.mistaken:
        return _undecided(Reason.PROOF, f"the same prover proves what is false: {', '.join(proof.mistaken)}")
    for stage in edges:
        missed = [edge.name for edge in stage.edges if edge.met == 0]
        if missed:
            return _undecided(Reason.EDGE, f"{', '.join(missed)}; {_MOVE_EDGE}")
    return _left_open(everything, rounded)


def _left_open(stages: list[Sample], estimated: list[Sample]) -> _Finding:
    for stage in stages:
        for because, count in stage.open.items():
            if count > _MOST_OPEN * stage.met:
                return _undecided(Reason.OPEN, f"{because} ({count} of {stage.met} instances)")
    for stage in estimated:
        for one in stage.estimates:
            if one.decision == OPEN and one.quantity != EXPONENT:  # instances whose rate is open are counted above
                return _undecided(Reason.OPEN, _estimated(one))
    return None


def _contradicted(one: Estimate) -> str:
    return f"{_estimated(one)}: contradicted at an error rate of {one.false_alarm:.1e}."


def _estimated(one: Estimate) -> str:
    """An estimate in words, without a full stop."""
    where = ", ".join(f"{name} = {value}" for name, value in one.parameters.items())
    if one.low is None or one.high is None:
        value = "" if one.value is None else f" is {one.value:.6g}"
        return f"{one.quantity} ({one.origin}: {where}){value}, claimed {one.claimed}"
    ends = f"[{one.low:.6g}, {one.high:.6g}]"
    return f"{one.quantity} ({one.origin}: {where}) lies in {ends} after {one.used:,}, claimed {one.claimed}"


def _supported(chances: list[Estimate]) -> str:
    """The numbers behind a supported probability."""
    used = sum(one.used for one in chances)
    blind = sum(one.detectable is None for one in chances)
    seen = max((one.detectable for one in chances if one.detectable is not None), default=0.0)
    power = f"a discrepancy of {seen:.3f} would have been seen at {'every one' if not blind else f'all but {blind}'}"
    return (
        f"The probability agrees at {len(chances)} parameter points ({used:,} instances), each at an error rate of "
        f"{chances[0].false_alarm:.1e}; {power}."
    )


def _undecided(reason: Reason, detail: str) -> tuple[Verdict, Reason, str]:
    return Verdict.UNDECIDED, reason, f"{reason.sentence[0].upper()}{reason.sentence[1:]}: {detail}."


def _proved(proof: Proof) -> str:
    chance = f" (a false identity would pass with probability {proof.error_probability:.0e})"
    return f"Proved for {proof.covers}{chance if proof.error_probability else ''}."


def _counts(stages: list[Sample]) -> str:
    met = sum(stage.met for stage in stages)
    relations = sum(stage.relations for stage in stages)
    ratios = [stage.worst_ratio for stage in stages if stage.worst_ratio is not None]
    worst = f", worst ratio {max(ratios):.3g}" if ratios else ""
    distinct, exact = sum(stage.distinct for stage in stages), sum(stage.exact for stage in stages)
    settled = f", {exact} of them settled exactly" if exact else ""
    judged = met - sum(sum(stage.open.values()) for stage in stages)
    where = f"all {met:,} instances" if judged == met else f"the {judged:,} of {met:,} instances that decide something"
    unchecked = sum(stage.unchecked for stage in stages)
    left = f", {unchecked:,} more left unchecked by their error bounds" if unchecked else ""
    complete = next((stage.complete for stage in stages if stage.complete), "")
    each = f" Every value was judged: {complete}." if complete else ""
    reach = next((stage.reach for stage in stages if stage.reach), "")
    constant = f" The constant was followed for {reach}, and no further." if reach else ""
    seen = "No violation" if unchecked > relations else "True"
    return f"{seen} on {where} ({distinct:,} different{settled}; {relations:,} relations{left}{worst}).{each}{constant}"


def _mutants(mutants: list[MutantTrial]) -> str:
    refuted = sum(mutant.refuted for mutant in mutants)
    left = [mutant for mutant in mutants if not mutant.refuted]
    survived: dict[str, list[str]] = {}
    for mutant in left:
        why = mutant.because if _is_judged(mutant) else "no instance could be judged"
        survived.setdefault(mutant.decided or why, []).append(mutant.name)
    findings = "; ".join(f"{', '.join(names)} ({why})" for why, names in survived.items())
    wondering = "" if all(mutant.decided for mutant in left) else "; what survives may be true"
    rest = f", all that must fall among them{wondering}: {findings}" if survived else ""
    return f"{refuted} of {len(mutants)} mutants refuted{rest}."


def _is_judged(mutant: MutantTrial) -> bool:
    """Whether the conclusion of a mutant was judged on anything."""
    sample = mutant.sample
    return mutant.refuted or bool(sample.met and (sample.relations or sample.estimates))
