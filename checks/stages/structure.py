"""What a generator keeps without saying so: symmetry, sums, orthonormal columns, signs, whole numbers, order.

It is read off a batch of draws: whatever all of them share, and the instance in question shares too, belongs to the
family, and a candidate that breaks it does not. Too much of it costs a simpler counterexample, too little a false one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from lemmata.checks.judging.origin import SEARCH, Origin, Source
from lemmata.checks.stages.draws import Batch, draw
from lemmata.claims import Claim, ClaimError, Instances, Parameters

_DRAWN = 128
_MOST_ENTRIES = 64
_FEW_VALUES = 4
_TOLERANCE = 1e-9
_ULP = 2.0**-52

_Check: TypeAlias = Callable[[Mapping[str, np.ndarray]], bool]


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What all draws share.

    Attributes:
        checks: each says whether an instance (a batch of one) keeps one kind of structure.
        rounding: how far, relative to the entries, the equations that hold to rounding only (a sum, a norm) are off;
            zero where there are none.
    """

    checks: tuple[_Check, ...]
    rounding: float

    def keeps(self, instance: Instances) -> bool:
        """Whether an instance, a batch of one, has the structure."""
        arrays = _numbers(instance)
        return all(check(arrays) for check in self.checks)


def structure(
    claim: Claim, parameters: Parameters, instance: Instances, origin: Origin, rng: np.random.Generator
) -> Structure:
    """The structure of what the family draws at these parameters, as far as the instance has it itself.

    Args:
        claim: the claim.
        parameters: where to draw.
        instance: a batch of one, float64, that counts as one more draw.
        origin: where it was found; at an edge, the edge's own adjustment belongs to the draw.
        rng: for the draws.
    """
    arrays = _numbers(instance)
    edges = (one for one in claim.given.edges if origin == Origin(Source.EDGE, one.name))
    edge = next((one for one in edges if claim.given.at_edge(one) == dict(parameters)), None)
    try:
        drawn = _numbers(draw(claim, Batch(origin=SEARCH, parameters=parameters, size=_DRAWN, edge=edge), rng))
    except (ClaimError, ValueError):
        drawn = arrays  # a point that the family itself cannot draw, such as a real table
    same = drawn.keys() == arrays.keys() and all(drawn[name].shape[1:] == arrays[name].shape[1:] for name in arrays)
    size = max(len(value) for value in drawn.values()) if same else 1
    together = {name: _joined(drawn[name] if same else value, value, size) for name, value in arrays.items()}
    free = claim.given.free(instance)
    bound = {name: value for name, value in together.items() if name not in free}
    ties, kept = _tied(_flat(together))
    polynomials, rounded = _polynomials(together, kept)
    products, off = _orthogonal(together)
    plain = (_within(bound), _values(together), ties, _ordered(together), _regular(bound), _definite(together))
    return Structure(checks=(*plain, polynomials, products), rounding=max(rounded, off))


def _numbers(instances: Instances) -> dict[str, np.ndarray]:
    """The arrays as floats, truth values and whole numbers too."""
    return {name: np.asarray(value, dtype=float) for name, value in instances.items()}


def _joined(drawn: np.ndarray, own: np.ndarray, size: int) -> np.ndarray:
    """The draws and the instance itself, ``(size + 1, ...)``."""
    return np.concatenate([np.broadcast_to(drawn, (size, *drawn.shape[1:])), own])


def _within(together: Mapping[str, np.ndarray]) -> _Check:
    """Between the least and the largest entry of each array, and not zero where no draw is."""
    ends = {name: (value.min(initial=np.inf), value.max(initial=-np.inf)) for name, value in together.items()}
    zeros = {name: np.any(value == 0, axis=0) for name, value in together.items()}

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        return all(
            bool(np.all((one[name] >= low) & (one[name] <= high) & ((one[name] != 0) | zeros[name])))
            for name, (low, high) in ends.items()
        )

    return holds


def _values(together: Mapping[str, np.ndarray]) -> _Check:
    """Whole numbers stay whole, and what takes a few values only takes no other."""
    whole = [name for name, value in together.items() if np.array_equal(value, np.rint(value))]
    few = {name: np.unique(value) for name, value in together.items()}

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        return all(np.array_equal(one[name], np.rint(one[name])) for name in whole) and all(
            bool(np.isin(one[name], known).all()) for name, known in few.items() if len(known) <= _FEW_VALUES
        )

    return holds


