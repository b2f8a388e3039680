"""What a result depends on: the text of a claim, of what it imports, of lemmata itself, and the versions."""

from __future__ import annotations

import ast
import importlib.util
import os
import platform
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.machinery import all_suffixes
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lemmata.checks._budget import Effort
from lemmata.checks._digest import digest
from lemmata.checks.running.modules import folders
from lemmata.claims import Library

_PACKAGES = ("numpy", "scipy", "sympy", "mpmath", "python-flint", "numba", "scikit-learn")

_OF_VALUES = ("abc", "array", "collections", "copy", "dataclasses", "enum", "heapq", "itertools", "operator", "types")
_OF_NUMBERS = ("bisect", "cmath", "decimal", "fractions", "functools", "math", "numbers", "statistics", "struct")
_OF_TEXT = ("__future__", "contextlib", "re", "string", "textwrap", "typing", "warnings")
_READING = ("bz2", "csv", "gzip", "io", "json", "lzma", "pathlib", "tomllib", "zipfile")
_PURE = frozenset((*_OF_VALUES, *_OF_NUMBERS, *_OF_TEXT, *_READING))
"""Modules of Python's own library that tell nothing but what they are given, or what is read from a file."""
_OF_FILES = (
    *("exists", "lexists", "is_file", "is_dir", "is_symlink", "isfile", "isdir", "islink", "samefile", "access"),
    *("is_mount", "is_junction", "is_socket", "is_fifo", "is_block_device", "is_char_device", "owner", "group"),
    *("stat", "lstat", "getsize", "getmtime", "getatime", "getctime", "resolve", "readlink", "home", "expanduser"),
    *("glob", "rglob"),  # without a wildcard they look whether a file is there, and list no folder
    # what is there decides whether these fail
    *("mkdir", "rmdir", "touch", "unlink", "rename", "symlink_to", "hardlink_to", "chmod"),
)
_OF_MACHINE = (
    *("today", "now", "utcnow", "datetime64"),
    *("argv", "flags", "gethostname", "os", "sys", "hash", "id", "input"),
)
_UNREAD = ("__import__", "eval", "exec", "compile", "globals", "importlib", "builtins", "__builtins__", "__loader__")
"""Names by which code comes to other code that no import names."""
_BEYOND_TEXT = frozenset((*_OF_FILES, *_OF_MACHINE, *_UNREAD, "SystemRandom"))
"""Names under which Python tells the state of files, of the clock and of the machine without a trace."""


_LONGEST_PATH = 255


def is_file(source: str) -> bool:
    """Whether a claim's source is a user's file, and not a module of the package."""
    return source.endswith(".py")


def source_files(source: str) -> list[Path]:
    """A user's file and, recursively, what it imports from beside it or from a folder it has put on the path.

    What is installed, and Python's own library, is left out; of a claim of the package the list is empty.
    """
    if not is_file(source):
        return []
    found: dict[Path, None] = {}
    waiting = [Path(source).absolute()]
    while waiting:
        file = waiting.pop()
        if file not in found and file.exists():
            found[file] = None
            waiting += _imported_files(file)
    return sorted(found)


def asks_beyond_text(file: Path) -> bool:
    """Whether a file's code may ask for what neither its text nor what it reads tells: that a file is there, the date.

    So may all that imports a module of Python's own library of which nobody has seen that it does not.
    """
    content = _content(file)
    if not isinstance(content, bytes):
        return False
    return bool(_names(content) & _BEYOND_TEXT or imported_names([file]) & sys.stdlib_module_names - _PURE)


def source_digest(source: str) -> str:
    """A digest of the text that a claim rests on: the user's file with what it imports, or lemmata's own code."""
    return files_digest(source_files(source)) if is_file(source) else own_digest()


def files_digest(files: Iterable[Path]) -> str:
    """A digest of the content of some files, in the order given; one that cannot be read counts as missing."""
    return digest(*(_content(file) for file in files))


def fingerprint(library: Library, effort: Effort, seed: int) -> str:
    """A digest of everything a result depends on: claims, code, versions, effort and seed."""
    facts = [f"{name} {number}" for name, number in sorted(versions().items())]
    claims = [field for located in library.claims for field in (located.source, located.claim.key)]
    texts = [source_digest(source) for source in sorted({located.source for located in library.claims})]
    return digest(effort.value, str(seed), *facts, *claims, *texts, own_digest())


def text_of(compiled: str) -> str:
    """The file whose compiled form this is; itself if it is none."""
    try:
        return importlib.util.source_from_cache(compiled)
    except ValueError:
        return compiled


