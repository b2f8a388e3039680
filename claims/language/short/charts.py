"""Simple values of unit vectors and orthogonal matrices, as values of the charts that they follow from.

Their entries belong together: single ones cannot be set, and what a chart's own zeros and ones give is seldom simple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from lemmata.claims.language.family import Instances
from lemmata.claims.language.short.quantities import Kind

Simple = Callable[[Instances], Mapping[str, Sequence[Instances]]]

_FEWEST_SWAPPED = 4
"""The fewest rows of a matrix that swaps two pairs of axes: no other permutation is a product of such reflections."""
_RIGHT_TRIANGLE = 2.0
"""The chart of 4/5 and 3/5."""


def simple_values(symbols: Sequence[Any]) -> Simple | None:
    """For the chart of each unit vector and orthogonal matrix, what to replace it by, and its side; None without any."""
    makers = {str(one): _MAKERS[one.origin.kind] for one in symbols if one.origin.kind in _MAKERS}

    def values(instances: Instances) -> dict[str, list[Instances]]:
        return {
            f"{name}.chart": [
                {f"{name}.chart": chart[None], f"{name}.side": np.full_like(instances[f"{name}.side"], side)}
                for chart, side in maker(np.zeros_like(instances[f"{name}.chart"][0], dtype=float))
            ]
            for name, maker in makers.items()
        }

    return values if makers else None


def _unit_vectors(zero: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """The last and the first unit vector and their opposites, and one of 4/5 and 3/5."""
    first = np.eye(1, len(zero))[0]
    for chart in (zero, first):
        yield from ((chart, side) for side in (1, -1))
    yield first * _RIGHT_TRIANGLE, 1


def _orthogonal_matrices(zero: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """The identity, its opposite, other diagonal ones, a turn by 3/5 and 4/5, and one that swaps two pairs of axes."""
    count = len(zero)
    axes = np.eye(count)[:, :-1]  # a row of zeros is for the mirror normal to the last axis
    for negative in ([], [*range(count)], [0], [count - 1], [*range(count // 2)]):
        yield _filled([axes[place] for place in negative], zero)
    if count > 1:
        yield _filled([axes[0] * _RIGHT_TRIANGLE, axes[-1]], zero)
    if count >= _FEWEST_SWAPPED:
        signs = np.array([[-1.0, 1.0, -1.0], [1.0, -1.0, -1.0]])
        yield _filled([np.pad(row, (0, count - 4)) for row in signs], zero)


def _filled(mirrors: Sequence[np.ndarray], zero: np.ndarray) -> tuple[np.ndarray, int]:
    """As many mirrors as a chart has rows, of which those that are added undo each other."""
    chart = zero.copy()
    even, odd = divmod(len(zero) - len(mirrors), 2)
    if mirrors:
        chart[2 * even : 2 * even + len(mirrors)] = mirrors
    if odd:
        chart[-1] = np.eye(1, zero.shape[1])[0]  # the first axis once more, which the side turns back
    return chart, -1 if odd else 1


_MAKERS = {Kind.UNIT: _unit_vectors, Kind.ORTHOGONAL: _orthogonal_matrices}
