"""What a search for laws leaves on disk after each degree, so that a stopped one goes on where it was.

A law that is read is proved again by the search; that there are no others up to the degree is believed for the
digest that the file carries.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lemmata.checks._digest import digest
from lemmata.checks._sqlite import StoreError
from lemmata.solvers.laws import Findings, Law, Model

_SCHEMA = 1


@dataclass(frozen=True)
class LawStore:
    """The file of a model in a folder."""

    folder: Path
    model: Model

    @property
    def path(self) -> Path:
        """Named after the model's content."""
        content = (
            [[block.name, *block.shape] for block in self.model.blocks],
            [sorted(function.items()) for function in self.model.functions],
        )
        return self.folder / f"laws-{_digest(content)[:16]}.json"

    def read(self) -> Findings | None:
        """What the file holds, to be proved again; nothing if there is none.

        Raises:
            StoreError: the file cannot be read, or is not what was written.
        """
        if not self.path.exists():
            return None
        try:
            content = _checked(json.loads(self.path.read_bytes()))
            laws = tuple(
                Law(terms={self._exponents(powers): value for powers, value in law}) for law in content["laws"]
            )
            degree, polynomials = int(content["degree"]), int(content["polynomials"])
            return Findings(model=self.model, ranks=(), laws=laws, degree=degree, polynomials=polynomials)
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}; leave out --resume") from error
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise StoreError(f"{self.path} is not what was written; delete it, or leave out --resume") from error

    def write(self, found: Findings) -> None:
        """Keep what was found, in one piece.

        Raises:
            StoreError: the folder cannot be written.
        """
        laws = [[[_powers(exponents), value] for exponents, value in law.terms.items()] for law in found.laws]
        content = {"degree": found.degree, "polynomials": found.polynomials, "laws": laws}
        document = {"schema": _SCHEMA, "about": self.model.about, "content": content, "digest": _digest(content)}
        part = self.path.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(document) + "\n", encoding="utf-8")
            part.replace(self.path)
        except OSError as error:
            raise StoreError(f"cannot write {self.path}: {error.strerror}; name another --store") from error

    def _exponents(self, powers: list[list[int]]) -> tuple[int, ...]:
        made = [0] * self.model.size
        for place, power in powers:
            made[place] = power
        return tuple(made)


def _checked(document: Any) -> Any:
    """The content of a document that is what was written."""
    if document["schema"] != _SCHEMA or document["digest"] != _digest(document["content"]):
        raise ValueError
    return document["content"]


def _powers(exponents: tuple[int, ...]) -> list[list[int]]:
    return [[place, power] for place, power in enumerate(exponents) if power]


def _digest(content: Any) -> str:
    return digest(json.dumps(content))
