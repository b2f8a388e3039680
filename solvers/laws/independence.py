"""Laws at a point: which are independent there, and how many laws there are around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lemmata.solvers.laws.counting import Residues, closure
from lemmata.solvers.laws.discovery import Law
from lemmata.solvers.laws.findings import Findings
from lemmata.solvers.laws.lattice import echelon
from lemmata.solvers.laws.model import Model
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.residues import PRIME, to_residues


def independent(model: Model, laws: Sequence[Law], *, seed: int = 0) -> tuple[Law, ...]:
    """Laws with linearly independent gradients at a random point of a prime field, earlier ones first.

    Independence there implies independence over the reals at almost every point.
    """
    if not laws:
        return ()
    point = np.random.default_rng([seed, model.size, len(laws)]).integers(0, PRIME, model.size)
    rows = echelon(_gradients(laws, point).T, PRIME)
    return tuple(laws[next(place for place, entry in enumerate(row) if entry)] for row in rows)


def _gradients(laws: Sequence[Law], point: Residues) -> Residues:
    """The gradient of each law at a point of the prime field, ``(laws, D)``."""
    made = np.zeros((len(laws), len(point)), dtype=np.int64)
    values = [int(entry) for entry in point]
    for number, law in enumerate(laws):
        for exponents, coefficient in law.terms.items():
            for place, power in enumerate(exponents):
                if power:
                    rest = coefficient * power * pow(values[place], power - 1, PRIME)
                    for other, exponent in enumerate(exponents):
                        if exponent and other != place:
                            rest = rest * pow(values[other], exponent, PRIME) % PRIME
                    made[number, place] = (made[number, place] + rest) % PRIME
    return made


def counts_at(found: Findings, points: Floats) -> tuple[Residues, Residues]:
    """How many independent laws there are around points, at least and at most.

    Each point is taken modulo the prime, exactly. The laws that were found are counted by the rank of their gradients
    there, the room for others by the rank of the Lie algebra; where almost every point is as good as another, both are
    what they are at almost every point.

    Args:
        found: what a search of the model has found.
        points: ``(batch, D)``.

    Returns:
        Two arrays ``(batch,)`` of whole numbers.
    """
    least, most = [], []
    for point in to_residues(points).value:
        known = found.model.size - 1 if found.one_field else len(echelon(_gradients(found.laws, point), PRIME))
        counted = closure(found.model, point=point, enough=found.model.size - known)
        least.append(known)
        most.append(found.model.size - counted.rank)
    return np.array(least), np.array(most)


def span_at(model: Model, points: Floats) -> Residues:
    """The rank of the gradient fields alone, without their brackets, at points ``(batch, D)``; ``(batch,)``."""
    return np.array([closure(model, point=point).ranks[0] for point in to_residues(points).value])
