"""A unit of work: one part of one claim's trial, as plain data that another process can be sent."""

from __future__ import annotations

from dataclasses import dataclass

from lemmata.checks.part import Part


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One part of one claim's trial, as another process is asked for it: plain data."""

    source: str
    key: str
    part: Part
    effort: str
    seed: int
    tests: int
    """Probabilities estimated in the whole run."""
    folder: str
    """Where relative paths begin."""
    files: tuple[str, ...]
    """The claim's file and what it imports, and ..."""
    digest: str
    """... the digest of their text when the run began."""
    says: str = ""
    """Digest of what a user's claim says where it was read; empty where that need not be compared."""

    @property
    def name(self) -> str:
        """The unit's name in the store."""
        return f"{self.key}|{self.part}".encode("utf-8", "backslashreplace").decode()
