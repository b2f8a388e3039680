"""False alarms: every shipped claim at many seeds; a true claim that does not end as expected is counted.

Run by hand: ``python tests/benchmarks/bench_false_alarms.py [seeds] [effort] [first seed] [papers]``; papers are first
halves of keys, joined by commas. A seed of all claims takes some two minutes at quick effort on one core.
"""

from __future__ import annotations

import sys
import time

from lemmata.checks import Effort, judge
from lemmata.claims import load


def main(seeds: int, effort: Effort, first: int, papers: tuple[str, ...]) -> int:
    """Print each alarm as it comes, and the count at the end; the count is the exit code's truth."""
    began, alarms, trials = time.perf_counter(), 0, 0
    chosen = [one for one in load().claims if not papers or one.claim.key.split("/")[0] in papers]
    for seed in range(first, first + seeds):
        for located in chosen:
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
    given = dict(enumerate(sys.argv[1:]))
    sys.exit(
        main(
            int(given.get(0, 20)),
            Effort(given.get(1, Effort.QUICK)),
            int(given.get(2, 1_000)),
            tuple(given[3].split(",")) if 3 in given else (),
        )
    )
