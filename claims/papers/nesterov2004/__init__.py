"""Nesterov 2004: how fast gradient descent contracts on strongly convex functions, and what no gradient method can beat."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="nesterov2004",
    authors="Y. Nesterov",
    title="Introductory Lectures on Convex Optimization: A Basic Course",
    venue="Kluwer",
    year=2004,
    identifier="10.1007/978-1-4419-8853-9",
    sections=("contraction", "lower_bound"),
    statements=(
        Statement(
            number="Theorem 2.1.15",
            says="gradient descent on strongly convex functions contracts linearly",
            read=Read.PART,
            claims=("strongly-convex-rate", "strongly-convex-any-step"),
        ),
        Statement(
            number="Theorem 2.1.7",
            says="no method in the span of gradients is faster than 3 L R^2/(32 (k + 1)^2)",
            read=Read.PART,
            claims=("lower-bound", "lower-bound-of-the-chain", "distance-lower-bound"),
        ),
    ),
)
