import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from lemmata.checks.store import (
    SCHEMA_VERSION,
    CorruptedStoreError,
    DuplicateRunError,
    NoRunError,
    OtherSchemaError,
    RunRow,
    Store,
    StoreError,
    UnknownCounterexampleError,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store is to be made: its folder is not there yet."""
    return tmp_path / "deep" / "evidence.sqlite"


def fill(path: Path, *, parts: int = 40) -> None:
    """Make a store that holds one unfinished run."""
    with Store.open(path) as store:
        store.begin("run-a", "print", b"header")
        for number in range(parts):
            store.record("run-a", f"part {number:03d}", b"x" * 2000)


class TestRuns:
    """A run is begun, its parts are recorded, it is finished, and all of it is read back."""

    def test_round_trip(self, path: Path) -> None:
        """What was recorded is read back after the store was closed."""
        with Store.open(path) as store:
            store.begin("run-a", "print", b"header")
            store.record("run-a", "b", b"2")
            store.record("run-a", "a", b"\x00\xff")
            store.finish("run-a", b"document")

        with Store.open(path) as store:
            assert {"a": b"\x00\xff", "b": b"2"} == store.parts("run-a")
            assert b"header" == store.header("run-a")
            assert b"document" == store.document("run-a") == store.document()

    def test_record_again_replaces(self, path: Path) -> None:
        """A part recorded twice is there once, with the newer payload."""
        with Store.open(path) as store:
            store.begin("run-a", "print", b"")
            store.record("run-a", "a", b"old")
            store.record("run-a", "a", b"new")

            assert {"a": b"new"} == store.parts("run-a")

    def test_each_part_is_seen_by_others_at_once(self, path: Path) -> None:
        """A recorded part is committed: another connection reads it while the first stays open."""
        with Store.open(path) as store, Store.open(path) as other:
            store.begin("run-a", "print", b"")
            store.record("run-a", "a", b"1")

            assert {"a": b"1"} == other.parts("run-a")

    def test_unfinished_is_the_newest_of_its_fingerprint(self, path: Path) -> None:
        """Only runs of the same fingerprint that were not finished are offered, the newest first."""
        with Store.open(path) as store:
            for name, fingerprint in (("a", "p"), ("b", "p"), ("c", "other"), ("d", "p")):
                store.begin(name, fingerprint, b"")
            store.finish("d", b"")

            assert "b" == store.unfinished("p")
            assert store.unfinished("never seen") is None

    def test_newest_finished_document(self, path: Path) -> None:
        """Without a name, the document of the newest finished run is given, never an unfinished one."""
        with Store.open(path) as store:
            for name in "abc":
                store.begin(name, "p", b"")
            store.finish("b", b"of b")
            store.finish("a", b"of a")

            assert b"of b" == store.document()
            assert [
                RunRow(id="a", number=1, finished=True),
                RunRow(id="b", number=2, finished=True),
                RunRow(id="c", number=3, finished=False),
            ] == store.runs()

    def test_begin_again_keeps_what_is_there(self, path: Path) -> None:
        """Beginning the same run again loses no part; another run under its name is refused."""
        with Store.open(path) as store:
            store.begin("a", "p", b"h")
            store.record("a", "x", b"1")
            store.begin("a", "p", b"h")

            assert {"x": b"1"} == store.parts("a")
            with pytest.raises(DuplicateRunError, match="new identifier"):
                store.begin("a", "q", b"h")
            assert {"x": b"1"} == store.parts("a")


class TestMissing:
    """What is not there is named, with what to do next."""

    def test_no_finished_run(self, path: Path) -> None:
        """An empty store says to verify first."""
        with Store.open(path) as store, pytest.raises(NoRunError, match="run `lemmata verify` first"):
            store.document()

    def test_unfinished_document(self, path: Path) -> None:
        """The document of an unfinished run is refused with the way to finish it."""
        with Store.open(path) as store:
            store.begin("a", "p", b"")
            with pytest.raises(NoRunError, match="--resume"):
                store.document("a")

    @pytest.mark.parametrize(
        "use",
        [
            lambda store: store.record("run-b", "x", b""),
            lambda store: store.parts("run-b"),
            lambda store: store.header("run-b"),
            lambda store: store.finish("run-b", b""),
            lambda store: store.document("run-b"),
        ],
    )
    def test_unknown_run(self, path: Path, use: Callable[[Store], object]) -> None:
        """Every use of a run that was never begun names the runs near it."""
        with Store.open(path) as store:
            store.begin("run-a", "p", b"")
            with pytest.raises(NoRunError, match="'run-b'; it holds run-a"):
                use(store)


class TestCounterexamples:
    """Counterexamples are found by their identifier or its first digits."""

    @pytest.fixture
    def store(self, path: Path) -> Store:
        """A store with three counterexamples, two of them alike in their first digits."""
        with Store.open(path) as store:
            for identifier in ("abcd01234567", "abcd11234567", "ffff00000000"):
                store.keep_counterexample(identifier, identifier.encode())
        return Store.open(path)

    @pytest.mark.parametrize("asked", ["abcd01234567", "abcd0", "ABCD0", " abcd0 "])
    def test_found(self, store: Store, asked: str) -> None:
        """The whole identifier and a unique prefix, in either case, find the record."""
        with store:
            assert b"abcd01234567" == store.counterexample(asked)

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ("abcd", "start of 2 counterexamples: abcd01234567, abcd11234567; give more digits"),
            ("fff", "prefix needs 4 hexadecimal digits"),
            ("ffff00000001", "near it: ffff00000000"),
            ("7777", "none is near it; the store holds abcd01234567, abcd11234567, ffff00000000"),
            ("%", "no counterexample '%'"),
            ("", "no counterexample ''"),
        ],
    )
    def test_not_found(self, store: Store, asked: str, said: str) -> None:
        """Ambiguous, short, mistyped and hostile identifiers are refused with those near them."""
        with store, pytest.raises(UnknownCounterexampleError, match=said):
            store.counterexample(asked)

    def test_none_kept(self, path: Path) -> None:
        """A store without counterexamples says so."""
        with Store.open(path) as store, pytest.raises(UnknownCounterexampleError, match="holds none"):
            store.counterexample("abcd01234567")


class TestDamage:
    """A file that is not a healthy store is refused, named and left as it was."""

    def refused(self, path: Path, kind: type[StoreError], said: str) -> None:
        """Opening raises this error, names the file and changes no byte of it."""
        before = path.read_bytes()
        with pytest.raises(kind, match=said) as caught:
            Store.open(path)
        assert str(path) in str(caught.value)
        assert before == path.read_bytes()

    @pytest.mark.parametrize("content", [b"not a store", b"SQLite format 3", b"\x00" * 9000])
    def test_not_sqlite(self, tmp_path: Path, content: bytes) -> None:
        """A file that is not SQLite is refused; it is never overwritten."""
        path = tmp_path / "evidence.sqlite"
        path.write_bytes(content)

        self.refused(path, CorruptedStoreError, "left untouched: move it away")

    @pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
    def test_truncated(self, path: Path, share: float) -> None:
        """A store that lost its end is refused."""
        fill(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

        self.refused(path, CorruptedStoreError, "left untouched")

    def test_overwritten_middle(self, path: Path) -> None:
        """A store with a page overwritten by garbage is refused."""
        fill(path)
        content = bytearray(path.read_bytes())
        content[4096 : 3 * 4096] = b"\xa5" * (2 * 4096)
        path.write_bytes(content)

        self.refused(path, CorruptedStoreError, "left untouched")

    def test_empty_file_becomes_a_store(self, tmp_path: Path) -> None:
        """An empty file holds nothing to lose and is used."""
        path = tmp_path / "evidence.sqlite"
        path.touch()
        fill(path, parts=1)

        with Store.open(path) as store:
            assert {"part 000": b"x" * 2000} == store.parts("run-a")

    def test_damage_after_opening(self, path: Path) -> None:
        """Damage that appears while the store is open is named as such."""
        fill(path)
        with Store.open(path) as store:
            content = bytearray(path.read_bytes())
            content[4096:] = b"\xa5" * (len(content) - 4096)
            path.write_bytes(content)
            with pytest.raises(CorruptedStoreError, match="move it away"):
                store.parts("run-a")

    def test_other_program(self, tmp_path: Path) -> None:
        """The SQLite file of another program is not written to."""
        path = tmp_path / "other.sqlite"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE runs (id)")
        connection.close()

        self.refused(path, OtherSchemaError, "another program")

    def test_other_version(self, path: Path) -> None:
        """A store of another schema version is refused with both numbers."""
        fill(path, parts=1)
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        connection.close()

        self.refused(path, OtherSchemaError, f"schema {SCHEMA_VERSION + 1}, .* reads schema {SCHEMA_VERSION}")


class TestTogether:
    """Several rows in one transaction."""

    def test_committed_at_the_end(self, tmp_path: Path) -> None:
        """Another process sees nothing of a block before its end, and all of it after."""
        path = tmp_path / "evidence.sqlite"
        with Store.open(path) as store, Store.open(path, read_only=True) as other:
            store.begin("r", "f", b"{}")
            with store.together():
                store.record("r", "a", b"1")
                store.record("r", "b", b"2")
                before = other.parts("r")
            after = other.parts("r")

        assert {} == before
        assert {"a": b"1", "b": b"2"} == after

    def test_an_interrupt_loses_nothing(self, tmp_path: Path) -> None:
        """What was written before an exception is kept, and the store goes on."""

        def interrupted(store: Store) -> None:
            with store.together():
                store.record("r", "a", b"1")
                raise KeyboardInterrupt

        with Store.open(tmp_path / "evidence.sqlite") as store:
            store.begin("r", "f", b"{}")
            with pytest.raises(KeyboardInterrupt):
                interrupted(store)
            store.record("r", "b", b"2")

            assert {"a": b"1", "b": b"2"} == store.parts("r")

    def test_its_own_failure_undoes_the_block(self, tmp_path: Path) -> None:
        """What the store refuses within a block leaves it as it was before, and it goes on."""

        def refused(store: Store) -> None:
            with store.together():
                store.record("r", "a", b"1")
                store.record("unknown", "b", b"2")

        with Store.open(tmp_path / "evidence.sqlite") as store:
            store.begin("r", "f", b"{}")
            with pytest.raises(NoRunError):
                refused(store)

            assert {} == store.parts("r")
            store.record("r", "a", b"3")
            assert {"a": b"3"} == store.parts("r")
