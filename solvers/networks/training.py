"""Training: a rule applied step by step to a batch of networks, everything recorded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.engine.outcome import Outcome
from lemmata.solvers.networks.layers import Data, Network, Weights
from lemmata.solvers.networks.midpoint import solve_midpoint
from lemmata.solvers.networks.parameters import at_layer, combine_layers, mapped, moved, with_batch, zeros_like
from lemmata.solvers.networks.passes import Activity, Gradient, run_backward, run_forward, run_loss
from lemmata.solvers.networks.rules import (
    Alternating,
    HeavyBall,
    ImplicitMidpoint,
    SignDescent,
    TrainingRule,
    WeightDecay,
    expand_step_sizes,
    per_instance,
)
from lemmata.solvers.networks.validation import finite, prepare, prepare_at_zero
from lemmata.solvers.numbers.arithmetic import Array, convert, gate, leader, midpoint_value, stack, zeros
from lemmata.solvers.numbers.errors import NumberSystemError, ShapeError


@dataclass(frozen=True, kw_only=True, eq=False)
class Trajectory:
    """A recorded training run of T steps; tuples over layers, (batch, time, ...) in each array.

    `matrices` (batch, T+1, outputs, inputs) or (batch, T+1, size); `gradients` (batch, T, ...) in the same
    shape as used by step t; `unrolled` (batch, T, outputs, inputs); `biases` (batch, T+1, outputs) and
    `bias_gradients` (batch, T, outputs), None where a layer has none; `velocities` and `bias_velocities` like
    the parameters (zeros unless heavy ball); `losses` (batch, T+1) at the states; `step_sizes` (batch, T,
    layers).

    `outcomes` (batch,) holds codes of `Outcome` and `failed_at` (batch,) the first step (0-based; T for the
    last state) that went wrong, -1 where none did. With Bounded, step t starts from the exact floats of state
    t (`midpoint_value`); the recorded state t+1 carries the error of that one step.
    """

    matrices: tuple[Array, ...]
    gradients: tuple[Array, ...]
    unrolled: tuple[Array, ...]
    biases: tuple[Array | None, ...]
    bias_gradients: tuple[Array | None, ...]
    velocities: tuple[Array, ...]
    bias_velocities: tuple[Array | None, ...]
    losses: Array
    step_sizes: Array
    outcomes: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    failed_at: np.ndarray[tuple[int, ...], np.dtype[np.int64]]

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return int(self.step_sizes.shape[1])

    def weights(self, time: int) -> Weights:
        """The parameters after `time` steps."""
        return Weights(
            matrices=tuple(w[:, time] for w in self.matrices),
            biases=tuple(None if b is None else b[:, time] for b in self.biases),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Problem:
    """A validated training problem: what does not change from step to step."""

    network: Network
    data: Data
    rule: TrainingRule
    step_sizes: Array
    at_zero: Array
    sample_weights: Array | None
    nearest: bool

    def factors(self, time: int) -> Array | None:
        return None if self.sample_weights is None else self.sample_weights[:, time]

    def activity(self, weights: Weights) -> Activity:
        return run_forward(self.network, weights, self.data, self.at_zero, nearest=self.nearest)

    def slope(self, weights: Weights, time: int, activity: Activity | None = None) -> Gradient:
        done = activity or self.activity(weights)
        return run_backward(self.network, weights, self.data, done, self.factors(time))

    def loss(self, activity: Activity, time: int) -> Array:
        return run_loss(self.network, activity, self.data, self.factors(time))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Step:
    """One step: the gradient used, the state after it, and where it solved its equation (None: explicit)."""

    slope: Weights
    unrolled: tuple[Array, ...]
    after: Weights
    velocity: Weights
    loss: Array
    converged: Array | None = None


def train(  # noqa: PLR0913 - a problem is what it is; everything optional is by keyword
    network: Network,
    weights: Weights,
    data: Data,
    *,
    rule: TrainingRule,
    steps: int,
    at_zero: Array | None = None,
    sample_weights: Array | None = None,
    velocities: Weights | None = None,
    nearest_gates: bool = False,
) -> Trajectory:
    """Apply `rule` to the `weights` for a number of `steps`, and record everything.

    `at_zero` (batch,) is the gate at a kink, see `forward`. `sample_weights` (batch, steps, samples) weight
    the samples at each step: 0/1 for minibatches. The loss of the last state uses the last weights.
    `velocities` are the initial ones of heavy ball (zeros if left out). `nearest_gates` as in `forward`.
    Floats are brought into the number system of the weights.
    """
    weights, data = prepare(network, weights, data)
    start = _started(weights, data, steps)
    velocity = zeros_like(start) if velocities is None else _velocities(velocities, start, rule)
    like = start.matrices[0]
    sizes = rule.step_size if isinstance(rule, ImplicitMidpoint) else rule.step_sizes
    problem = _Problem(
        network=network,
        data=data,
        rule=rule,
        step_sizes=expand_step_sizes(convert(sizes, like), batch=like.shape[0], steps=steps, layers=network.depth),
        at_zero=prepare_at_zero(at_zero, start),
        sample_weights=_sample_weights(sample_weights, like, steps, data.inputs.shape[2]),
        nearest=nearest_gates,
    )
    states, moves, records = [start], [velocity], []
    with np.errstate(all="ignore"):
        for time in range(steps):
            before = mapped(midpoint_value, states[-1])
            record = _advance(problem, before, mapped(midpoint_value, moves[-1]), time)
            states.append(record.after)
            moves.append(record.velocity)
            records.append(record)
        end = problem.loss(problem.activity(mapped(midpoint_value, states[-1])), max(steps - 1, 0))
        return _trajectory(problem, states, moves, records, end)


def _started(weights: Weights, data: Data, steps: int) -> Weights:
    """The initial weights, repeated to the batch of the data; checks what `prepare` does not."""
    if steps < 1:
        raise ShapeError(f"train got steps={steps}; expected at least 1.")
    _check_system(weights.matrices[0], data)
    batch = max(weights.matrices[0].shape[0], data.inputs.shape[0], data.targets.shape[0])
    return Weights(
        matrices=tuple(with_batch(w, batch) for w in weights.matrices),
        biases=tuple(with_batch(b, batch) for b in weights.biases),
    )


def _check_system(like: Array, data: Data) -> None:
    governing = leader([like, data.inputs, data.targets])
    if type(governing) is not type(like):
        raise NumberSystemError(
            f"train got weights as {type(like).__name__} and data as {type(governing).__name__}; expected "
            "the weights in the richer number system. Convert the weights, e.g. Bounded.exact(weights)."
        )


def _sample_weights(given: Array | None, like: Array, steps: int, samples: int) -> Array | None:
    if given is None:
        return None
    value = convert(given, like)
    if value.ndim != 3 or value.shape[1] != steps or value.shape[2] != samples:  # noqa: PLR2004 - the axes below
        raise ShapeError(
            f"sample_weights have shape {value.shape}; expected (batch, steps, samples) = (batch, {steps}, {samples})."
        )
    return value


def _velocities(velocities: Weights, start: Weights, rule: TrainingRule) -> Weights:
    if not isinstance(rule, HeavyBall):
        raise ShapeError(f"velocities were given to {type(rule).__name__}; only HeavyBall has them. Leave them out.")
    shapes = [(w.shape, v.shape) for w, v in zip(start.matrices, velocities.matrices, strict=True)]
    if any(w != v for w, v in shapes):
        raise ShapeError(f"velocities have shapes {[v for _, v in shapes]}; expected {[w for w, _ in shapes]}.")
    given = Weights(
        matrices=velocities.matrices,
        biases=tuple(
            zeros(b, b.shape) if v is None and b is not None else v
            for b, v in zip(start.biases, velocities.biases, strict=True)
        ),
    )
    return combine_layers(lambda _, w, v: convert(v, w), start, given)


def _advance(problem: _Problem, weights: Weights, velocity: Weights, time: int) -> _Step:
    """Step number `time` of the problem's rule."""
    rule, eta = problem.rule, problem.step_sizes[:, time]
    if isinstance(rule, Alternating):
        return _alternate(problem, weights, velocity, time)
    activity = problem.activity(weights)
    value = problem.loss(activity, time)
    if isinstance(rule, ImplicitMidpoint):
        return _implicit(problem, weights, velocity, time, value)
    slope = problem.slope(weights, time, activity)
    direction = Weights(matrices=slope.matrices, biases=slope.biases)
    if isinstance(rule, HeavyBall):
        momentum = rule.momentum
        velocity = combine_layers(
            lambda h, v, g: per_instance(momentum, v, ndim=v.ndim) * v - at_layer(eta, h, v) * g,
            velocity,
            direction,
        )
        after = combine_layers(lambda _, w, v: w + v, weights, velocity)
    else:
        after = moved(weights, _modified(rule, weights, direction), eta)
    return _Step(slope=direction, unrolled=slope.unrolled, after=after, velocity=velocity, loss=value)


