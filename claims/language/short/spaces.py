"""The space that declared quantities and relations between them make, and draws from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Instances, Parameters
from lemmata.claims.language.ranges import Integers, Range, Reals
from lemmata.claims.language.short import boundary
from lemmata.claims.language.short.draws import SPREAD, draw_raw, shape_of
from lemmata.claims.language.short.quantities import Kind
from lemmata.claims.language.short.values import relation_mask

_LARGEST_SPREAD = 1000.0
_TIED = 0.1
_UNDRAWN = (Kind.INTEGER, Kind.SCALE, Kind.CONSTANT, Kind.MEASURED)


@dataclass(frozen=True, kw_only=True)
class Space:
    """Quantities and relations between them.

    Attributes:
        symbols: the declared quantities, measured ones and constants left out.
        relations: the hypotheses.
        fixed: numbers that are parameters, one value for a whole batch: probabilities and constants speak of these.
        titles: of the classes of functions that quantities with a dot in their names make up.
        is_random: whether the distribution counts: nothing is then moved, tied or rounded.
        is_wide: whether some numbers are drawn far larger and smaller than the others.
        has_any_size: whether they are also looked at over all sizes that floats have.
    """

    symbols: tuple[Any, ...]
    relations: tuple[Any, ...] = ()
    fixed: tuple[Any, ...] = ()
    is_random: bool = False
    titles: tuple[str, ...] = ()
    is_wide: bool = False
    has_any_size: bool = False

    @property
    def drawn(self) -> list[Any]:
        """The quantities that each instance has its own value of."""
        return [one for one in self.symbols if one.origin.kind not in _UNDRAWN and one not in self.fixed]

    @property
    def ranges(self) -> dict[str, Range]:
        """The parameters: sizes, whole numbers, fixed numbers, and over how many scales instances range."""
        whole = [one for one in self.symbols if one.origin.kind is Kind.INTEGER]
        found: dict[str, Range] = {str(one): Integers(int(one.origin.low), int(one.origin.high)) for one in whole}
        found |= {str(one): _range(one) for one in self.fixed}
        spread = Reals(1.0, 1.0 if self.is_random else _LARGEST_SPREAD, logarithmic=True)
        return found if found and (self.is_random or not self.drawn) else {**found, SPREAD: spread}

    def inside(self, parameters: Parameters) -> Callable[[Instances], Any]:
        """Which rows of floats meet every relation."""

        def met(instances: Instances) -> Any:
            size = len(next(iter(instances.values())))
            with np.errstate(all="ignore"):
                masks = [np.asarray(relation_mask(one, self.symbols, parameters, instances)) for one in self.relations]
            return np.all([np.ones(size, dtype=bool), *(np.broadcast_to(mask, (size,)) for mask in masks)], axis=0)

        return met

    def fresh(self, parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, Any]:
        """A draw in which hypotheses play no part."""
        made: dict[str, Any] = {}
        for symbol in self.drawn:
            made |= draw_raw(symbol, parameters, rng, size, wide=self.is_wide)
        made = made or {"instance": np.zeros(size)}
        return made if self.is_random else self._tied(made, parameters, rng)

    def draw(self, parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, Any]:
        """A draw that mostly meets the hypotheses, often on their boundary."""
        drawn = self.fresh(parameters, rng, size)
        if self.is_random or not self.relations:
            return drawn
        again = lambda: self.fresh(parameters, rng, size)  # noqa: E731 - one more of the same
        return dict(boundary.settled(drawn, again, self.inside(parameters), rng))

    def _tied(self, made: dict[str, Any], parameters: Parameters, rng: np.random.Generator) -> dict[str, Any]:
        """Some rows of one quantity become those of another, or aligned with them."""
        for one, other in combinations(self.drawn, 2):
            if not is_comparable(one, other, parameters):
                continue
            value = made[str(other)]
            free = one.origin.low is None and one.origin.high is None
            factor = rng.choice([1.0, -1.0, 0.5], size=len(value)) if free else np.ones(len(value))
            tied = (rng.random(len(value)) < _TIED).reshape(-1, *[1] * (value.ndim - 1))
            made[str(other)] = np.where(tied, made[str(one)] * factor.reshape(tied.shape), value)
        return made


def is_comparable(one: Any, other: Any, parameters: Parameters) -> bool:
    """Whether the values of two quantities may equal each other."""
    alike = one.origin == other.origin and one.origin.kind in (Kind.REAL, Kind.DENSE, Kind.SYMMETRIC)
    return alike and shape_of(one, parameters) == shape_of(other, parameters)


def _range(symbol: Any) -> Reals:
    low, high = symbol.origin.low, symbol.origin.high
    if low is None or high is None or (symbol.origin.is_open and low == 0):
        raise ClaimError(
            f"{symbol} is one number for a whole batch here, and needs a closed range: "
            f'{symbol} = real("{symbol}", low=..., high=...)'
        )
    ends = _inward(low, math.inf), _inward(high, -math.inf)
    if ends[0] > ends[1]:
        raise ClaimError(
            f"{symbol} ranges from {low} to {high}, and no float lies there; write the number in its place"
        )
    return Reals(*ends, logarithmic=bool(low > 0))


def _inward(end: Any, towards: float) -> float:
    """The float next to an end of a range, on its inner side."""
    value = float(end)
    is_outside = sp.Rational(value) < end if towards > 0 else sp.Rational(value) > end
    return math.nextafter(value, towards) if is_outside else value
