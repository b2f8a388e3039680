"""What is claimed, as text. It stands apart from the rest of the record, so that `lemmata show` loads no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What is claimed, as text: everything a report shows about the claim itself."""

    key: str
    source: str
    """Where the claim is written: a module name, or the path of a user's file as it was given."""
    title: str
    about: str
    """The claim's own explanation, plain text, paragraphs separated by blank lines."""
    paper: str
    """Full citation of the paper."""
    location: str
    """Where in the paper: theorem or equation number."""
    status: str
    reading: str
    reading_note: str
    kind: str
    """The kind of conclusion: ``Identity``, ``Conserved``, ``AtMost`` ..."""
    latex: str
    """The conclusion, LaTeX without dollar signs."""
    legend: Mapping[str, str]
    """LaTeX of each symbol of the conclusion -> its meaning in words."""
    family: str
    procedure: str
    hypotheses: list[str]
    parameters: Mapping[str, str]
    """Parameter name -> its declared range, in words."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """Parameter or entry of an instance -> what it is, in words, where the claim says so and the legend does not."""
