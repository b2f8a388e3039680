from dataclasses import replace

import pytest

from lemmata.checks import Counterexample, Reason, Verdict
from lemmata.checks._conclude import conclude
from lemmata.checks.decision import OPEN as OPEN_DECISION
from lemmata.checks.decision import TRUE, DecidedShape, Decision
from lemmata.checks.evidence import EdgeCount, HypothesisCount, MutantTrial, Proof, Sample
from lemmata.claims import Status

FOUND = Counterexample(
    id="0123456789ab",
    parameters={"n": 3},
    instance={"x": 1.0},
    case="h = 2",
    left="7/3",
    right="2",
    difference=0.3,
    error_bar=1e-16,
    arithmetic="exact rationals",
    origin="edge: width 1",
    shrunk=True,
)
GOOD = Sample(
    proposed=500,
    met=421,
    hypotheses=[HypothesisCount(name="x > 0", met=421, proposed=500)],
    edges=[EdgeCount(name="edge: zero", met=3, proposed=16)],
    relations=12_345,
    worst_ratio=0.873,
    worst_residual=1e-14,
    worst_origin="random",
    artefacts=2,
    unsettled=0,
    non_finite=0,
    solver_failures={},
    smallest=None,
    worst=None,
    curves=[],
    seconds=1.0,
    distinct=421,
    drawn=418,
)
MUTANT = MutantTrial(
    name="doubled",
    because="it is one",
    latex="a",
    refuted=True,
    sample=replace(GOOD, smallest=FOUND, worst=FOUND),
    instead="",
    instead_sample=None,
)
PROOF = Proof(
    method="free algebra",
    closed=True,
    covers="all widths",
    error_probability=0.0,
    given=[],
    remainder="",
    seconds=0.1,
)
MISTAKEN = replace(PROOF, mistaken=["doubled"])
OPEN = replace(PROOF, closed=False, remainder="(2) diag(W W')")

BAD = replace(GOOD, smallest=FOUND, worst=FOUND)
EMPTY = replace(GOOD, met=0, relations=0, hypotheses=[HypothesisCount(name="x > 0", met=0, proposed=500)])
FAILED = replace(GOOD, solver_failures={"The step was not solved.": 7})
NOT_FINITE = replace(GOOD, non_finite=5)
UNSETTLED = replace(GOOD, unsettled=4)
MISSED = replace(GOOD, edges=[*GOOD.edges, EdgeCount(name="edge: width 1", met=0, proposed=16)])
SURVIVOR = replace(MUTANT, name="tripled", refuted=False, sample=GOOD)
FALSE_INSTEAD = replace(MUTANT, instead="b", instead_sample=BAD)


class TestEveryRow:
    """Each row of the table by itself."""

    @pytest.mark.parametrize(
        ("proof", "sample", "data", "mutants", "expected", "told"),
        [
            (
                None,
                BAD,
                None,
                [MUTANT],
                (Verdict.REFUTED, None),
                ["0123456789ab", "edge: width 1", "h = 2", "7/3", "exact rationals"],
            ),
            (None, GOOD, BAD, [MUTANT], (Verdict.REFUTED, None), ["0123456789ab"]),
            (None, GOOD, None, [FALSE_INSTEAD], (Verdict.REFUTED, None), ["'doubled'", "instead"]),
            (None, EMPTY, None, [MUTANT], (Verdict.VACUOUS, None), ["500", "x > 0: 0 of 500"]),
            (None, GOOD, EMPTY, [MUTANT], (Verdict.VACUOUS, None), ["500"]),
            (None, GOOD, None, [replace(MUTANT, instead_sample=EMPTY)], (Verdict.VACUOUS, None), ["500"]),
            (None, FAILED, None, [MUTANT], (Verdict.UNDECIDED, Reason.SOLVER), ["7 instances", "not solved"]),
            (None, GOOD, FAILED, [MUTANT], (Verdict.UNDECIDED, Reason.SOLVER), ["7 instances"]),
            (None, NOT_FINITE, None, [MUTANT], (Verdict.UNDECIDED, Reason.NON_FINITE), ["5 of"]),
            (None, UNSETTLED, None, [MUTANT], (Verdict.UNDECIDED, Reason.PRECISION), ["4 instances"]),
            (None, GOOD, UNSETTLED, [MUTANT], (Verdict.UNDECIDED, Reason.PRECISION), ["4 instances"]),
            (OPEN, GOOD, None, [MUTANT], (Verdict.UNDECIDED, Reason.PROOF), ["(2) diag(W W')"]),
            (MISTAKEN, GOOD, None, [MUTANT], (Verdict.UNDECIDED, Reason.PROOF), ["doubled"]),
            (None, MISSED, None, [MUTANT], (Verdict.UNDECIDED, Reason.EDGE), ["edge: width 1"]),
            (None, GOOD, MISSED, [MUTANT], (Verdict.UNDECIDED, Reason.EDGE), ["edge: width 1"]),
            (None, GOOD, None, [MUTANT, SURVIVOR], (Verdict.POWERLESS, None), ["tripled"]),
            (PROOF, GOOD, None, [SURVIVOR], (Verdict.POWERLESS, None), ["tripled"]),
            (PROOF, GOOD, None, [MUTANT], (Verdict.PROVED, None), ["all widths", "421", "1 of 1 mutants"]),
            (replace(PROOF, error_probability=2.4e-20), GOOD, None, [MUTANT], (Verdict.PROVED, None), ["2e-20"]),
            (None, GOOD, None, [MUTANT], (Verdict.HOLDS, None), ["421", "12,345", "0.873", "1 of 1 mutants"]),
            (None, GOOD, GOOD, [MUTANT, MUTANT], (Verdict.HOLDS, None), ["842", "24,690", "2 of 2 mutants"]),
        ],
    )
    def test_row(
        self,
        proof: Proof | None,
        sample: Sample,
        data: Sample | None,
        mutants: list[MutantTrial],
        expected: tuple[Verdict, Reason | None],
        told: list[str],
    ) -> None:
        """Each row of the table gives its verdict and reason, and a sentence with its numbers."""
        verdict, reason, sentence = conclude(proof, sample, data, mutants)

        assert expected == (verdict, reason)
        assert [] == [part for part in told if part not in sentence]
        assert sentence.endswith(".")


