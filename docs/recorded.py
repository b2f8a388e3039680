"""What a run found, kept beside the documentation: `python docs/recorded.py .lemmata/run.json` writes it.

The catalogue's pages are built without a trial. Of each claim its verdict is kept with a digest of the statement that
was judged, so that a verdict on another statement is never shown; of each paper a few of its figures.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lemmata.checks import describe
from lemmata.checks.document import decode_run
from lemmata.checks.evidence import Evidence, Run
from lemmata.checks.statement import Statement
from lemmata.claims import load
from lemmata.reports.figures import of_claim, of_paper

FILE = Path(__file__).parent / "recorded.json"
FIGURES = 3
"""Figures a paper."""
_LARGEST = 12_000
"""Characters of a figure; larger ones are left to the report."""


def digest(statement: Statement) -> str:
    """Of what is claimed: another formula, hypothesis or status is another claim."""
    told = [statement.latex, statement.hypotheses, statement.status, statement.kind]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def recorded(run: Run, known: Mapping[str, str]) -> dict[str, Any]:
    """What is kept of a run.

    Args:
        run: the record of the run.
        known: key of a claim of the package -> digest of its statement; claims of another statement are left out.
    """
    claims = [claim for claim in run.claims if known.get(claim.statement.key) == digest(claim.statement)]
    papers: dict[str, list[Evidence]] = {}
    for claim in claims:
        papers.setdefault(claim.statement.key.partition("/")[0], []).append(claim)
    return {
        "effort": run.effort,
        "seed": run.seed,
        "claims": {claim.statement.key: _outcome(claim) for claim in claims},
        "figures": {paper: list(_figures(group)) for paper, group in papers.items()},
    }


def statements() -> dict[str, Statement]:
    """Key -> statement, of every claim of the package."""
    return {located.claim.key: describe(located) for located in load().claims}


def _outcome(claim: Evidence) -> dict[str, Any]:
    return {
        "statement": digest(claim.statement),
        "verdict": claim.verdict,
        "sentence": claim.sentence,
        "expected": claim.expected,
    }


def _figures(claims: Sequence[Evidence]) -> Iterator[dict[str, Any]]:
    """One figure that claims share, if there is one, then the first of claims; none that takes much room."""
    shared = [("", panel) for panel in of_paper(claims).panels[:1]]
    single = [(claim.statement.key, panel) for claim in claims for panel in of_claim(claim)[:1]]
    for key, panel in [one for one in (*shared, *single) if len(one[1].svg) <= _LARGEST][:FIGURES]:
        yield {
            "claim": key,
            "caption": panel.caption,
            "svg": str(panel.svg),
            "up": str(panel.up),
            "across": str(panel.across),
            "lines": [[line.label, line.series] for line in panel.lines],
            "prediction": panel.prediction,
            "advice": panel.advice,
        }


def main() -> None:
    """Keep what the run of the command line found."""
    run = decode_run(Path(sys.argv[1]).read_bytes())
    found = recorded(run, {key: digest(statement) for key, statement in statements().items()})
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    left = len(run.claims) - len(found["claims"])
    sys.stdout.write(f"Written: {FILE.name}, {len(found['claims'])} claims; {left} of another statement left out\n")


if __name__ == "__main__":
    main()