def versions() -> dict[str, str]:
    """Python's version and those of lemmata and the libraries that it computes with."""
    found = {"python": platform.python_version()}
    for name in ("lemmata", *_PACKAGES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def own_code() -> list[Path]:
    """Every source file of lemmata that a result may depend on."""
    packages = [folders()[f"lemmata.{name}"] for name in ("claims", "checks", "solvers")]
    return sorted(file for folder in packages for file in folder.rglob("*.py"))


@cache
def own_digest() -> str:
    """A digest of the text of lemmata that a result may depend on."""
    return files_digest(own_code())


def _content(file: Path) -> bytes | str:
    try:
        return file.read_bytes()
    except OSError:
        return f"missing: {file.name}"


def _nodes(text: bytes) -> list[ast.AST]:
    """All parts of a text of Python; none where it is no Python."""
    try:
        return list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return []


@lru_cache(maxsize=256)
def _names(text: bytes) -> frozenset[str]:
    """The names and attributes that a text of Python uses."""
    nodes = _nodes(text)
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return frozenset(used | {node.name for node in nodes if isinstance(node, ast.alias)})


@lru_cache(maxsize=256)
def _texts_in(text: bytes) -> frozenset[str]:
    """The strings in a text of Python that could be the path of a file, joined as by ``/`` and ``join`` as well."""
    strings = ("/".join(_words_of(node)) for node in _nodes(text) if isinstance(node, ast.expr))
    return frozenset(one for one in strings if 0 < len(one) <= _LONGEST_PATH and not set(one) & set("\n\0"))


def _words_of(node: ast.expr) -> list[str]:
    """The texts that an expression holds as they would follow each other in a path."""
    match node:
        case ast.Constant(value=str(word)):
            return [word]
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return [*_words_of(left), *_words_of(right)]
        case ast.Call(args=arguments):
            return [word for one in arguments for word in _words_of(one)]
    return []


@lru_cache(maxsize=256)
def _imports(text: bytes) -> tuple[tuple[int, str], ...]:
    """What a text of Python imports: by how many folders up (0: by its full name), and each dotted name.

    Nothing where it is no Python. A text is parsed once, however often it is asked for.
    """
    found: list[tuple[int, str]] = []
    for node in _nodes(text):
        if isinstance(node, ast.Import):
            found += [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = f"{node.module}." if node.module else ""
            found += [(node.level, f"{start}{alias.name}") for alias in node.names]
    return tuple(found)


def _imports_of(file: Path) -> tuple[tuple[int, str], ...]:
    """What a file imports; nothing where it cannot be read."""
    try:
        return _imports(file.read_bytes())
    except OSError:
        return ()


def _imported_files(file: Path) -> list[Path]:
    """Whatever Python may take for what a file imports: of compiled modules, too, and of those that others hide.

    One that appears later is then a change of what the file rests on, though nothing could be read of it before.
    """
    found: list[Path] = []
    users = [Path(entry) for entry in sys.path if entry and not os.path.join(entry, "").startswith(installed())]  # noqa: PTH118
    for folder, name in _imported_names(file):
        for start in dict.fromkeys((folder, *users)):
            place = start.joinpath(*name.split("."))
            kinds = [place.with_name(f"{place.name}{suffix}") for suffix in all_suffixes()]
            found += [path for path in (*kinds, place / "__init__.py") if path.is_file()]
        found += _loaded_file(name)
    return found


def named_files(file: Path, folder: Path) -> list[str]:
    """The files that a file's text names, as absolute paths: code that is not Python's reads them without a trace."""
    content = _content(file)
    texts = _texts_in(content) if isinstance(content, bytes) else frozenset()
    places = {os.path.abspath(start / text) for text in texts for start in (folder, file.parent)}  # noqa: PTH100
    return sorted(place for place in places if os.path.isfile(place))  # noqa: PTH113 - a text may be no path at all


def imported_names(files: Iterable[Path]) -> set[str]:
    """The first words of all that some files import by their full names."""
    return {name.split(".")[0] for file in files for level, name in _imports_of(file) if not level}


def _imported_names(file: Path) -> Iterator[tuple[Path, str]]:
    """Each dotted name that is imported, and every package on the way to it, with the folder to look in."""
    for level, name in _imports_of(file):
        base = file.parent.joinpath(*[".."] * (level - 1)) if level else file.parent
        words = name.split(".")
        yield from ((base, ".".join(words[: count + 1])) for count in range(len(words)))


def _loaded_file(name: str) -> list[Path]:
    """The file of a module that is loaded and is neither installed nor Python's own."""
    place = getattr(sys.modules.get(name), "__file__", None)
    if not place or not place.endswith(".py"):
        return []
    path = os.path.abspath(place)  # noqa: PTH100 - as text, to compare with the installed folders
    return [] if path.startswith(installed()) else [Path(path)]


@cache
def installed() -> tuple[str, ...]:
    """The folders of Python's own library and of what is installed, each with its final separator."""
    paths = sysconfig.get_paths()
    found = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    found |= {entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")}
    return tuple(os.path.join(folder, "") for folder in found)  # noqa: PTH118 - with its final separator
