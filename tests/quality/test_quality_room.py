"""The room that a hypothesis leaves beside what is drawn: what is false in it alone is seen, what is true stands."""

import numpy as np
import pytest
from random_statements import in_room, tried

from lemmata.checks.verdict import Verdict


@pytest.mark.parametrize("number", range(50))
def test_in_the_room(number: int) -> None:
    """Of statements that every drawn instance obeys, those that fail within the hypothesis are refuted."""
    is_true = number % 2 == 0
    claim = in_room(np.random.default_rng(number), true=is_true)
    verdict, _, sentence = tried(claim, number)

    assert (verdict is Verdict.REFUTED) is not is_true, sentence
    assert verdict is not Verdict.ERROR
