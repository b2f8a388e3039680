"""Every conclusion as LaTeX, from the expressions that are judged."""

from __future__ import annotations

from typing import Any, TypeAlias

from sympy.printing.latex import LatexPrinter

from lemmata.claims.language.conclusions import AtLeast, AtMost, Conserved, Expression, Identity, Monotone
from lemmata.claims.language.quantified import Rate, Selects, Side, WithProbability

Conclusion: TypeAlias = Identity | Conserved | AtMost | AtLeast | Monotone | Rate | Selects | WithProbability


def latex(conclusion: Conclusion, *, flow: bool = False) -> str:
    """The conclusion as LaTeX; ``flow`` writes a ``Conserved`` as a differential equation."""
    parts = [formula(part) for part in conclusion.expressions]
    match conclusion:
        case Identity():
            return " = ".join(parts)
        case AtMost():
            return r" \le ".join(parts) + _implied(conclusion)
        case AtLeast():
            return r" \ge ".join(parts) + _implied(conclusion)
        case Rate():
            return _rate(conclusion, parts)
        case Selects():
            return f"{parts[0]} = {parts[1]} < {parts[2]}"
        case WithProbability():
            return _chance(conclusion)
        case Monotone(increasing=increasing):
            sign = r"\ge" if increasing else r"\le"
            return rf"Q_{{t+1}} {sign} Q_t, \qquad Q := {parts[0]}"
    quantity, change, factor = parts
    if flow:
        return rf"\frac{{d}}{{dt}}\left[{quantity}\right] = {change}"
    scaled = "Q_t" if conclusion.factor == 1 else rf"\left({factor}\right) Q_t"
    added = "" if conclusion.change == 0 else f" {change}" if change.startswith("-") else f" + {change}"
    return rf"Q_{{t+1}} = {scaled}{added}, \qquad Q := {quantity}"


_LANDAU = {Side.UPPER: "O", Side.LOWER: r"\Omega", Side.BOTH: r"\Theta"}


def _rate(rate: Rate, parts: list[str]) -> str:
    quantity, scale, power, *constant = parts
    base = scale if rate.scale.is_Symbol else rf"\left({scale}\right)"
    grown = rf"{base}^{{{power}}}"
    if constant:
        return rf"{quantity} \sim {constant[0]}\, {grown}"
    return rf"{quantity} = {_LANDAU[rate.side]}\left({grown}\right)"


def _chance(claimed: WithProbability) -> str:
    chance = rf"\Pr\left[ {latex(claimed.event)} \right]"
    low, high = (None if bound is None else formula(bound) for bound in (claimed.at_least, claimed.at_most))
    if low is None or high is None:
        return rf"{chance} \ge {low}" if high is None else rf"{chance} \le {high}"
    return f"{chance} = {low}" if low == high else rf"{low} \le {chance} \le {high}"


def _implied(bound: AtMost | AtLeast) -> str:
    """What the implied constant may depend on, if there is one."""
    if bound.constant is None:
        return ""
    symbol = formula(bound.constant.symbol)
    names = ", ".join(rf"\mathrm{{{name}}}" for name in bound.constant.may_depend_on)
    return rf",\qquad {symbol} = {symbol}({names})" if names else rf",\qquad {symbol}\ \mathrm{{absolute}}"


class _Printer(LatexPrinter):  # type: ignore[misc]  # sympy is not annotated
    """sympy's LaTeX, with diag for the diagonal of a matrix."""

    def _print_DiagonalOf(self, expression: Any) -> str:
        return rf"\operatorname{{diag}}\left({self._print(expression.arg)}\right)"


def formula(expression: Expression) -> str:
    """A sympy expression as LaTeX."""
    text: str = _Printer().doprint(expression)
    return text
