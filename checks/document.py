"""The JSON document of a run: written with a digest of itself, and read back as it was written or not at all."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from lemmata.checks._digest import digest
from lemmata.checks.evidence import SCHEMA_VERSION, Run
from lemmata.checks.records import CorruptedRecordError, decode, encode


def encode_run(run: Run) -> bytes:
    """The whole document of a run, with its digest."""
    return encode(dataclasses.replace(run, digest=_run_digest(run)))


def decode_run(data: bytes) -> Run:
    """Read the document of a run back, as it was written or not at all.

    Raises:
        CorruptedRecordError: not a run, of another schema version, or changed since it was written.
    """
    version = decode(data, _Version).schema_version
    if version != SCHEMA_VERSION:
        raise CorruptedRecordError(
            f"the document has schema version {version}, this lemmata reads {SCHEMA_VERSION}; run `lemmata verify` "
            "again, or read it with the version that wrote it"
        )
    run = decode(data, Run)
    if run.digest != _run_digest(run):
        raise CorruptedRecordError(
            "the document was changed after it was written: its digest does not fit; run `lemmata verify` again"
        )
    return run


@dataclass(frozen=True)
class _Version:
    schema_version: int


def _run_digest(run: Run) -> str:
    return digest("document", encode(dataclasses.replace(run, digest="")))
