"""Soudry et al. (2018): the implicit bias of gradient descent on separable data."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="soudry2018",
    authors="D. Soudry, E. Hoffer, M. S. Nacson, S. Gunasekar, N. Srebro",
    title="The Implicit Bias of Gradient Descent on Separable Data",
    venue="JMLR 19(70)",
    year=2018,
    identifier="arXiv:1710.10345",
    sections=("convergence", "limit"),
    statements=(
        Statement(
            number="Theorem 3",
            says="on separable data the direction of gradient descent tends to the maximal margin",
            read=Read.NOT,
            claims=("weights-grow", "margin-deficit"),
        ),
        Statement(
            number="Theorem 4",
            says="the residual beside log t stays bounded",
            read=Read.NOT,
            claims=("residual-settles",),
        ),
        Statement(
            number="Theorem 5",
            says="rates: 1/t for the loss, 1/log t for the margin",
            read=Read.NOT,
            claims=("loss-rate", "each-step", "margin-rate", "margin-constant"),
        ),
    ),
)
