"""Non-expansive operators with fixed point 0, exact in rationals: rotations, reflections, clips and their averages."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims import Hypothesis, Instances, Parameters
from lemmata.solvers import full, reflection
from lemmata.solvers.optimization import NonExpansive

ENTRIES = ("pull", "left", "right", "mirrors", "share", "x0")
"""The arrays of an instance: the operator's and the initialization."""


def draw_operators(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Rotations, reflections, averages of them with the identity, and clips, in one dimension up to four."""
    dimension, scale = int(parameters["dimension"]), float(parameters["scale"])
    shape = (size, dimension)
    share = rng.uniform(0, 1, size=size)
    return {
        "pull": rng.uniform(0, 2, size=shape) * (rng.random(size=shape) < 0.7),  # noqa: PLR2004 - often, not always
        "left": scale * np.exp(rng.normal(size=shape)) / parameters["steps"],
        "right": scale * np.exp(rng.normal(size=shape)) / parameters["steps"],
        "mirrors": rng.normal(size=(size, 2, dimension)),
        "share": np.where(rng.random(size=size) < 0.5, 1.0, share),  # noqa: PLR2004 - every other one orthogonal
        "x0": scale * rng.normal(size=shape),
    }


def _is_non_expansive(_: Parameters, instances: Instances) -> Any:
    pull, share = instances["pull"], instances["share"]
    clips = ((pull >= 0) & (pull <= 2) & (instances["left"] >= 0) & (instances["right"] >= 0)).all(axis=1)  # noqa: PLR2004
    return clips & (share >= 0) & (share <= 1)


_TINY = 1e-9
"""Below this a divisor is not taken for a number but for zero."""


def _has_mirrors(_: Parameters, instances: Instances) -> Any:
    return (np.abs(instances["mirrors"]).max(axis=2) > _TINY).all(axis=1)


non_expansive = Hypothesis(name="non-expansive", holds=_is_non_expansive)
mirrors = Hypothesis(name="the mirrors have normals", holds=_has_mirrors)


def pure_rotation(_: Parameters, drawn: Instances) -> Instances:
    """T without clips: an orthogonal map."""
    return {**drawn, "pull": full(drawn["pull"], 0), "share": full(drawn["share"], 1)}


def operator_of(instances: Instances) -> NonExpansive:
    """The operators of a batch of instances: two mirror images make a rotation, averaged with the identity."""
    first, second = (reflection(instances["mirrors"][:, place]) for place in (0, 1))
    turn, share = second @ first, instances["share"][:, None, None]
    names = ("pull", "left", "right")
    identity = np.eye(instances["x0"].shape[1], dtype=int)
    return NonExpansive(**{name: instances[name] for name in names}, turn=identity + share * (turn - identity))