def _flat(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """All entries of each instance in one row, ``(batch, entries)``."""
    return np.concatenate([value.reshape(len(value), -1) for value in arrays.values()], axis=1)


def _ordered(together: Mapping[str, np.ndarray]) -> _Check:
    """What is never above another entry stays so: sorted entries, thresholds."""
    rows = _flat(together)
    if rows.shape[1] > _MOST_ENTRIES:
        return lambda _: True
    order = np.all(rows[:, :, None] <= rows[:, None, :], axis=0)

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        entries = _flat(one)[0]
        return bool(np.all((entries[:, None] <= entries[None, :]) | ~order))

    return holds


def _matrices(arrays: Mapping[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    yield from ((name, value) for name, value in arrays.items() if value.ndim == 3 and value.size)  # noqa: PLR2004


def _regular(together: Mapping[str, np.ndarray]) -> _Check:
    """A matrix that is of full rank in every draw stays of full rank."""
    full = {name: min(value.shape[1:]) for name, value in _matrices(together)}
    full = {name: rank for name, rank in full.items() if np.all(np.linalg.matrix_rank(together[name]) == rank)}

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        return all(np.linalg.matrix_rank(one[name])[0] == rank for name, rank in full.items())

    return holds


def _definite(together: Mapping[str, np.ndarray]) -> _Check:
    """A symmetric matrix without negative eigenvalues keeps none."""
    square = {name for name, value in _matrices(together) if value.shape[1] == value.shape[2]}
    symmetric = {name for name in square if np.array_equal(together[name], together[name].swapaxes(1, 2))}
    definite = {name for name in symmetric if _least_share(together[name]) >= -_TOLERANCE}

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        return all(_least_share(one[name]) >= -_TOLERANCE for name in definite)

    return holds


def _least_share(matrices: np.ndarray) -> float:
    """The least eigenvalue of any of the symmetric matrices, relative to the largest modulus of its matrix."""
    found = np.linalg.eigvalsh(matrices)
    return float(np.min(found[:, 0] / np.maximum(np.abs(found).max(axis=1), np.finfo(float).tiny)))


def _tied(rows: np.ndarray) -> tuple[_Check, list[int]]:
    """Entries that never change, or always equal another up to sign; and the places of the others."""
    kept: dict[bytes, tuple[int, float]] = {}
    ties: list[tuple[int, int, float]] = []
    fixed: list[int] = []
    for place, entry in enumerate(rows.T):
        if np.all(entry == entry[0]):
            fixed.append(place)
            continue
        sign = float(np.sign(entry[np.flatnonzero(entry)[0]]))
        up_to_sign = (sign * entry + 0.0).tobytes()  # + 0.0: minus zero is zero
        twin, other = kept.setdefault(up_to_sign, (place, sign))
        if twin != place:
            ties.append((place, twin, sign * other))

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        entries = _flat(one)[0]
        return all(entries[place] == rows[0, place] for place in fixed) and all(
            entries[place] == sign * entries[twin] for place, twin, sign in ties
        )

    return holds, [place for place, _ in kept.values()]


def _features(rows: np.ndarray, degree: int) -> np.ndarray:
    """The monomials up to a degree of 1 or 2, ``(batch, count)``, each row up to a factor of its own.

    What vanishes at a row vanishes at every multiple, and so no row outweighs the others, nor leaves the floats.
    """
    first = np.concatenate([np.ones((len(rows), 1)), rows], axis=1)
    first /= np.abs(first).max(axis=1, keepdims=True)
    if degree == 1:
        return first
    above, below = np.triu_indices(first.shape[1])
    made: np.ndarray = first[:, above] * first[:, below]
    return made


def _polynomials(together: Mapping[str, np.ndarray], kept: list[int]) -> tuple[_Check, float]:
    """Polynomials that vanish at every draw, of degree two among few entries, else of degree one; and one rounding."""
    rows = _flat(together)[:, kept]
    count = 1 + len(kept)
    degree = next((d for d, size in ((2, count * (count + 1) // 2), (1, count)) if 2 * size <= len(rows)), 0)
    if not kept or not degree:
        return (lambda _: True), 0.0
    features = _features(rows, degree)
    scale = np.sqrt(np.mean(features**2, axis=0))
    scale[scale == 0] = 1.0
    _, sizes, directions = np.linalg.svd(features / scale, full_matrices=False)
    null = directions[sizes <= _TOLERANCE * np.sqrt(len(rows))].T

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        row = _features(_flat(one)[:, kept], degree)[0] / scale
        return bool(np.all(np.abs(row @ null) <= 100 * _TOLERANCE * (1 + np.abs(row).max())))

    return holds, _ULP if null.shape[1] else 0.0


def _products(matrices: np.ndarray) -> np.ndarray:
    """Inner products of rows and of columns, and the sums of both, each ``(batch, ...)`` in one row."""
    made = [matrices @ matrices.swapaxes(1, 2), matrices.swapaxes(1, 2) @ matrices, matrices.sum(1), matrices.sum(2)]
    return np.concatenate([one.reshape(len(matrices), -1) for one in made], axis=1)


def _orthogonal(together: Mapping[str, np.ndarray]) -> tuple[_Check, float]:
    """Inner products and sums of rows and columns that are the same in every draw; and by how much they differ."""
    shaped = {name: value for name, value in together.items() if value.ndim in (2, 3) and value.size}
    known = {name: _products(np.atleast_3d(value)) for name, value in shaped.items()}
    same = {
        name: np.all(np.abs(value - value[0]) <= _TOLERANCE * (1 + np.abs(value)), axis=0)
        & ~np.all(value == value[0], axis=0)
        for name, value in known.items()
    }

    def holds(one: Mapping[str, np.ndarray]) -> bool:
        found = {name: _products(np.atleast_3d(one[name]))[0] for name in known}
        return all(
            bool(np.all(~same[name] | (np.abs(value - known[name][0]) <= 10 * _TOLERANCE * (1 + np.abs(value)))))
            for name, value in found.items()
        )

    apart = [np.ptp(value[:, same[name]] / (1 + np.abs(value[:, same[name]])), axis=0) for name, value in known.items()]
    return holds, max((float(one.max(initial=0.0)) for one in apart), default=0.0)
