"""False alarms: every shipped claim at many seeds; a true claim that does not end as expected is counted.

Run by hand: ``python tests/benchmarks/bench_false_alarms.py [seeds] [effort]`` (20 seeds at quick effort take
about five minutes on one core).
"""

from __future__ import annotations

import sys
import time

from lemmata.checks import Effort, judge
from lemmata.claims import load


def main(seeds: int, effort: Effort) -> int:
    """Print each alarm as it comes, and the count at the end; the count is the exit code's truth."""
    began, alarms, trials = time.perf_counter(), 0, 0
    for seed in range(1_000, 1_000 + seeds):
        for located in load().claims:
            found = judge(located, effort=effort, seed=seed)
            trials += 1
            if not found.expected:
                alarms += 1
                _tell(f"seed {seed}: {located.claim.key}: {found.verdict} {found.reason}: {found.sentence}")
    _tell(f"{alarms} of {trials} trials not as expected, {time.perf_counter() - began:.0f} s")
    return int(alarms > 0)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    sys.exit(main(count, Effort(sys.argv[2]) if len(sys.argv) > 2 else Effort.QUICK))
