"""Pethick, Xie, Cevher (2023): relaxed approximate proximal points and Lookahead under cohypomonotonicity."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="pethick2023",
    authors="T. Pethick, W. Xie, V. Cevher",
    title="Stable Nonconvex-Nonconcave Training via Linear Interpolation",
    venue="NeurIPS",
    year=2023,
    identifier="arXiv:2310.13459",
    sections=("resolvents", "iterates", "inner", "two_steps", "lookahead"),
    statements=(
        Statement(
            number="range of the step",
            says="resolvents of cohypomonotone operators are non-expansive for steps of at least -2 rho",
            read=Read.PART,
            claims=("resolvent-of-a-comonotone-operator", "nonexpansive-range"),
        ),
        Statement(
            number="Theorem 6.2",
            says="the last iterate of the relaxed approximate proximal point method converges at a rate free of rho",
            read=Read.PART,
            claims=(
                "residual-never-grows",
                "last-iterate",
                "last-iterate-sharp",
                "last-iterate-sharp-for-every-weight",
                "inner-loop",
                "inexact-last-iterate",
            ),
        ),
        Statement(
            number="Section 7, two inner steps",
            says="Lookahead of two inner descent-ascent steps converges on cohypomonotone problems, weight below 1/2",
            read=Read.PART,
            claims=(
                "two-inner-steps-average-descent-and-extragradient",
                "lookahead-on-a-bilinear-game",
                "lookahead-threshold",
                "half-is-too-much",
            ),
        ),
        Statement(
            number="Theorem 7.3",
            says="Lookahead inherits convergence from its base optimizer, and may converge where that one does not",
            read=Read.PART,
            why_none="its constants were not read; the second half is seen in lookahead-threshold, with a base that diverges",
        ),
        Statement(
            number="constrained and stochastic parts",
            says="the same methods with constraints and noise",
            read=Read.NOT,
            why_none="only the deterministic unconstrained form was read far enough to be judged",
        ),
    ),
)
