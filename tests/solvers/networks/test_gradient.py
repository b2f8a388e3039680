from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from solver_cases import arrays, float_problem, layer_cases, mapped, weights_for

from lemmata.solvers import (
    Bounded,
    Dual,
    NotFiniteError,
    NotRationalError,
    ShapeError,
    UnknownNameError,
    as_floats,
    to_balls,
    to_rationals,
)
from lemmata.solvers.networks import (
    Data,
    Layer,
    Network,
    Weights,
    activation,
    dense,
    forward,
    gradient,
    leaky_relu,
    loss,
)
from lemmata.solvers.numbers import Degrees, random_residues

CASES = layer_cases()
SMOOTH = ("tanh", "sigmoid", "softplus", "gelu", "silu", "elu", "square", "relu_squared")


def paired(gradient_arrays: Any, directions: Any) -> Any:
    """Inner product of two lists of arrays, instance by instance."""
    total = 0
    for g, d in zip(gradient_arrays, directions, strict=True):
        total = total + (g * d).reshape(g.shape[0], -1).sum(axis=1)
    return total


def with_direction(weights: Weights, draw: Any) -> Any:
    """Dual weights along a drawn direction, and that direction."""
    dual = mapped(lambda w: Dual(w, draw(w.shape)), weights)
    return dual, [d.tangent for d in arrays(dual)]


class TestReverseMode:
    """Gradients against independent methods."""

    @pytest.mark.parametrize("objective", ["squared", "linear"])
    @pytest.mark.parametrize("name", CASES)
    def test_equals_forward_mode_on_residues(self, name: str, objective: str) -> None:
        """Reverse and forward mode agree exactly modulo a prime, at random weights and random gates."""
        rng = np.random.default_rng(1)
        network = Network(layers=CASES[name].layers, loss=objective)

        def draw(shape: Any) -> Any:
            return random_residues(shape, rng)

        weights = weights_for(network, lambda shape: draw((4, *shape)))
        data = Data(inputs=draw((4, network.widths[0], 3)), targets=draw((4, network.widths[-1], 3)))
        factors = draw((4, 3))
        reverse = gradient(network, weights, data, sample_weights=factors)
        dual, direction = with_direction(weights, draw)
        ahead = forward(network, dual, data, gates=reverse.activity.gates)
        change = loss(network, ahead, data, factors).tangent

        assert np.array_equal(change.value, paired(arrays(reverse), direction).value)

    @pytest.mark.parametrize("phi", SMOOTH)
    def test_equals_forward_mode_in_floats(self, phi: str) -> None:
        """Reverse and forward mode agree to rounding for smooth activations."""
        rng = np.random.default_rng(2)
        network = dense((3, 4, 2), activations=phi, bias=True)
        weights, data = float_problem(network, rng)
        reverse = gradient(network, weights, data)
        dual, direction = with_direction(weights, rng.standard_normal)
        change = loss(network, forward(network, dual, data), data).tangent

        np.testing.assert_allclose(change, paired(arrays(reverse), direction), rtol=1e-11)

    @pytest.mark.parametrize("objective", ["squared", "logistic", "cross_entropy", "linear", "exponential"])
    @pytest.mark.parametrize("phi", SMOOTH)
    def test_equals_central_differences(self, phi: str, objective: str) -> None:
        """The gradient is the derivative of the loss, for every loss and smooth activation."""
        rng = np.random.default_rng(3)
        network = dense((3, 4, 3), activations=phi, bias=True, loss=objective)
        weights, data = float_problem(network, rng)
        labels = np.eye(3)[rng.integers(0, 3, (3, 4))].swapaxes(1, 2)
        data = Data(inputs=data.inputs, targets=labels if objective == "cross_entropy" else 2 * labels - 1)
        factors = rng.random((3, 4))
        slope = paired(
            arrays(gradient(network, weights, data, sample_weights=factors)),
            [np.cos(np.arange(w.size)).reshape(w.shape) for w in arrays(weights)],
        )

        def at(step: float) -> Any:
            moved = mapped(lambda w: w + step * np.cos(np.arange(w.size)).reshape(w.shape), weights)
            return loss(network, forward(network, moved, data), data, factors)

        np.testing.assert_allclose(slope, (at(1e-5) - at(-1e-5)) / 2e-5, rtol=1e-6, atol=1e-8)

    def test_cross_entropy_survives_large_logits(self) -> None:
        """The softmax is shifted, so logits of size 1000 give finite losses and gradients."""
        network = dense((1, 2), loss="cross_entropy")
        weights = Weights(matrices=(np.array([[[1000.0], [-1000.0]]]),))
        data = Data(inputs=np.ones((1, 1, 1)), targets=np.array([[[0.0], [1.0]]]))
        found = gradient(network, weights, data)

        assert loss(network, found.activity, data)[0] == 2000.0
        np.testing.assert_array_equal(found.deltas[0], [[[1.0], [-1.0]]])

    def test_shared_data_and_sample_weights(self) -> None:
        """Data of batch 1 serve all instances, and a sample of weight 0 has no effect."""
        rng = np.random.default_rng(4)
        network = dense((3, 4, 2), activations="relu")
        weights, data = float_problem(network, rng, batch=5)
        shared = Data(inputs=data.inputs[:1], targets=data.targets[:1])
        part = Data(inputs=shared.inputs[:, :, :3], targets=shared.targets[:, :, :3])
        masked = gradient(network, weights, shared, sample_weights=np.array([[1.0, 1, 1, 0]]))

        for expected, got in zip(gradient(network, weights, part).matrices, masked.matrices, strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-13)


