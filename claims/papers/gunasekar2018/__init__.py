"""Gunasekar et al. (2018): mirror descent."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="gunasekar2018",
    authors="S. Gunasekar, J. Lee, D. Soudry, N. Srebro",
    title="Characterizing Implicit Bias in Terms of Optimization Geometry",
    venue="ICML",
    year=2018,
    identifier="arXiv:1802.08246",
    sections=("mirror_descent",),
)
