"""Every conclusion as LaTeX, from the expressions that are judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from sympy import Add, Pow, S, Symbol
from sympy.printing.latex import LatexPrinter, greek_letters_set, translate

from lemmata.claims.language.conclusions import AtLeast, AtMost, Conserved, Expression, Identity, Monotone
from lemmata.claims.language.quantified import Rate, Selects, Side, WithProbability

Conclusion: TypeAlias = Identity | Conserved | AtMost | AtLeast | Monotone | Rate | Selects | WithProbability


def latex(conclusion: Conclusion, *, flow: bool = False) -> str:
    """The conclusion as LaTeX, followed by its named parts; ``flow`` writes a law as a differential equation."""
    named = [rf"{formula(symbol)} = {formula(meant)}" for symbol, meant in conclusion.where.items()]
    return r", \qquad ".join([_statement(conclusion, flow=flow), *named])


def formula(expression: Expression) -> str:
    """A sympy expression as LaTeX."""
    text: str = _Printer({"fold_func_brackets": True, "mul_symbol": None}).doprint(expression)
    return text


def positive_first(terms: Sequence[Any]) -> list[Any]:
    """The terms of a sum, the first without a minus sign brought to the front: ``1 - x`` and not ``-x + 1``."""
    first = next((term for term in terms if not term.could_extract_minus_sign()), None)
    return list(terms) if first is None else [first, *(term for term in terms if term is not first)]


def _statement(conclusion: Conclusion, *, flow: bool = False) -> str:
    match conclusion:
        case Identity(left=left, right=right):
            return f"{formula(left)} = {formula(right)}"
        case AtMost(left=left, right=right):
            return rf"{formula(left)} \le {formula(right)}" + _implied(conclusion)
        case AtLeast(left=left, right=right):
            return rf"{formula(left)} \ge {formula(right)}" + _implied(conclusion)
        case Rate():
            return _rate(conclusion)
        case Selects(reached=reached, least=least, other=other):
            return f"{formula(reached)} = {formula(least)} < {formula(other)}"
        case WithProbability():
            return _chance(conclusion)
        case Monotone(quantity=quantity, increasing=increasing):
            sign = r"\ge" if increasing else r"\le"
            return rf"Q_{{t+1}} {sign} Q_t, \qquad Q := {formula(quantity)}"
    return _flow_law(conclusion) if flow else _step_law(conclusion)


def _flow_law(law: Conserved) -> str:
    return rf"\frac{{d}}{{dt}}{_bracketed(law.quantity)} = {formula(law.change)}"


def _step_law(law: Conserved) -> str:
    scaled = "Q_t" if law.factor == 1 else rf"{_factor(law.factor)} Q_t"
    change = formula(law.change)
    added = "" if law.change == 0 else f" {change}" if change.startswith("-") else f" + {change}"
    return rf"Q_{{t+1}} = {scaled}{added}, \qquad Q := {formula(law.quantity)}"


def _bracketed(expression: Expression) -> str:
    text = formula(expression)
    return rf"\, {text}" if expression.is_Symbol else rf"\left[{text}\right]"


def _factor(expression: Expression) -> str:
    text = formula(expression)
    return rf"\left({text}\right)" if isinstance(expression, Add) else text


_LANDAU = {Side.UPPER: "O", Side.LOWER: r"\Omega", Side.BOTH: r"\Theta"}


def _rate(rate: Rate) -> str:
    quantity, grown = formula(rate.quantity), formula(Pow(rate.scale, rate.exponent))
    if rate.exponent == 0:
        base = formula(rate.scale)
        grown = rf"{base}^{{0}}" if rate.scale.is_Symbol else rf"\left({base}\right)^{{0}}"
    if rate.constant is not None:
        return (
            rf"{quantity} \sim {grown}"
            if rate.constant == 1
            else rf"{quantity} \sim {_factor(rate.constant)}\, {grown}"
        )
    return rf"{quantity} = {_LANDAU[rate.side]}\left({grown}\right)"


def _chance(claimed: WithProbability) -> str:
    chance = rf"\Pr\left[ {_statement(claimed.event)} \right]"
    low, high = (None if bound is None else formula(bound) for bound in (claimed.at_least, claimed.at_most))
    if low is None or high is None:
        return rf"{chance} \ge {low}" if high is None else rf"{chance} \le {high}"
    return f"{chance} = {low}" if low == high else rf"{low} \le {chance} \le {high}"


def _implied(bound: AtMost | AtLeast) -> str:
    """What the implied constant may depend on, if there is one."""
    if bound.constant is None:
        return ""
    symbol = formula(bound.constant.symbol)
    names = ", ".join(formula(Symbol(name)) for name in bound.constant.may_depend_on)
    return rf",\qquad {symbol} = {symbol}({names})" if names else rf",\qquad {symbol}\ \mathrm{{absolute}}"


_WRITTEN_OUT = re.compile(r"[\\{}()|*<>= ]")
"""A symbol whose name holds one of these is LaTeX already, letters of the Greek alphabet apart."""
_WORD = re.compile(r"(?<![\\A-Za-z])([A-Za-z]+)")
_LONG = {"lam": "lambda", "Lam": "Lambda", "eps": "epsilon"}
_SHORT = re.compile(rf"({'|'.join(_LONG)})(?![A-Za-z])")
"""Names of letters cut short, ``lambda`` being a word of Python's."""
_NAME = re.compile(r"^([A-Za-z]{2,})|(?<![\\A-Za-z])([A-Za-z]{3,})")
"""A name of several letters, or a script of more than two, which is no product of letters (``ij`` may be one)."""


