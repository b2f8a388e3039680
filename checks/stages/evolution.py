"""CMA-ES, which proposes candidates to the search: seeded, and without a trace in the generators of the process."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

POPULATION = 24
"""Candidates of a generation."""
_DIAGONAL = 30
"""More entries than this, and the search adapts a scale for each but no correlations."""
_SPARED = ("matplotlib", "scipy.stats")
_GLOBAL = threading.Lock()
"""Held while NumPy's global generator has another state: two threads would give back each other's."""


class Evolution:
    """A run of CMA-ES around zero, with what it draws from a seed alone.

    cma is given a generator, and all the same asks NumPy's global one in its own checks. That one is a claim's, which
    may seed it as it likes and is refused where it uses it: cma has a state of its own there.
    """

    def __init__(self, size: int, seed: int, step: float) -> None:
        rng = np.random.default_rng(seed)
        self._state: Any = np.random.RandomState(seed % 2**32).get_state()
        options = {
            "seed": np.nan,  # of the global generator
            "randn": lambda *shape: rng.standard_normal(shape),
            "popsize": POPULATION,
            "verbose": -9,
            "CMA_diagonal": size > _DIAGONAL,
        }
        with self._apart():
            self._strategy = _cma().CMAEvolutionStrategy(np.zeros(size), step, options)

    def stop(self) -> bool:
        """Whether it would go no further."""
        return bool(self._strategy.stop())

    def ask(self) -> list[Any]:
        """The candidates of a generation, each ``(size,)``."""
        with self._apart():
            asked: list[Any] = self._strategy.ask(POPULATION)
        return asked

    def tell(self, asked: Sequence[Any], losses: Sequence[float]) -> None:
        """Learn from what the candidates are worth, the less the better."""
        with self._apart():
            self._strategy.tell(asked, losses)

    @contextmanager
    def _apart(self) -> Iterator[None]:
        with _GLOBAL:
            before = np.random.get_state()  # noqa: NPY002 - the claim's, to be given back
            np.random.set_state(self._state)  # noqa: NPY002 - cma's own
            try:
                yield
            finally:
                self._state = np.random.get_state()  # noqa: NPY002 - as above
                np.random.set_state(before)  # noqa: NPY002 - as above


def _cma() -> Any:
    """The module cma, loaded at first use with Ctrl-C held back: its guarded imports would swallow the interrupt.

    What it imports for its plots and for its statistics, a second of work, it does without.
    """
    if "cma" in sys.modules:
        return sys.modules["cma"]
    held = {signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held) if hasattr(signal, "pthread_sigmask") else set()
    absent: dict[str, Any] = {name: None for name in _SPARED if name not in sys.modules}
    sys.modules.update(absent)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there will be no plots
            return importlib.import_module("cma")
    finally:
        for name in absent:
            del sys.modules[name]
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
