"""Families: what is assumed. Parameters with ranges, a batch generator, named hypotheses, edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

import numpy as np

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.ranges import Integers, Range, Value

Parameters: TypeAlias = Mapping[str, Any]
"""One draw of a family's parameters: name -> ``Value``, shared by the whole batch."""

Instances: TypeAlias = Mapping[str, Any]
"""Named arrays, first axis the batch: float64, or object arrays of exact numbers."""

Draw: TypeAlias = "Callable[[Parameters, np.random.Generator, int], Instances]"
Predicate: TypeAlias = Callable[[Parameters, Instances], Any]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Both sides of a relation on a batch, ``(batch, ...)`` each in the numbers of the instances, and its sign."""

    left: Any
    sign: str
    """``<``, ``<=``, ``>``, ``>=``, ``!=``."""
    right: Any


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One named assumption, enforced on every instance.

    ``holds(parameters, instances)`` returns a boolean array ``(batch,)``, true where the assumption is met. One that
    is ``declared`` restates how a quantity is declared: formulas were simplified with it, so it is never left out.
    ``sides(parameters, instances)`` gives what a relation compares, for the report; None where it is no relation.
    ``parts(parameters, instances)`` gives what each relation in it compares, where it holds several.
    """

    name: str
    holds: Predicate
    declared: bool = False
    sides: Callable[[Parameters, Instances], Compared] | None = None
    parts: Callable[[Parameters, Instances], Sequence[Compared]] | None = None

    def compared(self, parameters: Parameters, instances: Instances) -> Sequence[Compared]:
        """What each of its relations compares; nothing where it is none."""
        if self.parts is not None:
            return self.parts(parameters, instances)
        return () if self.sides is None else (self.sides(parameters, instances),)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A boundary case that every trial includes.

    ``parameters`` overrides the simplest point of the family's ranges; ``adjust`` (optional) moves the
    drawn instances onto the boundary, e.g. sets a neuron to zero.
    """

    name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    adjust: Callable[[Parameters, Instances], Instances] | None = None


@dataclass(frozen=True, kw_only=True)
class RealData:
    """The same family with measured data in place of random data: one named point per data set.

    ``parameters`` is complete and may lie outside the ranges that random draws keep to (real tables are
    larger); ``size`` is the number of instances (random starts).
    """

    name: str
    parameters: Mapping[str, Value]
    size: int = 2


@dataclass(frozen=True, kw_only=True)
class Family:
    """Where instances come from.

    Attributes:
        name: a noun phrase for the report, e.g. "fully connected networks".
        parameters: name -> declared range; few, cheap and shrinkable (shapes, depths, regimes).
        draw: ``(parameters, generator, size) -> instances``: a whole batch at once.
        hypotheses: the assumptions, each a predicate that can be dropped alone.
        edges: boundary cases, always judged first.
        data: points with real data, judged in a stage of their own.
        searchable: names (globs) of entries that may take any real value, the hypotheses keeping them admissible: the
            directed search moves these; entries that the generator itself keeps admissible it leaves alone.
        counted: names of whole numbers among the parameters which instances may carry, one each, as arrays ``(batch,)``
            of the same name: hypotheses and procedure then take these in place of the parameter.
        each: names of whole numbers among the parameters of which every value is tried once, as far as there are few.
        any_size: whether the searchable entries are also looked at over all sizes that floats have.
        project: moves entries of instances into their ranges, for what the search proposes; None where there are none.
        simple: of an instance (a batch of one), by the name of a searchable array, arrays to put in the place of it and
            of those that belong to it (an orthogonal matrix becomes the identity); None where entries stand alone.
        meanings: of parameters and of entries of instances, in words, for whoever reads a counterexample.
        rebuilt: of an instance (a batch of one), what a reader knows and is made from its entries, by name: the unit
            vector of a chart; None where entries are what they are called.

    Raises:
        ClaimError: no parameters or edges, an edge outside the ranges, a name given twice.
    """

    name: str
    parameters: Mapping[str, Range]
    draw: Draw
    hypotheses: tuple[Hypothesis, ...] = ()
    edges: tuple[Edge, ...]
    data: tuple[RealData, ...] = ()
    searchable: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    any_size: bool = False
    project: Callable[[Instances], Instances] | None = None
    simple: Callable[[Instances], Mapping[str, Sequence[Instances]]] | None = None
    meanings: Mapping[str, str] = field(default_factory=dict)
    rebuilt: Callable[[Parameters, Instances], Mapping[str, Any]] | None = None

    def __post_init__(self) -> None:
        if not self.parameters:
            raise ClaimError(f"family {self.name!r} has no parameters; declare at least one range")
        if not self.edges:
            raise ClaimError(f"family {self.name!r} has no edges; name at least one boundary case")
        for kind, members in (("hypothesis", self.hypotheses), ("edge", self.edges), ("data set", self.data)):
            names = [member.name for member in members]
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ClaimError(
                    f"family {self.name!r} has two of the {kind} {twice.pop()!r}; leave one out, or rename it"
                )
        for name in (*self.counted, *self.each):
            if not isinstance(self.parameters.get(name), Integers):
                raise ClaimError(f"family {self.name!r} counts {name!r}, which is no parameter of whole numbers")
        for edge in self.edges:
            self._check_edge(edge)

    def _check_edge(self, edge: Edge) -> None:
        for name, value in edge.parameters.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters)
                raise ClaimError(f"edge {edge.name!r} sets {name!r}; the parameters are: {known}")
            if value not in self.parameters[name]:
                raise ClaimError(f"edge {edge.name!r} sets {name}={value!r}, outside {self.parameters[name]}")

    def free(self, instances: Instances) -> list[str]:
        """The names of the arrays of floats whose entries may take any real value, in the order of the instances."""
        return [
            name
            for name, value in instances.items()
            if np.issubdtype(value.dtype, np.floating) and any(fnmatchcase(name, glob) for glob in self.searchable)
        ]

    def at_edge(self, edge: Edge) -> dict[str, Value]:
        """The full parameters of an edge: its own values over the simplest of every range."""
        return {name: given.simplest for name, given in self.parameters.items()} | dict(edge.parameters)
