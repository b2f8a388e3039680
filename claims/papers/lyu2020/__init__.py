"""Lyu and Li (2020): the smoothed margin of homogeneous networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="lyu2020",
    authors="K. Lyu, J. Li",
    title="Gradient Descent Maximizes the Margin of Homogeneous Neural Networks",
    venue="ICLR",
    year=2020,
    identifier="arXiv:1906.05890",
    sections=("margin",),
    statements=(
        Statement(
            number="definition of the smoothed normalized margin",
            says="it is sandwiched between the margin and the margin minus log n / norm^L",
            read=Read.FULL,
            claims=("smoothed-margin-sandwich",),
        ),
        Statement(
            number="Lemma on the growth of the norm and of the smoothed margin",
            says="along the flow both grow once the data are separated",
            read=Read.FULL,
            claims=("norm-growth", "smoothed-margin-grows"),
        ),
        Statement(
            number="main theorem, first part",
            says="along gradient flow the smoothed margin never falls",
            read=Read.FULL,
            claims=("smoothed-margin-never-falls",),
        ),
        Statement(
            number="main theorem, second part",
            says="limit points are in the direction of KKT points of the margin problem",
            read=Read.PART,
            why_none="a limit of infinite time: no error bound of a finite run was found",
        ),
    ),
)
