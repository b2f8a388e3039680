"""A user's file, executed one top-level statement after the other, so that one that fails hides no other."""

from __future__ import annotations
import __future__

import ast
import atexit
import builtins
import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

_INSTALLED = ("site-packages", "dist-packages")
USERS = "lemmata_user_"
"""How the names begin under which users' files are loaded."""
_OTHERS = ("__main__", "conftest")
"""Modules of another program."""
_HIDDEN = ("_", ".")
_WORDS = (b"lemmata", b"conjecture", b"Claim")
"""What a file says that states a claim, or tried to."""
_LIBRARY = tuple(os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "platstdlib"))  # noqa: PTH118


@dataclass(frozen=True)
class Failed:
    """A statement that raised.

    Attributes:
        line: its first line.
        error: what it raised.
    """

    line: int
    error: BaseException


def files_in(folder: Path) -> list[Path]:
    """The Python files below a folder, by their names.

    What is private (_helpers.py), hidden (.venv), in an environment of Python's or cannot be read is passed over.
    """
    found: list[Path] = []
    for place, below, names in os.walk(folder):
        below[:] = [name for name in below if not name.startswith(_HIDDEN) and not _is_environment(Path(place, name))]
        found += [Path(place, name) for name in names if name.endswith(".py") and not name.startswith(_HIDDEN)]
    return sorted(file for file in found if file.is_file())


def _is_environment(folder: Path) -> bool:
    return folder.name in _INSTALLED or os.path.exists(folder / "pyvenv.cfg")  # noqa: PTH110 - raises nothing


def is_helper(file: Path) -> bool:
    """Whether a file that holds no claim was not meant to: nothing in it says how one is made."""
    return not any(word in file.read_bytes() for word in _WORDS)


def execute(module: ModuleType, path: Path) -> list[Failed]:
    """Execute a file in a module, and go on after what fails; what only misses a name that failed is passed over.

    Raises:
        SyntaxError: the file is no Python.
        KeyboardInterrupt: the user wants to stop.
    """
    tree = ast.parse(path.read_bytes(), filename=str(path))
    flags, failed, lost = _future(tree), [], set[str]()
    for node in tree.body:
        code = compile(ast.Module(body=[node], type_ignores=[]), str(path), "exec", flags, dont_inherit=True)
        try:
            exec(code, module.__dict__)  # noqa: S102 - it is the user's own file
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a user's file may raise anything
            if not (isinstance(error, NameError) and error.name in lost):
                failed.append(Failed(node.lineno, error))
            lost |= set(_bound(node)) - set(vars(builtins))
    return failed


@contextmanager
def importing_beside(path: Path) -> Iterator[None]:
    """Let a file import what lies beside it, as Python does for a script, and not what lay beside another file."""
    folder = str(path.parent)
    _forget_namesakes(path.parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        with suppress(ValueError):  # the file took it away itself
            sys.path.remove(folder)


@contextmanager
def without_exit_functions() -> Iterator[None]:
    """Pass over what a file registers with `atexit`: it could keep lemmata from ending when all is said."""
    register = atexit.register

    def heard(function: Any, /, *arguments: Any, **named: Any) -> Any:
        asks = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - libraries that it imports may ask, too
        return function if asks.startswith(USERS) else register(function, *arguments, **named)

    atexit.register = heard
    try:
        yield
    finally:
        atexit.register = register


_loaded: dict[str, int] = {}
"""File of a user's module that is loaded -> its time of change then."""
_changes: dict[Path, int] = {}
"""Folder -> how often modules in it were unloaded, since they had changed."""


def changes_beside(path: Path) -> int:
    """How often modules beside a file were seen to have changed; such are unloaded, so that the file imports them anew."""
    own = os.path.join(path.parent, "")  # noqa: PTH118 - with its final separator
    stale = {file for file, time in _loaded.items() if file.startswith(own) and _time_of(file) != time}
    if stale:
        for name in [name for name, module in sys.modules.items() if getattr(module, "__file__", None) in stale]:
            del sys.modules[name]
        for file in stale:
            del _loaded[file]
        _changes[path.parent] = _changes.get(path.parent, 0) + 1
    return _changes.get(path.parent, 0)


def note_loaded(path: Path) -> None:
    """Note the time of each module beside a file that has been read, but of claims' own."""
    own = os.path.join(path.parent, "")  # noqa: PTH118 - with its final separator
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(own) and not name.startswith(USERS) and name not in _OTHERS:
            _loaded.setdefault(file, _time_of(file))


def _time_of(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns  # noqa: PTH116 - as text
    except OSError:
        return 0


def _forget_namesakes(folder: Path) -> None:
    """Unload what has the name of a file beside, and is another user's file."""
    for name, module in list(sys.modules.items()):
        first = name.partition(".")[0]
        if first in _OTHERS:
            continue
        file = getattr(module, "__file__", None) or ""
        if _is_foreign(file, folder) and (folder.joinpath(f"{first}.py").is_file() or folder.joinpath(first).is_dir()):
            del sys.modules[name]


@lru_cache(maxsize=8192)  # a process asks it of some thousand modules before each unit of work
def _is_foreign(file: str, folder: Path) -> bool:
    """Whether a loaded module's file is a user's own, in another folder."""
    own = os.path.join(folder, "")  # noqa: PTH118 - with its final separator
    return bool(file) and not file.startswith((own, *_LIBRARY)) and not set(_INSTALLED) & set(Path(file).parts)


def _future(tree: ast.Module) -> int:
    """The compiler's flags that the file's imports from __future__ ask for."""
    names = [
        one.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for one in node.names
    ]
    flags = 0
    for name in names:
        flags |= getattr(__future__, name).compiler_flag if name in __future__.all_feature_names else 0
    return flags


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement would have given a value."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        yield node.name
        return
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        if isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]
