"""Ma, Lavaei and Sojoudi (2023): matrix sensing lifted to symmetric tensors."""

from __future__ import annotations

from lemmata.claims import Paper

PAPER = Paper(
    key="ma2023",
    authors="Z. Ma, J. Lavaei, S. Sojoudi",
    title="Algorithmic Regularization in Tensor Optimization: Towards a Lifted Approach in Matrix Sensing",
    venue="NeurIPS",
    year=2023,
    identifier="arXiv:2310.15549",
    sections=("lifting", "near_rank_one", "saddles", "orders", "experiment"),
)
SETTING = """M* = Z Z', Z n x r; symmetric A_1..A_m, b = A(M*), f(X) = |A(X X' - M*)|^2/4; the lift of order l is h(w) = |A^(x)l(P(w) P(w)') - b^(x)l|^2/4 over
w in (R^(nr))^(x)l. K = A*A"""
