"""How a command ends: one sentence and an exit code, whatever happened, and never a traceback of ours."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_FILES = 100
_GARBAGE = 50_000
"""Objects after which Python looks for garbage: far more often it would while sympy is imported, and find none."""
FAULT, INTERRUPTED, CLOSED_PIPE = 2, 130, 141
"""Exit codes beyond 0 (as expected) and 1 (not): harness or usage error; Ctrl-C; nobody reads on. SIGTERM: 143."""


def run(command: Callable[[], object]) -> NoReturn:
    """Run the whole command line; what standard output could not take is a fault, not a crash."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(_GARBAGE)
    with suppress(ValueError):  # only the main thread may
        signal.signal(signal.SIGTERM, _terminated)
    code: Any = FAULT
    threads = set(threading.enumerate())
    try:
        _require_folder()
        command()
    except SystemExit as ended:
        code = ended.code
    except OSError as error:
        code = _unwritten(error)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code if error.errno == errno.EPIPE else _unwritten(error)
        silence(sys.stdout)
    gc.disable()  # or Python would look for garbage once more among all of sympy before it ends
    if any(not one.daemon for one in set(threading.enumerate()) - threads):
        # A user's file has left them, or an executor that was interrupted, and Python would wait for their end.
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else FAULT if code else 0)
    sys.exit(code)


def _open_streams() -> None:
    """Let what was closed before Python began lead nowhere, so that no file that is opened later takes its place."""
    with suppress(OSError):
        while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 - of standard error
            os.set_inheritable(spare, True)  # noqa: FBT003 - its only argument
        os.close(spare)
    for descriptor, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))


def _require_folder() -> None:
    """End with a sentence where the folder of this process was deleted: no path means anything there."""
    try:
        Path.cwd()
    except OSError:
        click.echo("lemmata: the folder that it was started in no longer exists; change to another", err=True)
        sys.exit(FAULT)


@contextmanager
def reporting_faults() -> Iterator[None]:
    """End with one clear message where something failed, and with 130 after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    except (click.exceptions.Exit, Terminated):
        raise
    except BrokenPipeError:
        silence(sys.stdout)
        raise click.exceptions.Exit(CLOSED_PIPE) from None
    except BaseException as error:
        if sys.flags.dev_mode:
            raise
        fail(_sentence(error))


def fail(message: str) -> NoReturn:
    """End with a message and the exit code of a fault."""
    from lemmata.reports import words

    click.echo(f"lemmata: {words.visible(message)}", err=True)
    raise click.exceptions.Exit(FAULT)


class Terminated(SystemExit):
    """SIGTERM: leave through every ``finally``, so that no worker and no temporary file is left."""


def console(*, stderr: bool = False) -> Console:
    """A console that outlives the reader of its output; as wide as the terminal, 100 columns where there is none."""
    from rich.console import Console

    class Patient(Console):
        def on_broken_pipe(self) -> None:
            silence(sys.stderr if self.stderr else sys.stdout)

    made = Patient(stderr=stderr)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = _WIDTH_OF_FILES
    return made


def columns() -> int:
    """The width of such a console on standard output, which costs no import of rich."""
    return shutil.get_terminal_size((_WIDTH_OF_FILES, 24)).columns


@contextmanager
def shown_at_last() -> Iterator[None]:
    """Print what has been written to files already: a closed pipe costs nothing, a full disk is a fault."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        raise click.exceptions.Exit(_unwritten(error)) from None


def silence(stream: Any) -> None:
    """Send the rest of a standard stream nowhere: nobody reads it."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _unwritten(error: OSError) -> int:
    silence(sys.stdout)
    with suppress(OSError):
        click.echo(f"lemmata: cannot write to standard output: {error.strerror}", err=True)
    return FAULT


def _terminated(number: int, _frame: object) -> None:
    raise Terminated(128 + number)


def _sentence(error: BaseException) -> str:
    """What to say of an error: its own message if it was written for the user, else what and where it was."""
    from lemmata.checks import WorkerError
    from lemmata.checks.conservation import ModelError, UnknownNameError
    from lemmata.checks.records import CorruptedRecordError
    from lemmata.checks.running.executors import ExecutorError
    from lemmata.checks.store import StoreError
    from lemmata.claims import UnknownKeyError
    from lemmata.reports.clustering.table import ClusterTableError
    from lemmata.reports.defaults import DefaultsError
    from lemmata.reports.files import UnreadableError, UnwritableError
    from lemmata.reports.filters import UnknownWordError

    judging = StoreError | CorruptedRecordError | UnknownKeyError | WorkerError | ExecutorError
    files = UnreadableError | UnwritableError | ClusterTableError | DefaultsError | UnknownWordError
    if isinstance(error, judging | files | ModelError | UnknownNameError):
        return str(error)
    kind, said = type(error).__name__, " ".join(str(error).split())
    if isinstance(error, SystemExit):
        return f"a claim's code tried to end the process ({kind}: {said}); nothing is concluded from it"
    place = ""
    trace = error.__traceback__
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{kind}: {said} (in {place}); `python -X dev -m lemmata.reports.cli ...` shows the whole traceback"
