"""Shallow networks f(x) = m^(-1/2) sum_r a_r tanh(w_r . x), |a_r| = |x| = 1: their Jacobian, and gradient flow.

The second derivative of tanh is at most 4/(3 sqrt 3), so the Jacobian in W of the n outputs moves by at most beta = (4/(3 sqrt 3)) sqrt(n/m)
times as far as W does. That makes the hypothesis of the lazy regime, |r_0| < s_0^2/(4 beta), a number to be computed.
"""

from __future__ import annotations

import enum
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
    Procedure,
    Time,
    choice,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import as_floats, elementwise, full, gate, known_within, singular_values, transpose
from lemmata.solvers.engine import integrate

least = quantity(r"\sigma_{\min}(J(W))", "least singular value of the Jacobian at W", nonnegative=True)
least_0 = quantity("s_0", "least singular value of the Jacobian at the initialization", nonnegative=True)
moved = quantity("|W - W_0|_F", "distance from the initialization", nonnegative=True)
n = quantity("n", "number of samples", positive=True)
m = quantity("m", "number of hidden units", positive=True)
misfit = quantity("|r_t|", "length of the residual after time t", nonnegative=True)
misfit_0 = quantity("|r_0|", "length of the residual at the initialization", nonnegative=True)
t = quantity("t", "time", nonnegative=True)
path = quantity(r"\ell_t", "length of the path up to time t", nonnegative=True)

CURVATURE = 4 / (3 * np.sqrt(3))
"""Largest second derivative of tanh, attained at tanh^2 = 1/3."""


class Activation(enum.Enum):
    """What a hidden unit does; the certificate is for tanh."""

    TANH = "tanh"
    RELU = "relu"


