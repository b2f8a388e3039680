"""Claims are judged while later ones are still to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from toy_quantified import coins
from trial_records import substance

from lemmata.checks import Effort, Progress, Run, Store, run
from lemmata.checks._runner import run_arriving
from lemmata.checks.stages.probability import tests as estimated
from lemmata.claims import Library, Located, load

LIBRARY = load([str(Path(__file__).parents[1] / "helpers" / "toy_claims.py")])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    with Store.open(tmp_path / "evidence.sqlite") as opened:
        yield opened


def arrived(store: Store, arriving: Iterable[Library], claims: Sequence[Located], **changes: Any) -> Run:
    """A quick run in this process of claims that arrive one library after the other."""
    wanted: dict[str, Any] = {"on_progress": lambda _: None, "on_begin": lambda _key, _part: None}
    return run_arriving(
        arriving,
        keys=[one.claim.key for one in claims],
        where=None,
        effort=Effort.QUICK,
        seed=0,
        store=store,
        fingerprint="arriving",
        resume=False,
        selection=(),
        **(wanted | changes),
    )


def test_the_first_is_concluded_before_the_next_is_read(store: Store) -> None:
    """What is read last is asked for when all that came before it is done."""
    events: list[str] = []

    def arriving() -> Iterator[Library]:
        for located in LIBRARY.claims:
            events.append(f"read {located.claim.key}")
            yield Library((located,))

    def concluded(progress: Progress) -> None:
        if progress.evidence is not None:
            events.append(f"judged {progress.key}")

    record = arrived(store, arriving(), LIBRARY.claims, on_progress=concluded)

    keys = [located.claim.key for located in LIBRARY.claims]
    assert [f"{what} {key}" for key in keys for what in ("read", "judged")] == events
    assert keys == [one.statement.key for one in record.claims]


def test_probabilities_share_one_chance_with_those_that_come_later(store: Store, tmp_path: Path) -> None:
    """A claim that estimates is judged when all have come, at the very error rates of a run of all at once."""
    located = [Located(coins(key=f"toy2024/coins-{number}"), "here") for number in range(2)]
    claims = [located[0], LIBRARY.claims[0], located[1]]
    done: list[str] = []
    apart = arrived(store, (Library((one,)) for one in claims), claims, on_progress=lambda one: done.append(one.key))
    with Store.open(tmp_path / "other.sqlite") as other:
        whole = run(Library(tuple(claims)), effort=Effort.QUICK, seed=0, jobs=None, store=other)

    assert LIBRARY.claims[0].claim.key == done[0]
    assert substance(whole) == substance(apart)
    assert {1e-6 / (2 * estimated(located[0].claim, Effort.QUICK))} == {
        one.false_alarm
        for one in apart.claims[0].sample.estimates  # type: ignore[union-attr]
    }
