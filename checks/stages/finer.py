"""The way to a single point that no draw meets: an instance is moved to where it is worse, in ever finer steps."""

from __future__ import annotations

from collections.abc import Iterator

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed
from lemmata.checks.stages.search import Spot, evolve
from lemmata.checks.stages.tally import Tally
from lemmata.claims import Claim

_FIRST, _FINER = 0.3, 8.0
"""Steps of the first round, as a share of the entries, and how much finer those of each other are."""
_LEAST = 1e-3
"""Entries at zero leave it by so much in the first round; in all others the smallest have steps of their own size."""


def in_finer_steps(
    claim: Claim, spot: Spot, budget: Budget, move_seed: int, *, rounds: int
) -> Iterator[tuple[Tally, Spot]]:
    """What each round met on its way, and where it ended; the next one sets out from there.

    Args:
        claim: an inequality with a number for its constant.
        spot: where to begin.
        budget: generations of each round.
        move_seed: of the moves.
        rounds: how many there are at most.
    """
    for number in range(rounds):
        tally = Tally()
        step, least = _FIRST / _FINER**number, 0.0 if number else _LEAST
        spot = evolve(tally, claim, spot, budget, derived_seed(move_seed, number), step=step, least=least)
        yield tally, spot
