"""Annealing in one dimension over many steps: gaps along a grid of numbers of steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Compared,
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
)
from lemmata.claims.papers.zhang2021._moments import C_1, C_2, K, constants, distance, likelihood, posterior, prior
from lemmata.solvers import Bounded, as_floats, convert, full, widen
from lemmata.solvers.sampling import line_gaps

gap = quantity(r"(\log p(D) - \mathcal{L})", "gap of the bound", positive=True)
mean_error = quantity(r"|m_{K-1} - \mu(1)|", "distance of the last mean but one from the last target", positive=True)
precision_error = quantity(
    r"\max_k |S_{k-1}^{-1} - \Lambda(k/K)|", "largest distance of a precision from its target", positive=True
)
c = quantity("c", "exponent of the step size, eta = eta_0 K^-c", real=True)
eta_0 = quantity("eta_0", "step size at K = 1", positive=True)
noise = quantity("sigma^2", "variance of the noise in each gradient", nonnegative=True)

_ONCE = 2**18
_SCALES = (2**9, 2**12, 2**15, 2**18, 2**21)
_DENOMINATOR = 840
"""Exponents c are whole numbers over this, a multiple of 4, 6 and 20."""


def _draw(
    _: Parameters,
    rng: np.random.Generator,
    size: int,
    *,
    exponents: tuple[int, int],
    noisy: bool,
    first: tuple[float, float],
) -> Instances:
    """Posteriors at most three times as precise as their prior, first steps near the longest that are stable for long."""
    before = np.exp(rng.uniform(-0.5, 0.5, size=size))
    added = before * rng.uniform(0.5, 2, size=size)
    return {
        "prior": before,
        "likelihood": added,
        "distance": rng.uniform(0.5, 2, size=size),
        "eta_0": rng.uniform(*first, size=size) / np.sqrt(before + added),
        "c": rng.integers(exponents[0], exponents[1] + 1, size=size) / _DENOMINATOR,
        "noise": rng.uniform(0.2, 1, size=size) if noisy else np.zeros(size),
    }


def _longest(_: Parameters, instances: Instances) -> Compared:
    return Compared(left=instances["eta_0"] ** 2 * (instances["prior"] + instances["likelihood"]), sign="<", right=4)


def _stable(parameters: Parameters, instances: Instances) -> Any:
    longest = _longest(parameters, instances)
    return (
        (longest.left < longest.right)
        & (instances["prior"] > 0)
        & (instances["likelihood"] > 0)
        & (instances["eta_0"] > 0)
    )


def _at(_: Parameters, drawn: Instances, *, exponent: int) -> Instances:
    """Prior N(0, 1), likelihood of precision 2 at 3/2, and the given exponent."""
    one = np.ones(len(drawn["c"]))
    kept = drawn["eta_0"] * np.sqrt((drawn["prior"] + drawn["likelihood"]) / 3)  # eta_0^2 Lambda as it was drawn
    fixed = {"prior": one, "likelihood": 2 * one, "distance": 1.5 * one, "c": exponent / _DENOMINATOR * one}
    return {**drawn, **fixed, "eta_0": kept}


def long_runs(low: int, high: int, *, noisy: bool = False, first: tuple[float, float] = (1.3, 1.7)) -> Family:
    """One-dimensional problems, eta = eta_0 K^-c, 840 c from ``low`` to ``high``, eta_0^2 Lambda in ``first``, squared."""
    return Family(
        name=f"Gaussian problems on the line, eta = eta_0 K^-c, c from {low}/840 to {high}/840"
        + (", noisy gradients" if noisy else ""),
        parameters={"problem": integers(1, 4)},
        draw=partial(_draw, exponents=(low, high), noisy=noisy, first=first),
        hypotheses=(Hypothesis(name="eta_0^2 Lambda < 4", holds=_stable, sides=_longest),),
        edges=(
            Edge(name="smallest exponent", adjust=partial(_at, exponent=low)),
            Edge(name="largest exponent", adjust=partial(_at, exponent=high)),
        ),
    )


def _floats(instances: Instances) -> dict[str, np.ndarray]:
    return {name: np.asarray(as_floats(value)) for name, value in instances.items()}


def _measured(instances: Instances, counts: tuple[int, ...]) -> dict[Any, Any]:
    """Everything at some numbers of steps, in the number system of the instances, within the solver's error bounds."""
    given, like, lengths = _floats(instances), instances["c"], np.array(counts)
    step = given["eta_0"][:, None] * lengths.astype(float) ** -given["c"][:, None]
    found = line_gaps(given["prior"], given["likelihood"], given["distance"], step, given["noise"], counts)
    names = {c: "c", eta_0: "eta_0", noise: "noise", prior: "prior", likelihood: "likelihood", distance: "distance"}
    values: dict[Any, Any] = {symbol: instances[name] for symbol, name in names.items()}
    for symbol, part in zip((gap, mean_error, precision_error), found, strict=True):
        values[symbol] = part if isinstance(like, Bounded) else widen(convert(part.value, like), part.error)
    values |= constants(values[prior], values[likelihood], values[distance])
    values[K] = full(like, 1)[:, None] * lengths
    return values


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    del parameters
    pictures = partial(_pictures, _floats(instances))
    return Measurement.of(_measured(instances, _SCALES), case="K from 2^9 to 2^21", pictures=pictures)


def _run_once(parameters: Parameters, instances: Instances) -> Measurement:
    del parameters
    return Measurement.of(_measured(instances, (_ONCE,)), case="K = 2^18")


_SHOWN, _ENDS = np.linspace(0, 0.5, 26), (2**14, 2**20)


def _pictures(given: dict[str, np.ndarray]) -> Sequence[Picture]:
    """The exponent of the gap against that of the step, between 2^14 and 2^20 steps."""
    one = {name: np.repeat(value[:1], len(_SHOWN)) for name, value in given.items()}
    step = one["eta_0"][:, None] * np.array(_ENDS, dtype=float) ** -_SHOWN[:, None]
    found, *_ = line_gaps(one["prior"], one["likelihood"], one["distance"], step, 0 * one["noise"], _ENDS)
    logs = np.log(found.value)
    slopes = (logs[:, 1] - logs[:, 0]) / np.log(_ENDS[1] / _ENDS[0])
    return [
        Picture(
            name="exponent of the gap against the exponent of the step; predicted max(2c - 1, -4c)",
            x_label="c",
            y_label="exponent of the gap",
            x=_SHOWN.tolist(),
            measured=slopes.tolist(),
            predicted=np.maximum(2 * _SHOWN - 1, -4 * _SHOWN).tolist(),
        )
    ]


long_annealing = Procedure(
    name="annealing in one dimension by its moments, 2^9 to 2^21 steps",
    measures=(gap, mean_error, precision_error, K, c, eta_0, noise, prior, likelihood, distance, posterior, C_1, C_2),
    run=_run,
    time=Time.SCALES,
    rational=False,
    cost=100,
)


one_long_run = Procedure(
    name="annealing in one dimension by its moments, 2^18 steps",
    measures=(gap, precision_error, K, c, eta_0, prior, likelihood, distance, posterior, C_1, C_2),
    run=_run_once,
    rational=False,
    cost=100,
)
