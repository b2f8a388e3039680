"""Min et al. (2021): overparametrized linear networks."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="min2021",
    authors="H. Min, S. Tarmoun, R. Vidal, E. Mallada",
    title="On the Explicit Role of Initialization on the Convergence and Implicit Bias of Overparametrized Linear Networks",
    venue="ICML",
    year=2021,
    sections=("convergence", "wide"),
)
