"""Laws as a file of claims: the flow that they are laws of, written out, and one conjecture a law."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from lemmata.checks.conservation import Findings, ModelError
from lemmata.reports import files

_WIDTH = 120


def write_claims(found: Findings, path: Path, command: str) -> None:
    """Write the laws that were found as a file that `lemmata verify` takes.

    Args:
        found: the laws.
        path: of the file.
        command: what it was written by, for its head.

    Raises:
        ModelError: no law was found.
        UnwritableError: the file cannot be written.
    """
    if not found.laws:
        raise ModelError(f"{found.model.about}: no law was found, so there is nothing to write")
    files.write(path, "\n".join([*_head(found, path, command), *_flow(found), *_conjectures(found)]).encode())


def _head(found: Findings, path: Path, command: str) -> Iterator[str]:
    yield f'"""Conservation laws of the {found.model.about}. Run it with: lemmata verify {path.name}'
    yield ""
    yield from textwrap.wrap(
        f"Written by `{command}`. Whatever the data and the derivative of the loss, the flow moves along a combination "
        "of the gradients of the functions in `loss`; r1, r2, ... are its coefficients. Indices count from 1.",
        _WIDTH,
    )
    yield '"""\n'
    yield "from lemmata import conjecture, conserved, gradient_flow, real\n"


def _flow(found: Findings) -> Iterator[str]:
    """The quantities, and a loss with every gradient that data can make."""
    functions, names = found.model.functions, _names(found)
    moving = [name for place, name in enumerate(names) if any(powers[place] for one in functions for powers in one)]
    coefficients = [f"r{number}" for number in range(1, len(functions) + 1)]
    yield from _declared("weights", moving)
    yield from _declared("coefficients", coefficients)
    yield "loss = ("
    for number, (coefficient, function) in enumerate(zip(coefficients, functions, strict=True)):
        yield from _wrapped(f"{'+ ' if number else ''}{coefficient} * ({_polynomial(function, names)})")
    yield ")"
    yield "flow = gradient_flow(loss, of=weights)"


def _declared(together: str, names: list[str]) -> Iterator[str]:
    """Real numbers, each under its name and all as a tuple."""
    if len(names) == 1:
        yield f'{names[0]} = real("{names[0]}")'
        yield f"{together} = ({names[0]},)"
        return
    yield "("
    yield from _wrapped(", ".join(names) + ",")
    yield f") = {together} = real("
    yield from _wrapped(", ".join(f'"{name}"' for name in names) + ",")
    yield ")"


def _conjectures(found: Findings) -> Iterator[str]:
    """One a law; what the model never moves is no statement about the flow."""
    names = _names(found)
    used = {place for one in found.model.functions for powers in one for place, power in enumerate(powers) if power}
    for number, (law, text) in enumerate(zip(found.laws, found.formulas, strict=True), start=1):
        yield ""
        if not used & {place for powers in law.terms for place, power in enumerate(powers) if power}:
            yield f"# {text}: no gradient moves it"
            continue
        yield f"law_{number} = conjecture("
        yield f'    "{text} is conserved",'
        yield "    along=flow,"
        yield "    then=conserved("
        yield from _wrapped(_polynomial(law.terms, names), "        ")
        yield "    ),"
        yield ")"
    yield ""


def _names(found: Findings) -> list[str]:
    return ["_".join([block, *(str(index + 1) for index in place)]) for block, place in found.model.places]


def _polynomial(terms: Mapping[tuple[int, ...], int], names: list[str]) -> str:
    """In Python's operators, positive terms first."""
    text = ""
    for powers, coefficient in sorted(terms.items(), key=lambda term: term[1] < 0):
        factors = [
            f"{name}**{power}" if power > 1 else name for name, power in zip(names, powers, strict=True) if power
        ]
        size = [str(abs(coefficient))] if abs(coefficient) != 1 else []
        sign = ("" if coefficient > 0 else "-") if not text else (" + " if coefficient > 0 else " - ")
        text += sign + " * ".join([*size, *factors])
    return text


def _wrapped(text: str, indent: str = "    ") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
