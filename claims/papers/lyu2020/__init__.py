"""Lyu and Li (2020): the smoothed margin of homogeneous networks."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="lyu2020",
    authors="K. Lyu, J. Li",
    title="Gradient Descent Maximizes the Margin of Homogeneous Neural Networks",
    venue="ICLR",
    year=2020,
    identifier="arXiv:1906.05890",
    sections=("margin",),
)
