"""Small real data sets that come with scikit-learn, standardised, in the layout of `Data`."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from lemmata.solvers.networks.layers import Data
from lemmata.solvers.numbers.errors import unknown_name

if TYPE_CHECKING:
    from lemmata.solvers.numbers.arithmetic import Floats

DATASETS = ("breast_cancer", "diabetes", "digits")


@cache
def load(name: str) -> Data:
    """The data set `name` as Data with batch 1; read-only, loaded once a process.

    Inputs (1, n_0, samples) have mean 0 and variance 1 in each feature (a constant feature is 0).

    | name          | n_0 | samples | targets                                      |
    |---------------|-----|---------|----------------------------------------------|
    | digits        | 64  | 1797    | one-hot of 10 digits (1, 10, samples)        |
    | breast_cancer | 30  | 569     | +1 benign, -1 malignant (1, 1, samples)      |
    | diabetes      | 10  | 442     | progression, standardised (1, 1, samples)    |
    """
    if name not in DATASETS:
        raise unknown_name("data set", name, DATASETS)
    raw = getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")()
    inputs = _standardised(np.asarray(raw.data, dtype=np.float64)).T
    labels = np.asarray(raw.target)
    if name == "digits":
        targets = (labels[None, :] == np.arange(10)[:, None]).astype(np.float64)
    elif name == "breast_cancer":
        targets = (2.0 * labels - 1.0)[None, :]
    else:
        targets = _standardised(labels.astype(np.float64)[:, None]).T
    arrays = [np.ascontiguousarray(array)[None] for array in (inputs, targets)]
    for array in arrays:
        array.flags.writeable = False
    return Data(inputs=arrays[0], targets=arrays[1])


def _standardised(columns: Floats) -> Floats:
    """Each column of (samples, n) with mean 0 and variance 1; constant columns become 0."""
    centred = columns - columns.mean(axis=0)
    spread = centred.std(axis=0)
    result: Floats = centred / np.where(spread > 0, spread, 1.0)
    return result
