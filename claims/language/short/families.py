"""The family that declared quantities and relations make: draws, hypotheses, edges, what the search may move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Edge, Family, Hypothesis, Instances, Parameters
from lemmata.claims.language.ranges import Integers, Range, Reals
from lemmata.claims.language.short import boundary
from lemmata.claims.language.short.draws import SPREAD, draw_raw, shape_of
from lemmata.claims.language.short.quantities import Kind
from lemmata.claims.language.short.values import relation_mask

_LARGEST_SPREAD = 1000.0
_TIED = 0.1
_TRIED = 32
_FEWEST_MET = 6
"""Of so many drawn, an edge must bring so many that meet the hypotheses, or it is left out."""
_MOST_PAIRS = 3
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
    """

    symbols: tuple[Any, ...]
    relations: tuple[Any, ...] = ()
    fixed: tuple[Any, ...] = ()
    is_random: bool = False
    titles: tuple[str, ...] = ()

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
            made |= draw_raw(symbol, parameters, rng, size)
        made = made or {"instance": np.arange(size, dtype=float)}
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
    return Reals(float(low), float(high), logarithmic=bool(low > 0))


def family(
    space: Space,
    *,
    draw: Callable[..., Instances] | None = None,
    edges: Sequence[Edge] | None = None,
    near: Sequence[Mapping[Any, Any]] = (),
    search: Sequence[Any] | None = None,
) -> Family:
    """The family of a space; ``draw``, ``edges`` and ``search`` replace what would follow by itself."""
    drawer = space.draw if draw is None else _replaced(space, draw)
    made = list(default_edges(space, drawer)) if edges is None else list(edges)
    made += [_placed(f"near {number + 1}", values) for number, values in enumerate(near)]
    moved = [one for one in space.drawn if one.origin.std is None or not space.is_random]
    names = tuple(name for one in (moved if search is None else search) for name in (str(one), f"{one}.chart"))
    return Family(
        name=_spoken(space),
        parameters=space.ranges,
        draw=drawer,
        hypotheses=(*_own_ranges(space), *(_hypothesis(space, one) for one in space.relations)),
        edges=tuple(made),
        searchable=names,
    )


def _replaced(space: Space, draw: Callable[..., Instances]) -> Callable[..., Instances]:
    """The default draw with some quantities drawn by a function of the user's."""

    def both(parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, Any]:
        return {**space.fresh(parameters, rng, size), **draw(parameters, rng, size)}

    return both


def _spoken(space: Space) -> str:
    """The quantities in words: ``real u, v; positive eta``."""
    groups: dict[str, list[str]] = {}
    for one in (one for one in space.drawn if "." not in str(one)):
        kind = "Gaussian" if one.origin.std is not None else one.origin.kind.value
        word = "positive" if one.origin.is_open else "vector" if _is_vector(one) else kind
        groups.setdefault(word, []).append(str(one))
    spoken = [*space.titles, *(f"{word} {', '.join(names)}" for word, names in groups.items())]
    return "; ".join(spoken) or "whole numbers"


def _is_vector(symbol: Any) -> bool:
    return symbol.origin.kind is Kind.DENSE and symbol.shape[1] == 1


def _hypothesis(space: Space, relation: Any) -> Hypothesis:
    return Hypothesis(
        name=str(relation),
        holds=lambda parameters, instances: relation_mask(relation, space.symbols, parameters, instances),
    )


def _own_ranges(space: Space) -> Iterator[Hypothesis]:
    """The declared ranges of numbers and entries as hypotheses, for what the search proposes."""
    for one in space.drawn:
        for end, is_low in ((one.origin.low, True), (one.origin.high, False)):
            if end is not None:
                sign = (">" if one.origin.is_open else ">=") if is_low else "<="
                yield Hypothesis(
                    name=f"{one} {sign} {end}", holds=_end(str(one), end, is_low=is_low, strict=one.origin.is_open)
                )


def _end(name: str, end: Any, *, is_low: bool, strict: bool) -> Callable[[Parameters, Instances], Any]:
    from lemmata.solvers.numbers.constants import fraction
    from lemmata.solvers.numbers.masks import at_most, less

    def met(_: Parameters, instances: Instances) -> Any:
        values = instances[name].reshape(instances[name].shape[0], -1)
        bound = fraction(values, (1, 1), int(end.p), int(end.q))
        mask = at_most(values, bound) if not is_low else less(bound, values) if strict else at_most(bound, values)
        return _every(mask)

    return met


