"""Training that fails, and arguments that do not fit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from solver_cases import float_problem, mapped
from test_training import RULES, rational_problem

from lemmata.solvers import Bounded, NotFiniteError, NumberSystemError, ShapeError, to_rationals
from lemmata.solvers.engine import Outcome, combine
from lemmata.solvers.networks import Data, GradientDescent, Weights, dense, expand_step_sizes, train


class TestOutcomes:
    """How runs end."""

    def test_divergence_is_a_value_with_its_step(self) -> None:
        """A diverging instance ends as DIVERGED without a warning, its neighbour is untouched."""
        network = dense((1, 1, 1))
        weights = Weights(matrices=(np.ones((2, 1, 1)), np.ones((2, 1, 1))))
        data = Data(inputs=np.ones((1, 1, 1)), targets=np.zeros((1, 1, 1)))
        run = train(network, weights, data, rule=GradientDescent(step_sizes=np.array([0.01, 10.0])), steps=20)

        assert run.outcomes.tolist() == [Outcome.OK, Outcome.DIVERGED]
        assert run.failed_at[0] == -1
        first = run.failed_at[1]
        assert np.isfinite(run.matrices[0][1, first - 1]).all()
        assert "infinite or NaN" in Outcome(run.outcomes[1]).sentence

    def test_the_more_severe_outcome_wins(self) -> None:
        """Combining is commutative, associative, and the identity is OK."""
        for a in Outcome:
            assert a == combine(a, Outcome.OK) == combine(Outcome.OK, a) == combine(a, a)
            for b in Outcome:
                assert combine(a, b) == combine(b, a)


class TestArguments:
    """What `train` accepts."""

    def test_step_sizes_expand(self) -> None:
        """All documented shapes become (batch, steps, layers), in each number system."""
        for given, where in (
            (0.5, 0.5),
            (np.array([0.5, 1]), 1.0),
            (np.array([[0.5, 1, 2], [3, 4, 5]]), 4.0),
        ):
            expanded = expand_step_sizes(given, batch=2, steps=3, layers=4)

            assert expanded.shape == (2, 3, 4)
            assert where == expanded[1, 1, 2]
        assert expand_step_sizes(Bounded.exact(np.ones((1, 3, 1))), batch=2, steps=3, layers=4).shape == (
            2,
            3,
            4,
        )
        with pytest.raises(ShapeError, match=r"\(batch, steps, layers\) = \(2, 3, 4\)"):
            expand_step_sizes(np.ones(3), batch=2, steps=3, layers=4)

    def test_one_weight_many_data(self) -> None:
        """Weights of batch 1 are repeated to the batch of the data."""
        network = dense((2, 2, 1))
        weights, _ = float_problem(network, np.random.default_rng(17), batch=1)
        _, data = float_problem(network, np.random.default_rng(18), batch=3)

        run = train(network, weights, data, rule=GradientDescent(step_sizes=0.1), steps=1)
        assert run.matrices[0].shape == (3, 2, 2, 2)

    def test_floats_convert_exactly(self) -> None:
        """A float step size 0.1 is the rational m/2^55 in a rational run."""
        network = dense((1, 1))
        weights, data = rational_problem(network, 19)
        run = train(network, weights, data, rule=GradientDescent(step_sizes=0.1), steps=1)

        assert Fraction(0.1) == Fraction(int(run.step_sizes[0, 0, 0].p), int(run.step_sizes[0, 0, 0].q))

    def test_misuse(self) -> None:
        """Wrong arguments of `train` are named together with what is expected."""
        network = dense((2, 2, 1))
        weights, data = float_problem(network, np.random.default_rng(20))
        rule = GradientDescent(step_sizes=0.1)
        with pytest.raises(ShapeError, match="steps=0; expected at least 1"):
            train(network, weights, data, rule=rule, steps=0)
        with pytest.raises(ShapeError, match=r"expected \(batch, steps, samples\) = \(batch, 2, 4\)"):
            train(network, weights, data, rule=rule, steps=2, sample_weights=np.ones((3, 4)))
        with pytest.raises(ShapeError, match="only HeavyBall has them"):
            train(network, weights, data, rule=rule, steps=1, velocities=weights)
        bars = Data(inputs=Bounded.exact(data.inputs), targets=data.targets)
        with pytest.raises(NumberSystemError, match="Convert the weights"):
            train(network, weights, bars, rule=rule, steps=1)
        exact = Data(inputs=to_rationals(data.inputs), targets=data.targets)
        with pytest.raises(NumberSystemError, match="float weights and data of rationals"):
            train(network, weights, exact, rule=rule, steps=1)
        data.inputs[0, 0, 0] = np.inf
        with pytest.raises(NotFiniteError, match=r"data\.inputs has 1 NaN or infinite"):
            train(network, weights, data, rule=rule, steps=1)

    def test_velocities_must_fit(self) -> None:
        """Initial velocities have the shapes of the weights."""
        network = dense((2, 2, 1))
        weights, data = float_problem(network, np.random.default_rng(21))
        with pytest.raises(ShapeError, match="velocities have shapes"):
            train(
                network,
                weights,
                data,
                rule=RULES["heavy ball"],
                steps=1,
                velocities=mapped(lambda w: w[:, :1], weights),
            )
