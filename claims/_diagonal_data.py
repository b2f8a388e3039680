"""A sparse-recovery problem on a real table: the first patients of the diabetes study, with all quadratic features.

Ten measurements, their squares and products, each standardised over the whole study, make 65 columns; a few patients are
the rows. Two of the columns are the same (a feature of two values and its square), so that with few rows the minimiser is
not unique.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from lemmata.claims._family import Instances
from lemmata.solvers import BasisPursuit, basis_pursuit, load, reduced

PATIENTS_UNIQUE, PATIENTS_FACE = 30, 15
"""Rows with one minimiser, and rows with a segment of them."""


@cache
def patients(rows: int) -> tuple[np.ndarray, np.ndarray, BasisPursuit]:
    """A ``(rows, 65)``, the progression y ``(rows,)`` and the basis pursuit of the first patients."""
    table = load("diabetes")
    features, progression = np.asarray(table.inputs)[0].T, np.asarray(table.targets)[0, 0]
    first, second = np.triu_indices(features.shape[1])
    wide = np.hstack([features, features[:, first] * features[:, second]])
    wide = (wide - wide.mean(axis=0)) / wide.std(axis=0)
    matrix, target = wide[:rows], progression[:rows]
    return matrix, target, basis_pursuit(matrix, target)


@cache
def unique_patients() -> dict[str, Any]:
    """The reduced problem with one minimiser, in the arrays of ``unique_problems``: a batch of one."""
    matrix, target, solved = patients(PATIENTS_UNIQUE)
    on = matrix[:, solved.support] * solved.signs[solved.support]
    found = np.linalg.solve(on, np.column_stack([matrix[:, ~solved.support], target]))
    others = found.shape[1] - 1
    return {"B": found[None, :, :-1], "M": np.zeros((1, others, 0)), "x": found[None, :, -1]}


def face_patients(size: int) -> Instances:
    """The reduced problem with a segment of minimisers: its ``on``, ``off`` and ``target``, repeated ``size`` times."""
    matrix, target, solved = patients(PATIENTS_FACE)
    face = reduced(matrix, target, solved)
    parts = {"on": face.on, "off": face.off, "target": face.target, "anchor": face.anchor, "z": face.certificate}
    return {name: np.repeat(part, size, axis=0) for name, part in parts.items()}
