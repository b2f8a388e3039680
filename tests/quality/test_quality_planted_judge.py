"""Errors planted in the judge, the settlement, the hypotheses and the prover."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_quality_planted import synthetic, trial
from toy_claims import claim as toy
from toy_claims import positive, procedure

from lemmata.checks import Ruling, Settled
from lemmata.checks.judging import margins as judging
from lemmata.checks.judging.confirm import Finding
from lemmata.checks.stages import sample as sampling
from lemmata.checks.stages import shrink as shrinking
from lemmata.checks.stages import suspects
from lemmata.claims import Measurement


class TestPlantedInTheJudge:
    """Wrong judges, settlements and generators."""

    def test_a_judge_that_always_says_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A judge of floats that finds nothing wrong is made up for by the passes that are settled exactly."""
        original = judging.margins

        def margins(*arguments: Any) -> Any:
            found = original(*arguments)
            return replace(found, violated=np.zeros_like(found.violated), touching=np.zeros_like(found.touching))

        monkeypatch.setattr(sampling, "margins", margins)

        found = trial(synthetic("neuron-law"))

        assert "proved" == found.verdict
        assert all(mutant.refuted for mutant in found.mutants)

    @pytest.mark.parametrize(
        ("ruling", "verdict"),
        [(Ruling.HOLDS, {"powerless"}), (Ruling.UNSETTLED, {"powerless", "undecided"})],
    )
    def test_a_settlement_that_never_confirms(
        self, monkeypatch: pytest.MonkeyPatch, ruling: Ruling, verdict: set[str]
    ) -> None:
        """Exact arithmetic that confirms nothing takes the power away."""
        settled = Settled(ruling=ruling, arithmetic="planted")

        def confirm(_: Any, __: Any, instance: Any, **___: Any) -> Finding:
            return Finding(settled=settled, instance=instance)

        monkeypatch.setattr(suspects, "confirm", confirm)
        monkeypatch.setattr(shrinking, "confirm", confirm)

        assert trial(synthetic("neuron-law")).verdict in verdict

    def test_a_judge_that_ignores_nan(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A judge for which NaN is finite is made up for by what is settled exactly; without that it is noticed."""
        original = judging.margins
        settled = Settled(ruling=Ruling.HOLDS, arithmetic="planted")

        def confirm(_: Any, __: Any, instance: Any, **___: Any) -> Finding:
            return Finding(settled=settled, instance=instance)

        def margins(*arguments: Any) -> Any:
            found = original(*arguments)
            return replace(found, finite=np.ones_like(found.finite))

        control = toy(when=procedure(_nan))

        assert ("undecided", "non-finite") == (trial(control).verdict, trial(control).reason)
        monkeypatch.setattr(sampling, "margins", margins)
        assert ("undecided", "non-finite") == (trial(control).verdict, trial(control).reason)
        monkeypatch.setattr(suspects, "confirm", confirm)
        assert "non-finite" != trial(control).reason

    def test_a_prover_that_proves_everything(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A prover whose every proof closes is told by the mutants, which it proves too."""
        monkeypatch.setattr("lemmata.checks.proof.prove.prove_in_free_algebra", lambda *_: "")
        found = trial(synthetic("layer-law"))

        assert ("undecided", "proof") == (found.verdict, found.reason)

    def test_hypotheses_not_enforced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A trial that forgets the hypotheses in floats neither accuses nor passes a claim that needs them."""
        original = sampling.met_or_not

        def everything(*arguments: Any, **options: Any) -> Any:
            return {name: np.ones_like(mask) for name, mask in original(*arguments, **options).items()}

        assert "holds" == trial(positive).verdict
        monkeypatch.setattr(sampling, "met_or_not", everything)
        assert ("undecided", "precision") == (trial(positive).verdict, trial(positive).reason)

    def test_a_generator_that_draws_zeros(self) -> None:
        """A family that only ever draws zeros makes every balance law true, and the mutants too: powerless."""
        subject = synthetic("linear-layer-law")
        drawn = subject.given.draw

        def zeros(*arguments: Any) -> Any:
            found = drawn(*arguments)
            return {name: value * 0 if name.startswith("W") else value for name, value in found.items()}

        mutants = tuple(mutant for mutant in subject.mutants if mutant.given is None)

        assert (
            "powerless"
            == trial(
                replace(subject, given=replace(subject.given, draw=zeros), mutants=(mutants[0],), proof=None)
            ).verdict
        )


def _nan(_: Any, instances: Any) -> Any:
    values = {name: instances[name][:, None] for name in "xyn"}
    return Measurement.of(values | {"x": (values["x"] * 0) / (values["x"] * 0)}, case="c")
