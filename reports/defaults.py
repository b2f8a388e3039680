"""Defaults of the command line from the project's own file: the table [tool.lemmata] of pyproject.toml."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
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
        for name, names in options.items():
            if key in names:
                _check(file, key, value, names[key])
                found[name][names[key].name] = value
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


def _check(file: Path | None, key: str, value: Any, option: click.Option) -> None:
    """Refuse what click would not take, or only by turning it into something else."""
    wanted = _WANTED[_kind(option)]
    several = value if isinstance(value, list) and option.multiple else [value]
    why = ""
    if (option.multiple and not isinstance(value, list)) or not all(map(wanted.fits, several)):
        why = f"expected {'a list of texts' if option.multiple else wanted.words}"
    elif not option.is_flag:
        why = next(filter(None, (_refusal(option, one) for one in several)), "")
    if why:
        raise DefaultsError(f"{file}: [tool.lemmata] has {key} = {value!r}; {why}")


def _refusal(option: click.Option, value: object) -> str:
    """What click says against a value; empty if it takes it."""
    try:
        option.type(str(value), option, None)
    except click.BadParameter as error:
        return error.message
    return ""


def _kind(option: click.Option) -> str:
    if option.is_flag:
        return "flag"
    if isinstance(option.type, click.types.IntParamType):
        return "whole"
    return "number" if isinstance(option.type, click.types.FloatParamType) else "text"


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    words: str
    fits: Callable[[Any], bool]


def _is_number(value: Any, *kinds: type) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


_WANTED = {
    "flag": _Wanted(words="true or false", fits=lambda value: isinstance(value, bool)),
    "whole": _Wanted(words="a whole number", fits=lambda value: _is_number(value, int)),
    "number": _Wanted(words="a number", fits=lambda value: _is_number(value, int, float)),
    "text": _Wanted(words="a text in quotes", fits=lambda value: isinstance(value, str)),
}


def _options(command: click.Command) -> dict[str, click.Option]:
    """An option's name as it is written -> what click knows of it."""
    return {
        name.lstrip("-"): parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name
        for name in parameter.opts
    }
