"""Compiling a kernel by Numba: kept on disk where a folder can be written, compiled once a process otherwise.

Not `guvectorize`: Numba keeps the machine code of such a kernel and that of its loop in two files that find each other
by a name counted in each process: two processes compiling at once leave a pair on which every later one crashes.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(**options: Any) -> Callable[[_Function], _Function]:
    """Decorate a kernel: serial machine code that runs without the interpreter's lock.

    Numba is imported here, so import a module of kernels only where one is run.
    """

    def decorate(function: _Function) -> _Function:
        njit = importlib.import_module("numba").njit
        return cast("_Function", _kept(lambda **kept: njit(nogil=True, **kept, **options)(function)))

    return decorate


def compiled_ufunc(inputs: int) -> Callable[[_Function], _Function]:
    """Decorate a function of `inputs` floats with one result: a NumPy ufunc of float64 in machine code."""

    def decorate(function: _Function) -> _Function:
        numba = importlib.import_module("numba")
        signature = [numba.float64(*[numba.float64] * inputs)]
        return cast("_Function", _kept(lambda **kept: numba.vectorize(signature, nopython=True, **kept)(function)))

    return decorate


def _kept(decorated: Callable[..., Any]) -> Any:
    try:
        return decorated(cache=True)
    except RuntimeError:  # no folder to keep the machine code in
        return decorated()
