"""An expression where others are defined: what sympy has removed from a formula is asked all the same."""

from __future__ import annotations

from typing import Any

import sympy as sp


class Restricted(sp.Expr):  # type: ignore[misc]  # sympy is not annotated
    """The first argument, where all others are defined: what a formula was before sympy simplified it."""

    is_commutative = True

    def _eval_is_real(self) -> bool | None:
        known: bool | None = self.args[0].is_real
        return known

    def _eval_derivative(self, symbol: Any) -> Any:
        return Restricted(self.args[0].diff(symbol), *self.args[1:])

    def _sympystr(self, printer: Any) -> str:
        conditions = (f"{printer.doprint(base)} {sign} 0" for base, sign in self._asked())
        return f"({printer.doprint(self.args[0])} where {', '.join(conditions)})"

    def _latex(self, printer: Any) -> str:
        signs = {"!=": r"\neq", ">=": r"\ge", ">": ">"}
        conditions = (f"{printer.doprint(base)} {signs[sign]} 0" for base, sign in self._asked())
        return r"\left({}\ \mathrm{{where}}\ {}\right)".format(printer.doprint(self.args[0]), r",\ ".join(conditions))

    def _asked(self) -> list[tuple[Any, str]]:
        """What the other arguments ask of their operands: of 1/x that x is not zero, of a root that it is not negative."""
        factors = [factor.as_base_exp() for one in self.args[1:] for factor in sp.Mul.make_args(one) if factor.is_Pow]
        signs = [(base, "!=" if power.is_integer else ">=" if power.is_positive else ">") for base, power in factors]
        return [(base, sign) for base, sign in signs if not (base.is_positive or base.is_number)]
