"""Weylandt, Nagorski and Allen (2020): convex clustering by CARP."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="weylandt2020",
    authors="M. Weylandt, J. Nagorski, G. I. Allen",
    title="Dynamic Visualization and Fast Computation for Convex Clustering via Algorithmic Regularization",
    venue="Journal of Computational and Graphical Statistics 29(1)",
    year=2020,
    identifier="arXiv:1901.01477",
    sections=("convergence", "initialization", "steps", "path", "invariants", "biclustering", "speed"),
    statements=(
        Statement(
            number="convergence theorem",
            says="as t -> 1 and eps -> 0 the iterates of CARP fill the exact path",
            read=Read.PART,
            claims=(
                "published-convergence",
                "converges-to-the-path",
                "error-on-forests",
                "where-the-published-start-goes",
                "burn-in-leaves-a-floor",
            ),
        ),
        Statement(
            number="its sketched proof",
            says="ADMM converges linearly, the path is Lipschitz, there is one dual path",
            read=Read.PART,
            claims=(
                "a-step-contracts-u",
                "a-step-comes-nearer",
                "a-step-contracts-on-forests",
                "the-gap-bounds-the-error",
                "path-moves-slowly",
                "many-stationary-duals",
            ),
        ),
        Statement(
            number="convex clustering and its path",
            says="what is known of exact solutions and of every iterate",
            read=Read.BESIDE,
            claims=(
                "penalty-falls-along-the-path",
                "loss-grows-along-the-path",
                "loss-over-lam-falls-along-the-path",
                "largest-penalty-of-a-forest",
                "means-stay",
                "symmetries",
            ),
        ),
        Statement(
            number="CBASS",
            says="biclustering by the same idea, as its package codes it",
            read=Read.PART,
            claims=("biclustering-energy-falls", "coded-proximal-constant-is-stable", "sharp-proximal-constant"),
        ),
        Statement(
            number="computation time",
            says="over 100-fold improvement",
            read=Read.PART,
            claims=("hundredfold-at-tight-accuracy", "hundredfold-at-carps-own-accuracy"),
        ),
    ),
)
