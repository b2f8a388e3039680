"""Trials of bounds with an implied constant."""

from __future__ import annotations

from typing import Any

from lemmata import at_most, conjecture, constant, judge
from lemmata.checks import Effort

C = constant("C")


def verdict_of_bound(left: Any, right: Any) -> str:
    """The verdict of a quick trial of ``left <= C right``."""
    claim = conjecture("Bounded", key="toy/bounded", then=at_most(left, C * right))
    return str(judge(claim, effort=Effort.QUICK, seed=0).verdict)
