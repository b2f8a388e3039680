import io
from dataclasses import replace
from pathlib import Path

import pytest
from report_records import (
    ASSUMED,
    BROKEN,
    CONJECTURE,
    CONTRADICTION,
    COUNTEREXAMPLE,
    EVERYTHING,
    HOSTILE,
    LIKELY,
    MUTANT,
    PROVED,
    QUANTIFIED,
    REFUTED,
    SAMPLE,
    estimated,
    run,
)
from rich.console import Console

from lemmata.checks.evidence import LoadFailure, Run
from lemmata.reports import terminal, words
from lemmata.reports.commands.common import written_text
from lemmata.reports.endings import console

SNAPSHOTS = Path(__file__).parent / "snapshots"


def shown(record: Run, *, width: int = 100, verbose: bool = False, color: bool = False) -> str:
    """What a console of this width receives."""
    stream = io.StringIO()
    system = "standard" if color else None
    console = Console(file=stream, width=width, force_terminal=color, color_system=system, legacy_windows=False)
    terminal.render(record, console, verbose=verbose)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "record", "width", "verbose"),
    [
        ("everything.txt", EVERYTHING, 100, False),
        ("narrow.txt", run(REFUTED), 60, False),
        ("verbose.txt", run(PROVED, CONJECTURE), 100, True),
        ("quantified.txt", QUANTIFIED, 100, True),
        ("interrupted.txt", run(PROVED, finished=False), 100, False),
    ],
)
def test_exact_text(name: str, record: Run, width: int, verbose: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The report is, letter for letter, the stored one."""
    assert (SNAPSHOTS / name).read_text(encoding="utf-8") == shown(record, width=width, verbose=verbose)


def test_hypotheses_stand_at_the_counterexample() -> None:
    """Of a relation both sides are said, of another predicate that it is met."""
    sample = replace(REFUTED.sample, smallest=replace(COUNTEREXAMPLE, assumed=ASSUMED), worst=None)  # type: ignore[type-var]
    text = " ".join(shown(run(replace(REFUTED, sample=sample))).split())

    assert "hypotheses: h L ≤ 1 (1/2 ≤ 1); balanced (met)" in text


def test_order_of_a_failure() -> None:
    """Statement, sample, smallest, replay: what is asked for first is last on the screen; others are in the report."""
    text = shown(run(REFUTED))
    places = [text.index(label) for label in ("  statement ", "  sample ", "  smallest ", "  others ", "  replay ")]

    assert sorted(places) == places
    assert "7317.25" not in text
    assert 1 == text.count("lemmata replay")


def test_the_counterexample_of_the_sentence_is_the_one_that_is_shown() -> None:
    """Where the verdict names a counterexample, that one is shown, and no second one beside it."""
    sample = replace(REFUTED.sample, smallest=replace(COUNTEREXAMPLE, id="0" * 12), worst=COUNTEREXAMPLE)  # type: ignore[type-var]
    text = shown(run(replace(REFUTED, sample=sample, sentence=f"Counterexample {COUNTEREXAMPLE.id}: 3/4 against 1/2.")))

    assert f"lemmata replay {COUNTEREXAMPLE.id}" in text
    assert "0" * 12 not in text


def test_one_spelling_of_a_letter() -> None:
    """The entries of a counterexample bear the letters of the statement, and zero has no sign."""
    instance = {"lam": -0.0, "x_0": [-0.0, 1e-7], "W1": 2.0}
    sample = replace(REFUTED.sample, smallest=replace(COUNTEREXAMPLE, instance=instance), worst=None)  # type: ignore[type-var]
    text = shown(run(replace(REFUTED, sample=sample)))

    assert "λ = 0\n" in text
    assert "x₀ = [0, 1e-07]\n" in text
    assert "W1 = 2\n" in text


def test_a_side_of_zero_has_an_infinite_ratio() -> None:
    """Wherever a left side exceeds zero on the right, the ratio is written in the one way."""
    sample = replace(REFUTED.sample, worst_ratio=None)  # type: ignore[type-var]
    claim = replace(REFUTED, sample=sample)

    assert "∞" in shown(run(claim)).splitlines()[1]
    assert "∞" == words.largest_ratio(sample) == words.ratio(float("inf"))
    assert words.judged(sample).endswith("worst ratio ∞")
    assert "–" == words.largest_ratio(replace(SAMPLE, worst_ratio=None))


@pytest.mark.parametrize("width", [50, 80])
@pytest.mark.parametrize("record", [EVERYTHING, QUANTIFIED, run(PROVED, finished=False)])
def test_no_line_is_longer_than_the_terminal(width: int, record: Run) -> None:
    """At 80 and at 50 columns everything is wrapped, but for a command to copy."""
    long = [line for line in shown(record, width=width, verbose=True).splitlines() if len(line) > width]

    assert [] == [line for line in long if not line.strip().startswith("lemmata replay")]


def test_narrow_tables_keep_verdict_and_key() -> None:
    """At 50 columns the table has the mark, the verdict and the whole key, on two lines if need be."""
    key = "wind2023/unequal-initializations-shift-the-entropy-at-depth-two"
    claim = replace(PROVED, statement=replace(PROVED.statement, key=key))
    table = shown(run(claim), width=50).partition("\n\n")[0]

    assert key == "".join(line[11:].split("  ")[0].strip() for line in table.splitlines()[1:]).removeprefix("PROVED")
    assert "PROVED" in table


def test_expected_claims_stay_short() -> None:
    """A run that went as expected is a table and the last line."""
    assert 5 == len(shown(run(PROVED, CONJECTURE)).splitlines())


def test_colour_follows_the_verdict() -> None:
    """The verdict word alone is coloured in the table."""
    text = shown(run(PROVED), color=True)

    assert "\x1b[1;32mPROVED\x1b[0m" in text
    assert "\x1b" not in shown(run(PROVED))


def test_escapes_and_markup_are_shown_not_interpreted() -> None:
    """Terminal escapes, rich mark-up, emoji codes and bidirectional marks of a record stay text."""
    hostile = "[red]x[/red] :boom: \x1b]0;title\x07 \u202egnp.exe\r"
    statement = replace(
        REFUTED.statement,
        key="du2018/a[bold]\x1b[2J",
        title=hostile,
        latex=hostile,
        hypotheses=[hostile],
        family=hostile,
    )
    claim = replace(REFUTED, statement=statement, sentence=hostile, verdict="\x1b[31m[blink]odd", error=hostile)
    text = shown(run(claim, failures=(LoadFailure(source=hostile, error=hostile),)), verbose=True)

    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(text)
    assert "du2018/a[bold]\\x1b[2J" in text
    assert "[red]x[/red] :boom: \\x1b]0;title\\x07 \\u202egnp.exe\\x0d" in text
    assert HOSTILE in shown(run(replace(claim, sentence=HOSTILE)))


def test_every_colour_of_a_hostile_verdict_is_plain() -> None:
    """A verdict word this version does not know is shown as it is."""
    assert "MAYBE" in shown(run(replace(PROVED, verdict="maybe")), color=True)


def test_a_ratio_near_one_shows_its_distance() -> None:
    """A bound reached to 1e-7 is not printed as reached."""
    assert "1-9.0e-08" in shown(run(CONJECTURE))


def test_edges_that_were_never_met_are_named() -> None:
    """The boundary case that an undecided trial missed is in its details."""
    edge = replace(SAMPLE.edges[0], met=0)
    text = shown(run(replace(BROKEN, sample=replace(SAMPLE, edges=[edge]))))

    assert "width 1: never met the hypotheses (256 proposed)" in text


def test_empty_run() -> None:
    """A run without claims says so in its last line."""
    assert "\n0 as expected, 0 not, 0 inconclusive (1 min 16 s, seed 7)\n" == shown(run())


def test_false_alarms_are_told_before_the_last_line() -> None:
    """The error budget has a line of its own, in runs that have one."""
    assert "at most 1.0e-06." in shown(QUANTIFIED).splitlines()[-2]
    assert "Chance" not in shown(replace(QUANTIFIED, false_alarms=0.0))


def test_surviving_mutant_tells_its_estimates() -> None:
    """A mutant that no estimate contradicted shows what was estimated, and no empty ratio."""
    agreeing = replace(CONTRADICTION, decision="agrees")
    mutant = replace(MUTANT, refuted=False, sample=estimated(agreeing))
    text = shown(run(replace(LIKELY, expected=False, mutants=[mutant], necessity=[])), width=300)

    assert "4,096 instances judged\n" in text
    assert "claimed at most 0.25: agrees" in text


def test_what_should_hold_instead_is_refuted_by_an_estimate() -> None:
    """A contradicted probability is trouble, though there is no counterexample."""
    mutant = replace(MUTANT, instead_sample=estimated(CONTRADICTION))
    text = shown(run(replace(LIKELY, mutants=[mutant])), width=300, verbose=True)

    assert "was refuted, but what should hold instead does not" in text
    assert "claimed at most 0.25: contradicted" in text


@pytest.mark.parametrize("width", range(50, 130, 3))
def test_replay_command_is_never_broken(width: int) -> None:
    """However the line of a needed hypothesis wraps, its command can be copied from one line."""
    assert "lemmata replay 0123456789ab" in shown(run(LIKELY), width=width, verbose=True)


def test_estimates_of_hostile_text() -> None:
    """Escapes in the fields of an estimate, a hypothesis and a reason stay text, on one line each."""
    hostile = "[red]x[/red] \x1b]0;t\x07\u202e\r\ny"
    one = replace(
        CONTRADICTION,
        quantity=hostile,
        origin=hostile,
        claimed=hostile,
        decision=hostile,
        parameters={hostile: hostile},
    )
    dropped = replace(LIKELY.necessity[1], hypothesis=hostile)
    claim = replace(LIKELY, sample=estimated(one, open={hostile: 3}), necessity=[dropped])
    text = shown(run(claim), width=1000, verbose=True)

    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(text)
    assert text.count("[red]x[/red] \\x1b]0;t") >= 4


def test_a_file_is_a_hundred_columns_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no terminal the report is 100 columns wide, and as wide as COLUMNS says if it says so."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    before = console().width
    monkeypatch.setenv("COLUMNS", "60")

    assert (100, 60) == (before, console().width)


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR takes the colours away, also from a terminal."""
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[1;32m" not in shown(run(PROVED), color=True)
    assert "PROVED" in shown(run(PROVED), color=True)


def test_paths_that_were_written_are_whole() -> None:
    """Paths stand on one line where it has room, else on a line each."""
    paths = ["report/index.html", "run.json"]

    assert "Written: report/index.html, run.json" == written_text(paths, 50)
    assert "Written: report/index.html,\n         run.json" == written_text(paths, 30)
    assert "Nothing was written." == written_text([], 50)
