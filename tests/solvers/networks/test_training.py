from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from solver_cases import arrays, float_problem, layer_cases, mapped, weights_for

from lemmata.solvers import Bounded, NotRationalError, as_floats, midpoint_value, to_balls, to_rationals, transpose
from lemmata.solvers.engine import Outcome
from lemmata.solvers.networks import (
    Alternating,
    Data,
    GradientDescent,
    HeavyBall,
    ImplicitMidpoint,
    Layer,
    Network,
    SignDescent,
    Trajectory,
    WeightDecay,
    Weights,
    convolution,
    dense,
    forward,
    gradient,
    midpoint_step_from,
    train,
)
from lemmata.solvers.numbers import Degrees, random_residues

DEEP = dense((3, 4, 3, 2), activations=("relu", "linear"), bias=True)
RULES = {
    "descent": GradientDescent(step_sizes=0.125),
    "decay": WeightDecay(step_sizes=0.125, decay=0.5),
    "heavy ball": HeavyBall(step_sizes=0.125, momentum=0.75),
    "sign": SignDescent(step_sizes=0.125),
    "alternating": Alternating(step_sizes=0.125),
}


def rational_problem(network: Network, seed: int, *, batch: int = 2, samples: int = 3) -> tuple[Weights, Data]:
    """Small dyadic weights and data, as rationals: zeros and ties occur."""
    rng = np.random.default_rng(seed)
    weights = weights_for(network, lambda shape: to_rationals(rng.integers(-4, 5, (batch, *shape)) / 4))
    data = Data(
        inputs=to_rationals(rng.integers(-4, 5, (batch, network.widths[0], samples)) / 4),
        targets=to_rationals(rng.integers(-4, 5, (batch, network.widths[-1], samples)) / 4),
    )
    return weights, data


def charge(weights: Weights, layer: int) -> Any:
    """C_h = W_h W_h^T + b_h b_h^T - W_{h+1}^T W_{h+1}, (batch, n_h, n_h)."""
    below, above, bias = weights.matrices[layer], weights.matrices[layer + 1], weights.biases[layer]
    result = below @ transpose(below) - transpose(above) @ above
    return result if bias is None else result + bias[:, :, None] * bias[:, None, :]


def slopes(trajectory: Trajectory, time: int) -> Weights:
    """The gradient used at `time`, shaped like weights."""
    return Weights(
        matrices=tuple(g[:, time] for g in trajectory.gradients),
        biases=tuple(None if g is None else g[:, time] for g in trajectory.bias_gradients),
    )


def diagonal(matrix: Any) -> Any:
    """Diagonals (batch, n) of (batch, n, n)."""
    return matrix.diagonal(axis1=1, axis2=2)


