"""Chou et al. (2024): deep matrix factorizations from the identity."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="chou2024",
    authors="H.-H. Chou, C. Gieshoff, J. Maly, H. Rauhut",
    title="Gradient descent for deep matrix factorization: dynamics and implicit bias towards low rank",
    venue="Applied and Computational Harmonic Analysis 68, 101595",
    year=2024,
    identifier="arXiv:2011.13772",
    sections=("eigenvalues",),
)
