from __future__ import annotations

import numpy as np
import pytest

from lemmata.solvers import UnknownNameError
from lemmata.solvers.datasets import load
from lemmata.solvers.networks import Weights, dense, gradient


@pytest.mark.parametrize(
    ("name", "inputs", "outputs", "samples"),
    [("digits", 64, 10, 1797), ("breast_cancer", 30, 1, 569), ("diabetes", 10, 1, 442)],
)
def test_shapes_and_standardisation(name: str, inputs: int, outputs: int, samples: int) -> None:
    """Each set has the shapes of `Data`, mean 0 and variance 1 (or 0 for constant features)."""
    data = load(name)
    spread = data.inputs.std(axis=2)

    assert (1, inputs, samples) == data.inputs.shape
    assert (1, outputs, samples) == data.targets.shape
    np.testing.assert_allclose(data.inputs.mean(axis=2), 0, atol=1e-12)
    np.testing.assert_allclose(spread[spread > 0], 1, rtol=1e-9)


def test_targets() -> None:
    """Digits are one-hot, cancer is +-1, diabetes is standardised."""
    np.testing.assert_array_equal(load("digits").targets.sum(axis=1), 1)
    assert {-1.0, 1.0} == set(np.unique(load("breast_cancer").targets))
    np.testing.assert_allclose(load("diabetes").targets.std(), 1)


def test_cached_read_only_and_usable() -> None:
    """A set is loaded once, cannot be changed by accident, and serves a whole batch of networks."""
    data = load("diabetes")
    weights = Weights(matrices=(np.ones((3, 2, 10)), np.ones((3, 1, 2))))

    assert data is load("diabetes")
    assert not data.inputs.flags.writeable
    assert gradient(dense((10, 2, 1)), weights, data).matrices[0].shape == (3, 2, 10)


def test_unknown_name() -> None:
    """An unknown set is answered with the known ones."""
    with pytest.raises(UnknownNameError, match="expected one of breast_cancer, diabetes, digits"):
        load("mnist")
