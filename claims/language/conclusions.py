"""The kinds of conclusion. Each is a value that holds sympy expressions in the measured quantities.

A conclusion is written once, in sympy; its LaTeX and its values in every number system derive from that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Self, TypeAlias

import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.formula import check_formula, fraction_of

Expression: TypeAlias = Any
"""A sympy scalar or matrix expression; sympy itself is not annotated."""


@dataclass(frozen=True, kw_only=True)
class Constant:
    """An implied constant, as in ``O(...)``: some number exists that makes the bound true at every instance.

    Attributes:
        symbol: stands for it in the bound, as a factor.
        may_depend_on: parameters of the family that it may depend on; growth with any other refutes the claim.
    """

    symbol: Expression
    may_depend_on: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What every conclusion has: formulas, and names for parts of them.

    Attributes:
        where: symbol -> the formula that it stands for. Statements are shown with the symbols and followed by
            their formulas, and judged with the formulas in place; a later name may use an earlier one.
    """

    where: Mapping[Expression, Expression] = field(default_factory=dict, hash=False)

    @property
    def formulas(self) -> tuple[str, ...]:
        """The fields that hold formulas, in the order in which a reader meets them."""
        return ()

    @property
    def stated(self) -> tuple[Expression, ...]:
        """The formulas as they are written, named parts as symbols."""
        return tuple(getattr(self, name) for name in self.formulas)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas that are judged, every named part in its place."""
        return _in_place(self.stated, tuple(self.where.items()))

    def unfolded(self) -> Self:
        """The same conclusion with every named part in its place."""
        return self._unfolded if self.where else self

    @cached_property
    def _unfolded(self) -> Self:
        whole = dict(zip(self.formulas, self.expressions, strict=True))
        return dataclasses.replace(self, where={}, **whole)

    def _check(self) -> None:
        """Turn the formulas into sympy's; refuse names that are no symbols or that nothing uses."""
        as_sympy(self, *self.formulas)
        named = {symbol: _formula(meant) for symbol, meant in self.where.items()}
        object.__setattr__(self, "where", named)
        used = set().union(*(part.free_symbols for part in (*self.stated, *named.values())))
        for symbol in named:
            if not isinstance(symbol, sp.Symbol | sp.MatrixSymbol) or symbol not in used:
                raise ClaimError(f"where= names {symbol}, which is no symbol of the formulas; they use {_listed(used)}")


@lru_cache(maxsize=4096)
def _in_place(
    stated: tuple[Expression, ...], named: tuple[tuple[Expression, Expression], ...]
) -> tuple[Expression, ...]:
    """Formulas with every named part in its place; later names may use earlier ones."""
    whole = list(stated)
    for symbol, meant in reversed(named):
        whole = [part.xreplace({symbol: meant}) for part in whole]
    return tuple(whole)


