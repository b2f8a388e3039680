"""One walk over the text of a statement: what each division, root and logarithm in it asks, computed again from the text.

Of what cannot be read so (a lambda, a loop, a method) that is taken which was carried out on its lines.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
import itertools
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import FunctionType, ModuleType
from typing import Any

import sympy as sp

from lemmata.claims.language.domains import Need, needs_of_logarithm, needs_of_power
from lemmata.claims.language.short import functions
from lemmata.claims.language.short.callers import Caller, noted
from lemmata.claims.language.short.file_text import (
    Assignments,
    Extent,
    Text,
    assignments,
    extent,
    first_line,
    last_assigned,
    lines_of,
    other_cells,
    text_of,
)
from lemmata.claims.language.short.noted import Place, is_users

_DEEPEST = 6
"""Functions within functions that are followed."""
_MOST_TURNS = 100
"""Turns of a comprehension that are followed."""
_UNREAD = frozenset({"subs", "xreplace", "replace", "limit", "Sum", "Product", "Lambda", "entrywise"})
"""Calls within which operands do not have the values that they have around them."""
_BRANCHES = frozenset({"Piecewise", "Or", "Xor", "Implies", "ITE"})
"""Calls whose operands are not always used."""
_KNOWN = frozenset({"builtins", "math", "fractions", "sympy", "lemmata"})
"""Packages whose functions ask nothing more than their arguments do."""
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
        carried: what the operations asked that were carried out on lines of it which could not be read.
        is_whole: whether all of it was read.
    """

    needs: set[Need] = field(default_factory=set)
    guarded: set[Need] = field(default_factory=set)
    carried: set[Need] = field(default_factory=set)
    is_whole: bool = True


def is_of_others(lines: Iterable[Place], caller: Caller) -> bool:
    """Whether one of these lines is in the call of another conjecture."""
    return any(_is_of_another(line, caller) for line in lines)


def _is_of_another(line: Place, caller: Caller) -> bool:
    file, number = line
    own = caller.place if file == caller.file else ()
    return any(one != own for one in text_of(file).conjectures.get(number, ()))


