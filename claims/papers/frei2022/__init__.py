"""Frei et al. (2022): leaky networks on nearly orthogonal data."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="frei2022",
    authors="S. Frei, G. Vardi, P. L. Bartlett, N. Srebro, W. Hu",
    title="Implicit Bias in Leaky ReLU Networks Trained on High-Dimensional Data",
    venue="ICLR 2023",
    year=2022,
    identifier="arXiv:2210.07082",
    sections=("margin", "uniform", "descent"),
    statements=(
        Statement(
            number="Theorem on gradient flow",
            says="on nearly orthogonal data the flow tends to a network of rank two, a linear decision boundary, all samples support vectors",
            read=Read.FULL,
            claims=(
                "all-support-vectors",
                "multipliers-from-below",
                "neurons-agree-with-labels",
                "linear-decision-boundary",
                "multipliers-in-their-range",
            ),
        ),
        Statement(
            number="COLT 2023, Propositions 3 and 4, Lemma 17",
            says="a sequel: max-margin predictors on nearly orthogonal data weigh all samples alike, up to an explicit factor",
            read=Read.FULL,
            claims=("linear-margin-is-uniform", "leaky-margin-is-uniform", "sharper-upper-bound-on-multipliers"),
        ),
        Statement(
            number="Theorem on gradient flow, its margin",
            says="the linear predictor has nearly the maximal margin",
            read=Read.PART,
            claims=("near-maximal-margin",),
        ),
        Statement(
            number="Theorem on gradient descent",
            says="stable rank after one step and the loss after many",
            read=Read.NOT,
            claims=("stable-rank-after-one-step", "loss-after-many-steps"),
        ),
    ),
)
