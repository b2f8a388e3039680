"""Many claims: time a claim, memory of the parent, and what a second run costs.

Run by hand: ``python tests/benchmarks/bench_many.py [number of claims ...]``, 200 and 2,000 if none is given.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from many_claims import with_many_claims

_SCRIPT = """
import resource, sys
from lemmata.reports.cli import app

if __name__ == "__main__":
    try:
        app(["verify", "many.py", "--effort", "quick", "--html", "page"])
    finally:
        print(*(resource.getrusage(resource.RUSAGE_SELF)[place] for place in range(3)))
"""


def verified(folder: Path) -> tuple[float, float, float]:
    """Seconds of a quick run, seconds of work of its parent, and the parent's peak memory in MiB."""
    script = folder / "verify.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    began = time.perf_counter()
    done = subprocess.run([sys.executable, str(script)], cwd=folder, capture_output=True, text=True, check=True)
    user, system, memory = (float(word) for word in done.stdout.splitlines()[-1].split())
    return time.perf_counter() - began, user + system, memory / 1024


def main() -> None:
    """Print a line a number of claims."""
    for count in [int(word) for word in sys.argv[1:]] or [200, 2000]:
        with tempfile.TemporaryDirectory() as folder:
            with_many_claims(Path(folder) / "many.py", count)
            first, work, memory = verified(Path(folder))
            second, _, memory_again = verified(Path(folder))
        print(  # noqa: T201
            f"{count:5} claims: {first:7.1f} s, {1000 * first / count:6.1f} ms a claim ({1000 * work / count:.1f} ms "
            f"in the parent), parent {max(memory, memory_again):4.0f} MiB; again {second:5.1f} s, "
            f"{100 * second / first:.1f} %",
            flush=True,
        )


if __name__ == "__main__":
    main()
