"""What went wrong in the parts of a trial, said once."""

from lemmata.checks._faults import each_once, sentence_of, shortened

TRACE = "Traceback (most recent call last):\n  File x\nlemmata.claims.language.errors.ClaimError: p = {}; declare it"
OTHER = "search: Traceback (most recent call last):\n  File y\nValueError: 3"
ERRORS = [f"sample: {TRACE.format(-1.5)}", OTHER, f"mutant:reversed: {TRACE.format('2e-9')}"]


def test_a_mistake_has_one_traceback() -> None:
    """Errors that differ in a number alone are one, under the names of all their parts; others stay."""
    assert [f"sample, mutant:reversed: {TRACE.format(-1.5)}", OTHER] == each_once(ERRORS)


def test_the_sentence_accuses_the_claim_and_names_no_class() -> None:
    """The claim's own mistake comes before what may follow from it; without errors a part is missing."""
    assert "p = 2e-9; declare it" == sentence_of(ERRORS)
    assert "ValueError: 3" == sentence_of([OTHER])
    assert "a part of the trial left no result" == sentence_of([])


def test_a_message_that_nobody_reads_to_the_end_is_cut() -> None:
    """Of megabytes the beginning and the end are kept, and how much is not is said; others stay as they are."""
    cut = shortened("begins " + "m" * 20_000_000 + " ends")

    assert len(cut) < 10_000
    assert (cut.startswith("begins"), cut.endswith(" ends")) == (True, True)
    assert "19,992,012 characters are left out" in cut
    assert TRACE == shortened(TRACE)
