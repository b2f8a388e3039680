"""The pytest plugin: ``pytest --lemmata SELECT`` collects claims and their mutants as items.

It is loaded in every pytest of the environment, so it imports nothing of weight and does nothing unless asked:
by the option, or by a file of claims (``claim_*.py``, ``*_claims.py``) that is named on the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lemmata.checks import Evidence
    from lemmata.claims import Located

_PATTERNS = ("claim_*.py", "*_claims.py")


class TrialError(Exception):
    """A claim or mutant did not end as it must; the message is the whole report of it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the three options."""
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
    group.addoption("--lemmata-seed", type=int, default=0, metavar="SEED", help="every random draw derives from it")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the claims that were asked for, before any other plugin selects among the items."""
    selection: list[str] = config.getoption("--lemmata")
    if selection:
        collector = ClaimCollector.from_parent(session, name="lemmata", selection=selection)
        items.extend(session.genitems(collector))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of claims, if it was itself named on the command line."""
    if not any(fnmatch(file_path.name, pattern) for pattern in _PATTERNS):
        return None
    start = parent.config.invocation_params.dir
    if file_path not in [(start / argument.split("::")[0]).resolve() for argument in parent.config.args]:
        return None
    return ClaimFile.from_parent(parent, path=file_path)


class _Trials:
    """What both collectors share: loading, and one judgement for all items of a claim."""

    config: pytest.Config
    name: str

    def load(self: Any, selection: list[str]) -> Iterator[pytest.Item]:
        from lemmata import claims

        try:
            library = claims.load([] if "all" in selection else selection)
        except claims.UnknownKeyError as error:
            raise pytest.UsageError(f"--lemmata: {error}") from None
        self.judged = {}
        for located in library.claims:
            names = ["", *(mutant.name for mutant in located.claim.mutants)]
            for mutant in names:
                name = located.claim.key + (f"[mutant {mutant}]" if mutant else "")
                yield ClaimItem.from_parent(self, name=name, located=located, mutant=mutant)
        for source, error in library.failures:
            yield UnreadableItem.from_parent(self, name=source, error=error)

    def judge(self: Any, located: Located) -> Evidence:
        """The evidence of a claim; a second item of the same claim gets the same record."""
        from lemmata import checks

        key = located.claim.key
        if key not in self.judged:
            effort = checks.Effort(self.config.getoption("--lemmata-effort"))
            seed = self.config.getoption("--lemmata-seed")
            self.judged[key] = checks.judge(located, effort=effort, seed=seed)
        evidence: Evidence = self.judged[key]
        return evidence


class ClaimCollector(pytest.Collector, _Trials):
    """The claims that ``--lemmata`` selects."""

    def __init__(self, *, selection: list[str], **rest: Any) -> None:
        super().__init__(**rest)
        self.selection = selection

    def collect(self) -> Iterator[pytest.Item]:
        """One item a claim and one a mutant."""
        return self.load(self.selection)


class ClaimFile(pytest.File, _Trials):
    """A user's file of claims."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a claim and one a mutant."""
        return self.load([str(self.path)])


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

    def __init__(self, *, located: Located, mutant: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.located = located
        self.mutant = mutant

    def runtest(self) -> None:
        """Judge the claim once; fail if the verdict, or the mutant's, is not the expected one.

        Raises:
            TrialError: with the sentence, the statement and the commands that replay it.
        """
        parent: Any = self.parent
        evidence = parent.judge(self.located)
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
