"""Networks on -u'' = f: steps made from where they end, and steps that a solver finds."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Picture,
    Procedure,
    Time,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import absolute, as_floats, convert, eigenvalues_symmetric, stack
from lemmata.solvers.networks import Collocation, explicit_steps, implicit_steps

before = quantity("L(w_k)", "loss before the step", nonnegative=True)
after = quantity("L(w_{k+1})", "loss after the step", nonnegative=True)
eta = quantity("eta", "step size", positive=True)
lowest = quantity(r"\lambda_{\min}(G)", "least eigenvalue of G = J J' at w_{k+1}", real=True)
highest = quantity(r"\lambda_{\max}(G)", "largest eigenvalue of G = J J' at w_{k+1}", real=True)
slip = quantity("|<g, r>|", "gradient after the step times what is left of the implicit equation", nonnegative=True)

DECREASE = "L(w_{k+1}) + |w_{k+1} - w_k|^2/(2 eta) <= L(w_k)"


def _problem(instances: Instances) -> Collocation:
    return Collocation(points=instances["x"], load=instances["f"])


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Points spread over (0, 1), the load of sin(pi x) or a random one, weights of the usual size."""
    n, m = int(parameters["points"]), int(parameters["width"])
    x = (np.arange(n) + rng.uniform(0.1, 0.9, size=(size, n))) / n
    smooth = np.where(rng.random((size, 1)) < 1 / 2, np.pi**2 * np.sin(np.pi * x), 5 * rng.normal(size=(size, n)))
    weights = np.stack([2 * rng.normal(size=(size, m)), rng.normal(size=(size, m)), rng.normal(size=(size, m))], axis=1)
    weights[:, 2] /= np.sqrt(m)
    return {"x": x, "f": smooth, "w": weights, "eta": float(parameters["step"]) * np.exp(rng.normal(size=size))}


def _positive(_: Parameters, instances: Instances) -> Any:
    return instances["eta"] > 0


def _decreases(_: Parameters, instances: Instances) -> Any:
    problem, w, step = _problem(instances), instances["w"], instances["eta"]
    slope = problem.gradient(w)
    start = w + slope * step[:, None, None]
    moved = (slope * slope).sum(axis=2).sum(axis=1) * step / 2
    return problem.loss(w) + moved <= problem.loss(start)


positive = Hypothesis(name="eta > 0", holds=_positive)
decrease = Hypothesis(name=DECREASE, holds=_decreases)


def _simple(_: Parameters, drawn: Instances, *, load: float, step: float) -> Instances:
    """All weights one, a constant load, points in the middles of equal cells."""
    n = drawn["x"].shape[1]
    return {
        "x": np.broadcast_to((np.arange(n) + 0.5) / n, drawn["x"].shape).copy(),
        "f": np.full_like(drawn["f"], load),
        "w": np.ones_like(drawn["w"]),
        "eta": np.full_like(drawn["eta"], step),
    }


def networks(*hypotheses: Hypothesis, steps: tuple[float, float] = (1e-3, 100.0), widest: int = 6) -> Family:
    """Networks of one hidden layer on -u'' = f; w is where a step ends, or where training begins."""
    return Family(
        name="tanh networks on -u'' = f by collocation",
        parameters={
            "points": integers(1, 4),
            "width": integers(1, widest),
            "step": reals(*steps, logarithmic=True),
        },
        draw=_draw,
        hypotheses=(positive, *hypotheses),
        searchable=("f", "w", "eta"),
        edges=(
            Edge(name="one unit", adjust=partial(_simple, load=1.0, step=steps[0])),
            Edge(name="short steps", parameters={"points": 4, "width": widest, "step": steps[0]}),
            Edge(name="long steps", parameters={"points": 4, "width": widest, "step": steps[1]}),
            Edge(name="more weights than residuals", parameters={"points": 2, "width": widest, "step": 1.0}),
            Edge(
                name="strong load",
                parameters={"points": 3, "width": 3},
                adjust=partial(_simple, load=20.0, step=0.01),
            ),
        ),
    )


def _values(problem: Collocation, start: Any, end: Any, step: Any) -> dict[Any, Any]:
    spectrum = eigenvalues_symmetric(problem.gram(end))
    slope = problem.gradient(end)
    rest = end - start + slope * step[:, None, None]
    return {
        before: problem.loss(start),
        after: problem.loss(end),
        eta: step,
        lowest: spectrum[:, -1],
        highest: spectrum[:, 0],
        slip: absolute((slope * rest).sum(axis=2).sum(axis=1)),
    }


def step_backwards(*, explicit: bool = False) -> Procedure:
    """One implicit step, made from its end: w_k = w_{k+1} + eta grad L(w_{k+1}), exactly; or an ``explicit`` one."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        del parameters
        problem, w, step = _problem(instances), instances["w"], instances["eta"]
        moved = problem.gradient(w) * step[:, None, None]
        start, end = (w, w - moved) if explicit else (w + moved, w)
        return Measurement.of(_values(problem, start, end, step), case="one step")

    return Procedure(
        name="one explicit step" if explicit else "one implicit step, made from where it ends",
        measures=(before, after, eta, lowest, highest, slip),
        run=run,
        rational=False,
        cost=8,
    )


def _trained(instances: Instances, count: int, *, explicit: bool) -> Any:
    """The points of training in float64, taken as exact numbers in the number system of the instances."""
    given = {name: np.asarray(as_floats(value)) for name, value in instances.items()}
    steps_of = explicit_steps if explicit else implicit_steps
    return steps_of(_problem(given), given["w"], given["eta"], steps=count)


def training(*, explicit: bool = False, count: int = 2) -> Procedure:
    """A few steps of training; the loss, the spectrum and what is left of the equation are measured at its points."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        del parameters
        problem, step = _problem(instances), instances["eta"]
        points = _trained(instances, count, explicit=explicit)
        ends = [convert(points[:, k], instances["w"]) for k in range(count + 1)]
        each = [_values(problem, ends[k], ends[k + 1], step) for k in range(count)]
        values = {symbol: stack([one[symbol] for one in each], axis=1) for symbol in each[0] if symbol is not eta}
        pictures = partial(_pictures, {name: as_floats(value) for name, value in instances.items()})
        return Measurement.of({**values, eta: step}, case="every step", pictures=pictures)

    return Procedure(
        name=f"{'explicit' if explicit else 'implicit'} gradient descent on -u'' = f, {count} steps",
        measures=(before, after, eta, lowest, highest, slip),
        run=run,
        time=Time.STEPS,
        rational=False,
        cost=400,
    )


def _pictures(given: dict[str, np.ndarray]) -> list[Picture]:
    """The loss of a training of twelve steps, beside what the certificate allows from step to step."""
    one = {name: np.asarray(value)[:1] for name, value in given.items()}
    problem = _problem(one)
    points = implicit_steps(problem, one["w"], one["eta"], steps=12)[0]
    losses = [float(problem.loss(w[None])[0]) for w in points]
    rates = [float(np.linalg.eigvalsh(problem.gram(w[None])[0])[0]) for w in points[1:]]
    allowed = losses[0] / np.cumprod([1.0, *(1 + float(one["eta"][0]) * np.maximum(rates, 0))])
    return [
        Picture(
            name="loss of implicit gradient descent, and the certificate's bound on it",
            x_label="step",
            y_label="log10 of the loss",
            x=list(range(13)),
            measured=np.log10(losses).tolist(),
            predicted=np.log10(allowed).tolist(),
        )
    ]
