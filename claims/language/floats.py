"""Whether a procedure computes with error bounds what it computes on NumPy's own arrays: what its author has seen.

The two part where code catches the exceptions of the numbers that it is given, asks what kind they are, or changes an
array in place that goes by two names, which for numbers with error bounds makes a new array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Instances, Parameters
from lemmata.claims.language.procedure import Measurement
from lemmata.solvers.numbers.bounded import Bounded

_ROUNDING = 1e-9
"""Share of a number that plain floats may be wrong by, beside so many times its error bound."""
_BOUNDS = 16


@dataclass(frozen=True, kw_only=True)
class Plain:
    """What a procedure measures on plain arrays.

    Attributes:
        measured: the quantities.
        is_defined: whether no operation divided by zero, overflowed or was undefined on the way.
    """

    measured: Measurement
    is_defined: bool


def run_plain(
    run: Callable[[Parameters, Instances], Measurement], parameters: Parameters, instances: Instances
) -> Plain | None:
    """What a procedure measures on copies of plain arrays ``(batch, ...)``; None where it takes no such arrays."""
    faults: list[str] = []
    try:
        with np.errstate(all="call", under="ignore", call=lambda fault, _: faults.append(fault)):
            measured = run(parameters, {name: np.array(value) for name, value in instances.items()})
    except Exception:  # noqa: BLE001 - then there is nothing to compare
        return None
    return Plain(measured=measured, is_defined=not faults)


def refuse_other_floats(whose: str, measured: Measurement, plain: Plain) -> None:
    """Refuse numbers with error bounds that are not those of plain floats.

    Args:
        whose: the procedure, in words.
        measured: what it measured with error bounds.
        plain: what it measured on plain arrays of the same instances.

    Raises:
        ClaimError: a quantity differs by far more than rounding, or is no number although plain floats are.
    """
    found = dict(_values(plain.measured))
    for place, value in _values(measured):
        apart = _apart(value, found[place], complete=plain.is_defined) if place in found else None
        if apart is not None:
            raise ClaimError(
                f"{whose} gives {place[1]} = {apart[0]:z.9g} where NumPy's own arrays give {apart[1]:z.9g}; write y = y + x "
                "for y += x, which changes whatever else names this array, keep float64, and neither catch exceptions "
                "nor ask for the kind of an array"
            )


def _values(measured: Measurement) -> Iterator[tuple[tuple[str, str], Any]]:
    for case in measured.cases:
        yield from (((case.name, name), value) for name, value in case.values.items())


def _apart(bounded: Any, plain: Any, *, complete: bool) -> tuple[float, float] | None:
    """The first two numbers that differ; None if none do, or if they cannot be compared.

    Where they are to be ``complete``, none may be missing.
    """
    if not isinstance(bounded, Bounded) or not isinstance(plain, np.ndarray) or plain.dtype.kind not in "fiu":
        return None
    if plain.shape != bounded.shape:
        return None
    ours, theirs = np.asarray(bounded.value), plain.astype(float)
    known = np.isfinite(ours) & np.isfinite(theirs) & np.isfinite(bounded.error)
    with np.errstate(invalid="ignore"):
        far = known & (np.abs(ours - theirs) > _BOUNDS * bounded.error + _ROUNDING * np.abs(ours))
    far |= complete & np.isnan(ours) & np.isfinite(theirs)
    return (float(ours[far][0]), float(theirs[far][0])) if far.any() else None
