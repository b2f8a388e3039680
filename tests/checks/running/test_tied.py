"""Workers end with their parent from their first moment on."""

import subprocess
import sys


def python(script: str) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own."""
    return subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)


def test_nothing_heavy_is_loaded_before() -> None:
    """What ties a worker's life to its parent's needs none of the libraries that take seconds to load."""
    done = python(
        "import sys, lemmata.checks.running.tied\nprint({'numpy', 'sympy', 'scipy', 'flint'} & set(sys.modules))"
    )

    assert ("set()\n", "") == (done.stdout, done.stderr)


def test_a_parent_that_has_ended_by_now() -> None:
    """A worker whose parent died before it came to look ends at once."""
    done = python(
        "import time\nfrom lemmata.checks.running.tied import tie\ntie(-1)\ntime.sleep(30)\nprint('still there')"
    )

    assert (1, "") == (done.returncode, done.stdout)
