"""What other scales say of a rate: those between the scales of a run, and those many orders nearer to the limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lemmata.checks.judging.rulings import Ruling, Settled
from lemmata.claims import Instances, Procedure

_ORDINARY = (1e-6, 1e6)
"""Sizes of entries for which the scales of a procedure are taken to come near enough to the limit."""


def at_other_scales(
    found: Settled, procedure: Procedure, judged: Callable[[Procedure], Settled], instance: Instances
) -> Settled:
    """The ruling on a rate, once it was held to other scales.

    Args:
        found: the ruling at the scales of the run.
        procedure: of the claim, with those at other scales.
        judged: the ruling at the scales of such a one.
        instance: a batch of one.
    """
    others = (_judged(judged, one) for one in procedure.further)
    nearest = next((one for one in others if one.ruling in (Ruling.VIOLATED, Ruling.HOLDS)), None)
    if found.ruling is Ruling.VIOLATED:
        return _contradicted(found, nearest, instance)
    between = [_judged(judged, one) for one in procedure.between]
    wrong = next((one for one in between if one.ruling is Ruling.VIOLATED), None)
    if wrong is not None:
        return _contradicted(wrong, nearest, instance)
    if nearest is not None and nearest.ruling is Ruling.VIOLATED:
        return nearest
    is_open = found.ruling is Ruling.HOLDS and any(one.ruling is not Ruling.HOLDS for one in between)
    return replace(found, ruling=Ruling.UNSETTLED, is_uneven=True) if is_open else found


def _contradicted(found: Settled, nearest: Settled | None, instance: Instances) -> Settled:
    """A contradicted rate, by what is decided nearest to the limit."""
    if nearest is None:
        return found if _is_ordinary(instance) else replace(found, ruling=Ruling.UNSETTLED, is_later=True)
    return found if nearest.ruling is Ruling.VIOLATED else replace(nearest, is_later=True)


def _judged(judged: Callable[[Procedure], Settled], procedure: Procedure) -> Settled:
    """The ruling at scales that the claim's code was not written for, where it may fail."""
    try:
        return judged(procedure)
    except Exception:  # noqa: BLE001 - a user's code may raise anything
        return Settled(ruling=Ruling.UNSETTLED, arithmetic="none")


def _is_ordinary(instance: Instances) -> bool:
    """Whether no entry but zero is so small or large that the leading term may lead only beyond the scales of a run.

    p s^2 + s^3 has slope 3 wherever s is much larger than p.
    """
    low, high = _ORDINARY
    sizes = [np.abs(np.asarray(value, dtype=float)) for value in instance.values()]
    return all(bool(np.all((one == 0) | ((low <= one) & (one <= high)))) for one in sizes)
