"""Functions that a statement's text may call: what they ask of their arguments, and which ask nothing of their own."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

import sympy as sp

from lemmata.claims.language.domains import Need, needs, needs_of_logarithm, needs_of_power
from lemmata.claims.language.partial import PARTIAL, needs_of_function
from lemmata.claims.language.short import functions
from lemmata.claims.language.short.noted import NOTES, repeating

KNOWN = frozenset({"builtins", "math", "fractions", "sympy", "lemmata"})
"""Packages whose functions ask nothing more than their arguments do."""
_NAMED = (ast.Name, ast.Attribute)
OPERATIONS: dict[Any, Callable[..., set[Need]]] = {
    **dict.fromkeys((functions.sqrt, sp.sqrt), lambda base, *_: needs_of_power(base, sp.Rational(1, 2))),
    **dict.fromkeys((functions.log, sp.log), needs_of_logarithm),
    **dict.fromkeys((functions.power, sp.Pow, pow), lambda base, exponent, *_: needs_of_power(base, exponent)),
    sp.root: lambda base, degree, *_: needs_of_power(base, sp.Integer(1) / degree),
    divmod: lambda _, divisor: needs_of_power(divisor, -1),
    **{one: partial(needs_of_function, one) for one in PARTIAL},
    sp.cbrt: lambda base, *_: needs_of_power(base, sp.Rational(1, 3)),
}


def is_simple(value: Any) -> bool:
    """Whether a value is made of nothing: a quantity, a number, a word, a module."""
    if isinstance(value, sp.Basic):
        return not value.args or isinstance(value, sp.MatrixSymbol)
    return value is None or isinstance(value, int | float | str | Fraction | ModuleType | type)


def is_plain(value: Any) -> bool:
    """Whether nothing that is called with a value can change it."""
    return callable(value) or is_simple(value) or isinstance(value, sp.Basic)


def is_known(function: Any) -> bool:
    """Whether a function is one of Python, sympy or lemmata, which ask nothing more than their arguments do."""
    if isinstance(function, FunctionType) and function.__module__ is None:
        return False  # it was made of a text
    name = getattr(function, "__name__", "")
    if name.startswith("__") or name == NOTES:
        return False  # an operator by its method, of which only what it carries out tells what it asks
    module = getattr(function, "__module__", None) or type(getattr(function, "__self__", None)).__module__
    return str(module).partition(".")[0] in KNOWN


def makes_formulas(function: Any) -> bool:
    """Whether a function is one of sympy's that may bring in divisions and roots of its own, as ``solve`` does."""
    module = getattr(function, "__module__", None) or ""
    return function not in OPERATIONS and not isinstance(function, type) and module.partition(".")[0] == "sympy"


def needs_of_result(value: Any) -> set[Need]:
    """What the formulas ask that a function has made, be it one or a list or a dictionary of them."""
    if isinstance(value, Mapping):
        return needs_of_result(list(value.values()))
    if isinstance(value, list | tuple | set):
        return set().union(*map(needs_of_result, value))
    return needs(value) if isinstance(value, sp.Basic) else set()


def hides_operations(node: ast.Call, value: Callable[[ast.expr], Any]) -> bool:
    """Whether a call carries out what its text does not show: an operator by its method, or functions that it is given.

    A user's own function is entered, and shows what it does with those.
    """
    if isinstance(node.func, ast.Attribute) and node.func.attr.startswith("__"):
        return True
    given = [one for one in (*node.args, *(word.value for word in node.keywords)) if isinstance(one, _NAMED)]
    try:
        code = [one for one in map(value, given) if callable(one) and not isinstance(one, sp.Basic)]
        return bool(code) and is_known(value(node.func))
    except UnreadError:
        return False


class UnreadError(Exception):
    """An operand that cannot be computed again."""


def computed_again(node: ast.expr, names: Mapping[str, Any], file: str) -> Any:
    """The value of an expression of a text.

    Raises:
        UnreadError: it has none, or it calls what may do more than compute, such as a generator of random numbers.
    """
    if not all(_may_be_repeated(one, names, file) for one in ast.walk(node) if isinstance(one, ast.Call)):
        raise UnreadError
    try:
        whole = compile(ast.Expression(node), file, "eval")
        with repeating():
            return eval(whole, dict(names))  # noqa: S307 - the user's own text, which has run a moment ago
    except Exception as error:
        raise UnreadError from error


def _may_be_repeated(call: ast.Call, names: Mapping[str, Any], file: str) -> bool:
    """Whether what is called only computes: a known function, a method of a formula, or one of the same file."""
    if isinstance(call.func, ast.Name) and call.func.id not in names:
        return hasattr(builtins, call.func.id)
    if any(isinstance(one, ast.Call) for one in ast.walk(call.func)):
        return True  # a method of what is called, which is looked at itself
    try:
        function = eval(compile(ast.Expression(call.func), file, "eval"), dict(names))  # noqa: S307
    except Exception:  # noqa: BLE001 - a name of a function that is still to be entered
        return False
    return is_known(function) or isinstance(function, FunctionType)


def names_bound(target: ast.expr, value: Any) -> dict[str, Any]:
    """Names that an assignment binds."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple):
        pairs = zip(target.elts, value, strict=False)
        return {name: one for part, inner in pairs for name, one in names_bound(part, inner).items()}
    return {}
