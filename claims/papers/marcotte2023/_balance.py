"""How many entries of the balance U'U - V'V of a two-layer network are independent at its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims import Family, Hypothesis, Instances, Measurement, Parameters, Procedure, quantity
from lemmata.claims.papers.marcotte2023._counting import Kind, laws, weights, whole
from lemmata.solvers import as_floats

B = quantity(
    r"\operatorname{rank} \nabla (U^\top U - V^\top V)",
    "number of entries of the balance U'U - V'V whose gradients are independent at the weights",
    integer=True,
    nonnegative=True,
)
_ZERO, _FAR = 1e-10, 1e-6
_UNCLEAR = "a singular value of the gradients is neither zero nor far from it"


def _layers(parameters: Parameters, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first layer U', ``(batch, r, n)``, and the second one V, ``(batch, m, r)``."""
    inputs, hidden, outputs = (int(parameters[name]) for name in ("inputs", "hidden", "outputs"))
    first = theta[:, : hidden * inputs].reshape(-1, hidden, inputs)
    return first, theta[:, hidden * inputs : hidden * (inputs + outputs)].reshape(-1, outputs, hidden)


def balance_gradients(parameters: Parameters, theta: np.ndarray) -> np.ndarray:
    """Gradients of the entries (i, k), i <= k, of the balance by U' and V, ``(batch, r(r+1)/2, r(n+m))``."""
    first, second = _layers(parameters, theta)
    batch, hidden, _ = first.shape
    pairs = [(i, k) for i in range(hidden) for k in range(i, hidden)]
    by_first = np.zeros((batch, len(pairs), *first.shape[1:]))
    by_second = np.zeros((batch, len(pairs), *second.shape[1:]))
    for row, (i, k) in enumerate(pairs):
        by_first[:, row, i] += first[:, k]
        by_first[:, row, k] += first[:, i]
        by_second[:, row, :, i] -= second[:, :, k]
        by_second[:, row, :, k] -= second[:, :, i]
    return np.concatenate([part.reshape(batch, len(pairs), -1) for part in (by_first, by_second)], axis=2)


def _full_rank(parameters: Parameters, instances: Instances) -> Any:
    first, second = _layers(parameters, np.asarray(instances["theta"]))
    values = np.linalg.svd(np.concatenate([first.swapaxes(1, 2), second], axis=1), compute_uv=False)
    return values[:, -1] > _FAR * values[:, 0]


def weights_of_full_rank(kind: Kind) -> Family:
    """The weights of `weights` at which (U; V) has full rank."""
    base = weights(kind)
    hypothesis = Hypothesis(name="(U; V) has full rank", holds=_full_rank)
    return Family(
        name=base.name,
        parameters=base.parameters,
        draw=base.draw,
        hypotheses=(*base.hypotheses, hypothesis),
        edges=base.edges,
    )


def laws_beside_balance(kind: Kind) -> Procedure:
    """The number of laws around the weights, certified, and the number of independent entries of the balance there."""
    counting = laws(kind)

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        counted = counting.run(parameters, instances)
        theta = instances["theta"]
        values = np.linalg.svd(balance_gradients(parameters, as_floats(theta)), compute_uv=False)
        shares = values / values[:, :1]
        count = whole((shares > _FAR).sum(axis=1), theta)
        unclear = ((shares > _ZERO) & (shares <= _FAR)).any(axis=1)
        return Measurement.of({**counted.cases[0].values, B: count}, failures={**counted.failures, _UNCLEAR: unclear})

    return Procedure(
        name=f"{counting.name}, beside the entries of the balance",
        measures={**counting.meanings, B: B.meaning},
        run=run,
        cost=counting.cost,
    )
