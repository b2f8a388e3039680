"""Whether two runs of a procedure measured the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lemmata.claims import Claim, ClaimError, Measurement
from lemmata.solvers import Bounded


def refuse_difference(
    claim: Claim, whole: Measurement, other: Measurement, rows: Any, how: str, *, exactly: bool = False
) -> None:
    """Refuse numbers that differ by more than their error bounds, or at all.

    Args:
        claim: whose procedure it is.
        whole: what it measured on a batch.
        other: what it measured in another way.
        rows: where in the batch the instances of the other run are.
        how: this other way, in words.
        exactly: whether the two must be the same numbers.

    Raises:
        ClaimError: they are others.
    """
    found = dict(_values(other))
    for name, value in _values(whole):
        expected = value[rows] if value.shape[0] > 1 else value
        if name not in found or not _agree(expected, found[name], exactly=exactly):
            raise ClaimError(
                f"procedure {claim.when.name!r}, run {how}, gives another {name}; a result must depend on its own "
                "instance alone: no coin, no state kept between calls, no change in place, nothing read off the batch"
            )


def _values(measured: Measurement) -> Iterator[tuple[str, Any]]:
    for case in measured.cases:
        yield from ((f"{name} in case {case.name!r}", value) for name, value in case.values.items())
        yield from ((f"rate of {name} in case {case.name!r}", value) for name, value in case.rates.items())


def _agree(left: Any, right: Any, *, exactly: bool) -> bool:
    """Whether two quantities are the same numbers; NaN agrees with NaN."""
    if not (isinstance(left, Bounded) and isinstance(right, Bounded)):
        return type(left) is type(right)
    if exactly:
        same = np.array_equal(left.value, right.value, equal_nan=True)
        return same and np.array_equal(left.error, right.error, equal_nan=True)
    steps = min(left.shape[1], right.shape[1])  # in company a run may be recorded for longer than alone
    left, right = left[:, :steps], right[:, :steps]
    if left.shape[1:] != right.shape[1:]:
        return False
    apart = np.abs(left.value - right.value)
    return bool(np.all((apart <= left.error + right.error) | ~np.isfinite(apart + left.error + right.error)))
