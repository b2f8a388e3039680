"""The errors of the claim language: each says what came, what was expected and what to do."""

from __future__ import annotations


class ClaimError(ValueError):
    """A claim that can't be judged: it is refused when it is built, not when it is run.

    Common causes: a conclusion that uses a quantity the procedure does not measure, a family without
    edges, no mutants, a mutant equal to its claim, a reading without its note.
    """


class UnknownKeyError(KeyError):
    """No claim matches what was asked for; the message names near matches."""

    def __str__(self) -> str:
        return str(self.args[0])
