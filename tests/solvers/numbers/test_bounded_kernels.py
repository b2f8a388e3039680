"""Error bounds by machine code: bit for bit what NumPy gives, whatever the operands, and loaded only once it pays."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lemmata.solvers import Bounded
from lemmata.solvers.numbers import bounded

_ENTRIES = 200_000
_SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, 5e-324, 2.0**-1022, 1.7e308]
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda x, y: x + y,
    "difference": lambda x, y: x - y,
    "product": lambda x, y: x * y,
    "quotient": lambda x, y: x / y,
    "product with an exact one": lambda x, y: x * y.value,
    "quotient by an exact one": lambda x, y: x / y.value,
    "quotient of an exact one": lambda x, y: x.value / y,
    "product with a number": lambda x, _: x * 2.5,
    "half": lambda x, _: x / 2,
    "one minus it": lambda x, _: 1 - x,
    "product of a row and a column": lambda x, y: x.reshape(-1, 1)[:100] * y.reshape(1, -1)[:, :100],
    "quotient of two numbers": lambda x, y: x[0] / y[1],
}


def _numbers(rng: np.random.Generator) -> np.ndarray:
    size = np.ldexp(rng.uniform(1, 2, _ENTRIES), rng.integers(-1080, 1024, _ENTRIES))
    return np.where(rng.random(_ENTRIES) < 0.1, rng.choice(_SPECIAL, _ENTRIES), rng.choice([-1, 1], _ENTRIES) * size)


def _bounded(rng: np.random.Generator) -> Bounded:
    value = _numbers(rng)
    relative = np.abs(value) * 2.0 ** -rng.integers(1, 60, _ENTRIES)
    return Bounded(value, np.where(rng.random(_ENTRIES) < 0.5, relative, np.abs(_numbers(rng))))


def _bits(number: Bounded) -> list[np.ndarray]:
    return [
        np.nan_to_num(np.asarray(one), nan=-7.0, posinf=np.inf, neginf=-np.inf) for one in (number.value, number.error)
    ]


@pytest.mark.parametrize("operation", _OPERATIONS.values(), ids=_OPERATIONS)
def test_machine_code_gives_the_same_bits(
    operation: Callable[[Any, Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values and errors are those of NumPy at all exponents, at zero, infinity and NaN."""
    rng = np.random.default_rng(7)
    with np.errstate(all="ignore"):
        x, y = _bounded(rng), _bounded(rng)
        monkeypatch.setattr(bounded, "_loaded", None)
        monkeypatch.setattr(bounded, "_PAYS", np.inf)
        by_numpy = operation(x, y)
        monkeypatch.setattr(bounded, "_loaded", importlib.import_module("lemmata.solvers.numbers.bounded_kernels"))
        by_machine = operation(x, y)
    for one, other in zip(_bits(by_numpy), _bits(by_machine), strict=True):
        np.testing.assert_array_equal(one, other)


def test_nan_raises_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that is none is carried on as quietly as by NumPy, beside any other, in long arrays as in short ones."""
    monkeypatch.setattr(bounded, "_loaded", importlib.import_module("lemmata.solvers.numbers.bounded_kernels"))
    for count in (1, 2, 3, 8, 100):
        one = Bounded(np.resize([1e-200, 1.0, np.nan], count), np.resize([0.0, np.nan, np.inf], count))
        for found in (one * one, one * 0.5, one + one, one - 1, one / one, 1 / one):
            assert found.value.shape == (count,)
    mixed = Bounded(np.array([1e-200, 1.0]), np.array([0.0, np.nan]))
    assert (mixed * mixed).error[0] > 0


def test_loaded_after_so_many_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short run never loads Numba; a longer one does so at a stated number of operations."""
    monkeypatch.setattr(bounded, "_loaded", None)
    monkeypatch.setattr(bounded, "_operations", iter(range(100)))
    monkeypatch.setattr(bounded, "_PAYS", 3)
    one = Bounded.exact(np.ones(2))
    loaded = []
    for _ in range(5):
        assert ((one + one).value == 2).all()
        loaded.append(bounded._loaded is not None)
    assert loaded == [False, False, False, True, True]
