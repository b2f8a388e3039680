"""Razin et al. (2021): tensor components."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="razin2021",
    authors="N. Razin, A. Maman, N. Cohen",
    title="Implicit Regularization in Tensor Factorization",
    venue="ICML",
    year=2021,
    identifier="arXiv:2102.09972",
    sections=("components",),
)
