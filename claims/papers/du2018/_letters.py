"""The letters of the proofs in the free algebra, and the two proofs that most laws of balance share."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import FreeAlgebra, Value
from lemmata.claims.settings.networks.balance import G, G_next, W, W_next, above, columns, rows, samples

# Letters of the proofs. One sample: input x, slopes diag(D), derivative of the loss by the layer above delta.
gates = sp.MatrixSymbol("D", rows, rows)
x = sp.MatrixSymbol("x", columns, 1)
delta = sp.MatrixSymbol("delta", above, 1)
phi = sp.MatrixSymbol("phi", rows, 1)
e = sp.MatrixSymbol("e", samples, 1)
# All samples at once, for a linear layer: inputs X, derivatives Delta.
X = sp.MatrixSymbol("X", columns, samples)
Delta = sp.MatrixSymbol("Delta", above, samples)
ones = sp.MatrixSymbol("1", samples, 1)

PER_SAMPLE = "the derivative of the loss is a sum over samples; degree two in the sum, so two generic samples suffice"
CHAIN_RULE = "the chain rule for G_h and G_{h+1}; the derivative of the loss above the layer is an arbitrary matrix"
KINKS = "at a kink any slope may be taken: only phi(z) = D z with D diagonal is used"

ANY_LOSS: dict[str, Value] = {"loss": "linear"}
"""At one point every differentiable loss has the derivative of a linear one, <Y, f> with Y arbitrary."""

HOMOGENEOUS_LAYER = FreeAlgebra(
    covers="every depth, all widths, any data and differentiable loss, every homogeneous activation, any slope at a kink",
    definitions={G: gates * W_next.T * delta * x.T, G_next: delta * x.T * W.T * gates},
    moves={W: -G, W_next: -G_next},
    diagonal=(gates,),
    per_sample=(gates, x, delta),
    given=(CHAIN_RULE, PER_SAMPLE, KINKS),
)

LINEAR_LAYER = FreeAlgebra(
    covers="every depth, all widths, any data and differentiable loss, any activation in the other layers",
    definitions={G: W_next.T * Delta * X.T, G_next: Delta * X.T * W.T},
    moves={W: -G, W_next: -G_next},
    given=(CHAIN_RULE,),
)
