"""The package's source as modules and imports, read without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("reports", "checks", "claims", "solvers")
"""From the top floor to the bottom one: imports run down only."""
_ITSELF = ROOT / "reports" / "lemmata"
"""The folder that is installed as `lemmata` itself."""


@cache
def modules() -> dict[str, Path]:
    """Dotted name of every module of the package, and its file."""
    found = {}
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            parts = file.relative_to(_ITSELF if _ITSELF in file.parents else ROOT).with_suffix("").parts
            name = ".".join(["lemmata", *parts]).removesuffix(".__init__")
            found[name] = file
    return found


@cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(name: str) -> Iterator[tuple[str, str]]:
    """Pairs of a module of the package and a name that ``name`` takes from it, anywhere in its text."""
    for node in ast.walk(tree(modules()[name])):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "lemmata":
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.startswith("lemmata."))


@cache
def exported(package: str) -> dict[str, tuple[str, str]]:
    """What a package's face re-exports: name to module and name there; a stub beside it counts as the face."""
    file = modules()[package]
    stub = file.with_suffix(".pyi")
    face = tree(stub if stub.exists() else file)
    return {
        alias.asname or alias.name: ((f"{package}." if node.level else "") + (node.module or ""), alias.name)
        for node in face.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def defined_in(module: str, name: str) -> str:
    """The module in which an imported name is written, faces looked through."""
    while f"{module}.{name}" not in modules():
        if module in modules() and modules()[module].name == "__init__.py" and name in exported(module):
            module, name = exported(module)[name]
        else:
            return module
    return f"{module}.{name}"


@cache
def needs(name: str) -> frozenset[str]:
    """The modules of the package whose names a module uses."""
    return frozenset(defined_in(module, used) for module, used in imported(name))
