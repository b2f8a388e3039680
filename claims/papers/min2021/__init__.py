"""Min et al. (2021): overparametrized linear networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="min2021",
    authors="H. Min, S. Tarmoun, R. Vidal, E. Mallada",
    title="On the Explicit Role of Initialization on the Convergence and Implicit Bias of Overparametrized Linear Networks",
    venue="ICML",
    year=2021,
    sections=("convergence", "implicit_bias", "sharper_rate", "wide", "limit", "slips"),
    statements=(
        Statement(
            number="Theorem 1",
            says="the loss decays at least at the rate 2 lambda_r c of the initialization's imbalance",
            read=Read.FULL,
            claims=(
                "imbalance-rate",
                "imbalance-rate-of-wide-networks",
                "wide-networks-need-no-positive-parts",
                "imbalance-bounds-factors",
            ),
        ),
        Statement(
            number="Proposition 1",
            says="orthogonal to what the data do not see, the flow ends at the solution of least norm",
            read=Read.FULL,
            claims=(
                "orthogonal-unseen-part-stays-orthogonal",
                "orthogonal-solutions-have-least-norm",
                "unseen-part-grows-with-the-residual",
                "near-minimum-norm",
            ),
        ),
        Statement(
            number="Lemma 1",
            says="a wide Gaussian initialization is imbalanced and nearly orthogonal, with high probability",
            read=Read.FULL,
            claims=(
                "wide-starts-are-imbalanced",
                "wide-starts-serve-both-layers",
                "wide-starts-hardly-see-the-unseen",
                "wide-starts-have-small-products",
            ),
        ),
        Statement(
            number="Theorem 2",
            says="from a wide initialization the flow ends near the solution of least norm",
            read=Read.FULL,
            claims=(
                "limit-is-near-minimum-norm",
                "limit-is-near-minimum-norm-in-frobenius-norm",
                "wide-starts-end-near-minimum-norm",
            ),
        ),
        Statement(
            number="proofs of Theorem 2 and Lemma 1",
            says="two printed steps that are false, each with its repair",
            read=Read.FULL,
            claims=(
                "printed-step-of-the-constant",
                "repaired-step-of-the-constant",
                "printed-width-suffices",
                "repaired-width-suffices",
                "printed-tail-covers-every-delta",
                "small-delta-is-covered",
            ),
        ),
        Statement(
            number="sequel of 2022, its rate and Theorem 3",
            says="the singular values of the product, or of the target near it, add to the rate",
            read=Read.FULL,
            claims=("imbalance-and-product-rate", "imbalance-and-margin-rate"),
        ),
    ),
)
