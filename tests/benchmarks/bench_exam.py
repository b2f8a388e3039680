"""The examination: eighteen published guarantees of first-order methods, how near a blind search comes to each.

Steps and parameters are those at which the papers (and semidefinite programs) give the value; every edge that might
know the worst case is withheld. Run by hand: ``python tests/benchmarks/bench_exam.py [row ...]``; all rows take about
five minutes on one core.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from exam import FALSE, QUESTIONS, TIGHT_FROM, answered, example

from lemmata import Effort, judge
from lemmata.claims import Located

_HEAD = (
    f"{'row':>3} {'guarantee':32} {'published':>10} {'here':>10} {'reached':>12} {'of':>8} {'1 % tighter':>11} {'s':>5}"
)


def main() -> None:
    """Print the table."""
    rows = {int(one) for one in sys.argv[1:]}
    attained, tighter = {}, {}
    _say(_HEAD)
    for one in (question for question in QUESTIONS if not rows or question.row in rows):
        found = answered(one)
        fallen = "refuted" if found.tightened else "stands"
        _say(
            f"{one.row:>3} {one.name:32} {one.value:10.7f} {found.value:10.7f} {found.ratio:12.9f} {one.ratio:8.6f} "
            f"{fallen:>11} {found.seconds:5.1f}{'  VIOLATED' if found.violated else ''}"
        )
        if one.is_tight:
            attained[one.row] = attained.get(one.row, True) and found.ratio >= TIGHT_FROM
            tighter[one.row] = tighter.get(one.row, True) and found.tightened
    _say(f"attained to {TIGHT_FROM}: {sum(attained.values())} of {len(attained)}")
    _say(f"tighter by 1 % and refuted: {sum(tighter.values())} of {len(tighter)}")
    for name in () if rows else FALSE:
        started = time.perf_counter()
        trial = judge(Located(example(name), "examples"), effort=Effort.STANDARD, seed=0)
        _say(f"{name:36} {trial.verdict} ({time.perf_counter() - started:.1f} s)")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
