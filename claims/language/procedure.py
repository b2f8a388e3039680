"""Procedures: what is run. From a batch of instances to named quantities."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import sympy as sp

from lemmata.claims.language.conclusions import Expression
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Instances, Parameters
from lemmata.claims.language.functions import shaped

_LOGARITHM = re.compile(r"^log\((.*)\)$")


class Time(enum.Enum):
    """What the second axis of a measured quantity means."""

    NONE = "none"
    """One value an instance: the axis has length one."""
    STEPS = "steps"
    """Consecutive states of an iteration."""
    FLOW = "flow"
    """Points on a flow, each with the time derivative of the quantities that move."""
    SCALES = "scales"
    """Values of a scale parameter, along a geometric grid towards its limit; at least three."""


@lru_cache(maxsize=4096)  # sympy prints a symbol in 20 microseconds, and a trial asks a million times
def name_of(symbol: Any) -> str:
    """The name under which a quantity is known that was given by its symbol, or by its name."""
    return str(symbol)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One of the things that the conclusion is claimed of (a layer, a channel), for every instance.

    Attributes:
        name: e.g. ``"h = 1"``.
        values: symbol (or its name) -> array ``(batch, times)`` or ``(batch, times, rows, columns)``; an
            array ``(batch,)`` counts as one time. Keyed by its symbol, a vector may be ``(batch, n)`` or
            ``(batch, times, n)`` and a matrix ``(batch, rows, columns)``. ``log(symbol)`` gives a positive quantity
            by its logarithm, where the quantity itself would underflow.
        rates: symbol (or its name) -> its time derivative, same shape; only for ``Time.FLOW``.
        censored: symbol (or its name) -> mask ``(batch,)`` or ``(batch, times)``, true where the event was not seen
            within the run: the value given (how long the run was) is then exceeded by the true one, and nothing more
            is known of it. It refutes an upper bound that it exceeds, and leaves the rest undecided.
    """

    name: str
    values: Mapping[Any, Any]
    rates: Mapping[Any, Any] = field(default_factory=dict)
    censored: Mapping[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_censored()
        for given in ("values", "rates"):
            timed = {name_of(symbol): shaped(symbol, value) for symbol, value in getattr(self, given).items()}
            object.__setattr__(self, given, timed)

    @property
    def quantities(self) -> set[str]:
        """The names of what is known here, by its value or by its logarithm."""
        return {_LOGARITHM.sub(r"\1", name) for name in self.values}

    def _check_censored(self) -> None:
        masks = {name_of(symbol): mask for symbol, mask in self.censored.items()}
        known = [name_of(symbol) for symbol in self.values]
        for name, mask in masks.items():
            if name not in known or str(getattr(mask, "dtype", "")) != "bool":
                raise ClaimError(
                    f"case {self.name!r} calls {name} censored by {type(mask).__name__}; expected a boolean array "
                    f"(batch,) for one of its values: {', '.join(known)}"
                )
        object.__setattr__(self, "censored", masks)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A curve for the report: something measured beside what theory says of it; it takes no part in the judgement.

    Attributes:
        name: what the curve shows, e.g. ``"share of the second minimiser"``.
        x_label, y_label: of the axes.
        x, measured, predicted: numbers of equal count; ``predicted`` may be left empty. What is not finite is a gap in a
            curve, and cannot be in ``x``.
    """

    name: str
    x_label: str
    y_label: str
    x: Sequence[float]
    measured: Sequence[float]
    predicted: Sequence[float] = ()

    def __post_init__(self) -> None:
        lengths = {len(self.x), len(self.measured), len(self.predicted) or len(self.x)}
        if len(lengths) > 1:
            raise ClaimError(f"picture {self.name!r} has curves of different lengths: {sorted(lengths)}")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What a procedure returns: the conclusion is judged in every case.

    Attributes:
        cases: what is judged.
        failures: the sentence of a solver's outcome -> a mask ``(batch,)`` of the instances it hit.
        pictures: makes curves of the batch's first instance; called at edges and on real data only.
    """

    cases: tuple[Case, ...]
    failures: Mapping[str, Any] = field(default_factory=dict)
    pictures: Callable[[], Sequence[Picture]] = tuple

    @classmethod
    def of(
        cls,
        values: Mapping[Any, Any],
        *,
        case: str = "",
        rates: Mapping[Any, Any] | None = None,
        failures: Mapping[str, Any] | None = None,
        pictures: Callable[[], Sequence[Picture]] = tuple,
    ) -> Measurement:
        """One case, the usual thing: its values, and for a flow their ``rates``; ``case`` names it in reports."""
        return cls(
            cases=(Case(name=case, values=values, rates=rates or {}),), failures=failures or {}, pictures=pictures
        )


Run: TypeAlias = Callable[[Parameters, Instances], Measurement]


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """What is run, and what it measures.

    Attributes:
        name: a noun phrase for the report, e.g. "gradient descent, three steps".
        measures: what it measures, quantities or symbols -> their meaning in words; the conclusion may use these
            only. ``log(symbol)`` stands for a positive quantity that is measured by its logarithm.
        run: ``(parameters, instances) -> Measurement``; written over array operations, it is called with
            float64 with error bounds, and again with exact rationals or balls to confirm a violation.
        time: what the second axis of the quantities means.
        rational: whether exact rationals stay of a readable size; not over many steps, where their digits
            multiply at each: what needs settling is then settled in balls at once, and not only when the digits have
            grown beyond what can be handled.
        units: symbol -> its unit, a product of powers of unit symbols (``{f: ell * rho**2, R: rho}``); where
            given, both sides of the conclusion must scale alike. A symbol left out is a pure number.
        exact: whether it runs through in the numbers it is given; where it computes in float64 whatever they are, a
            violation rests on the error bounds that it returns.
        cost: how many times more expensive an instance is than usual (some tens of microseconds): so many times fewer
            are drawn, and attempts to shrink made. The evidence tells how many there were.
        further: of ``Time.SCALES``, the same at scales many orders nearer to the limit, the nearest to it first: a slope that
            contradicts a rate must be found there as well, and one that agrees must not be contradicted there.
        between: the same at scales between those: a rate must hold there as well.
    """

    name: str
    measures: Mapping[Expression, str] | Sequence[Expression]
    run: Run
    time: Time = Time.NONE
    rational: bool = True
    units: Mapping[Expression, Expression] = field(default_factory=dict)
    exact: bool = True
    cost: int = 1
    further: Sequence[Procedure] = ()
    between: Sequence[Procedure] = ()

    def __post_init__(self) -> None:
        if self.cost < 1:
            raise ClaimError(f"procedure {self.name!r} has cost {self.cost}; expected 1 (usual) or more")
        names = [str(symbol) for symbol in self.meanings]
        if not names:
            raise ClaimError(f"procedure {self.name!r} measures nothing; name its quantities in `measures`")
        if len(set(names)) < len(self.measures):
            raise ClaimError(f"procedure {self.name!r} measures two quantities of one name: {names}")
        strangers = sorted({str(symbol) for symbol in self.units} - set(names))
        if strangers:
            raise ClaimError(
                f"procedure {self.name!r} gives units to {', '.join(strangers)}, which it does not measure"
            )
        declared = {symbol: symbol.unit for symbol in self.meanings if getattr(symbol, "unit", None) is not None}
        object.__setattr__(self, "units", {**declared, **self.units})

    @property
    def meanings(self) -> dict[Expression, str]:
        """What each measured quantity is, in words; one that is measured by its logarithm stands as itself."""
        given = self.measures if isinstance(self.measures, Mapping) else dict.fromkeys(self.measures, "")
        return {
            _of_logarithm(symbol): meaning or getattr(_of_logarithm(symbol), "meaning", "")
            for symbol, meaning in given.items()
        }


def _of_logarithm(symbol: Expression) -> Expression:
    return symbol.args[0] if isinstance(symbol, sp.log) else symbol
