"""What a user's own text asks of quantities: divisions, roots and logarithms, read before sympy simplifies them away.

The text of the call is read, with the names and the plain functions of the same file that it uses, and each operand is
computed again from it. Of what cannot be read so (a lambda, a loop, a method) that is known which the file's operations asked
while they were carried out (`noting`), not which of them the statement is made of.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
import itertools
import linecache
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import FunctionType, ModuleType
from typing import Any

import sympy as sp

from lemmata.claims.language.domains import Need, needs_of_logarithm, needs_of_power
from lemmata.claims.language.short import functions
from lemmata.claims.language.short.callers import Caller, gathered

_DEEPEST = 6
"""Functions within functions that are followed."""
_MOST_TURNS = 100
"""Turns of a comprehension that are followed."""
_UNREAD = frozenset({"subs", "xreplace", "replace", "limit", "Sum", "Product", "Lambda", "entrywise"})
"""Calls within which operands do not have the values that they have around them."""
_BRANCHES = frozenset({"Piecewise", "Or", "Xor", "Implies", "ITE"})
"""Calls whose operands are not always used."""
_OPERATIONS: dict[Any, Callable[..., set[Need]]] = {
    **dict.fromkeys((functions.sqrt, sp.sqrt), lambda base, *_: needs_of_power(base, sp.Rational(1, 2))),
    **dict.fromkeys((functions.log, sp.log), lambda base, *_: needs_of_logarithm(base)),
    **dict.fromkeys((functions.power, sp.Pow, pow), lambda base, exponent, *_: needs_of_power(base, exponent)),
    sp.root: lambda base, degree, *_: needs_of_power(base, sp.Integer(1) / degree),
    sp.cbrt: lambda base, *_: needs_of_power(base, sp.Rational(1, 3)),
}


@dataclass
class Written:
    """What an argument asks of quantities, as it is written.

    Attributes:
        needs: what it asks wherever it has a value.
        guarded: what single branches of it ask.
        is_whole: whether all of it was read.
    """

    needs: set[Need] = field(default_factory=set)
    guarded: set[Need] = field(default_factory=set)
    is_whole: bool = True


def noted_outside(caller: Caller) -> set[Need]:
    """What the operations of a file asked so far, but for those in the calls of other conjectures."""
    reader = gathered()
    calls = [one for one in _text(caller.file).calls.values() if getattr(one.func, "id", "") == "conjecture"]
    others = [one for one in calls if _place(one) != caller.place]
    lines = {line for one in others for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    noted = reader.noted if reader is not None else set()
    return {one.need for one in noted if one.file != caller.file or one.line not in lines}


def written(caller: Caller, part: str) -> Written:
    """What the argument ``part`` of the call at hand asks of quantities, as it is written."""
    text = _text(caller.file)
    call = text.calls.get(caller.place)
    argument = next((one.value for one in call.keywords if one.arg == part), None) if call is not None else None
    if call is None or argument is None:
        return Written(is_whole=call is not None and all(one.arg for one in call.keywords))
    around = sorted((one for one in text.functions if _encloses(one, call)), key=lambda one: -one.lineno)
    bodies = [*(_assignments(one.body) for one in around), text.assigned]
    reading = _Reading(names=caller.names, bodies=bodies, text=text, file=caller.file, last=call.lineno)
    reading.read(argument)
    return reading.found


_Assignments = Mapping[str, Sequence[tuple[int, ast.expr]]]
"""Name -> the line of each statement that assigns it, with what it assigns, in the order of the text."""


@dataclass(frozen=True)
class _Text:
    """A file, looked through once for all the calls that are in it."""

    lines: list[str]
    """As `linecache` holds them: another list when the file has changed."""
    calls: Mapping[tuple[int | None, ...], ast.Call]
    functions: Sequence[ast.FunctionDef]
    assigned: _Assignments


_TEXTS: dict[str, _Text] = {}


def _text(file: str) -> _Text:
    lines = linecache.getlines(file)
    known = _TEXTS.get(file)
    if known is None or known.lines is not lines:
        tree = _tree("".join(lines))
        nodes = list(ast.walk(tree))
        calls = [one for one in nodes if isinstance(one, ast.Call)]
        functions = [one for one in nodes if isinstance(one, ast.FunctionDef)]
        # Of several calls at one place (there are none in valid text) the outermost, which the walk meets first.
        known = _Text(lines, {_place(one): one for one in reversed(calls)}, functions, _assignments(tree.body))
        _TEXTS[file] = known
    return known


def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:  # a cell with commands of a notebook's own
        return ast.Module(body=[], type_ignores=[])


def _place(node: ast.expr) -> tuple[int | None, ...]:
    return (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)


def _encloses(outer: ast.FunctionDef, inner: ast.expr) -> bool:
    return outer.lineno <= inner.lineno <= (outer.end_lineno or outer.lineno)


class _UnreadError(Exception):
    """An operand that cannot be computed again."""


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """One walk over expressions with the names around them.

    Attributes:
        names: the values that names have where the walk began.
        bodies: what names are assigned, in inner functions first.
        text: the whole file, whose name is ``file``.
        last: the line where the walk began: names have the values that they were given before it.
        depth: functions that were entered.
        found: what the expressions ask.
    """

    names: Mapping[str, Any]
    bodies: Sequence[_Assignments]
    text: _Text
    file: str
    last: float
    depth: int = 0
    found: Written = field(default_factory=Written)
    _seen: set[tuple[int | None, ...]] = field(default_factory=set)

    def read(self, node: ast.AST) -> None:
        """Collect what an expression asks."""
        match node:
            case ast.Name():
                self._follow(node)
            case ast.Call():
                self._called(node)
            case ast.IfExp():
                self._of_choice(node)
            case ast.GeneratorExp(generators=[one]) | ast.ListComp(generators=[one]) if not one.ifs:
                self._of_turns(node.elt, one)
            case ast.Lambda() | ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                self.found.is_whole = False
            case ast.BinOp(op=ast.BitOr()):
                self._of_branches(node)
            case _:
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow):
                    self._of_operator(node)
                for child in ast.iter_child_nodes(node):
                    self.read(child)

    def _of_operator(self, node: ast.BinOp) -> None:
        try:
            if isinstance(node.op, ast.Div):
                self.found.needs.update(needs_of_power(self.value(node.right), -1))
            else:
                self.found.needs.update(needs_of_power(self.value(node.left), self.value(node.right)))
        except _UnreadError:
            self.found.is_whole = False

    def _of_branches(self, node: ast.AST) -> None:
        """Read the parts of an expression not all of which need be defined."""
        inside = dataclasses.replace(self, found=Written(), _seen=set())
        for child in ast.iter_child_nodes(node):
            inside.read(child)
        self.found.guarded |= inside.found.needs | inside.found.guarded
        self.found.is_whole &= inside.found.is_whole

    def _called(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _BRANCHES:
            self._of_branches(node)
            return
        if name in _UNREAD:
            self.found.is_whole = False
            return
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.Name) and child is node.func):
                self.read(child)
        try:
            function = self.value(node.func)
            if function in (known := _OPERATIONS):
                self.found.needs.update(known[function](*map(self.value, node.args)))
            elif isinstance(function, FunctionType) and function.__code__.co_filename == self.file:
                self.found.is_whole &= self._entered(function, node)
            else:
                self.found.is_whole &= _is_known(function)
        except (_UnreadError, TypeError):
            self.found.is_whole = False

    def _entered(self, function: FunctionType, node: ast.Call) -> bool:
        """Read a plain function of the same file, assignments and what it returns; whether nothing else is in it."""
        at = function.__code__.co_firstlineno, function.__name__
        definition = next((one for one in self.text.functions if (_first_line(one), one.name) == at), None)
        if definition is None or self.depth >= _DEEPEST:
            return False
        given = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
        bound = inspect.signature(function).bind(*map(self.value, node.args), **given)
        bound.apply_defaults()
        closure = inspect.getclosurevars(function).nonlocals
        names = {**function.__globals__, **closure, **bound.arguments}
        inside = _Reading(
            names=names,
            bodies=[],
            text=self.text,
            file=self.file,
            last=math.inf,
            depth=self.depth + 1,
            found=self.found,
        )
        for statement in definition.body:
            if isinstance(statement, ast.Assign):
                inside.read(statement.value)
                for target in statement.targets:
                    names.update(_bound(target, inside.value(statement.value)))
            elif isinstance(statement, ast.Return) and statement.value is not None:
                inside.read(statement.value)
                return True
            elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                return False
        return False

    def _of_choice(self, node: ast.IfExp) -> None:
        try:
            self.read(node.body if self.value(node.test) else node.orelse)
        except _UnreadError:
            self.found.is_whole = False

    def _of_turns(self, element: ast.expr, turns: ast.comprehension) -> None:
        self.read(turns.iter)
        try:
            values = list(itertools.islice(self.value(turns.iter), _MOST_TURNS))
        except (_UnreadError, TypeError):
            values = []
        self.found.is_whole &= 0 < len(values) < _MOST_TURNS
        for value in values:
            names = {**self.names, **_bound(turns.target, value)}
            dataclasses.replace(self, names=names, _seen=set()).read(element)

    def _follow(self, node: ast.Name) -> None:
        """Read what a name was last assigned."""
        for body in self.bodies:
            made = _assigned(body, node.id, min(node.lineno, self.last))
            if made is None:
                continue
            if _place(made) not in self._seen:
                self._seen.add(_place(made))
                self.found.is_whole &= len(body[node.id]) == 1 and not isinstance(made, ast.Dict | ast.List | ast.Set)
                self.read(made)
            return
        self.found.is_whole &= _is_simple(self.names.get(node.id))

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, computed again.

        Raises:
            _UnreadError: it has none, a name in it has been assigned anew since, or it calls what may do more than
                compute, such as a generator of random numbers.
        """
        for name in (one for one in ast.walk(node) if isinstance(one, ast.Name)):
            for body in self.bodies:
                then, now = (_assigned(body, name.id, min(line, self.last)) for line in (node.lineno, math.inf))
                if (then and _place(then)) != (now and _place(now)):
                    raise _UnreadError
        if not all(self._may_be_repeated(one) for one in ast.walk(node) if isinstance(one, ast.Call)):
            raise _UnreadError
        try:
            whole = compile(ast.Expression(node), self.file, "eval")
            return eval(whole, dict(self.names))  # noqa: S307 - the user's own text, which has run a moment ago
        except Exception as error:
            raise _UnreadError from error

    def _may_be_repeated(self, call: ast.Call) -> bool:
        """Whether what is called only computes: a known function, a method of a formula, or one of the same file."""
        if isinstance(call.func, ast.Name) and call.func.id not in self.names:
            return hasattr(builtins, call.func.id)
        if any(isinstance(one, ast.Call) for one in ast.walk(call.func)):
            return True  # a method of what is called, which is looked at itself
        try:
            function = eval(compile(ast.Expression(call.func), self.file, "eval"), dict(self.names))  # noqa: S307
        except Exception:  # noqa: BLE001 - a name of a function that is still to be entered
            return False
        return _is_known(function) or isinstance(function, FunctionType)


