"""Saxe et al. (2014): modes of deep linear networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="saxe2014",
    authors="A. M. Saxe, J. L. McClelland, S. Ganguli",
    title="Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
    venue="ICLR",
    year=2014,
    identifier="arXiv:1312.6120",
    sections=("modes",),
    statements=(
        Statement(
            number="Section 1.3, equations (8) to (12)",
            says="from decoupled initializations modes of the input-output correlation are learnt along sigmoids, each on its own",
            read=Read.FULL,
            claims=("modes-decouple", "sigmoidal-mode", "full-solution"),
        ),
    ),
)
