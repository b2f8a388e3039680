"""What the pages show of each claim and of each paper, ready for the templates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from lemmata.checks.counterexample import Counterexample
from lemmata.checks.evidence import Evidence, Run
from lemmata.reports import figures, words

_INEQUALITIES = frozenset({"AtMost", "AtLeast", "Monotone"})
_DECADES = 3.0
"""Powers of ten that the strip of slack shows below one."""
_WHY = re.compile(r"(Why[^:\n]{0,30}):\s+(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One claim of the pages."""

    claim: Evidence
    anchor: str
    """Its identifier in its page: the key, without white space."""
    page: str
    """The file of its page; empty where all is one page."""

    @property
    def name(self) -> str:
        """The second half of the claim's key."""
        return self.claim.statement.key.partition("/")[2]

    @property
    def link(self) -> str:
        """The address of the section."""
        return f"{self.page}#{quote(self.anchor, safe='/')}"

    @property
    def is_control(self) -> bool:
        """Whether the claim is a negative control: kept to be refuted."""
        return self.claim.statement.status == "refuted"

    @property
    def standing(self) -> str:
        """Expected, unexpected or inconclusive."""
        return words.standing(self.claim)

    @property
    def slack(self) -> float | None:
        """Where on its strip the largest ratio of an inequality lies, from 0 (a thousandth) to 100 (attained)."""
        ratio = self.claim.worst_ratio
        if ratio is None or self.claim.statement.kind not in _INEQUALITIES:
            return None
        return min(max(100 * (1 + math.log10(max(ratio, 1e-9)) / _DECADES), 0.0), 104.0)

    @cached_property
    def panels(self) -> tuple[figures.Panel, ...]:
        """The claim's figures."""
        return figures.of_claim(self.claim)

    @cached_property
    def profiles(self) -> tuple[figures.Panel, ...]:
        """The largest ratio against each parameter."""
        return figures.profiles(self.claim)

    @property
    def advice(self) -> list[str]:
        """What to see in the figures."""
        return list(dict.fromkeys(panel.advice for panel in self.panels if panel.advice))

    @property
    def told(self) -> list[str]:
        """The paragraphs that say what is claimed."""
        return [part for part in _paragraphs(self.claim.statement.about) if not _WHY.fullmatch(part)]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Heading and text of the paragraphs that say why."""
        found = [_WHY.fullmatch(part) for part in _paragraphs(self.claim.statement.about)]
        return [("Why it is true" if one[1] == "Why" else one[1], one[2]) for one in found if one]

    @property
    def examples(self) -> list[tuple[str, Counterexample]]:
        """The counterexamples with their roles, that which the verdict names first."""
        return words.told(self.claim)


@dataclass(frozen=True, kw_only=True)
class PaperPage:
    """The claims of one paper."""

    key: str
    file: str
    sections: tuple[Section, ...]

    @property
    def citation(self) -> str:
        """The paper's full citation, as its first claim gives it."""
        return self.sections[0].claim.statement.paper

    @cached_property
    def overlay(self) -> figures.PaperFigure:
        """The curves that several claims share."""
        return figures.of_paper([section.claim for section in self.sections])


def papers(run: Run, *, single: bool = False) -> tuple[PaperPage, ...]:
    """The claims of a run by paper, in the order of the run; every page and every anchor has a name of its own."""
    groups: dict[str, list[Evidence]] = {}
    for claim in run.claims:
        groups.setdefault(claim.statement.key.partition("/")[0], []).append(claim)
    files, anchors = _Names(("index",)), _Names(())
    return tuple(
        _page(key, claims, "" if single else f"{files.new(_safe(key))}.html", anchors) for key, claims in groups.items()
    )


def _page(key: str, claims: Sequence[Evidence], file: str, anchors: _Names) -> PaperPage:
    return PaperPage(
        key=key,
        file=file,
        sections=tuple(
            Section(claim=claim, anchor=anchors.new(re.sub(r"\s+", "-", words.visible(claim.statement.key))), page=file)
            for claim in claims
        ),
    )


class _Names:
    """Names that were given, so that none is given twice."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def new(self, wanted: str) -> str:
        """The name, with a number behind it if it is taken."""
        name = next(name for name in _numbered(wanted) if name not in self._taken)
        self._taken.add(name)
        return name


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _safe(key: str) -> str:
    """A file's name: letters, digits, hyphens; nothing that a record says leads out of the folder."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", key)[:60].strip("-") or "paper"


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
