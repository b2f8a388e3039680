"""Would it notice? Errors planted in claims, in solvers and in the judge itself."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf
from toy_claims import x

from lemmata.checks import Effort, Evidence, judge
from lemmata.checks.judging import margins as judging
from lemmata.checks.stages import sample as sampling
from lemmata.claims import AtMost, Claim, Conclusion, Conserved, Located, Status, load
from lemmata.claims.settings.networks.balance import (
    A,
    Delta_h,
    G,
    G_next,
    Rule,
    W,
    W_next,
    Z,
    b,
    defect,
    eta,
    eta_next,
    gradient_flow,
    imbalance,
    lam,
    layer_imbalance,
    mu,
    neuron_imbalance,
    outputs,
    training,
)
from lemmata.solvers import Bounded
from lemmata.solvers.networks import Gradient, IndexMap, Pooling, activations
from lemmata.solvers.networks import passes as network
from lemmata.solvers.networks import rules as steps

CLAIMS = {one.claim.key.removeprefix("du2018/"): one.claim for one in load(["du2018"]).claims}
CLAIMS |= {one.claim.key: one.claim for one in load(["arora2019"]).claims}
MILLIONTH = 1 + sp.Rational(1, 10**6)


def synthetic(key: str) -> Claim:
    """A shipped claim without its real tables."""
    return replace(CLAIMS[key], given=replace(CLAIMS[key].given, data=()))


def trial(subject: Claim) -> Evidence:
    """A quick trial in this process."""
    return judge(Located(subject, "planted"), effort=Effort.QUICK, seed=0)


skew = CLAIMS["heavy-ball-charge"].then.expressions[0]
symmetric = CLAIMS["heavy-ball-symmetric-charge"].then
sharp = CLAIMS["ratio-from-difference"].then

WRONG: dict[str, tuple[str, Conclusion]] = {
    "outgoing weights count a millionth more": (
        "neuron-law",
        Conserved(quantity=DiagonalOf(W * W.T - MILLIONTH * W_next.T * W_next)),
    ),
    "a layer's norm off by a millionth": (
        "layer-law",
        Conserved(quantity=sp.Trace(W * W.T) - MILLIONTH * sp.Trace(W_next.T * W_next)),
    ),
    "norms, not their squares": (
        "layer-law",
        Conserved(quantity=sp.sqrt(1 + sp.Trace(W * W.T)) - sp.sqrt(1 + sp.Trace(W_next.T * W_next))),
    ),
    "a slow leak": ("linear-layer-law", Conserved(quantity=imbalance, change=imbalance / 10**9)),
    "defect with a bit of the input": (
        "neuron-drift",
        Conserved(quantity=neuron_imbalance, change=-2 * DiagonalOf(A * (defect + Z / 10**6).T)),
    ),
    "commutators of the other sign": (
        "relu-matrix-drift",
        Conserved(quantity=imbalance, change=-A * outputs.T - outputs * A.T + Delta_h * Z.T + Z * Delta_h.T),
    ),
    "nearly degree two": ("degree-k-law", Conserved(quantity=DiagonalOf(W * W.T - 2 * MILLIONTH * W_next.T * W_next))),
    "one of two gradients": ("gradient-descent-step", Conserved(quantity=imbalance, change=eta**2 * G * G.T)),
    "third order": (
        "gradient-descent-step",
        Conserved(quantity=imbalance, change=eta**3 * (G * G.T - G_next.T * G_next)),
    ),
    "minibatch: lower gradient only": (
        "stochastic-step-per-neuron",
        Conserved(quantity=neuron_imbalance, change=eta**2 * DiagonalOf(G * G.T)),
    ),
    "decay to first order": (
        "weight-decay-step",
        Conserved(quantity=imbalance, factor=1 - 2 * eta * lam, change=eta**2 * (G * G.T - G_next.T * G_next)),
    ),
    "decay rate off by a millionth": (
        "weight-decay-flow",
        Conserved(quantity=imbalance, change=-2 * MILLIONTH * lam * imbalance),
    ),
    "step sizes exchanged": (
        "layerwise-step",
        Conserved(
            quantity=W * W.T / eta_next - W_next.T * W_next / eta, change=eta_next * G * G.T - eta * G_next.T * G_next
        ),
    ),
    "midpoint with a tiny growth": ("midpoint-step", Conserved(quantity=imbalance, factor=1 + sp.Rational(1, 2**36))),
    "charge with alternating sign": ("heavy-ball-charge", Conserved(quantity=skew, factor=-mu)),
    "fed a millionth too much": (
        "heavy-ball-symmetric-charge",
        Conserved(quantity=symmetric.expressions[0], factor=mu, change=MILLIONTH * symmetric.expressions[1]),
    ),
    "bias a millionth heavier": (
        "bias-law",
        Conserved(quantity=DiagonalOf(W * W.T + MILLIONTH * b * b.T - W_next.T * W_next)),
    ),
    "filters a millionth heavier": (
        "convolution-law",
        Conserved(quantity=DiagonalOf(MILLIONTH * W * W.T - W_next.T * W_next)),
    ),
    "shared weights: sum": (
        "shared-weights-law",
        Conserved(quantity=layer_imbalance + 2 * sp.Trace(W_next.T * W_next) / 10**6),
    ),
    "bound tightened by one in ten thousand": (
        "ratio-from-difference",
        AtMost(left=sharp.expressions[0], right=sharp.expressions[1] * sp.Rational(9_999, 10_000)),
    ),
}


class TestPlantedInClaims:
    """Wrong variants of shipped claims."""

    @pytest.mark.parametrize("name", WRONG)
    def test_wrong_conclusions_are_refuted(self, name: str) -> None:
        """A wrong variant of a shipped claim, none of its own mutants, is refuted at quick effort."""
        key, then = WRONG[name]
        subject = replace(synthetic(key), then=then, proof=None, mutants=(), status=Status.REFUTED)

        assert then not in [mutant.then for mutant in CLAIMS[key].mutants]
        assert "refuted" == trial(subject).verdict

    @pytest.mark.parametrize(
        ("key", "when"),
        [
            ("linear-layer-law", gradient_flow()),
            ("gradient-descent-step", training(Rule.DESCENT)),
            ("midpoint-run", training(Rule.ALTERNATING)),
            ("weight-decay-step", training(Rule.DESCENT, linear_only=True)),
        ],
    )
    def test_wrong_procedures_are_refuted(self, key: str, when: Any) -> None:
        """A shipped claim about another procedure than its own is refuted."""
        subject = replace(synthetic(key), when=when, proof=None, mutants=(), status=Status.REFUTED)

        assert "refuted" == trial(subject).verdict


def plant(patch: pytest.MonkeyPatch, original: Any, wrong: Any) -> None:
    """Put ``wrong`` in place of ``original`` wherever the solvers and claims hold it by name."""
    places = 0
    for name, module in list(sys.modules.items()):
        if name.startswith(("lemmata.solvers", "lemmata.claims")):
            for attribute, value in list(vars(module).items()):
                if value is original:
                    patch.setattr(module, attribute, wrong)
                    places += 1

    assert places


Spoil = Callable[[Gradient], Gradient]


def spoilt_backward(spoil: Spoil) -> Any:
    """``run_backward`` with its result spoilt."""
    original = network.run_backward

    def run_backward(*arguments: Any, **options: Any) -> Gradient:
        return spoil(original(*arguments, **options))

    return run_backward


def first_layer_scaled(found: Gradient) -> Gradient:
    """One layer's gradient a millionth (2^-20) too large."""
    first, *rest = found.matrices
    return replace(found, matrices=(first + first / 2**20, *rest))


