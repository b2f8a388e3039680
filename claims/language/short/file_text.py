"""A user's file as text, looked through once for all the conjectures that are in it: its calls, functions and names."""

from __future__ import annotations

import ast
import linecache
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any, TypeGuard

from lemmata.claims.language.short.noted import is_users

Assignments = Mapping[str, Sequence[tuple[int, ast.expr]]]
"""Name -> the line of each statement that assigns it, with what it assigns, in the order of the text."""
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
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
        comprehensions: those in it.
        classes: the classes, by name.
        imported: the names that it imports from a module, with the module's name and that in it.
        assigned: what the names of the module are assigned.
        changes: name -> the statements that change in place what it stands for.
        handed: name -> the statements that call something with it, and use no result: what it stands for may be changed.
        moved: the names that are used otherwise than to go through what they stand for and to look it up.
        shared: those of them that another name may come to stand for.
        variables: line -> the name that the call on it is given as its value; empty where it is given none.
        modules: the modules that it imports whole, by the names that they have in it; ``*`` before one whose names it takes.
        conjectures: line -> where the calls of `conjecture` stand that reach over it.
        makers: the functions and classes that lead to a conjecture, by any of which others are made.
        made: line -> where the calls of these stand that reach over it.
    """

    lines: list[str]
    calls: Mapping[Extent, ast.Call]
    functions: Sequence[ast.FunctionDef]
    lambdas: Mapping[int, Sequence[ast.Lambda]]
    comprehensions: Sequence[Comprehension]
    classes: Mapping[str, ast.ClassDef]
    imported: Mapping[str, tuple[str, str]]
    assigned: Assignments
    changes: Mapping[str, Sequence[ast.stmt]]
    handed: Mapping[str, Sequence[ast.stmt]]
    moved: frozenset[str]
    shared: frozenset[str]
    variables: Mapping[int, str]
    modules: Mapping[str, str]
    conjectures: Mapping[int, set[Extent]]
    makers: frozenset[str]
    made: Mapping[int, set[Extent]]

    def definition(self, code: CodeType) -> ast.FunctionDef | ast.Lambda | None:
        """Where a function's code is written; None where that is not clear."""
        at, places = (code.co_firstlineno, code.co_name), set(code.co_positions())
        lambdas = [one for one in self.lambdas.get(at[0], ()) if extent(one.body) in places]
        if code.co_name == "<lambda>":
            return lambdas[0] if len(lambdas) == 1 else None
        return next((one for one in self.functions if (first_line(one), one.name) == at), None)

    def turns(self, place: Extent) -> Assignments:
        """What the names run over that comprehensions around a place have, as if they were assigned above it."""
        if not place:
            return {}
        around = [one for one in self.comprehensions if _encloses(extent(one), place)]
        parts = [part for one in around for part in one.generators]
        return {name: [(0, part.iter)] for part in parts for name in _names_in(part.target)}

    def is_in_maker(self, line: int) -> bool:
        """Whether a line is in a function that makes conjectures."""
        return any(one.name in self.makers and line in lines_of(one) for one in self.functions)

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
        imported, modules = _imported(nodes), _modules(nodes)
        makers, uses = _makers(nodes, imported, modules), _uses(nodes)
        known = Text(
            lines=lines,
            # Of several calls at one place (there are none in valid text) the outermost, which the walk meets first.
            calls={extent(one): one for one in reversed(calls)},
            functions=[one for one in nodes if isinstance(one, ast.FunctionDef)],
            lambdas=_by_line(one for one in nodes if isinstance(one, ast.Lambda)),
            comprehensions=[one for one in nodes if isinstance(one, Comprehension)],
            classes={one.name: one for one in nodes if isinstance(one, ast.ClassDef)},
            imported=imported,
            assigned=assignments(tree.body),
            changes=_changes(one for one in nodes if isinstance(one, ast.stmt)),
            handed=_handed(nodes),
            moved=frozenset(name for name, _ in uses),
            shared=frozenset(name for name, is_bare in uses if is_bare),
            variables=_variables(one for one in nodes if isinstance(one, ast.Assign)),
            modules=modules,
            conjectures=_calls_of({"conjecture"}, calls),
            makers=makers,
            made=_calls_of(makers, calls),
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


def _modules(nodes: Sequence[ast.AST]) -> Mapping[str, str]:
    whole = {
        alias.asname or alias.name: alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    taken = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
    return whole | {f"*{module}": module for module in taken if module}


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


def name_of(function: ast.expr) -> str:
    """The last name by which a function is called; empty where it has none."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _calls_of(names: Collection[str], calls: Sequence[ast.Call]) -> Mapping[int, set[Extent]]:
    found: dict[int, set[Extent]] = defaultdict(set)
    for call in calls:
        if name_of(call.func) in names:
            for line in lines_of(call):
                found[line].add(extent(call))
    return found


def _makers(
    nodes: Sequence[ast.AST], imported: Mapping[str, tuple[str, str]], modules: Mapping[str, str]
) -> frozenset[str]:
    """The names in a text that stand for what makes conjectures, `conjecture` itself apart."""
    found = {"conjecture"}.union(*(_makers_of(module) for module in modules.values()))
    found |= {name for name, (module, own) in imported.items() if own in {"conjecture", *_makers_of(module)}}
    parts = [(one.name, one) for one in nodes if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    parts += [(one.targets[0].id, one.value) for one in nodes if _is_name_given(one)]
    before = 0
    while len(found) > before:
        before = len(found)
        found |= {name for name, part in parts if any(name_of(one) in found for one in _mentioned(part))}
    return frozenset(found - {"conjecture"})


def _is_name_given(node: ast.AST) -> TypeGuard[Any]:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)


def _mentioned(part: ast.AST) -> Iterator[ast.expr]:
    """What a function or class mentions, or a value that is another function; not what a value is a call of."""
    match part:
        case ast.FunctionDef() | ast.ClassDef() | ast.Lambda():
            yield from (one for one in ast.walk(part) if isinstance(one, ast.Name | ast.Attribute))
        case ast.Call():
            yield from (one for one in part.args if isinstance(one, ast.Name | ast.Attribute))
        case ast.Name() | ast.Attribute():
            yield part


def _makers_of(module: str) -> frozenset[str]:
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    if not file or not is_users(file) or file in _BEGUN:
        return frozenset()
    _BEGUN.add(file)  # two modules may import each other
    try:
        return text_of(file).makers
    finally:
        _BEGUN.discard(file)


_BEGUN: set[str] = set()


def owned(text: Text, own: Sequence[Extent]) -> set[int]:
    """The lines on which that is made, at the level of the module, which statements other than one's own are made of."""
    calls = {place for found in (text.conjectures, text.made) for places in found.values() for place in places}
    others = [text.calls[place] for place in calls if place not in own and place in text.calls]
    found, waiting = set(), [name for call in others for name in _names_in(call)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [inner for _, made in text.assigned.get(name, ()) for inner in _names_in(made)]
    return {line for name in found for _, made in text.assigned.get(name, ()) for line in lines_of(made)}


def extent(node: ast.expr) -> Extent:
    """Where an expression stands."""
    return (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)


def _encloses(outer: Extent, inner: Extent) -> bool:
    (first, last, left, right), (line, end, start, stop) = ([one or 0 for one in part] for part in (outer, inner))
    return (first, left) <= (line, start) and (end, stop) <= (last, right)


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
        for name, made in _assigned(statement):
            found[name].append((statement.lineno, made))
        for part in (one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr)):
            for inside in (one for one in ast.walk(part) if isinstance(one, ast.NamedExpr)):
                found[inside.target.id].append((inside.lineno, inside.value))
    return found


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives a value, each with what it is given."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name)):
            left = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), statement)
            made = ast.BinOp(left=left, op=statement.op, right=statement.value)
            yield name, ast.copy_location(made, statement)
        case ast.Assign(targets=targets, value=value):
            yield from (pair for target in targets for pair in _named(target, value))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.For(target=target, iter=turns):
            if isinstance(turns, ast.List):  # it has no name by which it could be changed
                turns = ast.copy_location(ast.Tuple(elts=turns.elts, ctx=ast.Load()), turns)
            yield from ((name, turns) for name in _names_in(target))
        case ast.With(items=items):
            yield from ((name, one.context_expr) for one in items for name in _names_in(one.optional_vars))


