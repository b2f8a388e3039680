"""A declined paper and the identity beside it, against difference quotients."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import drawn, measured

from lemmata.claims import Status
from lemmata.claims.papers import zhuo2020


def test_declined_with_a_reason() -> None:
    """The paper says why it is declined, and its one claim is a companion that says so."""
    assert zhuo2020.PAPER.declined
    assert Status.COMPANION is zhuo2020.frozen.status
    assert "declined" in zhuo2020.frozen.note


def test_change_of_the_bilinear_loss() -> None:
    """The derivative along a column is the difference quotient of the loss."""
    point, given = drawn(zhuo2020.frozen.given, size=3, rows=3, columns=2)
    got = measured(zhuo2020.frozen.when, point, given)
    for k, (A, x, b, c) in enumerate(zip(*(given[name] for name in ("A", "x", "b", "c")), strict=True)):
        move = np.outer(c, [1, 0]) * 1e-6
        expected = (np.sum((b - (A + move) @ x) ** 2) - np.sum((b - (A - move) @ x) ** 2)) / 2e-6

        assert expected == pytest.approx(got[zhuo2020.change][k, 0], rel=1e-6, abs=1e-8)
