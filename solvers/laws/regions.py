"""Gate patterns that inputs really meet, for ReLU networks without biases and inputs of dimension one or two.

Such a network is linear on cones of inputs. Their borders are found exactly, in rationals: a layer splits a cone where
the pre-activation of a neuron changes sign, and below the new borders the next layer is linear again.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers.laws.model import ModelError

Pattern: TypeAlias = tuple[tuple[int, ...], ...]
"""For each hidden layer, which neurons are open."""
_Ray: TypeAlias = tuple[Fraction, ...]


def realised(weights: Sequence[np.ndarray]) -> frozenset[Pattern]:
    """The patterns of gates that some open set of inputs meets.

    Args:
        weights: of all layers, ``(outputs, inputs)`` each, floats, taken exactly.

    Raises:
        ModelError: inputs of a dimension above two.
    """
    inputs = weights[0].shape[1]
    if inputs > len(("x", "y")):
        raise ModelError(f"gate patterns are listed for inputs of dimension 1 or 2, got {inputs}")
    matrices = [np.vectorize(Fraction, otypes=[object])(matrix) for matrix in weights]
    one, zero = Fraction(1), Fraction(0)
    axes = [(one,), (-one,)] if inputs == 1 else [(one, zero), (zero, one), (-one, zero), (zero, -one)]
    cones = [(axis,) for axis in axes] if inputs == 1 else list(zip(axes, axes[1:] + axes[:1], strict=True))
    found: set[Pattern] = set()
    for cone in cones:
        found |= _below(cone, matrices[0], matrices[1:])
    return frozenset(found)


def _below(cone: tuple[_Ray, ...], rows: Any, later: list[Any]) -> set[Pattern]:
    """The patterns of a cone on which pre-activations are ``rows`` times the input, ``later`` layers being above."""
    if not later:
        return {()}
    found: set[Pattern] = set()
    for part in _split(cone, rows):
        gates = tuple(int(value > 0) for value in rows @ np.array(_inside(part), dtype=object))
        above = later[0] @ (np.array(gates, dtype=object)[:, None] * rows)
        found |= {(gates, *rest) for rest in _below(part, above, later[1:])}
    return found


def _split(cone: tuple[_Ray, ...], rows: Any) -> list[tuple[_Ray, ...]]:
    """The cone cut wherever a row changes sign within it."""
    parts = [cone]
    if len(cone) == 1:
        return parts
    for row in rows:
        cut: list[tuple[_Ray, ...]] = []
        for left, right in parts:
            low, high = (sum((a * b for a, b in zip(row, ray, strict=True)), Fraction(0)) for ray in (left, right))
            if low * high < 0:
                border = tuple(abs(high) * a + abs(low) * b for a, b in zip(left, right, strict=True))
                cut += [(left, border), (border, right)]
            else:
                cut.append((left, right))
        parts = cut
    return parts


def _inside(cone: tuple[_Ray, ...]) -> _Ray:
    return tuple(sum(entries, Fraction(0)) for entries in zip(*cone, strict=True))
