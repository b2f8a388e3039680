"""What the decision says of every claim: true, false or open, for the whole range or not, why, and how long it took.

Run by hand: ``python tests/benchmarks/bench_decided.py [SELECT...]``; about a minute on one core for the
catalogue. Quick effort, the claims alone, without their variants and without any other stage of the trial.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from lemmata import Effort
from lemmata.checks._decide import is_decided, own_decision
from lemmata.checks.proof.problems import refusal
from lemmata.claims import Claim
from lemmata.claims.library import load


def said(claim: Claim) -> tuple[str, str]:
    """The outcome (``proved`` where it is true for the whole range) and the reason or the range."""
    if not is_decided(claim):
        return "none", refusal(claim)
    found = own_decision(claim, Effort.QUICK.budget)
    if found.covers:
        return "proved", found.covers
    return found.outcome, found.where if found.outcome == "true" else found.reason


def main(selection: list[str]) -> None:
    """A line a claim, then how many there are of each outcome."""
    counted: Counter[str] = Counter()
    for located in load(selection).claims:
        began = time.process_time()
        outcome, why = said(located.claim)
        counted[outcome] += 1
        kind = type(located.claim.then).__name__
        seconds = time.process_time() - began
        sys.stdout.write(f"{outcome}\t{seconds:.2f}\t{kind}\t{located.claim.key}\t{why}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{dict(counted)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
