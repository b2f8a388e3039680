"""Soudry et al. (2018): the implicit bias of gradient descent on separable data."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="soudry2018",
    authors="D. Soudry, E. Hoffer, M. S. Nacson, S. Gunasekar, N. Srebro",
    title="The Implicit Bias of Gradient Descent on Separable Data",
    venue="JMLR 19(70)",
    year=2018,
    identifier="arXiv:1710.10345",
    sections=("convergence", "limit"),
)
