import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from report_records import BROKEN, MUTANT, PROVED, REFUTED

from lemmata.checks.evidence import Evidence

pytest_plugins = "pytester"


@dataclass(frozen=True)
class Named:
    """As much of a claim or mutant as the plugin reads."""

    name: str = ""
    key: str = ""
    mutants: tuple["Named", ...] = ()


@dataclass(frozen=True)
class FakeLocated:
    """As much of a located claim as the plugin reads."""

    claim: Named
    evidence: Evidence
    source: str = "fake"


@dataclass(frozen=True)
class FakeLibrary:
    """As much of a library as the plugin reads."""

    claims: tuple[FakeLocated, ...]
    failures: tuple[tuple[str, str], ...] = ()


SURVIVED = replace(
    PROVED, verdict="powerless", expected=False, mutants=[replace(MUTANT, refuted=False), PROVED.mutants[1]]
)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put fixed evidence in the place of the trial; the list fills with the keys judged."""
    from lemmata import checks, claims

    calls: list[str] = []

    def load(selection: Sequence[str], **_: object) -> FakeLibrary:
        known = {"good": PROVED, "bad": REFUTED, "weak": SURVIVED, "broken": BROKEN}
        chosen = [known[name] for name in selection if name in known]
        located = tuple(
            FakeLocated(
                Named(key=one.statement.key, mutants=tuple(Named(name=mutant.name) for mutant in one.mutants)), one
            )
            for one in chosen
        )
        failures = tuple((name, "SyntaxError: unreadable") for name in selection if name.endswith(".py"))
        if "nothing" in selection:
            raise claims.UnknownKeyError("no claim matches 'nothing'; did you mean 'something'?")
        return FakeLibrary(located, failures)

    def judge(
        located: FakeLocated, *, effort: checks.Effort, seed: int, among: Sequence[Named], **rest: object
    ) -> Evidence:
        assert rest.keys() == {"workers", "memory"}
        calls.append(f"{located.claim.key} {effort.value} {seed} of {len(among)}")
        return located.evidence

    monkeypatch.setattr(claims, "load", load)
    monkeypatch.setattr(checks, "judge", judge)
    return calls


def test_items_and_one_judgement(pytester: pytest.Pytester, judged: list[str]) -> None:
    """A claim and its mutants are items; they share one judgement, with the effort and seed asked for."""
    result = pytester.runpytest("--lemmata", "good", "--lemmata-effort=quick", "--lemmata-seed=5", "-v")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["lemmata::du2018/neuron-law PASSED*", "*neuron-law[[]mutant tanh[]] PASSED*"])
    assert ["du2018/neuron-law quick 5 of 1"] == judged


def test_unexpected_verdict_fails_with_its_report(pytester: pytest.Pytester, judged: list[str]) -> None:
    """A failure shows the sentence, the statement and the replay commands, and no traceback through the plugin."""
    result = pytester.runpytest("--lemmata=bad", "--lemmata=good")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*Each neuron keeps its balance*",
            "*refuted: False: 3/4 is not 1/2*",
            "*lemmata replay 0123456789ab*",
            "*lemmata verify du2018/step-law --effort standard --seed 0*",
        ]
    )
    assert "pytest_plugin.py" not in result.stdout.str()
    assert ["of 2", "of 2"] == [call[-4:] for call in judged]


@pytest.mark.usefixtures("judged")
def test_surviving_mutant_fails(pytester: pytest.Pytester) -> None:
    """A mutant that survived fails its own item beside the claim's."""
    result = pytester.runpytest("--lemmata=weak")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*the mutant 'tanh' survived*"])


@pytest.mark.usefixtures("judged")
def test_unreadable_file_hides_no_other(pytester: pytest.Pytester) -> None:
    """A file that cannot be read is a failed item; the other claims are judged."""
    result = pytester.runpytest("--lemmata=mine.py", "--lemmata=good")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*SyntaxError: unreadable*"])


@pytest.mark.usefixtures("judged")
def test_unknown_selection_is_a_usage_error(pytester: pytest.Pytester) -> None:
    """A selection that names nothing stops pytest with the near matches."""
    result = pytester.runpytest("--lemmata=nothing")

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["*no claim matches 'nothing'; did you mean*"])


@pytest.mark.usefixtures("judged")
def test_claims_run_beside_tests_and_obey_k(pytester: pytest.Pytester) -> None:
    """Ordinary tests run too, and -k selects among the claims."""
    pytester.makepyfile("def test_one(): pass")

    pytester.runpytest("--lemmata=good").assert_outcomes(passed=4)
    pytester.runpytest("--lemmata=good", "-k", "tanh").assert_outcomes(passed=1, deselected=3)


def test_nothing_happens_unless_asked(pytester: pytest.Pytester, judged: list[str]) -> None:
    """Without the option, a claim file in the folder is not even imported."""
    pytester.makepyfile(claim_mine="raise SystemExit('imported')", test_one="def test_one(): pass")

    pytester.runpytest().assert_outcomes(passed=1)
    assert [] == judged


