"""Runs killed at random moments: what is lost, what differs after --resume, and what is left behind.

Run by hand: ``python tests/benchmarks/bench_kills.py [number of runs] [seed]``; two hundred take some twenty minutes.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psutil

LEMMATA = Path(sys.executable).parent / "lemmata"
TOYS = Path(__file__).parents[1] / "helpers" / "toy_claims.py"
_TARGETS = ("parent", "worker", "all")
_ORPHANED = 5
_LONGEST = 300
_MEASURED = ("seconds", "output")
"""What differs between two runs of the same."""


def command(store: Path, *more: str) -> list[str]:
    """A quick run of the toy claims in two workers."""
    options = ["--effort", "quick", "--jobs", "2", "--store", str(store), "--html", str(store / "page.html")]
    return [str(LEMMATA), "verify", str(TOYS), *options, *more]


def substance(store: Path) -> object:
    """The claims of the run's document without times."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items() if key not in _MEASURED}
        return [plain(item) for item in value] if isinstance(value, list) else value

    return plain(json.loads((store / "run.json").read_text(encoding="utf-8"))["claims"])


def parts(store: Path) -> dict[tuple[str, str], bytes]:
    """What the store holds of parts: run and name -> payload."""
    path = store / "evidence.sqlite"
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as connection:
        try:
            rows = connection.execute("SELECT run, part, payload FROM parts").fetchall()
        except sqlite3.OperationalError:  # killed before its tables were made
            return {}
    return {(run, part): payload for run, part, payload in rows}


def killed(store: Path, target: str, after: float) -> list[psutil.Process]:
    """Start a run, kill something of it after so many seconds, and return its processes."""
    with subprocess.Popen(command(store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        time.sleep(after)
        try:
            parent = psutil.Process(child.pid)
            family = parent.children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        victims = {"parent": [parent], "worker": family[-1:], "all": [parent, *family]}[target]
        for victim in victims:
            try:
                os.kill(victim.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        child.wait(_LONGEST)
        return family


def main() -> None:
    """Print what was lost, what differed and what was left behind."""
    count, seed = (int(sys.argv[place]) if len(sys.argv) > place else other for place, other in ((1, 200), (2, 0)))
    rng = random.Random(seed)  # noqa: S311 - moments, not secrets
    lost = different = orphans = 0
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        began = time.perf_counter()
        subprocess.run(command(whole), check=False, capture_output=True)
        seconds = time.perf_counter() - began
        for number in range(count):
            store = Path(folder) / str(number)
            family = killed(store, target := rng.choice(_TARGETS), after := rng.uniform(0, seconds))
            deadline = time.monotonic() + _ORPHANED
            while any(one.is_running() for one in family) and time.monotonic() < deadline:
                time.sleep(0.1)
            orphans += sum(one.is_running() for one in family)
            before = parts(store)
            subprocess.run(command(store, "--resume"), check=False, capture_output=True)
            later = parts(store)
            lost += sum(later.get(name) != payload for name, payload in before.items())
            different += substance(store) != substance(whole)
            print(f"{number}: {target} after {after:.1f} s, {len(before)} parts were done", flush=True)  # noqa: T201
    print(f"{count} runs: {lost} parts lost, {different} results differ, {orphans} orphans")  # noqa: T201


if __name__ == "__main__":
    main()
