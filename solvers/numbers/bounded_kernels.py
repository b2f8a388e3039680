"""The arithmetic of `bounded` with errors in machine code: the same operations in the same order, so the same bits.

Importing this module imports Numba. The errors are found in one pass by NumPy ufuncs, which cover underflow entry by
entry as `bounded._covered` does.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lemmata.solvers.numbers.bounded import INFLATION, SMALL, SMALLEST_NORMAL, SUBNORMAL, UNIT
from lemmata.solvers.numbers.compilation import compiled_ufunc

_SMALL = int(np.float64(SMALL).view(np.int64))
"""Compared by bits, since NaN is then none of the small errors and raises no warning, as it may beside a number."""


def multiply(x: Any, x_error: Any, y: Any, y_error: Any) -> tuple[Any, Any]:
    """Value and error of a product of two numbers with errors."""
    product = x * y
    return product, _error_of_product(product, x, x_error, y, y_error)


def scale(x: Any, x_error: Any, y: Any) -> tuple[Any, Any]:
    """Value and error of a product of a number with an error and an exact one."""
    product = x * y
    return product, _error_of_multiple(product, x, x_error, y)


def add(x: Any, x_error: Any, y: Any, y_error: Any) -> tuple[Any, Any]:
    """Value and error of a sum of two numbers with errors."""
    total = x + y
    return total, _error_of_sum(total, x_error, y_error)


def divide(above: Any, above_error: Any, below: Any, below_error: Any) -> tuple[Any, Any]:
    """Value and error of a quotient of two numbers with errors; of one by zero NaN, with an infinite error."""
    quotient = _quotient(above, below)
    return quotient, _error_of_quotient(quotient, above, above_error, below, below_error)


@compiled_ufunc(5)
def _error_of_product(product: Any, x: Any, x_error: Any, y: Any, y_error: Any) -> Any:
    reach = abs(y) + y_error
    error = (abs(product) * UNIT + x_error * reach + abs(x) * y_error) * INFLATION
    if np.float64(error).view(np.int64) < _SMALL and abs(x) + x_error != 0 and reach != 0:
        error += SUBNORMAL
    return error


@compiled_ufunc(4)
def _error_of_multiple(product: Any, x: Any, x_error: Any, y: Any) -> Any:
    error = (abs(product) * UNIT + x_error * abs(y)) * INFLATION
    if np.float64(error).view(np.int64) < _SMALL and abs(x) + x_error != 0 and y != 0:
        error += SUBNORMAL
    return error


@compiled_ufunc(3)
def _error_of_sum(total: Any, x_error: Any, y_error: Any) -> Any:
    return (abs(total) * UNIT + x_error + y_error) * INFLATION


@compiled_ufunc(2)
def _quotient(above: Any, below: Any) -> Any:
    return above / below if below != 0 else math.nan


@compiled_ufunc(5)
def _error_of_quotient(quotient: Any, above: Any, above_error: Any, below: Any, below_error: Any) -> Any:
    size = abs(quotient)
    if not size >= SMALL and above != 0:
        size += SMALLEST_NORMAL
    smallest = abs(below) * (1 - 1e-10) - below_error * INFLATION
    if not smallest > 0:
        return math.inf
    error = (size * (below_error / smallest * (1 + 1e-10) + UNIT) + above_error / smallest) * INFLATION
    if error < SMALL and abs(above) + above_error != 0:
        error += SUBNORMAL
    return error
