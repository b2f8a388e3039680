"""Zhu et al. (2024): descent-ascent on functional minimax problems."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="zhu2024",
    authors="Y. Zhu, Y. Zhang, Z. Wang, Z. Yang, X. Chen",
    title="A Mean-Field Analysis of Neural Stochastic Gradient Descent-Ascent for Functional Minimax Optimization",
    venue="preprint",
    year=2024,
    identifier="arXiv:2404.12312",
    sections=("game",),
    statements=(
        Statement(
            number="convergence, the part in time",
            says="descent-ascent of two wide networks finds a stationary point of the functional game at a rate 1/T, up to 1/alpha",
            read=Read.PART,
            claims=("gap-along-descent-ascent", "distance-along-descent-ascent"),
        ),
        Statement(
            number="the functional conditional moment equation",
            says="the saddle solves the regularised equation that the game stands for",
            read=Read.PART,
            claims=("saddle-solves-the-equation",),
        ),
        Statement(
            number="convergence, the part in alpha",
            says="the representation moves by O(1/alpha) in the Wasserstein distance",
            read=Read.PART,
            why_none="infinitely wide networks, and constants that are not named",
        ),
    ),
)
