"""Du, Hu and Lee (2018): layers are automatically balanced."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="du2018",
    authors="S. S. Du, W. Hu, J. D. Lee",
    title="Algorithmic Regularization in Learning Deep Homogeneous Models: Layers are Automatically Balanced",
    venue="NeurIPS",
    year=2018,
    identifier="arXiv:1806.00900",
    sections=("flow", "steps", "drift", "bounds", "momentum", "architectures", "ratio", "factorization", "rank_one"),
    statements=(
        Statement(
            number="Theorem 2.1",
            says="along gradient flow incoming minus outgoing squared weight of a homogeneous neuron is constant",
            read=Read.PART,
            claims=("neuron-law",),
        ),
        Statement(
            number="Corollary 2.1",
            says="neighbouring layers keep the difference of their squared Frobenius norms",
            read=Read.PART,
            claims=("layer-law",),
        ),
        Statement(
            number="Theorem 2.2",
            says="around a linear layer the whole imbalance matrix is constant",
            read=Read.PART,
            claims=("linear-layer-law",),
        ),
        Statement(
            number="Theorem 2.3",
            says="the law for shared weights and sparse connections, convolutions among them",
            read=Read.PART,
            claims=("shared-weights-law", "single-channel-convolution-law", "convolution-law"),
        ),
        Statement(
            number="Theorem 3.1",
            says="gradient descent with decaying steps solves asymmetric factorization, the factors bounded and balanced",
            read=Read.PART,
            claims=(
                "factors-stay-balanced-by-decay",
                "factorization-loss-falls",
                "factors-stay-bounded",
                "factors-stay-balanced-by-small-steps",
                "factor-sizes-from-product",
                "curvature-at-a-saddle",
            ),
        ),
        Statement(
            number="Theorem 3.2",
            says="rank one, constant step: global convergence in O(log(1/epsilon)) steps with constant probability, at a bounded ratio",
            read=Read.PART,
            claims=(
                "rank-one-in-logarithmic-time",
                "rank-one-in-logarithmic-time-mostly",
                "rank-one-ratio-law",
                "rank-one-norm-ratio",
            ),
        ),
        Statement(
            number="beside Section 2",
            says="other activations, biases, weight decay and the definition of the flow",
            read=Read.BESIDE,
            claims=(
                "dissipation",
                "neuron-drift",
                "degree-k-law",
                "relu-matrix-drift",
                "linear-convolution-law",
                "bias-law",
                "linear-bias-law",
                "weight-decay-flow",
            ),
        ),
        Statement(
            number="beside Section 3",
            says="what one discrete step does to the imbalance, exactly, and what a run may add up to",
            read=Read.BESIDE,
            claims=(
                "gradient-descent-step",
                "stochastic-step-per-neuron",
                "weight-decay-step",
                "layerwise-step",
                "scalar-step",
                "convolution-step",
                "drift-bound",
                "drift-bound-by-loss",
                "midpoint-step",
                "midpoint-run",
                "heavy-ball-charge",
                "heavy-ball-step",
                "heavy-ball-symmetric-charge",
            ),
        ),
        Statement(
            number="published reviews",
            says="whether a small difference of norms means balanced layers",
            read=Read.PART,
            claims=("small-difference-means-balanced", "ratio-from-difference", "ratio-from-differences"),
        ),
    ),
)
