"""Zhang, Hsu, Li, Finn, Grosse (2021): differentiable annealed importance sampling on Gaussian problems."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="zhang2021",
    authors="G. Zhang, K. Hsu, J. Li, C. Finn, R. Grosse",
    title="Differentiable Annealed Importance Sampling and the Perils of Gradient Noise",
    venue="NeurIPS",
    year=2021,
    identifier="arXiv:2107.10211",
    sections=("gap", "rates", "noise"),
    statements=(
        Statement(
            number="the gap of the bound",
            says="on Gaussian problems log p(D) minus the bound is a sum of moments of an affine recursion, and not negative",
            read=Read.FULL,
            claims=("gap-in-moments", "gap-is-not-negative", "gap-below-its-law"),
        ),
        Statement(
            number="Lemma 1",
            says="with eta ~ K^-c, c >= 1/4, means and precisions stay within O(K^(2c-1)) of their targets",
            read=Read.FULL,
            claims=("means-follow", "precisions-follow"),
        ),
        Statement(
            number="Theorem 1",
            says="with eta ~ K^-c, c >= 1/4, the gap is O(K^(2c-1)); c = 1/4 gives the optimal rate O(K^(-1/2))",
            read=Read.FULL,
            claims=(
                "gap-rate",
                "gap-to-leading-order",
                "a-sixth-is-better",
                "no-exponent-beats-one-half",
                "bias-of-fixed-steps",
            ),
        ),
        Statement(
            number="Theorem 2",
            says="with noise in the gradients of covariance bounded below the gap does not vanish, whatever the steps",
            read=Read.FULL,
            claims=("noise-keeps-the-gap", "noise-to-leading-order", "noise-at-one-half"),
        ),
    ),
)
