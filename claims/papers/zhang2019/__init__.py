"""Zhang, Lucas, Hinton, Ba 2019: Lookahead around gradient descent, and how long its inner steps may be on a quadratic."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="zhang2019",
    authors="M. R. Zhang, J. Lucas, G. Hinton, J. Ba",
    title="Lookahead Optimizer: k steps forward, 1 step back",
    venue="NeurIPS",
    year=2019,
    identifier="arXiv:1907.08610",
    statements=(
        Statement(
            number="convergence on quadratics",
            says="Lookahead on a mode is stable under a condition on the step",
            read=Read.PART,
            claims=("outer-step", "stable", "odd-unstable", "even-unstable"),
        ),
    ),
)
