"""Runs killed at random moments: what is lost, what differs after --resume, and what is left behind.

Run by hand: ``python tests/benchmarks/bench_kills.py [number of runs] [seed]``; two hundred take half an hour.
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
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from many_claims import with_many_claims

LEMMATA = Path(sys.executable).parent / "lemmata"
_CLAIMS = 12
_TARGETS = ("parent", "worker", "parent and worker", "all")
_ORPHANED = 5
_LONGEST = 300
_MEASURED = ("seconds", "output")
"""What differs between two runs of the same."""


def command(file: Path, store: Path, *more: str) -> list[str]:
    """A quick run of a file in two workers, which prints each claim as it ends."""
    options = ["--effort", "quick", "--jobs", "2", "--store", str(store), "--html", str(store / "page.html")]
    return [str(LEMMATA), "verify", str(file), *options, "--json", "-", "--stream", *more]


def substance(printed: bytes) -> dict[str, object]:
    """The claims that a run has printed, by key, without times; a line that was cut short is none."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items() if key not in _MEASURED}
        return [plain(item) for item in value] if isinstance(value, list) else value

    whole = [json.loads(line) for line in printed.splitlines(keepends=True) if line.endswith(b"\n")]
    claims = [line["claim"] for line in whole if "claim" in line]
    return {one["statement"]["key"]: plain(one) for one in claims}


def rows(store: Path, query: str) -> list[tuple[str, ...]]:
    """What the store answers; nothing if it was killed before its tables were made."""
    path = store / "evidence.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []


def killed(line: list[str], target: str, after: float) -> tuple[bytes, list[psutil.Process]]:
    """Start a run, kill something of it after so many seconds: what it has printed, and its processes."""
    with (
        tempfile.TemporaryFile() as printed,
        subprocess.Popen(line, stdout=printed, stderr=subprocess.DEVNULL) as child,
    ):
        time.sleep(after)
        parent, family = psutil.Process(child.pid), []
        with suppress(psutil.NoSuchProcess):  # it may have ended by now
            family = parent.children(recursive=True)
        newest = family[-1:]
        victims = {
            "parent": [parent],
            "worker": newest,
            "parent and worker": [parent, *newest],
            "all": [parent, *family],
        }[target]
        for victim in victims:
            try:
                os.kill(victim.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        child.wait(_LONGEST)
        printed.seek(0)
        return printed.read(), family


def tried(file: Path, store: Path, whole: dict[str, object], target: str, after: float) -> Counter[str]:
    """What went wrong when a run was killed and then resumed; ``parts`` counts those that were done before."""
    printed, family = killed(command(file, store), target, after)
    deadline = time.monotonic() + _ORPHANED
    while any(one.is_running() for one in family) and time.monotonic() < deadline:
        time.sleep(0.1)
    orphans = sum(one.is_running() for one in family)
    before = {(run, part): payload for run, part, payload in rows(store, "SELECT run, part, payload FROM parts")}
    open_runs = rows(store, "SELECT id FROM runs WHERE document IS NULL OR NOT complete")
    resumed = subprocess.run(command(file, store, "--resume"), check=False, capture_output=True)
    later = {(run, part): payload for run, part, payload in rows(store, "SELECT run, part, payload FROM parts")}
    named = {part.partition("|")[0] for _, part in before}
    begun = rows(store, "SELECT id FROM runs")
    return Counter(
        parts=len(before),
        lost=sum(later.get(name) != payload for name, payload in before.items())
        + sum(key not in named for key in substance(printed)),
        begun_anew=int(bool(open_runs) and len(begun) > len(open_runs)),
        differ=int(substance(resumed.stdout) != whole or resumed.returncode != 0),
        orphans=orphans,
    )


def main() -> None:
    """Print what was lost, what differed and what was left behind."""
    count, seed = (int(sys.argv[place]) if len(sys.argv) > place else other for place, other in ((1, 200), (2, 0)))
    rng = random.Random(seed)  # noqa: S311 - moments, not secrets
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        file = with_many_claims(Path(folder) / "many.py", _CLAIMS)
        began = time.perf_counter()
        whole = subprocess.run(command(file, Path(folder) / "whole"), check=True, capture_output=True)
        seconds = time.perf_counter() - began
        for number in range(count):
            target, after = rng.choice(_TARGETS), rng.uniform(0, seconds)
            found = tried(file, Path(folder) / str(number), substance(whole.stdout), target, after)
            total.update(found)
            print(f"{number}: {target} after {after:.1f} s, {dict(found)}", flush=True)  # noqa: T201
    print(f"{count} runs of {seconds:.1f} s: {dict(total)}")  # noqa: T201


if __name__ == "__main__":
    main()
