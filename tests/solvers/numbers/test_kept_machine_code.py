"""Machine code kept on disk by two processes that compile at once serves a third."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_USE = """
import sys, numba
for number in range(int(sys.argv[1])):
    numba.njit(lambda x: x)(number)
from lemmata.solvers.numbers import bounded_kernels as kernels
print(kernels.multiply(2.0, 0.5, 3.0, 0.5), kernels.divide(6.0, 0.0, 3.0, 0.0))
"""


def _used(kept_in: Path, compiled_before: int) -> str:
    """What the kernels give in a process of its own that has compiled so many functions before."""
    command = [sys.executable, "-c", _USE, str(compiled_before)]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(kept_in)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("share", [slice(0, None, 2), slice(0, 8)], ids=["every other", "the first"])
def test_files_of_two_processes_work_together(tmp_path: Path, share: slice) -> None:
    """Some files are the other process's, as when both write at once: no crash, and the same numbers."""
    expected = _used(tmp_path / "one", 0)
    assert _used(tmp_path / "other", 4) == expected
    files = sorted(path.relative_to(tmp_path / "other") for path in (tmp_path / "other").rglob("*.nb?"))
    assert len(files) > len(files[share]) > 0
    for file in files[share]:
        shutil.copy(tmp_path / "other" / file, tmp_path / "one" / file)
    assert _used(tmp_path / "one", 2) == expected