class TestBalanceIdentities:
    """Exact identities of one step."""

    @pytest.mark.parametrize("rule", ["descent", "decay"])
    def test_one_step_identity_is_exact(self, rule: str) -> None:
        """C+ = (1 - eta lam)^2 C + eta^2 (G G^T - G'^T G'), with zero residual on rationals.

        Full matrix above a linear layer, diagonal above a ReLU one; biases, minibatches, phi'(0) = 1/4.
        """
        weights, data = rational_problem(DEEP, 1)
        masks = np.array([[[1.0, 0, 1], [0, 1, 1]]])
        run = train(DEEP, weights, data, rule=RULES[rule], steps=2, at_zero=np.array([0.25]), sample_weights=masks)
        eta = to_rationals(np.array(0.125)).item()
        shrink = (1 - eta / 2) ** 2 if rule == "decay" else 1
        for time in (0, 1):
            for layer in (0, 1):
                drift = eta * eta * charge(slopes(run, time), layer)
                residual = charge(run.weights(time + 1), layer) - shrink * charge(run.weights(time), layer) - drift

                assert (diagonal(residual) == 0).all()
                assert layer == 0 or (residual == 0).all()

    def test_full_matrix_identity_fails_for_relu(self) -> None:
        """Above a ReLU layer the off-diagonal residual is not zero, so the test above has power."""
        weights, data = rational_problem(DEEP, 1)
        run = train(DEEP, weights, data, rule=RULES["descent"], steps=1)
        eta = to_rationals(np.array(0.125)).item()
        residual = charge(run.weights(1), 0) - charge(run.weights(0), 0) - eta * eta * charge(slopes(run, 0), 0)

        assert (residual != 0).any()

    def test_layerwise_step_sizes(self) -> None:
        """With step sizes e_h the weighted charge changes by e_h G G^T - e_{h+1} G'^T G'."""
        network = dense((2, 3, 2))
        weights, data = rational_problem(network, 2)
        sizes = to_rationals(np.array([[[0.5, 0.125]]]))
        run = train(network, weights, data, rule=GradientDescent(step_sizes=sizes), steps=1)
        scale = [sizes[0, 0, 0], sizes[0, 0, 1]]

        def weighted(state: Weights, powers: int) -> Any:
            below, above = state.matrices
            return (below @ transpose(below)) * scale[0] ** powers - (transpose(above) @ above) * scale[1] ** powers

        change = weighted(run.weights(1), -1) - weighted(run.weights(0), -1)
        assert (change == weighted(slopes(run, 0), 1)).all()

    def test_shared_parameters(self) -> None:
        """|v_h|^2 - |v_{h+1}|^2 obeys the step identity for shared weights with aliased taps."""
        network = layer_cases()["aliased_taps"]
        weights, data = rational_problem(network, 3)
        run = train(network, weights, data, rule=GradientDescent(step_sizes=0.5), steps=1)

        def gap(state: Weights) -> Any:
            squares = [(w * w).reshape(w.shape[0], -1).sum(axis=1) for w in state.matrices]
            return squares[0] - squares[1]

        quarter = to_rationals(np.array(0.25)).item()
        assert (gap(run.weights(1)) - gap(run.weights(0)) == quarter * gap(slopes(run, 0))).all()

    @pytest.mark.parametrize("phi", ["tanh", "sigmoid", "softplus", "gelu", "silu", "elu", "relu6"])
    def test_drift_of_other_activations_is_predicted(self, phi: str) -> None:
        """Diagonal of G W^T - W'^T G' is sum_s A (phi'(z) z - phi(z)): zero only for homogeneous phi."""
        network = dense((3, 4, 2), activations=phi)
        weights, data = float_problem(network, np.random.default_rng(4))
        weights = mapped(lambda w: 4 * w, weights)
        found = gradient(network, weights, data)
        (below, above), (g, g_above) = weights.matrices, found.matrices
        drift = diagonal(g @ transpose(below) - transpose(above) @ g_above)
        act = found.activity
        predicted = (found.upstream[0] * (act.slopes[0] * act.preactivations[0] - act.outputs[0])).sum(axis=2)

        np.testing.assert_allclose(drift, predicted, rtol=1e-9, atol=1e-9)
        assert np.abs(drift).max() > 1e-3

    def test_heavy_ball_charge(self) -> None:
        """J = W V^T - V W^T + W'^T V' - V'^T W' is multiplied by exactly the momentum at each step."""
        network = dense((3, 3, 2))
        weights, data = rational_problem(network, 5)
        velocities, _ = rational_problem(network, 6)
        rule = HeavyBall(step_sizes=0.125, momentum=0.75)
        run = train(network, weights, data, rule=rule, steps=3, velocities=velocities)

        def skew(time: int) -> Any:
            (w, x), (v, y) = ([a[:, time] for a in side] for side in (run.matrices, run.velocities))
            half = w @ transpose(v) + transpose(x) @ y
            return half - transpose(half)

        mu = to_rationals(np.array(0.75)).item()
        assert (skew(0) != 0).any()
        for time in range(3):
            assert (skew(time + 1) == mu * skew(time)).all()


