"""The precisions at which balls decide: from the first upwards, until nothing is left open."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from typing import Any

BALL_BITS = 256
LADDER = (BALL_BITS, 1024, 4096)
"""Bits of the balls, tried in this order."""


def ball_precision(bits: int) -> AbstractContextManager[Any]:
    """Flint's precision within a block."""
    manager: AbstractContextManager[Any] = importlib.import_module("flint").ctx.workprec(bits)
    return manager
