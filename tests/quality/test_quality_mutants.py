import numpy as np
import pytest
from scipy import stats

from lemmata.checks import Effort, Ruling, judge, settle, with_constant
from lemmata.checks._trial import run_part
from lemmata.checks.evidence import Sample
from lemmata.checks.part import Kind, Part
from lemmata.claims import Claim, Located, Mutant, Rate, WithProbability, load

PAIRS = [(one.claim, mutant) for one in load().claims for mutant in one.claim.mutants]


def dies_of_instances(variant: Claim, sample: Sample) -> None:
    """The counterexamples are finite, and violate the variant once more: in exact arithmetic where it runs in that."""
    exact = ("exact rationals", "balls of 256 bits", "balls of 1024 bits", "balls of 4096 bits")
    known = exact if variant.when.exact else ("float64 balls (the error bounds of its solver)",)
    for found in (sample.smallest, sample.worst):
        assert found is not None
        inferred = isinstance(variant.then, Rate) or found.origin.startswith("growth along")
        said = "an extrapolation from what was computed in " if inferred else ""
        assert found.arithmetic.startswith(said)
        assert found.arithmetic.removeprefix(said) in known
        assert found.difference is not None
        assert found.left != found.right
        instance = {name: np.asarray([value]) for name, value in found.instance.items()}
        assert all(np.isfinite(value).all() for value in instance.values())
        with np.errstate(all="ignore"):  # what is not finite is no violation, and no warning
            settled = settle(with_constant(variant, found.constant), found.parameters, instance)  # type: ignore[arg-type]
        assert Ruling.VIOLATED is settled.ruling


def dies_of_chance(claimed: WithProbability, sample: Sample) -> None:
    """By the exact binomial tail, of another library, the frequency is as unlikely as the error rate or more."""
    found = sample.contradiction
    assert found is not None
    assert found.value is not None
    low, high = claimed.range_at(found.parameters)
    hits = round(found.value * found.used)
    tail = stats.binom.cdf(hits, found.used, low) if found.value < low else stats.binom.sf(hits - 1, found.used, high)
    assert tail <= found.false_alarm
    assert not sample.solver_failures


@pytest.mark.parametrize(("claim", "mutant"), PAIRS, ids=[f"{c.key}: {m.name}" for c, m in PAIRS])
def test_every_mutant_dies_of_mathematics(claim: Claim, mutant: Mutant) -> None:
    """Each shipped mutant is refuted at quick effort by a finite instance, confirmed a second time.

    Deterministic by seed. A crash, NaN, a failed solver or rounding alone would not count.
    """
    part = run_part(claim, Part(Kind.MUTANT, mutant.name), Effort.QUICK, 0)

    assert "" == part.error
    assert part.mutant is not None
    assert part.mutant.refuted
    variant, sample = claim.mutated(mutant), part.mutant.sample
    if isinstance(variant.then, WithProbability):
        dies_of_chance(variant.then, sample)
    else:
        dies_of_instances(variant, sample)
    truth = part.mutant.instead_sample
    assert truth is None or (truth.smallest, truth.non_finite, truth.unsettled, truth.solver_failures) == (
        None,
        0,
        0,
        {},
    )


@pytest.mark.parametrize(
    "key", ["du2018/neuron-law", "du2018/convolution-law", "du2018/midpoint-run", "du2018/ratio-from-difference"]
)
def test_no_true_claim_is_refuted(key: str) -> None:
    """Another seed leaves four true claims as expected; twenty seeds over all are in bench_false_alarms.py."""
    (located,) = load([key]).claims
    found = judge(Located(located.claim, located.source), effort=Effort.QUICK, seed=20_181)

    assert found.expected, found.sentence + found.error
