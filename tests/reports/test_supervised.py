"""Commands that judge one claim in a copy of their process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENDLESS = """
from pathlib import Path
from lemmata import *

def compute(x):
    Path("begun").touch()
    sum(range(10**15))  # C code, which lets no handler of Python's run
    return {"r": x}

x, r = real("x"), measured("r")
endless = conjecture("endless", runs=compute, then=r <= x + 1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there the command judges the claim itself")
def test_a_request_to_end_does_not_wait_for_c_code(tmp_path: Path) -> None:
    """SIGTERM ends the command while an extension computes, and what computed is gone, too."""
    (tmp_path / "endless.py").write_text(ENDLESS, encoding="utf-8")
    command = [sys.executable, "-m", "lemmata.reports.cli", "falsify", "endless.py"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        while not (tmp_path / "begun").exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)  # the copy holds the other end of the pipe

    assert (143, "") == (process.returncode, said)
