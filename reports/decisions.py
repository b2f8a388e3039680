"""How every report tells what was decided for all real numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lemmata.reports import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lemmata.checks import CheckedCertificate
    from lemmata.checks.decision import Certificate, DecidedShape, DecidedVariant
    from lemmata.checks.evidence import Evidence


_UNKNOWN = ("open", "empty")


def lines(claim: Evidence) -> Iterator[str]:
    """What was decided, shape by shape, and whether it needs each hypothesis; nothing where nothing was tried."""
    decision = claim.decision
    if decision is None:
        return
    if decision.outcome == "true":
        where = f" at {words.one_line(decision.where)}" if decision.where else ""
        yield f"true for all real numbers{where}, computed exactly (by {words.one_line(decision.trusted)})"
        yield from dict.fromkeys(_open(one) for one in decision.shapes if one.outcome in _UNKNOWN)
    elif decision.counterexample is not None:
        example = decision.counterexample
        yield f"false at a point ({words.one_line(example.arithmetic)}), id {example.id}"
    else:
        yield from dict.fromkeys(_open(one) for one in decision.shapes if one.outcome in _UNKNOWN)
    for one in decision.shapes:
        if one.id:
            options = words.replay_options(claim.statement.source)
            yield f"certificate{_at(one)}: lemmata replay --certificate {one.id}{options}"
    yield from (f"taken for granted: {words.one_line(one)}" for one in decision.given)
    for without in decision.variants:
        if without.counterexample is not None:
            yield f"false at exact points without {words.one_line(without.name)}"
        elif without.outcome == "true":
            yield _true(without)


def _open(shape: DecidedShape) -> str:
    return f"not decided{_at(shape)}: {words.one_line(shape.reason)}"


def _at(shape: DecidedShape) -> str:
    where = ", ".join(f"{name} = {words.scalar(value)}" for name, value in shape.parameters.items() if name != "spread")
    return where and f" at {where}"


def certificate_text(checked: CheckedCertificate) -> str:
    """Sums of squares written out, and whether they prove the claim."""
    return words.visible("\n".join(_certificate_lines(checked))) + "\n"


def _certificate_lines(checked: CheckedCertificate) -> Iterator[str]:
    where = ", ".join(f"{name} = {words.scalar(value)}" for name, value in checked.parameters.items())
    yield f"{checked.statement.key}: {checked.statement.title}"
    yield f"shape       {where}"
    for one in checked.certificates:
        yield f"nonnegative {one.target}"
        yield from (f"  {line}" for line in _squares(one))
    if checked.is_vacuous:
        yield "No real numbers meet the hypotheses, which exclude each other: the claim says nothing at this shape."
    elif checked.holds:
        yield "Both sides are one polynomial, in rationals: the claim is proved at this shape, for all real numbers."
    else:
        yield "This does not prove the claim as it now stands."


def _squares(one: Certificate) -> Iterator[str]:
    for number, (place, weight, root) in enumerate(one.squares):
        factor = "" if one.multipliers[place] == "1" else f" * ({one.multipliers[place]})"
        yield f"{'= ' if not number else '+ '}{weight}{factor} * ({root})^2"


def _true(one: DecidedVariant) -> str:
    where = f" at {words.one_line(one.where)}" if one.where else ""
    return f"true for all real numbers{where}: without {words.one_line(one.name)}"
