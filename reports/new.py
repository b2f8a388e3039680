"""New files of claims, each a conjecture that runs as it is, to be changed into one's own."""

from __future__ import annotations

import difflib
import importlib.util
import keyword
import sys
from pathlib import Path

_TEMPLATES = Path(__file__).parent / "templates"
DEFAULT = "statement"


class NewFileError(ValueError):
    """The file cannot be written; the message says why and what to do."""


def kinds() -> list[str]:
    """The kinds of conjecture that a file can begin with."""
    return sorted(path.name.removesuffix(".py.j2") for path in _TEMPLATES.glob("*.py.j2"))


def write(name: str, directory: Path, *, kind: str = DEFAULT) -> Path:
    """Write ``name.py`` into a folder, which is made if need be.

    Raises:
        NewFileError: the name is none of a module, the kind is unknown, the file is there, or nothing can be written.
    """
    if not (name.isidentifier() and name.isascii() and name[0].isalpha() and name == name.lower()):
        raise NewFileError(
            f"{name!r} cannot be the name of a claim file; use lower case letters, digits and _, a letter first"
        )
    if keyword.iskeyword(name):
        raise NewFileError(f"{name!r} is a word of Python's own; choose another name")
    if kind not in kinds():
        near = difflib.get_close_matches(kind, kinds(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise NewFileError(f"there is no kind {kind!r}; the kinds are {', '.join(kinds())}{hint}")
    path = directory / f"{name}.py"
    if not path.exists() and _is_module(name, directory):
        raise NewFileError(
            f"{name!r} is the name of a module that Python imports, which {path} would hide; choose another name"
        )
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as stream:
            stream.write(_text(name, kind))
    except FileExistsError:
        raise NewFileError(f"{path} is there already and was left as it was; choose another name") from None
    except OSError as error:
        raise NewFileError(f"cannot write {path}: {error.strerror}; choose another --directory") from None
    return path


def _text(name: str, kind: str) -> str:
    import jinja2

    source = (_TEMPLATES / f"{kind}.py.j2").read_text(encoding="utf-8")
    template = jinja2.Template(source, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    text: str = template.render(name=name)
    return text


def _is_module(name: str, directory: Path) -> bool:
    """Whether Python finds a module of this name anywhere but in the folder itself."""
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None:
        return name in sys.modules or name in sys.stdlib_module_names
    return spec.origin is None or Path(spec.origin).resolve().parent != directory.resolve()
