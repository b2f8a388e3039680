"""Executors that a user names: a Dask cluster by its address, or whatever a function of theirs returns."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from lemmata.checks.running.parcels import side

DASK = "dask://"
_SECONDS = 10
"""How long to wait for a cluster."""
_RETRIES = 3
_GRACE = 2.0
"""Seconds after which a process that was told to end is ended."""


class ExecutorError(Exception):
    """The executor cannot be had, or its workers are not fit; the message says why."""


@contextmanager
def executor_named(name: str) -> Iterator[Executor]:
    """The executor of a name: ``dask://HOST:PORT``, or ``module:function`` for one that the function returns.

    Raises:
        ExecutorError: nothing answers there, its workers run other versions or several threads, there is no such
            function, or it returns something else.
    """
    if name.startswith(DASK):
        with _dask(name.removeprefix(DASK)) as executor:
            yield executor
        return
    executor = _made(name)
    try:
        yield executor
    finally:
        _end(executor)


def _end(executor: Executor) -> None:
    """End an executor without waiting for what has not ended: after an interruption it may never do so.

    All that was asked for has ended otherwise. The processes of a pool of processes go on with a claim that hangs.
    """
    own = getattr(executor, "_processes", None)  # nothing else tells, and it forgets them when it is shut down
    hanging = list(own.values()) if isinstance(own, dict) else []
    executor.shutdown(wait=False, cancel_futures=True)
    deadline = time.monotonic() + _GRACE
    while any(one.is_alive() for one in hanging) and time.monotonic() < deadline:
        time.sleep(0.02)
    for one in hanging:
        one.kill()


def _made(name: str) -> Executor:
    module, colon, function = name.partition(":")
    if not (module and colon and function):
        raise ExecutorError(f"--executor {name!r} is neither dask://HOST:PORT nor module:function; write one of them")
    try:
        made = getattr(importlib.import_module(module), function)()
    except Exception as error:
        raise ExecutorError(f"--executor {name}: {type(error).__name__}: {error}; call it yourself to see") from error
    if not isinstance(made, Executor):
        kind = type(made).__name__
        raise ExecutorError(f"--executor {name} returned {kind}; return a concurrent.futures.Executor")
    return made


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise ExecutorError("--executor dask://... needs Dask; install lemmata[dask]") from error
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal()):
        raise ExecutorError(f"--executor {DASK}{address} names no port; write {DASK}HOST:PORT, as the scheduler says")
    try:
        client = distributed.Client(f"tcp://{address}", timeout=_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ExecutorError(f"no Dask scheduler answers at {address} within {_SECONDS} s: {error}") from error
    with client:
        _check_workers(client, address)
        executor = client.get_executor(pure=False, retries=_RETRIES)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)


def _check_workers(client: Any, address: str) -> None:
    workers = client.scheduler_info(n_workers=-1)["workers"]
    if not workers:
        raise ExecutorError(
            f"the scheduler at {address} has no workers; start some: dask worker {address} --nthreads 1"
        )
    many = [name for name, one in workers.items() if one["nthreads"] != 1]
    if many:
        raise ExecutorError(
            f"worker {many[0]} runs {workers[many[0]]['nthreads']} threads; precision and folder belong to a whole "
            "process, so start workers with --nthreads 1"
        )
    try:
        sides = client.run(side)
    except Exception as error:
        raise ExecutorError(f"the workers at {address} cannot run this lemmata: {error!r}; install it there") from error
    own = side()
    other = [name for name, one in sides.items() if one != own]
    if other:
        raise ExecutorError(
            f"worker {other[0]} runs another lemmata, or other versions of Python and its libraries, than this "
            "process; install the same on both"
        )
