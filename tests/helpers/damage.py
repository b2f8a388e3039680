"""Damage as disks and transfers do it: one flipped bit, or a lost end; and what is still believed afterwards."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lemmata.checks.document import decode_run
from lemmata.checks.evidence import Run
from lemmata.checks.records import CorruptedRecordError
from lemmata.checks.store import Store, StoreError


@dataclass(frozen=True)
class Reading:
    """What a store holds, and what it says of damage."""

    parts: dict[str, bytes]
    document: bytes | None
    counterexamples: dict[str, bytes]
    told: tuple[str, ...]


def damaged(content: bytes, seed: int, count: int) -> Iterator[bytes]:
    """``count`` damaged copies: nine in ten with one flipped bit, the others cut short."""
    rng = random.Random(seed)  # noqa: S311 - damage, no secret
    for number in range(count):
        if number % 10 == 9:
            yield content[: rng.randrange(1, len(content))]
        else:
            copy = bytearray(content)
            copy[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            yield bytes(copy)


def reading(path: Path, run_id: str, identifiers: list[str]) -> Reading:
    """Read all of a store; an error of the store is something told, any other goes through."""
    told: list[str] = []
    parts: dict[str, bytes] = {}
    document = None
    kept: dict[str, bytes] = {}
    try:
        with Store.open(path) as store:
            told += store.changed_runs()
            if store.unfinished("print") == run_id:
                parts = store.parts(run_id)
                told += store.changed_parts(run_id)
            for name in identifiers:
                try:
                    kept[name] = store.counterexample(name)
                except StoreError as error:
                    told.append(str(error))
            document = store.document()
    except StoreError as error:
        told.append(str(error))
    return Reading(parts, document, kept, tuple(told))


def believed_wrongly(whole: Reading, after: Reading) -> list[str]:
    """What is wrong with a reading of a damaged store: something else was believed, or lost without a word."""
    wrong = [name for name, payload in after.parts.items() if whole.parts.get(name) != payload]
    wrong += [name for name, payload in after.counterexamples.items() if whole.counterexamples.get(name) != payload]
    if after.document not in (None, whole.document):
        wrong.append("the document")
    lost = len(after.parts) < len(whole.parts) or len(after.counterexamples) < len(whole.counterexamples)
    if (lost or after.document is None) and not after.told:
        wrong.append("lost without a word")
    return wrong


def read_back(document: bytes) -> Run | None:
    """The run that a document is believed to hold; None if it is refused."""
    try:
        return decode_run(document)
    except CorruptedRecordError:
        return None


def filled_store(path: Path, document: bytes) -> Reading:
    """Make a store with an unfinished run, a finished one and counterexamples, and read it."""
    parts = {f"claim/{number}|sample": b'{"sample":{"met":%d,"non_finite":1}}' % number * 20 for number in range(20)}
    kept = [f"{number:012x}" for number in range(10)]
    with Store.open(path) as store:
        store.begin("run-a", "other", b"header")
        store.finish("run-a", document)
        store.begin("run-b", "print", b'{"seed":0}')
        for name, payload in parts.items():
            store.record("run-b", name, payload)
        for name in kept:
            store.keep_counterexample(name, name.encode() * 50)
    return reading(path, "run-b", kept)
