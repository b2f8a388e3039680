"""Shen et al. (2024): which penalty makes an l1-regularized model how sparse."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="shen2024",
    authors="L. Shen, R. Wang, Y. Xu, M. Yan",
    title="Sparse Deep Learning Models with the l1 Regularization",
    venue="preprint",
    year=2024,
    identifier="arXiv:2408.02801",
    sections=("optimality", "levels"),
    statements=(
        Statement(
            number="characterisation of minimisers, single and several parameters",
            says="u minimises psi + sum lambda_j |u_j| iff each lambda_j balances the slope of psi on the support and exceeds it off it",
            read=Read.PART,
            claims=("optimality-is-necessary", "optimality-suffices", "zero-from-the-largest-slope-on"),
        ),
        Statement(
            number="choice of the parameter for a sparsity level",
            says="between which two numbers the parameter has to lie for a solution with l entries that are not zero",
            read=Read.PART,
            claims=("levels-of-orthonormal-designs",),
        ),
        Statement(
            number="beside it",
            says="what a larger parameter does to the l1 norm, and what it need not do to the number of entries",
            read=Read.BESIDE,
            claims=("l1-norm-falls-with-the-penalty", "larger-penalties-give-sparser-solutions"),
        ),
        Statement(
            number="deep networks",
            says="the same relations for a network's loss",
            read=Read.PART,
            why_none="psi is not convex there: the relations are necessary at every local minimiser and decide nothing",
        ),
        Statement(
            number="iterative choice of parameters",
            says="an algorithm that adjusts the parameters until the sparsity is as wanted",
            read=Read.PART,
            why_none="its text was not read",
        ),
    ),
)
