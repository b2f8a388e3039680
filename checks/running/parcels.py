"""A unit of work for another machine: the user's files travel as text, and both sides must be the same lemmata."""

from __future__ import annotations

import dataclasses
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from lemmata.checks._digest import digest
from lemmata.checks._part_result import PartResult
from lemmata.checks.records import decode, encode
from lemmata.checks.running.guard import one_at_a_time, perform
from lemmata.checks.running.sources import files_digest, is_file, own_digest, versions
from lemmata.checks.running.unit import Unit
from lemmata.solvers.engine import keep_freed_memory


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A unit with the text that it rests on: plain data."""

    unit: Unit
    texts: tuple[tuple[str, bytes], ...]
    """Path of each of the unit's files below their common folder, and its content."""
    own: str
    """The same path of the claim's own file; empty for a claim of the package."""
    lemmata: str
    """`side` of the sender."""


def side() -> str:
    """What must be the same on both sides: lemmata's text, Python's and the libraries' versions."""
    return digest(own_digest(), *(f"{name} {number}" for name, number in sorted(_versions().items())))


@cache
def _versions() -> dict[str, str]:
    """Looked up once a process, and not for every unit: it takes milliseconds."""
    return versions()


def packed(unit: Unit) -> Parcel:
    """A unit with its texts, as they are when the first unit of theirs is packed."""
    if not is_file(unit.source):
        return Parcel(unit=unit, texts=(), own="", lemmata=side())
    root = os.path.commonpath([Path(file).parent for file in unit.files])
    own = os.path.relpath(Path(unit.folder, unit.source), root)  # a thread may have gone to another folder
    return Parcel(unit=unit, texts=_texts(unit.files, root, unit.digest), own=own, lemmata=side())


@lru_cache(maxsize=64)
def _texts(files: tuple[str, ...], root: str, digest_of_all: str) -> tuple[tuple[str, bytes], ...]:
    """The files below their common folder, read once and held once for all units that rest on this text of theirs."""
    del digest_of_all  # the worker compares it
    return tuple((os.path.relpath(file, root), Path(file).read_bytes()) for file in files)


def perform_parcel(parcel: Parcel) -> bytes:
    """Run a unit where its files are not: they are laid out as they were, in a folder of their own digest.

    Whatever lies at the sender's paths on this machine is not looked at. In threads of one process they run one after
    the other. Returns what `opened` takes: the unit's name on a line, and its `PartResult` as JSON.
    """
    return _label(parcel.unit) + _answered(parcel)


def opened(answer: bytes, unit: Unit) -> PartResult:
    """The result in an answer of `perform_parcel`.

    Raises:
        AnotherUnitError: it is the answer to another unit.
        CorruptedRecordError: it is no answer at all.
    """
    label = _label(unit)
    if not answer.startswith(label):
        raise AnotherUnitError(f"it answered with the result of another unit than {unit.name}; mend it")
    return decode(answer.removeprefix(label), PartResult)


class AnotherUnitError(Exception):
    """An executor has mixed up its answers."""


def _label(unit: Unit) -> bytes:
    return unit.name.encode("unicode_escape") + b"\n"


def _answered(parcel: Parcel) -> bytes:
    with one_at_a_time:
        _prepared()
        if parcel.lemmata != side():
            error = f"{parcel.unit.part}: this worker runs another lemmata, or other versions of its libraries, than"
            return encode(PartResult(error=f"{error} the sender; install the same on both"))
        before = Path.cwd()
        try:
            return _performed(parcel)
        finally:
            os.chdir(before)


def _performed(parcel: Parcel) -> bytes:
    unit = parcel.unit
    if not parcel.own:
        return perform(unit)
    folder = _laid_out(parcel.texts)
    _forget_others(folder)
    files = tuple(str(folder / place) for place, _ in parcel.texts)
    for beside in {str(Path(file).parent) for file in files}:
        if beside not in sys.path:
            sys.path.insert(0, beside)
    here = dataclasses.replace(
        unit,
        source=str(folder / parcel.own),
        files=files,
        digest=files_digest(Path(file) for file in files),
        folder=str(folder),
    )
    if here.digest != unit.digest:
        return encode(PartResult(error=f"{unit.part}: {unit.source} was changed while the run went on; run it again"))
    return perform(here)


@cache
def _prepared() -> None:
    """Once a process: what a worker process of lemmata's own does, too."""
    keep_freed_memory()


@cache
def _place() -> Path:
    return Path(tempfile.mkdtemp(prefix="lemmata-parcels-"))


@cache
def _laid_out(texts: tuple[tuple[str, bytes], ...]) -> Path:
    folder = _place() / digest(*(field for text in texts for field in text))[:24]
    for place, content in texts:
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def _forget_others(folder: Path) -> None:
    """Unload what other parcels brought: a helper of the same name must not stand in for this one's."""
    root, own = str(_place()) + os.sep, str(folder) + os.sep
    sys.path[:] = [entry for entry in sys.path if not f"{entry}{os.sep}".startswith(root)]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(root) and not file.startswith(own):
            del sys.modules[name]
