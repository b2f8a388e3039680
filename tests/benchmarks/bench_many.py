"""Many claims: time a claim, memory of the parent, and what a second run costs.

Run by hand: ``python tests/benchmarks/bench_many.py [number of claims ...]``, 200 and 2,000 if none is given.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

LEMMATA = Path(sys.executable).parent / "lemmata"

_HEAD = """
from lemmata import conjecture, positive, sqrt

x = positive("x")
"""
_CLAIM = """
claim_{n} = conjecture("Root {n} lies below its tangent", then=sqrt({n} + x) <= ({n} + 1 + x) / 2, key="many/root-{n}")
"""


def verified(folder: Path) -> tuple[float, float]:
    """Seconds of a quick run, and the peak memory of the parent in MiB."""
    script = (
        "import resource, sys\nfrom lemmata.reports.cli import app\n"
        "try:\n    app(['verify', 'many.py', '--effort', 'quick', '--html', 'page.html'])\n"
        "except SystemExit:\n    pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, float(done.stdout.splitlines()[-1])


def main() -> None:
    """Print a line a number of claims."""
    for count in [int(word) for word in sys.argv[1:]] or [200, 2000]:
        with tempfile.TemporaryDirectory() as folder:
            text = _HEAD + "".join(_CLAIM.format(n=number) for number in range(1, count + 1))
            (Path(folder) / "many.py").write_text(text, encoding="utf-8")
            first, memory = verified(Path(folder))
            second, _ = verified(Path(folder))
        print(  # noqa: T201
            f"{count:5} claims: {first:7.1f} s, {1000 * first / count:6.1f} ms a claim, parent {memory:4.0f} MiB; "
            f"again {second:5.1f} s, {100 * second / first:.1f} %"
        )


if __name__ == "__main__":
    main()
