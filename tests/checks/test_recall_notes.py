"""A run says which evidence no later run will recall, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from lemmata.checks import Effort, Store, verify

MINE = """
{asks}
from lemmata import conjecture, positive, sqrt

x = positive("x")
root = conjecture("A root is concave", then=sqrt(x) <= (1 + x) / 2)
"""


@pytest.mark.parametrize(("asks", "noted"), [("import os", True), ("import math", False)])
def test_a_file_that_asks_for_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asks: str, *, noted: bool
) -> None:
    """The note names the claims that are judged anew in every run; where there are none, nothing is said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(MINE.format(asks=asks), encoding="utf-8")
    with Store.open(tmp_path / "evidence.sqlite") as store:
        run = verify(("mine.py",), store=store, effort=Effort.QUICK, seed=0, jobs=1)

    expected = (
        "judged anew in the next run too, because of the state of files, of the clock or of the machine: mine/root"
    )
    assert ([expected] if noted else []) == run.notes
