"""False variants of a conjecture that replace what it is given, runs or concludes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.short.callers import Caller

_FAMILY = {"given", "on", "draw", "edges", "near", "search"}
_PROCEDURE = {"on", "runs", "along", "steps"}
_CONCLUSION = {"then", "where"}
_REPLACED = sorted(_FAMILY | _PROCEDURE | _CONCLUSION)


@dataclass(frozen=True)
class Variant:
    """What a false variant replaces in its conjecture; made by `variant`.

    Attributes:
        name, because: as of `Mutant`.
        changes: argument of `conjecture` -> what stands in its place.
        caller: where it is written.
    """

    name: str
    because: str
    changes: Mapping[str, Any]
    caller: Caller

    @property
    def changes_family(self) -> bool:
        """Whether other instances are drawn."""
        return not _FAMILY.isdisjoint(self.changes)

    @property
    def changes_procedure(self) -> bool:
        """Whether something else is run."""
        return not _PROCEDURE.isdisjoint(self.changes)

    @property
    def changes_conclusion(self) -> bool:
        """Whether something else must hold."""
        return not _CONCLUSION.isdisjoint(self.changes)


def variant(name: str, because: str, **changes: Any) -> Variant:
    """A false variant, for ``mutants=`` of a conjecture: some of its arguments replaced, the rest as they are.

    Args:
        name: short, e.g. ``"without momentum"``.
        because: one sentence on why it is false.
        **changes: ``then``, ``where``, ``given``, ``on``, ``runs``, ``along``, ``steps``, ``draw``, ``edges``,
            ``near`` or ``search``, as of `conjecture`.

    Raises:
        ClaimError: nothing is replaced, or what no variant replaces.
    """
    strange = sorted(set(changes) - set(_REPLACED))
    if strange or not changes:
        got = f"{strange[0]}=" if strange else "nothing"
        near = difflib.get_close_matches(strange[0], _REPLACED, n=1) if strange else []
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise ClaimError(f"variant {name!r} replaces {got}{hint}; it replaces one of {', '.join(_REPLACED)} at least")
    return Variant(name, because, changes, Caller.at(1))