def last_layer_of_the_neighbour(found: Gradient) -> Gradient:
    """The last layer's gradient with the sign turned."""
    *rest, last = found.matrices
    return replace(found, matrices=(*rest, -last))


def no_bias_gradients(found: Gradient) -> Gradient:
    """Biases that never move."""
    return replace(found, biases=tuple(None if one is None else one * 0 for one in found.biases))


def all_zero(found: Gradient) -> Gradient:
    """No gradient at all."""
    return no_bias_gradients(replace(found, matrices=tuple(one * 0 for one in found.matrices)))


def wrong_upstream(found: Gradient) -> Gradient:
    """The derivative by the outputs, as reported, twice what it is."""
    return replace(found, upstream=tuple(one * 2 for one in found.upstream))


class TestPlantedInSolvers:
    """Wrong dynamics under shipped claims."""

    @pytest.mark.parametrize(
        ("spoil", "keys"),
        [
            (first_layer_scaled, ["linear-layer-law", "gradient-descent-step"]),
            (last_layer_of_the_neighbour, ["weight-decay-flow", "convolution-law"]),
            (no_bias_gradients, ["linear-bias-law"]),
            (all_zero, ["gradient-descent-step", "layer-law"]),
            (wrong_upstream, ["relu-matrix-drift"]),
        ],
    )
    def test_wrong_gradients(self, monkeypatch: pytest.MonkeyPatch, spoil: Spoil, keys: list[str]) -> None:
        """An error of the backward pass takes the pass from every claim that rests on it."""
        plant(monkeypatch, network.run_backward, spoilt_backward(spoil))

        assert [] == [key for key in keys if trial(synthetic(key)).expected]

    @pytest.mark.parametrize("factor", [2, -1, 0])
    def test_consistently_wrong_gradients(self, monkeypatch: pytest.MonkeyPatch, factor: int) -> None:
        """Gradients that are all wrong by one factor keep balance; the rate at which the loss falls tells it."""

        def scaled(found: Gradient) -> Gradient:
            parts = ("matrices", "unrolled", "biases", "upstream", "deltas")
            changed = {part: tuple(_times(one, factor) for one in getattr(found, part)) for part in parts}
            return replace(found, **changed)  # type: ignore[arg-type]

        plant(monkeypatch, network.run_backward, spoilt_backward(scaled))

        assert not trial(synthetic("dissipation")).expected

    @pytest.mark.parametrize(
        ("name", "wrong", "keys"),
        [
            ("relu", {"slope": lambda _, gates: 1 - gates[0]}, ["layer-law"]),
            ("abs", {"slope": lambda _, gates: gates[0]}, ["layer-law"]),
            ("square", {"slope": lambda z, _: z}, ["degree-k-law"]),
            ("tanh", {"value": lambda z, _: z * z * z}, ["neuron-drift"]),
        ],
    )
    def test_wrong_activations(
        self, monkeypatch: pytest.MonkeyPatch, name: str, wrong: dict[str, Any], keys: list[str]
    ) -> None:
        """A slope that does not belong to its activation is noticed; so is a value, where its defect is measured."""
        spoilt = dict(activations.ACTIVATIONS) | {name: replace(activations.ACTIVATIONS[name], **wrong)}
        plant(monkeypatch, activations.ACTIVATIONS, spoilt)
        found = {key: trial(synthetic(key)).expected for key in keys}

        # neuron-drift is true of any value and slope whatever: Euler's defect takes both from the same place.
        assert {key: key == "neuron-drift" for key in keys} == found

    def test_wrong_fold_of_shared_weights(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Shared values whose gradients are not summed rightly break the law for shared weights."""
        original = IndexMap.fold

        def fold(self: Any, full: Any) -> Any:
            found = original(self, full)
            return found + found / 2**20 if self.size > 2 else found

        monkeypatch.setattr(IndexMap, "fold", fold)

        assert not trial(synthetic("shared-weights-law")).expected
        assert not trial(synthetic("convolution-law")).expected

    def test_wrong_pooling(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pooling that sends the gradient back with a wrong weight is noticed by the convolutional law."""
        original = Pooling.backward

        def backward(self: Any, above: Any, selection: Any) -> Any:
            found = original(self, above, selection)
            return found * 2

        monkeypatch.setattr(Pooling, "backward", backward)

        assert not trial(synthetic("convolution-law")).expected
        assert not trial(synthetic("linear-convolution-law")).expected

    def test_ascent_instead_of_descent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A step of the wrong sign keeps the balance identities (they are even in eta); the loss tells it."""
        plant(monkeypatch, network.run_backward, spoilt_backward(_turned))

        assert trial(synthetic("gradient-descent-step")).expected
        assert not trial(synthetic("arora2019/loss-decreases")).expected

    def test_a_sample_dropped_from_the_gradient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Balance holds for any loss, so it cannot see a lost sample; some claim about the loss must."""
        original = network.run_backward

        def run_backward(net: Any, weights: Any, data: Any, activity: Any, factors: Any) -> Any:
            samples = activity.prediction.shape[2]
            kept = np.ones((1, samples), dtype=int)
            kept[:, 0] = samples == 1
            return original(net, weights, data, activity, kept if factors is None else factors * kept)

        plant(monkeypatch, network.run_backward, run_backward)
        verdicts = {
            key: trial(synthetic(key)).expected for key in ("arora2019/loss-decreases", "neuron-law", "scalar-step")
        }

        assert False in verdicts.values()

    def test_weight_decay_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A rule that decays at another rate than it says breaks the decay identity."""
        original = steps.WeightDecay

        def doubled(**fields: Any) -> Any:
            return original(**(fields | {"decay": fields["decay"] * 2}))

        monkeypatch.setattr("lemmata.claims.settings.networks.balance.WeightDecay", doubled)

        assert not trial(synthetic("weight-decay-step")).expected


def _times(part: Any, factor: int) -> Any:
    return None if part is None else part * factor


def _turned(found: Gradient) -> Gradient:
    return replace(
        found,
        matrices=tuple(-one for one in found.matrices),
        biases=tuple(None if one is None else -one for one in found.biases),
    )


class TestPlantedInArithmetic:
    """Wrong error bounds."""

    def test_bounds_of_zero_are_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Error bounds that exclude the truth are an error of whoever computes them; they refute no true claim."""
        original = sampling.margins

        def margins(then: Any, measurement: Any, time: Any, batch: int) -> Any:
            found = original(then, measurement, time, batch)
            return replace(found, violated=found.finite & (found.residual > 0))

        monkeypatch.setattr(sampling, "margins", margins)
        found = trial(synthetic("linear-layer-law"))

        assert "error" == found.verdict
        assert found.sample is not None
        assert None is found.sample.smallest

    def test_bounds_that_cover_everything_decide_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where error bounds are so wide that all would hold, exact numbers decide: mutants fall, the truth stands."""

        def wide(pair: judging.Sides) -> Any:
            found = pair.left - pair.right
            return Bounded(found.value, found.error + 1e9) if isinstance(found, Bounded) else found

        monkeypatch.setattr(judging.Sides, "difference", property(wide))

        found = trial(synthetic("weight-decay-flow"))

        assert found.expected
        assert all(mutant.refuted for mutant in found.mutants)


def test_the_symbols_are_the_shipped_ones() -> None:
    """The premise of the planted claims: their symbols are those that the shipped procedures measure."""
    measured = {str(symbol) for symbol in CLAIMS["gradient-descent-step"].when.measures}

    assert {str(symbol) for symbol in (W, W_next, G, G_next, eta, eta_next, lam, mu)} <= measured
    assert str(x) not in measured
