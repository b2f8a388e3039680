"""Relations that error bounds leave unchecked: counted, on drawn instances and on tables too large to settle."""

from collections.abc import Callable

import numpy as np
import pytest
from toy_claims import claim, numbers, procedure, x, y

from lemmata.checks import Effort, judge
from lemmata.claims import Identity, Instances, Measurement, Mutant, Parameters, RealData
from lemmata.solvers import Bounded

_TABLE, _ENTRIES = 9, 3_000


def _drawn(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Rows of a table, or a few numbers."""
    entries = _ENTRIES if parameters["n"] == _TABLE else 3
    return {"x": rng.integers(1, 64, size=(size, entries)) / 8}


def _blurred(share: float) -> Callable[[Parameters, Instances], Measurement]:
    """The same numbers twice, the first part of a table with errors as large as they are."""

    def run(_: Parameters, instances: Instances) -> Measurement:
        numbers = instances["x"]
        if not isinstance(numbers, Bounded):
            return Measurement.of({x: numbers, y: numbers}, case="all")
        count = numbers.shape[1]
        large = np.arange(count) < (share * count if count == _ENTRIES else 0)
        return Measurement.of({x: Bounded(numbers.value, numbers.error + 9.0 * large), y: numbers}, case="all")

    return run


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.0, "holds"), (0.05, "holds"), (0.2, "undecided"), (1.0, "undecided")]
)
def test_of_a_table(share: float, verdict: str) -> None:
    """What is left unchecked of a table is counted; more than a tenth of it decides nothing."""
    family = numbers(draw=_drawn, data=(RealData(name="wide", parameters={"n": _TABLE}, size=2),))
    false = Mutant(name="twice", because="it is once", then=Identity(left=x, right=2 * y))
    subject = claim(
        given=family,
        when=procedure(_blurred(share), measures={x: "a number", y: "the same"}),
        then=Identity(left=x, right=y),
        mutants=(false,),
    )
    found = judge(subject, effort=Effort.QUICK)

    assert found.data is not None
    assert (verdict, round(2 * share * _ENTRIES)) == (found.verdict, found.data.unchecked)
    assert 2 * _ENTRIES == found.data.relations + found.data.unchecked
