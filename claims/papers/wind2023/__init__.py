"""Wind, Antun and Hansen (2023): diagonal linear networks."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="wind2023",
    authors="J. S. Wind, V. Antun, A. C. Hansen",
    title="Implicit Regularization in AI Meets Generalized Hardness of Approximation in Optimization - "
    "Sharp Results for Diagonal Linear Networks",
    venue="preprint",
    year=2023,
    identifier="arXiv:2307.07410",
    sections=("bounds", "gap", "rates", "selection", "faces", "near_ties", "times", "flow"),
)
