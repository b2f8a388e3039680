"""Defaults of the command line from the project's own file: the table [tool.lemmata] of pyproject.toml."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class DefaultsError(Exception):
    """The table cannot be used; the message names the file and says why."""


def read(folder: Path, commands: Callable[[], dict[str, click.Command]]) -> dict[str, dict[str, Any]]:
    """For each command the defaults of its options, from the nearest pyproject.toml at or above a folder.

    The ``commands`` are asked for only where there is such a table. A key is an option's name without its dashes
    (``effort``, ``time-limit``); it holds for every command that has it.

    Raises:
        DefaultsError: the file is no TOML, or a key is the name of no option.
    """
    file = next((place / "pyproject.toml" for place in (folder, *folder.parents) if _is_there(place)), None)
    table = {} if file is None else _table(file)
    options = {name: _options(command) for name, command in commands().items()} if table else {}
    known = {option for names in options.values() for option in names}
    found: dict[str, dict[str, Any]] = {name: {} for name in options}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, sorted(known), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`lemmata verify --help` shows the options"
            raise DefaultsError(f"{file}: [tool.lemmata] has {key!r}, which is no option of lemmata; {hint}")
        for name, names in options.items():
            if key in names:
                found[name][names[key]] = value
    return found


def _is_there(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file()


def _table(file: Path) -> dict[str, Any]:
    import tomllib  # few folders have a table

    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise DefaultsError(f"cannot read {file}: {error}; mend it, or work in another folder") from error
    table = content.get("tool", {}).get("lemmata", {})
    if not isinstance(table, dict):
        raise DefaultsError(f"{file}: tool.lemmata must be a table of options, such as effort = 'quick'")
    return table


def _options(command: click.Command) -> dict[str, str]:
    """An option's name as it is written -> as click hands it on."""
    return {
        name.lstrip("-"): parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name
        for name in parameter.opts
    }
