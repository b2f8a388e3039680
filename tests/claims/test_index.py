"""The catalogue that is read from source text, against the claims themselves."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lemmata.claims import load
from lemmata.claims.index import entries
from lemmata.claims.library import entry_of, listed


def test_entries_are_the_claims() -> None:
    """Key, title, status, kind and module of every claim, in order, are those of the imported claims."""
    assert tuple(entry_of(located) for located in load().claims) == entries()


def test_a_paper_states_its_claims_in_its_own_order() -> None:
    """The modules of a folder come as its PAPER lists them."""
    found = dict.fromkeys(entry.source.rpartition(".")[2] for entry in entries() if entry.key.startswith("wind2023/"))

    assert ["bounds", "gap", "leading_constants", "selection", "faces", "near_ties", "times", "flow"] == list(found)


@pytest.mark.parametrize("selection", [["du2018"], ["zhang*/*", "du2018/scalar-step"], []])
def test_a_list_is_what_would_be_judged(selection: list[str]) -> None:
    """`listed` names the claims that `load` loads, in the same order."""
    found, failures = listed(selection)

    assert () == failures
    assert [located.claim.key for located in load(selection).claims] == [entry.key for entry in found]


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("from lemmata.claims import listed; listed()", ["numpy", "sympy", "lemmata.claims.papers.du2018"]),
        ("from lemmata.claims import load; load(['du2018/scalar-step'])", ["lemmata.claims.papers.du2018.drift"]),
        ("from lemmata.claims import load; load(['du2018'])", ["lemmata.claims.papers.wind2023"]),
        ("import lemmata; lemmata.__version__", ["numpy", "sympy", "lemmata.claims"]),
    ],
)
def test_only_what_is_needed_is_imported(code: str, absent: list[str]) -> None:
    """A list imports no paper, a key its module, a paper its folder, the package's own name nothing."""
    program = f"{code}\nimport sys\nprint([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
