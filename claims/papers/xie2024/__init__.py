"""Xie, Zhao, Zhou (2024): regret that grows with the variation of gradients, under generalized smoothness."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="xie2024",
    authors="Y.-F. Xie, P. Zhao, Z.-H. Zhou",
    title="Gradient-Variation Online Learning under Generalized Smoothness",
    venue="NeurIPS",
    year=2024,
    identifier="arXiv:2408.09074",
    sections=("regret", "local"),
    statements=(
        Statement(
            number="convex losses",
            says="optimistic mirror descent has regret O(sqrt(V_T)), V_T the variation of the gradients",
            read=Read.PART,
            claims=("regret-with-last-gradients", "regret-with-intermediate-gradients"),
        ),
        Statement(
            number="generalized smoothness",
            says="the same where the curvature is bounded by a function of the gradient's length, with steps for local smoothness",
            read=Read.PART,
            claims=("gradients-are-lipschitz-nearby", "regret-with-local-steps"),
        ),
        Statement(
            number="strongly convex losses",
            says="regret of logarithmic type in the variation",
            read=Read.PART,
            why_none="its constants were not read, and a logarithm is not told from a small power at feasible lengths",
        ),
        Statement(
            number="universal method",
            says="a method of two layers that need not know the curvature",
            read=Read.PART,
            why_none="an ensemble whose weights and clipping were not read",
        ),
    ),
)
