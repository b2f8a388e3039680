"""Gradient descent on the logistic loss of a smooth leaky ReLU network with one hidden layer, only that layer trained.

f(x; W) = sum_j a_j phi(<w_j, x>) with phi(z) = gamma z + (1 - gamma) log((1 + e^z)/2), whose slopes lie in (gamma, 1).
"""

from __future__ import annotations

import math

from lemmata.solvers.engine.iteration import Dynamics, Shapes, State
from lemmata.solvers.engine.programs import Program, Tape
from lemmata.solvers.numbers.arithmetic import Array, elementwise, transpose


def leaky_outputs(weights: Array, inputs: Array, signs: Array, gamma: Array) -> Array:
    """Outputs f of each sample, ``(batch, 1, n)``.

    ``weights`` (batch, m, d), ``inputs`` (batch, d, n), ``signs`` a (batch, m, 1), ``gamma`` (batch, 1, 1).
    """
    drive = weights @ inputs
    log_two = elementwise(gamma / gamma * 2, "log")
    return transpose(signs) @ (drive * gamma + (elementwise(drive, "softplus") - log_two) * (1 - gamma))


def leaky_slopes(weights: Array, inputs: Array, labels: Array, signs: Array, gamma: Array) -> Array:
    """Minus n times the gradient of the mean logistic loss by the weights, ``(batch, m, d)``; shapes as in outputs."""
    outputs = leaky_outputs(weights, inputs, signs, gamma)
    pull = labels * elementwise(-(labels * outputs), "sigmoid")
    bent = elementwise(weights @ inputs, "sigmoid") * (1 - gamma) + gamma
    return (bent * (signs @ pull)) @ transpose(inputs)


def _step(state: State, constants: State) -> State:
    (weights,), (inputs, labels, signs, gamma, pace) = state, constants
    return (weights + pace * leaky_slopes(weights, inputs, labels, signs, gamma),)


def _program(state: Shapes, constants: Shapes) -> Program:
    ((m, _d),), n = state, constants[0][1]
    tape = Tape()
    (weights,), fixed, (one, minus, log_half) = tape.layout(state, constants, [1.0, -1.0, -math.log(2)])
    inputs, labels, signs, gamma, pace = fixed
    none, rest, total = tape.scratch(m, n), tape.scratch(1, 1), tape.scratch(1, 1)
    drive, bent, pulls = tape.scratch(m, n), tape.scratch(m, n), tape.scratch(m, n)
    shift, outputs, pull = tape.scratch(1, n), tape.scratch(1, n), tape.scratch(1, n)
    tape.phase(weights)
    tape.product(rest, one, minus, gamma, one)
    tape.product(total, none.top(1), rest, signs.transposed, one.spread(m, 1))
    tape.product(shift, none.top(1), log_half, total, one.spread(1, n))
    tape.product(drive, none, one, weights, inputs)
    tape.softplus(bent, drive)
    tape.product(outputs, shift, gamma, signs.transposed, drive)
    tape.product(outputs, outputs, rest, signs.transposed, bent)
    tape.times(pull, none.top(1), minus, labels, outputs)
    tape.sigmoid(pull, pull)
    tape.times(pull, none.top(1), one, labels, pull)
    tape.sigmoid(bent, drive)
    tape.product(pulls, none, one, signs, pull)
    tape.times(bent, none, rest, bent, pulls)
    tape.product(bent, bent, gamma, signs, pull)
    tape.product(weights, weights, pace, bent, inputs.transposed)
    return tape.finish()


def _work(state: Shapes, constants: Shapes) -> int:
    ((m, d),), n = state, constants[0][1]
    return 4 * m * d * n + 60 * m * n


leaky_descent = Dynamics(
    name="gradient descent on the logistic loss of a smooth leaky ReLU network",
    step=_step,
    program=_program,
    work=_work,
    of_matrices=True,
)
"""State (W,), ``(batch, m, d)``; constants (X, y, a, gamma, step size / n): ``(batch, d, n)``, ``(batch, 1, n)``,
``(batch, m, 1)``, ``(batch, 1, 1)`` twice."""
