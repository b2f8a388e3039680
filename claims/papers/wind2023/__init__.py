"""Wind, Antun and Hansen (2023): diagonal linear networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="wind2023",
    authors="J. S. Wind, V. Antun, A. C. Hansen",
    title="Implicit Regularization in AI Meets Generalized Hardness of Approximation in Optimization - "
    "Sharp Results for Diagonal Linear Networks",
    venue="preprint",
    year=2023,
    identifier="arXiv:2307.07410",
    sections=("bounds", "gap", "leading_constants", "selection", "faces", "near_ties", "times", "flow"),
    statements=(
        Statement(
            number="sharp bounds in the size of the initialization",
            says="how far the limit of gradient flow is from the least l1 norm",
            read=Read.PART,
            claims=(
                "off-the-support-below-the-weighted-constant-depth-two",
                "off-the-support-explicitly-depth-two",
                "off-the-support-below-the-weighted-constant",
                "off-the-support-explicitly",
                "off-the-support-at-least-depth-two",
                "off-the-support-at-least",
                "error-controlled-off-the-support",
                "l1-gap-controls-the-rest",
                "leading-constant",
                "leading-constant-depth-two",
                "faster-where-rho-vanishes",
            ),
        ),
        Statement(
            number="convergence of the l1 norm",
            says="the l1 norm of the limit tends to the least one, whatever the matrix",
            read=Read.PART,
            claims=(
                "limit-is-stationary-for-the-potential",
                "l1-gap-for-every-matrix-depth-two",
                "l1-gap-for-every-matrix",
            ),
        ),
        Statement(
            number="characterisation of the limit",
            says="which minimiser is found where there are many",
            read=Read.PART,
            claims=(
                "maximum-entropy-at-depth-two",
                "maximum-quasi-norm-above-depth-two",
                "renyi-entropies-decide-on-a-segment",
                "place-on-a-segment-to-fourth-order-depth-two",
                "place-on-a-segment-to-first-order",
                "off-the-face-the-entropy-maximiser-sets-the-constant",
                "off-the-face-the-certificate-sets-the-constant",
            ),
        ),
        Statement(
            number="sharp bounds where minimisers are not unique",
            says="how far the limit is from that minimiser",
            read=Read.PART,
            claims=(
                "distance-from-the-entropy-maximiser-depth-two",
                "distance-on-a-face-of-all-columns-depth-two",
                "distance-from-the-preferred-minimiser",
                "no-l1-gap-on-a-face-of-all-columns",
            ),
        ),
        Statement(
            number="generalized hardness of approximation",
            says="near ties decide how small the initialization must be",
            read=Read.PART,
            claims=(
                "a-near-tie-is-seen-at-exponentially-small-starts",
                "a-near-tie-is-seen-at-polynomially-small-starts",
                "a-near-tie-is-broken-beyond-the-window",
                "l1-gap-in-the-window-depth-two",
                "l1-gap-in-the-window",
            ),
        ),
        Statement(
            number="beside the setting",
            says="conserved quantities, symmetries, unequal and large initializations",
            read=Read.BESIDE,
            claims=(
                "what-each-pair-conserves",
                "how-fast-the-residual-falls",
                "same-limit-in-other-words",
                "limits-known-at-every-scale",
                "unequal-starts-shift-the-entropy-at-depth-two",
                "unequal-starts-weigh-the-l1-norm-above-depth-two",
                "large-starts-find-the-least-l2-norm",
            ),
        ),
        Statement(
            number="beside the horizons of its code",
            says="when the first weight is seen, and how fast the flow is at the end",
            read=Read.BESIDE,
            claims=(
                "first-activation-in-logarithmic-time-depth-two",
                "first-activation-in-polynomial-time",
                "first-activation-time-depth-two",
                "first-activation-time",
                "final-rate-beside-its-limit-depth-two",
                "final-rate-beside-its-limit",
                "final-rate-vanishes-for-sparse-minimisers-depth-two",
                "final-rate-vanishes-for-sparse-minimisers",
            ),
        ),
    ),
)
