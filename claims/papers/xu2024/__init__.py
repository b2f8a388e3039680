"""Xu, Du, Kong, Shan, Huang, Li (2024): implicit gradient descent for physics-informed networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="xu2024",
    authors="X. Xu, T. Du, W. Kong, B. Shan, Z. Huang, Y. Li",
    title="Convergence of Implicit Gradient Descent for Training Two-Layer Physics-Informed Neural Networks",
    venue="preprint",
    year=2024,
    identifier="arXiv:2407.02827",
    sections=("certificate", "linear"),
    statements=(
        Statement(
            number="linear convergence",
            says="over-parametrized two-layer networks converge linearly under implicit gradient descent, whatever the step",
            read=Read.PART,
            claims=(
                "one-step-certificate",
                "certificate-in-training",
                "linear-model-contracts",
                "linear-model-residuals",
            ),
        ),
        Statement(
            number="width",
            says="how wide the network must be for this to hold with high probability",
            read=Read.NOT,
            why_none="the width is a polynomial with constants that are not specified; the certificate needs no width",
        ),
    ),
)
