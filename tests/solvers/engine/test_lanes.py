"""The vector machine and long runs: against plain NumPy, alone and in batches, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lemmata.solvers import Bounded, ShapeError, to_balls
from lemmata.solvers.engine import Engine, Outcome, engine_for_long_runs, iterate, without_error_bounds
from lemmata.solvers.engine.programs import Tape, execute
from lemmata.solvers.factorization import factorization, reduced_factorization
from lemmata.solvers.optimization import leaky_descent, leaky_outputs


def _problem(shape: tuple[int, int, int], batch: int, *, seed: int = 0, pace: float = 0.05) -> Any:
    m, n, k = shape
    rng = np.random.default_rng(seed)
    target = rng.normal(size=(batch, m, n))
    eta = pace / np.linalg.norm(target, 2, axis=(1, 2))[:, None, None]
    return (rng.normal(size=(batch, m, k)) * 0.1, rng.normal(size=(batch, n, k)) * 0.1), (target, eta)


@pytest.mark.parametrize("shape", [(1, 1, 1), (8, 6, 3), (5, 7, 9), (13, 4, 2), (20, 15, 5)])
@pytest.mark.parametrize("steps", [1, 2, 101])
def test_lanes_and_reference_agree(shape: Any, steps: Any) -> None:
    """The compiled program and the plain step differ by rounding only, at odd and even counts of steps."""
    state, constants = _problem(shape, 11)
    runs = [
        iterate(factorization, state, constants, checkpoints=[steps], engine=engine).state
        for engine in (Engine.REFERENCE, Engine.LANES)
    ]
    for plain, fast in zip(*runs, strict=True):
        np.testing.assert_allclose(fast, plain, rtol=0, atol=1e-13)


def test_a_lone_large_instance() -> None:
    """What BLAS does for one large instance is what the reference does; more than one are refused."""
    state, constants = _problem((60, 50, 10), 1)
    plain, fast, chosen = (
        iterate(factorization, state, constants, checkpoints=[0, 31], engine=engine).state
        for engine in (Engine.REFERENCE, Engine.ALONE, Engine.AUTO)
    )
    for one, other, third in zip(plain, fast, chosen, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-13)
        assert np.array_equal(other, third)
    with pytest.raises(ShapeError, match="one instance"):
        iterate(factorization, *_problem((2, 2, 1), 2), checkpoints=[1], engine=Engine.ALONE)


def test_loop_in_plain_python() -> None:
    """One instance, entry by entry, by the definition of gradient descent."""
    (left, right), (target, eta) = _problem((3, 2, 2), 1)
    found = iterate(factorization, (left, right), (target, eta), checkpoints=[3], engine=Engine.LANES).state
    f, g, x = left[0].tolist(), right[0].tolist(), target[0].tolist()
    for _ in range(3):
        slope = [[sum(f[i][h] * g[j][h] for h in range(2)) - x[i][j] for j in range(2)] for i in range(3)]
        step = float(eta[0, 0, 0])
        f_next = [[f[i][h] - step * sum(slope[i][j] * g[j][h] for j in range(2)) for h in range(2)] for i in range(3)]
        g = [[g[j][h] - step * sum(slope[i][j] * f[i][h] for i in range(3)) for h in range(2)] for j in range(2)]
        f = f_next
    np.testing.assert_allclose(found[0][0], f, rtol=1e-13)
    np.testing.assert_allclose(found[1][0], g, rtol=1e-13)


@pytest.mark.parametrize("shape", [(4, 4, 3), (9, 3, 4), (3, 9, 2)])
def test_reduced_step_is_the_step_on_a_diagonal_target(shape: Any) -> None:
    """The compact form in the singular bases is gradient descent on X = diag(s), on both engines."""
    m, n, _ = shape
    (left, right), (_, eta) = _problem(shape, 9)
    strengths = np.sort(np.random.default_rng(1).uniform(0.2, 1, size=(9, min(m, n), 1)), axis=1)[:, ::-1]
    target = np.zeros((9, m, n))
    target[:, np.arange(min(m, n)), np.arange(min(m, n))] = strengths[:, :, 0]
    whole = iterate(factorization, (left, right), (target, eta), checkpoints=[41], engine=Engine.REFERENCE).state
    for engine in (Engine.REFERENCE, Engine.LANES):
        compact = iterate(reduced_factorization, (left, right), (strengths, eta), checkpoints=[41], engine=engine).state
        for one, other in zip(compact, whole, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-13)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_instance_has_the_same_bits_alone(threads: Any) -> None:
    """``batch[i:i+1]`` reproduces instance i bit by bit, whatever the batch and the number of threads."""
    state, constants = _problem((6, 5, 3), 700)
    whole = iterate(factorization, state, constants, checkpoints=[57], engine=Engine.LANES, threads=threads).state
    for row in (0, 7, 333, 699):
        alone = iterate(
            factorization,
            tuple(part[row : row + 1] for part in state),
            tuple(part[row : row + 1] for part in constants),
            checkpoints=[10, 57],
            engine=Engine.LANES,
        ).state
        assert all(np.array_equal(one[0], many[row]) for one, many in zip(alone, whole, strict=True))


def test_balls_enclose_the_floats() -> None:
    """The same step in balls: the float run lies within rounding of them."""
    state, constants = _problem((3, 3, 2), 1)
    floats = iterate(factorization, state, constants, checkpoints=[20]).state
    balls = iterate(factorization, tuple(map(to_balls, state)), tuple(map(to_balls, constants)), checkpoints=[20]).state
    gaps = [
        abs(float(ball) - number)
        for part, exact in zip(floats, balls, strict=True)
        for number, ball in zip(part.ravel(), exact.ravel(), strict=True)
    ]
    assert max(gaps) < 1e-14


def test_divergence_is_an_outcome_with_its_step() -> None:
    """A step size beyond stability: the run ends, the others go on, and the step is that of one looked at at each."""
    state, (target, eta) = _problem((4, 3, 2), 6)
    eta = eta * np.array([1, 200, 1, 200, 1, 1])[:, None, None]
    run = iterate(factorization, state, (target, eta), checkpoints=[50, 500], engine=Engine.LANES)
    assert run.outcomes.tolist() == [int(Outcome.OK), int(Outcome.DIVERGED)] * 2 + [int(Outcome.OK)] * 2
    assert run.made.tolist() == [500, 50, 500, 50, 500, 500]
    one = tuple(part[1:2] for part in state)
    looked = iterate(factorization, one, (target[1:2], eta[1:2]), checkpoints=list(range(51)), engine=Engine.REFERENCE)
    assert run.failed_at[1] == looked.made[0] - 1
    assert run.failed_at[[0, 2, 4, 5]].tolist() == [-1] * 4


def test_stopping_and_lengths() -> None:
    """An instance that stops keeps its state and its last record; lengths stop each at its own step."""
    state, constants = _problem((4, 3, 2), 4)
    lengths = np.array([3, 40, 0, 17])
    run = iterate(factorization, state, constants, checkpoints=[0], lengths=lengths, record=lambda s: {"f": s[0]})
    assert run.made.tolist() == lengths.tolist()
    for row, count in enumerate(lengths):
        alone = iterate(
            factorization,
            tuple(part[row : row + 1] for part in state),
            tuple(part[row : row + 1] for part in constants),
            checkpoints=[int(count)],
        )
        np.testing.assert_allclose(run.state[0][row], alone.state[0][0], atol=1e-14)
        np.testing.assert_allclose(run.records["f"][row, -1], alone.state[0][0], atol=1e-14)
    small = iterate(
        factorization,
        state,
        constants,
        checkpoints=range(0, 400, 10),
        stop=lambda s, _: np.abs(s[0]).max(axis=(1, 2)) > 0.5,
    )
    assert (small.made < 390).any()


@pytest.mark.parametrize(
    ("checkpoints", "batch", "message"),
    [([3, 2], 1, "growing"), ([], 1, "growing"), ([-1], 1, "growing"), ([1], 0, "no instance")],
)
def test_what_is_refused(checkpoints: Any, batch: Any, message: Any) -> None:
    """Checkpoints that do not grow and a batch of no instance get an error that says so."""
    with pytest.raises(ShapeError, match=message):
        iterate(factorization, *_problem((2, 2, 1), batch), checkpoints=checkpoints)


def test_more_memory_than_there_is(monkeypatch: Any) -> None:
    """A batch that cannot fit is refused, with the figure."""
    monkeypatch.setattr("lemmata.solvers.engine.iteration.available_memory", lambda: 10_000)
    with pytest.raises(MemoryError, match="GiB"):
        iterate(factorization, *_problem((8, 6, 3), 512), checkpoints=[1])


def test_lanes_refuse_other_numbers() -> None:
    """The vector machine is asked of balls: an error names the engine to use."""
    state, constants = _problem((2, 2, 1), 1)
    with pytest.raises(ShapeError, match="REFERENCE"):
        iterate(factorization, tuple(map(to_balls, state)), constants, checkpoints=[1], engine=Engine.LANES)


def test_entries_and_rows() -> None:
    """The operations that factorization does not use: entry by entry, and a column of factors."""
    tape = Tape()
    (state,), (factors, pace), (one,) = tape.layout([(5, 3)], [(5, 1), (1, 1)], [1.0])
    bent, soft = tape.scratch(5, 3), tape.scratch(5, 3)
    tape.phase(state)
    tape.sigmoid(bent, state)
    tape.softplus(soft, state)
    tape.times(bent, soft, pace, bent, state)
    tape.rows(state, state, one, factors, bent)
    rng = np.random.default_rng(0)
    values, weights = rng.normal(size=(9, 5, 3)), rng.normal(size=(9, 5, 1))
    expected = np.log1p(np.exp(values)) + 0.25 * values / (1 + np.exp(-values))
    found = execute(
        tape.finish(), values.reshape(9, -1), np.hstack([weights.reshape(9, -1), np.full((9, 1), 0.25)]), steps=1
    )
    np.testing.assert_allclose(found.reshape(9, 5, 3), values + weights * expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 3, 2), (7, 5, 6)])
def test_networks_agree_and_descend_the_loss(shape: Any) -> None:
    """The network's program is its step, and its step is that of the logistic loss (finite differences)."""
    neurons, inputs, samples = shape
    rng = np.random.default_rng(3)
    weights, data = rng.normal(size=(9, neurons, inputs)) / 10, rng.normal(size=(9, inputs, samples))
    labels, signs = rng.choice([-1.0, 1.0], size=(9, 1, samples)), rng.choice([-1.0, 1.0], size=(9, neurons, 1))
    gamma, pace = np.full((9, 1, 1), 0.3), np.full((9, 1, 1), 0.05)
    constants = (data, labels, signs, gamma, pace)
    plain, fast = (
        iterate(leaky_descent, (weights,), constants, checkpoints=[40], engine=engine).state[0]
        for engine in (Engine.REFERENCE, Engine.LANES)
    )
    np.testing.assert_allclose(fast, plain, rtol=0, atol=1e-14)

    def loss(at: Any) -> Any:
        return np.log1p(np.exp(-labels * leaky_outputs(at, data, signs, gamma))).sum(axis=(1, 2))

    way = rng.normal(size=weights.shape)
    slope = (loss(weights + 1e-5 * way) - loss(weights - 1e-5 * way)) / 2e-5
    step = iterate(leaky_descent, (weights,), constants, checkpoints=[1]).state[0] - weights
    np.testing.assert_allclose((step * way).sum(axis=(1, 2)), -0.05 * slope, atol=1e-9)


def test_what_a_long_run_starts_from() -> None:
    """Error bounds are dropped and the vector machine taken; exact numbers stay themselves, on the reference."""
    numbers = np.array([[1.0, 0.5]])
    for given in (numbers, Bounded.exact(numbers)):
        first, second = without_error_bounds(given, numbers)
        engine = engine_for_long_runs(first, second)
        assert (Engine.LANES, numbers.tolist(), numbers.tolist()) == (engine, first.tolist(), second.tolist())
    exact = to_balls(numbers)
    (kept,) = without_error_bounds(exact)
    assert Engine.REFERENCE is engine_for_long_runs(kept)
    assert kept is exact


def test_shapes_that_do_not_fit() -> None:
    """A product of matrices that do not fit is refused when the program is written."""
    tape = Tape()
    (one, other), _, (scale,) = tape.layout([(2, 3), (2, 3)], [], [1.0])
    tape.phase(one, other)
    with pytest.raises(ShapeError, match="does not fit"):
        tape.product(one, one, scale, one, other)
