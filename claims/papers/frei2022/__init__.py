"""Frei et al. (2022): leaky networks on nearly orthogonal data."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="frei2022",
    authors="S. Frei, G. Vardi, P. L. Bartlett, N. Srebro, W. Hu",
    title="Implicit Bias in Leaky ReLU Networks Trained on High-Dimensional Data",
    venue="ICLR 2023",
    year=2022,
    identifier="arXiv:2210.07082",
    sections=("margin", "descent"),
)