class TestKinks:
    """Slopes where there is none."""

    @pytest.mark.parametrize(("phi", "slopes"), [("relu", (0, 0.25, 1)), ("abs", (-1, -0.5, 1))])
    def test_the_caller_chooses_the_slope_at_zero(self, phi: str, slopes: Any) -> None:
        """`at_zero` is the fraction of the way from the left to the right slope."""
        network = dense((1, 1, 1), activations=phi)
        weights = Weights(matrices=(np.ones((3, 1, 1)), np.ones((3, 1, 1))))
        data = Data(inputs=np.zeros((1, 1, 1)), targets=np.zeros((1, 1, 1)))
        found = forward(network, weights, data, at_zero=np.array([0, 0.25, 1]))

        np.testing.assert_array_equal(found.slopes[0].ravel(), slopes)

    @pytest.mark.parametrize("phi", ["linear", "relu", "leaky_relu", "abs", "square", "relu_squared"])
    def test_degree_of_homogeneity(self, phi: str) -> None:
        """phi'(z) z = k phi(z) exactly, at kinks too and for every gate there."""
        z = to_rationals(np.array([[[-2.0, 0.0, 0.5, 3.0]]]))
        rule = activation(phi)
        gates = rule.gates(z, to_rationals(np.array([0.3])).reshape(1, 1, 1))

        assert (rule.slope(z, gates) * z == rule.degree * rule.value(z, gates)).all()

    def test_slope_of_each_neuron(self) -> None:
        """A leaky slope may differ from neuron to neuron: 1, 0 and -1 are linear, relu and abs."""
        rule = leaky_relu(np.array([[1.0, 0.0, -1.0]]))
        z = np.full((1, 3, 2), -2.0)

        np.testing.assert_array_equal(rule.value(z, rule.gates(z))[0, :, 0], [-2.0, 0.0, 2.0])

    def test_straddling_bar_gives_interval_or_nearest_gate(self) -> None:
        """A bar over zero leaves the gate undecided; `nearest_gates` takes the midpoint's side."""
        network = dense((1, 1, 1), activations="relu")
        weights = Weights(matrices=(Bounded(np.full((1, 1, 1), 0.1), np.full((1, 1, 1), 0.2)),) * 2)
        data = Data(inputs=np.ones((1, 1, 1)), targets=np.ones((1, 1, 1)))
        slope = forward(network, weights, data).slopes[0]

        assert (slope.value.item(), 0.5) == (0.5, pytest.approx(slope.error.item()))
        assert forward(network, weights, data, nearest_gates=True).slopes[0].item() == 1.0
        assert "+/-" in str(forward(network, mapped(lambda _: BALL, weights), data).slopes[0].item())

    def test_elu_does_not_overflow_on_the_right(self) -> None:
        """The exponential branch sees no large positive argument."""
        rule = activation("elu")
        z = np.array([[[1000.0, -1000.0]]])

        np.testing.assert_array_equal(rule.value(z, rule.gates(z)), [[[1000.0, -1.0]]])


BALL = to_balls(np.zeros((1, 1, 1))) + to_balls(np.ones((1, 1, 1))) / 3 - to_balls(np.ones((1, 1, 1))) / 3