def _is_simple(value: Any) -> bool:
    """Whether a value is made of nothing: a quantity, a number, a word, a module."""
    if isinstance(value, sp.Basic):
        return not value.args or isinstance(value, sp.MatrixSymbol)
    return value is None or isinstance(value, int | float | str | Fraction | ModuleType | type)


def _is_known(function: Any) -> bool:
    """Whether a function is one of Python, sympy or lemmata, which ask nothing more than their arguments do."""
    module = getattr(function, "__module__", None) or type(getattr(function, "__self__", None)).__module__
    return str(module).partition(".")[0] in {"builtins", "math", "fractions", "sympy", "lemmata"}


def _first_line(definition: ast.FunctionDef) -> int:
    """The line of a function's first decorator, or its own."""
    return min([definition.lineno, *(one.lineno for one in definition.decorator_list)])


def _bound(target: ast.expr, value: Any) -> dict[str, Any]:
    """Names that an assignment binds."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple):
        pairs = zip(target.elts, value, strict=False)
        return {name: one for part, inner in pairs for name, one in _bound(part, inner).items()}
    return {}


def _assigned(body: _Assignments, name: str, before: float) -> ast.expr | None:
    """What a name was last assigned above a line."""
    return next((made for line, made in reversed(body.get(name, ())) if line < before), None)


def _assignments(body: Sequence[ast.stmt]) -> _Assignments:
    """What names are assigned in some statements; functions within them apart."""
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
