import io
import re
import time

import pytest
from report_records import CONJECTURE, PROVED, REFUTED
from rich.console import Console

from lemmata.checks import Progress
from lemmata.checks.evidence import Evidence
from lemmata.checks.part import PROOF, SAMPLE, SEARCH, Kind, Part
from lemmata.reports.progress import Live


def told(*, terminal: bool, evidence: tuple[Evidence | None, ...]) -> str:
    """What a console receives while these parts come in."""
    stream = io.StringIO()
    console = Console(file=stream, width=100, force_terminal=terminal, color_system=None, legacy_windows=False)
    with Live(console) as live:
        for number, found in enumerate(evidence, start=1):
            live.update(
                Progress(
                    done=number,
                    total=len(evidence),
                    key="du2018/[red]x\x1b",
                    part=SAMPLE,
                    evidence=found,
                    claims=number,
                    of_claims=len(evidence),
                )
            )
    return stream.getvalue()


def test_plain_lines_elsewhere_than_on_a_terminal() -> None:
    """In a log file there is one plain line a finished claim, and nothing for its parts."""
    assert (
        "[2/3] PROVED du2018/neuron-law Conserved 4,096/5,000 0.371 2/2 digits, iris 2.50 s\n"
        "[3/3] REFUTED du2018/step-law Conserved 4,096/5,000 585 – – 2.50 s\n"
    ) == told(terminal=False, evidence=(None, PROVED, REFUTED))


def test_terminal_shows_counts_and_each_claim() -> None:
    """On a terminal the bar counts claims, and each leaves a line as it comes."""
    text = told(terminal=True, evidence=(CONJECTURE, REFUTED))

    assert "2/2" in text
    assert "REFUTED du2018/step-law" in text
    assert "drori2014/huber Conserved" in text


def test_recalled_claims_are_said_to_be() -> None:
    """What was not judged is a line of its own kind; on a terminal only what was not expected is."""
    plain, shown = io.StringIO(), io.StringIO()
    for stream, terminal in ((plain, False), (shown, True)):
        console = Console(file=stream, width=150, force_terminal=terminal, color_system=None, legacy_windows=False)
        with Live(console) as live:
            live.recall(PROVED)
            live.recall(REFUTED)

    assert ["recalled: PROVED", "recalled: REFUTED"] == [
        " ".join(line.split()[:2]) for line in plain.getvalue().splitlines()
    ]
    assert "recalled: REFUTED" in shown.getvalue()
    assert "recalled: PROVED" not in shown.getvalue()


def test_silence_is_broken() -> None:
    """Where there is no terminal a line says what runs, how long already, how much is done and what is left."""
    stream = io.StringIO()
    progress = Progress(
        done=1, total=9, key="a/b", part=SAMPLE, evidence=None, claims=2, of_claims=5, seconds_left=70.0
    )
    with Live(Console(file=stream, width=150), silence=0.05) as live:
        live.update(progress)
        live.begin("a/b", SEARCH)
        live.begin("a/b", PROOF)
        deadline = time.monotonic() + 30
        while "and 1 more" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)

    line = r"^\.\.\. [\d.]+ s: 2 of 5 claims, a/b search \([\d.]+ s\) and 1 more, about 1 min (10|\d) s left$"
    assert re.search(line, stream.getvalue(), re.MULTILINE)


def test_time_left_goes_down_between_two_parts() -> None:
    """While one long part runs the time left does not stand still; once it has run out none is claimed."""
    stream = io.StringIO()
    progress = Progress(done=1, total=2, key="a/b", part=SAMPLE, evidence=None, seconds_left=1.0)
    with Live(Console(file=stream, width=150), silence=0.02) as live:
        live.update(progress)
        live.begin("a/b", SEARCH)
        deadline = time.monotonic() + 30
        while not re.search(r"search \([\d.]+ s\)$", stream.getvalue(), re.MULTILINE) and time.monotonic() < deadline:
            time.sleep(0.01)

    left = [float(found) for found in re.findall(r"about ([\d.]+) s left$", stream.getvalue(), re.MULTILINE)]
    assert left == sorted(left, reverse=True)
    assert left[-1] < left[0] <= 1
    assert re.search(r"search \([\d.]+ s\)$", stream.getvalue(), re.MULTILINE)


def test_what_is_no_trial_shows_that_it_lives_too() -> None:
    """Before the first claim is read and while the report is written, lines say so; no time is left by then."""
    stream = io.StringIO()
    progress = Progress(done=2, total=2, key="a/b", part=SAMPLE, evidence=None, seconds_left=70.0)
    with Live(Console(file=stream, width=150), silence=0.02) as live:
        for wanted in ("reading the claims", "writing the report"):
            deadline = time.monotonic() + 30
            while wanted not in stream.getvalue() and time.monotonic() < deadline:
                time.sleep(0.01)
            live.begin("a/b", SAMPLE)
            live.update(progress)
            live.phase("writing the report")

    lines = stream.getvalue().splitlines()
    assert re.search(r"^\.\.\. [\d.]+ s: reading the claims$", lines[0])
    assert re.search(r"^\.\.\. [\d.]+ s: 0 of 0 claims, writing the report$", lines[-1])


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
        live.begin("a/b", Part(Kind.WITHOUT, "no bias"))
        live.update(Progress(done=1, total=2, key="a/b", part=SAMPLE, evidence=None))

    assert "a/b without 'no bias'" in stream.getvalue()
