"""The vocabulary of layer balance: symbols, and the procedures that measure them layer by layer.

For a hidden layer h the imbalance is C_h = W_h W_h' - W_{h+1}' W_{h+1}; per neuron it is the diagonal of
C_h, per layer its trace. Every procedure measures every hidden layer (or the linear ones only). The letters are the
paper's: ``W`` is W_h, ``W_next`` is W_{h+1}, and so on.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import Case, ClaimError, Instances, Measurement, Parameters, Procedure, Time, quantity
from lemmata.claims.settings.networks.dense import Build, Problem, dense_problem, stacked
from lemmata.solvers import Dual, midpoint_value, stack
from lemmata.solvers.engine import Outcome
from lemmata.solvers.networks import (
    Alternating,
    Gradient,
    GradientDescent,
    HeavyBall,
    ImplicitMidpoint,
    SignDescent,
    Trajectory,
    WeightDecay,
    Weights,
    forward,
    gradient,
    midpoint_step_from,
    train,
)
from lemmata.solvers.networks import loss as measured_loss

rows, columns, above, samples = sp.symbols("n_h n_{h-1} n_{h+1} N", integer=True, positive=True)
W = sp.MatrixSymbol("W_h", rows, columns)
W_next = sp.MatrixSymbol("W_{h+1}", above, rows)
G = sp.MatrixSymbol("G_h", rows, columns)
G_next = sp.MatrixSymbol("G_{h+1}", above, rows)
V = sp.MatrixSymbol("V_h", rows, columns)
V_next = sp.MatrixSymbol("V_{h+1}", above, rows)
b = sp.MatrixSymbol("b_h", rows, 1)
g = sp.MatrixSymbol("g_h", rows, 1)
A = sp.MatrixSymbol("A_h", rows, samples)
Delta_h = sp.MatrixSymbol(r"\Delta_h", rows, samples)
Z = sp.MatrixSymbol("Z_h", rows, samples)
outputs = sp.MatrixSymbol(r"\phi(Z_h)", rows, samples)
slopes = sp.MatrixSymbol(r"\phi'(Z_h)", rows, samples)
defect = sp.MatrixSymbol(r"(\phi'(Z_h) \circ Z_h - \phi(Z_h))", rows, samples)
U = sp.MatrixSymbol("U_h", rows, columns)
U_next = sp.MatrixSymbol("U_{h+1}", above, rows)
eta = quantity("eta_t", "step size", positive=True)
eta_h = quantity("eta_h", "constant step size of layer h", positive=True)
eta_next = quantity("eta_{h+1}", "constant step size of layer h+1", positive=True)
lam = quantity("lambda", "weight decay", positive=True)
mu = quantity("mu", "momentum", positive=True)

imbalance = W * W.T - W_next.T * W_next
neuron_imbalance = DiagonalOf(imbalance)
layer_imbalance = sp.Trace(W * W.T) - sp.Trace(W_next.T * W_next)

MEANING = {
    W: "weights of layer h, one row a hidden neuron",
    W_next: "weights of layer h+1, one column a hidden neuron",
    G: "gradient of the loss by the weights of layer h",
    G_next: "gradient of the loss by the weights of layer h+1",
    V: "velocity of layer h",
    V_next: "velocity of layer h+1",
    b: "biases of layer h",
    g: "gradient of the loss by the biases of layer h",
    A: "derivative of the loss by the outputs of layer h, one column a sample",
    Delta_h: "derivative of the loss by the pre-activations of layer h, one column a sample",
    Z: "pre-activations of layer h, one column a sample",
    outputs: "outputs of layer h, one column a sample",
    slopes: "slopes of the activation at the pre-activations",
    defect: "Euler defect of the activation at the pre-activations, one column a sample",
}
"""What the matrices are; quantities that are numbers bring their own meaning."""

_FLOW = (W, W_next, G, G_next, b, g, A, Delta_h, Z, outputs, slopes, defect, U, U_next)
_STEPS = (W, W_next, G, G_next, V, V_next, b, g)


def hidden_layers(problem: Problem, *, linear_only: bool) -> Iterator[int]:
    """Indices (from 0) of the layers h < N that a balance law speaks of."""
    for h, linear in enumerate(problem.linear):
        if linear or not linear_only:
            yield h


def failures(trajectory: Trajectory) -> dict[str, np.ndarray]:
    """Which instances the solver failed on, by the sentence of the outcome."""
    bad = [outcome for outcome in Outcome if outcome is not Outcome.OK]
    masks = {outcome.sentence: trajectory.outcomes == outcome.value for outcome in bad}
    return {sentence: mask for sentence, mask in masks.items() if mask.any()}


def gradient_flow(
    *,
    build: Build = dense_problem,
    linear_only: bool = False,
    decay: bool = False,
    meanings: Mapping[Any, str] = MEANING,
) -> Procedure:
    """The velocity field of gradient flow at a point: W' = -G (minus lambda W with ``decay``).

    A conserved quantity is one whose derivative along this field is zero at every point, so no integrator
    stands between the claim and its check. On real data the points are visited along gradient descent.
    """

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        problem = build(parameters, instances)
        visited = _descend(problem, instances, int(parameters["steps"])) if "data" in parameters else None
        lost = {} if visited is None else failures(visited)
        points = [problem.weights]
        if visited is not None and not lost:
            points = [visited.weights(t) for t in range(visited.steps)]
        rate = instances["decay"] if decay else None
        found = [_field(problem, weights, rate) for weights in points]
        cases = tuple(
            Case(
                name=f"h = {h + 1}",
                values=_over_time([values[h] for values, _ in found]),
                rates=_over_time([rates[h] for _, rates in found]),
            )
            for h in hidden_layers(problem, linear_only=linear_only)
        )
        return Measurement(cases=cases, failures=lost)

    name = "gradient flow" + (" with weight decay" if decay else "")
    measures = {symbol: meanings[symbol] for symbol in _FLOW if symbol in meanings} | (
        {lam: lam.meaning} if decay else {}
    )
    return Procedure(name=name, measures=measures, run=run, time=Time.FLOW)


def _over_time(points: list[dict[Any, Any]]) -> dict[Any, Any]:
    return {name: stack([point[name] for point in points], axis=1) for name in points[0]}


_Layers = list[dict[Any, Any]]


def _field(problem: Problem, weights: Weights, decay: Any | None) -> tuple[_Layers, _Layers]:
    """Per hidden layer, everything a law may speak of at one point, and how fast the parameters move there."""
    exact = Weights(
        matrices=tuple(midpoint_value(w) for w in weights.matrices),
        biases=tuple(None if bias is None else midpoint_value(bias) for bias in weights.biases),
    )
    slope = gradient(problem.network, exact, problem.data, at_zero=problem.at_zero, nearest_gates=True)
    values, rates = [], []
    for h in range(problem.network.depth - 1):
        states = _parameters(problem, h, exact)
        forces = _parameters(problem, h, Weights(matrices=slope.matrices, biases=slope.biases))
        moving = {
            name: -force if decay is None else -force - decay[:, None, None] * states[name]
            for name, force in forces.items()
        }
        measured = states | _activity(slope, h) | {G: forces[W], G_next: forces[W_next]}
        if b in forces:
            measured[g] = forces[b]
        if decay is not None:
            measured[lam] = decay
        values.append(measured)
        rates.append(moving)
    return values, rates


def _parameters(problem: Problem, h: int, weights: Weights) -> dict[Any, Any]:
    """The parameters around hidden layer h (or their gradients), as matrices ``(batch, rows, columns)``."""
    below, over = weights.matrices[h], weights.matrices[h + 1]
    named = {W: problem.incoming(h, below), W_next: problem.outgoing(h + 1, over)}
    sharing, sharing_above = (problem.network.layers[layer].sharing for layer in (h, h + 1))
    if sharing is not None and sharing_above is not None:
        named |= {U: sharing.unroll(below), U_next: sharing_above.unroll(over)}
    bias = weights.biases[h]
    if bias is not None:
        named[b] = bias[:, :, None]
    return named


def _activity(slope: Gradient, h: int) -> dict[Any, Any]:
    active = slope.activity
    steepness, taken, given = (part[h] for part in (active.slopes, active.preactivations, active.outputs))
    return {
        A: slope.upstream[h],
        Delta_h: slope.deltas[h],
        slopes: steepness,
        Z: taken,
        outputs: given,
        defect: steepness * taken - given,
    }


loss = quantity(r"L(W_1, \ldots, W_N)", "the loss", real=True)
squared_gradient = quantity(r"\sum_h \|\nabla_{W_h} L\|_F^2", "squared norm of its gradient by all weights", real=True)
first_layer = quantity(
    r"\|\nabla_{W_1} L\|_F^2", "squared norm of its gradient by the weights of the first layer", real=True
)


def dissipation() -> Procedure:
    """The loss along gradient flow: its derivative by forward mode, beside the squared gradient by reverse mode."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        problem = dense_problem(parameters, instances)
        slope = gradient(problem.network, problem.weights, problem.data, at_zero=problem.at_zero, nearest_gates=True)
        moving = Weights(
            matrices=tuple(Dual(w, -g) for w, g in zip(problem.weights.matrices, slope.matrices, strict=True)),
            biases=problem.weights.biases,
        )
        active = forward(problem.network, moving, problem.data, gates=slope.activity.gates)
        value = measured_loss(problem.network, active, problem.data)
        squares = [(g * g).sum(axis=-1).sum(axis=-1) for g in slope.matrices]
        values = {loss: value.value, squared_gradient: sum(squares[1:], squares[0]), first_layer: squares[0]}
        return Measurement.of(values, case="the loss", rates={loss: value.tangent})

    measures = (loss, squared_gradient, first_layer)
    return Procedure(name="gradient flow", measures=measures, run=run, time=Time.FLOW)