class TestImplicitMidpoint:
    """The step that conserves."""

    @pytest.mark.parametrize("phi", ["linear", "relu"])
    def test_keeps_the_charge_to_rounding(self, phi: str) -> None:
        """The charge stays over 20 steps, for linear layers in full, for gated ReLU on the diagonal."""
        network = dense((3, 4, 2), activations=phi)
        weights, data = float_problem(network, np.random.default_rng(7), batch=20)
        run = train(network, weights, data, rule=ImplicitMidpoint(step_size=0.005), steps=20)
        drift = charge(run.weights(20), 0) - charge(run.weights(0), 0)
        kept = drift if phi == "linear" else diagonal(drift)

        assert (run.outcomes == Outcome.OK).all()
        assert np.abs(kept).max() < 1e-11
        assert np.abs(run.matrices[0][:, 20] - run.matrices[0][:, 0]).max() > 0.1

    def test_bars_cover_conservation(self) -> None:
        """With bars, and with balls, the change of the charge over a step is compatible with zero."""
        network = dense((3, 4, 2))
        weights, data = float_problem(network, np.random.default_rng(8))
        rule = ImplicitMidpoint(step_size=0.005)
        run = train(network, mapped(Bounded.exact, weights), data, rule=rule, steps=3)
        for time in range(3):
            before = mapped(midpoint_value, run.weights(time))
            change = charge(run.weights(time + 1), 0) - charge(before, 0)

            assert (np.abs(change.value) <= change.error).all()
            assert change.error.max() < 1e-10
        balls = train(network, mapped(to_balls, weights), data, rule=rule, steps=1)
        assert all(item.contains(0) for item in (charge(balls.weights(1), 0) - charge(balls.weights(0), 0)).flat)

    def test_a_step_that_is_too_long_is_an_outcome(self) -> None:
        """An equation that is not solved is reported with its step, not raised."""
        network = dense((3, 4, 2))
        weights, data = float_problem(network, np.random.default_rng(9))
        run = train(network, weights, data, rule=ImplicitMidpoint(step_size=3.0), steps=2)

        assert (run.outcomes >= Outcome.NOT_CONVERGED).all()
        assert (run.failed_at == 0).all()

    @pytest.mark.parametrize("name", ["linear", "relu_bias", "convolution"])
    def test_step_from_its_middle(self, name: str) -> None:
        """Before and after have the given middle, and the charge of free parameters is exactly kept."""
        network = layer_cases()[name]
        middle, data = rational_problem(network, 10)
        before, after, slope = midpoint_step_from(network, middle, data, to_rationals(np.array([0.5, 0.25])))
        for a, m, b, g in zip(arrays(before), arrays(middle), arrays(after), arrays(slope), strict=True):
            assert (a + b == 2 * m).all()
            assert (a[1] - b[1] == to_rationals(np.array(0.25)).item() * g[1]).all()

        def free(state: Weights) -> Any:
            if name == "convolution":
                w, x = state.matrices
                return (w * w).sum(axis=1) + (state.biases[0] * state.biases[0]).sum(axis=1) - (x * x).sum(axis=(1, 2))
            return diagonal(charge(state, 0))

        assert (free(before) == free(after)).all()

    def test_rationals_are_sent_to_the_other_function(self) -> None:
        """The iteration has no end on rationals; the message names what to use."""
        weights, data = rational_problem(DEEP, 11)
        with pytest.raises(NotRationalError, match="midpoint_step_from"):
            train(DEEP, weights, data, rule=ImplicitMidpoint(step_size=0.1), steps=1)