DECIDED = Decision(
    trusted="z3",
    outcome=TRUE,
    covers="all real x",
    where="",
    given=[],
    declared=False,
    shapes=[DecidedShape(parameters={}, outcome=TRUE, reason="", numbers=1, admissible="x = 1")],
    counterexample=None,
    seconds=0.1,
)


@pytest.mark.parametrize("outcome", [TRUE, OPEN_DECISION])
def test_a_counterexample_of_the_solver_that_is_not_confirmed(outcome: str) -> None:
    """It is neither a refutation nor forgotten, also where the statement was decided at other shapes."""
    doubtful = DecidedShape(parameters={}, outcome=OPEN_DECISION, reason="it", numbers=1, suspected="x = 1/3")
    decision = replace(DECIDED, outcome=outcome, covers="", shapes=[*DECIDED.shapes, doubtful])

    verdict, reason, sentence = conclude(None, GOOD, None, [MUTANT], decision=decision)

    assert (Verdict.UNDECIDED, Reason.PRECISION) == (verdict, reason)
    assert "x = 1/3" in sentence


@pytest.mark.parametrize(
    ("proof", "decision", "expected"),
    [
        (None, None, (Verdict.UNDECIDED, Reason.PRECISION)),
        (PROOF, None, (Verdict.PROVED, None)),
        (None, DECIDED, (Verdict.PROVED, None)),
    ],
    ids=["sampled", "proved", "decided"],
)
def test_an_instance_at_which_equality_would_refute(
    proof: Proof | None, decision: Decision | None, expected: tuple[Verdict, Reason | None]
) -> None:
    """What balls cannot tell from equality is open where the claim excludes it, unless a proof excludes it, too."""
    tied = replace(GOOD, tie="numbers agree to 1,232 digits at p = 2.0")

    verdict, reason, _ = conclude(proof, tied, None, [MUTANT], decision=decision)

    assert expected == (verdict, reason)


@pytest.mark.parametrize(
    ("sample", "data", "searched", "expected"),
    [
        (MISSED, None, None, (Verdict.PROVED, None)),
        (GOOD, MISSED, None, (Verdict.UNDECIDED, Reason.EDGE)),
        (GOOD, None, EMPTY, (Verdict.PROVED, None)),
        (EMPTY, None, EMPTY, (Verdict.UNDECIDED, Reason.ISOLATED)),
        (replace(GOOD, drawn=0), None, EMPTY, (Verdict.UNDECIDED, Reason.ISOLATED)),
    ],
    ids=["an edge", "a data set", "nothing found by the search", "nothing drawn", "edges only"],
)
def test_what_was_decided_for_all_real_numbers(
    sample: Sample, data: Sample | None, searched: Sample | None, expected: tuple[Verdict, Reason | None]
) -> None:
    """A decision for the whole range takes in the boundaries that edges aim at, but stands for no draws and no data."""
    verdict, reason, _ = conclude(None, sample, data, [MUTANT], searched=searched, decision=DECIDED)

    assert expected == (verdict, reason)


ROWS = [
    (Verdict.REFUTED, None),
    (Verdict.VACUOUS, None),
    (Verdict.UNDECIDED, Reason.SOLVER),
    (Verdict.UNDECIDED, Reason.NON_FINITE),
    (Verdict.UNDECIDED, Reason.PRECISION),
    (Verdict.UNDECIDED, Reason.PROOF),
    (Verdict.UNDECIDED, Reason.EDGE),
    (Verdict.POWERLESS, None),
    (Verdict.PROVED, None),
]
STAGES = [BAD, EMPTY, FAILED, NOT_FINITE, UNSETTLED, GOOD, MISSED, GOOD, GOOD]


