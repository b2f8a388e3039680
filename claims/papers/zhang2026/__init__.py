"""Zhang and Peyré (2026): the support gap."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="zhang2026",
    authors="S. Y. Zhang, G. Peyré",
    title="Global Exponential Convergence of Two-Layer Linear Network Training",
    venue="arXiv preprint",
    year=2026,
    identifier="arXiv:2610.09356",
    sections=("support_gap",),
)
