from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from lemmata.checks.stages.evolution import Evolution


def generations(size: int, count: int) -> list[Any]:
    """What is proposed on the way to the least sum of squares."""
    strategy, met = Evolution(size, 7, 0.3), []
    for _ in range(count):
        asked = strategy.ask()
        strategy.tell(asked, [float(np.sum(one**2)) for one in asked])
        met.append(np.array(asked))
    return met


@pytest.mark.parametrize("size", [3, 400])
def test_the_global_generator_stays_as_it_is(size: int) -> None:
    """Neither few entries nor many let CMA-ES move the generator that is a claim's own."""
    before = np.random.get_state(legacy=False)  # noqa: NPY002 - what must not move

    assert 6 == len(generations(size, 6))

    after = np.random.get_state(legacy=False)  # noqa: NPY002 - as above

    assert before["state"]["pos"] == after["state"]["pos"]
    assert np.array_equal(before["state"]["key"], after["state"]["key"])


def test_the_same_whatever_the_global_generator_holds() -> None:
    """What is proposed depends on the seed alone."""
    first = generations(400, 8)
    np.random.standard_normal(5)  # noqa: NPY002 - somebody else's numbers

    assert np.array_equal(first, generations(400, 8))


def test_searches_side_by_side_give_back_what_was_there() -> None:
    """Several threads at once propose what each does alone, and leave the global generator as it was."""
    before, alone = np.random.get_state(legacy=False), generations(40, 20)  # noqa: NPY002 - what must not move
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: generations(40, 20), range(8)))
    after = np.random.get_state(legacy=False)  # noqa: NPY002 - as above

    assert all(np.array_equal(alone, one) for one in together)
    assert before["state"]["pos"] == after["state"]["pos"]
    assert np.array_equal(before["state"]["key"], after["state"]["key"])
