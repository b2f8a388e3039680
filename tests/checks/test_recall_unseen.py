"""Evidence is not recalled where what it rests on was read, or looked for, out of sight of Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lemmata.checks.running.sources import named_files, source_files

_SQUARE = """
from lemmata import conjecture, equals, real

x, y = real("x", "y")
square = conjecture("The square of a sum", then=equals((x + y) ** 2, x**2 + K * x * y + y**2))
"""
_MATRIX = "%%MatrixMarket matrix array real general\n1 1\n{}\n"


def verified(folder: Path, *path: Path) -> str:
    """What a quick run says of the file, with these folders on PYTHONPATH."""
    command = [sys.executable, "-m", "lemmata", "verify", "mine.py", "--effort", "quick", "--jobs", "1"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": ":".join(map(str, path))}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def test_a_file_that_is_read_by_other_code_than_pythons(tmp_path: Path) -> None:
    """SciPy reads a matrix in C++, of which Python hears nothing; the text names the file, so a change is seen."""
    (tmp_path / "mine.py").write_text(
        f"from scipy.io import mmread\nK = int(mmread('m.mtx')[0, 0])\n{_SQUARE}", encoding="utf-8"
    )
    found = []
    for number in (2, 2, 3):
        (tmp_path / "m.mtx").write_text(_MATRIX.format(number), encoding="utf-8")
        found.append(verified(tmp_path))

    assert ["PROVED" in one for one in found] == [True, True, False]
    assert "1 recalled" in found[1]


def test_a_module_that_appears_later(tmp_path: Path) -> None:
    """One that was not there when the claim was judged, and was looked for, changes what the claim is."""
    missing = "try:\n    from perhaps import K\nexcept ImportError:\n    K = 2\n"
    (tmp_path / "mine.py").write_text(missing + _SQUARE, encoding="utf-8")
    (tmp_path / "more").mkdir()
    first = verified(tmp_path, tmp_path / "more")
    (tmp_path / "more" / "perhaps.py").write_text("K = 3\n", encoding="utf-8")

    assert "PROVED" in first
    assert "REFUTED" in verified(tmp_path, tmp_path / "more")


def test_a_compiled_module_that_hides_another(tmp_path: Path) -> None:
    """Of two modules of one name Python takes the compiled one: both are among what a file rests on."""
    (tmp_path / "mine.py").write_text("import helper\n", encoding="utf-8")
    (tmp_path / "helper.py").write_text("K = 2\n", encoding="utf-8")
    before = source_files(str(tmp_path / "mine.py"))
    shutil.copy(tmp_path / "helper.py", tmp_path / "helper.so")

    assert [one.name for one in before] == ["helper.py", "mine.py"]
    assert [one.name for one in source_files(str(tmp_path / "mine.py"))] == ["helper.py", "helper.so", "mine.py"]


@pytest.mark.parametrize("text", ["'table.csv'", "'data/table.csv'", "f'{1}'", "'\\0'", "'no such file'", "'x' * 9"])
def test_files_that_a_text_names(tmp_path: Path, text: str) -> None:
    """They are those that are there, beside the file or in the working folder; other texts are none."""
    (tmp_path / "mine.py").write_text(f"place = {text}\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    for place in ("table.csv", "data/table.csv"):
        (tmp_path / place).write_text("1", encoding="utf-8")

    found = named_files(tmp_path / "mine.py", tmp_path)

    assert found == ([str(tmp_path / text.strip("'"))] if "table" in text else [])


@pytest.mark.parametrize(
    "text", ["HERE / 'data' / 'table.csv'", "join(HERE, 'data', 'table.csv')", "Path('data', 'table.csv')"]
)
def test_files_whose_path_is_joined(tmp_path: Path, text: str) -> None:
    """A path in parts names its file as well."""
    (tmp_path / "mine.py").write_text(f"place = read({text})\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.csv").write_text("1", encoding="utf-8")

    assert [str(tmp_path / "data" / "table.csv")] == named_files(tmp_path / "mine.py", tmp_path)
