"""What a value that never came says: more than the run was long, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import AtLeast, AtMost, Case, Conclusion, Identity, WithProbability, measured_symbols
from lemmata.claims.language.procedure import name_of
from lemmata.solvers import Bounded

BECAUSE = "a passage did not come within the run"


def open_by_censoring(conclusion: Conclusion, case: Case, gap: Any) -> np.ndarray | None:
    """Which instances a censored value leaves undecided, ``(batch,)``; None where nothing is censored.

    A censored value lies above the one that is given. An upper bound that it exceeds already is violated, a lower
    bound that it exceeds already holds; the rest is open, and so is whatever does not move one way with it.

    Args:
        conclusion: what is judged.
        case: with the masks of its censored quantities.
        gap: left minus right, as judged, ``(batch, times, ...)`` in any number system.
    """
    conclusion = conclusion.event if isinstance(conclusion, WithProbability) else conclusion
    masks = {name: case.censored[name] for name in map(name_of, measured_symbols(conclusion)) if name in case.censored}
    hit = {name: np.asarray(mask).reshape(len(mask), -1).any(axis=1) for name, mask in masks.items()}
    hit = {name: mask for name, mask in hit.items() if mask.any()}
    if not hit:
        return None
    censored: np.ndarray = np.any(list(hit.values()), axis=0)
    ways = {_way(conclusion, name) for name in hit}
    above, below = (_certainly(gap, sign).reshape(gap.shape[0], -1) for sign in (1, -1))
    if len(ways) > 1 or None in ways:
        return censored
    (rises,) = ways
    if isinstance(conclusion, Identity):
        decided = (above if rises else below).any(axis=1)
    else:
        decided = above.any(axis=1) if rises else below.all(axis=1)
    undecided: np.ndarray = censored & ~decided
    return undecided


def _way(conclusion: Conclusion, name: str) -> bool | None:
    """Whether left minus right, as judged, rises with a quantity; None where it does not go one way."""
    match conclusion:
        case AtMost(left=left, right=right) | Identity(left=left, right=right):
            gap = left - right
        case AtLeast(left=left, right=right):
            gap = right - left
        case _:
            return None
    symbol = next(one for one in measured_symbols(conclusion) if str(one) == name)
    slope = sp.diff(gap, symbol) if symbol.is_Symbol else sp.nan
    return True if slope.is_positive else False if slope.is_negative else None


def _certainly(gap: Any, sign: int) -> np.ndarray:
    """Where a difference is certainly above (sign 1) or below (-1) zero."""
    if isinstance(gap, Bounded):
        return np.asarray(sign * gap.value > gap.error)
    return np.array([bool(sign * one > 0) for one in gap.flat], dtype=bool).reshape(gap.shape)
