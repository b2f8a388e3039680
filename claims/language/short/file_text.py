"""A user's file as text, looked through once for all the conjectures that are in it: its calls, functions and names."""

from __future__ import annotations

import ast
import linecache
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType

Assignments = Mapping[str, Sequence[tuple[int, ast.expr]]]
"""Name -> the line of each statement that assigns it, with what it assigns, in the order of the text."""
Extent = tuple[int | None, ...]
"""First and last line, first and last column."""


@dataclass(frozen=True)
class Text:
    """A file's text.

    Attributes:
        lines: as `linecache` holds them: another list when the file has changed.
        calls: the calls in it by where they stand.
        functions: their definitions.
        lambdas: line -> those that begin on it.
        classes: theirs, by name.
        imported: the names that it imports from a module, with the module's name and that in it.
        assigned: what the names of the module are assigned.
        changes: name -> the statements that change in place what it stands for.
        variables: line -> the name that the call on it is given as its value; empty where it is given none.
        conjectures: line -> where the calls of `conjecture` stand that reach over it.
    """

    lines: list[str]
    calls: Mapping[Extent, ast.Call]
    functions: Sequence[ast.FunctionDef]
    lambdas: Mapping[int, Sequence[ast.Lambda]]
    classes: Mapping[str, ast.ClassDef]
    imported: Mapping[str, tuple[str, str]]
    assigned: Assignments
    changes: Mapping[str, Sequence[ast.stmt]]
    variables: Mapping[int, str]
    conjectures: Mapping[int, set[Extent]]

    def definition(self, code: CodeType) -> ast.FunctionDef | ast.Lambda | None:
        """Where a function's code is written; None where that is not clear."""
        at, places = (code.co_firstlineno, code.co_name), set(code.co_positions())
        lambdas = [one for one in self.lambdas.get(at[0], ()) if extent(one.body) in places]
        if code.co_name == "<lambda>":
            return lambdas[0] if len(lambdas) == 1 else None
        return next((one for one in self.functions if (first_line(one), one.name) == at), None)

    def names(self, name: str) -> bool:
        """Whether something in it gives a name its value."""
        return any(name in one for one in (self.assigned, self.imported, self.classes, self.changes))


_TEXTS: dict[str, Text] = {}


def text_of(file: str) -> Text:
    """The text of a file or of a notebook's cell; empty where there is none."""
    lines = linecache.getlines(file)
    known = _TEXTS.get(file)
    if known is None or known.lines is not lines:
        tree = _tree("".join(lines))
        nodes = list(ast.walk(tree))
        calls = [one for one in nodes if isinstance(one, ast.Call)]
        known = Text(
            lines=lines,
            # Of several calls at one place (there are none in valid text) the outermost, which the walk meets first.
            calls={extent(one): one for one in reversed(calls)},
            functions=[one for one in nodes if isinstance(one, ast.FunctionDef)],
            lambdas=_by_line(one for one in nodes if isinstance(one, ast.Lambda)),
            classes={one.name: one for one in nodes if isinstance(one, ast.ClassDef)},
            imported=_imported(nodes),
            assigned=assignments(tree.body),
            changes=_changes(one for one in nodes if isinstance(one, ast.stmt)),
            variables=_variables(one for one in nodes if isinstance(one, ast.Assign)),
            conjectures=_conjectures(calls),
        )
        _TEXTS[file] = known
    return known


def other_cells(file: str) -> list[str]:
    """The other texts of a session that are no files, newest first; none where this one is a file."""
    cells = [name for name, entry in linecache.cache.items() if len(entry) > 1 and entry[1] is None]
    return [one for one in reversed(cells) if one != file] if file in cells else []


def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:  # a cell with commands of a notebook's own
        return ast.Module(body=[], type_ignores=[])


def _imported(nodes: Sequence[ast.AST]) -> Mapping[str, tuple[str, str]]:
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        for alias in node.names
    }


def _variables(assigned: Iterator[ast.Assign]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for one in assigned:
        target = one.targets[0]
        name = target.id if isinstance(target, ast.Name) and isinstance(one.value, ast.Call) else ""
        for line in lines_of(one):
            found.setdefault(line, name)
    return found


def _by_line(lambdas: Iterable[ast.Lambda]) -> Mapping[int, Sequence[ast.Lambda]]:
    found: dict[int, list[ast.Lambda]] = defaultdict(list)
    for one in lambdas:
        found[one.lineno].append(one)
    return found


def _conjectures(calls: Sequence[ast.Call]) -> Mapping[int, set[Extent]]:
    found: dict[int, set[Extent]] = defaultdict(set)
    for call in calls:
        if getattr(call.func, "id", "") == "conjecture":
            for line in lines_of(call):
                found[line].add(extent(call))
    return found


def extent(node: ast.expr) -> Extent:
    """Where an expression stands."""
    return (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)


def lines_of(node: ast.expr | ast.stmt) -> range:
    """The lines that a part of a text stands on."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def first_line(definition: ast.FunctionDef) -> int:
    """The line of a function's first decorator, or its own."""
    return min([definition.lineno, *(one.lineno for one in definition.decorator_list)])


def last_assigned(body: Assignments, name: str, before: float) -> ast.expr | None:
    """What a name was last assigned above a line."""
    return next((made for line, made in reversed(body.get(name, ())) if line < before), None)


def assignments(body: Sequence[ast.stmt]) -> Assignments:
    """What names are assigned in some statements, what loops run over among it; functions and classes within them apart."""
    found: dict[str, list[tuple[int, ast.expr]]] = defaultdict(list)
    for statement in _statements(body):
        match statement:
            case ast.AugAssign(target=ast.Name(id=name)):
                left = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), statement)
                made = ast.BinOp(left=left, op=statement.op, right=statement.value)
                found[name].append((statement.lineno, ast.copy_location(made, statement)))
            case ast.Assign(targets=targets, value=value):
                for name, one in (pair for target in targets for pair in _named(target, value)):
                    found[name].append((statement.lineno, one))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name].append((statement.lineno, value))
            case ast.For(target=target, iter=turns):
                if isinstance(turns, ast.List):  # it has no name by which it could be changed
                    turns = ast.copy_location(ast.Tuple(elts=turns.elts, ctx=ast.Load()), turns)
                for name in (one.id for one in ast.walk(target) if isinstance(one, ast.Name)):
                    found[name].append((statement.lineno, turns))
    return found


def _named(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment gives a value, each with what it is given; with the whole where parts are unknown."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        parts = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
        for place, one in enumerate(target.elts):
            if isinstance(one, ast.Name):
                yield one.id, value if parts is None else parts[place]


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        yield statement
        for part in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, part, []))


def _changes(statements: Iterator[ast.stmt]) -> Mapping[str, Sequence[ast.stmt]]:
    """The statements that call a method of a name, or assign to a part of what it stands for."""
    found: dict[str, list[ast.stmt]] = defaultdict(list)
    for statement in statements:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=whole))):
                changed = [whole]
            case ast.Assign(targets=targets):
                changed = [one.value for one in targets if isinstance(one, ast.Subscript | ast.Attribute)]
            case ast.AugAssign(target=ast.Subscript(value=whole) | ast.Attribute(value=whole)):
                changed = [whole]
            case _:
                changed = []
        for whole in changed:
            while isinstance(whole, ast.Subscript | ast.Attribute):
                whole = whole.value  # noqa: PLW2901 - down to the name
            if isinstance(whole, ast.Name):
                found[whole.id].append(statement)
    return found