def _modified(rule: TrainingRule, weights: Weights, direction: Weights) -> Weights:
    """The direction that the explicit rules without memory follow instead of the gradient."""
    if isinstance(rule, WeightDecay):
        layers, decay = rule.layers, rule.decay
        return combine_layers(
            lambda h, g, w: (
                g if layers is not None and h not in layers else g + per_instance(decay, w, ndim=w.ndim) * w
            ),
            direction,
            weights,
        )
    if isinstance(rule, SignDescent):
        # 1 - 0, 0 - 1 or, at zero, 1 - 1: no fraction is needed.
        return mapped(lambda g: gate(g, 1) + gate(g, 0) - 1, direction)
    return direction


def _alternate(problem: _Problem, weights: Weights, velocity: Weights, time: int) -> _Step:
    eta, present, value = problem.step_sizes[:, time], weights, None
    slopes = []
    for layer in range(problem.network.depth):
        activity = problem.activity(present)
        value = problem.loss(activity, time) if value is None else value
        slope = problem.slope(present, time, activity)
        slopes.append(slope)
        stepped = moved(present, Weights(matrices=slope.matrices, biases=slope.biases), eta)
        present = Weights(
            matrices=_replaced(present.matrices, layer, stepped.matrices[layer]),
            biases=_replaced(present.biases, layer, stepped.biases[layer]),
        )
    direction = Weights(
        matrices=tuple(s.matrices[h] for h, s in enumerate(slopes)),
        biases=tuple(s.biases[h] for h, s in enumerate(slopes)),
    )
    unrolled = tuple(s.unrolled[h] for h, s in enumerate(slopes))
    return _Step(slope=direction, unrolled=unrolled, after=present, velocity=velocity, loss=value)