def _unit_vectors(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    found = rng.normal(size=shape)
    result: np.ndarray = found / np.linalg.norm(found, axis=-1, keepdims=True)
    return result


def _signs(count: int) -> np.ndarray:
    """a_r: alternating, so that units in pairs of equal weights cancel."""
    found: np.ndarray = 1 - 2 * (np.arange(count) % 2)
    return found


def _derivative(z: Any, kind: Activation) -> Any:
    if kind is Activation.RELU:
        return gate(z)
    value = elementwise(z, "tanh")
    return 1 - value * value


def _jacobian(X: Any, W: Any, kind: Activation) -> Any:
    """sqrt(m) times the Jacobian, ``(batch, n, m d)``."""
    slopes = _derivative(X @ transpose(W), kind) * _signs(W.shape[1])
    blocks = slopes[:, :, :, None] * X[:, :, None, :]
    return blocks.reshape(X.shape[0], X.shape[1], W.shape[1] * W.shape[2])


def _draw_pair(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    samples, units, dimension = (int(parameters[name]) for name in ("samples", "units", "dimension"))
    W = rng.normal(size=(size, units, dimension))
    push = rng.normal(size=W.shape) * float(parameters["push"])
    return {"X": _unit_vectors(rng, (size, samples, dimension)), "W": W, "push": push}


def _unit(_: Parameters, instances: Instances) -> Any:
    return np.all(np.abs(np.linalg.norm(instances["X"], axis=2) - 1) < 1e-9, axis=1)  # noqa: PLR2004 - rounding


def _steepest(_: Parameters, instances: Instances) -> Instances:
    """Where the derivative of tanh falls fastest, along the sample."""
    X = np.zeros_like(instances["X"])
    X[:, :, 0] = 1.0
    W, push = 0 * instances["W"], 0 * instances["push"]
    W[:, :, 0], push[:, :, 0] = np.arctanh(np.sqrt(1 / 3)) - 1 / 64, 1 / 32
    return {"X": X, "W": W, "push": push}


def _at_the_kink(parameters: Parameters, instances: Instances) -> Instances:
    found = dict(_steepest(parameters, instances))
    found["W"] = 0 * found["W"]
    found["W"][:, :, 0] = 1 / 64
    found["push"] = -found["push"]
    return found


def weights_and_others(*, kink: bool = False) -> Family:
    """An initialization and other weights; with ``kink`` the edge lies where a ReLU would switch."""
    return Family(
        name="shallow networks on unit vectors, at the initialization and elsewhere",
        parameters={
            "samples": integers(1, 3),
            "units": integers(1, 8),
            "dimension": integers(1, 3),
            "push": reals(0.001, 1, logarithmic=True),
        },
        draw=_draw_pair,
        hypotheses=(Hypothesis(name="|x_i| = 1", holds=_unit),),
        searchable=("W", "push"),
        edges=(
            Edge(name="one number", adjust=_at_the_kink if kink else _steepest),
            Edge(
                name="several units",
                parameters={"units": 4, "dimension": 2},
                adjust=_at_the_kink if kink else _steepest,
            ),
            Edge(name="several samples", parameters={"samples": 3, "units": 8, "dimension": 3, "push": 0.1}),
        ),
    )


def _run_pair(_: Parameters, instances: Instances, *, kind: Activation) -> Measurement:
    X, W, push = (instances[name] for name in ("X", "W", "push"))
    root = elementwise(full(X[:, 0, 0], W.shape[1]), "sqrt")
    first, second = (
        singular_values(_jacobian(X, at, kind))[:, min(X.shape[1], W.shape[1] * W.shape[2]) - 1] / root
        for at in (W, W + push)
    )
    values = {
        least: second,
        least_0: first,
        moved: elementwise((push * push).sum(axis=-1).sum(axis=-1), "sqrt"),
        n: full(root, X.shape[1]),
        m: full(root, W.shape[1]),
    }
    return Measurement.of(values)


def jacobians(kind: Activation = Activation.TANH) -> Procedure:
    """Least singular values of the Jacobian at two points."""
    return Procedure(
        name=f"least singular values of the Jacobian of a {kind.value} network",
        measures=(least, least_0, moved, n, m),
        run=partial(_run_pair, kind=kind),
        rational=False,
        cost=2,
    )


_STEPS, _SHOWN, _STABLE = 32, 8, 0.5


def _draw_flow(parameters: Parameters, rng: np.random.Generator, size: int, *, paired: bool) -> Instances:
    samples, units, dimension = int(parameters["samples"]), int(parameters["units"]), 4
    W = rng.normal(size=(size, units, dimension))
    if paired:
        W[:, 1::2] = W[:, ::2]
    labels = rng.normal(size=(size, samples))
    labels *= float(parameters["labels"]) / np.linalg.norm(labels, axis=1, keepdims=True)
    return {"X": _unit_vectors(rng, (size, samples, dimension)), "W": W, "y": labels}


def _outputs(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    """F of all samples, ``(batch, n)``."""
    found: np.ndarray = np.tanh(X @ W.swapaxes(1, 2)) @ _signs(W.shape[1]) / np.sqrt(W.shape[1])
    return found


def _float_jacobian(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    found: np.ndarray = _jacobian(X, W, Activation.TANH) / np.sqrt(W.shape[1])
    return found


def _slack(instances: Instances) -> np.ndarray:
    """s_0^2/(4 beta) - |r_0|, ``(batch,)``."""
    X, W = instances["X"], instances["W"]
    s_0 = np.linalg.svd(_float_jacobian(X, W), compute_uv=False)[:, X.shape[1] - 1]
    beta = CURVATURE * np.sqrt(X.shape[1] / W.shape[1])
    found: np.ndarray = s_0**2 / (4 * beta) - np.linalg.norm(_outputs(X, W) - instances["y"], axis=1)
    return found


CERTIFIED = Hypothesis(
    name="|r_0| < s_0^2/(4 beta), beta = (4/(3 sqrt 3)) sqrt(n/m)", holds=lambda _, one: _slack(one) > 0
)


def _far_label(_: Parameters, instances: Instances) -> Instances:
    """A label beyond what the network can reach: it saturates, and a loss is left."""
    return {**instances, "y": 0 * instances["y"] + 10}


def labelled_networks(*hypotheses: Hypothesis, narrow: bool = False) -> Family:
    """Networks with labels; ``narrow`` ones of two units, with labels beyond reach."""
    units = choice("2") if narrow else choice("16", "64", "256")
    wide = {"units": units.options[-1]}
    return Family(
        name="narrow shallow networks with far labels"
        if narrow
        else "wide shallow networks, zero at the initialization",
        parameters={"samples": integers(1, 3), "units": units, "labels": reals(0.01, 2, logarithmic=True)},
        draw=partial(_draw_flow, paired=not narrow),
        hypotheses=hypotheses,
        edges=(
            Edge(name="one sample, a small label", parameters=wide, adjust=_far_label if narrow else None),
            Edge(name="three samples", parameters={**wide, "samples": 3}),
            Edge(name="two samples, larger labels", parameters={**wide, "samples": 2, "labels": 0.5}),
        ),
    )


def _run_flow(_: Parameters, instances: Instances) -> Measurement:
    X, W, y = (as_floats(instances[name]) for name in ("X", "W", "y"))
    shape, like = W.shape, instances["y"]
    signs = _signs(W.shape[1]) / np.sqrt(W.shape[1])
    # |J|^2 <= |X|^2, and each label adds its share to the curvature.
    pace = _STABLE / (np.linalg.norm(X, ord=2, axis=(1, 2)) ** 2 + np.linalg.norm(y, axis=1))

    def slope(state: np.ndarray) -> np.ndarray:
        at = state.reshape(shape)
        value = np.tanh(X @ at.swapaxes(1, 2))
        residual = value @ signs - y
        shares = (1 - value * value) * signs * residual[:, :, None]
        down: np.ndarray = -(shares.swapaxes(1, 2) @ X).reshape(len(state), -1)
        return down

    flow = integrate(slope, W.reshape(len(W), -1), step=lambda _: pace, steps=_STEPS)
    # At time zero both sides are the same number, which no error bound tells apart.
    shown = slice(_STEPS // _SHOWN, None, _STEPS // _SHOWN)
    states, error = flow.states[:, shown].swapaxes(0, 1), flow.error[:, shown]
    residuals = np.stack([np.linalg.norm(_outputs(X, one.reshape(shape)) - y, axis=1) for one in states], axis=1)
    s_0 = np.linalg.svd(_float_jacobian(X, W), compute_uv=False)[:, X.shape[1] - 1]
    rounding, initial = 1e-13, np.linalg.norm(_outputs(X, W) - y, axis=1)
    values = {
        misfit: known_within(residuals, 2 * error * np.sqrt(X.shape[1]) + rounding * initial[:, None], like),
        misfit_0: known_within(initial, rounding * initial, like),
        least_0: known_within(s_0, rounding * s_0, like),
        t: known_within(flow.times[:, shown], rounding * flow.times[:, shown], like),
        path: known_within(flow.lengths[:, shown], error + rounding * flow.lengths[:, shown], like),
    }
    return Measurement.of(values)


flow_of_networks = Procedure(
    name=f"gradient flow of a shallow tanh network, {_STEPS} steps of Runge-Kutta",
    measures=(misfit, misfit_0, least_0, t, path),
    run=_run_flow,
    time=Time.STEPS,
    rational=False,
    exact=False,
    cost=200,
)
