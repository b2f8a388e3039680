"""The decided stage of every claim that has one, with other orders of z3's variables: nothing true may be refuted.

Run by hand: ``python tests/benchmarks/bench_decided_seeds.py FIRST LAST [SELECT...]``, seeds FIRST to LAST - 1; a
minute or two on one core a seed for the catalogue. Quick effort, the claims alone. Seed 0 is what a trial does; with
every other one z3 takes the variables in another order (its random seed alone changes next to nothing). A line for each
outcome that contradicts the first seed's, and after each seed: how many true claims were refuted, how many outcomes
contradict, how many are left open that were not, of how many decisions so far.
"""

from __future__ import annotations

import sys

import z3

from lemmata import Effort
from lemmata.checks._decide import is_decided, own_decision
from lemmata.checks.decision import FALSE, OPEN
from lemmata.claims import Status
from lemmata.claims.library import load


def main(first: int, last: int, selection: list[str]) -> int:
    """The number of false accusations and contradictions, which is the exit code."""
    claims = [one.claim for one in load(selection).claims if is_decided(one.claim)]
    usual: dict[str, str] = {}
    accused = contradicted = opened = decisions = 0
    for seed in range(first, last):
        z3.set_param("nlsat.shuffle_vars", seed > 0)
        z3.set_param("nlsat.seed", seed)
        for claim in claims:
            outcome = own_decision(claim, Effort.QUICK.budget).outcome
            before = usual.setdefault(claim.key, outcome)
            usual[claim.key] = outcome if before == OPEN else before
            accused += outcome == FALSE and claim.status is not Status.REFUTED
            opened += outcome == OPEN != before
            if outcome != before and OPEN not in (outcome, before):
                contradicted += 1
                sys.stdout.write(f"seed {seed}\t{claim.key}\t{before} -> {outcome}\n")
        decisions += len(claims)
        sys.stdout.write(
            f"seeds {first} to {seed}: {accused} accused, {contradicted} contradict, {opened} left open, "
            f"of {decisions} decisions\n"
        )
        sys.stdout.flush()
    return accused + contradicted


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
