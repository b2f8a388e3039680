"""The search for laws: count them, find polynomials degree by degree, and say what is certain of the number."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import flint

from lemmata.solvers.laws.counting import closure
from lemmata.solvers.laws.discovery import Law, check_size, is_law, laws_up_to
from lemmata.solvers.laws.findings import Findings
from lemmata.solvers.laws.independence import independent
from lemmata.solvers.laws.model import Model

Report = Callable[[str], None]


def search(  # noqa: PLR0913 - all by keyword
    model: Model,
    *,
    degree: int = 2,
    seconds: float | None = None,
    seed: int = 0,
    points: int = 3,
    earlier: Findings | None = None,
    on_progress: Report = lambda _: None,
    on_degree: Callable[[Findings], None] = lambda _: None,
) -> Findings:
    """Count a model's laws and find the polynomial ones up to a degree.

    Args:
        model: the model.
        degree: the largest degree to look at; lower ones come first, and the search ends once all laws are found.
        seconds: when to stop; what was found until then is returned, not ``finished``.
        seed: of the random points.
        points: at how many random points the rank is taken, unless laws account for all that is left before.
        earlier: what a search of the same model found; its laws are proved again, and its degrees not sought again.
        on_progress: takes a line on what is being done.
        on_degree: takes the findings after each degree.

    Raises:
        ModelError: the degree is below 1, or there are more monomials than can be handled.
    """
    check_size(model, degree)
    degree = int(degree)  # 2.0 is one
    deadline = None if seconds is None else time.monotonic() + seconds

    def in_time() -> bool:
        return deadline is None or time.monotonic() < deadline

    found = Findings(model=model, ranks=(), one_field=one_field(model))
    if earlier is not None and all(is_law(model, law) for law in earlier.laws):
        laws = independent(model, earlier.laws)
        found = replace(found, laws=laws, degree=earlier.degree, polynomials=earlier.polynomials)
    for point in range(points):
        if not in_time():
            return found
        on_progress(f"rank of the Lie algebra at random point {point + 1} of {points}")
        counted = closure(model, seed=seed + point, keep_on=in_time, enough=model.size - found.at_least)
        found = replace(found, ranks=max(found.ranks, counted.ranks, key=_last), points=point + counted.closed)
        if found.certified:
            break
    for each in range(found.degree + 1, degree + 1):
        if found.certified and len(found.laws) == found.at_most:
            break
        made = _basis(model, each, in_time, on_progress)
        if made is None:
            return found
        found = _with_laws(found, made, degree=each)
        on_degree(found)
    return replace(found, finished=True)


def _last(ranks: tuple[int, ...]) -> int:
    return ranks[-1] if ranks else 0


def _basis(model: Model, degree: int, in_time: Callable[[], bool], on_progress: Report) -> list[Law] | None:
    """All proved polynomial laws up to a degree, or None if time ends."""
    made: list[Law] = []
    on_progress(f"polynomials of degree up to {degree}")
    for block in laws_up_to(model, degree):
        for law in block:
            if not is_law(model, law):
                raise ArithmeticError(f"{law} solves the equations of {model.about} and is no law; please report this")
        made += block
        on_progress(f"polynomials of degree up to {degree}: {len(made)} laws")
        if not in_time():
            return None
    return made


def _with_laws(found: Findings, more: Sequence[Law], *, degree: int) -> Findings:
    """The findings with the laws of a degree: those that earlier and simpler ones do not determine."""
    simple = sorted(more, key=lambda law: (law.degree, len(law.terms)))
    candidates = [*found.laws, *(law for law in simple if law not in found.laws)]
    return replace(found, laws=independent(found.model, candidates), degree=degree, polynomials=len(more))


def one_field(model: Model) -> bool:
    """Whether the gradients of all functions are multiples of one field, by expansion over the rationals."""
    names = tuple(f"x{place}" for place in range(model.size))
    ring = flint.fmpz_mpoly_ctx.get(names, flint.Ordering.lex)
    first, *others = [_slopes(ring.from_dict(dict(function)), model.size) for function in model.functions]
    lead = next(place for place, slope in enumerate(first) if slope != 0)
    return all(
        first[lead] * slope == first[place] * other[lead] for other in others for place, slope in enumerate(other)
    )


def _slopes(polynomial: Any, size: int) -> list[Any]:
    return [polynomial.derivative(place) for place in range(size)]
