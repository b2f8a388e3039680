"""Woodworth et al. (2020): from kernel to rich regimes in diagonal networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="woodworth2020",
    authors="B. Woodworth, S. Gunasekar, J. D. Lee, E. Moroshko, P. Savarese, I. Golan, D. Soudry, N. Srebro",
    title="Kernel and Rich Regimes in Overparametrized Models",
    venue="COLT",
    year=2020,
    identifier="arXiv:2002.09277",
    sections=("regimes", "limits", "lemmas"),
    statements=(
        Statement(
            number="Theorem 1",
            says="the limit of gradient flow minimises a potential between the l1 and l2 norms",
            read=Read.FULL,
            claims=("limit-minimises-the-potential", "unequal-starts-minimise-a-weighted-potential"),
        ),
        Statement(
            number="Theorem 2",
            says="how small an initialization gives nearly the least l1 norm, how large one the least l2 norm",
            read=Read.FULL,
            claims=("small-starts-have-nearly-the-least-l1-norm", "large-starts-have-nearly-the-least-l2-norm"),
        ),
        Statement(
            number="Theorem 3",
            says="the potential at depths above two, and its limits for small and for large initializations",
            read=Read.FULL,
            claims=(
                "limit-minimises-the-potential-of-its-depth",
                "small-deep-starts-select-the-least-l1-norm",
                "large-deep-starts-select-the-least-l2-norm",
            ),
        ),
        Statement(
            number="Lemma 5",
            says="for small initializations the potential is log(1/alpha^2) times the l1 norm, up to 1 + epsilon",
            read=Read.FULL,
            claims=("potential-is-nearly-the-l1-norm",),
        ),
        Statement(
            number="Lemma 7",
            says="for large initializations the potential is the squared l2 norm over 4 alpha^2, up to 1 + epsilon",
            read=Read.FULL,
            claims=("potential-is-nearly-the-l2-norm",),
        ),
        Statement(
            number="Lemma 8",
            says="above depth two the pulls on the weights add up to at most alpha^(2 - D)/(D(D - 2)), at all times",
            read=Read.FULL,
            claims=("pull-stays-bounded",),
        ),
    ),
)
