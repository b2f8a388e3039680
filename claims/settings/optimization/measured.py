"""What is said of first-order methods: units, quantities that they measure, numbers of steps."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import quantity
from lemmata.claims.language.short.quantities import integer, positive
from lemmata.solvers import full, stack

_ell, _rho = sp.symbols("ell rho", positive=True)
CURVATURE, SQUARED_LENGTH, HEIGHT = _ell, _rho**2, _ell * _rho**2
"""Units: curvatures in ell, squared distances in rho^2, values in ell rho^2; all else are pure numbers."""

value = quantity("f(x_N) - f_*", "value after N steps above the minimum", unit=HEIGHT, nonnegative=True)
distance = quantity(
    "|x_N - x_*|^2", "squared distance to the minimizer after N steps", unit=SQUARED_LENGTH, nonnegative=True
)
initial = quantity(
    "|x_0 - x_*|^2",
    "squared distance of the initialization to a minimizer or fixed point",
    unit=SQUARED_LENGTH,
    nonnegative=True,
)
L = positive("L", unit=CURVATURE, meaning="Lipschitz constant of the gradient")
N = integer("N", 1, 10, meaning="number of steps")
eta = positive("eta", unit=1 / CURVATURE, meaning="step size, of the inner steps where there are such")
lam = positive("lambda", unit=CURVATURE, meaning="curvature of the mode")
square = quantity("x_{N}^2", "squared iterate after N steps", unit=SQUARED_LENGTH, nonnegative=True)
first_square = quantity("x_{0}^2", "squared initialization", unit=SQUARED_LENGTH, nonnegative=True)


def counts(like: Any, steps: int) -> Any:
    """The numbers 1, ..., steps as an array ``(batch, steps)`` of the number system of ``like`` ``(batch,)``."""
    return stack([full(like, t) for t in range(1, steps + 1)], axis=1)
