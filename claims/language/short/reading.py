"""One walk over the text of a statement: what each division, root and logarithm in it asks, computed again from the text.

Of what cannot be read so (a lambda, a loop, a method) that is taken which was carried out on its lines.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

import sympy as sp

from lemmata.claims.language.domains import Need, needs_of_power
from lemmata.claims.language.short.arguments import read_argument
from lemmata.claims.language.short.asked import Written, is_of_others
from lemmata.claims.language.short.bodies import DEEPEST, entered
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
    name_of,
    other_cells,
    text_of,
)
from lemmata.claims.language.short.letters import read_entries, read_replacement
from lemmata.claims.language.short.noted import Place, is_users
from lemmata.claims.language.short.operations import (
    KNOWN,
    OPERATIONS,
    UnreadError,
    computed_again,
    hides_operations,
    is_known,
    is_plain,
    is_simple,
    makes_formulas,
    names_bound,
    needs_of_result,
)

_MOST_TURNS = 100
"""Turns of a comprehension that are followed."""
_PARTIAL = (ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
"""Operators that are not defined everywhere."""
_UNREAD = frozenset({"limit", "Product", "Lambda", "sympify", "parse_expr", "eval"})
"""Calls within which operands do not have the values that they have around them, or are made of a text."""
_REPLACE = frozenset({"subs", "xreplace", "replace"})
"""Methods of formulas that put others in."""
_BRANCHES = frozenset({"Piecewise", "Or", "Xor", "Implies", "ITE"})
"""Calls whose operands are not always used."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One walk over expressions with the names around them.

    Attributes:
        names: the values that names have where the walk began.
        bodies: what names are assigned, in inner functions first.
        text: the whole file, whose name is ``file``.
        last: the line where the walk began: names have the values that they were given before it.
        caller: the call of the conjecture.
        frame: the call at which the walk began, that one or one above it.
        around: what names are assigned around the conjecture, in functions that are entered, too.
        depth: functions that were entered.
        was_read: the names in the one at hand whose values were read where they were given.
        found: what the expressions ask.
    """

    names: Mapping[str, Any]
    bodies: Sequence[Assignments]
    text: Text
    file: str
    last: float
    caller: Caller
    frame: Caller
    around: Sequence[Assignments]
    depth: int = 0
    was_read: set[str] = field(default_factory=set)
    found: Written = field(default_factory=Written)
    _seen: set[Extent] = field(default_factory=set)

    @classmethod
    def at(cls, frame: Caller, caller: Caller) -> Reading:
        """The reading of a call: that of a conjecture, or of a function that led to it."""
        text = text_of(frame.file)
        around = sorted((one for one in text.functions if frame.line in lines_of(one)), key=lambda one: -one.lineno)
        bodies = [text.turns(frame.place), *(assignments(one.body) for one in around), text.assigned]
        return cls(
            names=frame.names,
            bodies=bodies,
            around=bodies,
            text=text,
            file=frame.file,
            last=(frame.place or (frame.line,))[0] or frame.line,
            caller=caller,
            frame=frame,
        )

    def is_conjecture(self, function: ast.expr) -> bool:
        """Whether an expression is `conjecture` by any name, and not made of it."""
        try:
            return getattr(self.value(function), "__name__", "") == "conjecture"
        except UnreadError:
            return False

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
                self.leave(node)
            case ast.BinOp(op=ast.BitOr()):
                self._of_branches(node)
            case _:
                if isinstance(node, ast.BinOp) and isinstance(node.op, _PARTIAL):
                    self._of_operator(node)
                for child in ast.iter_child_nodes(node):
                    self.read(child)

    def follow(self, node: ast.expr) -> None:
        """Collect what an expression asks; of one that cannot be read whole, also what was carried out on its lines."""
        before, self.found.is_whole = self.found.is_whole, True
        self.read(node)
        if not self.found.is_whole:
            self.leave(node)
        self.found.is_whole &= before

    def leave(self, *nodes: ast.expr | ast.stmt) -> None:
        """Take what was carried out on the lines of parts that cannot be read."""
        self.found.is_whole = False
        self.carried_out((self.file, line) for node in nodes for line in lines_of(node))

    def carried_out(self, lines: Iterable[Place], *, is_kept: bool = False) -> None:
        """Take what was carried out on these lines, but for other conjectures; for these, too, of results that are kept."""
        made = None if is_kept else self.caller.made
        known = {one for line in lines for one in noted().led_to(line, made)}
        for one in known:
            if is_kept or not is_of_others(one.lines, self.caller):
                (self.found.carried if isinstance(one.need, Need) else self.found.binders).add(one.need)

    def _of_operator(self, node: ast.BinOp) -> None:
        is_power = isinstance(node.op, ast.Pow)
        try:
            left = None if isinstance(node.op, ast.Div) else self.value(node.left)
            if not isinstance(left, str):  # which % fills in
                right = self.value(node.right)
                self.found.needs.update(needs_of_power(left, right) if is_power else needs_of_power(right, -1))
        except UnreadError:
            self.leave(node)

    def _of_branches(self, node: ast.AST) -> None:
        """Read the parts of an expression not all of which need be defined."""
        inside = dataclasses.replace(self, found=Written(), _seen=set())
        for child in ast.iter_child_nodes(node):
            inside.read(child)
        self.found.guarded |= inside.found.needs | inside.found.guarded | inside.found.carried
        self.found.binders |= inside.found.binders
        self.found.is_whole &= inside.found.is_whole

    def _called(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _BRANCHES:
            self._of_branches(node)
            return
        if name == "entrywise":
            read_entries(self, node)
            return
        if name in _UNREAD or hides_operations(node, self.value):
            self.leave(node)
            return
        is_method = isinstance(node.func, ast.Attribute) and not self._is_module(node.func.value)
        if isinstance(node.func, ast.Attribute) and is_method and name in _REPLACE:
            read_replacement(self, node, node.func.value)
            return
        for child in ast.iter_child_nodes(node):
            if child is not node.func or is_method or not isinstance(child, ast.Name | ast.Lambda | ast.Attribute):
                self.read(child)
        is_read, function = True, None
        try:
            function = self.value(node.func)
            if isinstance(function, sp.Lambda):
                read_replacement(self, node, node.func)
                return
            if function is sp.Sum:
                self.found.binders.add(self.value(node))
            if isinstance(function, FunctionType) and is_users(file := function.__code__.co_filename):
                given = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
                own = file == self.file
                home = self.until(node) if own else self.elsewhere(file, text_of(file), function.__globals__)
                is_read = entered(home, function, *map(self.value, node.args), **given)
            else:
                is_read = self.applied(function, map(self.value, node.args))
                self.found.needs |= needs_of_result(self.value(node)) if makes_formulas(function) else set()
        except (UnreadError, TypeError):
            is_read = False
        if not is_read:
            self.leave(node)
            self._recalled(function)

    def _is_module(self, node: ast.expr) -> bool:
        return isinstance(self.names.get(name_of(node)), ModuleType)

    def _recalled(self, function: Any) -> None:
        """Take what a function with a cache was ever asked, since it is not carried out again."""
        code = getattr(getattr(function, "__wrapped__", None), "__code__", None)
        if code is not None and hasattr(function, "cache_info"):
            definitions = (one for one in text_of(code.co_filename).functions if first_line(one) == code.co_firstlineno)
            lines = ((code.co_filename, line) for one in definitions for line in lines_of(one))
            self.carried_out(lines, is_kept=True)

    def until(self, node: ast.Call) -> Reading:
        """The reading of what a call at a node leads to."""
        return dataclasses.replace(self, last=self._last(node))

    def applied(self, function: Any, values: Iterable[Any]) -> bool:
        """Collect what a function of Python, sympy or lemmata asks of values; whether it is one."""
        if isinstance(function, sp.Lambda):
            return False
        if function in OPERATIONS:
            self.found.needs.update(OPERATIONS[function](*values))
        return function in OPERATIONS or is_known(function)

    def _of_choice(self, node: ast.IfExp) -> None:
        try:
            self.read(node.body if self.value(node.test) else node.orelse)
        except UnreadError:
            self.leave(node)

    def _of_turns(self, node: ast.GeneratorExp | ast.ListComp, turns: ast.comprehension) -> None:
        self.read(turns.iter)
        try:
            values = list(itertools.islice(self.value(turns.iter), _MOST_TURNS))
        except (UnreadError, TypeError):
            values = []
        if not 0 < len(values) < _MOST_TURNS:
            self.leave(node)
        for value in values:
            bound = names_bound(turns.target, value)
            names, was_read = {**self.names, **bound}, {*self.was_read, *bound}
            dataclasses.replace(self, names=names, was_read=was_read, _seen=set()).read(node.elt)

    def _last(self, node: ast.expr) -> float:
        """The line up to which names have the values that an expression uses: a function's are those at its call."""
        return self.last if self.depth else min(node.lineno, self.last)

    def _of_name(self, node: ast.Name) -> None:
        """Read what a name was last assigned, here, in another cell or in the file that it is imported from."""
        for body in self.bodies if node.id not in self.was_read else ():
            made = last_assigned(body, node.id, self._last(node))
            if made is None:
                continue
            if extent(made) not in self._seen:
                self._seen.add(extent(made))
                changes = [*self.text.changes.get(node.id, ())]
                if not is_plain(self.names.get(node.id)):
                    changes += self.text.handed.get(node.id, ())
                is_list = isinstance(made, ast.Dict | ast.List | ast.Set)
                if changes or (is_list and not self._is_still(node.id, made)):
                    self.found.is_matched &= not (is_list and node.id in self.text.shared)
                    self.leave(*(one for _, one in body[node.id]), *changes)
                elif len(body[node.id]) > 1:
                    self._of_all(one for _, one in body[node.id])
                self.follow(made)
            return
        self._of_unassigned(node)

    def _is_still(self, name: str, made: ast.expr) -> bool:
        """Whether a list holds what it was written with: this text alone knows it, and only looks at it."""
        parts = (one for one in ast.walk(made) if one is not made)
        is_flat = not any(isinstance(one, ast.Dict | ast.List | ast.Set) for one in parts)
        return is_flat and name not in self.text.moved and not other_cells(self.file)

    def _of_all(self, assigned: Iterable[ast.expr]) -> None:
        """Read all that a name is assigned, as in a loop, and take what was carried out there at other turns."""
        for one in assigned:
            self.carried_out((self.file, line) for line in lines_of(one))
            if extent(one) not in self._seen:
                self._seen.add(extent(one))
                self.follow(one)

    def _of_unassigned(self, node: ast.Name) -> None:
        """Read a name that stands for a function, comes from elsewhere, or was given to the function around."""
        if changes := self.text.changes.get(node.id, ()):
            self.leave(*changes)
        if node.id in self.was_read:
            return
        is_argument = self.depth == 0 and node.id in self.frame.arguments
        if node.id in self.text.imported:
            self._of_module(*self.text.imported[node.id])
        elif not is_argument and (cell := self._cell(node.id)) is not None:
            cell.read(_last_of(cell.text, node.id))
            return
        if is_argument:
            if read_argument(self, node.id):
                return
        elif self.depth == 0 and isinstance(self.names.get(node.id), sp.Basic):
            self.found.is_matched &= self._is_taken_whole(node.id)
        if not is_simple(self.names.get(node.id)):
            self.leave(node)

    def _is_taken_whole(self, name: str) -> bool:
        """Read a name of a module all of whose names are taken; whether there is one that has it."""
        modules = [module for star, module in self.text.modules.items() if star.startswith("*")]
        found = [module for module in modules if name in vars(sys.modules.get(module, object))]
        for module in found:
            self._of_module(module, name)
        return bool(found)

    def _of_attribute(self, node: ast.Attribute) -> None:
        """Read what a name of a module or a class was assigned; an attribute of an object may compute anything."""
        name = getattr(node.value, "id", "")
        try:
            whole = self.value(node.value)
        except UnreadError:
            whole = None
        if isinstance(whole, ModuleType):
            self._of_module(whole.__name__, node.attr)
        elif isinstance(whole, type) and (home := self if name in self.text.classes else self._cell(name)) is not None:
            body = home.text.classes[name].body if name in home.text.classes else []
            inside = dataclasses.replace(home, bodies=[assignments(body), *home.bodies], last=math.inf)
            inside.read(_last_of(home.text, node.attr))
        else:
            self.read(node.value)
            if whole is None or not is_known(type(whole)):
                self.leave(node)

    def _cell(self, name: str) -> Reading | None:
        """The reading of a session's newest other cell that gives a name its value; None where there is none."""
        cells = ((file, text_of(file)) for file in other_cells(self.file))
        found = next(((file, text) for file, text in cells if text.names(name)), None)
        return None if found is None or self.depth >= DEEPEST else self.elsewhere(*found, self.names)

    def _of_module(self, module: str, name: str) -> None:
        """Read what a name was assigned in another file of the user's."""
        found = sys.modules.get(module)
        file = getattr(found, "__file__", None) or ""
        if found is None or not is_users(file) or module.partition(".")[0] in KNOWN or self.depth >= DEEPEST:
            return
        text = text_of(file)
        self.elsewhere(file, text, vars(found)).read(_last_of(text, name))

    def elsewhere(self, file: str, text: Text, names: Mapping[str, Any]) -> Reading:
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
            was_read=set(),
            _seen=set(),
        )

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, computed again.

        Raises:
            UnreadError: a name in it has been assigned anew since, or as of `computed_again`.
        """
        for name in (one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id not in self.was_read):
            for body in self.bodies:
                then, now = (last_assigned(body, name.id, line) for line in (self._last(node), math.inf))
                if (then and extent(then)) != (now and extent(now)):
                    raise UnreadError
        return computed_again(node, self.names, self.file)


def _last_of(text: Text, name: str) -> ast.Name:
    """A name as it stands at the end of a text."""
    return ast.Name(id=name, ctx=ast.Load(), lineno=len(text.lines) + 1, end_lineno=len(text.lines) + 1)
