"""Classes of operators with 0 as a fixed point or zero, drawn from numbers with ranges of their own.

All rest on non-expansive maps: a clip of each coordinate, then a rotation (one frame), or several of these one after
the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.short.classes import Class, Extremal
from lemmata.claims.language.short.quantities import dimension, matrix, nonnegative, orthogonal, positive, vector
from lemmata.claims.settings.optimization.members import FRAMES, frames_upto, one_frame, turn, turned
from lemmata.solvers.numbers.arithmetic import as_floats, stack
from lemmata.solvers.optimization import NonExpansive


@dataclass(frozen=True)
class Resolvent:
    """A maximally monotone operator, known by its resolvents of one step size: ``(x + T(x)) / 2``, T non-expansive."""

    reflected: Any

    def resolvent(self, x: Any) -> Any:
        """The points p with ``p + A(p) = x``."""
        return (x + self.reflected(x)) / 2


@dataclass(frozen=True)
class Asked:
    """What a run has asked an operator for that is known by resolvents of one step size, or by its values."""

    steps: list[Any] = field(default_factory=list)

    def at(self, step: Any) -> None:
        """Note a step size ``(batch,)``; None for a value.

        Raises:
            ClaimError: the run has asked for something else, which is of another operator.
        """
        if self.steps and _is_other(self.steps[0], step):
            raise ClaimError(
                "an operator was asked for resolvents of two step sizes in one run, or for a resolvent and a value; each is "
                "of a member of its own, so that together they are of no operator: ask for one, or write the operator "
                "out in the procedure (skew() has all of them)"
            )
        self.steps.append(step)


def _is_other(one: Any, step: Any) -> bool:
    """Whether two step sizes differ by more than rounding; of numbers that are no floats that is left open."""
    if one is None or step is None:
        return one is not step
    try:
        known, other = np.asarray(as_floats(one)), np.asarray(as_floats(step))
    except (TypeError, NotImplementedError):  # symbols and residues: every run in floats has been asked
        return False
    return bool(np.any(np.abs(known - other) > _ROUNDING * np.abs(known)))


_ROUNDING = 1e-12


@dataclass(frozen=True)
class StronglyMonotone:
    """Operators A with A - mu monotone, known by their resolvents; ``mu`` is ``(batch,)``."""

    reflected: Any
    mu: Any
    asked: Asked = field(default_factory=Asked)

    def resolvent(self, x: Any, step: Any) -> Any:
        """The points p with ``p + step A(p) = x``; ``step`` is ``(batch,)``, the same in every call of a run."""
        self.asked.at(step)
        z = x / (step * self.mu + 1)[:, None]
        return (z + self.reflected(z)) / 2


@dataclass(frozen=True)
class Cocoercive:
    """Operators A with ``(A(x) - A(y)).(x - y) >= beta |A(x) - A(y)|^2``; ``beta`` is ``(batch,)``."""

    reflected: Any
    beta: Any
    asked: Asked = field(default_factory=Asked)

    def __call__(self, x: Any) -> Any:
        """The values of the member ``(I + T) / (2 beta)``, ``(batch, n)``."""
        self.asked.at(None)
        return (x + self.reflected(x)) / (self.beta * 2)[:, None]

    def resolvent(self, x: Any, step: Any) -> Any:
        """The points p with ``p + step B(p) = x``, of another member B; ``step`` the same in every call of a run."""
        self.asked.at(step)
        z = x / (step + self.beta)[:, None]
        return x - step[:, None] * (z + self.reflected(z)) / 2


@dataclass(frozen=True)
class Contractive:
    """Maps with ``|T(x) - T(y)| <= q |x - y|``; ``q`` is ``(batch,)``."""

    expanded: Any
    q: Any

    def __call__(self, x: Any) -> Any:
        """The images of ``x`` ``(batch, n)``."""
        return self.q[:, None] * self.expanded(x)


@dataclass(frozen=True)
class Skew:
    """The map that turns the plane by a right angle and stretches it by ``rate`` ``(batch,)``."""

    rate: Any

    def __call__(self, x: Any) -> Any:
        """The images of ``x`` ``(batch, 2)``."""
        return stack([-self.rate * x[:, 1], self.rate * x[:, 0]], axis=-1)

    def resolvent(self, x: Any, step: Any) -> Any:
        """The points p with ``p + step A(p) = x``; ``step`` is ``(batch,)``, any."""
        turned = self(x) * step[:, None]
        return (x - turned) / (self.rate * step * self.rate * step + 1)[:, None]


_REFLECTED = 2
"""What a reflection pulls by; a map that pulls by more expands."""


@dataclass(frozen=True)
class Composed:
    """One map after another: non-expansive if both are, and fixing what both fix."""

    outer: Any
    inner: Any

    def __call__(self, x: Any) -> Any:
        """The images of ``x`` ``(batch, n)``."""
        return self.outer(self.inner(x))


def _raw(name: str, size: Any, frames: int, pull: int = _REFLECTED) -> tuple[Any, ...]:
    count = frames_upto(frames)
    order = "entry by entry, of the last map first"
    return (
        vector(
            f"{name}.pull",
            size * count,
            low=0,
            high=pull,
            meaning=f"what is taken off each coordinate, as a multiple of its clip: {order}",
        ),
        matrix(
            f"{name}.ends", size * count, 2, low=0, meaning=f"where each clip ends, left and right of zero: {order}"
        ),
        orthogonal(f"{name}.turn", size, meaning="what the last map multiplies by when all is clipped"),
        *([turn(f"{name}.inner", size, count - 1)] if frames > 1 else []),
    )


def _map(values: Mapping[str, Any], name: str) -> Any:
    """T_1 after T_2 after ..., each a clip of coordinates and a rotation."""
    last = values[f"{name}.turn"]
    size, pull = last.shape[-1], values[f"{name}.pull"]
    count = pull.shape[-1] // size
    turns = [last, *(turned(values, f"{name}.inner", pull, frame) for frame in range(count - 1))]
    found: Any = None
    for place, each in enumerate(turns):
        rows = slice(place * size, (place + 1) * size)
        ends = values[f"{name}.ends"][:, rows]
        made = NonExpansive(pull=pull[:, rows], left=ends[..., 0], right=ends[..., 1], turn=each)
        found = made if found is None else Composed(found, made)
    return found


def _extremal(name: str, frames: int) -> tuple[Extremal, ...]:
    return (
        Extremal("rotations", {f"{name}.pull": 0, **one_frame(frames)}),
        Extremal("reflections", {f"{name}.pull": _REFLECTED, **one_frame(frames)}),
    )


def nonexpansive(name: str = "T", *, upto: int = 2, frames: int = FRAMES, pull: int = _REFLECTED) -> Class:
    """Non-expansive maps that fix 0; a clip that pulls by more than two expands, for false variants.

    Args:
        name: by which a procedure takes one.
        upto: most dimensions.
        frames: most maps, each a clip of the coordinates and a rotation, of which a member is composed.
        pull: largest multiple of its clip that a coordinate is moved by.
    """
    size = dimension("d", upto=upto)

    def reflected_clip(end: Any) -> dict[str, Any]:
        """Of one coordinate x - 2 clip(x, -end, end)."""
        return {f"{name}.pull": _REFLECTED, f"{name}.ends": end, f"{name}.turn.side": -1, **one_frame(frames)}

    return Class(
        title="non-expansive maps" if pull <= _REFLECTED else "maps with clips that expand",
        argument=name,
        quantities=(size, *_raw(name, size, frames, pull)),
        oracle=lambda values: _map(values, name),
        symbols={"dimension": size},
        extremal=_extremal(name, frames),
        members={"rotation": {f"{name}.pull": 0, **one_frame(frames)}, "reflected_clip": reflected_clip},
    )


def monotone(name: str = "A", *, upto: int = 2, frames: int = FRAMES) -> Class:
    """Maximally monotone operators with a zero at 0, by ``A.resolvent(x)``; other steps are other members."""
    size = dimension("d", upto=upto)
    return Class(
        title="maximally monotone operators",
        argument=name,
        quantities=(size, *_raw(name, size, frames)),
        oracle=lambda values: Resolvent(_map(values, name)),
        symbols={"dimension": size},
        extremal=_extremal(name, frames),
    )


def strongly_monotone(name: str = "A", *, mu: str = "mu", upto: int = 2, frames: int = FRAMES) -> Class:
    """mu-strongly monotone operators with a zero at 0, by ``A.resolvent(x, step)``, of one step size a run."""
    size, modulus = dimension("d", upto=upto), nonnegative(mu)
    return Class(
        title="strongly monotone operators",
        argument=name,
        quantities=(modulus, size, *_raw(name, size, frames)),
        oracle=lambda values: StronglyMonotone(_map(values, name), values[mu]),
        symbols={"mu": modulus, "dimension": size},
        extremal=_extremal(name, frames),
    )


def cocoercive(name: str = "B", *, beta: str = "beta", upto: int = 2, frames: int = FRAMES) -> Class:
    """beta-cocoercive operators with a zero at 0: by ``B(x)``, or by ``B.resolvent(x, step)`` of one step size a run.

    A run asks for the one or the other: the member that the values are of is not that of the resolvents.
    """
    size, modulus = dimension("d", upto=upto), positive(beta)
    return Class(
        title="cocoercive operators",
        argument=name,
        quantities=(modulus, size, *_raw(name, size, frames)),
        oracle=lambda values: Cocoercive(_map(values, name), values[beta]),
        symbols={"beta": modulus, "dimension": size},
        extremal=_extremal(name, frames),
    )


def contractive(name: str = "T", *, q: str = "q", upto: int = 2, frames: int = FRAMES) -> Class:
    """Maps that fix 0 and shorten every distance at least by the factor q, 0 <= q <= 1."""
    size, factor = dimension("d", upto=upto), nonnegative(q, high=1)
    return Class(
        title="contractive maps",
        argument=name,
        quantities=(factor, size, *_raw(name, size, frames)),
        oracle=lambda values: Contractive(_map(values, name), values[q]),
        symbols={"q": factor, "dimension": size},
        extremal=_extremal(name, frames),
    )


def skew(name: str = "K", *sizes: Any, L: str = "L") -> Class:
    """Skew linear maps of the plane of length L or less; L is ``.L``, the plane's dimension 2.

    Raises:
        ClaimError: sizes are given, as of an array.
    """
    if sizes:
        raise ClaimError(
            f"skew({name!r}, {', '.join(map(str, sizes))}) got sizes; it is a class of maps of the plane, for on=, and takes "
            "none: of a matrix that is skew write A - A.T with A = matrix('A', n, n)"
        )
    bound = positive(L)
    rate = vector(f"{name}.rate", 1, low=-1, high=1, meaning="by how much the map stretches, in units of L")
    return Class(
        title="skew linear maps",
        argument=name,
        quantities=(bound, rate),
        oracle=lambda values: Skew(values[L] * values[f"{name}.rate"][:, 0]),
        symbols={"L": bound},
        extremal=(Extremal("the longest", {f"{name}.rate": 1}),),
    )
