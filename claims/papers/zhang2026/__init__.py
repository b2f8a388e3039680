"""Zhang and Peyré (2026): the support gap."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="zhang2026",
    authors="S. Y. Zhang, G. Peyré",
    title="Global Exponential Convergence of Two-Layer Linear Network Training",
    venue="arXiv preprint",
    year=2026,
    identifier="arXiv:2610.09356",
    sections=("support_gap", "momentum"),
    statements=(
        Statement(
            number="Theorem 3.1",
            says="gradient flow converges from every initialization with a support gap, at an explicit rate",
            read=Read.FULL,
            claims=("support-gap-rate",),
        ),
        Statement(
            number="Theorem 3.6 with Lemma C.15",
            says="gradient descent with an explicit small step converges linearly",
            read=Read.FULL,
            claims=("gradient-descent-rate",),
        ),
        Statement(
            number="Proposition C.17 with Lemma C.15",
            says="its rate is as near that of the flow as wanted",
            read=Read.FULL,
            claims=("rate-near-the-flow",),
        ),
        Statement(
            number="Proposition 5.1",
            says="under gradient flow with momentum a skew charge of the hidden units dies out at the rate of the friction",
            read=Read.FULL,
            claims=("momentum-charge",),
        ),
    ),
)
