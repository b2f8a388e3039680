"""Barboni, Peyré and Vialard (2024): ResNets by conditional optimal transport."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="barboni2024",
    authors="R. Barboni, G. Peyré, F.-X. Vialard",
    title="Understanding the training of infinitely deep and wide ResNets with Conditional Optimal Transport",
    venue="Communications on Pure and Applied Mathematics",
    year=2024,
    identifier="arXiv:2403.12887",
    sections=("transport", "convergence"),
    statements=(
        Statement(
            number="the conditional transport distance",
            says="a distance of measures on layers and parameters that moves nothing between layers",
            read=Read.PART,
            claims=(
                "conditional-transport-costs-more",
                "conditional-transport-is-joint-for-distant-layers",
                "conditional-transport-is-a-distance",
            ),
        ),
        Statement(
            number="local convergence",
            says="where the loss satisfies a local PL inequality and is small, gradient flow converges to a global minimiser",
            read=Read.PART,
            claims=("small-losses-decay", "small-losses-stay-near"),
        ),
        Statement(
            number="well-posedness of the gradient flow",
            says="gradient flow for the conditional distance exists and is the limit of finite networks",
            read=Read.PART,
            why_none="it speaks of measures; no finite computation decides it",
        ),
        Statement(
            number="local PL inequality of wide ResNets",
            says="with enough features the inequality holds at random initializations",
            read=Read.PART,
            why_none="its constants and the number of features were not read; on trial it is verified instance by instance instead",
        ),
    ),
)
