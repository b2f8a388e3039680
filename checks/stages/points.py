"""Parameter points of a family, drawn by Hypothesis within the declared ranges."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import singledispatch
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from hypothesis.errors import HypothesisWarning

from lemmata.claims import Choice, Integers, Range, Reals, Sizes, Value

# Hypothesis borrows integers and floats from whatever source code happens to be loaded, so that the same
# seed draws differently in another process. No constant of any code lies this far out: drawing there and
# shifting back keeps the draws a function of the seed alone, and keeps its preference for small and
# boundary values.
_FAR = 7_919 * 10**30
_GRID = 2**20


def draw_points(ranges: Mapping[str, Range], count: int, point_seed: int) -> list[dict[str, Value]]:
    """Up to ``count`` different parameter points; fewer where the ranges hold fewer.

    Args:
        ranges: parameter name -> declared range.
        count: how many points are wanted, at least one.
        point_seed: the same seed gives the same points.
    """
    found: list[dict[str, Value]] = []
    strategy = st.fixed_dictionaries({name: _strategy(given_range) for name, given_range in ranges.items()})

    @seed(point_seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(point: dict[str, Any]) -> None:
        ordered = {name: point[name] for name in ranges}
        if ordered not in found:
            found.append(ordered)

    with warnings.catch_warnings(), _no_folder():
        warnings.simplefilter("ignore", HypothesisWarning)
        collect()
    return found[:count]


@contextmanager
def _no_folder() -> Iterator[None]:
    """Keep Hypothesis from making its folder .hypothesis where the user works: its caches are not kept at all."""
    before = storage_directory(intent_to_write=False).path
    set_hypothesis_home_dir(Path(os.devnull) / "hypothesis")
    try:
        yield
    finally:
        set_hypothesis_home_dir(before)


def _whole(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(_FAR + low, _FAR + high).map(lambda number: number - _FAR)


@singledispatch
def _strategy(declared: object) -> st.SearchStrategy[Any]:
    raise TypeError(f"expected a range (integers, reals, choice, sizes), got {declared!r}")


@_strategy.register
def _(declared: Integers) -> st.SearchStrategy[Any]:
    return _whole(declared.low, declared.high)


@_strategy.register
def _(declared: Reals) -> st.SearchStrategy[Any]:
    if declared.low == declared.high:
        return st.just(declared.low)
    return _whole(0, _GRID).map(lambda step: declared.at(step / _GRID))


@_strategy.register
def _(declared: Choice) -> st.SearchStrategy[Any]:
    return _whole(0, len(declared.options) - 1).map(declared.options.__getitem__)


@_strategy.register
def _(declared: Sizes) -> st.SearchStrategy[Any]:
    entries = _whole(declared.of.low, declared.of.high)
    length = _whole(declared.shortest, declared.longest)
    return length.flatmap(lambda n: st.tuples(*[entries] * n).map(list))
