"""Trials of claims that stand in no file, as those of a notebook's cell: their parts in processes of their own."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from lemmata.checks._budget import Effort
from lemmata.checks._part_result import PartResult
from lemmata.checks._trial import parts
from lemmata.checks.part import Part
from lemmata.checks.records import decode
from lemmata.checks.running.guard import guarded
from lemmata.claims import Claim


def in_processes(claim: Claim, effort: Effort, seed: int, *, tests: int, jobs: int) -> dict[Part, PartResult]:
    """The parts of a trial, each run in one of ``jobs`` processes to which the claim is sent as it is.

    Raises:
        ValueError: fewer than one process.
    """
    import cloudpickle

    if jobs < 1:
        raise ValueError(f"jobs={jobs}; expected one process or more")
    sent = cloudpickle.dumps(claim)
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {part: pool.submit(_perform, sent, part, effort.value, seed, tests) for part in parts(claim, effort)}
        return {part: decode(future.result(), PartResult) for part, future in waiting.items()}


def _perform(sent: bytes, part: Part, effort: str, seed: int, tests: int) -> bytes:
    import cloudpickle

    claim: Claim = cloudpickle.loads(sent)  # sent by the process that started this one
    return guarded(claim, part, Effort(effort), seed, tests=tests, interruptible=False)