def _replaced(items: tuple[Array, ...], position: int, item: Array) -> tuple[Array, ...]:
    return (*items[:position], item, *items[position + 1 :])


def _implicit(problem: _Problem, weights: Weights, velocity: Weights, time: int, value: Array) -> _Step:
    rule, eta = problem.rule, problem.step_sizes[:, time]
    if not isinstance(rule, ImplicitMidpoint):
        raise NumberSystemError(f"got {type(rule).__name__}; expected ImplicitMidpoint.")
    slope = problem.slope(weights, time)
    predictor = moved(weights, Weights(matrices=slope.matrices, biases=slope.biases), eta / 2)
    gates = problem.activity(mapped(midpoint_value, predictor)).gates

    def slope_at(state: Weights) -> Gradient:
        activity = run_forward(problem.network, state, problem.data, problem.at_zero, gates)
        return run_backward(problem.network, state, problem.data, activity, problem.factors(time))

    solved = solve_midpoint(rule, weights, eta, slope_at)
    direction = Weights(matrices=solved.gradient.matrices, biases=solved.gradient.biases)
    return _Step(
        slope=direction,
        unrolled=solved.gradient.unrolled,
        after=solved.after,
        velocity=velocity,
        loss=value,
        converged=solved.converged,
    )


def _trajectory(
    problem: _Problem, states: list[Weights], moves: list[Weights], records: list[_Step], end: Array
) -> Trajectory:
    depth = problem.network.depth
    matrices, biases = _joined(states, depth)
    gradients, bias_gradients = _joined([r.slope for r in records], depth)
    velocities, bias_velocities = _joined(moves, depth)
    losses = stack([*(r.loss for r in records), end], axis=1)
    outcomes, failed_at = _outcomes((*matrices, *biases), (*gradients, losses), records)
    return Trajectory(
        matrices=matrices,
        gradients=gradients,
        unrolled=tuple(stack([r.unrolled[h] for r in records], axis=1) for h in range(depth)),
        biases=biases,
        bias_gradients=bias_gradients,
        velocities=velocities,
        bias_velocities=bias_velocities,
        losses=losses,
        step_sizes=problem.step_sizes,
        outcomes=outcomes,
        failed_at=failed_at,
    )


def _joined(states: list[Weights], depth: int) -> tuple[tuple[Array, ...], tuple[Array | None, ...]]:
    """Each layer's arrays over time: (batch, time, ...)."""
    matrices = tuple(stack([s.matrices[h] for s in states], axis=1) for h in range(depth))
    biases = tuple(
        None if states[0].biases[h] is None else stack([s.biases[h] for s in states], axis=1) for h in range(depth)
    )
    return matrices, biases


def _outcomes(state: tuple[Array | None, ...], derived: tuple[Array, ...], records: list[_Step]) -> tuple[Array, Array]:
    """Outcome codes (batch,) and first failing times (batch,)."""
    batch, times = derived[-1].shape
    failed = np.full(batch, times)
    codes = np.zeros(batch, dtype=np.int64)

    def note(bad: Array, outcome: Outcome) -> None:
        """Take in where things went wrong, (batch, time, ...)."""
        wrong = bad.reshape(batch, bad.shape[1], -1).any(axis=2)
        some = wrong.any(axis=1)
        np.maximum(codes, np.where(some, int(outcome), 0), out=codes)
        np.minimum(failed, np.where(some, wrong.argmax(axis=1), times), out=failed)

    converged = [r.converged for r in records if r.converged is not None]
    if converged:
        note(~np.stack(converged, axis=1), Outcome.NOT_CONVERGED)
    for array in derived:
        note(~finite(array), Outcome.NON_FINITE)
    for array in state:
        if array is not None:
            note(~finite(array), Outcome.DIVERGED)
            if hasattr(array, "error"):
                note(~np.isfinite(array.error), Outcome.NON_FINITE)
    return codes, np.where(failed == times, -1, failed)
