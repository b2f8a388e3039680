"""Commands in bad surroundings: names that are not UTF-8, full disks, closed pipes, read-only folders, bad files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import call

from lemmata.checks import Store
from lemmata.checks.document import decode_run

HELPERS = Path(__file__).parents[1] / "helpers"
COMMAND = [sys.executable, "-m", "lemmata.reports.cli"]
QUICK = ("--effort", "quick", "--in-process")
CLAIM = f"""
import sys; sys.path.insert(0, {str(HELPERS)!r})
from planted_faults import planted
sound = planted("sound")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in a folder that holds one file with one sound claim."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(CLAIM, encoding="utf-8")
    return tmp_path


def run_in_shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of shell, with ``$LEMMATA`` for the command."""
    command = {"LEMMATA": " ".join(COMMAND), **environment}
    return subprocess.run(  # noqa: S602 - pipes and redirections are what is tested
        line, shell=True, capture_output=True, env={**os.environ, **command}, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux")
@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
@pytest.mark.parametrize("name", [b"sp\xe4ce", "späce".encode()])
def test_folders_of_any_name(folder: Path, name: bytes, locale: dict[str, str]) -> None:
    """A folder named in Latin-1 or UTF-8, under any locale, is read from and written to."""
    place = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
    place.mkdir()
    shutil.move("mine.py", place)
    command = [*COMMAND, "verify", place / "mine.py", *QUICK, "--store", place / "kept"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, **locale}, check=False)

    assert 0 == done.returncode, done.stderr
    assert decode_run((place / "kept" / "run.json").read_bytes()).claims[0].expected


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_full_standard_output(folder: Path) -> None:
    """Output that cannot be written is a fault in one sentence; the reports are there."""
    done = run_in_shell("$LEMMATA verify mine.py --effort quick --in-process > /dev/full")

    assert 2 == done.returncode
    assert b"lemmata: cannot write to standard output: No space left on device\n" in done.stderr
    assert b"Traceback" not in done.stderr
    assert (folder / ".lemmata" / "report" / "index.html").exists()


def test_closed_pipe(folder: Path) -> None:
    """Nobody reads on: the reports are there, the exit code is that of the run, nothing is complained of."""
    line = "$LEMMATA verify mine.py --effort quick --in-process 2>errors; echo $? > code"
    done = run_in_shell(f"({line}) | true")

    assert 0 == done.returncode
    assert "0\n" == (folder / "code").read_text()
    assert "Traceback" not in (folder / "errors").read_text()
    assert decode_run((folder / ".lemmata" / "run.json").read_bytes()).finished


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams(folder: Path, closed: str) -> None:
    """Standard streams that are closed from the beginning cost nothing but what would be said: the report is there."""
    done = run_in_shell(f"$LEMMATA verify mine.py --effort quick --in-process {closed}")

    assert 0 == done.returncode
    assert b"Traceback" not in done.stderr + done.stdout
    assert decode_run((folder / ".lemmata" / "run.json").read_bytes()).finished


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the folder of a process cannot be deleted")
def test_deleted_folder(folder: Path) -> None:
    """A folder that no longer exists is said to be none."""
    done = run_in_shell("mkdir gone; cd gone; rmdir ../gone; $LEMMATA list", PYTHONSAFEPATH="1")

    assert (2, b"") == (done.returncode, done.stdout)
    assert b"lemmata: the folder that it was started in no longer exists; change to another\n" == done.stderr
    assert folder.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there processes cannot be copied")
@pytest.mark.parametrize("options", ["", "--in-process"])
def test_a_file_that_copies_the_process_that_reads_it(folder: Path, options: str) -> None:
    """What a file's `os.fork()` makes never goes on as lemmata: one run is in the store, and all is said once."""
    (folder / "forks.py").write_text(f"import os\nos.fork()\n{CLAIM}", encoding="utf-8")
    done = run_in_shell(f"$LEMMATA verify forks.py --effort quick --jobs 1 {options}")

    assert 0 == done.returncode, done.stderr
    assert 1 == done.stdout.count(b"Written: ") + done.stderr.count(b"Written: ")
    with Store.open(folder / ".lemmata" / "evidence.sqlite") as store:
        assert 1 == len(store.runs())


def test_document_on_standard_output() -> None:
    """`--json -` prints the document and nothing else; no file of that name is made."""
    code, out, error = call("verify", "mine.py", *QUICK, "--json", "-")

    assert 0 == code
    assert "planted/sound" == json.loads(out)["claims"][0]["statement"]["key"]
    assert "Written: .lemmata/report/index.html\n" in error
    assert not Path("-").exists()


