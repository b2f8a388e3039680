"""A basis pursuit problem, reduced to the support of its minimisers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from lemmata.solvers.numbers.arithmetic import Array, as_floats
from lemmata.solvers.numbers.errors import ShapeError


@dataclass(frozen=True, kw_only=True)
class ReducedProblem:
    """A basis pursuit problem, reduced to the support of its minimisers; signs turned so that x is positive there.

    Attributes:
        on: columns of the support, ``(batch, r, p)``, of rank r.
        off: the other columns in the same coordinates, ``(batch, r, k)``.
        target: A x = y in these coordinates, ``(batch, r)``.
        certificate: z off the support, inside (-1, 1), of a dual certificate that is one on it, ``(batch, k)``.
            For depth two it must have the least maximum of all if there is an ``unseen`` direction.
        dual_slack: 1 - |certificate|, ``(batch, k)``, given by itself for columns that are nearly tied.
        unseen: how the certificate may vary, ``(batch, k, q)``: the off columns seen from the kernel of the
            transposed support; q may be zero.
        anchor: a vector that every column of the support maps to one, ``(batch, r)``.
    """

    on: Array
    off: Array
    target: Array
    certificate: Array
    dual_slack: Array
    unseen: Array
    anchor: Array

    def in_floats(self) -> ReducedProblem:
        """The same in plain float64."""
        return ReducedProblem(**{part.name: as_floats(getattr(self, part.name)) for part in fields(self)})

    def only(self, rows: Any) -> ReducedProblem:
        """Some instances of the batch, by a mask or by their indices."""
        return ReducedProblem(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})

    def check(self) -> None:
        """Whether the parts fit together.

        Raises:
            ShapeError: they do not.
        """
        (_, r, p), k, q = self.on.shape, self.off.shape[2], self.unseen.shape[2]
        expected = {
            "off": (r, k),
            "target": (r,),
            "certificate": (k,),
            "dual_slack": (k,),
            "unseen": (k, q),
            "anchor": (r,),
        }
        for name, shape in expected.items():
            got = getattr(self, name).shape[1:]
            if tuple(got) != shape:
                raise ShapeError(
                    f"ReducedProblem got {name} of shape (batch, {got}); "
                    f"expected (batch, {shape}) beside on (r={r}, p={p})"
                )
