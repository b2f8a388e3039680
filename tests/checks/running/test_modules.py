"""What a module rests on, found in its text."""

import ast

import pytest

from lemmata.checks.running import modules


def parsed(text: bytes) -> set[str]:
    """The statements that import, of the whole syntax tree."""
    return {ast.unparse(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)}


def found(text: bytes) -> set[str]:
    """The same as they are found by their words."""
    return {ast.unparse(node) for node in modules.imports_of(text)}


@pytest.mark.parametrize("package", ["lemmata.claims", "lemmata.checks", "lemmata.solvers"])
def test_every_import_of_the_package_is_found(package: str) -> None:
    """In the text of every module: none that the syntax tree has is passed over."""
    texts = [file.read_bytes() for name in modules.all_below(package) if (file := modules.file_of(name)) is not None]

    assert len(texts) > 50
    assert [] == [text[:80] for text in texts if not parsed(text) <= found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "import a.b as c, d  # for (this)",
        "from .. import (\n    a,  # (and\n    b,\n)",
        "if True: import a",
        "x = 1; from a import b; y = 2",
        "try:\n\timport a\nexcept ImportError: from b import a",
        "from a import \\\n    b",
        "from .import a",
        '"""Prose\nimport is what this is about.\n"""\nimport a',
        "def f():\n    from a import *\n",
    ],
)
def test_every_way_of_writing_one(text: str) -> None:
    """In a block of one line, after a semicolon, over several lines, below a sentence that begins with the word."""
    assert parsed(text.encode()) <= found(text.encode())
    assert parsed(text.encode())
