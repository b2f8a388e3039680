"""The decided stage of every claim that has one, with other seeds of the solver: nothing true may be refuted.

Run by hand: ``python tests/benchmarks/bench_decided_seeds.py FIRST LAST [SELECT...]``, seeds FIRST to LAST - 1; about a
minute on one core a seed for the catalogue. Quick effort, the claims alone. A line for each outcome that differs from
that of the first seed, then how many true claims were refuted and how many outcomes changed, of how many decisions.
"""

from __future__ import annotations

import sys

from lemmata import Effort
from lemmata.checks._decide import is_decided, own_decision
from lemmata.checks.decision import FALSE
from lemmata.checks.proof import real_closed
from lemmata.claims import Status
from lemmata.claims.library import load


def main(first: int, last: int, selection: list[str]) -> int:
    """The number of false accusations, which is the exit code."""
    claims = [one.claim for one in load(selection).claims if is_decided(one.claim)]
    usual: dict[str, str] = {}
    accused = changed = 0
    for seed in range(first, last):
        real_closed._SEED = seed
        for claim in claims:
            outcome = own_decision(claim, Effort.QUICK.budget).outcome
            accused += outcome == FALSE and claim.status is not Status.REFUTED
            if outcome != usual.setdefault(claim.key, outcome):
                changed += 1
                sys.stdout.write(f"seed {seed}\t{claim.key}\t{usual[claim.key]} -> {outcome}\n")
                sys.stdout.flush()
    decisions = len(claims) * (last - first)
    sys.stdout.write(f"seeds {first} to {last - 1}: {accused} accused, {changed} changed, of {decisions} decisions\n")
    return accused


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
