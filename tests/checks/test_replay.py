import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lemmata.checks import Counterexample, Effort, Run, Store, replay, run
from lemmata.checks._replay import UnfitRecordError
from lemmata.checks.judging.origin import DECISION
from lemmata.checks.store import UnknownCounterexampleError
from lemmata.claims import UnknownKeyError, load

HELPERS = Path(__file__).parents[1] / "helpers"

CLAIMS = f"""
import sys; sys.path.insert(0, {str(HELPERS)!r})
import numpy as np
import sympy as sp
import toy_claims as toys
from lemmata.claims import AtMost, AtLeast, Case, Identity, Measurement, Mutant, Status

def draw(parameters, rng, size):
    drawn = toys.draw_numbers(parameters, rng, size)
    return drawn | {{"flag": rng.random(size) < 0.5, "count": rng.integers(1, 5, size=size)}}

def look(_, instances):
    values = {{name: instances[name][:, None] for name in ("x", "y", "n")}}
    return Measurement(cases=(Case(name="all", values=values),))

flags = toys.claim(
    key="toy2024/flags",
    given=toys.numbers(draw=draw),
    when=toys.procedure(look),
    then=AtMost(left=toys.x, right=toys.n),
    mutants=(Mutant(name="NAME", because="b", then=AtLeast(left=toys.x, right=3)),),
)
rooted = toys.claim(
    key="toy2024/rooted",
    then=AtMost(left=sp.sqrt(1 + toys.x**2), right=2),
    mutants=(
        Mutant(
            name="m",
            because="b",
            then=AtMost(left=toys.x**2 + 1, right=0),
            instead=AtMost(left=toys.x**2, right=toys.n),
        ),
    ),
)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A user's file whose claims are false, in booleans and whole numbers too, and in balls."""
    file = tmp_path / "mine.py"
    file.write_text(CLAIMS, encoding="utf-8")
    return file


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    with Store.open(tmp_path / "evidence.sqlite") as opened:
        yield opened


def verified(path: Path, store: Store) -> Run:
    """A quick run of the user's file."""
    return run(load([str(path)]), effort=Effort.QUICK, seed=0, jobs=None, store=store)


def counterexamples(record: Run) -> list[tuple[str, Counterexample]]:
    """Every counterexample of a run, with what it refutes: "", a mutant's name, or "instead"."""
    found: list[tuple[str, Counterexample]] = []
    for one in record.claims:
        samples = [("", one.sample)]
        samples += [(m.name, m.sample) for m in one.mutants] + [("instead", m.instead_sample) for m in one.mutants]
        found += [(what, c) for what, sample in samples if sample for c in (sample.smallest, sample.worst) if c]
    return found


