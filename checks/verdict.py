"""The verdicts a trial can end in, and how the findings of its stages combine into one."""

from __future__ import annotations

import enum

from lemmata.claims import Status


class Verdict(enum.Enum):
    """How a trial ended; each member carries the sentence that is shown to a person."""

    PROVED = ("proved", "Proved for the range named in the proof; every sampled instance agrees.")
    HOLDS = ("holds", "True on every instance that met the hypotheses; every mutant was refuted.")
    SUPPORTED = ("supported", "The sample supports the probability claimed, at the error rate shown.")
    REFUTED = ("refuted", "False: a counterexample was confirmed beyond rounding.")
    POWERLESS = ("powerless", "No violation, but a mutant survived: this trial could not have seen one.")
    VACUOUS = ("vacuous", "No instance met the hypotheses, or only edges did: nothing was tested.")
    UNDECIDED = ("undecided", "The evidence does not decide; the reason is given.")
    ERROR = ("error", "The harness or the claim's own code failed; nothing is concluded.")

    def __init__(self, word: str, sentence: str) -> None:
        self.word = word
        self.sentence = sentence

    @property
    def is_pass(self) -> bool:
        """Whether the claim earned a pass."""
        return self in (Verdict.PROVED, Verdict.HOLDS, Verdict.SUPPORTED)

    def is_expected(self, status: Status) -> bool:
        """Whether a claim of this status should end here.

        A theorem, a companion and a conjecture are expected to pass; a negative control
        (``Status.REFUTED``) is expected to be refuted, one whose hypotheses cannot be met to be vacuous.
        """
        if status is Status.REFUTED:
            return self is Verdict.REFUTED
        if status is Status.VACUOUS:
            return self is Verdict.VACUOUS
        return self.is_pass

    @classmethod
    def from_word(cls, word: str) -> Verdict:
        """The verdict written ``word`` in an evidence record.

        Raises:
            ValueError: no verdict is written so.
        """
        for verdict in cls:
            if verdict.word == word:
                return verdict
        words = ", ".join(verdict.word for verdict in cls)
        raise ValueError(f"no verdict is called {word!r}; expected one of: {words}")


class Reason(enum.Enum):
    """Why a trial stayed undecided."""

    NON_FINITE = ("non-finite", "a quantity of the conclusion was NaN or infinite")
    SOLVER = ("solver", "the solver failed on an instance that meets the hypotheses")
    PRECISION = ("precision", "a violation lies within its error bound and could not be settled")
    UNDEFINED = ("undefined", "the conclusion has no value at an admissible point")
    PROOF = ("proof", "the declared proof is not to be relied on, though no counterexample was found")
    ISOLATED = ("isolated", "no draw meets every hypothesis, though some numbers do")
    EDGE = ("edge", "no instance at an edge met the hypotheses, so the boundary was not tested")
    OPEN = ("open", "the evidence gathered does not decide")
    TIGHTNESS = ("tightness", "declared tight, but no instance attains the bound")
    BUDGET = ("budget", "the run was stopped before this claim was decided")

    def __init__(self, word: str, sentence: str) -> None:
        self.word = word
        self.sentence = sentence