def _every(mask: Any) -> Any:
    columns = [mask[:, place] for place in range(mask.shape[1])]
    found = columns[0]
    for column in columns[1:]:
        found = found & column
    return found


def default_edges(space: Space, draw: Callable[..., Instances]) -> Iterator[Edge]:
    """Sizes smallest and largest, each quantity zero, pairs equal, each hypothesis at equality; as far as they exist."""
    whole = {name: declared for name, declared in space.ranges.items() if name != SPREAD}
    yield Edge(name="smallest")
    if whole:
        yield Edge(name="largest", parameters={name: _highest(declared) for name, declared in whole.items()})
        middle = {n: (d.low + d.high) // 2 for n, d in whole.items() if isinstance(d, Integers)}
        tries: list[Mapping[str, Any]] = [middle, {}]
    else:
        tries = [{}]
    if space.is_random:
        return
    for name, adjust in _adjustments(space):
        found = next((one for one in tries if _is_met(space, draw, one, adjust)), None)
        if found is not None:
            yield Edge(name=name, parameters=found, adjust=adjust)


def _highest(declared: Range) -> int | float:
    return declared.high if isinstance(declared, Integers | Reals) else 0


Adjust = Callable[[Parameters, Instances], Instances]


def _adjustments(space: Space) -> Iterator[tuple[str, Adjust]]:
    for one in space.drawn:
        low, high = one.origin.low, one.origin.high
        is_free = one.origin.kind in (Kind.REAL, Kind.DENSE, Kind.SYMMETRIC)
        if is_free and (low is None or low <= 0) and (high is None or high >= 0) and not one.origin.is_open:
            yield f"{one} = 0", _setting(str(one), 0.0)
        for end in (low, high):
            if end is not None and end != 0 and not (one.origin.is_open and end is low):
                yield f"{one} = {end}", _setting(str(one), float(end))
    parameters = {name: declared.simplest for name, declared in space.ranges.items()}
    pairs = [pair for pair in combinations(space.drawn, 2) if is_comparable(*pair, parameters)]
    for one, other in pairs[:_MOST_PAIRS]:
        if getattr(one, "shape", None) == getattr(other, "shape", None):
            yield f"{one} = {other}", _copying(str(one), str(other))
    for relation in space.relations:
        yield f"boundary of {relation}", _bounding(space, relation)


def _setting(name: str, number: float) -> Adjust:
    return lambda _, drawn: {**drawn, name: np.full_like(drawn[name], number)}


def _copying(name: str, other: str) -> Adjust:
    return lambda _, drawn: {**drawn, other: drawn[name]}


def _bounding(space: Space, relation: Any) -> Adjust:
    def adjust(parameters: Parameters, drawn: Instances) -> Instances:
        rng = np.random.default_rng(len(next(iter(drawn.values()))))
        size = len(next(iter(drawn.values())))
        with np.errstate(all="ignore"):
            breaks = ~np.broadcast_to(relation_mask(relation, space.symbols, parameters, drawn), (size,))
        return boundary.on_boundary(drawn, space.inside(parameters), breaks, rng)

    return adjust


def _is_met(space: Space, draw: Callable[..., Instances], parameters: Mapping[str, Any], adjust: Adjust) -> bool:
    """Whether an edge, as the trial will draw it, brings instances that meet the hypotheses."""
    point = {name: declared.simplest for name, declared in space.ranges.items()} | dict(parameters)
    drawn = adjust(point, draw(point, np.random.default_rng(0), _TRIED))
    return int(space.inside(point)(drawn).sum()) >= _FEWEST_MET


def _placed(name: str, values: Mapping[Any, Any]) -> Edge:
    """An edge at given values of some quantities."""

    def adjust(_: Parameters, drawn: Instances) -> Instances:
        placed = {str(one): np.asarray(value, dtype=float) for one, value in values.items()}
        unknown = sorted(set(placed) - set(drawn))
        if unknown:
            raise ClaimError(f"near= names {', '.join(unknown)}; what is drawn is {', '.join(drawn)}")
        return {**drawn, **{n: np.broadcast_to(v, drawn[n].shape).copy() for n, v in placed.items()}}

    return Edge(name=name, adjust=adjust)
