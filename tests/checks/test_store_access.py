"""A store that cannot be reached, and one that others use at the same time."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from test_store import fill

from lemmata.checks.store import (
    LockedStoreError,
    Store,
    UnreachableStoreError,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store is to be made: its folder is not there yet."""
    return tmp_path / "deep" / "evidence.sqlite"


class TestUnreachable:
    """A path that cannot hold a store is refused with where to put one."""

    def test_directory(self, tmp_path: Path) -> None:
        """A directory is not a store."""
        with pytest.raises(UnreachableStoreError, match="is a directory"):
            Store.open(tmp_path)

    def test_below_a_file(self, tmp_path: Path) -> None:
        """A folder that cannot be made is named."""
        (tmp_path / "file").touch()
        with pytest.raises(UnreachableStoreError, match="--store"):
            Store.open(tmp_path / "file" / "evidence.sqlite")

    @pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind the superuser")
    def test_read_only_folder(self, tmp_path: Path) -> None:
        """A folder without write permission is named."""
        folder = tmp_path / "kept"
        folder.mkdir(mode=0o555)
        with pytest.raises(UnreachableStoreError, match="--store"):
            Store.open(folder / "evidence.sqlite")

    def test_nearly_full_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A disk with too little space for a run is named before anything is written; what is there can be read."""
        path = tmp_path / "evidence.sqlite"
        Store.open(path).close()
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5 * 2**10))

        with pytest.raises(UnreachableStoreError, match=r"has 5 KiB left.*--store"):
            Store.open(tmp_path / "new" / "evidence.sqlite")
        with pytest.raises(UnreachableStoreError, match="has 5 KiB left"):
            Store.open(path)
        assert not (tmp_path / "new" / "evidence.sqlite").exists()
        with Store.open(path, read_only=True) as store:
            assert [] == store.runs()

    def test_read_only_mount(self) -> None:
        """A file system that takes no file is named, for the superuser too."""
        if not Path("/proc/self").exists():
            pytest.skip("needs a file system that refuses everybody")
        with pytest.raises(UnreachableStoreError, match="--store"):
            Store.open(Path("/proc/self/evidence.sqlite"))


class TestOthers:
    """Other processes: locks are waited for, kills lose nothing."""

    def test_locked(self, path: Path) -> None:
        """A lock held beyond the timeout is reported, and what was there before is still there."""
        fill(path, parts=2)
        other = sqlite3.connect(path, isolation_level=None)
        with Store.open(path, timeout=0.05) as store:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(LockedStoreError, match="wait for the `lemmata`"):
                store.record("run-a", "late", b"")
            other.execute("ROLLBACK")
            other.close()
            store.record("run-a", "late", b"1")

            assert ["late", "part 000", "part 001"] == list(store.parts("run-a"))

    def test_locked_while_made(self, tmp_path: Path) -> None:
        """A lock met while the store is being opened is reported, too."""
        path = tmp_path / "evidence.sqlite"
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LockedStoreError, match=r"for 0\.05 s"):
            Store.open(path, timeout=0.05)
        other.close()

    def test_opened_by_many_at_once(self, path: Path) -> None:
        """Writers that make the same store at the same moment all get their parts in."""

        def write(number: int) -> None:
            with Store.open(path) as store:
                store.begin(f"run {number}", "p", b"")
                store.record(f"run {number}", "a", b"1")

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(write, range(24)))

        with Store.open(path) as store:
            assert {f"run {number}" for number in range(24)} == {row.id for row in store.runs()}

    def test_killed_while_writing(self, path: Path) -> None:
        """Every part that a killed process saw committed is there; the store opens without repair."""
        script = textwrap.dedent("""
            import sys
            from pathlib import Path
            from lemmata.checks.store import Store
            store = Store.open(Path(sys.argv[1]))
            store.begin("run-a", "print", b"header")
            number = 0
            while True:
                store.record("run-a", f"{number:06d}", b"x" * 5000)
                print(number, flush=True)
                number += 1
        """)
        child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= 60:
                break
        child.send_signal(signal.SIGKILL)
        committed = 60 + len(child.stdout.readlines())
        child.stdout.close()
        assert -signal.SIGKILL == child.wait()

        with Store.open(path) as store:
            parts = store.parts("run-a")
            assert "run-a" == store.unfinished("print")
        # The kill may fall between the commit of a part and its line.
        assert len(parts) - (committed + 1) in (0, 1)
        assert [f"{number:06d}" for number in range(len(parts))] == list(parts)
        assert {b"x" * 5000} == set(parts.values())
