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
        DefaultsError: the file is no TOML, a key is the name of no option, or a value none that the option takes.
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
        having = {name: names[key] for name, names in options.items() if key in names}
        refusals = {name: _refusal(option, value) for name, option in having.items()}
        if all(refusals.values()):
            raise DefaultsError(f"{file}: [tool.lemmata] has {key} = {value!r}; {next(iter(refusals.values()))}")
        for name, option in having.items():  # --json is the name of a file for some commands, and a flag of others
            if not refusals[name] and option.name:
                found[name][option.name] = value
    return found


def _is_there(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file()


def _table(file: Path) -> dict[str, Any]:
    import tomllib  # few folders have a table

    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise DefaultsError(f"cannot read {file}: {error}; mend it, or work in another folder") from error
    tools = content.get("tool", {})
    table = tools.get("lemmata", {}) if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        raise DefaultsError(f"{file}: tool.lemmata must be a table of options, such as effort = 'quick'")
    return table


def _refusal(option: click.Option, value: Any) -> str:
    """Why click would not take a value, or only by turning it into something else; empty if it would."""
    words, types = _wanted(option)
    several = value if option.multiple and isinstance(value, list) else [value]
    fits = all(isinstance(one, types) and isinstance(one, bool) is (bool in types) for one in several)
    if not fits or isinstance(value, list) is not option.multiple:
        return f"expected {'a list of texts' if option.multiple else words}"
    try:
        for one in [] if option.is_flag else several:
            option.type(str(one), option, None)
    except click.BadParameter as error:
        return error.message
    return ""


def _wanted(option: click.Option) -> tuple[str, tuple[type, ...]]:
    """What an option takes, in words and as types of TOML."""
    if option.is_flag:
        return "true or false", (bool,)
    if isinstance(option.type, click.types.IntParamType):
        return "a whole number", (int,)
    if isinstance(option.type, click.types.FloatParamType):
        return "a number", (int, float)
    return "a text in quotes", (str,)


def _options(command: click.Command) -> dict[str, click.Option]:
    """An option's name as it is written -> what click knows of it."""
    return {
        name.lstrip("-"): parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name
        for name in parameter.opts
    }
