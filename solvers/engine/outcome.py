"""How a run ended: a numerical failure is a value with a sentence, never an exception."""

from __future__ import annotations

import enum
from typing import Self


class Outcome(enum.IntEnum):
    """How the run of one instance ended; `sentence` is what a person is shown.

    Codes grow with severity, see `combine`.
    """

    sentence: str

    OK = 0, "The run went through to its last step."
    NOT_CONVERGED = 1, "An implicit step was not solved to its tolerance; its state is only approximate."
    NON_FINITE = 2, "The state stayed finite but its error bound, gradient or loss became infinite or NaN."
    DIVERGED = 3, "The state left the floating-point numbers (infinite or NaN)."

    def __new__(cls, code: int, sentence: str) -> Self:
        """Make the member with integer value `code`."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member


def combine(first: Outcome, second: Outcome) -> Outcome:
    """Outcome of a run made of two parts: the more severe one.

    | first / second | OK            | NOT_CONVERGED | NON_FINITE | DIVERGED |
    |-----------------|---------------|---------------|------------|----------|
    | OK              | OK            | NOT_CONVERGED | NON_FINITE | DIVERGED |
    | NOT_CONVERGED   | NOT_CONVERGED | NOT_CONVERGED | NON_FINITE | DIVERGED |
    | NON_FINITE      | NON_FINITE    | NON_FINITE    | NON_FINITE | DIVERGED |
    | DIVERGED        | DIVERGED      | DIVERGED      | DIVERGED   | DIVERGED |

    Arrays of codes combine by `numpy.maximum`, which is the same rule.
    """
    return max(first, second)
