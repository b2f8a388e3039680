"""Where the gradient flow of a diagonal linear network ends, at every scale of the initialization, without an ODE.

The limit is the minimiser of a convex dual. At small scales the dual variable is split: on the support S of the
l1 minimisers it lies so near the boundary of the dual ball that only its distance, in units of alpha^(D-2), can be
stored; off the support it is an ordinary number. With the data reduced to the row space of the columns in S the
unknowns stay of order one at every scale, down to alpha = 10^-100000.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.solvers.arithmetic import (
    Array,
    Floats,
    as_floats,
    centre,
    concatenate,
    convert,
    elementwise,
    is_balls,
    magnitude,
    signs,
    transpose,
    widen,
    zeros,
)
from lemmata.solvers.diagonal import log_height, log_sinh, log_two, power, raised, times_fraction
from lemmata.solvers.errors import ShapeError
from lemmata.solvers.margins import solve_definite
from lemmata.solvers.mirror import times

_NEWTON, _HALVINGS, _REFINEMENTS = 60, 40, 5
_CONVERGED = 1e-13
_NEAR_ONE = 0.5
_CAUTION = 2.0


@dataclass(frozen=True, kw_only=True)
class Face:
    """A basis pursuit problem, reduced to the support of its minimisers; signs turned so that x is positive there.

    Attributes:
        on: columns of the support, ``(batch, r, p)``, of rank r.
        off: the other columns in the same coordinates, ``(batch, r, k)``.
        target: A x = y in these coordinates, ``(batch, r)``.
        certificate: z off the support, inside (-1, 1), of a dual certificate that is one on it, ``(batch, k)``.
            For depth two it must have the least maximum of all if there is an ``unseen`` direction.
        short: 1 - |certificate|, ``(batch, k)``, given by itself for columns that are nearly tied.
        unseen: how the certificate may vary, ``(batch, k, q)``: the off columns seen from the kernel of the
            transposed support; q may be zero.
        anchor: a vector that every column of the support maps to one, ``(batch, r)``.
    """

    on: Array
    off: Array
    target: Array
    certificate: Array
    short: Array
    unseen: Array
    anchor: Array


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


def limit(face: Face, log_alpha: Array, depth: Fraction) -> Limit:
    """The limit of the flow from u(0) = v(0) = alpha.

    Args:
        face: the reduced problem, in any number system.
        log_alpha: log of the initialization, ``(batch,)``, same number system.
        depth: D >= 2.

    Returns:
        The limit with its error bars (from the last Newton correction, an estimate and no proof).

    Raises:
        ShapeError: the face does not fit together.
        ValueError: a scale that is not positive and finite.
    """
    _check(face)
    if not np.isfinite(as_floats(log_alpha)).all():
        raise ValueError(f"limit got log_alpha={as_floats(log_alpha)}; expected the logarithm of a positive scale")
    if np.all(as_floats(log_alpha) >= 0):
        return _parted(_ended(_unsplit(face), log_alpha, depth), face.on.shape[2])
    return _ended(face, log_alpha, depth)


def _unsplit(face: Face) -> Face:
    """The same problem without a support: at large scales no dual variable is near the boundary."""
    off = concatenate([face.on, face.off], axis=2)
    nothing = (off * 0).sum(axis=1)
    silent = zeros(face.unseen, (face.unseen.shape[0], face.on.shape[2], face.unseen.shape[2]))
    return Face(
        on=face.on[:, :, :0],
        off=off,
        target=face.target,
        certificate=nothing,
        short=nothing + 1,
        unseen=concatenate([silent, face.unseen], axis=1),
        anchor=face.anchor * 0,
    )


def _parted(whole: Limit, count: int) -> Limit:
    """The first columns of an unsplit limit as its support."""
    off = {name: getattr(whole, name)[:, count:] for name in ("log_off", "sign_off", "dual_off", "height_off")}
    return replace(whole, log_on=whole.log_off[:, :count], sign_on=whole.sign_off[:, :count], **off)


def _ended(face: Face, log_alpha: Array, depth: Fraction) -> Limit:
    """Newton in float64, then in the number system at hand, then an error bar."""
    equations = _Equations(face, log_alpha, depth)
    unknown: Array = convert(_solved(equations.in_floats()), face.target)
    radius: Any = 0.0
    if not _is_plain(face.target):  # in Bounded the unknown itself starts as floats
        for _ in range(_REFINEMENTS if is_balls(face.target) else 1):
            unknown = centre(unknown - _exact_step(equations, unknown))
        radius = _CAUTION * magnitude(_exact_step(equations, unknown))
    residual = equations.violation(unknown)
    return equations.limit(widen(unknown, radius), residual)


def _check(face: Face) -> None:
    (_, r, p), k, q = face.on.shape, face.off.shape[2], face.unseen.shape[2]
    expected = {
        "off": (r, k),
        "target": (r,),
        "certificate": (k,),
        "short": (k,),
        "unseen": (k, q),
        "anchor": (r,),
    }
    for name, shape in expected.items():
        got = getattr(face, name).shape[1:]
        if tuple(got) != shape:
            raise ShapeError(
                f"Face got {name} of shape (batch, {got}); expected (batch, {shape}) beside on (r={r}, p={p})"
            )


class _Equations:
    """F(v, c) = 0 for the two parts of the dual variable, with its Jacobian, in any number system."""

    def __init__(self, face: Face, log_alpha: Array, depth: Fraction) -> None:
        self.face, self.depth, self.log_alpha = face, depth, log_alpha
        self.rank = face.on.shape[1]
        column = log_alpha[:, None]
        self.two = depth == 2  # noqa: PLR2004 - the hyperbolic entropy
        if self.two:
            self.lam = -2 * column
            widest = as_floats(-column * 2)[:, 0] * np.abs(as_floats(face.certificate)).max(axis=1, initial=0.0)
            self.peak = widest[:, None]
        else:
            self.g = power(depth)
            self.short_scale = elementwise(times_fraction(column, depth - 2), "exp")
            self.scale = elementwise(times_fraction(column, depth), "exp")

    def in_floats(self) -> _Equations:
        """The same in plain float64."""
        names = ("on", "off", "target", "certificate", "short", "unseen", "anchor")
        plain = Face(**{name: as_floats(getattr(self.face, name)) for name in names})
        return _Equations(plain, as_floats(self.log_alpha), self.depth)

    def parts(self, unknown: Array) -> tuple[Array, Array, Array]:
        """(u on the support, dual z off it, log(1 - |z|)) at an unknown ``(batch, r + q)``; no third for depth two."""
        v, c = unknown[:, : self.rank], unknown[:, self.rank :]
        on, along = times(transpose(self.face.on), v), times(transpose(self.face.off), v)
        shift = times(self.face.unseen, c) if c.shape[1] else along * 0
        if self.two:
            return on, self.lam * self.face.certificate + shift + along, on
        moved = shift + self.short_scale * along
        z, side, sign = (
            self.face.certificate + moved,
            signs(self.face.certificate),
            signs(self.face.certificate + moved),
        )
        if not z.shape[1]:
            return on, z, z  # an empty object array does not know its number system
        near = ((np.abs(as_floats(z)) > _NEAR_ONE) & (sign == side)).astype(float)
        short = (self.face.short - moved * side) * near + (1 - near)
        room = near * elementwise(short, "log") + (1 - near) * elementwise(-(z * sign) * (1 - near), "log1p")
        return on, z, room

    def on_support(self, u: Array) -> tuple[Array, Array]:
        """Entries of x and dx/du on the support."""
        if not u.shape[1]:
            return u, u
        if self.two:
            up, down = elementwise(u, "exp"), elementwise(-u - 2 * self.lam, "exp")
            return up - down, up + down
        far = 2 + self.short_scale * u
        up, down = raised(-u, -self.g), self.scale * raised(far, -self.g)
        slope = times_fraction(up / (-u) + self.short_scale * down / far, self.g)
        return up - down, slope

    def off_support(self, z: Array, inner: Array) -> tuple[Array, Array]:
        """Entries of x and dx/dz off the support, over alpha^D, or for depth two over e^peak."""
        if not z.shape[1]:
            return z, z
        if self.two:
            if not self.peak.any():
                rise = elementwise(z, "exp") + elementwise(-z, "exp")
                return elementwise(z, "expm1") - elementwise(-z, "expm1"), rise
            up, down = elementwise(z - self.peak, "exp"), elementwise(-z - self.peak, "exp")
            return up - down, up + down
        # h = 2 (1 - z^2)^(-g/2) sinh(g artanh z), so that nothing cancels near zero, with log(1 - |z|) from parts.
        sign = signs(z)
        outer = elementwise(z * sign, "log1p")
        turn = times_fraction(outer - inner, self.g) / 2
        middle = elementwise(times_fraction(inner + outer, -self.g) / 2, "exp") * sign
        rise = [elementwise(times_fraction(part, -self.g - 1), "exp") for part in (inner, outer)]
        height = middle * (elementwise(turn, "expm1") - elementwise(-turn, "expm1"))
        return height, times_fraction(rise[0] + rise[1], self.g)

    def _factors(self) -> tuple[Array, Array]:
        """What turns the heights off the support into x, and v into z."""
        if self.two:
            return elementwise(-self.lam + self.peak, "exp"), self.lam * 0 + 1
        return self.scale, self.short_scale

    def residual(self, unknown: Array) -> Array:
        """F, ``(batch, r + q)``."""
        u, z, inner = self.parts(unknown)
        size, _ = self._factors()
        x, height = self.on_support(u)[0], self.off_support(z, inner)[0]
        seen = times(self.face.on, x) + times(self.face.off, size * height) - self.face.target
        if not self.face.unseen.shape[2]:
            return seen
        return concatenate([seen, times(transpose(self.face.unseen), height)], axis=1)

    def violation(self, unknown: Array) -> Floats:
        """Largest |F|, over the size of what it sums: the target, and the heights off the support; ``(batch,)``."""
        found = np.abs(as_floats(self.residual(unknown)))
        target = np.abs(as_floats(self.face.target)).max(axis=1, initial=0.0)
        seen = found[:, : self.rank].max(axis=1, initial=0.0) / np.where(target > 0, target, 1.0)
        if found.shape[1] == self.rank:
            return np.asarray(seen)
        tallest = np.abs(as_floats(self.off_support(*self.parts(unknown)[1:])[0])).max(axis=1)
        unseen = found[:, self.rank :].max(axis=1) / np.where(tallest > 0, tallest, 1.0)
        return np.asarray(np.maximum(seen, unseen))

    def jacobian(self, unknown: Array) -> Array:
        """Jacobian of F, ``(batch, r + q, r + q)``: symmetric positive definite up to positive factors of rows."""
        u, z, inner = self.parts(unknown)
        size, pace = self._factors()
        steep, rise = self.on_support(u)[1], self.off_support(z, inner)[1]
        on, off, unseen = self.face.on, self.face.off, self.face.unseen
        top = (on * steep[:, None, :]) @ transpose(on)
        weighted = off * rise[:, None, :]
        top = top + (size * pace)[..., None] * (weighted @ transpose(off))
        if not unseen.shape[2]:
            return top
        corner, side = weighted @ unseen, transpose(unseen * rise[..., None])
        upper = concatenate([top, size[..., None] * corner], axis=2)
        lower = concatenate([pace[..., None] * transpose(corner), side @ unseen], axis=2)
        return concatenate([upper, lower], axis=1)

    def lawful(self, unknown: Floats) -> Any:
        """Whether the dual variable is inside its ball, ``(batch,)``; always so for depth two."""
        u, z, _ = self.parts(unknown)
        if self.two:
            return np.all(np.isfinite(unknown), axis=1)
        return np.all((u < 0) & (2 + self.short_scale * u > 0), axis=1) & np.all(np.abs(z) < 1, axis=1)

    def start(self) -> Floats:
        """A lawful unknown near the solution, in float64: the anchor, scaled as the target asks."""
        anchor = self.face.anchor
        if not self.face.on.shape[2]:
            return np.zeros((len(anchor), self.rank + self.face.unseen.shape[2]))
        typical = np.abs(times(self.face.on, np.ones(self.face.on.shape[::2]))).max(axis=1, keepdims=True)
        size = np.abs(self.face.target).max(axis=1, keepdims=True) / np.maximum(typical, 1e-300)
        height = np.log(size) if self.two else -(size ** (-1 / float(self.g)))
        if not self.two:
            height = np.maximum(height, -1.0 / self.short_scale)
        silent = np.zeros((len(anchor), self.face.unseen.shape[2]))
        start = np.concatenate([anchor * height, silent], axis=1)
        if self.face.on.shape[1] != self.face.on.shape[2]:
            return start
        # A unique minimiser: what the dual variable is at its entries, which is the limit for small scales.
        entries = np.linalg.solve(self.face.on, self.face.target[..., None])[..., 0]
        height = np.log(entries) if self.two else -(entries ** (-1 / float(self.g)))
        near = np.linalg.solve(transpose(self.face.on), height[..., None])[..., 0]
        better = np.concatenate([near, silent], axis=1)
        return np.where((np.all(entries > 0, axis=1) & self.lawful(better))[:, None], better, start)

    def limit(self, unknown: Array, residual: Floats) -> Limit:
        """The limit in the log domain, of an unknown with its error bars."""
        u, z, inner = self.parts(unknown)
        sign = signs(z)
        if self.two:
            raised_u = u + self.lam  # the mirror map on the support
            sign_on = signs(raised_u)
            log_on, log_off = (self._log_sinh(part) for part in (raised_u * sign_on, z * sign))
        else:
            x = self.on_support(u)[0]
            sign_on = signs(x)
            log_on = elementwise(x * sign_on, "log") if x.shape[1] else x
            log_off = z
            if z.shape[1]:
                theta = (elementwise(z * sign, "log1p") - inner) / 2
                log_off = log_height(theta, self.depth) + times_fraction(self.log_alpha[:, None], self.depth)
        unit = -self.lam + self.peak if self.two else times_fraction(self.log_alpha[:, None], self.depth)
        return Limit(
            log_on=log_on,
            sign_on=sign_on,
            log_off=log_off,
            sign_off=sign,
            dual_off=z,
            height_off=self.off_support(z, inner)[0],
            log_unit=unit,
            residual=residual,
        )

    def _log_sinh(self, z: Array) -> Array:
        """Logarithm of 2 alpha^2 sinh z."""
        return log_sinh(z) + log_two(z) - self.lam if z.shape[1] else z


def _solved(equations: _Equations) -> Floats:
    """Damped Newton in float64, the whole batch at once."""
    with np.errstate(all="ignore"):  # what is not lawful is rejected, not warned about
        unknown = equations.start()
        residual = equations.residual(unknown)
        size, tolerance = np.linalg.norm(residual, axis=1), _CONVERGED * (1 + np.abs(equations.face.target).max(axis=1))
        ended = size <= tolerance
        for _ in range(_NEWTON):
            step = np.linalg.solve(equations.jacobian(unknown), residual[..., None])[..., 0]
            length, open_still = np.ones(len(unknown)), ~ended
            best, best_residual = unknown, residual
            for _ in range(_HALVINGS):
                tried = unknown - length[:, None] * step
                found = equations.residual(tried)
                good = equations.lawful(tried) & (np.linalg.norm(found, axis=1) <= size * (1 - length / 4)) & open_still
                best = np.where(good[:, None], tried, best)
                best_residual = np.where(good[:, None], found, best_residual)
                open_still &= ~good
                if not open_still.any():
                    break
                length = np.where(open_still, length / 2, length)
            unknown, residual = best, best_residual
            size = np.linalg.norm(residual, axis=1)
            ended |= (size <= tolerance) | open_still  # what no step makes smaller is at rounding level
            if ended.all():
                break
    return unknown


def _is_plain(x: Array) -> bool:
    return isinstance(x, np.ndarray) and x.dtype != object  # no error bars: Newton in float64 has done what it can


def _exact_step(equations: _Equations, unknown: Array) -> Array:
    """One Newton correction in the number system at hand."""
    return solve_definite(equations.jacobian(centre(unknown)), equations.residual(unknown))
