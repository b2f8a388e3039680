"""What one part of a trial leaves, as plain data: light to import where results are only taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lemmata.checks.decision import Decision
from lemmata.checks.evidence import MutantTrial, Necessity, Proof, Sample


@dataclass(frozen=True, kw_only=True)
class PartResult:
    """What one part of a trial found; exactly one of the fields is set (``proof`` may be none declared).

    A mutant may bring a ``sample`` along: of the claim, refuted by what the mutant fell by.
    """

    proof: Proof | None = None
    decision: Decision | None = None
    sample: Sample | None = None
    mutant: MutantTrial | None = None
    necessity: Necessity | None = None
    error: str = ""
    output: str = ""
    """What the claim's code printed in a worker process."""
    read: Mapping[str, str] = field(default_factory=dict)
    """Files and folders that a user's code read in this process so far -> digest of what is there."""
    untraced: str = ""
    """What a user's code used that cannot be looked at again, such as the network."""
    seconds: float = 0.0