def _names_in(target: ast.AST | None) -> list[str]:
    return [one.id for one in ast.walk(target) if isinstance(one, ast.Name)] if target is not None else []


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
        for branch in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _statements(branch.body)


def _handed(nodes: Sequence[ast.AST]) -> Mapping[str, Sequence[ast.stmt]]:
    found: dict[str, list[ast.stmt]] = defaultdict(list)
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            for name in {name for one in (*node.value.args, *node.value.keywords) for name in _names_in(one)}:
                found[name].append(node)
    return found


_LOOKS = frozenset({"len", "sum", "zip", "enumerate", "reversed", "tuple", "list", "sorted", "map", "conjecture"})
"""Functions that take what is in a list, and leave the list alone."""


def _uses(nodes: Sequence[ast.AST]) -> set[tuple[str, bool]]:
    """The names that are more than gone through or looked up, and whether as a value that may get another name."""
    found = set()
    for node in nodes:
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        inner = [*node.args, *(one.value for one in node.keywords)] if called in _LOOKS else []  # type: ignore[attr-defined]
        for one in ast.iter_child_nodes(node):
            if not isinstance(one, ast.Name) or not isinstance(one.ctx, ast.Load) or isinstance(node, ast.keyword):
                continue
            is_gone_through = isinstance(node, ast.For | ast.comprehension) and one is node.iter
            is_looked_up = isinstance(node, ast.Subscript) and one is node.value and isinstance(node.ctx, ast.Load)
            if not (is_gone_through or is_looked_up or isinstance(node, ast.Starred) or one in inner):
                found.add((one.id, not isinstance(node, ast.Attribute | ast.Subscript)))
        if isinstance(node, ast.Call) and called not in _LOOKS:
            found |= {(one.value.id, True) for one in node.keywords if isinstance(one.value, ast.Name)}
    return found


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
