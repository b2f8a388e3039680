"""When a bound by zero that is said to be attained is so."""

from typing import Any

import pytest

from lemmata import at_least, at_most, conjecture, real
from lemmata.checks import Effort, judge

x, y = real("x", "y")
z = real("z", low=0)


@pytest.mark.parametrize(
    ("then", "given", "reason"),
    [
        (at_least((x - y) ** 2, 0), [], ""),
        (at_least(x**2 - 2 * x * y + y**2, 0), [], ""),
        (at_most(-((x - 1) ** 2), 0), [], ""),
        (at_least(x**2 + 1, 0), [], "tightness"),
        (at_least(z - 1, 0), [z >= 2], "tightness"),
        (at_most(z, 2 * z), [], "tightness"),
    ],
    ids=["in floats", "in exact numbers", "from above", "never", "outside the hypothesis", "both sides vanish"],
)
def test_attained_at_zero(then: Any, given: Any, reason: str) -> None:
    """A bound by the number zero is attained where the other side is exactly zero; `z <= 2 z` is not for z = 0."""
    found = judge(
        conjecture("It is attained", key="tight/zero", then=then, given=given, tight=True), effort=Effort.QUICK
    )

    assert reason == found.reason
    assert (reason == "") is (found.verdict == "proved")
