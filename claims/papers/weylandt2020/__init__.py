"""Weylandt, Nagorski and Allen (2020): convex clustering by CARP."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="weylandt2020",
    authors="M. Weylandt, J. Nagorski, G. I. Allen",
    title="Dynamic Visualization and Fast Computation for Convex Clustering via Algorithmic Regularization",
    venue="Journal of Computational and Graphical Statistics 29(1)",
    year=2020,
    identifier="arXiv:1901.01477",
    sections=("convergence", "initialization", "steps", "path", "invariants", "biclustering", "speed"),
)
