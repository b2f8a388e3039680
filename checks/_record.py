"""The record of a run: begun in the store, made of finished evidence, and kept."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lemmata.checks._budget import FALSE_ALARMS, Effort
from lemmata.checks.document import decode_run, encode_run
from lemmata.checks.evidence import Evidence, LoadFailure, Run
from lemmata.checks.records import encode
from lemmata.checks.running.sources import versions

if TYPE_CHECKING:
    from lemmata.checks.store import Store


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What identifies a run in the store."""

    started: str
    seed: int
    effort: str


def begin(store: Store | None, fingerprint: str, effort: Effort, seed: int) -> tuple[str, Begun]:
    """Note a new run in the store, if there is one; its identifier, and what was noted."""
    run_id = secrets.token_hex(6)
    begun = Begun(started=datetime.now(UTC).isoformat(timespec="seconds"), seed=seed, effort=effort.value)
    if store is not None:
        store.begin(run_id, fingerprint, encode(begun))
    return run_id, begun


def record(  # noqa: PLR0913 - one record, everything by keyword
    store: Store | None,
    run_id: str,
    begun: Begun,
    *,
    seconds: float,
    selection: Sequence[str],
    chances: bool,
    finished: bool,
    complete: bool,
    claims: Sequence[Evidence],
    failures: Sequence[tuple[str, str]],
    notes: Sequence[str],
) -> Run:
    """The whole record, as it is read back; kept in the store, if there is one, once the run is finished.

    ``chances`` says whether a probability was estimated, ``complete`` whether nothing is left to resume.
    """
    document = encode_run(
        Run(
            id=run_id,
            started=begun.started,
            seconds=seconds,
            seed=begun.seed,
            effort=begun.effort,
            selection=list(selection),
            versions=versions(),
            machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            false_alarms=FALSE_ALARMS if chances else 0.0,
            finished=finished,
            claims=list(claims),
            failures=[LoadFailure(source=source, error=error) for source, error in failures],
            notes=list(notes),
        )
    )
    if finished and store is not None:
        store.finish(run_id, document, complete=complete)
    return decode_run(document)


def counted(recalled: int, judged: int) -> str:
    """What a reader should know of where the evidence comes from."""
    return f"{recalled} recalled: nothing that they rest on has changed since they were judged; {judged} judged"
