"""The pytest plugin: ``pytest --lemmata SELECT`` collects claims and their mutants as items.

It is loaded in every pytest of the environment, so it imports nothing of weight and does nothing unless asked:
by the option, or by a file of claims that is named on the command line: ``claim_*.py``, ``*_claims.py``, or any other
that states a claim and is no file of tests.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lemmata.checks import Evidence, Store, Workers
    from lemmata.claims import Claim, Library, Located

_PATTERNS = ("claim_*.py", "*_claims.py")
_STATES = ("conjecture", "Claim")


class TrialError(Exception):
    """A claim or mutant did not end as it must; the message is the whole report of it."""


def _positive(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError(f"expected seconds, more than 0, got {text}")
    return number


def _mebibytes(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected mebibytes, 1 or more, got {text}")
    return number


def _seed(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"expected a seed of 0 or more, got {text}")
    return number


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("lemmata", "claims on trial")
    group.addoption(
        "--lemmata",
        action="append",
        default=[],
        metavar="SELECT",
        help="collect these claims (key, glob, paper, file or folder; repeatable; 'all' for every claim)",
    )
    group.addoption(
        "--lemmata-effort", choices=("quick", "standard", "deep"), default="standard", help="how hard to try"
    )
    group.addoption(
        "--lemmata-time-limit", type=_positive, default=600.0, metavar="SECONDS", help="of each part of a trial"
    )
    group.addoption(
        "--lemmata-memory-limit",
        type=_mebibytes,
        metavar="MIB",
        help="of each part of a trial; half of the memory if not given",
    )
    group.addoption(
        "--lemmata-store", default=".lemmata", metavar="FOLDER", help="evidence that still stands is recalled from it"
    )
    group.addoption("--lemmata-again", action="store_true", help="judge anew, what has not changed, too")
    group.addoption("--lemmata-seed", type=_seed, default=0, metavar="SEED", help="every random draw derives from it")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the claims that were asked for, before any other plugin selects among the items."""
    selection: list[str] = config.getoption("--lemmata")
    if selection:
        config.stash.setdefault(_BENCH, Bench(config))  # before claims are read: a later change is seen
        collector = ClaimCollector.from_parent(session, name="lemmata", nodeid="lemmata", library=_load(selection))
        items.extend(session.genitems(collector))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of claims, if it was itself named on the command line."""
    if file_path.suffix != ".py" or not parent.session.isinitpath(file_path):
        return None
    if any(fnmatch(file_path.name, pattern) for pattern in _PATTERNS) or _holds_claims(file_path, parent.config):
        return ClaimFile.from_parent(parent, path=file_path)
    return None


def _holds_claims(path: Path, config: pytest.Config) -> bool:
    """Whether a file states a claim outside of functions and is, by its name, no file of tests; it is not executed."""
    if any(fnmatch(path.name, pattern) for pattern in config.getini("python_files")):
        return False
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False  # pytest says so itself
    within = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    parts = [part for statement in tree.body if not isinstance(statement, within) for part in ast.walk(statement)]
    called = [part.func for part in parts if isinstance(part, ast.Call)]
    return any(getattr(one, "id", getattr(one, "attr", "")) in _STATES for one in called)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the worker processes, if any were started."""
    bench = config.stash.get(_BENCH, None)
    if bench is not None:
        bench.close()


