"""What the imbalance of a two-layer network promises: the eigenvalues of U_1'U_1 - V'V, and the constant c they make."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import evaluate, quantity

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
"""The constant c of Theorem 1, written here and nowhere else; with h >= m + r hidden units the positive parts may go."""


def constant(below: Any, above: Any) -> Any:
    """Its value, the quantity `imbalance`, from the two eigenvalues, ``(batch,)`` each."""
    return evaluate(IMBALANCE, {str(served_below): below[:, None], str(served_above): above[:, None]})[:, 0]
