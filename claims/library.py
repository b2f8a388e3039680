"""Finding claims: the package's papers, and users' own files and folders."""

from __future__ import annotations

import difflib
import fnmatch
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from lemmata.claims.index import Entry, entries, sources
from lemmata.claims.language.errors import UnknownKeyError
from lemmata.claims.probe import trouble_with
from lemmata.claims.undisturbed import undisturbed
from lemmata.claims.user_files import (
    USERS,
    changes_beside,
    execute,
    files_in,
    importing_beside,
    is_helper,
    note_loaded,
    without_exit_functions,
)

if TYPE_CHECKING:
    from lemmata.claims.language.claim import Claim

_MOST_FILES = 1000
_NO_CLAIM = "defines no claim at its top level"


@dataclass(frozen=True)
class Located:
    """A claim and where it is written: a module name, or the path of a user's file as it was given."""

    claim: Claim
    source: str


@dataclass(frozen=True)
class Library:
    """What was found for a selection; a file that could not be read does not hide the others.

    ``failures`` are pairs of a source and the traceback of its import.
    """

    claims: tuple[Located, ...]
    failures: tuple[tuple[str, str], ...] = ()


def load(selection: Sequence[str] = (), *, probed: bool = False) -> Library:
    """The claims that a selection names; an empty one names all of the package.

    Each entry is a claim key, a glob of keys, a paper key, or the path of a file or folder of claims; ``file.py::name``
    is one claim of a file, by its variable or the last part of its key. Of the
    package only the modules are imported that hold what is named.

    With ``probed`` a user's file is first read in a copy of this process, so that one that ends its process or
    never ends is a failure like any other.

    Raises:
        UnknownKeyError: an entry matches no claim and is no path; the message shows near matches.
    """
    found: dict[str, Located] = {}
    failures: dict[str, str] = {}
    for entry in selection or ["*"]:
        path, _, one = entry.partition("::")
        claims, failed = _from_path(Path(path), probed=probed) if is_path(path) else _from_package(entry)
        if one:
            claims, failed = _only(one, claims, failed, path)
        failures.update(failed)
        for located in claims:
            known = found.setdefault(located.claim.key, located)
            if known.claim is not located.claim:
                failures[located.source] = (
                    f"{located.claim.key} is written in {known.source} already; give this claim another key"
                )
    return Library(tuple(found.values()), tuple(failures.items()))


def listed(
    selection: Sequence[str] = (), *, probed: bool = False
) -> tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]:
    """Key, title, status, reading and kind of the claims that a selection names, and what could not be read.

    The package's papers are not imported for it; users' files are, with ``probed`` in a copy first, as by `load`.

    Raises:
        UnknownKeyError: as `load`.
    """
    found: dict[str, Entry] = {}
    failures: dict[str, str] = {}
    for entry in selection or ["*"]:
        if is_path(entry.partition("::")[0]):
            library = load([entry], probed=probed)
            failures.update(library.failures)
            named = [entry_of(located) for located in library.claims]
        else:
            named = entries_of(entry)
        for known in named:
            found.setdefault(known.key, known)
    return tuple(found.values()), tuple(failures.items())


def entry_of(located: Located) -> Entry:
    """What a list says of a claim."""
    claim = located.claim
    return Entry(
        key=claim.key,
        title=claim.title,
        status=claim.status.value,
        reading=claim.reading.value,
        kind=type(claim.then).__name__,
        source=located.source,
    )


def find(source: str, key: str) -> Claim:
    """One claim by its source and key, as ``Located`` names it.

    Raises:
        UnknownKeyError: the source no longer has such a claim, or can no longer be read.
    """
    if source.endswith(".py"):
        claims, failures = _from_file(Path(source))
    else:
        claims, failures = _in_module(source, key)
    for located in claims:
        if located.claim.key == key:
            return located.claim
    raise UnknownKeyError(f"{source} has no claim {key!r}" + "".join(f"; {text}" for text in failures.values()))


def _in_module(source: str, key: str) -> tuple[list[Located], dict[str, str]]:
    """The claims of a module of the package; where it has another name by now, of the module that holds the key."""
    if source not in sources():
        source = next((known.source for known in entries() if known.key == key), source)
    try:
        return _claims_in(importlib.import_module(source), source), {}
    except ModuleNotFoundError:
        return [], {source: f"{source} is no module of this version of lemmata"}


def is_path(entry: str) -> bool:
    """Whether an entry of a selection is a user's file or folder, and no key."""
    return entry.endswith(".py") or (bool(entry) and Path(entry).is_dir())


def _from_package(entry: str) -> tuple[list[Located], dict[str, str]]:
    """The package's claims that a key, a glob or a paper's key names, and the modules that could not be imported."""
    everything = entry == "*"
    wanted = sources() if everything else _sources_of(entry)
    claims: list[Located] = []
    failures: dict[str, str] = {}
    for source in wanted:
        found, failed = imported_paper(source)
        claims += [located for located in found if everything or _names(entry, located.claim.key)]
        failures.update(failed)
    return claims, failures


def _sources_of(entry: str) -> tuple[str, ...]:
    """The modules that hold what an entry names, in the package's order."""
    return tuple(dict.fromkeys(known.source for known in entries_of(entry)))


def entries_of(entry: str) -> list[Entry]:
    """The package's claims that an entry names; of a plain key only its own paper is read."""
    for paper in (entry.split("/", maxsplit=1)[0], ""):
        if matched := [one for one in entries(paper) if _names(entry, one.key)]:
            return matched
    raise UnknownKeyError(_unknown(entry, [known.key for known in entries()]))