def _descend(problem: Problem, instances: Instances, steps: int) -> Trajectory:
    return train(
        problem.network,
        problem.weights,
        problem.data,
        rule=GradientDescent(step_sizes=instances["eta"]),
        steps=steps,
        at_zero=problem.at_zero,
        nearest_gates=True,
    )


class Rule(enum.Enum):
    """How a network is trained; the value is how reports call it."""

    DESCENT = "gradient descent"
    ALTERNATING = "gradient descent, one layer after the other"
    SIGN = "sign descent"
    DECAY = "gradient descent with weight decay"
    DECAY_OF_FIRST_LAYER = "gradient descent with weight decay on the first layer only"
    HEAVY_BALL = "heavy ball"
    MIDPOINT = "the implicit midpoint rule"

    def of(self, instances: Instances) -> Any:
        """The rule with the step sizes and constants of the instances."""
        steps = instances["eta"]
        match self:
            case Rule.DESCENT:
                return GradientDescent(step_sizes=steps)
            case Rule.ALTERNATING:
                return Alternating(step_sizes=steps)
            case Rule.SIGN:
                return SignDescent(step_sizes=steps)
            case Rule.DECAY:
                return WeightDecay(step_sizes=steps, decay=instances["decay"])
            case Rule.DECAY_OF_FIRST_LAYER:
                return WeightDecay(step_sizes=steps, decay=instances["decay"], layers=(0,))
            case Rule.HEAVY_BALL:
                return HeavyBall(step_sizes=steps, momentum=instances["momentum"])
            case Rule.MIDPOINT:
                return ImplicitMidpoint(step_size=steps[:, :, 0])