def is_operator(expression: Any) -> bool:
    """Whether a part of a formula is printed as an operator in front of its argument, such as a sum over entries."""
    return bool(getattr(expression, "is_operator", False))


class _Printer(LatexPrinter):  # type: ignore[misc]  # sympy is not annotated
    """sympy's LaTeX as a person would set it: no sum begins with a minus if it need not, transposes as such."""

    def _print_Symbol(self, expression: Any, style: str = "plain") -> str:
        if (short := _SHORT.match(expression.name)) is not None:
            expression = Symbol(_LONG[short[1]] + expression.name[short.end() :])
        if not _WRITTEN_OUT.search(expression.name):
            return _NAME.sub(lambda name: rf"\mathrm{{{name[0]}}}", super()._print_Symbol(expression, style))
        return _WORD.sub(lambda word: translate(word[1]) if word[1] in _GREEK else word[1], expression.name)

    def _as_ordered_terms(self, expression: Any, order: str | None = None) -> Sequence[Any]:
        return positive_first(super()._as_ordered_terms(expression, order=order))

    def _print_Mul(self, expression: Any) -> str:
        """Fractions and products as sympy sets them; a negative number in front of one sum turns the sum round."""
        number, rest = expression.as_coeff_Mul()
        if number is S.NegativeOne and isinstance(rest, Add):
            return str(self._print_Add(Add(*(-term for term in rest.args))))
        return str(super()._print_Mul(expression))

    def _needs_mul_brackets(self, expr: Any, first: bool = False, last: bool = False) -> bool:  # noqa: FBT001, FBT002 - sympy calls it so
        """Whether a factor stands in brackets: one that would reach over the factors behind it does."""
        return (is_operator(expr) and not last) or bool(super()._needs_mul_brackets(expr, first=first, last=last))

    def _print_Pow(self, expression: Any) -> str:
        """Powers as sympy sets them; those of a sum over entries in brackets: else they are sums of powers."""
        exponent = expression.exp
        is_set_apart = exponent.is_Rational and (exponent < 0 or exponent.p == 1)  # a fraction, or a root
        if is_operator(expression.base) and not is_set_apart:
            return rf"\left({self._print(expression.base)}\right)^{{{self._print(exponent)}}}"
        return str(super()._print_Pow(expression))

    def _print_log(self, expression: Any, exp: Any = None) -> str:
        (argument,) = expression.args
        power = "" if exp is None else f"^{{{exp}}}"
        text = self._print(argument)
        return (
            rf"\log{power} {text}" if argument.is_Symbol or argument.is_Integer else rf"\log{power}\left({text}\right)"
        )

    def _print_DiagonalOf(self, expression: Any) -> str:
        return rf"\operatorname{{diag}}\left({self._print(expression.arg)}\right)"

    def _print_Transpose(self, expression: Any) -> str:
        inner = self._print(expression.arg)
        return rf"{inner}^{{\top}}" if expression.arg.is_symbol else rf"\left({inner}\right)^{{\top}}"

    def _print_Trace(self, expression: Any) -> str:
        return rf"\operatorname{{tr}}\left({self._print(expression.arg)}\right)"

    def _print_MatAdd(self, expression: Any) -> str:
        terms = [(term, self._print(term)) for term in expression.args]
        plain = [text for _, text in terms if not text.startswith("-")]
        negative = [text for _, text in terms if text.startswith("-")]
        return " ".join([" + ".join(plain), *(f"- {text[1:].lstrip()}" for text in negative)]).strip()


_GREEK = set(greek_letters_set) | {name.capitalize() for name in greek_letters_set}
