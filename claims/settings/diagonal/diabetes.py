"""A sparse-recovery problem on a real table: the first patients of the diabetes study, with all quadratic features.

Ten measurements, their squares and products, each standardised over the whole study, make 65 columns; a few patients are
the rows. Two of the columns are the same (a feature of two values and its square), so that with few rows the minimiser is
not unique.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from lemmata.claims import Picture, RealData, Value
from lemmata.solvers.datasets import load
from lemmata.solvers.diagonal import BasisPursuit, basis_pursuit, limit, reduced

PATIENTS_UNIQUE, PATIENTS_FACE = 30, 15
"""Rows with one minimiser, and rows with a segment of them."""
_SHOWN = ("2", "3", "6")
_ACROSS = 0.1
"""Entries of the segment's direction: two equal columns exchange their weight, all others rest."""


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
    """The reduced problem with one minimiser, in the arrays of ``draw_unique``: a batch of one."""
    matrix, target, solved = patients(PATIENTS_UNIQUE)
    on = matrix[:, solved.support] * solved.signs[solved.support]
    found = np.linalg.solve(on, np.column_stack([matrix[:, ~solved.support], target]))
    others = found.shape[1] - 1
    return {"B": found[None, :, :-1], "M": np.zeros((1, others, 0)), "x": found[None, :, -1]}


@cache
def face_patients() -> dict[str, Any]:
    """The reduced problem with a segment of minimisers, in the arrays of ``draw_face``: a batch of one.

    The rows are mixed so that the first is one on the support; the minimiser given puts nearly all of the weight of
    the two equal columns on one of them.
    """
    matrix, target, solved = patients(PATIENTS_FACE)
    face = reduced(matrix, target, solved)
    anchor = face.anchor[0]
    mixed = np.vstack([anchor, np.linalg.svd(anchor[None])[2][1:]])
    on, off = mixed @ face.on[0], mixed @ face.off[0]
    on[0] = 1.0
    x = np.linalg.lstsq(on, mixed @ face.target[0], rcond=None)[0]
    twin = np.linalg.svd(on)[2][-1]  # the direction of the segment
    ends = -x[np.abs(twin) > _ACROSS] / twin[np.abs(twin) > _ACROSS]
    return {"on": on[None], "off": off[None], "x": (x + twin * (31 * ends.min() + ends.max()) / 32)[None]}


def patient_data(rows: int, depths: tuple[str, ...], **parameters: Value) -> tuple[RealData, ...]:
    """The table at each depth, as the data of a family whose draw asks for ``patients``."""
    return tuple(
        RealData(
            name=f"diabetes, {rows} patients, depth {depth}",
            parameters={**parameters, "depth": depth, "patients": rows},
            size=1,
        )
        for depth in depths
    )


def table_pictures(rows: int) -> list[Picture]:
    """The certificate, and the weights of the flow from alpha = 1/100 and of least l2 norm beside basis pursuit."""
    matrix, target, solved = patients(rows)
    order = np.argsort(-np.abs(solved.minimiser), kind="stable")
    places = list(range(1, len(order) + 1))

    def picture(name: str, one: np.ndarray, beside: np.ndarray) -> Picture:
        return Picture(
            name=name,
            x_label="column",
            y_label="value",
            x=places,
            measured=list(one[order]),
            predicted=list(beside[order]),
        )

    named = f"dual certificate, rho = {solved.rho:.4f}, support of {int(solved.support.sum())}"
    pictures = [picture(named, np.abs(matrix.T @ solved.dual), np.ones(len(order)))]
    for depth in _SHOWN:
        found = _weights(matrix, target, solved, Fraction(depth))
        pictures.append(picture(f"depth {depth} from alpha = 1/100, beside basis pursuit", found, solved.minimiser))
    smallest = np.linalg.pinv(matrix) @ target
    return [*pictures, picture("least l2 norm, beside basis pursuit", smallest, solved.minimiser)]


def _weights(matrix: np.ndarray, target: np.ndarray, solved: BasisPursuit, depth: Fraction) -> np.ndarray:
    """The limit of the flow from alpha = 1/100, ``(n,)``, in the columns' own order."""
    found = limit(reduced(matrix, target, solved), np.log([0.01]), depth)
    weights = np.zeros(matrix.shape[1])
    weights[solved.support] = found.on[0] * solved.signs[solved.support]
    weights[~solved.support] = found.off[0]
    return weights
