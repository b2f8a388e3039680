"""Claims whose procedures do what no procedure should; between them stand sound ones that must not notice."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
    Claim,
    Edge,
    Family,
    Identity,
    Measurement,
    Mutant,
    Paper,
    Procedure,
    Reading,
    Status,
    reals,
)

a, b = sp.symbols("a b", real=True)
FORKED: list[int] = []
ON_TRIAL: list[str] = []
"""Keys whose procedures this process has run, the newest last."""
PAPER = Paper(key="planted", authors="A", title="T", venue="V", year=2026)


def draw(parameters: Any, rng: Any, size: int) -> dict[str, Any]:
    """Pairs of numbers."""
    return {"x": parameters["scale"] * rng.normal(size=size), "y": rng.normal(size=size)}


def measure(_: Any, instances: Any) -> Measurement:
    """(x + y)^2, as it stands and multiplied out."""
    x, y = instances["x"], instances["y"]
    return Measurement(cases=(Case(name="c", values={a: (x + y) * (x + y), b: x * x + 2 * x * y + y * y}),))


def planted(key: str, fault: Callable[[], object] = lambda: None, **changes: Any) -> Claim:
    """The square of a sum, with a fault in its procedure."""

    def run(parameters: Any, instances: Any) -> Measurement:
        ON_TRIAL.append(key)
        fault()
        return measure(parameters, instances)

    fields: dict[str, Any] = {
        "key": f"planted/{key}",
        "title": "(x + y)^2 = x^2 + 2xy + y^2",
        "about": "multiplied out",
        "source": PAPER.at("1"),
        "status": Status.CONJECTURE,
        "reading": Reading.AS_STATED,
        "given": Family(name="pairs", parameters={"scale": reals(0.5, 4)}, draw=draw, edges=(Edge(name="small"),)),
        "when": Procedure(name="planted run", measures={a: "a", b: "b"}, run=run),
        "then": Identity(left=a, right=b),
        "mutants": (Mutant(name="half", because="x = y", then=Identity(left=a, right=b / 2)),),
    }
    return Claim(**(fields | changes))


def deadly(key: str, fault: Callable[[], object]) -> Claim:
    """A claim of a single part, which its fault ends; declared false, so that it needs no mutants."""
    return planted(key, fault, status=Status.REFUTED, mutants=())


def computes_in_c() -> object:
    """One call of C code that holds the interpreter's lock for minutes."""
    return 3 ** (10**9)


def computes_beside_a_child() -> object:
    """A process that nobody waits for, and a computation without end."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    return computes_in_c()


def swells() -> object:
    """More and more memory: 3 GiB within seconds, and then no end."""
    kept: list[np.ndarray] = []
    while True:
        if len(kept) < 48:
            kept.append(np.ones(2**23))
        time.sleep(0.05)


def forks() -> None:
    """A copy of the process that returns as if it were the worker."""
    if not FORKED:
        FORKED.append(os.getpid())
        os.fork()


def leaves_a_thread() -> None:
    """A thread that ends the process as soon as another claim is on trial in it, however long its own part takes."""

    def wait() -> None:
        while ON_TRIAL[-1] == "threads":
            time.sleep(0.01)
        os._exit(9)

    threading.Thread(target=wait).start()


def prints() -> None:
    """Output by Python, by C and past a replaced stream."""
    print("said by Python")  # noqa: T201
    os.write(1, b"said by C\n")
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115


class Own(BaseException):
    """An exception that `except Exception` does not catch."""


def raises_base() -> None:
    """Raise what is no Exception."""
    raise Own("planted")


sound_1 = planted("sound-1")
killed = deadly("killed", lambda: os.kill(os.getpid(), signal.SIGKILL))
sound_2 = planted("sound-2")
exits_0 = deadly("exits-0", lambda: os._exit(0))
says_exit = deadly("says-exit", lambda: sys.exit(0))
segfault = deadly("segfault", lambda: ctypes.string_at(0))
aborts = deadly("aborts", os.abort)
base = deadly("base", raises_base)
interrupt = deadly("interrupt", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
hangs = deadly("hangs", computes_in_c)
hangs_too = deadly("hangs-too", computes_in_c)
hangs_beside = deadly("hangs-beside-a-child", computes_beside_a_child)
swelling = deadly("swells", swells)
forking = planted("forks", forks)
threads = planted("threads", leaves_a_thread)
moves = planted("moves", lambda: os.chdir("/"))
stops_parent = deadly("stops-parent", lambda: os.kill(os.getppid(), signal.SIGSTOP))
kills_parent = deadly("kills-parent", lambda: os.kill(os.getppid(), signal.SIGKILL))
closes = deadly("closes", lambda: os.closerange(3, 256))
loud = planted("loud", prints)
sound_3 = planted("sound-3")
