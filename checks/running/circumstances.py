"""What a claim's evidence holds under, as one digest: its text and what that rests on, versions, machine, and run."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

from lemmata.checks._budget import Effort
from lemmata.checks._digest import digest
from lemmata.checks.running import modules
from lemmata.checks.running.sources import imported_names, is_file, own_digest, source_files

_STEERING = ("NUMBA_", "OPENBLAS_", "MKL_", "OMP_", "NPY_", "SYMPY_", "MPMATH_", "BLIS_", "PYTHON", "LEMMATA_")
"""Beginnings of the names of environment variables that libraries listen to."""
_SHARED = ("lemmata.checks", "lemmata.claims.language", "lemmata.solvers.numbers", "lemmata.solvers.engine")
"""What every trial runs through; whole, since some of it is chosen by what a claim holds."""


def circumstances(key: str, text: str, *, effort: Effort, seed: int) -> str:
    """A digest of all that the verdict on a claim may depend on, except what a run decides and what its code reads.

    Args:
        key: the claim's; how its module or file is called makes no difference.
        text: `text_digest` of its source.
        effort: how hard to try.
        seed: every random draw derives from it.
    """
    return digest("circumstances", key, text, effort.value, seed, *_machine())


def text_digest(source: str) -> str:
    """A digest of the text of a module or file of claims, and of all the text that it rests on."""
    return digest(*(_user_texts(source) if is_file(source) else _package_texts(source)))


@cache
def _machine() -> tuple[str, ...]:
    """Versions, processor and the environment that libraries listen to."""
    wanted = sorted({line.split(";")[0].strip() for line in requires("lemmata") or () if "extra ==" not in line})
    names = ["lemmata", *(_bare(one) for one in wanted), "llvmlite", "clarabel"]
    steering = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith(_STEERING)]
    python = (platform.python_implementation(), platform.python_version(), platform.system(), platform.machine())
    return (*python, str(sys.flags), _processor(), *(f"{name} {_version(name)}" for name in names), *steering)


def _bare(requirement: str) -> str:
    """The name in front of a requirement's bounds."""
    return next((requirement[:at] for at, letter in enumerate(requirement) if letter in "<>=!~[ ("), requirement)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    """What kinds of instructions the processor has: libraries choose their sums by it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return "\n".join(next((line for line in lines if line.startswith(name)), "") for name in ("model name", "flags"))


@cache
def _package_texts(source: str) -> tuple[str, ...]:
    """Of a module of the package: its own text, and by name that of all it rests on."""
    above = [source.rsplit(".", count)[0] for count in range(1, source.count("."))]
    rest = modules.closure((source, *above), without=_shared()) - {source}
    return _text(source), _shared_digest(), *(field for name in sorted(rest) for field in (name, _text(name)))


@cache
def _shared() -> frozenset[str]:
    names = [name for package in _SHARED for name in modules.all_below(package)]
    return frozenset(modules.closure(names))


@cache
def _shared_digest() -> str:
    return digest(*(field for name in sorted(_shared()) for field in (name, _text(name))))


@cache
def _text(name: str) -> str:
    """A digest of a module's text, and of what its face promises."""
    file = modules.file_of(name)
    beside = [] if file is None else [file, file.with_suffix(".pyi")]
    return digest(*(one.read_bytes() for one in beside if one.is_file()))


def _user_texts(source: str) -> Iterator[str | bytes]:
    """Of a user's file: its text, its helpers' by their place, all of lemmata's, and what it uses besides.

    So does its folder: what it reads from there is another file elsewhere. Its name counts where it asks for that.
    """
    own = Path(source).absolute()
    files = source_files(source)
    yield from ("user", _content(own), own_digest(), str(Path.cwd()), str(own.parent))
    if any(b"__file__" in _content(file) for file in files):
        yield own.name
    for file in files:
        if file != own:
            yield from (os.path.relpath(file, own.parent), _content(file))
    yield from sorted(f"{name} {_installed_version(name)}" for name in imported_names(files))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


@cache
def _installed_version(name: str) -> str:
    """The version of what is imported under a name; its own text counts where it is no installed package."""
    if name in sys.stdlib_module_names or name == "lemmata":
        return ""
    found = _version(name)
    if found != "not installed":
        return found
    return " ".join(f"{one} {_version(one)}" for one in packages_distributions().get(name, ()))
