"""A file of as many small claims as are asked for: identities, each judged in a tenth of a second."""

from pathlib import Path

_HEAD = """
from lemmata import conjecture, equals, real

x, y = real("x"), real("y")
"""
_CLAIM = """
claim_{n} = conjecture(
    "Square {n}", then=equals((x + {n} * y) ** 2, x**2 + 2 * {n} * x * y + {n} ** 2 * y**2), key="many/square-{n}"
)
"""


def with_many_claims(file: Path, count: int) -> Path:
    """Write so many claims into a file, in a folder that is made for it; the file again."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_HEAD + "".join(_CLAIM.format(n=number) for number in range(1, count + 1)), encoding="utf-8")
    return file
