"""Min et al. (2021): overparametrized linear networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="min2021",
    authors="H. Min, S. Tarmoun, R. Vidal, E. Mallada",
    title="On the Explicit Role of Initialization on the Convergence and Implicit Bias of Overparametrized Linear Networks",
    venue="ICML",
    year=2021,
    sections=("convergence", "wide"),
    statements=(
        Statement(
            number="Theorem 1",
            says="the loss decays at least at the rate 2 lambda_r c of the initialization's imbalance",
            read=Read.FULL,
            claims=("imbalance-rate", "imbalance-bounds-factors"),
        ),
        Statement(
            number="Proposition 1",
            says="orthogonal to what the data do not see, the flow ends at the solution of least norm",
            read=Read.FULL,
            claims=("unseen-part-grows-with-the-residual", "near-minimum-norm"),
        ),
        Statement(
            number="Lemma 1",
            says="a wide Gaussian initialization is imbalanced and nearly orthogonal, with high probability",
            read=Read.FULL,
            claims=("wide-starts-are-imbalanced",),
        ),
        Statement(
            number="Theorem 2",
            says="from a wide initialization the flow ends near the solution of least norm",
            read=Read.FULL,
            claims=("wide-starts-end-near-minimum-norm",),
        ),
    ),
)