def training(
    rule: Rule, *, build: Build = dense_problem, linear_only: bool = False, meanings: Mapping[Any, str] = MEANING
) -> Procedure:
    """A training rule run for the instance's number of steps, every state recorded.

    Raises:
        ClaimError: ``rule`` is no `Rule`.
    """
    if not isinstance(rule, Rule):
        raise ClaimError(f"training got the rule {rule!r}; expected one of {', '.join(map(str, Rule))}")

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        problem = build(parameters, instances)
        depth = problem.network.depth
        trajectory = train(
            problem.network,
            problem.weights,
            problem.data,
            rule=rule.of(instances),
            steps=int(parameters["steps"]),
            at_zero=problem.at_zero,
            sample_weights=instances.get("sample_weights"),
            velocities=stacked(instances, depth, matrices="V", biases="v") if "V1" in instances else None,
            nearest_gates=True,
        )
        cases = tuple(
            Case(name=f"h = {h + 1}", values=_states(problem, trajectory, h, instances))
            for h in hidden_layers(problem, linear_only=linear_only)
        )
        return Measurement(cases=cases, failures=failures(trajectory))

    matrices = {symbol: MEANING[symbol] for symbol in _STEPS}
    numbers = {symbol: symbol.meaning for symbol in (eta, eta_h, eta_next, lam, mu)}
    return Procedure(name=rule.value, measures={**matrices, **numbers, **meanings}, run=run, time=Time.STEPS)


def _states(problem: Problem, trajectory: Trajectory, h: int, instances: Instances) -> dict[Any, Any]:
    constant = instances["eta"].shape[1] == 1
    step_sizes = trajectory.step_sizes[:, :1] if constant else trajectory.step_sizes
    values = {
        W: problem.incoming(h, trajectory.matrices[h]),
        W_next: problem.outgoing(h + 1, trajectory.matrices[h + 1]),
        G: problem.incoming(h, trajectory.gradients[h]),
        G_next: problem.outgoing(h + 1, trajectory.gradients[h + 1]),
        V: problem.incoming(h, trajectory.velocities[h]),
        V_next: problem.outgoing(h + 1, trajectory.velocities[h + 1]),
        eta: step_sizes[:, :, h],
        eta_h: step_sizes[:, :, h],
        eta_next: step_sizes[:, :, h + 1],
    }
    bias, slope = trajectory.biases[h], trajectory.bias_gradients[h]
    if bias is not None and slope is not None:
        values |= {b: bias[..., None], g: slope[..., None]}
    for symbol, entry in ((lam, "decay"), (mu, "momentum")):
        if entry in instances:
            values[symbol] = instances[entry][:, None]
    return values


def midpoint_step(*, linear_only: bool) -> Procedure:
    """One step of the implicit midpoint rule, given by its middle state M.

    Every step arises so: W = M + (eta/2) G(M) and W+ = M - (eta/2) G(M) have M as their mean. No equation is
    solved, so the step is exact in every number system.
    """

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        problem = dense_problem(parameters, instances)
        before, after, _ = midpoint_step_from(
            problem.network,
            problem.weights,
            problem.data,
            instances["eta"][:, 0, 0],
            at_zero=problem.at_zero,
            nearest_gates=True,
        )
        cases = []
        for h in hidden_layers(problem, linear_only=linear_only):
            pairs = {
                W: (before.matrices[h], after.matrices[h]),
                W_next: (before.matrices[h + 1], after.matrices[h + 1]),
            }
            values = {symbol: stack(list(pair), axis=1) for symbol, pair in pairs.items()}
            cases.append(Case(name=f"h = {h + 1}", values=values))
        return Measurement(cases=tuple(cases))

    name = "one implicit midpoint step, given by its middle state"
    return Procedure(name=name, measures={symbol: MEANING[symbol] for symbol in (W, W_next)}, run=run, time=Time.STEPS)
