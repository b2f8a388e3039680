"""How records and claims are shown in a notebook, and taken over from one trial into the next.

Reports know how a record looks and records know nothing of reports; so whoever shows them says so here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lemmata.claims import Edge

Shown = Callable[[Any], str]
_PAGES: dict[type, Shown] = {}


def show_as(kind: type, page: Shown) -> None:
    """Let records of a kind show themselves in notebooks as HTML."""
    _PAGES[kind] = page


def shown(record: object) -> str | None:
    """A record as HTML; None where nobody said how, and its text is shown."""
    page = _PAGES.get(type(record))
    return None if page is None else page(record)


def placed(name: str, parameters: Mapping[str, object], instance: Mapping[str, object]) -> Edge:
    """An edge at one instance: a trial of a claim with it begins there, its search too."""
    import numpy as np

    from lemmata.claims import Edge

    known = {entry: np.asarray(value) for entry, value in instance.items()}

    def adjust(_: object, drawn: Mapping[str, Any]) -> dict[str, Any]:
        size = len(next(iter(drawn.values())))
        return {**drawn, **{entry: np.broadcast_to(value, (size, *value.shape)) for entry, value in known.items()}}

    return Edge(name=name, parameters=dict(parameters), adjust=adjust)  # type: ignore[arg-type]  # JSON's values
