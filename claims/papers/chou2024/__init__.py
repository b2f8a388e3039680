"""Chou et al. (2024): deep matrix factorizations from the identity."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="chou2024",
    authors="H.-H. Chou, C. Gieshoff, J. Maly, H. Rauhut",
    title="Gradient descent for deep matrix factorization: dynamics and implicit bias towards low rank",
    venue="Applied and Computational Harmonic Analysis 68, 101595",
    year=2024,
    identifier="arXiv:2011.13772",
    sections=("eigenvalues",),
    statements=(
        Statement(
            number="dynamics",
            says="from identical initializations every eigenvalue moves on its own",
            read=Read.PART,
            claims=("recursion-of-eigenvalues",),
        ),
        Statement(
            number="step size and rate",
            says="below a step size eigenvalues grow without passing their limits, and converge linearly",
            read=Read.PART,
            claims=("no-overshooting", "growth-from-below", "local-rate"),
        ),
        Statement(
            number="effective rank",
            says="the effective rank stays low for a long time",
            read=Read.NOT,
            why_none="the interval of times in the theorem was not read",
        ),
    ),
)
