"""Gunasekar et al. (2018): mirror descent."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="gunasekar2018",
    authors="S. Gunasekar, J. Lee, D. Soudry, N. Srebro",
    title="Characterizing Implicit Bias in Terms of Optimization Geometry",
    venue="ICML",
    year=2018,
    identifier="arXiv:1802.08246",
    sections=("mirror_descent",),
    statements=(
        Statement(
            number="Theorem on mirror descent",
            says="mirror descent on an underdetermined problem finds the interpolator nearest in Bregman divergence",
            read=Read.NOT,
            claims=("dual-iterates-move-in-the-row-space", "mirror-descent-selects-the-nearest-interpolator"),
        ),
        Statement(
            number="Theorems on steepest descent and homogeneous models",
            says="limit directions in other norms and of factorized models",
            read=Read.NOT,
            why_none="not recalled in a form that could be judged",
        ),
    ),
)
