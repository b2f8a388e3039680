"""What is said while a table is clustered, and which time counts."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from rich.console import Console

from lemmata.reports.clustering import waiting as module
from lemmata.reports.clustering.waiting import Waiting
from lemmata.solvers.clustering.graph import Graph
from lemmata.solvers.clustering.path import PREPARING, carp


def said(width: float, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a file holds after a preparation that takes that many times the patience."""
    monkeypatch.setattr(module, "_PATIENCE", 0.1)
    stream = io.StringIO()
    with Waiting(Console(file=stream)) as waiting:
        waiting(PREPARING, 0.0)
        time.sleep(0.1 * width)
        waiting(PREPARING, 1.0)
        waiting("following the path", 1.0)
    return stream.getvalue()


def test_compiling_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no progress can be drawn, one line says that a kernel is compiled, if that takes its time."""
    line = said(20, monkeypatch)

    assert line.startswith("compiling the kernel")
    assert 1 == line.count("\n")
    assert not said(0, monkeypatch)


def test_on_a_terminal() -> None:
    """A terminal shows it at once."""
    stream = io.StringIO()
    with Waiting(Console(file=stream, force_terminal=True, width=100)) as waiting:
        waiting(PREPARING, 0.0)
        time.sleep(0.3)
        waiting(PREPARING, 1.0)

    assert "compiling the kernel" in stream.getvalue()


def test_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of the preparation is not that of the work."""
    now = iter([100.0, 101.0, 141.0, 142.5])  # begun, preparing, prepared, done
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(now))
    with Waiting(Console(file=io.StringIO())) as waiting:
        waiting(PREPARING, 0.0)
        waiting(PREPARING, 1.0)

    assert 2.5 == pytest.approx(waiting.seconds)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_order(engine: str) -> None:
    """A path announces the preparation of a compiled kernel, and nothing of the kind where there is none."""
    graph = Graph(edges=np.array([(0, 1), (1, 2)]), weights=np.ones(2), n=3)
    told: list[tuple[str, float]] = []
    carp(np.arange(3.0)[:, None], graph, engine=engine, progress=lambda what, share: told.append((what, share)))  # type: ignore[arg-type]
    preparation = [(PREPARING, 0.0), (PREPARING, 1.0)] if engine == "numba" else []

    assert [*preparation, ("following the path", 1.0)] == told
