"""What the imbalance of a two-layer network promises: the eigenvalues of U_1'U_1 - V'V, and the constant c they make."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import quantity

served_below = quantity(
    r"\lambda_r(\Lambda)",
    "r-th largest eigenvalue of the imbalance Lambda = U_1'U_1 - V'V (zero if there are fewer than r hidden units)",
    real=True,
)
served_above = quantity(
    r"\lambda_m(-\Lambda)",
    "m-th largest eigenvalue of -Lambda = V'V - U_1'U_1 (zero if there are fewer than m hidden units)",
    real=True,
)
imbalance = quantity(
    r"c_\Lambda",
    "sum of the positive parts of lambda_r(Lambda) and lambda_m(-Lambda), Lambda = U_1'U_1 - V'V",
    nonnegative=True,
)
c = sp.Symbol("c", nonnegative=True)
IMBALANCE = sp.Max(served_below, 0) + sp.Max(served_above, 0)
"""The constant c of the paper."""
