"""What a module of the package rests on: the modules that it imports, followed through the text; none is loaded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_IMPORT = re.compile(
    rb"(?:^|[;:])[ \t]*((?:from[ \t]*[\w.]+[ \t]*)?\bimport\b[ \t]*(?:\([^)]*\)|[^\n;#]*))", re.MULTILINE
)
_ROOTS = ("lemmata", "lemmata.claims", "lemmata.checks", "lemmata.solvers")


@cache
def folders() -> dict[str, Path]:
    """The folder of each of the packages whose text a result may depend on."""
    found = {}
    for name in _ROOTS:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{name} is not installed as a package of files; install lemmata again")
        found[name] = Path(spec.origin).parent
    return found


@cache
def file_of(name: str) -> Path | None:
    """The file of a module of the package; None if there is none of that name."""
    root = next((root for root in reversed(_ROOTS) if f"{name}.".startswith(f"{root}.")), None)
    if root is None:
        return None
    place = folders()[root].joinpath(*name[len(root) :].split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def closure(names: Iterable[str], *, without: frozenset[str] = frozenset()) -> set[str]:
    """The modules of the package that are loaded, at once or later, when these are used; these among them.

    Those ``without`` which it is asked for are closed themselves: they are not looked into again.
    """
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in without and file_of(name) is not None:
            found.add(name)
            waiting += _needs(name)
    return found


def all_below(package: str) -> list[str]:
    """Every module of a package, by name."""
    place = file_of(package)
    if place is None:
        raise ModuleNotFoundError(f"lemmata has no package {package}; install it again")
    files = sorted(place.parent.rglob("*.py"))
    names = [(package, *file.relative_to(place.parent).with_suffix("").parts) for file in files]
    return [".".join(name).removesuffix(".__init__") for name in names]


@cache
def _needs(name: str) -> frozenset[str]:
    """What a module's text imports of the package, in functions too, with the packages on the way."""
    file = file_of(name)
    if file is None:
        return frozenset()
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    wanted = [one for one in _imported(imports_of(file.read_bytes()), package) if one.split(".")[0] == "lemmata"]
    parents = [".".join(one.split(".")[:count]) for one in wanted for count in range(1, one.count(".") + 1)]
    return frozenset([*wanted, *parents])


def imports_of(text: bytes) -> list[ast.Import | ast.ImportFrom]:
    """The statements of a text of Python that import, in functions and one-line blocks too, each at least once.

    They are found by their words, and only they are parsed, which takes a tenth of the time; where that fails, as on
    a sentence of a docstring that begins with such a word, the whole text is.
    """
    try:
        tree = ast.parse(b"\n".join(_IMPORT.findall(text)))
    except SyntaxError:
        tree = ast.parse(text)
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def _imported(statements: Iterable[ast.Import | ast.ImportFrom], package: str) -> Iterator[str]:
    for node in statements:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            base = ".".join(package.split(".")[: len(package.split(".")) + 1 - node.level]) if node.level else ""
            start = ".".join(part for part in (base, node.module) if part)
            yield start
            for alias in node.names:
                yield f"{start}.{alias.name}"
                yield from _promised(start, alias.name)


def _promised(package: str, name: str) -> list[str]:
    """Where a name comes from that a package's face promises and loads when it is first used."""
    promises = _promises(package)
    return list(promises.values()) if name == "*" else [promises[name]] if name in promises else []


@cache
def _promises(package: str) -> dict[str, str]:
    file = file_of(package)
    stub = file.with_suffix(".pyi") if file is not None else None
    if stub is None or not stub.is_file():
        return {}
    return {
        alias.asname or alias.name: f"{package}.{node.module}"
        for node in ast.parse(stub.read_bytes()).body
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