@pytest.mark.parametrize("name", ["numpy", "queue", "pytest"])
def test_new_hides_no_module(folder: Path, name: str) -> None:
    """A file that Python would import in a library's place is not written."""
    code, _, error = call("new", name)

    assert 2 == code
    assert f"'{name}' is the name of a module that Python imports" in error
    assert ["mine.py"] == [path.name for path in folder.iterdir()]


def test_a_claim_that_is_wrongly_built_names_its_line(folder: Path) -> None:
    """A status that is a string is refused when the claim is built; the other file's claim is judged."""
    (folder / "typed.py").write_text(CLAIM.replace('"sound")', '"typed", status="conjecture")'), encoding="utf-8")
    code, out, _ = call("verify", "typed.py", "mine.py", *QUICK)

    assert 2 == code
    assert "got status='conjecture'" in " ".join(out.split())
    assert "PROVED" in out


def test_a_document_that_was_changed_is_refused(folder: Path) -> None:
    """`report run.json` makes the page again, unless a single character is another."""
    assert 0 == call("verify", "mine.py", *QUICK)[0]
    assert 0 == call("report", ".lemmata/run.json", "--html", "again.html")[0]
    document = folder / ".lemmata" / "run.json"
    document.write_bytes(document.read_bytes().replace(b'"proved"', b'"praved"'))
    code, _, error = call("report", ".lemmata/run.json", "--html", "changed.html")

    assert 2 == code
    assert "its digest does not fit" in error
    assert not (folder / "changed.html").exists()
    assert 2 == call("report", "nothing.json")[0]


def test_nothing_read_changes_no_report(folder: Path) -> None:
    """A name that is misspelt leaves the report, the document and the newest run of the store as they were."""
    call("verify", "mine.py", *QUICK)
    before = (folder / ".lemmata" / "run.json").read_bytes()
    page = (folder / ".lemmata" / "report" / "index.html").read_bytes()
    code, out, _ = call("verify", "mime.py", *QUICK, "--junit", "junit.xml")

    assert 2 == code
    assert "did you mean mine.py?" in out
    assert "Written: junit.xml\n" in out
    assert before == (folder / ".lemmata" / "run.json").read_bytes()
    assert page == (folder / ".lemmata" / "report" / "index.html").read_bytes()
    assert ["mine.py"] == [line.rpartition(": ")[2] for line in call("runs")[1].splitlines()]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--time-limit", "nan", "nan is no time in seconds"),
        ("--time-limit", "0", "0.0 is not in the range"),
        ("--store", "mine.py", "'mine.py' is a file"),
    ],
)
def test_wrong_values_of_options(option: str, value: str, said: str) -> None:
    """An option's value that means nothing is refused by its name, before anything is judged."""
    code, _, error = call("verify", "mine.py", option, value)

    assert 2 == code
    assert option in error
    assert said in error


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--executor", "a:b", "--time-limit", "3"), "--time-limit is of lemmata's own processes"),
        (("--executor", "a:b", "--in-process"), "--in-process is of lemmata's own processes"),
        (("--in-process", "--memory-limit", "100"), "--in-process starts none"),
    ],
)
def test_options_of_another_place(options: tuple[str, ...], said: str) -> None:
    """A limit that nobody would keep is refused, and so are two places to run at."""
    code, _, error = call("verify", "mine.py", *options)

    assert 2 == code
    assert said in " ".join(error.split())


def test_filters_that_leave_nothing_say_so() -> None:
    """Of claims that are named, and are all of another status, the run says how many there were."""
    code, out, _ = call("verify", "mine.py", "--status", "theorem")

    assert 0 == code
    assert "1 claim is named, and none of them is of the status" in out


@pytest.mark.parametrize(
    "line", ["threading.Thread(target=lambda: time.sleep(600)).start()", "atexit.register(lambda: time.sleep(600))"]
)
def test_what_a_file_leaves_behind_does_not_keep_the_command(folder: Path, line: str) -> None:
    """A thread or a function for `atexit` that a file leaves behind does not delay the end, and all output arrives."""
    (folder / "mine.py").write_text(f"import atexit, threading, time\n{line}\n{CLAIM}", encoding="utf-8")

    found = run_in_shell(
        "timeout 120 $LEMMATA verify mine.py --effort quick | cat; exit ${PIPESTATUS[0]}", SHELL="bash"
    )

    assert b"Written" in found.stdout
    assert 124 != found.returncode


