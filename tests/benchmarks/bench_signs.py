"""Signs of life without a terminal: when the first verdict comes beside `lemmata list`, and the longest silence.

Run by hand: ``python tests/benchmarks/bench_signs.py [seconds to watch] [SELECT ...]``, a minute of everything if not
given. The store is new, so that nothing is recalled.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

LEMMATA = Path(sys.executable).parent / "lemmata"


def listed(selected: list[str]) -> float:
    """Least seconds of a few lists."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([LEMMATA, "list", *selected], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return min(times)


def heard(selected: list[str], watched: float) -> list[tuple[float, str]]:
    """The lines of a run with the seconds at which each came; it is interrupted when it was watched long enough."""
    lines: list[tuple[float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = [LEMMATA, "verify", *selected, "--effort", "quick", "--store", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
            for line in child.stderr or ():
                lines.append((time.perf_counter() - began, line.rstrip()))
                if lines[-1][0] > watched:
                    child.send_signal(signal.SIGINT)
                    break
            child.communicate(timeout=600)
    return lines


def main() -> None:
    """Print both."""
    watched, selected = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0, sys.argv[2:]
    shortest, lines = listed(selected), heard(selected, watched)
    first = next((seconds for seconds, line in lines if line.startswith("[")), float("nan"))
    silence = max(later - sooner for (sooner, _), (later, _) in pairwise([(0.0, ""), *lines]))
    print(f"list {shortest:.2f} s, first verdict {first:.2f} s, {first / shortest:.1f} times")  # noqa: T201
    print(f"longest silence {silence:.1f} s among {len(lines)} lines in {lines[-1][0]:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