def test_importing_the_plugin_is_light() -> None:
    """Loading the plugin imports none of the heavy libraries, and no other part of lemmata."""
    script = (
        "import sys, lemmata.reports.pytest_plugin\n"
        "heavy = {'numpy', 'sympy', 'rich', 'jinja2', 'matplotlib', 'msgspec', 'lemmata.checks', 'lemmata.claims'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]\n" == result.stdout


def test_real_claim_file(pytester: pytest.Pytester) -> None:
    """A claim file named on the command line is judged for real: here the one that `lemmata new` writes."""
    result = pytester.run(sys.executable, "-m", "lemmata.reports.cli", "new", "mine_claims")
    assert 0 == result.ret

    result = pytester.runpytest_subprocess("mine_claims.py", "--lemmata-effort=quick", "-v")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["*mine_claims.py::mine_claims/never-less-balanced PASSED*"])


def test_a_file_of_any_name(pytester: pytest.Pytester) -> None:
    """A file that `lemmata new` writes is collected under whatever name, and one mutant of it by its item."""
    pytester.run(sys.executable, "-m", "lemmata.reports.cli", "new", "my_conjecture")
    whole = pytester.runpytest_subprocess("my_conjecture.py", "--lemmata-effort=quick", "-v")
    item = "my_conjecture.py::my_conjecture/never-less-balanced"
    one = pytester.runpytest_subprocess(f"{item}[mutant reversed]", "--lemmata-effort=quick")

    whole.assert_outcomes(passed=6)
    whole.stdout.fnmatch_lines([f"*{item} PASSED*"])
    one.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("my_conjecture", "raise SystemExit('imported')\nclaim = conjecture('one', then=None)"),
        ("test_conjecture", "conjecture = dict\nclaim = conjecture(then=None)\n\ndef test_one(): pass"),
        ("helper", "def made(): return conjecture('one')\n\ndef test_one(): pass"),
    ],
)
def test_what_is_no_file_of_claims(pytester: pytest.Pytester, judged: list[str], name: str, text: str) -> None:
    """A file of claims that is not named is not read; a file of tests, or one that states no claim, is pytest's."""
    path = pytester.makepyfile(**{name: text, "test_other": "def test_other(): pass"})
    named = [] if name == "my_conjecture" else [path]

    pytester.runpytest(*named, "test_other.py").assert_outcomes(passed=1 + len(named))
    assert [] == judged


def test_judged_once_for_all_processes(pytester: pytest.Pytester) -> None:
    """Under xdist the items of a claim are in several processes, and it is judged once; a later run recalls it."""
    pytester.run(sys.executable, "-m", "lemmata.reports.cli", "new", "mine_claims")
    for arguments in (["-n", "2"], ["-n", "2"], []):
        pytester.runpytest_subprocess("mine_claims.py", "--lemmata-effort=quick", *arguments).assert_outcomes(passed=6)

    assert 1 == _judged(pytester)


def test_again_and_other_circumstances(pytester: pytest.Pytester) -> None:
    """Another seed is another trial; with --lemmata-again nothing is recalled, and nothing is kept."""
    pytester.run(sys.executable, "-m", "lemmata.reports.cli", "new", "mine_claims")
    for arguments in ([], ["--lemmata-seed=1"], ["--lemmata-again"]):
        pytester.runpytest_subprocess("mine_claims.py", "--lemmata-effort=quick", *arguments).assert_outcomes(passed=6)

    assert 2 == _judged(pytester)


def _judged(pytester: pytest.Pytester) -> int:
    """How many trials the store has kept."""
    with closing(sqlite3.connect(pytester.path / ".lemmata" / "evidence.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM evidence").fetchone()[0])


def test_the_same_key_in_two_files(pytester: pytest.Pytester) -> None:
    """Each file is judged by its own claim, whatever the other says under the same key."""
    pytester.run(sys.executable, "-m", "lemmata.reports.cli", "new", "one_claims")
    written = (pytester.path / "one_claims.py").read_text(encoding="utf-8")
    true = written.replace("    then=", '    key="one_claims/never-less-balanced",\n    then=')
    (pytester.path / "one_claims.py").write_text(true, encoding="utf-8")
    (pytester.path / "two_claims.py").write_text(true.replace("<= sqrt(2)]", "<= 2]"), encoding="utf-8")
    result = pytester.runpytest_subprocess("one_claims.py", "two_claims.py", "--lemmata-effort=quick", "-v")

    result.assert_outcomes(passed=11, failed=1)
    result.stdout.fnmatch_lines(["*two_claims.py::one_claims/never-less-balanced FAILED*"])


HOSTILE = """
import os
from planted_faults import Mutant, AtMost, Identity, a, b, planted

exits = planted("exits", lambda: os._exit(0))
false = planted("false", then=Identity(left=a, right=2 * b))
escapes = planted("escapes", mutants=(Mutant(name="\\x1b[31mred", because="f", then=Identity(left=a, right=b / 2)),))
"""


def test_a_claim_that_ends_its_process_fools_nobody(pytester: pytest.Pytester) -> None:
    """A procedure that leaves with exit code 0 is a failed item; the false claim after it is judged; pytest fails."""
    helpers = Path(__file__).parents[1] / "helpers"
    text = HOSTILE.replace("import os\n", f"import os, sys\nsys.path.insert(0, {str(helpers)!r})\n")
    pytester.makepyfile(hostile_claims=text.replace("AtMost, ", ""))
    result = pytester.runpytest_subprocess("hostile_claims.py", "--lemmata-effort=quick", "-v")

    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(
        [
            "*planted/exits FAILED*",
            "*planted/false FAILED*",
            "*planted/escapes PASSED*",
            "*ended by itself with exit code 0*",
        ]
    )
    assert "\x1b" not in result.stdout.str()
