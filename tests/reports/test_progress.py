import io

import pytest
from report_records import CONJECTURE, PROVED, REFUTED
from rich.console import Console

from lemmata.checks import Progress
from lemmata.checks.evidence import Evidence
from lemmata.reports.progress import Live


def told(*, terminal: bool, evidence: tuple[Evidence | None, ...]) -> str:
    """What a console receives while these parts come in."""
    stream = io.StringIO()
    console = Console(file=stream, width=100, force_terminal=terminal, color_system=None, legacy_windows=False)
    with Live(console) as live:
        for number, found in enumerate(evidence, start=1):
            live.update(
                Progress(done=number, total=len(evidence), key="du2018/[red]x\x1b", part="sample", evidence=found)
            )
    return stream.getvalue()


def test_plain_lines_elsewhere_than_on_a_terminal() -> None:
    """In a log file there is one plain line a finished claim, and nothing for its parts."""
    assert (
        "[2/3] PROVED du2018/neuron-law Conserved 4,096/5,000 0.371 2/2 digits, iris 2.50 s\n"
        "[3/3] REFUTED du2018/step-law Conserved 4,096/5,000 585 – – 2.50 s\n"
    ) == told(terminal=False, evidence=(None, PROVED, REFUTED))


def test_terminal_shows_counts_and_only_the_unexpected() -> None:
    """On a terminal the bar counts, and lines are left for claims that did not end as expected."""
    text = told(terminal=True, evidence=(CONJECTURE, REFUTED))

    assert "2/2" in text
    assert "REFUTED du2018/step-law" in text
    assert "drori2014/huber Conserved" not in text
    assert "du2018/[red]x\\x1b" in text


def test_bar_is_taken_down_after_an_interrupt() -> None:
    """Ctrl-C in the middle leaves a usable terminal: the cursor is shown again."""
    stream = io.StringIO()
    console = Console(file=stream, width=100, force_terminal=True, color_system=None, legacy_windows=False)
    with pytest.raises(KeyboardInterrupt), Live(console):
        raise KeyboardInterrupt

    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


def test_parts_are_named_as_a_person_would() -> None:
    """A mutant and a hypothesis left out are told by their names."""
    stream = io.StringIO()
    console = Console(file=stream, width=150, force_terminal=True, color_system=None, legacy_windows=False)
    with Live(console) as live:
        live.update(Progress(done=1, total=2, key="a/b", part="without:no bias", evidence=None))

    assert "a/b without 'no bias'" in stream.getvalue()
