"""Whether measured values are what their symbols are declared to be: sympy has simplified with it already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from lemmata.claims import (
    Claim,
    ClaimError,
    Conclusion,
    Identity,
    Measurement,
    Parameters,
    WithProbability,
    evaluate,
    measured_symbols,
)
from lemmata.claims.language.procedure import name_of
from lemmata.solvers import Bounded

_Breaks = Callable[[Any, Any], Any]

# What certainly breaks an assumption: value and error bound -> mask. An error bound excuses what it covers.
_BREAKS: dict[str, _Breaks] = {
    "positive": lambda value, error: value + error <= 0,
    "nonnegative": lambda value, error: value + error < 0,
    "negative": lambda value, error: value - error >= 0,
    "nonpositive": lambda value, error: value - error > 0,
    "nonzero": lambda value, error: (value == 0) & (error == 0),
    "zero": lambda value, error: np.abs(value) > error,
    "integer": lambda value, error: np.abs(value - np.rint(value)) > error,
    "even": lambda value, error: np.abs(value - 2 * np.rint(value / 2)) > error,
    "odd": lambda value, error: np.abs(value - 1 - 2 * np.rint((value - 1) / 2)) > error,
    "prime": lambda value, error: value + error < 2,  # noqa: PLR2004 - the least of them
    "composite": lambda value, error: value + error < 4,  # noqa: PLR2004 - the least of them
}


_SIMPLIFIED = "sympy has simplified the conclusion with that"


def is_of_assumptions(error: str) -> bool:
    """Whether an error says that an assumption is broken: then the formula at hand is another than the one written."""
    return _SIMPLIFIED in error


def check_assumptions(claim: Claim, parameters: Parameters, measured: Measurement, decided: np.ndarray) -> None:
    """Hold what a conclusion speaks of against its symbols' assumptions: measured, named by `where`, or parameters.

    Args:
        claim: the claim.
        parameters: of the batch.
        measured: in float64 with error bounds, first axis the batch.
        decided: mask ``(batch,)`` of the instances that are judged.

    Raises:
        ClaimError: a value breaks an assumption; it names the symbol, the assumption and the value.
    """
    used = measured_symbols(claim.then)
    for case in measured.cases:
        for symbol in used & set(_scalars(claim)):
            if name_of(symbol) in case.values:
                _check(claim, symbol, case.values[name_of(symbol)], decided, f"case {case.name!r}")
        for symbol, meant in _named(claim.then).items():
            _check(claim, symbol, evaluate(meant, case.values), decided, f"case {case.name!r}")
    if isinstance(claim.then, WithProbability):
        for symbol in {symbol for bound in claim.then.bounds for symbol in bound.free_symbols}:
            if isinstance(parameters.get(str(symbol)), int | float):
                value = Bounded.exact(np.array([float(parameters[str(symbol)])]))
                _check(claim, symbol, value, np.ones(1, dtype=bool), "the family's parameters")


def _named(conclusion: Conclusion) -> dict[Any, Any]:
    """The names of parts of formulas that are declared to be more than sympy sees these parts to be, and the parts."""
    stated = conclusion.event if isinstance(conclusion, WithProbability) else conclusion
    whole: dict[Any, Any] = {}
    for symbol, meant in stated.where.items():
        whole[symbol] = meant.xreplace(whole)
    known = measured_symbols(stated)
    return {
        symbol: meant
        for symbol, meant in whole.items()
        if symbol.is_Symbol and known >= measured_symbols(Identity(left=meant, right=meant))
        if not all(getattr(meant, f"is_{assumed}") for assumed in _declared(symbol))
    }


def _scalars(claim: Claim) -> Iterator[Any]:
    """The symbols with assumptions of their own; a matrix has none that entries could break."""
    return (symbol for symbol in measured_symbols(claim.then) if symbol.is_Symbol)


@lru_cache(maxsize=4096)  # sympy gathers a symbol's assumptions anew whenever it is asked
def _declared(symbol: Any) -> tuple[str, ...]:
    """The assumptions of a symbol that a value could break."""
    assumed = symbol.assumptions0
    return tuple(name for name in _BREAKS if assumed.get(name))


def _check(claim: Claim, symbol: Any, value: Any, decided: np.ndarray, where: str) -> None:
    rows = decided if len(decided) == value.shape[0] else np.ones(value.shape[0], dtype=bool)
    if not isinstance(value, Bounded) or not rows.any():
        return
    middle, error = value.value[rows], value.error[rows]
    for name in _declared(symbol):
        breaks = _BREAKS[name]
        broken = np.isfinite(middle) & np.isfinite(error) & breaks(middle, error)
        if broken.any():
            raise ClaimError(
                f"{claim.key}: {symbol} is declared {name}, and {_SIMPLIFIED}, but {where} "
                f"has {symbol} = {float(middle[broken][0])!r}; declare the symbol without {name}=True, or "
                "measure or draw what it is declared to be"
            )
