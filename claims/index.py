"""What the package's papers claim, read from their source text: nothing of them is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = "lemmata.claims.papers"
FOLDER = Path(__file__).parent / "papers"
"""Where the papers' source text lies."""

_COMPARED = {ast.LtE: "AtMost", ast.GtE: "AtLeast"}
_STATED = {
    "at_most": "AtMost",
    "at_least": "AtLeast",
    "equals": "Identity",
    "conserved": "Conserved",
    "decreases": "Monotone",
    "increases": "Monotone",
    "selects": "Selects",
}
"""What a conjecture concludes -> the class of the conclusion."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One claim as its module writes it.

    ``status`` is the value of `Status`, ``reading`` that of `Reading`, ``kind`` the class of the conclusion; ``source``
    the module's dotted name or, for a claim of a user, the path of the file.
    """

    key: str
    title: str
    status: str
    reading: str
    kind: str
    source: str


@cache
def sources() -> tuple[str, ...]:
    """Every module of the package that may hold claims: papers by name, a paper's modules in its own order."""
    found: list[str] = []
    for path in sorted(FOLDER.iterdir()):
        if path.name.startswith(("_", ".")):
            continue
        if path.is_dir():
            found += [f"{PACKAGE}.{path.name}.{section}" for section in _sections(path)]
        elif path.suffix == ".py":
            found.append(f"{PACKAGE}.{path.stem}")
    return tuple(found)


@cache
def entries(paper: str = "") -> tuple[Entry, ...]:
    """Every claim of the package, or of one paper by its key, in the order of `sources` and of the modules' text.

    A module whose text is no Python has no entries; importing it tells why.
    """
    wanted = [source for source in sources() if not paper or source.split(".")[len(PACKAGE.split("."))] == paper]
    return tuple(entry for source in wanted for entry in _entries_in(source))


def unreadable() -> tuple[str, ...]:
    """The modules of `sources` whose text is no Python; importing one tells why."""
    return tuple(source for source in sources() if not _module(source).body)


def _sections(folder: Path) -> list[str]:
    """The public modules of a paper's folder: those that its PAPER names in order, then the rest by name."""
    present = {file.stem for file in folder.glob("*.py") if not file.name.startswith("_")}
    named = [name for name in _named_sections(folder / "__init__.py") if name in present]
    return named + sorted(present - set(named))


def _named_sections(file: Path) -> list[str]:
    if not file.exists():
        return []
    for call in assigned_calls(parsed(file)).values():
        for keyword in call.keywords:
            if keyword.arg == "sections":
                return list(ast.literal_eval(keyword.value))
    return []


def _entries_in(source: str) -> Iterator[Entry]:
    for call in assigned_calls(_module(source)).values():
        if _name_of(call.func) not in ("Claim", "conjecture"):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        title = call.args[0] if call.args else given.get("title")
        yield Entry(
            key=_text(given.get("key")),
            title=_text(title),
            status=_member(given.get("status")),
            reading=_member(given.get("reading")) or "as stated",
            kind=_kind(given.get("then"), source),
            source=source,
        )


def _module(source: str) -> ast.Module:
    return parsed(FOLDER / (source.removeprefix(f"{PACKAGE}.").replace(".", "/") + ".py"))


@cache
def parsed(file: Path) -> ast.Module:
    """The syntax tree of a module, an empty one where its text is no Python."""
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def assigned_calls(tree: ast.Module) -> dict[str, ast.Call]:
    """The calls whose value a name at the module's top level takes."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _kind(then: ast.expr | None, source: str) -> str:
    """The class of a conclusion: a call, a name for one, another with parts replaced, or made by a function here."""
    tree = _module(source)
    if isinstance(then, ast.Name):
        calls = assigned_calls(tree)
        return _kind(calls[then.id], source) if then.id in calls else _imported_kind(then, tree)
    if isinstance(then, ast.Compare):
        return _COMPARED.get(type(then.ops[0]), "")
    if not isinstance(then, ast.Call):
        return ""
    name = _name_of(then.func)
    if name in _STATED:
        return _STATED[name]
    if name == "replace" and then.args:
        return _kind(then.args[0], source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name and node.returns is not None:
            return _name_of(node.returns)
    return name


def _imported_kind(then: ast.Name, tree: ast.Module) -> str:
    papers = (node for node in tree.body if isinstance(node, ast.ImportFrom) and str(node.module).startswith(PACKAGE))
    for node in papers:
        if then.id in (alias.name for alias in node.names):
            return _kind(then, str(node.module))
    return ""


def _member(node: ast.expr | None) -> str:
    """The value of a member of an enumeration as it is shown: its name in lower case, in words."""
    return node.attr.lower().replace("_", " ") if isinstance(node, ast.Attribute) else ""


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
