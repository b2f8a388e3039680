"""The papers on diagonal linear networks, which several claim modules share."""

from __future__ import annotations

from lemmata.claims.language.paper import Paper

WIND_ANTUN_HANSEN = Paper(
    key="wind2023",
    authors="J. S. Wind, V. Antun, A. C. Hansen",
    title="Implicit Regularization in AI Meets Generalized Hardness of Approximation in Optimization - "
    "Sharp Results for Diagonal Linear Networks",
    venue="preprint",
    year=2023,
    identifier="arXiv:2307.07410",
)

MATT_STOEGER = Paper(
    key="matt2025",
    authors="H. Matt, D. Stöger",
    title="Linear Regression with Overparameterized Linear Neural Networks: Tight Upper and Lower Bounds for "
    "Implicit l1-Regularization",
    venue="preprint",
    year=2025,
    identifier="arXiv:2506.01143",
)

WOODWORTH = Paper(
    key="woodworth2020",
    authors="B. Woodworth, S. Gunasekar, J. D. Lee, E. Moroshko, P. Savarese, I. Golan, D. Soudry, N. Srebro",
    title="Kernel and Rich Regimes in Overparametrized Models",
    venue="COLT",
    year=2020,
    identifier="arXiv:2002.09277",
)
