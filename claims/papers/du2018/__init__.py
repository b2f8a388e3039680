"""Du, Hu and Lee (2018): layers are automatically balanced."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="du2018",
    authors="S. S. Du, W. Hu, J. D. Lee",
    title="Algorithmic Regularization in Learning Deep Homogeneous Models: Layers are Automatically Balanced",
    venue="NeurIPS",
    year=2018,
    identifier="arXiv:1806.00900",
    sections=("flow", "steps", "drift", "bounds", "momentum", "architectures", "ratio", "factorization", "rank_one"),
)