@dataclass(frozen=True, kw_only=True)
class Identity(Stated):
    """``left`` equals ``right``, entry by entry, at every instance."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        self._check()
        _same_shape(self.left, self.right)

    @property
    def formulas(self) -> tuple[str, ...]:
        """Left and right."""
        return ("left", "right")


@dataclass(frozen=True, kw_only=True)
class Conserved(Stated):
    """``quantity`` is constant along the dynamics, or moves by exactly what is stated.

    Along a flow: d/dt quantity = change. For a discrete step: next quantity = factor * quantity + change.
    ``factor`` must stay 1 along a flow. ``name`` is what the report's curves call the quantity.
    """

    quantity: Expression
    change: Expression = 0
    factor: Expression = 1
    name: str = "quantity"

    def __post_init__(self) -> None:
        self._check()
        if self.change != 0:
            _same_shape(self.quantity, self.change)

    @property
    def formulas(self) -> tuple[str, ...]:
        """The quantity, what is added, what it is multiplied by."""
        return ("quantity", "change", "factor")


@dataclass(frozen=True, kw_only=True)
class Bound(Stated):
    """What `AtMost` and `AtLeast` have in common: two sides, and how sharply they are compared.

    Attributes:
        left, right: the two sides.
        tight: equality is attained, or neared to within 1e-6 of the sides: a supremum counts as attained.
        every: with ``tight``, whole-number parameters of the family for each value of which it is.
        constant: the right side holds its symbol as a factor, and the claim is that some value of it does.
    """

    left: Expression
    right: Expression
    tight: bool = False
    constant: Constant | None = None
    every: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check()
        _same_shape(self.left, self.right)
        _check_constant(self)
        if self.every and not self.tight:
            raise ClaimError(f"every={self.every} says where the bound is attained; give tight=True with it")

    @property
    def formulas(self) -> tuple[str, ...]:
        """Left and right."""
        return ("left", "right")


@dataclass(frozen=True, kw_only=True)
class AtMost(Bound):
    """``left <= right`` at every instance; ``tight`` says that equality is attained."""


@dataclass(frozen=True, kw_only=True)
class AtLeast(Bound):
    """``left >= right`` at every instance; ``tight`` says that equality is attained."""


@dataclass(frozen=True, kw_only=True)
class Monotone(Stated):
    """``quantity`` never increases (or, with ``increasing``, never decreases) from one step to the next."""

    quantity: Expression
    increasing: bool = False

    def __post_init__(self) -> None:
        self._check()

    @property
    def formulas(self) -> tuple[str, ...]:
        """The quantity."""
        return ("quantity",)


def as_sympy(conclusion: object, *fields: str) -> None:
    """Turn plain numbers into sympy's, so that every formula has symbols, LaTeX and an exact value.

    Raises:
        ClaimError: a formula uses what no number system can evaluate.
    """
    for name in fields:
        object.__setattr__(conclusion, name, _formula(getattr(conclusion, name)))


def _formula(given: Expression) -> Expression:
    value = as_exact(given)
    check_formula(value)
    return value


def as_exact(given: Expression) -> Expression:
    """A number or expression as sympy's; a decimal is refused."""
    value = sp.sympify(given)
    if value.has(sp.Float):
        decimals = sorted({abs(one) for one in value.atoms(sp.Float)})
        exact = fraction_of(value)
        if len(decimals) > 1:
            exact = ", ".join(f"{fraction_of(one)} for {sp.sstr(one, full_prec=False)}" for one in decimals)
        of_python = "" if exact.startswith("Rational") else "; Python's 1/2 is a decimal, Rational(1, 2) is not"
        if isinstance(given, str):
            raise ClaimError(f"the text {given!r} stands for a number; write it exactly, and not as text: {exact}")
        shown = f"{sp.sstr(value, full_prec=False)} {'is' if value.is_Float else 'holds'}"
        raise ClaimError(f"{shown} a decimal; write it exactly: {exact}{of_python}")
    return value


def _listed(symbols: set[Any]) -> str:
    return ", ".join(sorted(map(str, symbols)))


def _same_shape(left: Expression, right: Expression) -> None:
    shapes = tuple(getattr(side, "shape", ()) for side in (left, right))
    if shapes[0] != shapes[1]:
        raise ClaimError(
            f"the two sides have different shapes: {left} is {shapes[0] or 'a scalar'}, "
            f"{right} is {shapes[1] or 'a scalar'}; compare like with like"
        )


def _check_constant(bound: Bound) -> None:
    if bound.constant is None:
        return
    symbol = bound.constant.symbol
    left, right = bound.expressions
    if not _is_multiple(sp.sympify(right), symbol) or symbol in left.free_symbols:
        raise ClaimError(f"{symbol} must be a factor of the right side and stand nowhere else, got {bound.right}")
    if bound.tight:
        raise ClaimError(f"a bound whose constant {symbol} is not stated cannot be tight; state it, or drop `tight`")


def _is_multiple(formula: sp.Basic, symbol: sp.Symbol) -> bool:
    """Whether a formula is the symbol times what does not hold it; told without rewriting what stands beside it."""
    if isinstance(formula, sp.Add):
        return all(_is_multiple(term, symbol) for term in formula.args)
    if isinstance(formula, sp.Mul):
        holding = [factor for factor in formula.args if factor.has(symbol)]
        return len(holding) == 1 and _is_multiple(holding[0], symbol)
    return bool(formula == symbol)


def replace_constant(bound: AtMost | AtLeast, value: Expression) -> AtMost | AtLeast:
    """The bound with a number in place of its implied constant."""
    if bound.constant is None:
        return bound
    return dataclasses.replace(bound, right=bound.right.subs(bound.constant.symbol, value), constant=None)
