"""The trial in Python, with a default for everything: what ``from lemmata import judge, verify ...`` gives."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lemmata.checks import Attempt, Effort, Evidence, Replay, Run, Store
    from lemmata.claims import Claim, Located

_STORE = ".lemmata"
_HEIGHT = 520


def judge(
    claim: Claim | Located,
    *,
    effort: Effort | str = "standard",
    seed: int = 0,
    jobs: int | None = None,
    among: Sequence[Claim] = (),
) -> Evidence:
    """Put one claim on trial.

    Args:
        claim: wherever it is defined, in a notebook's cell too.
        effort: quick, standard or deep.
        seed: every random draw derives from it.
        jobs: worker processes; None: in this one.
        among: the claims of the same run, which share one chance of a false alarm.

    Raises:
        ValueError: an effort that there is not, or fewer than one process.
    """
    from lemmata.checks import judge as judge_here
    from lemmata.checks._runner import judge_in_processes

    _introduce()
    chosen = _effort(effort)
    if jobs is None:
        return judge_here(claim, effort=chosen, seed=seed, among=among)
    return judge_in_processes(claim, effort=chosen, seed=seed, among=among, jobs=jobs)


def verify(
    *select: str,
    effort: Effort | str = "standard",
    seed: int = 0,
    jobs: int | None = None,
    store: str | Path = _STORE,
) -> Run:
    """Put claims of the package, or of files and folders, on trial, and keep the evidence.

    Args:
        select: keys, globs, papers, files, folders; everything in the package if left out.
        effort: quick, standard or deep.
        seed: every random draw derives from it.
        jobs: worker processes; None: in this one.
        store: the folder in which evidence is kept.
    """
    from lemmata import checks, claims

    _introduce()
    library = claims.load(select or ("*",))
    with _opened(store) as opened:
        return checks.run(library, effort=_effort(effort), seed=seed, jobs=jobs, store=opened, selection=list(select))


def falsify(claim: Claim | Located, *, seconds: float = 20, seed: int = 0, store: str | Path = _STORE) -> list[Attempt]:
    """Look for a counterexample of a claim, and of the claim without each of its hypotheses, for so long.

    Raises:
        ValueError: no time, or a claim about a probability.
    """
    from lemmata import checks
    from lemmata.claims import Located

    located = claim if isinstance(claim, Located) else Located(claim, "here")
    with _opened(store) as opened:
        return checks.falsify(located, seconds=seconds, seed=seed, store=opened)


def replay(identifier: str, *, claims: Sequence[str] = (), store: str | Path = _STORE) -> Replay:
    """Run a kept counterexample again, in exact arithmetic.

    Args:
        identifier: of the counterexample, or its first digits.
        claims: files or folders that may hold its claim.
        store: the folder in which evidence is kept.
    """
    from lemmata import checks

    with _opened(store) as opened:
        return checks.replay(opened, identifier, claims=claims)


def _effort(given: Effort | str) -> Effort:
    from lemmata.checks import Effort

    known = [one.value for one in Effort]
    if not isinstance(given, Effort) and given not in known:
        raise ValueError(f"effort={given!r}; expected one of {', '.join(known)}")
    return Effort(given)


@contextmanager
def _opened(folder: str | Path) -> Iterator[Store]:
    from lemmata.checks import Store

    Path(folder).mkdir(parents=True, exist_ok=True)
    with Store.open(Path(folder) / "evidence.sqlite") as store:
        yield store


def _introduce() -> None:
    """Let evidence and runs show themselves as reports do."""
    from lemmata.checks import Evidence, Run
    from lemmata.checks.showing import show_as

    show_as(Evidence, evidence_page)
    show_as(Run, run_page)


def evidence_page(evidence: Evidence) -> str:
    """The report's page of one claim, in a frame of its own; self-contained."""
    from lemmata.checks import Run

    return run_page(
        Run(
            id="notebook",
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=evidence.seconds,
            seed=0,
            effort="",
            selection=[evidence.statement.key],
            versions={},
            machine="",
            finished=True,
            claims=[evidence],
        )
    )


def run_page(run: Run) -> str:
    """The report of a run, in a frame of its own; self-contained."""
    from lemmata.reports.site.render import single

    page = html.escape(single(run), quote=True)
    return f'<iframe srcdoc="{page}" style="width:100%;height:{_HEIGHT}px;border:1px solid #ccc"></iframe>'
