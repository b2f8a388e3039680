"""Edges that follow from declared quantities and relations: sizes, zeros, equal pairs, boundaries, named places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Edge, Instances, Parameters
from lemmata.claims.language.formula import evaluate
from lemmata.claims.language.ranges import Integers, Range, Reals
from lemmata.claims.language.short import boundary
from lemmata.claims.language.short.classes import Extremal
from lemmata.claims.language.short.draws import SPREAD
from lemmata.claims.language.short.quantities import Kind
from lemmata.claims.language.short.spaces import Space, is_comparable
from lemmata.claims.language.short.values import relation_mask, values_of, with_times

_TRIED = 32
_BATCHES, _BATCH, _FEWEST_MET = 4, 8, 8
"""Batches as small as a trial may draw: each must bring an instance that meets the hypotheses, together so many of them."""
_MOST_PAIRS = 3
_LARGER = 4
"""So many sizes are tried for the smallest, and for the largest, that a hypothesis admits."""
_SHARES = (0.25, 0.5, 1.0)
"""How far along its range the spread of numbers is where none met the hypotheses at its least."""


def default_edges(space: Space, draw: Callable[..., Instances]) -> Iterator[Edge]:
    """Sizes smallest and largest, each quantity zero, pairs equal, each hypothesis at equality; as far as they exist."""
    whole = {name: declared for name, declared in space.ranges.items() if name != SPREAD}
    yield Edge(name="smallest", parameters=_smallest(space, draw, whole))
    if whole:
        yield Edge(name="largest", parameters=_largest(space, draw, whole))
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


def _smallest(space: Space, draw: Callable[..., Instances], whole: Mapping[str, Range]) -> Mapping[str, Any]:
    """The smallest sizes at which anything meets the hypotheses, which may ask for more than the ranges do.

    Where they keep numbers away from zero these are drawn as large as needed.
    """
    sizes = {name: declared for name, declared in whole.items() if isinstance(declared, Integers)}
    spread = space.ranges.get(SPREAD)
    wide = [{SPREAD: spread.at(share)} for share in _SHARES] if isinstance(spread, Reals) else []
    for wider in ({}, *wide):
        for more in range(_LARGER if sizes or not wider else 1):
            tried = {name: min(one.low + more, one.high) for name, one in sizes.items()} if more else {}
            if _count_met(space, draw, {**tried, **wider}, lambda _, drawn: drawn):
                return {**tried, **wider}
    return {}


def _largest(space: Space, draw: Callable[..., Instances], whole: Mapping[str, Range]) -> Mapping[str, Any]:
    """The largest sizes, or somewhat smaller ones if hardly anything meets the hypotheses there."""
    ends = {name: _highest(declared) for name, declared in whole.items()}
    sizes = {name: declared.low for name, declared in whole.items() if isinstance(declared, Integers)}
    for less in range(_LARGER if space.relations and not space.is_random else 0):
        tried = {**ends, **{name: max(ends[name] - less, low) for name, low in sizes.items()}}
        if _is_met(space, draw, tried, lambda _, drawn: drawn):
            return tried
    return ends


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
    """Whether an edge, as a trial will draw it, brings instances that meet the hypotheses, whatever the seed."""
    found = 0 if space.relations else _FEWEST_MET
    for seed in range(_BATCHES if space.relations else 0):
        met = _count_met(space, draw, parameters, adjust, size=_BATCH, seed=seed)
        if not met:
            return False
        found += met
    return found >= _FEWEST_MET


def _count_met(
    space: Space,
    draw: Callable[..., Instances],
    parameters: Mapping[str, Any],
    adjust: Adjust,
    *,
    size: int = _TRIED,
    seed: int = 0,
) -> int:
    point = {name: declared.simplest for name, declared in space.ranges.items()} | dict(parameters)
    drawn = adjust(point, draw(point, np.random.default_rng(seed), size))
    return int(space.inside(point)(drawn).sum())


def extremal_edges(space: Space, draw: Callable[..., Instances], members: Sequence[Extremal]) -> Iterator[Edge]:
    """The extremal members of the classes, as far as they meet the hypotheses."""
    for member in members:
        edge = placed_edge(space, f"extremal: {member.name}", member.values)
        if edge.adjust is not None and _is_met(space, draw, edge.parameters, edge.adjust):
            yield edge


def near_edges(
    space: Space, draw: Callable[..., Instances], near: Sequence[Mapping[Any, Any]] | Mapping[str, Mapping[Any, Any]]
) -> Iterator[Edge]:
    """An edge at each of the places that are named, or numbered in order; every one meets the hypotheses.

    Raises:
        ClaimError: values are no numbers, of unknown quantities, or break a hypothesis whatever the others are.
    """
    named = near if isinstance(near, Mapping) else {f"near {n + 1}": values for n, values in enumerate(near)}
    for name, values in named.items():
        if not isinstance(values, Mapping):
            raise ClaimError(f"near= holds {values!r}; expected places, each with its values: near=[{{x: 1, y: 0}}]")
        edge = placed_edge(space, name, values)
        point = {name: declared.simplest for name, declared in space.ranges.items()} | dict(edge.parameters)
        drawn = draw(point, np.random.default_rng(0), _TRIED)
        drawn = edge.adjust(point, drawn) if edge.adjust is not None else drawn
        for relation in space.relations:
            met = np.broadcast_to(relation_mask(relation, space.symbols, point, drawn), (_TRIED,))
            if not met.any():
                given = ", ".join(f"{one} = {value}" for one, value in values.items())
                raise ClaimError(f"near= {given} breaks the hypothesis {relation}; give a place where it holds")
        yield edge


def placed_edge(space: Space, name: str, values: Mapping[Any, Any]) -> Edge:
    """An edge at given values of some quantities: numbers, arrays, and formulas in the other quantities."""
    sizes = {
        str(one): int(value) if isinstance(space.ranges[str(one)], Integers) else float(value)
        for one, value in values.items()
        if str(one) in space.ranges
    }
    placed = {str(one): value for one, value in values.items() if str(one) not in space.ranges}
    formulas = {one: value for one, value in placed.items() if _symbols_in(value)}
    strangers = {part for value in formulas.values() for part in _symbols_in(value)} - set(space.symbols)
    if strangers:
        raise ClaimError(f"near= holds a formula in {min(map(str, strangers))}, which is no quantity of the statement")

    def adjust(parameters: Parameters, drawn: Instances) -> Instances:
        unknown = sorted(set(placed) - set(drawn))
        if unknown:
            raise ClaimError(f"near= names {', '.join(unknown)}; what is drawn is {', '.join(drawn)}")
        numbers = {one: _as_floats(one, value) for one, value in placed.items() if one not in formulas}
        made = {**drawn, **{one: _like(one, drawn[one], value) for one, value in numbers.items()}}
        known = with_times(space.symbols, values_of(space.symbols, parameters, made))
        computed = {one: _like(one, drawn[one], _computed(value, known, drawn[one])) for one, value in formulas.items()}
        # Where a formula is not defined, at a draw that no hypothesis admits, the draw stays as it is.
        return made | {one: np.where(np.isfinite(value), value, drawn[one]) for one, value in computed.items()}

    return Edge(name=name, parameters=sizes, adjust=adjust)


def _symbols_in(value: Any) -> set[Any]:
    parts = value if isinstance(value, list | tuple) else [value]
    return {one for part in parts for one in getattr(part, "free_symbols", ())}


def _computed(value: Any, known: Mapping[str, Any], like: Any) -> Any:
    """A formula, or a row of formulas and numbers, at drawn instances; to be repeated over the axes of ``like``."""
    if isinstance(value, list | tuple):
        return np.concatenate([_computed(part, known, like) for part in value], axis=-1)
    with np.errstate(all="ignore"):
        found = np.asarray(evaluate(sp.sympify(value), known), dtype=float)
    size = len(like)
    return np.broadcast_to(found.reshape(-1), (size,)).reshape(size, *[1] * (like.ndim - 1))


def _like(name: str, drawn: Any, value: Any) -> Any:
    try:
        return np.broadcast_to(value, drawn.shape).astype(drawn.dtype)
    except ValueError:
        raise ClaimError(
            f"near= gives {name} a value of shape {np.shape(value)} where its own is {drawn.shape[1:]}; name its sizes "
            "beside it, as in {n: 2, v: [1, 0]}, or give one number for all entries"
        ) from None


def _as_floats(quantity: Any, value: Any) -> Any:
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ClaimError(
            f"near= gives {quantity} the value {value!r}; expected a number, a list of numbers or a formula"
        ) from None
