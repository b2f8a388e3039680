"""Beside Du, Hu, Lee 2018: how far gradient descent can carry the imbalance of a linear layer, over a whole run."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    AtMost,
    Case,
    Claim,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Mutant,
    Parameters,
    Procedure,
    Reading,
    Status,
    quantity,
    tightened,
)
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.settings.networks.balance import Rule, failures, hidden_layers
from lemmata.claims.settings.networks.dense import (
    DENSE_EDGES,
    Entry,
    Problem,
    dense_networks,
    dense_problem,
    real_tables,
)
from lemmata.solvers import transpose
from lemmata.solvers.networks import Trajectory, train

moved = quantity(
    r"\|C_h(T) - C_h(0)\|_F^2",
    "squared distance of the imbalance C_h = W_h W_h' - W_{h+1}' W_{h+1} from its initial value",
    real=True,
)
spent = quantity(r"\sum_t \eta_t^2 \|\nabla f(t)\|^2", "squared steps times squared gradients, over the run", real=True)
spent_here = quantity(
    r"\sum_t \eta_t^2 \|G_h(t)\|_F^2", "the same for the gradient by the weights of layer h alone", real=True
)
eta = quantity("eta", "step size", real=True)
first_loss = quantity("f(0)", "loss at the initialization", real=True)
last_loss = quantity("f(T)", "loss after the run", real=True)


def _run(parameters: Parameters, instances: Instances, rule: Rule) -> tuple[Problem, Trajectory]:
    problem = dense_problem(parameters, instances)
    trajectory = train(
        problem.network,
        problem.weights,
        problem.data,
        rule=rule.of(instances),
        steps=parameters["steps"],
        at_zero=problem.at_zero,
        nearest_gates=True,
    )
    return problem, trajectory


def _spent(trajectory: Trajectory, layers: range) -> Any:
    """sum_t eta_t^2 |G_h|_F^2 over some layers, ``(batch,)``."""
    parts = []
    for h in layers:
        squares = (trajectory.gradients[h] * trajectory.gradients[h]).sum(axis=-1).sum(axis=-1)
        steps = trajectory.step_sizes[:, :, h]
        parts.append((steps * steps * squares).sum(axis=1))
    return sum(parts[1:], parts[0])


def _imbalance(trajectory: Trajectory, h: int, time: int) -> Any:
    w, v = trajectory.matrices[h][:, time], trajectory.matrices[h + 1][:, time]
    return w @ transpose(w) - transpose(v) @ v


def whole_run(rule: Rule = Rule.DESCENT, *, linear_only: bool = True) -> Procedure:
    """How far the imbalance of each linear layer is at the end from where it began, and what was spent."""

    def measure(parameters: Parameters, instances: Instances) -> Measurement:
        problem, run = _run(parameters, instances, rule)
        cases = []
        for h in hidden_layers(problem, linear_only=linear_only):
            gone = _imbalance(run, h, run.steps) - _imbalance(run, h, 0)
            values = {
                moved: (gone * gone).sum(axis=-1).sum(axis=-1),
                spent: _spent(run, range(problem.network.depth)),
                spent_here: _spent(run, range(h, h + 1)),
                eta: instances["eta"][:, 0, 0],
                first_loss: run.losses[:, 0],
                last_loss: run.losses[:, run.steps],
            }
            cases.append(Case(name=f"h = {h + 1}", values=values))
        return Measurement(cases=tuple(cases), failures=failures(run))

    measures = (moved, spent, spent_here, eta, first_loss, last_loss)
    return Procedure(name=f"a run of {rule.value}", measures=measures, run=measure)


def _upper_layer_zero(parameters: Parameters, instances: Instances) -> Instances:
    del parameters
    return {**instances, "W2": np.zeros_like(instances["W2"])}


def _networks(
    *, entries: tuple[Entry, ...] = (), hypotheses: tuple[Hypothesis, ...] = (), step_size: float = 0.5
) -> Family:
    """Deep linear networks; one step from an upper layer of zero attains the bound."""
    base = dense_networks(activations=("linear",), entries=entries, hypotheses=hypotheses, step_size=step_size)
    attained = Edge(
        name="upper layer zero, one step", parameters={"widths": [2, 1, 1], "samples": 1}, adjust=_upper_layer_zero
    )
    return Family(
        name=base.name,
        parameters=base.parameters,
        draw=base.draw,
        hypotheses=hypotheses,
        searchable=("W*", "X", "Y"),
        edges=(*DENSE_EDGES, attained),
        data=real_tables(activation="linear", pace=0.2),
    )


drift_bound = Claim(
    key="du2018/drift-bound",
    title="Over any run the imbalance of a linear layer moves by at most the sum of eta^2 |grad|^2",
    about="""Around a linear layer gradient descent with any step sizes obeys |C_h(T) - C_h(0)|_F <= sum_t eta_t^2 |grad f(t)|^2, the
