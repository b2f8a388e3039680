"""Comparing the records of trials."""

from typing import Any

import msgspec

from lemmata.checks import Evidence, Run

PASSING = ("seconds", "started")


def substance(record: Run | Evidence) -> Any:
    """A record without what differs from run to run: seconds, identifier, start, and so the digest; nor its notes."""

    def cleaned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: cleaned(item) for key, item in value.items() if key not in PASSING}
        return [cleaned(item) for item in value] if isinstance(value, list) else value

    found = cleaned(msgspec.to_builtins(record))
    if isinstance(record, Run):
        found = {key: value for key, value in found.items() if key not in ("id", "digest", "notes")}
    return found
