"""Selections: which minimiser is the limit, compared in the quantity that decides it."""

from toy_quantified import selections

from lemmata.checks import Effort, Evidence, judge
from lemmata.claims import Claim, Located


def trial(subject: Claim) -> Evidence:
    """A quick trial in this process."""
    return judge(Located(subject, "toy"), effort=Effort.QUICK, seed=0)


def test_selected() -> None:
    """A limit within a thousandth of the way to the other minimiser is the selected one."""
    assert "holds" == trial(selections(lambda a: a / 100_000)).verdict


def test_another_was_selected() -> None:
    """A limit a hundredth of the way off is not, and that is confirmed in exact arithmetic."""
    found = trial(selections(lambda a: a / 100))
    assert found.sample is not None
    assert found.sample.smallest is not None

    assert "refuted" == found.verdict
    assert ("1/100", "1/1000") == (found.sample.smallest.left, found.sample.smallest.right)


def test_below_the_least() -> None:
    """A limit better than the least is as wrong: the least was not the least."""
    assert "refuted" == trial(selections(lambda a: -a / 100)).verdict


def test_nothing_to_select_from() -> None:
    """Where the other minimiser is as good, the instance decides nothing, and nothing is claimed of it."""
    found = trial(selections(lambda a: a * 0, lambda a: a * 0))

    assert ("undecided", "open") == (found.verdict, found.reason)
    assert "nothing to select from" in found.sentence