class Bench:
    """Judges the collected claims, each once: all items of a claim share its evidence, all claims one false alarm.

    Their code runs in a worker process, so that a claim that ends its process is an error and not the end of pytest.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._judged: dict[tuple[str, str], Evidence] = {}
        self._workers: Workers | None = None
        self._begun = time.time()
        self._folder = config.rootpath / config.getoption("--lemmata-store")
        self.claims: list[Claim] = []

    def judge(self, located: Located) -> Evidence:
        """The evidence of a claim; a second item of it, here or in another process, gets the same record."""
        key = located.source, located.claim.key
        if key not in self._judged:
            with self._turn(located.claim.key), self._store() as store:
                self._judged[key] = self._recalled_or_judged(located, store)
        return self._judged[key]

    def _recalled_or_judged(self, located: Located, store: Store | None) -> Evidence:
        from lemmata import checks

        option = self._config.getoption
        effort, seed, memory = checks.Effort(option("--lemmata-effort")), option("--lemmata-seed"), None
        mebibytes = option("--lemmata-memory-limit")
        bounds = {"memory": mebibytes * 2**20} if mebibytes else {}
        limits = checks.Limits(seconds=option("--lemmata-time-limit"), **bounds)
        if self._workers is None:
            self._workers = checks.Workers(1, limits).__enter__()
        if store is not None:
            memory = checks.Memory(store, effort=effort, seed=seed, limits=limits, begun=self._begun)
        return checks.judge(located, effort=effort, seed=seed, among=self.claims, workers=self._workers, memory=memory)

    @contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        """Let one process at a time judge a claim, so that the others (of pytest-xdist) find what it has kept."""
        folder = self._folder / "turns"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            import fcntl

            stream = (folder / hashlib.sha256(key.encode()).hexdigest()[:16]).open("w")
        except (ImportError, OSError):  # where files cannot be locked or written, a claim may be judged twice
            yield
            return
        with stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _store(self) -> Iterator[Store | None]:
        """The store; None if nothing is to be recalled, or it cannot be used."""
        from lemmata.checks.store import Store, StoreError

        if self._config.getoption("--lemmata-again"):
            yield None
            return
        try:
            opened = Store.open(self._folder / "evidence.sqlite")
        except StoreError:
            yield None
            return
        with opened:
            yield opened

    def close(self) -> None:
        """End the worker process."""
        if self._workers is not None:
            self._workers.__exit__(None, None, None)
            self._workers = None


_BENCH = pytest.StashKey[Bench]()


class ClaimCollector(pytest.Collector):
    """The claims that ``--lemmata`` selects."""

    def __init__(self, *, library: Library, **rest: Any) -> None:
        super().__init__(**rest)
        self.library = library

    def collect(self) -> Iterator[pytest.Item]:
        """One item a claim and one a mutant."""
        return _items(self, self.library)


class ClaimFile(pytest.File):
    """A user's file of claims."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a claim and one a mutant."""
        self.config.stash.setdefault(_BENCH, Bench(self.config))  # before claims are read: a later change is seen
        return _items(self, _load([str(self.path)]))


def _load(selection: list[str]) -> Library:
    from lemmata import claims

    try:
        return claims.load([] if "all" in selection else selection, probed=True)
    except claims.UnknownKeyError as error:
        raise pytest.UsageError(f"--lemmata: {error}") from None


def _items(parent: pytest.Collector, library: Library) -> Iterator[pytest.Item]:
    from lemmata.reports import words

    bench = parent.config.stash[_BENCH]
    for located in library.claims:
        bench.claims.append(located.claim)
        for mutant in ("", *(mutant.name for mutant in located.claim.mutants)):
            name = located.claim.key + (f"[mutant {mutant}]" if mutant else "")
            yield ClaimItem.from_parent(parent, name=words.visible(name), located=located, mutant=mutant, bench=bench)
    for source, error in library.failures:
        yield UnreadableItem.from_parent(parent, name=words.visible(source), error=error)


class _Reported(pytest.Item):
    """An item whose failure is a report of ours, shown without a traceback through this module."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, TrialError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class ClaimItem(_Reported):
    """A claim, or with ``mutant`` one of its false variants."""

    def __init__(self, *, located: Located, mutant: str, bench: Bench, **rest: Any) -> None:
        super().__init__(**rest)
        self.bench = bench
        self.located = located
        self.mutant = mutant

    def runtest(self) -> None:
        """Judge the claim once; fail if the verdict, or the mutant's, is not the expected one.

        Raises:
            TrialError: with the sentence, the statement and the commands that replay it.
        """
        evidence = self.bench.judge(self.located)
        text = _claim_failure(evidence) if not self.mutant else _mutant_failure(evidence, self.mutant)
        if text:
            raise TrialError(f"{text}\n\n{self._again(evidence)}")

    def _again(self, evidence: Evidence) -> str:
        """The command that stores the counterexamples, so that ``replay`` finds them: same seed, same instances."""
        source = evidence.statement.source
        select = source if source.endswith(".py") else evidence.statement.key
        effort, seed = (self.config.getoption(name) for name in ("--lemmata-effort", "--lemmata-seed"))
        return f"Replay reads what this wrote: lemmata verify {select} --effort {effort} --seed {seed}"


class UnreadableItem(_Reported):
    """A file that could not be read: it fails, and hides no other."""

    def __init__(self, *, error: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.error = error

    def runtest(self) -> None:
        """Fail with the file's own traceback.

        Raises:
            TrialError: always.
        """
        from lemmata.reports import words

        raise TrialError(f"could not read {words.visible(self.name)}\n{words.visible(self.error)}")


def _claim_failure(evidence: Evidence) -> str:
    from lemmata.reports import junit

    return "" if evidence.expected else junit.failure_text(evidence)


def _mutant_failure(evidence: Evidence, name: str) -> str:
    from lemmata.reports import junit, words

    mutant = next((mutant for mutant in evidence.mutants if mutant.name == name), None)
    if mutant is None:
        return words.visible(f"the mutant {name!r} was not judged: {evidence.sentence}\n{evidence.error}")
    return junit.mutant_text(evidence, mutant) if words.trouble(mutant) else ""