class TestNumberSystems:
    """One code, several number systems."""

    @pytest.mark.parametrize("name", CASES)
    def test_rationals_equal_floats_to_rounding(self, name: str) -> None:
        """The same code on exact rationals gives the float gradient to rounding."""
        network = CASES[name]
        weights, data = float_problem(network, np.random.default_rng(5), batch=2, samples=2)
        exact = gradient(network, mapped(to_rationals, weights), data)
        for expected, got in zip(arrays(exact), arrays(gradient(network, weights, data)), strict=True):
            np.testing.assert_allclose(got, as_floats(expected), rtol=1e-9, atol=1e-11)

    @pytest.mark.parametrize("name", CASES)
    def test_bounds_hold_the_exact_gradient(self, name: str) -> None:
        """Value +- error holds the exact gradient, and the error is at most 1e4 eps scale."""
        network = CASES[name]
        weights, data = float_problem(network, np.random.default_rng(6), batch=3, samples=3)
        exact = gradient(network, mapped(to_rationals, weights), data)
        bounded = gradient(network, mapped(Bounded.exact, weights), data)
        for expected, got in zip(arrays(exact), arrays(bounded), strict=True):
            distance = np.abs(expected - to_rationals(got.value))

            assert (distance <= to_rationals(got.error)).all()
            assert got.error.max() <= 1e4 * 2.0**-52 * np.abs(got.value).max()

    @pytest.mark.parametrize("phi", ["tanh", "sigmoid", "softplus", "gelu", "silu", "elu"])
    @pytest.mark.parametrize("objective", ["logistic", "cross_entropy", "exponential"])
    def test_bounds_and_balls_overlap(self, phi: str, objective: str) -> None:
        """Balls at high precision lie inside the error bounds, for smooth activations and losses."""
        from flint import ctx

        network = dense((2, 3, 2), activations=phi, bias=True, loss=objective)
        weights, data = float_problem(network, np.random.default_rng(7), batch=2, samples=2)
        data = Data(inputs=data.inputs, targets=np.sign(data.targets))
        with ctx.workprec(200):
            balls = gradient(network, mapped(to_balls, weights), data)
            bounded = gradient(network, mapped(Bounded.exact, weights), data)
            for expected, got in zip(arrays(balls), arrays(bounded), strict=True):
                bars = to_balls(got.value), to_balls(got.error)

                assert (np.abs(expected - bars[0]) < bars[1]).all()
                assert got.error.max() <= 1e4 * 2.0**-52 * max(np.abs(got.value).max(), 1)

    def test_degrees_of_a_deep_linear_network(self) -> None:
        """The gradient of the squared loss of N linear layers has degree 2N - 1 in weights."""
        network = dense((2, 3, 2, 2))
        weights = weights_for(network, lambda shape: Degrees.variables((1, *shape)))
        data = Data(inputs=np.ones((1, 2, 2)), targets=np.ones((1, 2, 2)))
        drawn = Data(inputs=Degrees.variables((1, 2, 2)), targets=Degrees.variables((1, 2, 2)))

        assert gradient(network, weights, data).matrices[0].value.max() == 5
        assert gradient(network, weights, drawn).matrices[0].value.max() == 7

    @pytest.mark.parametrize("system", [to_rationals, lambda w: random_residues(w.shape, np.random.default_rng(0))])
    def test_irrational_functions_are_refused(self, system: Any) -> None:
        """Exact numbers refuse tanh and the logistic loss with a sentence on what to use."""
        rng = np.random.default_rng(8)
        for network in (dense((2, 2, 1), activations="tanh"), dense((2, 2, 1), loss="logistic")):
            weights, data = float_problem(network, rng)
            with pytest.raises(NotRationalError, match="not rational; use floats"):
                gradient(network, mapped(system, weights), data)


class TestMisuse:
    """What a caller is told."""

    def test_nan_weights(self) -> None:
        """NaN in the weights is refused and located."""
        network = dense((2, 2, 1))
        weights, data = float_problem(network, np.random.default_rng(9))
        weights.matrices[1][1, 0, 1] = np.nan
        with pytest.raises(NotFiniteError, match=r"parameters of layer 2 has 1 NaN .* first at \(1, 0, 1\)"):
            gradient(network, weights, data)

    def test_wrong_shapes(self) -> None:
        """Wrong shapes are named together with the expected ones."""
        network = dense((2, 3, 1))
        weights, data = float_problem(network, np.random.default_rng(10))
        with pytest.raises(ShapeError, match=r"layer 1 have shape \(3, 2, 3\); expected \(3, 3, 2\)"):
            forward(network, mapped(lambda w: w.swapaxes(1, 2), weights), data)
        with pytest.raises(ShapeError, match="batch sizes are 3"):
            forward(network, weights, Data(inputs=np.ones((2, 2, 1)), targets=np.ones((2, 1, 1))))
        with pytest.raises(ShapeError, match=r"expected \(batch, n, samples\)"):
            Data(inputs=np.ones((2, 1)), targets=np.ones((1, 1, 1)))
        with pytest.raises(ShapeError, match="bias is missing"):
            forward(dense((2, 3, 1), bias=True), weights, data)

    def test_unknown_names(self) -> None:
        """An unknown name is answered with the known ones."""
        with pytest.raises(UnknownNameError, match=r"unknown activation 'rleu'; expected one of abs, elu"):
            Layer(inputs=1, outputs=1, activation="rleu")
        with pytest.raises(UnknownNameError, match="unknown loss"):
            dense((1, 1), loss="hinge")

    def test_layers_that_do_not_fit(self) -> None:
        """Neighbouring layers must agree, a skip needs equal sizes."""
        with pytest.raises(ShapeError, match="layer 1 gives 3 neurons but layer 2 takes 2"):
            Network(layers=(Layer(inputs=1, outputs=3), Layer(inputs=2, outputs=1)))
        with pytest.raises(ShapeError, match="skip gives 3 from 1"):
            Layer(inputs=1, outputs=3, skip=True)
