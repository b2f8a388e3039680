"""A run on a local Dask cluster of two processes beside one in two worker processes, in turn; and with a worker killed.

Run by hand: ``python tests/benchmarks/bench_dask.py [pairs] [SELECT ...]``; four papers and three pairs if not given.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import distributed

LEMMATA = Path(sys.executable).parent / "lemmata"
_SELECTED = ("du2018/neuron-law", "du2018/layer-law", "drori2014", "saxe2014", "min2021")
_MEASURED = ("seconds", "output")


def verified(folder: Path, selected: list[str], *where: str) -> tuple[float, object]:
    """Seconds of a quick run that recalls nothing, and its claims without times."""
    options = ["--effort", "quick", "--again", "--store", str(folder), "--json", str(folder / "run.json")]
    began = time.perf_counter()
    done = subprocess.run([LEMMATA, "verify", *selected, *options, *where], check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr[-2000:])
    return seconds, _plain(json.loads((folder / "run.json").read_text(encoding="utf-8"))["claims"])


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key not in _MEASURED}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def killed_in_the_middle(cluster: Any, seconds: float) -> threading.Timer:
    """Kill one worker process of the cluster after so many seconds."""

    def kill() -> None:
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    timer = threading.Timer(seconds, kill)
    timer.start()
    return timer


def main() -> None:
    """Print each pair, the ratio of both medians, and whether the results are the same."""
    pairs, selected = int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2:] or list(_SELECTED)
    with (
        tempfile.TemporaryDirectory() as folder,
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", scheduler_port=0
        ) as cluster,
    ):
        there = ("--executor", str(cluster.scheduler_address).replace("tcp://", "dask://"))
        verified(Path(folder), selected, *there)  # both sides have compiled and imported what they need
        times: list[tuple[float, float]] = []
        for _ in range(pairs):
            here_seconds, here = verified(Path(folder), selected, "--jobs", "2")
            seconds, found = verified(Path(folder), selected, *there)
            times.append((here_seconds, seconds))
            print(f"--jobs 2 {here_seconds:.1f} s, Dask {seconds:.1f} s, same results: {here == found}", flush=True)  # noqa: T201
        ratio = statistics.median(dask / jobs for jobs, dask in times)
        timer = killed_in_the_middle(cluster, statistics.median(dask for _, dask in times) / 2)
        seconds, found = verified(Path(folder), selected, *there)
        timer.join()
    print(f"ratio {ratio:.2f}; with a worker killed {seconds:.1f} s, same results: {here == found}")  # noqa: T201


if __name__ == "__main__":
    main()
