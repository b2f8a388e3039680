"""Compiling a kernel by Numba: kept on disk where a folder can be written, compiled once a process otherwise."""

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
        try:
            return cast("_Function", njit(nogil=True, cache=True, **options)(function))
        except RuntimeError:  # no folder to keep the machine code in
            return cast("_Function", njit(nogil=True, **options)(function))

    return decorate