class _UnreadError(Exception):
    """An operand that cannot be computed again."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One walk over expressions with the names around them.

    Attributes:
        names: the values that names have where the walk began.
        bodies: what names are assigned, in inner functions first.
        text: the whole file, whose name is ``file``.
        last: the line where the walk began: names have the values that they were given before it.
        caller: the call of the conjecture.
        around: what names are assigned around the conjecture, in functions that are entered, too.
        depth: functions that were entered.
        found: what the expressions ask.
    """

    names: Mapping[str, Any]
    bodies: Sequence[Assignments]
    text: Text
    file: str
    last: float
    caller: Caller
    around: Sequence[Assignments]
    depth: int = 0
    found: Written = field(default_factory=Written)
    _seen: set[Extent] = field(default_factory=set)

    def read(self, node: ast.AST) -> None:
        """Collect what an expression asks."""
        match node:
            case ast.Name():
                self._of_name(node)
            case ast.Attribute():
                self._of_attribute(node)
            case ast.Call():
                self._called(node)
            case ast.IfExp():
                self._of_choice(node)
            case ast.GeneratorExp(generators=[one]) | ast.ListComp(generators=[one]) if not one.ifs:
                self._of_turns(node, one)
            case ast.Lambda() | ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                self._leave(node)
            case ast.BinOp(op=ast.BitOr()):
                self._of_branches(node)
            case _:
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow):
                    self._of_operator(node)
                for child in ast.iter_child_nodes(node):
                    self.read(child)

    def follow(self, node: ast.expr) -> None:
        """Collect what an expression asks; of one that cannot be read whole, also what was carried out on its lines."""
        before, self.found.is_whole = self.found.is_whole, True
        self.read(node)
        if not self.found.is_whole:
            self._leave(node)
        self.found.is_whole &= before

    def _leave(self, *nodes: ast.expr | ast.stmt) -> None:
        """Take what was carried out on the lines of parts that cannot be read."""
        self.found.is_whole = False
        self._carried_out((self.file, line) for node in nodes for line in lines_of(node))

    def _carried_out(self, lines: Iterable[Place], *, is_kept: bool = False) -> None:
        """Take what was carried out on these lines, but for other conjectures; for these, too, of results that are kept."""
        made = None if is_kept else self.caller.made
        known = {one for line in lines for one in noted().led_to(line, made)}
        own = (one.need for one in known if is_kept or not is_of_others(one.lines, self.caller))
        self.found.carried.update(own)

    def _of_operator(self, node: ast.BinOp) -> None:
        try:
            if isinstance(node.op, ast.Div):
                self.found.needs.update(needs_of_power(self.value(node.right), -1))
            else:
                self.found.needs.update(needs_of_power(self.value(node.left), self.value(node.right)))
        except _UnreadError:
            self._leave(node)

    def _of_branches(self, node: ast.AST) -> None:
        """Read the parts of an expression not all of which need be defined."""
        inside = dataclasses.replace(self, found=Written(), _seen=set())
        for child in ast.iter_child_nodes(node):
            inside.read(child)
        self.found.guarded |= inside.found.needs | inside.found.guarded | inside.found.carried
        self.found.is_whole &= inside.found.is_whole

    def _called(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _BRANCHES:
            self._of_branches(node)
            return
        if name in _UNREAD:
            self._leave(node)
            return
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.Name) and child is node.func):
                self.read(child)
        is_read, function = True, None
        try:
            function = self.value(node.func)
            if function in (known := _OPERATIONS):
                self.found.needs.update(known[function](*map(self.value, node.args)))
            elif isinstance(function, FunctionType) and function.__code__.co_filename == self.file:
                is_read = self._entered(function, node)
            else:
                is_read = _is_known(function)
        except (_UnreadError, TypeError):
            is_read = False
        if not is_read:
            self._leave(node)
            self._recalled(function)

    def _recalled(self, function: Any) -> None:
        """Take what a function with a cache was ever asked, since it is not carried out again."""
        code = getattr(getattr(function, "__wrapped__", None), "__code__", None)
        if code is not None and hasattr(function, "cache_info"):
            definitions = (one for one in text_of(code.co_filename).functions if first_line(one) == code.co_firstlineno)
            lines = ((code.co_filename, line) for one in definitions for line in lines_of(one))
            self._carried_out(lines, is_kept=True)

    def _entered(self, function: FunctionType, node: ast.Call) -> bool:
        """Read a plain function of the same file, assignments and what it returns; whether nothing else is in it."""
        at = function.__code__.co_firstlineno, function.__name__
        definition = next((one for one in self.text.functions if (first_line(one), one.name) == at), None)
        if definition is None or self.depth >= _DEEPEST:
            return False
        given = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
        bound = inspect.signature(function).bind(*map(self.value, node.args), **given)
        bound.apply_defaults()
        closure = inspect.getclosurevars(function).nonlocals
        names = {**function.__globals__, **closure, **bound.arguments}
        own = function.__code__.co_varnames
        bodies = [{name: made for name, made in body.items() if name not in own} for body in self.around]
        last = self._last(node)
        inside = dataclasses.replace(self, names=names, bodies=bodies, last=last, depth=self.depth + 1, _seen=set())
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
            self._leave(node)

    def _of_turns(self, node: ast.GeneratorExp | ast.ListComp, turns: ast.comprehension) -> None:
        self.read(turns.iter)
        try:
            values = list(itertools.islice(self.value(turns.iter), _MOST_TURNS))
        except (_UnreadError, TypeError):
            values = []
        if not 0 < len(values) < _MOST_TURNS:
            self._leave(node)
        for value in values:
            names = {**self.names, **_bound(turns.target, value)}
            dataclasses.replace(self, names=names, _seen=set()).read(node.elt)

    def _last(self, node: ast.expr) -> float:
        """The line up to which names have the values that an expression uses: a function's are those at its call."""
        return self.last if self.depth else min(node.lineno, self.last)

    def _of_name(self, node: ast.Name) -> None:
        """Read what a name was last assigned, here, in another cell or in the file that it is imported from."""
        for body in self.bodies:
            made = last_assigned(body, node.id, self._last(node))
            if made is None:
                continue
            if extent(made) not in self._seen:
                self._seen.add(extent(made))
                changes = self.text.changes.get(node.id, ())
                if len(body[node.id]) > 1 or isinstance(made, ast.Dict | ast.List | ast.Set) or changes:
                    self._leave(*(one for _, one in body[node.id]), *changes)
                self.follow(made)
            return
        if node.id in self.text.imported:
            self._of_module(*self.text.imported[node.id])
        elif (cell := self._cell(node.id)) is not None:
            cell.read(_last_of(cell.text, node.id))
            return
        if self.depth == 0 and node.id in self.caller.arguments:
            self._carried_out(self.caller.callers)
        if not _is_simple(self.names.get(node.id)):
            self._leave(node)

    def _of_attribute(self, node: ast.Attribute) -> None:
        """Read what a name of a module or a class was assigned; an attribute of an object may compute anything."""
        name = getattr(node.value, "id", "")
        whole = self.names.get(name)
        if isinstance(whole, ModuleType):
            self._of_module(whole.__name__, node.attr)
        elif isinstance(whole, type) and (home := self if name in self.text.classes else self._cell(name)) is not None:
            body = home.text.classes[name].body if name in home.text.classes else []
            inside = dataclasses.replace(home, bodies=[assignments(body), *home.bodies], last=math.inf)
            inside.read(_last_of(home.text, node.attr))
        else:
            self.read(node.value)
            try:
                is_known = _is_known(type(self.value(node.value)))
            except _UnreadError:
                is_known = False
            if not is_known:
                self._leave(node)

    def _cell(self, name: str) -> Reading | None:
        """The reading of a session's newest other cell that gives a name its value; None where there is none."""
        cells = ((file, text_of(file)) for file in other_cells(self.file))
        found = next(((file, text) for file, text in cells if text.names(name)), None)
        return None if found is None or self.depth >= _DEEPEST else self._at(*found, self.names)

    def _of_module(self, module: str, name: str) -> None:
        """Read what a name was assigned in another file of the user's."""
        found = sys.modules.get(module)
        file = getattr(found, "__file__", None) or ""
        if found is None or not is_users(file) or module.partition(".")[0] in _KNOWN or self.depth >= _DEEPEST:
            return
        text = text_of(file)
        self._at(file, text, vars(found)).read(_last_of(text, name))

    def _at(self, file: str, text: Text, names: Mapping[str, Any]) -> Reading:
        """The reading of a whole other text."""
        return dataclasses.replace(
            self,
            names=names,
            bodies=[text.assigned],
            around=[text.assigned],
            text=text,
            file=file,
            last=math.inf,
            depth=self.depth + 1,
            _seen=set(),
        )

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, computed again.

        Raises:
            _UnreadError: it has none, a name in it has been assigned anew since, or it calls what may do more than
                compute, such as a generator of random numbers.
        """
        for name in (one for one in ast.walk(node) if isinstance(one, ast.Name)):
            for body in self.bodies:
                then, now = (last_assigned(body, name.id, line) for line in (self._last(node), math.inf))
                if (then and extent(then)) != (now and extent(now)):
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
    return str(module).partition(".")[0] in _KNOWN


def _last_of(text: Text, name: str) -> ast.Name:
    """A name as it stands at the end of a text."""
    return ast.Name(id=name, ctx=ast.Load(), lineno=len(text.lines) + 1, end_lineno=len(text.lines) + 1)


def _bound(target: ast.expr, value: Any) -> dict[str, Any]:
    """Names that an assignment binds."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple):
        pairs = zip(target.elts, value, strict=False)
        return {name: one for part, inner in pairs for name, one in _bound(part, inner).items()}
    return {}