class TestPrecedence:
    """Rows against each other."""

    @pytest.mark.parametrize("swapped", [False, True])
    @pytest.mark.parametrize(("first", "second"), [(i, j) for i in range(9) for j in range(i + 1, 9)])
    def test_the_first_line_that_applies_decides(self, first: int, second: int, swapped: bool) -> None:  # noqa: FBT001 - a parameter of the test
        """Of two findings the one higher in the table decides, whichever of the two stages it comes from."""
        sample, data = STAGES[first], STAGES[second]
        if swapped:
            sample, data = data, sample
        proof = OPEN if 5 in (first, second) else PROOF
        mutants = [SURVIVOR] if 7 in (first, second) else [MUTANT]

        assert ROWS[first] == conclude(proof, sample, data, mutants)[:2]

    def test_everything_at_once(self) -> None:
        """A counterexample decides over any number of other findings."""
        sample = replace(BAD, non_finite=3, unsettled=2, solver_failures={"no": 1}, edges=MISSED.edges)

        assert Verdict.REFUTED is conclude(OPEN, sample, EMPTY, [SURVIVOR])[0]

    @pytest.mark.parametrize(
        ("ratio", "proof", "fallen", "expected"),
        [
            (0.01, None, ["reversed"], Verdict.POWERLESS),
            (0.2, None, ["reversed"], Verdict.HOLDS),
            (0.0, None, ["reversed"], Verdict.HOLDS),
            (0.01, None, ["reversed", "doubled"], Verdict.HOLDS),
            (0.01, PROOF, ["reversed"], Verdict.PROVED),
        ],
    )
    def test_a_bound_of_which_only_the_reversal_fell(
        self, ratio: float, proof: Proof | None, fallen: list[str], expected: Verdict
    ) -> None:
        """A bound ten times tighter that would have passed has shown nothing, unless it is proved."""
        mutants = [replace(MUTANT, name=name) for name in fallen]
        loose = replace(GOOD, worst_ratio=ratio)

        assert expected is conclude(proof, loose, None, mutants, reversals=["reversed"])[0]

    def test_what_was_not_judged_is_counted(self) -> None:
        """The sentence tells instances that decide something from all, and relations that were left unchecked."""
        plain, partly = (
            conclude(None, sample, None, [MUTANT])[2]
            for sample in (GOOD, replace(GOOD, open={"too large": 7}, unchecked=1200))
        )

        assert f"True on all {GOOD.met} instances (" in plain
        assert f"True on the {GOOD.met - 7} of {GOOD.met} instances that decide something (" in partly
        assert "relations, 1,200 more left unchecked by their error bounds" in partly

    def test_true_is_said_only_where_most_relations_were_checked(self) -> None:
        """Where error bounds leave more relations unchecked than checked, there was no violation, and no more."""
        sentence = conclude(None, replace(GOOD, unchecked=GOOD.relations + 1), None, [MUTANT])[2]

        assert sentence.startswith(f"No violation on all {GOOD.met} instances (")

    def test_a_mutants_own_trouble_is_not_the_claims(self) -> None:
        """NaN or solver failures on a refuted mutant's instances do not decide about the claim."""
        mutant = replace(MUTANT, sample=replace(MUTANT.sample, non_finite=9, solver_failures={"no": 2}, unsettled=1))

        assert Verdict.HOLDS is conclude(None, GOOD, None, [mutant])[0]

    def test_only_failures_is_not_vacuous(self) -> None:
        """Where every instance met the hypotheses but none could be judged, the failure is the reason."""
        lost = replace(FAILED, met=10, relations=0)

        assert (Verdict.UNDECIDED, Reason.SOLVER) == conclude(None, lost, None, [MUTANT])[:2]


class TestTight:
    """Bounds that are declared tight."""

    @pytest.mark.parametrize(
        ("ratio", "expected"),
        [(1.0, Verdict.HOLDS), (1 - 1e-9, Verdict.HOLDS), (0.37, Verdict.UNDECIDED), (None, Verdict.UNDECIDED)],
    )
    def test_a_tight_claim_must_be_attained(self, ratio: float | None, expected: Verdict) -> None:
        """A bound declared tight passes only if some instance attains it."""
        assert expected is conclude(None, replace(GOOD, worst_ratio=ratio), None, [MUTANT], tight=True)[0]


class TestVerdict:
    """Which verdicts pass, and which are expected."""

    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("verdict", Verdict)
    def test_expectation(self, verdict: Verdict, status: Status) -> None:
        """A negative control is expected to be refuted and nothing else; every other claim is expected to pass."""
        passes = {Verdict.PROVED, Verdict.HOLDS, Verdict.SUPPORTED}
        special = {Status.REFUTED: {Verdict.REFUTED}, Status.VACUOUS: {Verdict.VACUOUS}}
        wanted = special.get(status, passes)

        assert (verdict in wanted) == verdict.is_expected(status)
        assert (verdict in passes) == verdict.is_pass

    @pytest.mark.parametrize("verdict", Verdict)
    def test_words_lead_back(self, verdict: Verdict) -> None:
        """Each verdict is found by its word; an unknown word names the known ones."""
        assert verdict is Verdict.from_word(verdict.word)
        with pytest.raises(ValueError, match="no verdict is called 'passed'; expected one of: proved, holds"):
            Verdict.from_word("passed")
