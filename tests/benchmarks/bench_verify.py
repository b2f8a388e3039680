"""Time and memory of whole commands: python tests/benchmarks/bench_verify.py."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LEMMATA = Path(sys.executable).parent / "lemmata"


def run(*arguments: str) -> tuple[float, float]:
    """Seconds of a command, and the peak memory in MiB of the largest process so far."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run([LEMMATA, *arguments], cwd=folder, check=True, capture_output=True)
        seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Print a line a command."""
    for arguments in (["--help"], ["verify", "--effort", "quick"], ["verify"]):
        seconds, memory = run(*arguments)
        print(f"lemmata {' '.join(arguments):24} {seconds:6.2f} s, at most {memory:4.0f} MiB a process")  # noqa: T201


if __name__ == "__main__":
    main()
