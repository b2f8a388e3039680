"""Which of the claims named are meant: by status, by reading, by the verdict of the newest run."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lemmata.checks.store import Store
    from lemmata.claims.index import Entry

STATUSES = ("theorem", "conjecture", "companion", "refuted", "vacuous")
READINGS = ("as stated", "constants derived", "from memory", "special case", "companion")
VERDICTS = ("proved", "holds", "supported", "refuted", "powerless", "vacuous", "undecided", "error")


class UnknownWordError(Exception):
    """A word that names no status, reading or verdict; the message says which there are."""


def wanted(
    store: Store, *, statuses: Sequence[str], readings: Sequence[str], verdicts: Sequence[str]
) -> Callable[[Entry], bool]:
    """A test of claims; an empty list of words lets all pass.

    Raises:
        UnknownWordError: a word is none of those that there are.
        NoRunError: a verdict is asked for, and the store holds no finished run.
    """
    for option, words, known in (
        ("status", statuses, STATUSES),
        ("reading", readings, READINGS),
        ("verdict", verdicts, VERDICTS),
    ):
        for word in words:
            if word not in known:
                near = difflib.get_close_matches(word, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(known)}"
                raise UnknownWordError(f"--{option} {word!r} is no {option}; {hint}")
    found = _left_so(store, verdicts) if verdicts else None

    def test(entry: Entry) -> bool:
        read = not readings or entry.reading in readings
        return read and (not statuses or entry.status in statuses) and (found is None or entry.key in found)

    return test


def _left_so(store: Store, verdicts: Sequence[str]) -> set[str]:
    """The claims to which the newest finished run gave one of these verdicts."""
    from lemmata.checks.document import decode_run

    run = decode_run(store.document())
    return {claim.statement.key for claim in run.claims if claim.verdict in verdicts}