@pytest.mark.parametrize("line", ["signal.signal(signal.SIGCHLD, signal.SIG_IGN)", "sys.stdout.close()", "os.close(1)"])
def test_a_file_does_not_silence_the_others(folder: Path, line: str) -> None:
    """What one file does to signals and streams when it is read costs no other its verdict."""
    text = "from lemmata import *\nx = real('x')\nfirst = conjecture('A line', then=x**4 + 1 >= x)\n"
    (folder / "first.py").write_text(f"import os, signal, sys\n{line}\n{text}", encoding="utf-8")

    found = run_in_shell("$LEMMATA verify first.py mine.py --effort quick --jobs 1")

    assert b"PROVED   planted/sound" in found.stdout
    assert b"first/first" in found.stdout
    assert 2 != found.returncode


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("unshare"), reason="root may write everywhere")
def test_read_only_store(folder: Path) -> None:
    """A store whose folder cannot be written is read: the report is made elsewhere."""
    assert 0 == call("verify", "mine.py", *QUICK)[0]
    mount = "mount --bind .lemmata .lemmata && mount -o remount,ro,bind .lemmata && " if os.geteuid() == 0 else ""
    inner = f"{mount}$LEMMATA report --html out.html"
    (folder / ".lemmata").chmod(0o555)
    done = run_in_shell(f"unshare -m sh -c '{inner}'" if mount else inner)
    (folder / ".lemmata").chmod(0o755)
    if b"ermission denied" in done.stderr + done.stdout and not (folder / "out.html").exists():
        pytest.skip("this place lets nobody mount")

    assert 0 == done.returncode, done.stderr
    assert (folder / "out.html").exists()


def test_a_claim_that_exits_does_not_end_replay_as_if_it_agreed(folder: Path) -> None:
    """A procedure that calls sys.exit(0) makes `falsify` a fault, never a success."""
    leaving = CLAIM.replace('planted("sound")', 'planted("sound", lambda: sys.exit(0))')
    (folder / "leaves.py").write_text(leaving, encoding="utf-8")
    code, _, error = call("falsify", "leaves.py", "--seconds", "1")

    assert 2 == code
    assert "tried to end the process (SystemExit: 0)" in error


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the command is done by a copy of its process")
@pytest.mark.parametrize(
    ("end", "how"), [("os._exit(0)", "exit code 0"), ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV")]
)
def test_a_claim_that_ends_its_process_is_a_fault(folder: Path, end: str, how: str) -> None:
    """`falsify` does not end as if nothing had been found."""
    leaving = f"import os, signal\n{CLAIM}".replace('planted("sound")', f'planted("sound", lambda: {end})')
    (folder / "leaves.py").write_text(leaving, encoding="utf-8")
    done = run_in_shell("$LEMMATA falsify leaves.py --seconds 1")

    assert 2 == done.returncode
    assert f"ended the process that judged it ({how})" in done.stderr.decode()


def test_what_a_copy_found_is_the_commands_answer(folder: Path) -> None:
    """A false claim is refuted, kept and replayed by processes of their own, with the exit codes of the commands."""
    false = CLAIM.replace('planted("sound")', 'planted("sound", then=Identity(left=a, right=b + 1))')
    false = f"{false.replace('import planted', 'import Identity, a, b, planted')}"
    (folder / "false.py").write_text(false, encoding="utf-8")
    tried = run_in_shell("$LEMMATA falsify false.py --seconds 5")
    identifier = tried.stdout.decode().partition("lemmata replay ")[2].split()[0]
    again = run_in_shell(f"$LEMMATA replay {identifier} --claims false.py")

    assert (1, 0) == (tried.returncode, again.returncode), (tried.stderr, again.stderr)
    assert b"" == tried.stderr
    assert 1 == tried.stdout.count(b"as it stands: refuted")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_and_links_are_written_to(folder: Path) -> None:
    """A document goes through a pipe, and to what a link points at; neither is replaced."""
    os.mkfifo("pipe")
    (folder / "link.json").symlink_to(folder / "target.json")
    done = run_in_shell("cat pipe > read.json & $LEMMATA verify mine.py --effort quick --in-process --json pipe; wait")
    again = call("verify", "mine.py", *QUICK, "--json", "link.json")

    assert (0, 0) == (done.returncode, again[0]), done.stderr
    assert ["planted/sound"] == [one.statement.key for one in decode_run((folder / "read.json").read_bytes()).claims]
    assert (folder / "link.json").is_symlink()
    assert ["planted/sound"] == [one.statement.key for one in decode_run((folder / "target.json").read_bytes()).claims]
