"""Networks whose unseen part is orthogonal to what the data see, and what gradient flow makes of that."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims import Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, integers, quantity
from lemmata.solvers import Dual, frobenius_square, rectangular_diagonal, transpose
from lemmata.solvers.networks import Data, Weights, dense, gradient

moving_above = quantity(
    r"|\tfrac{d}{dt} V U_2^\top|_F^2",
    "how fast what the outputs see of the unseen part changes, squared",
    nonnegative=True,
)
moving_below = quantity(
    r"|\tfrac{d}{dt} U_1 U_2^\top|_F^2",
    "how fast the overlap of the seen with the unseen part changes, squared",
    nonnegative=True,
)
away = quantity(
    r"|U V^\top - X^{+} \hat{Y}|_F^2",
    "squared distance of the network from the solution of least norm of what it fits, Y_hat = X U V'",
    nonnegative=True,
)


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """The seen part lives on the first k hidden units, the unseen one on the others; then both are mixed, pair by pair."""
    rank, outputs, half, unseen = (int(parameters[name]) for name in ("rank", "outputs", "half", "unseen"))

    def grains(rows: int) -> np.ndarray:
        found: np.ndarray = rng.integers(-16, 17, size=(size, rows, half)) / 8
        return found

    def mixed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        # (a, b) -> (a + b, a - b): orthogonal up to a factor, and exact for dyadic numbers
        return np.concatenate([first + second, first - second], axis=2)

    none = np.zeros((size, 1, half))
    U_1, V = (mixed(grains(rows), none) for rows in (rank, outputs))
    return {
        "s": np.sort(np.exp(rng.uniform(-1, 1, size=(size, rank))), axis=1)[:, ::-1],
        "U": np.concatenate([U_1, mixed(none, grains(unseen))], axis=1),
        "V": V,
        "Y": rng.normal(size=(size, rank, outputs)),
    }


def _rows(parameters: Parameters, instances: Instances) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rank = int(parameters["rank"])
    return instances["U"][:, :rank], instances["U"][:, rank:], instances["V"]


def _above(parameters: Parameters, instances: Instances) -> Any:
    _, unseen, V = _rows(parameters, instances)
    return np.all(V @ unseen.swapaxes(1, 2) == 0, axis=(1, 2))


def _below(parameters: Parameters, instances: Instances) -> Any:
    seen, unseen, _ = _rows(parameters, instances)
    return np.all(seen @ unseen.swapaxes(1, 2) == 0, axis=(1, 2))


ABOVE = Hypothesis(name="V U_2' = 0", holds=_above)
BELOW = Hypothesis(name="U_1 U_2' = 0", holds=_below)


def _leaning(parameters: Parameters, instances: Instances, *, above: bool) -> Instances:
    """The unseen part excites the hidden units of one layer, which no longer are those of the other."""
    rank, half = int(parameters["rank"]), int(parameters["half"])
    shifted = {name: instances[name].copy() for name in ("U", "V")}
    shifted["V"][:], shifted["U"][:, :rank] = 0.0, 0.0
    shifted["V"][:, :, 0] = shifted["U"][:, :rank, half] = 1.0
    shifted["U"][:, rank:] = 0.0
    shifted["U"][:, rank:, 0 if above else half] = 1.0
    return {**instances, **shifted}


def orthogonal_networks(*hypotheses: Hypothesis, leaning: str = "") -> Family:
    """Linear networks whose unseen part is orthogonal to the outputs and to the seen part; ``leaning`` breaks one of the two."""

    def drawn(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        found = _draw(parameters, rng, size)
        return _leaning(parameters, found, above=leaning == "above") if leaning else found

    return Family(
        name="two-layer linear networks X U V' whose unseen part is orthogonal to what the data see",
        parameters={
            "rank": integers(1, 3),
            "outputs": integers(1, 3),
            "half": integers(1, 4),
            "unseen": integers(1, 2),
        },
        draw=drawn,
        hypotheses=hypotheses,
        edges=(
            Edge(name="numbers"),
            Edge(name="one hidden unit a part, matrices", parameters={"rank": 3, "outputs": 2, "unseen": 2}),
            Edge(name="wide", parameters={"rank": 2, "outputs": 3, "half": 4}),
        ),
    )


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    rank, (singular, U, V, Y) = int(parameters["rank"]), (instances[name] for name in ("s", "U", "V", "Y"))
    network = dense((U.shape[1], U.shape[2], V.shape[1]))
    data = Data(inputs=transpose(rectangular_diagonal(singular, Y.shape[1], U.shape[1])), targets=transpose(Y))
    slope = gradient(network, Weights(matrices=(transpose(U), V)), data)
    lower, upper = (Dual(one, -g) for one, g in zip((transpose(U), V), slope.matrices, strict=True))
    unseen = lower[:, :, rank:]
    product = U @ transpose(V)
    values = {
        moving_above: frobenius_square((upper @ unseen).tangent),
        moving_below: frobenius_square((transpose(lower[:, :, :rank]) @ unseen).tangent),
        # X^+ X U V' keeps the first r rows and sets the others to zero.
        away: frobenius_square(product[:, rank:]),
    }
    return Measurement.of(values, case="at a point")


orthogonal_flow = Procedure(
    name="gradient flow at a point, derivatives by forward mode",
    measures=(moving_above, moving_below, away),
    run=_run,
)
