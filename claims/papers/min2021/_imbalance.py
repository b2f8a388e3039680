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
positive_below = quantity(r"[\lambda_r(\Lambda)]_+", "lambda_r(Lambda) where it is positive, else zero", real=True)
positive_above = quantity(r"[\lambda_m(-\Lambda)]_+", "lambda_m(-Lambda) where it is positive, else zero", real=True)
c = sp.Symbol("c", nonnegative=True)
IMBALANCE = sp.Max(served_below, 0) + sp.Max(served_above, 0)
"""The constant c of the paper."""
