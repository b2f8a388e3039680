"""The memory of arrays stays with the process, whatever its environment says of memory that is freed."""

import os
import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource

import numpy as np

from lemmata.solvers.engine import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(50):
        np.ones(400_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

first = faults()
keep_freed_memory()
print(first, faults())
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other allocators keep what is freed by rules of their own"
)
def test_where_the_environment_sets_a_threshold() -> None:
    """Pages of freed arrays are handed back as Dask asks its workers to, and kept once a process is told to."""
    environment = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
    done = subprocess.run([sys.executable, "-c", FAULTS], env=environment, capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())

    assert before > 20_000
    assert after < before / 10
