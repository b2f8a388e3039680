"""Counterexamples and certificates as the store keeps them, with all that their replay needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lemmata.checks.counterexample import Counterexample
from lemmata.checks.decision import Certificate, DecidedShape
from lemmata.checks.records import encode
from lemmata.checks.store import Store
from lemmata.claims import Located


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A stored counterexample with the claim (and mutant) that it refutes."""

    source: str
    """Where the claim was written: shown to the user, and never opened or imported on its say."""
    key: str
    mutant: str
    instead: bool
    """Whether it refutes what is said to hold instead of the mutant."""
    without: str = ""
    """The hypothesis that was left out, if one was."""
    counterexample: str
    """The counterexample's JSON."""
    digest: str = ""
    """Of the text that the claim rested on when the counterexample was found."""


def keep(
    store: Store,
    located: Located,
    found: Counterexample,
    *,
    digest: str,
    mutant: str = "",
    instead: bool = False,
    without: str = "",
) -> None:
    """Put a counterexample into the store, with all that its replay needs.

    ``digest`` is that of the text that the claim rested on.
    """
    kept = Kept(
        source=located.source,
        key=located.claim.key,
        mutant=mutant,
        instead=instead,
        without=without,
        counterexample=encode(found).decode(),
        digest=digest,
    )
    store.keep_counterexample(found.id, encode(kept))


@dataclass(frozen=True, kw_only=True)
class KeptCertificate:
    """Stored certificates with the claim, and its shape, that they prove."""

    source: str
    """Where the claim was written: shown to the user, and never opened or imported on its say."""
    key: str
    parameters: Mapping[str, object]
    certificates: list[Certificate]


def keep_certificate(store: Store, located: Located, shape: DecidedShape) -> None:
    """Put the certificates of one shape into the store, with all that checking them needs."""
    kept = KeptCertificate(
        source=located.source,
        key=located.claim.key,
        parameters=shape.parameters,
        certificates=shape.certificates,
    )
    store.keep_counterexample(shape.id, encode(kept))
