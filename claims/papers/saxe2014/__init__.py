"""Saxe et al. (2014): modes of deep linear networks."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="saxe2014",
    authors="A. M. Saxe, J. L. McClelland, S. Ganguli",
    title="Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
    venue="ICLR",
    year=2014,
    identifier="arXiv:1312.6120",
    sections=("modes",),
)