squared norm being that of the whole gradient. Attained in one step from an upper layer of zero.

Why: the exact step, the triangle inequality, and |G G'|_F <= |G|_F^2.""",
    source=PAPER.at("discrete analysis, Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived from the exact identity of a step; judged as an inequality of squares",
    given=_networks(entries=(Entry.SCHEDULE,)),
    when=whole_run(),
    then=AtMost(left=moved, right=spent**2, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="own gradient only",
            because="the layer above moves the imbalance too",
            then=AtMost(left=moved, right=spent_here**2),
        ),
        Mutant(
            name="ReLU",
            because="off the diagonal a ReLU layer drifts in the first order",
            given=dense_networks(activations=("relu",), entries=(Entry.SCHEDULE,), real=False),
            when=whole_run(linear_only=False),
        ),
        Mutant(
            name="alternating updates",
            because="the identity of a step needs both gradients at one point",
            when=whole_run(Rule.ALTERNATING),
        ),
    ),
)


def _falls(factor: float) -> Any:
    """Whether each step lowers the loss by at least ``factor`` times eta |grad|^2, computed in float64."""

    def holds(parameters: Parameters, instances: Instances) -> Any:
        _, run = _run(parameters, instances, Rule.DESCENT)
        squares = sum((g * g).sum(axis=(2, 3)) for g in run.gradients)
        needed = factor * run.step_sizes[:, :, 0] * squares
        return np.all(run.losses[:, :-1] - run.losses[:, 1:] >= needed * (1 + 1e-9), axis=1)

    return holds


sufficient_decrease = Hypothesis(name="every step lowers the loss by (eta/2) |grad|^2", holds=_falls(0.5))
forwards = Hypothesis(name="eta > 0", holds=lambda _, instances: instances["eta"][:, 0, 0] > 0)
mere_decrease = Hypothesis(name="every step lowers the loss", holds=_falls(0.0))


drift_by_loss = Claim(
    key="du2018/drift-bound-by-loss",
    title="If every step decreases the loss sufficiently, the imbalance moves by at most 2 eta (f(0) - f(T)), however long the run",
    about="""Around a linear layer let gradient descent with step size eta satisfy f(t+1) <= f(t) - (eta/2)|grad f(t)|^2 at every step.
Then |C_h(T) - C_h(0)|_F <= 2 eta (f(0) - f(T)), uniformly in T: a small constant step keeps layers balanced, decaying
steps are not needed. That the loss merely decreases is not enough, and the factor two cannot be lowered.""",
    source=PAPER.at("discrete analysis, Section 3"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; judged as an inequality of squares",
    given=_networks(hypotheses=(forwards, sufficient_decrease)),
    when=whole_run(),
    then=AtMost(left=moved, right=(2 * eta * (first_loss - last_loss)) ** 2),
    mutants=(
        Mutant(
            name="mere decrease",
            because="a step near the stability threshold moves the weights far and the loss hardly",
            given=_networks(hypotheses=(forwards, mere_decrease), step_size=8.0),
        ),
        tightened(
            sp.Rational(3, 4),
            because="where the hypothesis holds with equality the bound is approached: the directed search comes to 0.99 of it",
        ),
        Mutant(
            name="square of the step",
            because="the loss falls by eta |grad|^2 a step: one power of the step remains",
            then=AtMost(left=moved, right=(eta**2 * (first_loss - last_loss)) ** 2),
        ),
    ),
)
