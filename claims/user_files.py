"""A user's file, executed one top-level statement after the other, so that one that fails hides no other."""

from __future__ import annotations
import __future__

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True)
class Failed:
    """A statement that raised.

    Attributes:
        line: its first line.
        error: what it raised.
    """

    line: int
    error: BaseException


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
