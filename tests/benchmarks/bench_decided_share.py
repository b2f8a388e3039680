"""What the decided stage adds to a run: processor time of each claim's trial with and without it.

Run by hand: ``python tests/benchmarks/bench_decided_share.py [EVERY] [EFFORT]``, every EVERY-th claim of the catalogue
(7 if left out: some fifty), in this process, at standard effort. A line a claim, then the share of all of them.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

from lemmata import Effort
from lemmata.checks._trial import parts, run_part
from lemmata.checks.part import DECISION, Part
from lemmata.claims import Claim
from lemmata.claims.library import load


def times(claim: Claim, effort: Effort) -> dict[Part, float]:
    """Processor seconds of each part of a claim's trial."""
    found = {}
    for part in parts(claim, effort):
        began = time.process_time()
        run_part(claim, part, effort, 0)
        found[part] = time.process_time() - began
    return found


def main(every: int, effort: Effort) -> None:
    """Print the times."""
    total: dict[bool, float] = defaultdict(float)
    for one in load().claims[::every]:
        known = times(one.claim, effort)
        decided = known.pop(DECISION, 0.0)
        total[True] += decided
        total[False] += sum(known.values())
        sys.stdout.write(f"{decided:.2f}\t{sum(known.values()):.2f}\t{one.claim.key}\n")
        sys.stdout.flush()
    share = total[True] / total[False]
    sys.stdout.write(f"decided {total[True]:.1f} s, the rest {total[False]:.1f} s: it adds {share:.1%}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, Effort(sys.argv[2]) if len(sys.argv) > 2 else Effort.STANDARD)
