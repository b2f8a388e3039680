"""Statements at their own boundary: how many true ones are accused, how many false ones pass.

Run by hand: ``python tests/benchmarks/bench_boundaries.py [count] [seed]``; a thousand of each take some minutes.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import sympy as sp

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from random_statements import at_boundary, tried


def main(count: int, seed: int) -> int:
    """Print the verdicts of true statements, and of false ones by the size of their fault; the exit code tells."""
    began, rng = time.perf_counter(), np.random.default_rng(seed)
    true = Counter(tried(at_boundary(rng, sp.Integer(1)))[0].word for _ in range(count))
    sys.stdout.write(f"true: {dict(true)}\n")
    passed = 0
    for digits in range(3, 16):
        factor = 1 - sp.Rational(1, 10**digits)
        found = [tried(at_boundary(rng, factor))[0] for _ in range(-(-count // 13))]
        passed += sum(one.is_pass for one in found)
        sys.stdout.write(f"false by 1e-{digits}: {dict(Counter(one.word for one in found))}\n")
    accused = true["refuted"]
    sys.stdout.write(f"{accused} accused, {passed} passed, {time.perf_counter() - began:.0f} s\n")
    return int(accused + passed > 0)


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    sys.exit(main(int(given.get(0, 1000)), int(given.get(1, 0))))
