"""One part of a trial, run so that what the claim's code does to its process is caught and undone."""

from __future__ import annotations

import dataclasses
import os
import random
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import flint
import mpmath
import numpy as np

from lemmata.checks._budget import Effort
from lemmata.checks._describe import said_by
from lemmata.checks._faults import shortened
from lemmata.checks._part_result import PartResult
from lemmata.checks._trial import run_part
from lemmata.checks.part import Part
from lemmata.checks.records import CorruptedRecordError, decode, encode
from lemmata.checks.running.rounding import floating_point_state, restore_floating_point
from lemmata.checks.running.sources import asks_beyond_text, files_digest, is_file, named_files
from lemmata.checks.running.traces import changed_since, content_digest, following
from lemmata.checks.running.unit import Unit
from lemmata.claims import Claim, find
from lemmata.claims.undisturbed import undisturbed
from lemmata.claims.user_files import importing_beside

one_at_a_time = threading.RLock()
"""Precision (of flint and mpmath), the folder, the modules and the global random states belong to the whole process:
two parts at once in threads would change each other's digits."""


_ANOTHER = (
    "makes another claim when it is read by itself than it made after the files read before it; one of these changes "
    "what they share, such as a variable of a module: verify it alone, and let no file change a module that it imports"
)


def perform(unit: Unit) -> bytes:
    """Run one unit in this process and return its `PartResult` as JSON."""
    with suppress(OSError):
        os.chdir(unit.folder)
    if not is_file(unit.source):
        return _performed(unit)
    floating_point_state()  # looks for its library once, in a process of its own that is none of the claim's
    with following() as traces, importing_beside(Path(unit.source).absolute()):  # a procedure may import when it runs
        result = decode(_performed(unit), PartResult)
    named = {path for file in unit.files for path in named_files(Path(file), Path(unit.folder))}
    unwritten = [path for path in named if not changed_since(path, traces.began)]  # a log is no input
    read = {**{path: content_digest(path) for path in unwritten}, **traces.digests()}
    read = {path: found for path, found in read.items() if path not in unit.files}
    asks = any(asks_beyond_text(Path(file)) for file in unit.files)
    untraced = traces.untraced or ("the state of files, of the clock or of the machine" if asks else "")
    return encode(dataclasses.replace(result, read=read, untraced=untraced))


def _performed(unit: Unit) -> bytes:
    try:
        if files_digest(Path(file) for file in unit.files) != unit.digest:
            return encode(
                PartResult(error=f"{unit.part}: {unit.source} was changed while the run went on; run it again")
            )
        claim = find(unit.source, unit.key)
        if unit.says and unit.says != said_by(claim):
            return encode(PartResult(error=f"{unit.part}: {unit.source} {_ANOTHER}"))
    except BaseException:  # noqa: BLE001 - a user's file may raise anything, exits included
        return encode(PartResult(error=f"{unit.part}: {traceback.format_exc(limit=-6)}"))
    return guarded(claim, unit.part, Effort(unit.effort), unit.seed, tests=unit.tests, interruptible=False)


def guarded(claim: Claim, part: Part, effort: Effort, seed: int, *, tests: int, interruptible: bool = True) -> bytes:
    """Run one part, as `run_part` does, and return its `PartResult` as JSON, whatever the claim's code raises.

    ``interruptible`` says that a KeyboardInterrupt comes from the keyboard, and not from the claim's code.
    """
    with one_at_a_time, contained():
        try:
            result = run_part(claim, part, effort, seed, tests=tests)
        except BaseException as error:  # SystemExit and the like are no way out of a trial
            if interruptible and isinstance(error, KeyboardInterrupt):
                raise
            result = PartResult(error=f"{part}: {traceback.format_exc(limit=-6)}")
        return _recorded(result, part)


def _recorded(result: PartResult, part: Part) -> bytes:
    """The result as JSON; one that cannot be written, or not be read back, is an error of the claim."""
    result = dataclasses.replace(result, error=shortened(result.error))
    try:
        payload = encode(result)
        decode(payload, PartResult)
    except (CorruptedRecordError, TypeError, ValueError, OverflowError, RecursionError) as error:
        message = f"{part}: what it found cannot be recorded: {error}"
        return encode(PartResult(error=message, seconds=result.seconds))
    return payload


@contextmanager
def contained() -> Iterator[None]:
    """Undo, at the end, what code did to its process: folder, streams, environment, precision, rounding, generators."""
    environment, depth, rounding = dict(os.environ), sys.getrecursionlimit(), floating_point_state()
    bits, digits = flint.ctx.prec, mpmath.mp.prec
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 - the caller's, to be given back
    try:
        with undisturbed():
            yield
    finally:
        restore_floating_point(rounding)
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002 - as above
        flint.ctx.prec, mpmath.mp.prec = bits, digits
        sys.setrecursionlimit(depth)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
