"""Every random number of a run derives from one seed and from what it is used for."""

from __future__ import annotations

import hashlib

import numpy as np


def derived_seed(seed: int, *axes: str | int) -> int:
    """A seed for one use, e.g. ``derived_seed(0, "du2018/neuron-law", "random", 3)``.

    The same seed and axes always give the same number, whatever else runs, and in whichever process.
    """
    text = "\x1f".join([str(seed), *(str(axis) for axis in axes)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def generator(seed: int, *axes: str | int) -> np.random.Generator:
    """The random generator of one use."""
    return np.random.default_rng(derived_seed(seed, *axes))
