"""How long the laws of the literature's models take, and large searches: python tests/benchmarks/bench_laws.py."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from lemmata.solvers.laws import Dense, search

sys.path.append(str(Path(__file__).parents[1] / "helpers"))

LARGE = ((Dense(widths=(2, 5, 2)), 2), (Dense(widths=(5, 5, 5)), 2), (Dense(widths=(1, 2, 2, 1)), 4))


def main() -> None:
    """A line a search, and one for the whole table."""
    from law_models import TABLE

    began = time.perf_counter()
    for network, count in TABLE:
        found = search(network.model)
        print(f"{found.model.about}: {found.at_least}..{found.at_most}, known {count}")  # noqa: T201 - its purpose
    print(f"all {len(TABLE)}: {time.perf_counter() - began:.2f} s")  # noqa: T201
    for network, degree in LARGE:
        began = time.perf_counter()
        found = search(network.model, degree=degree)
        spent = time.perf_counter() - began
        print(f"D = {found.model.size}, degree {degree}: {found.number} in {spent:.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
