"""The arithmetic of `bounded` in machine code: the same operations in the same order, so the same bits, in one pass.

Importing this module imports Numba. Every kernel is a NumPy ufunc of its operands' values and errors, and covers
underflow entry by entry as `bounded._covered` does.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

from lemmata.solvers.numbers.bounded import INFLATION, SMALL, SMALLEST_NORMAL, SUBNORMAL, UNIT

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def _universal(inputs: int, outputs: int) -> Callable[[_Kernel], _Kernel]:
    """Decorate a kernel that takes one entry of each array and writes one entry of each result."""

    def decorate(function: _Kernel) -> _Kernel:
        numba = importlib.import_module("numba")
        layout = ",".join(["()"] * inputs) + "->" + ",".join(["()"] * outputs)
        signature = [(numba.float64[:],) * (inputs + outputs)]
        try:
            return cast("_Kernel", numba.guvectorize(signature, layout, nopython=True, cache=True)(function))
        except RuntimeError:  # no folder to keep the machine code in
            return cast("_Kernel", numba.guvectorize(signature, layout, nopython=True)(function))

    return decorate


@_universal(4, 2)
def multiply(x: Any, x_error: Any, y: Any, y_error: Any, product: Any, error: Any) -> None:
    """A product of two numbers with errors."""
    product[0] = x[0] * y[0]
    reach = abs(y[0]) + y_error[0]
    error[0] = (abs(product[0]) * UNIT + x_error[0] * reach + abs(x[0]) * y_error[0]) * INFLATION
    if error[0] < SMALL and abs(x[0]) + x_error[0] != 0 and reach != 0:
        error[0] += SUBNORMAL


@_universal(3, 2)
def scale(x: Any, x_error: Any, y: Any, product: Any, error: Any) -> None:
    """A product of a number with an error and an exact one."""
    product[0] = x[0] * y[0]
    error[0] = (abs(product[0]) * UNIT + x_error[0] * abs(y[0])) * INFLATION
    if error[0] < SMALL and abs(x[0]) + x_error[0] != 0 and y[0] != 0:
        error[0] += SUBNORMAL


@_universal(4, 2)
def add(x: Any, x_error: Any, y: Any, y_error: Any, total: Any, error: Any) -> None:
    """A sum of two numbers with errors."""
    total[0] = x[0] + y[0]
    error[0] = (abs(total[0]) * UNIT + x_error[0] + y_error[0]) * INFLATION


@_universal(4, 2)
def divide(above: Any, above_error: Any, below: Any, below_error: Any, quotient: Any, error: Any) -> None:
    """A quotient of two numbers with errors; of one by zero NaN, with an infinite error."""
    quotient[0] = above[0] / below[0] if below[0] != 0 else math.nan
    size = abs(quotient[0])
    if not size >= SMALL and above[0] != 0:
        size += SMALLEST_NORMAL
    smallest = abs(below[0]) * (1 - 1e-10) - below_error[0] * INFLATION
    if not smallest > 0:
        error[0] = math.inf
        return
    error[0] = (size * (below_error[0] / smallest * (1 + 1e-10) + UNIT) + above_error[0] / smallest) * INFLATION
    if error[0] < SMALL and abs(above[0]) + above_error[0] != 0:
        error[0] += SUBNORMAL
