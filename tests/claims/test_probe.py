"""Files that end the process that reads them, or never end, are failures like any other."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lemmata.claims import load
from lemmata.claims.probe import trouble_with

if not hasattr(os, "fork"):
    pytest.skip("processes cannot be copied here", allow_module_level=True)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("(exit code 0)", lambda: os._exit(0)),
        ("(exit code 3)", lambda: os._exit(3)),
        ("(SIGKILL)", lambda: os.kill(os.getpid(), signal.SIGKILL)),
        ("(SIGABRT)", os.abort),
        ("was not read within 0.3 s", lambda: time.sleep(60)),
    ],
)
def test_what_no_process_survives(said: str, read: Callable[[], object]) -> None:
    """Ends and hangs are found out in the copy, with how it ended."""
    assert said in trouble_with(read, seconds=0.3 if "within" in said else 60)


@pytest.mark.parametrize("read", [lambda: None, lambda: sys.exit(0), lambda: 1 / 0])
def test_what_a_process_survives(read: Callable[[], object]) -> None:
    """Exceptions, SystemExit included, are no trouble: they are told when the file is read in earnest."""
    assert "" == trouble_with(read)


def test_the_other_files_are_read(tmp_path: Path) -> None:
    """A file that leaves with exit code 0 hides no other, and nothing of it has run here."""
    (tmp_path / "leaves.py").write_text("import os, sys\nsys.modules['planted'] = os\nos._exit(0)\n", encoding="utf-8")
    helpers = Path(__file__).parents[1] / "helpers"
    sound = (
        f"import sys; sys.path.insert(0, {str(helpers)!r})\nfrom planted_faults import planted\nc = planted('sound')\n"
    )
    (tmp_path / "sound.py").write_text(sound, encoding="utf-8")
    found = load([str(tmp_path)], probed=True)

    assert ["planted/sound"] == [one.claim.key for one in found.claims]
    assert [str(tmp_path / "leaves.py")] == [source for source, _ in found.failures]
    assert "planted" not in sys.modules
