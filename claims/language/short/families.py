"""The family that declared quantities and relations make: draws, hypotheses, edges, what the search may move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.relational import Relational

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Compared, Edge, Family, Hypothesis, Instances, Parameters
from lemmata.claims.language.short.charts import simple_values
from lemmata.claims.language.short.classes import Extremal
from lemmata.claims.language.short.edges import default_edges, extremal_edges, near_edges
from lemmata.claims.language.short.quantities import DeclaredMatrix, Kind, Values
from lemmata.claims.language.short.spaces import Space
from lemmata.claims.language.short.values import MIRRORS, decided, relation_mask, relation_sides, values_of
from lemmata.solvers.numbers.constants import fraction
from lemmata.solvers.numbers.masks import at_most, less


def family(
    space: Space,
    *,
    draw: Callable[..., Instances] | None = None,
    edges: Sequence[Edge] | None = None,
    near: Sequence[Mapping[Any, Any]] | Mapping[str, Mapping[Any, Any]] = (),
    search: Sequence[Any] | None = None,
    extremal: Sequence[Extremal] = (),
    counted: Sequence[str] = (),
) -> Family:
    """The family of a space; ``draw``, ``edges`` and ``search`` replace what would follow by itself."""
    drawer = space.draw if draw is None else _replaced(space, draw)
    made = [*default_edges(space, drawer), *extremal_edges(space, drawer, extremal)] if edges is None else list(edges)
    made += near_edges(space, drawer, near)
    moved = [one for one in space.drawn if one.origin.std is None or not space.is_random]
    names = tuple(_moved(one) for one in (moved if search is None else search))
    return Family(
        name=_spoken(space),
        parameters=space.ranges,
        draw=drawer,
        hypotheses=(*_own_ranges(space), *(_hypothesis(space, one) for one in space.relations)),
        edges=tuple(made),
        searchable=names,
        counted=() if draw is not None else tuple(counted),
        any_size=space.has_any_size and draw is None,
        project=_into_ranges(space),
        simple=simple_values(space.drawn),
        meanings=dict(_meanings(space)),
        rebuilt=_rebuilt(space),
    )


def _meanings(space: Space) -> Iterator[tuple[str, str]]:
    """What parameters and entries are, as far as their declarations say it in words of their own."""
    for one in space.symbols:
        says = one.origin.says if isinstance(one, DeclaredMatrix) else one.meaning
        if one.origin.kind is Kind.ORTHOGONAL and says:
            yield f"{one}.chart", f"{says}: a product of reflections, {MIRRORS}"
            yield f"{one}.side", "-1 where the first column of that matrix is turned round, 1 where it is not"
        elif says and says != one.origin.meaning:
            yield str(one), says


_MADE = (Kind.SYMMETRIC, Kind.UNIT, Kind.ORTHOGONAL)
"""Arrays of these kinds are made from the entries of an instance, which are others."""


def _rebuilt(space: Space) -> Callable[[Parameters, Instances], Mapping[str, Any]] | None:
    made = [one for one in space.symbols if one.origin.kind in _MADE]

    def rebuilt(parameters: Parameters, instances: Instances) -> Mapping[str, Any]:
        return values_of(made, parameters, instances)

    return rebuilt if made else None


def _into_ranges(space: Space) -> Callable[[Instances], Instances] | None:
    """Moves numbers and entries into their ranges: to the nearest end, or mirrored at one that is left out."""
    ranges = {str(one): one.origin for one in space.drawn if (one.origin.low, one.origin.high) != (None, None)}

    def project(instances: Instances) -> Instances:
        return {name: _inside(instances[name], origin) for name, origin in ranges.items()}

    return project if ranges else None


def _inside(values: Any, origin: Values) -> Any:
    low, high = (None if end is None else float(end) for end in (origin.low, origin.high))
    mirrored = low + np.abs(values - low) if origin.is_open and low is not None else values
    return np.clip(mirrored, low, high)


def _moved(symbol: Any) -> str:
    """The name of the array that the search moves for a quantity."""
    return f"{symbol}.chart" if symbol.origin.kind in (Kind.UNIT, Kind.ORTHOGONAL) else str(symbol)


def _replaced(space: Space, draw: Callable[..., Instances]) -> Callable[..., Instances]:
    """The default draw with some quantities drawn by a function of the user's."""

    def both(parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, Any]:
        own = draw(parameters, rng, size)
        fresh = space.fresh(parameters, rng, size)
        unknown = sorted(set(own) - set(fresh))
        if unknown:
            raise ClaimError(f"draw= returned {', '.join(unknown)}, which is no quantity; these are {', '.join(fresh)}")
        return {**fresh, **own}

    return both


