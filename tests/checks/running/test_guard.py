"""What a claim's code does to the process that judges it is caught and undone."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import platform
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import flint
import mpmath
import numpy as np
import pytest
import sympy as sp
from planted_faults import a, b, draw, planted, raises_base
from trial_records import substance

from lemmata.checks import Effort, Evidence, judge
from lemmata.claims import AtMost, Case, Claim, Edge, Family, Located, Measurement, Mutant, Procedure, load, reals


def evidence(claim: Claim) -> Evidence:
    """A quick trial in this process."""
    return judge(Located(claim, "here"), effort=Effort.QUICK, seed=0)


def meddles() -> None:
    """Change everything that belongs to the process."""
    os.chdir("/")
    os.environ["PLANTED"] = "1"
    flint.ctx.prec, mpmath.mp.prec = 17, 19
    sys.setrecursionlimit(1234)
    sys.stdout = sys.stderr
    ctypes.CDLL(ctypes.util.find_library("m")).fesetround(_UPWARD)


def seeds() -> None:
    """Change the random states that belong to the process."""
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 - the fault that is planted


_UPWARD = {"x86_64": 0x800, "aarch64": 0x400000}.get(platform.machine(), 0)
"""The number of the mode that rounds upwards, where it is known."""


def settings() -> dict[str, Any]:
    """What belongs to the process."""
    return {
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "random": (random.getstate(), np.random.get_state()[1].tolist()),  # noqa: NPY002 - as above
        "precision": (flint.ctx.prec, mpmath.mp.prec),
        "rounding": (1 + np.float64(2**-53), 1 + np.float64(2**-52) / 3),
        "recursion": sys.getrecursionlimit(),
        "streams": (sys.stdin, sys.stdout, sys.stderr),
    }


def test_the_process_is_as_it_was() -> None:
    """Folder, environment, precision and streams of the caller survive a meddling claim."""
    before = settings()
    found = evidence(planted("meddles", meddles))

    assert "proved" == found.verdict
    assert before == settings()


def test_random_states_are_as_they_were() -> None:
    """A claim that seeds the global generators is refused, and the caller's random states survive it."""
    before = settings()
    found = evidence(planted("seeds", seeds))

    assert "error" == found.verdict
    assert "uses a global random generator" in found.sentence
    assert before == settings()


@pytest.mark.parametrize(
    ("fault", "said"), [(raises_base, "planted_faults.Own: planted"), (lambda: sys.exit(0), "SystemExit: 0")]
)
def test_no_exception_is_a_way_out(fault: Any, said: str) -> None:
    """SystemExit and the like are errors of the claim, also without a worker process."""
    found = evidence(planted("leaves", fault))

    assert ("error", said) == (found.verdict, found.sentence)


def test_an_interrupt_at_the_keyboard_is_none_of_the_claims() -> None:
    """Ctrl-C goes through."""

    def pressed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evidence(planted("pressed", pressed))


def test_values_that_cannot_be_recorded() -> None:
    """NumPy's numbers are numbers; half a surrogate pair is escaped; what has no form is the claim's error."""

    def unreadable() -> None:
        raise FileNotFoundError("data\udcff.csv")

    ranges = Family(name="pairs", parameters={"scale": reals(0.5, np.sqrt(2))}, draw=draw, edges=(Edge(name="e"),))

    assert "proved" == evidence(planted("range", given=ranges)).verdict
    assert "FileNotFoundError: data\\udcff.csv" == evidence(planted("surrogate", unreadable)).sentence


def test_complex_instances_are_refused() -> None:
    """Instances are real: a family that draws complex numbers is told so, and nothing is cast."""

    def draw_complex(parameters: Any, rng: np.random.Generator, size: int) -> dict[str, Any]:
        drawn = draw(parameters, rng, size)
        return drawn | {"x": drawn["x"] + 5j}

    family = Family(
        name="complex pairs", parameters={"scale": reals(0.5, 4)}, draw=draw_complex, edges=(Edge(name="e"),)
    )
    found = evidence(planted("complex", given=family))

    assert "error" == found.verdict
    assert "drew complex numbers in 'x'" in found.sentence


def searched(key: str, *, seeded: bool) -> Claim:
    """A bound that the directed search must be pushed to, over six entries each."""
    squared = AtMost(left=a, right=b)

    def draw_six(_: Any, rng: np.random.Generator, size: int) -> dict[str, Any]:
        return {"x": rng.normal(size=(size, 6)), "y": rng.normal(size=(size, 6))}

    def run(_: Any, instances: Any) -> Measurement:
        if seeded:
            np.random.seed(0)  # noqa: NPY002 - the fault that is planted
        x, y = instances["x"], instances["y"]
        inner = (x * y).sum(axis=1)
        values = {a: inner * inner, b: (x * x).sum(axis=1) * (y * y).sum(axis=1)}
        return Measurement(cases=(Case(name="c", values=values),))

    return planted(
        key,
        given=Family(
            name="pairs",
            parameters={"scale": reals(0.5, 4)},
            draw=draw_six,
            searchable=("x", "y"),
            edges=(Edge(name="e"),),
        ),
        when=Procedure(name="inner product", measures={a: "a", b: "b"}, run=run),
        then=squared,
        mutants=(Mutant(name="half", because="x = y", then=AtMost(left=2 * a, right=b)),),
    )


def test_a_procedure_that_seeds_numpy_does_not_cripple_the_search() -> None:
    """The search has a generator of its own, and pushes a bound to its end; a procedure that seeds one is refused."""
    plain, seeded = (evidence(searched("search", seeded=seeded)) for seeded in (False, True))

    assert plain.search is not None
    assert plain.search.worst_ratio is not None
    assert 0.99 < plain.search.worst_ratio <= 1
    assert "error" == seeded.verdict
    assert "uses a global random generator" in seeded.sentence


def test_threads_find_what_one_thread_finds() -> None:
    """Four trials at once in threads give the records of trials one after the other: precision is not shared."""
    roots = planted(
        "roots",
        then=AtMost(left=sp.sqrt(a**2 + 1), right=sp.sqrt(b**2 + 1)),
        mutants=(Mutant(name="off", because="f", then=AtMost(left=sp.sqrt(a**2 + 1), right=sp.sqrt(b**2))),),
    )
    claims = [
        roots,
        planted("plain"),
        searched("search", seeded=False),
        *(one.claim for one in load(["lieder2021"]).claims),
    ]
    alone = [substance(evidence(claim)) for claim in claims * 2]
    with ThreadPoolExecutor(4) as pool:
        together = [substance(one) for one in pool.map(evidence, claims * 2)]

    assert alone == together


def test_no_folder_of_hypothesis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial leaves nothing in the user's folder."""
    monkeypatch.chdir(tmp_path)
    evidence(planted("plain"))

    assert [] == list(tmp_path.iterdir())
