"""Classes of functions and operators, as quantities with an oracle made from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lemmata.claims.language.errors import ClaimError


@dataclass(frozen=True)
class Extremal:
    """Members of a class at which bounds are often attained; the other quantities vary.

    Attributes:
        name: a noun phrase, e.g. "Huber functions".
        values: quantity -> a number, or an array that is repeated over the leading axes; a size where it is not free.
    """

    name: str
    values: Mapping[str, Any]

    def called(self, argument: str) -> Extremal:
        """The same, named together with the member that a procedure takes."""
        return dataclasses.replace(self, name=f"{argument} among {self.name}")


@dataclass(frozen=True, kw_only=True)
class Class:
    """A class of functions or operators, for ``conjecture(on=...)``.

    Attributes:
        title: a noun phrase for the report.
        argument: the name by which a procedure takes the oracle.
        quantities: what a member is made of; any values in their ranges make a member, so that the search may move them all.
        oracle: values of the quantities by name -> the oracle that a procedure is given.
        relations: between the quantities.
        symbols: the quantities that a statement may speak of, by name.
        extremal: known extremal members, each an edge of the conjectures on the class.
        members: some members by name, for ``near=``: values of the quantities, or a function that returns such.
    """

    title: str
    argument: str
    quantities: tuple[Any, ...]
    oracle: Callable[[Mapping[str, Any]], Any]
    relations: tuple[Any, ...] = ()
    symbols: Mapping[str, Any]
    extremal: tuple[Extremal, ...] = ()
    members: Mapping[str, Any] = field(default_factory=dict)

    def without_extremal(self) -> Class:
        """The same class, its extremal members withheld: whether a search finds them by itself then shows."""
        return dataclasses.replace(self, extremal=())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        named = {**self.symbols, **self.members}
        if name not in named:
            raise AttributeError(f"{self.title} have no {name}; they have {', '.join(named)}")
        return named[name]


def number(given: Any, declare: Callable[[str], Any]) -> Any:
    """A number that a class speaks of: declared already, with a unit or a meaning of its own, or by its name."""
    return declare(given) if isinstance(given, str) else given


def several(given: Any) -> tuple[Class, ...]:
    """The classes of ``on=``, one or several.

    Raises:
        ClaimError: one of them is none, or two are taken by one name.
    """
    found = () if given is None else tuple(given) if isinstance(given, tuple | list) else (given,)
    for one in found:
        if not isinstance(one, Class):
            raise ClaimError(f"on= got {one!r}; expected a class of functions, e.g. smooth_convex()")
    names = [one.argument for one in found]
    if len(set(names)) < len(names):
        raise ClaimError(f'two classes are taken by the name {names[0]!r}; give one another: smooth_convex("g")')
    return found
