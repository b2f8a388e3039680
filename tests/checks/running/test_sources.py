"""What a claim's text rests on: files beside it, found from what each imports."""

import ast
from pathlib import Path

import pytest

from lemmata.checks.running import sources


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that imports a helper beside it, which imports a package's module, and what is no file here."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package/__init__.py").write_text("")
    (tmp_path / "package/inner.py").write_text("import math\n")
    (tmp_path / "helper.py").write_text("from package import inner\nfrom . import nothing\n")
    (tmp_path / "mine.py").write_text("import numpy as np\nimport helper, os.path\n")
    return tmp_path / "mine.py"


def test_files_beside(file: Path) -> None:
    """Helpers are found through each other, the packages on the way to them included."""
    found = [str(one.relative_to(file.parent)) for one in sources.source_files(str(file))]

    assert ["helper.py", "mine.py", "package/__init__.py", "package/inner.py"] == found


def test_names_by_their_first_words(file: Path) -> None:
    """What files import by full names; what is relative is none of them."""
    assert {"numpy", "helper", "os", "package", "math"} == sources.imported_names(sources.source_files(str(file)))


def test_a_text_is_parsed_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, what has not changed is not parsed again, and what has changed is."""
    parsed: list[bytes] = []

    def parse(text: bytes) -> ast.Module:
        parsed.append(text)
        return compile(text, "a text", "exec", ast.PyCF_ONLY_AST)

    monkeypatch.setattr(ast, "parse", parse)
    sources._imports.cache_clear()
    before = sources.source_digest(str(file))
    once = len(parsed)
    assert before == sources.source_digest(str(file))
    assert once == len(parsed)

    (file.parent / "helper.py").write_text("import other\n")

    assert before != sources.source_digest(str(file))
    assert once + 1 == len(parsed)
    assert ["helper.py", "mine.py"] == [one.name for one in sources.source_files(str(file))]


def test_no_python_imports_nothing(tmp_path: Path) -> None:
    """A text that is no Python is a file like any other."""
    (tmp_path / "mine.py").write_text("def (:\n")

    assert [tmp_path / "mine.py"] == sources.source_files(str(tmp_path / "mine.py"))