class TestRules:
    """Each update rule."""

    @pytest.mark.parametrize("rule", RULES)
    def test_rationals_equal_floats_and_lie_in_bars(self, rule: str) -> None:
        """Each rule gives the same step on rationals, floats (to rounding) and bars (inside, usefully)."""
        weights, data = float_problem(DEEP, np.random.default_rng(12))
        exact, floats, bars = (
            train(DEEP, mapped(system, weights), data, rule=RULES[rule], steps=1)
            for system in (to_rationals, np.asarray, Bounded.exact)
        )
        for a, b, c in zip(arrays(exact), arrays(floats), arrays(bars), strict=True):
            np.testing.assert_allclose(b, as_floats(a), rtol=1e-11, atol=1e-12)
            assert (np.abs(a - to_rationals(c.value)) <= to_rationals(c.error)).all()
            assert c.error.max() < 1e4 * 2.0**-52 * np.abs(c.value).max()

    def test_rules_against_plain_numpy(self) -> None:
        """Two steps of each rule on f = W_2 W_1 x, written out."""
        network = dense((2, 2, 1))
        weights, data = float_problem(network, np.random.default_rng(13), batch=1)
        x, y, eta, lam, mu = data.inputs[0], data.targets[0], 0.125, 0.5, 0.75

        def slope(a: Any, b: Any) -> Any:
            r = b @ a @ x - y
            return b.T @ r @ x.T, r @ (a @ x).T

        def final(name: str) -> Any:
            a, b = (w[0] for w in weights.matrices)
            v, w = 0 * a, 0 * b
            for _ in range(2):
                g, h = slope(a, b)
                if name == "heavy ball":
                    v, w = mu * v - eta * g, mu * w - eta * h
                    a, b = a + v, b + w
                elif name == "alternating":
                    a = a - eta * g
                    b = b - eta * slope(a, b)[1]
                elif name == "sign":
                    a, b = a - eta * np.sign(g), b - eta * np.sign(h)
                else:
                    decay = lam if name == "decay" else 0
                    a, b = a - eta * (g + decay * a), b - eta * (h + decay * b)
            return a, b

        for name, rule in RULES.items():
            run = train(network, weights, data, rule=rule, steps=2)
            for expected, got in zip(final(name), run.weights(2).matrices, strict=True):
                np.testing.assert_allclose(got[0], expected, rtol=1e-12, err_msg=name)

    def test_decay_on_one_layer(self) -> None:
        """Layers that are not named do not decay."""
        network = dense((2, 2, 1))
        weights, data = float_problem(network, np.random.default_rng(14))
        rule = WeightDecay(step_sizes=0.1, decay=np.array([0.5, 0.25, 0.0]), layers=(1,))
        part = train(network, weights, data, rule=rule, steps=1)
        plain = train(network, weights, data, rule=GradientDescent(step_sizes=0.1), steps=1)

        np.testing.assert_array_equal(plain.matrices[0], part.matrices[0])
        shrunk = plain.matrices[1][:, 1] - 0.1 * np.array([0.5, 0.25, 0])[:, None, None] * weights.matrices[1]
        np.testing.assert_allclose(part.matrices[1][:, 1], shrunk, rtol=1e-14)

    def test_sign_of_a_zero_gradient(self) -> None:
        """Sign descent does not move where the gradient is exactly zero."""
        network = dense((1, 1))
        weights = Weights(matrices=(np.array([[[1.0]], [[2.0]]]),))
        data = Data(inputs=np.ones((1, 1, 1)), targets=np.ones((1, 1, 1)))
        for system in (np.asarray, to_rationals, Bounded.exact):
            run = train(network, mapped(system, weights), data, rule=SignDescent(step_sizes=0.5), steps=1)

            np.testing.assert_array_equal(as_floats(run.matrices[0])[:, 1, 0, 0], [1.0, 1.5])

    def test_bars_restart_at_each_step(self) -> None:
        """The bar of a state is that of one step from the exact floats of the state before."""
        weights, data = float_problem(DEEP, np.random.default_rng(23))
        bars = mapped(Bounded.exact, weights)
        run = train(DEEP, bars, data, rule=RULES["heavy ball"], steps=3)
        velocities = Weights(
            matrices=tuple(midpoint_value(v[:, 2]) for v in run.velocities),
            biases=tuple(midpoint_value(v[:, 2]) for v in run.bias_velocities),
        )
        start = mapped(midpoint_value, run.weights(2))
        again = train(DEEP, start, data, rule=RULES["heavy ball"], steps=1, velocities=velocities)
        for expected, got in zip(arrays(again.weights(1)), arrays(run.weights(3)), strict=True):
            np.testing.assert_array_equal(got.value, expected.value)
            np.testing.assert_array_equal(got.error, expected.error)

    def test_losses_and_their_decrease(self) -> None:
        """Recorded losses are those of the recorded states, and small steps decrease them."""
        weights, data = float_problem(DEEP, np.random.default_rng(15))
        run = train(DEEP, weights, data, rule=GradientDescent(step_sizes=1e-4), steps=3)
        for time in range(4):
            f = forward(DEEP, run.weights(time), data).prediction
            np.testing.assert_allclose(run.losses[:, time], ((f - data.targets) ** 2).sum(axis=(1, 2)) / 2)

        assert (np.diff(run.losses, axis=1) < 0).all()

    @pytest.mark.parametrize("rule", RULES)
    @pytest.mark.parametrize("name", ["relu_bias", "convolution", "max_pool"])
    def test_runs_on_residues_and_degrees(self, name: str, rule: str) -> None:
        """Every rule runs in a prime field, and with a finite bound of the degree."""
        network = layer_cases()[name]
        rng = np.random.default_rng(16)
        weights = weights_for(network, lambda shape: random_residues((2, *shape), rng))
        _, data = float_problem(network, rng, batch=1)
        run = train(network, weights, data, rule=RULES[rule], steps=2)
        degrees = weights_for(network, lambda shape: Degrees.variables((2, *shape)))
        bound = train(network, degrees, data, rule=RULES[rule], steps=1)

        assert (2, 3, *network.layers[0].parameter_shape) == run.matrices[0].shape
        assert bound.matrices[0].value.max() < 100


def test_linear_convolution_keeps_the_channel_matrix() -> None:
    """The c x c channel matrix of two linear convolutions obeys the step identity exactly."""
    first = convolution(channels_in=1, channels_out=2, kernel=(2,), shape=(4,), circular=True)
    second = convolution(channels_in=2, channels_out=1, kernel=(2,), shape=(4,), circular=True)
    network = Network(layers=(Layer(inputs=4, outputs=8, sharing=first), Layer(inputs=8, outputs=4, sharing=second)))
    weights, data = rational_problem(network, 22)
    run = train(network, weights, data, rule=GradientDescent(step_sizes=0.5), steps=1)

    def channels(state: Weights) -> Any:
        u, v = (w.reshape(2, 2, 2) for w in state.matrices)
        return u @ transpose(u) - v @ transpose(v)

    quarter = to_rationals(np.array(0.25)).item()
    assert (channels(run.weights(1)) - channels(run.weights(0)) == quarter * channels(slopes(run, 0))).all()