def _names(entry: str, key: str) -> bool:
    return fnmatch.fnmatchcase(key, entry) or key.split("/", maxsplit=1)[0] == entry


def _unknown(entry: str, keys: Sequence[str]) -> str:
    names = [*keys, *sorted({key.split("/")[0] for key in keys}), *(key.split("/")[1] for key in keys)]
    near = difflib.get_close_matches(entry, names, n=3, cutoff=0.5)
    full = [key for key in keys if any(name in (key, key.split("/")[1]) for name in near)] or near
    hint = f"did you mean {', '.join(full)}?" if full else "`lemmata list` shows all keys"
    file, _, name = entry.partition("/")
    if name and Path(f"{file}.py").is_file():
        hint = f"a claim of a file is named {file}.py::{name}"
    return f"no claim matches {entry!r}, and it is no .py file or folder; {hint}"


@cache
def imported_paper(source: str) -> tuple[tuple[Located, ...], dict[str, str]]:
    """The claims of a module of the package, and why it cannot be imported, if so."""
    try:
        return tuple(_claims_in(importlib.import_module(source), source)), {}
    except Exception:  # noqa: BLE001 - one broken paper must not hide the others
        return (), {source: traceback.format_exc(limit=-4)}


def _claims_in(module: ModuleType, source: str) -> list[Located]:
    """The module's claims in the order in which they are written."""
    from lemmata.claims.language.claim import Claim  # with it comes sympy, which a list of keys does not need

    return [Located(value, source) for value in vars(module).values() if isinstance(value, Claim)]


def _from_path(path: Path, *, probed: bool = False) -> tuple[list[Located], dict[str, str]]:
    if path.is_dir():
        files = files_in(path)
        if not files:
            return [], {str(path): "the folder holds no .py file; `lemmata new NAME` writes one to start from"}
        if len(files) > _MOST_FILES:
            many = f"the folder holds {len(files):,} .py files, and each of them would be executed"
            return [], {str(path): f"{many}; name one of at most {_MOST_FILES:,} that holds your claims"}
    else:
        files = [path]
    claims: list[Located] = []
    failures: dict[str, str] = {}
    helpers: dict[str, str] = {}
    for file in files:
        more, failed = _from_file(file, probed=probed)
        claims += more
        (helpers if _NO_CLAIM in str(failed) and is_helper(file) else failures).update(failed)
    return claims, failures if claims else helpers | failures


def _only(
    name: str, claims: list[Located], failures: dict[str, str], path: str
) -> tuple[list[Located], dict[str, str]]:
    """The claim of a file that a name means; what else of the file cannot be read is passed over if it is found."""
    names = [located.claim.key.split("/")[1] for located in claims]
    wanted = [located for located, own in zip(claims, names, strict=True) if own == name.replace("_", "-")]
    if wanted or failures:
        return wanted, {} if wanted else failures
    near = difflib.get_close_matches(name.replace("_", "-"), names, n=3) or names
    return [], {f"{path}::{name}": f"{path} has no claim {name!r}; it has {', '.join(near)}"}


def _from_file(path: Path, *, probed: bool = False) -> tuple[list[Located], dict[str, str]]:
    if not path.exists():
        near = difflib.get_close_matches(path.name, [file.name for file in path.absolute().parent.glob("*.py")], n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"`lemmata new {path.stem}` writes one to start from"
        return [], {str(path): f"there is no file {path}; {hint}"}
    stamp = path.stat().st_mtime_ns, changes_beside(path.resolve())
    if probed:
        importlib.import_module("lemmata.claims.language.short.statement")  # once, and not in each copy anew
        if why := trouble_with(lambda: _imported(path.resolve(), str(path), stamp)):
            return [], {str(path): f"{path} {why}"}
    claims, failures = _imported(path.resolve(), str(path), stamp)
    return [Located(claim, str(path)) for claim in claims], failures


@cache
def _imported(path: Path, source: str, stamp: tuple[int, int]) -> tuple[list[Claim], dict[str, str]]:
    """The claims of a file, imported anew when its time changes, or what lies beside: its ``stamp``."""
    from lemmata.claims.language.short.callers import gathering

    del stamp
    name = f"{USERS}{path.stem}_{abs(hash(path)):x}"
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            return [], {source: f"{source} is no Python file that can be imported"}
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        with undisturbed(), without_exit_functions(), importing_beside(path), gathering() as gathered:
            failed = execute(module, path)
        note_loaded(path)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's file may raise anything; the others are still judged
        sys.modules.pop(name, None)
        return [], {source: _explained(error, path) or traceback.format_exc(limit=-4)}
    claims = [located.claim for located in _claims_in(module, source)]
    unread = [(one.line, _explained(one.error, path) or _traced(one.error)) for one in failed]
    unread += [(one.caller.line, one.message) for one in (*gathered.broken, *gathered.lost(str(path), claims))]
    if unread:
        return claims, _by_line(source, unread)
    if not claims:
        return [], {source: f'{source} {_NO_CLAIM}; assign one: mine = conjecture("...", then=...)'}
    return claims, {}


def _by_line(source: str, unread: Sequence[tuple[int, str]]) -> dict[str, str]:
    """What could not be read of a file, in the order of its lines; of one line of a helper there may be several."""
    found: dict[str, str] = {}
    counts: dict[int, int] = {}
    for line, text in sorted(unread, key=lambda one: one[0]):
        counts[line] = counts.get(line, 0) + 1
        found[f"{source}, line {line}" + (f" ({counts[line]})" if counts[line] > 1 else "")] = text
    return found


def _traced(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-4))


def _explained(error: BaseException, path: Path) -> str:
    from lemmata.claims.language.short.mistakes import explained

    return explained(error, str(path))
