"""Flipped bits and lost ends: no changed record is believed, nothing finished is lost without a word, no crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from damage import believed_wrongly, damaged, filled_store, read_back, reading
from report_records import PROVED, REFUTED, run

from lemmata.checks.document import decode_run, encode_run
from lemmata.checks.evidence import SCHEMA_VERSION, Run
from lemmata.checks.records import CorruptedRecordError, encode
from lemmata.reports import document

COUNT = 300
"""The benchmarks take 2,000."""
RUN = run(PROVED, REFUTED)


def test_store(tmp_path: Path) -> None:
    """Each damaged copy of a store is read as it was, or says what is no longer there."""
    whole = filled_store(tmp_path / "whole.sqlite", encode_run(RUN))
    content = (tmp_path / "whole.sqlite").read_bytes()
    wrong, noticed = [], 0
    for number, copy in enumerate(damaged(content, 7, COUNT)):
        path = tmp_path / "copy.sqlite"
        path.write_bytes(copy)
        after = reading(path, "run-b", list(whole.counterexamples))
        noticed += after != whole
        wrong += [(number, text) for text in believed_wrongly(whole, after)]
        path.unlink()
        path.with_name("copy.sqlite-journal").unlink(missing_ok=True)

    assert ((), 20, 10) == (whole.told, len(whole.parts), len(whole.counterexamples))
    assert [] == wrong
    assert COUNT // 3 < noticed


@pytest.mark.parametrize("form", [encode_run, document.render])
def test_document(form: Callable[[Run], bytes]) -> None:
    """Each damaged copy of a document is refused, or is the same run to the last number."""
    content = form(RUN)
    found = [read_back(copy) for copy in damaged(content, 8, COUNT)]

    assert RUN == read_back(content)
    assert [] == [one for one in found if one not in (None, RUN)]
    assert found.count(None) > COUNT * 0.9


def test_a_changed_verdict_is_refused() -> None:
    """A document edited by hand says so."""
    changed = encode_run(RUN).replace(b'"verdict":"refuted"', b'"verdict":"holds"')

    with pytest.raises(CorruptedRecordError, match="changed after it was written"):
        decode_run(changed)


def test_a_file_that_is_no_document_is_refused_in_plain_words() -> None:
    """What is no document is called so without the name of a class of ours."""
    with pytest.raises(CorruptedRecordError, match="expected a record of lemmata, got damaged data"):
        decode_run(b"[]")


@pytest.mark.parametrize("version", [1, SCHEMA_VERSION + 1])
def test_another_schema_version_is_refused(version: int) -> None:
    """A document of another schema version is refused with both numbers."""
    other = encode(RUN).replace(b'"schema_version":%d' % SCHEMA_VERSION, b'"schema_version":%d' % version)

    with pytest.raises(CorruptedRecordError, match=f"schema version {version}, this lemmata reads {SCHEMA_VERSION}"):
        decode_run(other)
