"""Razin et al. (2021): tensor components."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="razin2021",
    authors="N. Razin, A. Maman, N. Cohen",
    title="Implicit Regularization in Tensor Factorization",
    venue="ICML",
    year=2021,
    identifier="arXiv:2102.09972",
    sections=("components", "singular_values"),
    statements=(
        Statement(
            number="Theorem 1",
            says="the norm of a tensor component moves at a rate that grows with the norm itself",
            read=Read.PART,
            claims=("growth-of-a-component",),
        ),
        Statement(
            number="beside Theorem 1, for matrices",
            says="singular values of a product of balanced layers grow by the same law, the number of layers being the order",
            read=Read.PART,
            claims=("growth-of-a-singular-value",),
        ),
        Statement(
            number="Lemma on balancedness",
            says="the vectors of a component keep the differences of their squared lengths",
            read=Read.NOT,
            claims=("lengths-of-a-component",),
        ),
    ),
)
