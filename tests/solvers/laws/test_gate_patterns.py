"""Patterns of gates against sampled inputs, and the laws that they leave against a real network's gradients."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from lemmata.solvers.laws import Dense, ModelError, realised, search

SHAPES = ((2, 3, 2), (2, 2, 2, 2), (2, 3, 3, 2), (2, 2, 2, 2, 1))


def drawn(shape: tuple[int, ...], rng: np.random.Generator) -> list[np.ndarray]:
    """Normal weights of all layers."""
    return [rng.normal(size=(above, below)) for below, above in pairwise(shape)]


def passed(weights: list[np.ndarray], inputs: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The inputs of all layers, and the gates of the hidden ones."""
    values, gates = [inputs], []
    for matrix in weights[:-1]:
        z = matrix @ values[-1]
        gates.append((z > 0).astype(float))
        values.append(np.maximum(z, 0))
    return values, gates


def gradients(weights: list[np.ndarray], inputs: np.ndarray) -> np.ndarray:
    """The gradient of each output at each input in all weights, by the chain rule; one row each."""
    values, gates = passed(weights, inputs)
    rows = []
    for sample in range(inputs.shape[1]):
        for output in np.eye(len(weights[-1])):
            back, parts = output, []
            for h in reversed(range(len(weights))):
                parts.append(np.outer(back, values[h][:, sample]).ravel())
                back = weights[h].T @ back * (gates[h - 1][:, sample] if h else 1)
            rows.append(np.concatenate(parts[::-1]))
    return np.array(rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_sampled_inputs_meet_no_other_patterns(shape: tuple[int, ...]) -> None:
    """Each of 4,000 inputs on a circle meets a pattern of the list; most lists are met in full."""
    rng = np.random.default_rng(1)
    angles = rng.uniform(0, 2 * np.pi, 4000)
    full = 0
    for _ in range(10):
        weights = drawn(shape, rng)
        _, gates = passed(weights, np.stack([np.cos(angles), np.sin(angles)]))
        met = {tuple(tuple(map(int, layer[:, sample])) for layer in gates) for sample in range(4000)}
        patterns = realised(weights)
        full += met == patterns

        assert met <= patterns
    assert full >= 8


@pytest.mark.parametrize("shape", SHAPES)
def test_laws_are_what_real_gradients_leave(shape: tuple[int, ...]) -> None:
    """D less the rank of the gradients of the real network at many inputs, by singular values.

    Of gated networks with enough directions brackets add nothing, so that the rank of single gradients is all.
    """
    rng = np.random.default_rng(2)
    network = Dense(widths=shape, activation="relu")
    compared = 0
    for _ in range(16):
        weights = drawn(shape, rng)
        sampled = rng.normal(size=(2, 600))
        patterns = realised(weights)
        _, gates = passed(weights, sampled)
        met = Counter(tuple(tuple(map(int, layer[:, sample])) for layer in gates) for sample in range(600))
        filled = {pattern for pattern, count in met.items() if count >= 4}  # as many as a cone has dimensions, and more
        if filled != patterns or not any(all(map(any, pattern)) for pattern in patterns):
            continue
        found = search(network.with_gates(patterns), points=1)
        rank = int(np.linalg.matrix_rank(gradients(weights, sampled), tol=1e-9))
        compared += 1

        assert found.ranks[0] == rank
        assert found.certified
    assert compared >= 3


def test_one_input_has_two_half_lines() -> None:
    """To the right of zero the neurons with positive weights are open, to the left the others."""
    weights = [np.array([[1.0], [-2.0], [3.0]]), np.ones((1, 3))]

    assert {((1, 0, 1),), ((0, 1, 0),)} == realised(weights)


def test_a_thin_cone_is_not_missed() -> None:
    """Two lines that differ by one part in 2^40 leave a cone that no sampling would meet."""
    weights = [np.array([[1.0, 0.0], [1.0, 2.0**-40]]), np.ones((1, 2))]

    assert {((1, 1),), ((0, 0),), ((1, 0),), ((0, 1),)} == realised(weights)


def test_three_inputs_and_linear_networks_are_refused() -> None:
    """With a sentence on what is listed, and for what."""
    with pytest.raises(ModelError, match="dimension 1 or 2, got 3"):
        realised([np.ones((2, 3)), np.ones((1, 2))])
    with pytest.raises(ModelError, match="a ReLU network and one pattern are needed"):
        Dense(widths=(2, 2, 1)).with_gates([((1, 1),)])
