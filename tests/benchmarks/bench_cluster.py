"""What a hundred thousand claims would cost on a thousand workers: parts, seconds, bytes, and where the limit lies.

Run by hand: ``python tests/benchmarks/bench_cluster.py STORE [claims] [workers]``, where STORE is the folder of a quick
run of the package's claims, of which the times and sizes of parts are taken.
"""

from __future__ import annotations

import heapq
import pickle
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import distributed
import numpy as np

from lemmata.checks import Effort, Limits, Memory, Store
from lemmata.checks._desk import Desk
from lemmata.checks._part_result import PartResult
from lemmata.checks._record import begin
from lemmata.checks.records import decode
from lemmata.checks.running.parcels import Parcel, packed
from lemmata.checks.running.pool import Done
from lemmata.checks.running.unit import Unit
from lemmata.claims import Library, load
from lemmata.claims.library import entry_of

_TOGETHER = 64
"""Results that are there when the parent looks: as many as it commits at a time, where it is the limit."""
_COMMITS = 50
"""Parts committed one by one to see how long a commit waits for the disk."""
_SENT = 1_000
"""Parcels sent through a local cluster to see how many it takes a second."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one parent was seen to do.

    Seconds of work a part that comes in, seconds that a commit waits for the disk, units that could be sent.
    """

    a_part: float
    a_commit: float
    units: list[Unit]


def recorded(folder: Path) -> dict[str, dict[str, bytes]]:
    """Claim -> unit -> payload, of the newest run of a store that left parts."""
    with Store.open(folder / "evidence.sqlite", read_only=True) as store:
        run = next(row.id for row in reversed(store.runs()) if store.parts(row.id))
        claims: dict[str, dict[str, bytes]] = defaultdict(dict)
        for name, payload in store.parts(run).items():
            claims[name.partition("|")[0]][name] = payload
    return claims


def taken_in(claims: dict[str, dict[str, bytes]]) -> Taken:
    """Take the recorded parts in as a run does: read, commit, conclude each claim with its last part, keep it."""
    known = load([])
    library = Library(tuple(one for one in known.claims if one.claim.key in claims))
    payloads = {name: payload for parts in claims.values() for name, payload in parts.items()}
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "evidence.sqlite") as store:
        run_id, _ = begin(store, "benchmark", Effort.QUICK, 0)
        memory = Memory(store, effort=Effort.QUICK, seed=0, limits=Limits())
        memory.meet([entry_of(located) for located in library.claims])
        desk = Desk(list(claims), store, run_id, effort=Effort.QUICK, seed=0, memory=memory)
        units = [unit for some in desk.units([library]) for unit in some if unit.name in payloads]
        began = time.process_time()
        for first in range(0, len(units), _TOGETHER):
            some = units[first : first + _TOGETHER]
            desk.take([Done(unit=one, result=decode(payloads[one.name], PartResult), lost=False) for one in some])
        work = (time.process_time() - began) / len(units)
        waits = []
        for name in list(payloads)[:_COMMITS]:
            began, busy = time.perf_counter(), time.process_time()
            store.record(run_id, name, payloads[name])
            waits.append(max(0.0, time.perf_counter() - began - (time.process_time() - busy)))
        return Taken(a_part=work, a_commit=statistics.median(waits), units=units)


def nothing(parcel: Parcel) -> bytes:
    """A unit of no work."""
    return parcel.unit.key.encode()


def sending(units: list[Unit]) -> float:
    """Seconds of work that a client and a scheduler, in this process, have with a parcel of no work."""
    parcels = [packed(units[place % len(units)]) for place in range(_SENT)]
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", scheduler_port=0
        ) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor(pure=False) as executor,
    ):
        for future in [executor.submit(nothing, parcel) for parcel in parcels[:20]]:
            future.result()
        began = time.process_time()
        for future in [executor.submit(nothing, parcel) for parcel in parcels]:
            future.result()
        return (time.process_time() - began) / _SENT


def makespan(parts: list[float], workers: int, *, dispatch: float, commit: float) -> float:
    """When the last part is committed: each goes to the worker that is free first, results come in one by one.

    Args:
        parts: seconds of each, in the order in which they are handed out.
        workers: that many.
        dispatch: seconds of the scheduler for each part, one after the other.
        commit: seconds of the parent for each.
    """
    free, ends, scheduler = [0.0] * workers, [], 0.0
    for seconds in parts:
        scheduler = max(scheduler, free[0]) + dispatch
        end = scheduler + seconds
        heapq.heapreplace(free, end)
        ends.append(end)
    parent = 0.0
    for end in sorted(ends):
        parent = max(parent, end) + commit
    return parent


def main() -> None:
    """Print the distribution, what was measured of the parent, and the simulated schedules."""
    claims = recorded(Path(sys.argv[1]))
    count, workers = (int(sys.argv[place]) if len(sys.argv) > place else n for place, n in ((2, 100_000), (3, 1_000)))
    times = {key: [decode(one, PartResult).seconds for one in parts.values()] for key, parts in claims.items()}
    every = np.sort(np.concatenate([np.array(one) for one in times.values()]))
    sizes = np.array([len(payload) for parts in claims.values() for payload in parts.values()])
    _say(f"{len(claims)} claims, {len(every)} parts, {every.sum():.0f} s; a part of quantiles 10/50/90/99/100 %:")
    _say("  " + " ".join(f"{one:.3g}" for one in np.quantile(every, [0.1, 0.5, 0.9, 0.99, 1])) + " s")
    taken = taken_in(claims)
    unit = np.mean([len(pickle.dumps(packed(one))) for one in taken.units])
    sent = sending(taken.units)
    _say(f"a result {sizes.mean():.0f} bytes, a unit {unit:.0f} bytes")
    _say(f"work of the parent {1000 * taken.a_part:.2f} ms a part, of client and scheduler {1000 * sent:.2f} ms")
    commit = taken.a_part + taken.a_commit / _TOGETHER
    _say(
        f"a commit waits {1000 * taken.a_commit:.1f} ms for the disk: {_TOGETHER} a time {1000 * commit:.2f} ms a part"
    )
    rng = np.random.default_rng(0)
    drawn = [times[key] for key in rng.choice(sorted(times), size=count)]
    parts = [seconds for one in drawn for seconds in one]
    work = sum(parts)
    moved = len(parts) * (sizes.mean() + unit)
    _say(f"{count} claims: {len(parts)} parts, {work / 3600:.1f} h of work, {moved:.3g} bytes")
    for name, order in (("in order", parts), ("longest first", sorted(parts, reverse=True))):
        for many in (10, 100, workers):
            alone = makespan(order, many, dispatch=0, commit=0)
            whole = makespan(order, many, dispatch=sent, commit=commit)
            _say(
                f"  {name}, {many} workers: {alone:.0f} s, efficiency {work / many / alone:.3f} if parent and "
                f"scheduler took no time; {whole:.0f} s, {work / many / whole:.3f} as measured"
            )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
