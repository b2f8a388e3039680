"""Child processes that Ctrl-C ends, however the tests themselves were started."""

import sys

_RESTORED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def interruptible(*arguments: str) -> list[str]:
    """A command that runs Python with these arguments and the usual handling of SIGINT.

    A process started in the background of a shell without job control (``nohup pytest &``) ignores SIGINT, and what
    it starts inherits that.
    """
    return [sys.executable, "-c", _RESTORED, *arguments]
