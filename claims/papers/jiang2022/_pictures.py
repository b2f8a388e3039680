"""Curves of a recovery on real data: singular values and error of F G' against steps, beside what theory predicts."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims import Instances, Parameters, Picture
from lemmata.solvers import as_floats, transpose
from lemmata.solvers.engine import Engine, iterate
from lemmata.solvers.factorization import learning_times, linear_phase, reduced_factorization, remaining_square

_SHOWN, _POINTS = 5, 120


def recovery_pictures(parameters: Parameters, instances: Instances, log_initial: float) -> list[Picture]:
    """The first five singular values of F G' against steps, and the distance of F G' from the target.

    Predicted are s / (1 + exp(-2 log(1 + eta s) (t - T))) with the learning times T that the start foretells, and the
    distance of the truncated singular value decomposition, of as many components as should be learned.
    """
    strengths = as_floats(instances["s"])[:1, :, None]
    left, right = (as_floats(instances[name])[:1] for name in ("F", "G"))
    eta = 1 / (strengths[:, :1] * int(parameters["step"]))
    log_size = np.array([-log_initial])
    start = linear_phase(left, right, strengths, eta, log_size=log_size)
    times = np.array([_foretold(left, right, strengths, eta, log_initial, i) for i in range(_SHOWN + 1)])
    last = int(times[-1] + times[-1] / 50 - start.steps[0])
    looks = np.unique(np.linspace(0, last, _POINTS).astype(int))
    run = iterate(
        reduced_factorization,
        (start.left, start.right),
        (strengths, eta),
        checkpoints=looks.tolist(),
        record=lambda state: {"product": state[0] @ transpose(state[1])},
        engine=Engine.LANES,
    )
    products, steps = run.records["product"][0], looks + start.steps[0]
    learned = np.linalg.svd(products, compute_uv=False)[:, :_SHOWN]
    values = strengths[0, :, 0]
    growth = np.log1p(eta[0, 0, 0] * values[:_SHOWN])
    return [
        *_components(steps, learned, values, growth, times[:_SHOWN]),
        _distance(steps, products, values, times),
    ]


def _foretold(left: Any, right: Any, strengths: Any, eta: Any, log_initial: float, index: int) -> float:
    own = strengths[:, index : index + 1]
    one, unit = own / own, 2 * float(np.log1p(eta * own)[0, 0, 0])
    alone = learning_times(
        one, one, own, eta, log_size=np.array([-log_initial]), index=0, most=int(2 * (log_initial + _ROOM) / unit)
    )
    mean = (left[:, : index + 1] + right[:, : index + 1]) / 2
    return float(alone[0] - np.log(remaining_square(mean)[0]) / unit)


_ROOM = 16


def _components(steps: Any, learned: Any, values: Any, growth: Any, times: Any) -> list[Picture]:
    with np.errstate(over="ignore"):
        curves = values[:_SHOWN] / (1 + np.exp(-2 * growth * (steps[:, None] - times)))
    return [
        Picture(
            name=f"singular value {i + 1} of F G', with its predicted learning time {times[i]:.0f}",
            x_label="steps",
            y_label="singular value, in units of s_1",
            x=steps.tolist(),
            measured=learned[:, i].tolist(),
            predicted=curves[:, i].tolist(),
        )
        for i in range(_SHOWN)
    ]


def _distance(steps: Any, products: Any, values: Any, times: Any) -> Picture:
    d = len(values)
    gaps = np.linalg.norm(products - np.eye(products.shape[1], products.shape[2]) * np.resize(values, d), axis=(1, 2))
    tails = np.sqrt(np.maximum((values**2).sum() - np.concatenate([[0.0], np.cumsum(values**2)]), 0))
    ranks = (steps[:, None] >= times).sum(axis=1)
    return Picture(
        name="distance of F G' from the table, beside the truncated singular value decomposition",
        x_label="steps",
        y_label="Frobenius norm, in units of s_1",
        x=steps.tolist(),
        measured=gaps.tolist(),
        predicted=tails[ranks].tolist(),
    )
