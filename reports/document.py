"""The run as a JSON document that a person can read, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lemmata.checks.evidence import Run


def render(run: Run) -> bytes:
    """The whole run, indented; `lemmata.checks.evidence.decode_run` reads it back."""
    import msgspec

    from lemmata.checks.document import encode_run

    return msgspec.json.format(encode_run(run), indent=1) + b"\n"
