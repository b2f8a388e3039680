"""The models whose laws are counted in the literature, with the number of their laws."""

from __future__ import annotations

from typing import Any

from lemmata.solvers.laws import Convolutional, Dense


def _dense(count: int, *widths: int, **more: Any) -> tuple[Dense | Convolutional, int]:
    return Dense(widths=widths, **more), count


def _convolutional(count: int, **more: Any) -> tuple[Dense | Convolutional, int]:
    return Convolutional(**more), count


TWO_LAYERS = (
    _dense(1, 1, 1, 1),
    _dense(3, 1, 2, 1),
    _dense(3, 2, 2, 2),
    _dense(10, 2, 4, 2),
    _dense(14, 2, 5, 2),
    _dense(33, 3, 8, 3),
    _dense(15, 5, 5, 5),
)
DEEP = (_dense(12, 2, 3, 3, 2), _dense(6, 1, 2, 2, 2), _dense(7, 1, 2, 2, 1), _dense(14, 1, 3, 3, 1))
GATED = (
    _dense(3, 2, 3, 2, activation="relu"),
    _dense(9, 3, 5, 4, 2, activation="relu"),
    _dense(7, 3, 4, 3, 2, activation="relu", bias=True),
)
OTHERS = (
    _dense(6, 2, 3, 2, bias=True),
    _dense(2, 3, 2, 1, activation="square"),
    _dense(3, 2, 3, 1, activation="square"),
    _dense(9, 3, 3, 3, loss="cross_entropy"),
    _dense(4, 2, 2, 3, activation="relu", loss="cross_entropy"),
)
CONVOLUTIONAL = (
    _convolutional(3, channels=(2, 3, 2), kernels=(2, 2), length=4, activation="relu"),
    _convolutional(6, channels=(2, 3, 2), kernels=(2, 2), length=4),
    _convolutional(4, channels=(1, 2, 1), kernels=(3, 3), length=6, strides=(3, 1), activation="relu"),
)
TABLE = (*TWO_LAYERS, *DEEP, *GATED, *OTHERS, *CONVOLUTIONAL)
