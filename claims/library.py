"""Finding claims: the package's papers, and users' own files and folders."""

from __future__ import annotations

import difflib
import fnmatch
import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from lemmata.claims.language.claim import Claim
from lemmata.claims.language.errors import UnknownKeyError

PACKAGE = "lemmata.claims.papers"


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


def load(selection: Sequence[str] = ()) -> Library:
    """The claims that a selection names; an empty one names all of the package.

    Each entry is a claim key, a glob of keys, a paper key, or the path of a file or folder of claims.

    Raises:
        UnknownKeyError: an entry matches no claim and is no path; the message shows near matches.
    """
    found: dict[str, Located] = {}
    failures: dict[str, str] = {}
    package, package_failures = _package()
    for entry in selection or ["*"]:
        if _is_path(entry):
            claims, failed = _from_path(Path(entry))
            failures.update(failed)
        else:
            claims = _matching(entry, package, hide_unknown=bool(package_failures))
            failures.update(package_failures)
        for located in claims:
            known = found.setdefault(located.claim.key, located)
            if known.claim is not located.claim:
                failures[located.source] = (
                    f"{located.claim.key} is written in {known.source} already; give this claim another key"
                )
    return Library(tuple(found.values()), tuple(failures.items()))


def find(source: str, key: str) -> Claim:
    """One claim by its source and key, as ``Located`` names it.

    Raises:
        UnknownKeyError: the source no longer has such a claim, or can no longer be read.
    """
    if source.endswith(".py"):
        claims, failures = _from_file(Path(source))
    else:
        claims, failures = _claims_in(importlib.import_module(source), source), {}
    for located in claims:
        if located.claim.key == key:
            return located.claim
    raise UnknownKeyError(f"{source} has no claim {key!r}" + "".join(f"; {text}" for text in failures.values()))


def _is_path(entry: str) -> bool:
    return entry.endswith(".py") or (bool(entry) and Path(entry).is_dir())


@cache
def _package() -> tuple[tuple[Located, ...], dict[str, str]]:
    package = importlib.import_module(PACKAGE)
    walked = pkgutil.walk_packages(package.__path__, f"{PACKAGE}.")
    names = [info.name for info in walked if not info.name.rpartition(".")[2].startswith("_")]
    claims: list[Located] = []
    failures: dict[str, str] = {}
    for source in sorted(names):
        try:
            claims += _claims_in(importlib.import_module(source), source)
        except Exception:  # noqa: BLE001 - one broken paper must not hide the others
            failures[source] = traceback.format_exc(limit=-4)
    return tuple(claims), failures


def _claims_in(module: ModuleType, source: str) -> list[Located]:
    """The module's claims in the order in which they are written."""
    return [Located(value, source) for value in vars(module).values() if isinstance(value, Claim)]


def _matching(entry: str, claims: Iterable[Located], *, hide_unknown: bool) -> list[Located]:
    everything = list(claims)
    matched = [
        located
        for located in everything
        if fnmatch.fnmatchcase(located.claim.key, entry) or located.claim.key.split("/")[0] == entry
    ]
    if not matched and not hide_unknown:
        keys = [located.claim.key for located in everything]
        names = keys + sorted({key.split("/")[0] for key in keys}) + [key.split("/")[1] for key in keys]
        near = difflib.get_close_matches(entry, names, n=3, cutoff=0.5)
        full = [key for key in keys if any(name in (key, key.split("/")[1]) for name in near)] or near
        hint = f"did you mean {', '.join(full)}?" if full else "`lemmata list` shows all keys"
        raise UnknownKeyError(f"no claim matches {entry!r}, and it is no .py file or folder; {hint}")
    return matched


def _from_path(path: Path) -> tuple[list[Located], dict[str, str]]:
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.py") if not _is_hidden(file.relative_to(path)))
        if not files:
            return [], {str(path): "the folder holds no .py file; `lemmata new NAME` writes one to start from"}
    else:
        files = [path]
    claims: list[Located] = []
    failures: dict[str, str] = {}
    for file in files:
        more, failed = _from_file(file)
        claims += more
        failures.update(failed)
    return claims, failures


def _is_hidden(path: Path) -> bool:
    """Whether a file, or a folder it is in, is private (_helpers.py) or hidden (.venv)."""
    return any(part.startswith(("_", ".")) for part in path.parts)


def _from_file(path: Path) -> tuple[list[Located], dict[str, str]]:
    if not path.exists():
        near = difflib.get_close_matches(path.name, [file.name for file in path.absolute().parent.glob("*.py")], n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"`lemmata new {path.stem}` writes one to start from"
        return [], {str(path): f"there is no file {path}; {hint}"}
    claims, failures = _imported(path.resolve(), str(path), path.stat().st_mtime_ns)
    return [Located(claim, str(path)) for claim in claims], failures


@cache
def _imported(path: Path, source: str, stamp: int) -> tuple[list[Claim], dict[str, str]]:
    """The claims of a file, imported anew when its time ``stamp`` changes."""
    del stamp
    name = f"lemmata_user_{path.stem}_{abs(hash(path)):x}"
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            return [], {source: f"{source} is no Python file that can be imported"}
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    except (Exception, SystemExit):  # noqa: BLE001 - a user's file may raise anything; the others are still judged
        sys.modules.pop(name, None)
        return [], {source: traceback.format_exc(limit=-4)}
    claims = [located.claim for located in _claims_in(module, source)]
    if not claims:
        return [], {source: f"{source} defines no claim at its top level; assign one: my_claim = Claim(...)"}
    return claims, {}
