"""Classes of operators with 0 as a fixed point or zero, drawn from numbers of which any will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lemmata.claims.language.short.classes import Class
from lemmata.claims.language.short.quantities import dimension, matrix, orthogonal, vector
from lemmata.claims.settings.optimization.functions import unit_interval
from lemmata.solvers.numbers.order import absolute
from lemmata.solvers.optimization import clip


@dataclass(frozen=True)
class NonExpansiveMap:
    """A rotation of ``x - k clip(x, -left, right)``, ``0 <= k <= 2`` coordinate by coordinate."""

    pull: Any
    left: Any
    right: Any
    rotation: Any

    def __call__(self, x: Any) -> Any:
        """The images of ``x`` ``(batch, n)``."""
        moved = x - self.pull * clip(x, -self.left, self.right)
        return (self.rotation @ moved[..., None])[..., 0]


@dataclass(frozen=True)
class Resolvent:
    """A maximally monotone operator, known by its resolvents of one step size: ``(x + T(x)) / 2``, T non-expansive."""

    reflected: NonExpansiveMap

    def resolvent(self, x: Any) -> Any:
        """The points p with ``p + A(p) = x``."""
        return (x + self.reflected(x)) / 2


def _raw(name: str, size: Any) -> tuple[Any, ...]:
    return (vector(f"{name}.pull", size), matrix(f"{name}.ends", size, 2), orthogonal(f"{name}.turn", size))


def _map(values: Mapping[str, Any], name: str) -> NonExpansiveMap:
    ends = absolute(values[f"{name}.ends"])
    return NonExpansiveMap(
        unit_interval(values[f"{name}.pull"]) * 2, ends[..., 0], ends[..., 1], values[f"{name}.turn"]
    )


def nonexpansive(name: str = "T", *, upto: int = 2) -> Class:
    """Non-expansive maps that fix 0."""
    size = dimension("d", upto=upto)
    return Class(
        title="non-expansive maps",
        argument=name,
        quantities=(size, *_raw(name, size)),
        oracle=lambda values: _map(values, name),
        symbols={"dimension": size},
    )


def monotone(name: str = "A", *, upto: int = 2) -> Class:
    """Maximally monotone operators with a zero at 0, by ``A.resolvent(x)``; other steps are other members."""
    size = dimension("d", upto=upto)
    return Class(
        title="maximally monotone operators",
        argument=name,
        quantities=(size, *_raw(name, size)),
        oracle=lambda values: Resolvent(_map(values, name)),
        symbols={"dimension": size},
    )
