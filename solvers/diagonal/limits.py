"""Where the gradient flow of a diagonal linear network ends, at every scale of the initialization, without an ODE.

The limit is the minimiser of a convex dual, which Newton's method solves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.solvers.diagonal.equations import Equations, Point, solved
from lemmata.solvers.diagonal.mirror_map import log_height, log_sinh, log_two
from lemmata.solvers.diagonal.reduced_problem import ReducedProblem
from lemmata.solvers.numbers.arithmetic import (
    Array,
    Floats,
    as_floats,
    centre,
    concatenate,
    convert,
    elementwise,
    is_balls,
    magnitude,
    widen,
    zeros,
)
from lemmata.solvers.numbers.linear_algebra import solve_definite, times_fraction
from lemmata.solvers.numbers.order import signs

_REFINEMENTS = 5
_CAUTION = 2.0


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The end of the flow.

    Attributes:
        log_on: log |x| on the support, ``(batch, p)``.
        sign_on: its signs, ``(batch, p)`` in float64; all one unless the initialization is large.
        log_off: log |x| off it, ``(batch, k)``; minus infinity where x is zero.
        sign_off: its signs, ``(batch, k)`` in float64.
        dual_off: the mirror map of x off the support, ``(batch, k)``.
        height_off: x off the support in units of exp(log_unit), ``(batch, k)``; zero where x is zero.
        log_unit: logarithm of that unit, ``(batch, 1)``.
        residual: largest relative violation of the equations in float64, ``(batch,)``.
    """

    log_on: Array
    sign_on: Floats
    log_off: Array
    sign_off: Floats
    dual_off: Array
    height_off: Array
    log_unit: Array
    residual: Floats

    @property
    def on(self) -> Array:
        """Entries of x on the support, ``(batch, p)``."""
        return elementwise(self.log_on, "exp") * self.sign_on

    @property
    def off(self) -> Array:
        """Entries of x off the support, ``(batch, k)``; zero where it is below every float."""
        return self.height_off * elementwise(self.log_unit, "exp")

    @property
    def log_norm_off(self) -> Array:
        """Logarithm of the l1 norm of x off the support, ``(batch,)``; minus infinity if it vanishes."""
        return elementwise((self.height_off * self.sign_off).sum(axis=1), "log") + self.log_unit[:, 0]


def limit(face: ReducedProblem, log_alpha: Array, depth: Fraction) -> Limit:
    """The limit of the flow from u(0) = v(0) = alpha.

    Args:
        face: the reduced problem, in any number system.
        log_alpha: log of the initialization, ``(batch,)``, same number system.
        depth: D >= 2.

    Returns:
        The limit with its error bounds (from the last Newton correction, an estimate and no proof).

    Raises:
        ShapeError: the face does not fit together.
        ValueError: a scale that is not positive and finite.
    """
    face.check()
    if not np.isfinite(as_floats(log_alpha)).all():
        raise ValueError(f"limit got log_alpha={as_floats(log_alpha)}; expected the logarithm of a positive scale")
    if np.all(as_floats(log_alpha) >= 0):
        return _parted(_ended(_unsplit(face), log_alpha, depth), face.on.shape[2])
    return _ended(face, log_alpha, depth)


def _unsplit(face: ReducedProblem) -> ReducedProblem:
    """The same problem without a support: at large scales no dual variable is near the boundary."""
    off = concatenate([face.on, face.off], axis=2)
    nothing = (off * 0).sum(axis=1)
    silent = zeros(face.unseen, (face.unseen.shape[0], face.on.shape[2], face.unseen.shape[2]))
    return ReducedProblem(
        on=face.on[:, :, :0],
        off=off,
        target=face.target,
        certificate=nothing,
        dual_slack=nothing + 1,
        unseen=concatenate([silent, face.unseen], axis=1),
        anchor=face.anchor * 0,
    )


def _parted(whole: Limit, count: int) -> Limit:
    """The first columns of an unsplit limit as its support."""
    off = {name: getattr(whole, name)[:, count:] for name in ("log_off", "sign_off", "dual_off", "height_off")}
    return replace(whole, log_on=whole.log_off[:, :count], sign_on=whole.sign_off[:, :count], **off)


def _ended(face: ReducedProblem, log_alpha: Array, depth: Fraction) -> Limit:
    """Newton in float64, then in the number system at hand, then an error bound."""
    equations = Equations(face, log_alpha, depth)
    if _is_plain(face.target):  # no error bounds: Newton in float64 has done what it can
        at = equations.at(solved(equations))
        return _limit(equations, at, equations.violation(at))
    at = equations.at(convert(solved(equations.in_floats()), face.target))
    for _ in range(_REFINEMENTS if is_balls(face.target) else 1):  # in Bounded the unknown itself starts as floats
        at = equations.at(centre(at.unknown - _step(equations, at)))
    radius: Any = _CAUTION * magnitude(_step(equations, at))
    return _limit(equations, equations.at(widen(at.unknown, radius)), equations.violation(at))


def _is_plain(x: Array) -> bool:
    return isinstance(x, np.ndarray) and x.dtype != object


def _step(equations: Equations, at: Point) -> Array:
    """One Newton correction in the number system at hand."""
    return solve_definite(equations.jacobian(at), at.residual)


def _limit(equations: Equations, at: Point, residual: Floats) -> Limit:
    """The limit in the log domain, of an unknown with its error bounds."""
    depth, z, sign = equations.depth, at.z, signs(at.z)
    if equations.two:
        on = at.u + equations.lam  # the mirror map on the support
        sign_on = signs(on)
        log_on, log_off = (_log_sinh(part, equations.lam) for part in (on * sign_on, z * sign))
    else:
        sign_on = signs(at.entries)
        log_on = elementwise(at.entries * sign_on, "log") if at.u.shape[1] else at.u
        log_off = z
        if z.shape[1]:
            theta = (elementwise(z * sign, "log1p") - at.room) / 2
            log_off = log_height(theta, depth) + times_fraction(equations.log_alpha[:, None], depth)
    return Limit(
        log_on=log_on,
        sign_on=sign_on,
        log_off=log_off,
        sign_off=sign,
        dual_off=z,
        height_off=at.heights,
        log_unit=equations.log_unit,
        residual=residual,
    )


def _log_sinh(z: Array, lam: Array) -> Array:
    """Logarithm of 2 alpha^2 sinh z."""
    return log_sinh(z) + log_two(z) - lam if z.shape[1] else z
