"""Runs that claims of one family and procedure have in common: they are drawn alike, and one run is kept for all."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import numpy as np

from lemmata.checks.stages.draws import Batch
from lemmata.checks.stages.runs import check_number_system, run_bounded
from lemmata.claims import Claim, Instances, Measurement, Parameters
from lemmata.claims.language.procedure import Run
from lemmata.solvers import Bounded


def in_common(claim: Claim, stage: str) -> tuple[str, ...]:
    """What the draws of a stage derive from: the same for all claims, and their mutants, of one family and procedure.

    They are then judged on the same batches, which need to be run once. What a claim is judged on depends on its own
    family and procedure alone: not on which other claims there are, and not on what was kept of their runs.
    """
    return (claim.given.name, claim.when.name, stage)


def run_in_common(claim: Claim, batch: Batch, instances: Instances) -> Measurement:
    """As `run_bounded`, of a drawn batch: what the same procedure measured on the very same input need not be run.

    Raises:
        ClaimError: as there.
    """
    run, shown, kept = claim.when.run, batch.origin.is_declared, _KEPT.get()
    if kept is None:
        return run_bounded(claim, batch.parameters, instances)
    found = kept.find(run, batch.parameters, instances, shown=shown)
    if found is not None:
        check_number_system(claim, found)
        return found
    began = time.perf_counter()
    measured = run_bounded(claim, batch.parameters, instances)
    if time.perf_counter() - began >= _CHEAP:
        kept.keep(run, batch.parameters, instances, measured, shown=shown)
    return measured


_CHEAP = 1e-3
"""Seconds: what is run in less is run again."""
_MOST = 2**25
"""Bytes of measurements that a process keeps."""


@dataclass
class Kept:
    """What procedures measured on drawn batches; those least recently used are let go first.

    A procedure is known by its identity, and what it was given by every digit. Copies are kept, which nobody can write
    to: a procedure may use its arrays again.
    """

    most: int
    """Bytes."""
    runs: OrderedDict[int, tuple[Run, dict[bytes, Measurement]]] = field(default_factory=OrderedDict)
    """Identity of a procedure -> the procedure itself, which must live as long, and what it measured."""
    size: int = 0
    """Bytes by now."""

    def find(self, run: Run, parameters: Parameters, instances: Instances, *, shown: bool) -> Measurement | None:
        """What the procedure measured on the same input; None if that is not kept. ``shown``: with its pictures."""
        if id(run) not in self.runs:
            return None
        self.runs.move_to_end(id(run))
        return self.runs[id(run)][1].get(_digest(parameters, instances, shown=shown))

    def keep(
        self, run: Run, parameters: Parameters, instances: Instances, measured: Measurement, *, shown: bool
    ) -> None:
        """Keep a measurement, if there is room for it beside what the same procedure measured before."""
        if shown and measured.pictures is not tuple:
            return  # a picture holds on to all that its procedure computed
        if not all(isinstance(one, Bounded | np.ndarray) for one in _values(measured)):
            return
        try:
            copied = copy.deepcopy(dataclasses.replace(measured, pictures=tuple))
        except Exception:  # noqa: BLE001 - a user's own kind of mapping, or of array: it is run again
            return
        size = _size([measured])
        own = _size(self.runs[id(run)][1].values()) if id(run) in self.runs else 0
        if own + size > self.most:
            return
        others = [one for one in self.runs if one != id(run)]
        while self.size + size > self.most:
            self.size -= _size(self.runs.pop(others.pop(0))[1].values())
        for array in _arrays(copied):
            array.setflags(write=False)
        self.runs.setdefault(id(run), (run, {}))[1][_digest(parameters, instances, shown=shown)] = copied
        self.size += size


_KEPT: ContextVar[Kept | None] = ContextVar("kept", default=None)


@contextmanager
def keeping_runs(most: int = _MOST) -> Iterator[Kept]:
    """Keep runs meanwhile, in at most so many bytes; nothing is kept otherwise.

    It must end before a procedure can change, what its code calls and what it reads included: with a run, or
    with the trial of a claim that is judged in a notebook.
    """
    token = _KEPT.set(kept := Kept(most=most))
    try:
        yield kept
    finally:
        _KEPT.reset(token)


def _size(measured: Iterable[Measurement]) -> int:
    return sum(array.nbytes for one in measured for array in _arrays(one))


def _values(measured: Measurement) -> Iterator[object]:
    yield from measured.failures.values()
    for case in measured.cases:
        for some in (case.values, case.rates, case.censored):
            yield from some.values()


def _arrays(measured: Measurement) -> Iterator[np.ndarray]:
    for value in _values(measured):
        if isinstance(value, Bounded):
            yield value.value
            yield value.error
        elif isinstance(value, np.ndarray):
            yield value


def _digest(parameters: Parameters, instances: Instances, *, shown: bool) -> bytes:
    """Of all that a run is given, with the types of its numbers; of numbers and names the text holds every digit."""
    arrays = {name: np.ascontiguousarray(value) for name, value in sorted(instances.items())}
    named = [(name, type(value).__name__, repr(value)) for name, value in sorted(parameters.items())]
    shapes = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    made = hashlib.blake2b(repr((shown, named, shapes)).encode("utf-8", "backslashreplace"))
    for array in arrays.values():
        made.update(array.data)
    return made.digest()
