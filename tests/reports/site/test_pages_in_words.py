"""What a page says in words, and what it folds."""

from dataclasses import replace

import pytest
from report_records import BROKEN, MUTANT, PROVED, SAMPLE, run

from lemmata.checks.evidence import Evidence, Slack
from lemmata.claims.language.paper import Paper
from lemmata.reports.site.render import single
from lemmata.reports.slack import slack_lines


def left_over(remainder: str) -> Evidence:
    """The proved claim with a proof that does not close."""
    assert PROVED.proof is not None
    return replace(PROVED, proof=replace(PROVED.proof, closed=False, remainder=remainder))


OWN = replace(PROVED, statement=replace(PROVED.statement, paper=str(Paper.none("mine", 2026))))
MAY_BE_TRUE = replace(PROVED, mutants=[replace(MUTANT, must_fall=False, because="the sides may be equal")])


@pytest.mark.parametrize(
    ("wanted", "unwanted", "claim"),
    [
        ("<summary>Traceback</summary>", "<h4>Error</h4>", BROKEN),
        ("<p>Left over: not zero modulo 7 at ", 'aria-label="Left over"', left_over("not zero modulo 7 at n = 1")),
        ('aria-label="Left over"', "error probability", left_over("W W'")),
        ("error probability", "Left over", PROVED),
        ("no paper was read for it", "The reading of the paper", OWN),
        ("The reading of the paper", "no paper was read for it", PROVED),
        ("if it survives, the sides may be equal", "which must refute them", MAY_BE_TRUE),
        ("which must refute them", "if it survives", PROVED),
    ],
)
def test_page_says_one_and_not_the_other(wanted: str, unwanted: str, claim: Evidence) -> None:
    """Sentences are set as such, what is long is folded, and nothing is said that does not apply."""
    page = single(run(claim))

    assert wanted in page
    assert unwanted not in page


def test_ratios_stand_in_the_order_of_the_values() -> None:
    """Stages that saw different values are merged from low to high, ranges by where they begin."""
    seen = [Slack(parameter="n", values=[one], ratios=[0.5]) for one in ("6", "2", "16 to 31", "3")]
    claim = replace(PROVED, sample=replace(SAMPLE, slack=seen), search=None, data=None)

    assert ["n: 0.5 at 2, 0.5 at 3, 0.5 at 6, 0.5 at 16 to 31"] == slack_lines(claim)