def _spoken(space: Space) -> str:
    """The quantities in words: ``real u, v; positive eta``."""
    groups: dict[str, list[str]] = {}
    for one in (one for one in space.drawn if "." not in str(one)):
        kind = "Gaussian" if one.origin.std is not None else one.origin.kind.value
        word = "positive" if one.origin.is_open else "vector" if _is_vector(one) else kind
        groups.setdefault(word, []).append(str(one))
    spoken = [*space.titles, *(f"{word} {', '.join(names)}" for word, names in groups.items())]
    is_whole = any(one.origin.kind is Kind.INTEGER for one in space.symbols)
    return "; ".join(spoken) or ("whole numbers" if is_whole else "numbers")


def _is_vector(symbol: Any) -> bool:
    return symbol.origin.kind is Kind.DENSE and symbol.shape[1] == 1


def _hypothesis(space: Space, relation: Any) -> Hypothesis:
    def met(parameters: Parameters, instances: Instances) -> Any:
        return relation_mask(relation, space.symbols, parameters, instances)

    several = _relations(sp.to_nnf(relation, simplify=False))

    def parts(parameters: Parameters, instances: Instances) -> list[Compared]:
        both = [relation_sides(one, space.symbols, parameters, instances) for one in several]
        return [
            Compared(left=left, sign=one.rel_op, right=right) for one, (left, right) in zip(several, both, strict=True)
        ]

    def sides(parameters: Parameters, instances: Instances) -> Compared:
        return parts(parameters, instances)[0]

    if isinstance(relation, Relational):
        return Hypothesis(name=str(relation), holds=decided(met), sides=sides)
    return Hypothesis(name=str(relation), holds=decided(met), parts=parts)


def _relations(condition: Any) -> list[Any]:
    """The relations that a condition joins; what stands within their sides, as in a Piecewise, is none of them."""
    if isinstance(condition, Relational):
        return [condition]
    return [one for part in condition.args for one in _relations(part)]


def _own_ranges(space: Space) -> Iterator[Hypothesis]:
    """The declared ranges of numbers and entries as hypotheses, for what the search proposes."""
    for one in space.drawn:
        for end, is_low in ((one.origin.low, True), (one.origin.high, False)):
            if end is not None:
                sign = (">" if one.origin.is_open else ">=") if is_low else "<="
                yield Hypothesis(
                    name=f"{one} {sign} {end}",
                    holds=_end(str(one), end, is_low=is_low, strict=one.origin.is_open),
                    declared=True,
                    sides=_entries_and_end(str(one), sign, end),
                )


def _entries_and_end(name: str, sign: str, end: Any) -> Callable[[Parameters, Instances], Compared]:
    def sides(_: Parameters, instances: Instances) -> Compared:
        values = instances[name].reshape(instances[name].shape[0], -1)
        return Compared(left=values, sign=sign, right=fraction(values, (1, 1), int(end.p), int(end.q)))

    return sides


def _end(name: str, end: Any, *, is_low: bool, strict: bool) -> Callable[[Parameters, Instances], Any]:
    def met(_: Parameters, instances: Instances) -> Any:
        values = instances[name].reshape(instances[name].shape[0], -1)
        if not values.shape[1]:  # a matrix without columns
            return np.ones(values.shape[0], dtype=bool)
        bound = fraction(values, (1, 1), int(end.p), int(end.q))
        mask = at_most(values, bound) if not is_low else less(bound, values) if strict else at_most(bound, values)
        return _every(mask)

    return decided(met)


def _every(mask: Any) -> Any:
    return reduce(lambda one, other: one & other, [mask[:, place] for place in range(mask.shape[1])])