class TestReplay:
    """A counterexample run again from its record."""

    def test_agrees_from_the_record_alone(self, path: Path, store: Store) -> None:
        """Each stored counterexample fails again, in the same case with the same two sides."""
        found = counterexamples(verified(path, store))
        kinds = {what for what, _ in found}

        assert {"", "NAME", "m", "instead"} == kinds
        for what, counterexample in found:
            again = replay(store, counterexample.id, claims=[str(path)])
            assert again.agrees, what
            assert (counterexample.left, counterexample.right) == (again.left, again.right)
            assert counterexample == again.counterexample

    def test_names_what_it_refutes(self, path: Path, store: Store) -> None:
        """A replay tells the claim, and the mutant if it is a mutant that is refuted."""
        for what, counterexample in counterexamples(verified(path, store)):
            again = replay(store, counterexample.id, claims=[str(path)])
            assert again.statement.key in ("toy2024/flags", "toy2024/rooted")
            assert {"": "", "NAME": "NAME", "m": "m", "instead": "m"}[what] == again.mutant

    def test_states_what_it_refutes(self, path: Path, store: Store) -> None:
        """A replay of a mutant's counterexample states what the mutant claims, whose sides it shows, not the claim."""
        stated = {
            "": {r"x \le n", r"\sqrt{x^{2} + 1} \le 2"},
            "NAME": {r"x \ge 3"},
            "m": {r"x^{2} + 1 \le 0"},
            "instead": {r"x^{2} \le n"},
        }
        for what, counterexample in counterexamples(verified(path, store)):
            again = replay(store, counterexample.id, claims=[str(path)])
            assert again.statement.latex in stated[what]
            assert again.statement.status == "conjecture"

    def test_the_script_prints_the_same_violation(self, path: Path, store: Store) -> None:
        """The printed Python, run in a process of its own, prints the violation with the same two sides."""
        found = dict(counterexamples(verified(path, store)))
        scripts = {
            what: replay(store, counterexample.id, claims=[str(path)]).python for what, counterexample in found.items()
        }
        told = {
            what: subprocess.run(
                [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False
            )
            for what, script in scripts.items()
        }

        assert 4 == len(told)
        for what, done in told.items():
            assert "" == done.stderr, what
            assert "Ruling.VIOLATED" in done.stdout, what
            assert f"left={found[what].left!r}" in done.stdout
            assert f"right={found[what].right!r}" in done.stdout

    def test_a_first_part_of_the_identifier_is_enough(self, path: Path, store: Store) -> None:
        """Identifiers may be cut short while they are unique."""
        ((_, counterexample), *_) = counterexamples(verified(path, store))

        assert counterexample == replay(store, counterexample.id[:8], claims=[str(path)]).counterexample

    def test_a_users_claim_is_not_taken_on_the_records_word(self, path: Path, store: Store) -> None:
        """Without --claims the message names the file that the record speaks of; the file is not opened."""
        ((_, counterexample), *_) = counterexamples(verified(path, store))
        path.write_text("raise SystemExit('opened')", encoding="utf-8")

        with pytest.raises(UnknownKeyError, match=rf"if you trust that file, add --claims {path}"):
            replay(store, counterexample.id)

    def test_the_users_file_is_taken_from_wherever_it_is_now(
        self, path: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """From another folder, with the file moved, the claim that is named is replayed and known to be unchanged."""
        ((_, counterexample), *_) = counterexamples(verified(path, store))
        moved = tmp_path / "elsewhere" / "other.py"
        moved.parent.mkdir()
        path.rename(moved)
        monkeypatch.chdir(moved.parent)
        again = replay(store, counterexample.id, claims=["other.py"])

        assert (True, "") == (again.agrees, again.changed)

    def test_unknown_identifier(self, store: Store) -> None:
        """An identifier that the store does not have is refused by name."""
        with pytest.raises(UnknownCounterexampleError, match="'ffffffffffff'"):
            replay(store, "ffffffffffff")


class TestChangedClaims:
    """Replays after the user's file has changed."""

    def changed(self, path: Path, old: str, new: str) -> None:
        """Rewrite the user's file, as an editor would between two commands."""
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def identifier(self, path: Path, store: Store, wanted: str) -> str:
        """The identifier of a counterexample to this mutant."""
        return next(c.id for what, c in counterexamples(verified(path, store)) if what == wanted)

    def test_renamed_mutant(self, path: Path, store: Store) -> None:
        """A mutant that was renamed gives a clear error: which mutant, of which claim, what to do."""
        identifier = self.identifier(path, store, "NAME")
        self.changed(path, 'name="NAME"', 'name="OTHER"')

        with pytest.raises(UnknownKeyError, match="toy2024/flags no longer has a mutant 'NAME'; verify it again"):
            replay(store, identifier, claims=[str(path)])

    def test_renamed_claim(self, path: Path, store: Store) -> None:
        """A claim that was renamed gives an error that names file and key."""
        identifier = self.identifier(path, store, "")
        self.changed(path, "toy2024/flags", "toy2024/flagged")

        with pytest.raises(UnknownKeyError, match=r"mine\.py has no claim 'toy2024/flags'"):
            replay(store, identifier, claims=[str(path)])

    def test_repaired_claim(self, path: Path, store: Store) -> None:
        """After the claim is repaired its old counterexample no longer fails, and the replay says so."""
        identifier = self.identifier(path, store, "")
        self.changed(path, "right=toys.n)", "right=toys.n + 100)")

        again = replay(store, identifier, claims=[str(path)])

        assert not again.agrees
        assert f"{path} was changed since this was recorded" == again.changed

    def test_hypothesis_added(self, path: Path, store: Store) -> None:
        """A counterexample outside the hypotheses of today no longer counts: the replay does not agree."""
        identifier = self.identifier(path, store, "")
        self.changed(
            path,
            "given=toys.numbers(draw=draw)",
            "given=toys.numbers(draw=draw, hypotheses=(Hypothesis(name='h', holds=lambda _, i: i['x'] <= i['n']),"
            "Hypothesis(name='met', holds=lambda _, i: i['x'] == i['x'])))",
        )
        self.changed(path, "import AtMost,", "import Hypothesis, AtMost,")
        again = replay(store, identifier, claims=[str(path)])

        assert not again.agrees
        assert again.changed.endswith("was changed since this was recorded; the instance no longer meets 'h'")

    def test_nothing_said_instead_any_more(self, path: Path, store: Store) -> None:
        """A mutant that no longer says what holds instead is not replayed as something else."""
        identifier = self.identifier(path, store, "instead")
        self.changed(path, "instead=AtMost(left=toys.x**2, right=toys.n),", "")

        with pytest.raises(UnknownKeyError, match="no longer says what holds instead"):
            replay(store, identifier, claims=[str(path)])

    def test_vanished_file(self, path: Path, store: Store) -> None:
        """A file that is gone gives an error that names it."""
        identifier = self.identifier(path, store, "")
        path.unlink()

        with pytest.raises(UnknownKeyError, match=r"mine\.py"):
            replay(store, identifier, claims=[str(path)])

    def test_renamed_parameter(self, path: Path, store: Store) -> None:
        """A claim that now needs an entry which the stored instance lacks fails with a message, not a wrong answer."""
        identifier = self.identifier(path, store, "")
        self.changed(path, '("x", "y", "n")', '("x", "y", "n", "new")')

        with pytest.raises(UnfitRecordError, match=r"new.*verify the claim again"):
            replay(store, identifier, claims=[str(path)])


def test_a_hypothesis_that_the_claim_does_not_have(path: Path, store: Store) -> None:
    """A record of a claim without a hypothesis is no record of the whole claim when there is no such hypothesis."""
    found = next(one for what, one in counterexamples(verified(path, store)) if not what)
    kept = json.loads(store.counterexample(found.id))
    store.keep_counterexample(found.id, json.dumps({**kept, "without": "nope"}).encode())

    with pytest.raises(UnknownKeyError, match="no longer has a hypothesis 'nope'"):
        replay(store, found.id, claims=[str(path)])


def test_shipped_mutant(store: Store) -> None:
    """A counterexample to a mutant of a shipped claim replays from the store alone, gates and kinks included."""
    record = run(load(["du2018/linear-layer-law"]), effort=Effort.QUICK, seed=0, jobs=None, store=store)
    found = counterexamples(record)

    assert len(found) >= 8
    assert [True] * len(found) == [replay(store, counterexample.id).agrees for _, counterexample in found]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("instance", {"x": 1.0}),
        ("instance", {"x": ["a", "b"]}),
        ("instance", {"x": [[1.0], [2.0, 3.0]]}),
        ("instance", {}),
        ("constant", "1/0"),
        ("constant", "__import__('os')"),
        ("constant", "1e99999999"),
        ("exact", {"x": "root of x^3000000 - 2 near 1"}),
        ("exact", {"x": "root of 9^9^9^9 near 1"}),
        ("exact", {"x": "root of x^2 - 2 near 1e99999999"}),
        ("exact", {"x": "root of x^2 - 2 in [-2, 2]"}),
        ("exact", {"x": "1 - sqrt(2)*sqrt(2)"}),
        ("exact", {"x": "1e999999999"}),
    ],
)
def test_a_record_that_does_not_fit_its_claim(path: Path, store: Store, field: str, value: object) -> None:
    """A counterexample of other names, shapes, kinds or constants gets a sentence that names claim and remedy."""
    found = next(one for _, one in counterexamples(verified(path, store)))
    kept = json.loads(store.counterexample(found.id))
    inner = json.loads(kept["counterexample"]) if isinstance(kept["counterexample"], str) else kept["counterexample"]
    inner |= {field: value} | ({"origin": str(DECISION)} if field == "exact" else {})
    kept["counterexample"] = json.dumps(inner) if isinstance(kept["counterexample"], str) else inner
    store.keep_counterexample(f"f0{found.id[2:]}", json.dumps(kept).encode())

    with pytest.raises(UnfitRecordError, match=r"cannot be run on toy2024/.*verify the claim again"):
        replay(store, f"f0{found.id[2:]}", claims=[str(path)])
