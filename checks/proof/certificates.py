"""Certificates for a claim at one shape: found where they exist, and checked against the claim without any solver."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from lemmata.checks.decision import Certificate
from lemmata.checks.proof.problems import Problem
from lemmata.checks.proof.squares import Square, holds, is_available, sum_of_squares
from lemmata.solvers.numbers.arithmetic import flint
from lemmata.solvers.numbers.symbolic import Atom, Junction
from lemmata.solvers.numbers.symbolic.formulas import Polynomial, context, number

_MOST_HYPOTHESES = 4
"""Hypotheses that may be multipliers, with products of two of them."""
_TERM = re.compile(r"(?P<sign>[+-]?)\s*(?P<body>[0-9x^*/]+)")
_FACTOR = re.compile(r"[0-9]+(/[0-9]+)?|x[0-9]+(\^[0-9]{1,4})?")


def certified(problem: Problem) -> tuple[Certificate, ...]:
    """A certificate for each relation of the conclusion; nothing where one is not found, or Clarabel is missing."""
    targets = _targets(problem)
    if targets is None or not is_available():
        return ()
    multipliers = _multipliers(problem, targets)
    found = []
    for target in targets:
        squares = sum_of_squares(target, multipliers)
        if squares is None:
            return ()
        found.append(
            Certificate(
                target=str(target),
                multipliers=[str(one) for one in multipliers],
                squares=[(one.multiplier, str(one.weight), str(one.root)) for one in squares],
            )
        )
    return tuple(found)


def proves(problem: Problem, certificates: Sequence[Certificate]) -> bool:
    """Whether certificates prove the claim at this shape: identities of polynomials, in rationals, and nothing else."""
    targets = _targets(problem)
    if targets is None or len(targets) != len(certificates):
        return False
    allowed = _multipliers(problem, targets)
    for target, one in zip(targets, certificates, strict=True):
        multipliers = [read_polynomial(text) for text in one.multipliers]
        if any(all(given != known for known in allowed) for given in multipliers):
            return False
        weights = (read_polynomial(weight) for _, weight, _ in one.squares)
        squares = [
            Square(multiplier=place, weight=weight.leading_coefficient(), root=read_polynomial(root))
            for (place, _, root), weight in zip(one.squares, weights, strict=True)
        ]
        if not holds(target, multipliers, squares):
            return False
    return True


def _targets(problem: Problem) -> list[Polynomial] | None:
    """The polynomials that must not be negative; None where the conclusion is more than that."""
    if problem.required or len(problem.ledger.names) != problem.ledger.given:
        return None
    violated = problem.violated
    parts = violated.parts if isinstance(violated, Junction) and not violated.every else (violated,)
    if not all(isinstance(part, Atom) and part.relation == "<" for part in parts):
        return None
    return sorted((part.polynomial for part in parts if isinstance(part, Atom)), key=str)


def _multipliers(problem: Problem, targets: Sequence[Polynomial]) -> list[Polynomial]:
    """One, what the hypotheses say is not negative, and products of two of these."""
    given = [part for part in problem.given if isinstance(part, Atom) and part.relation in ("<", "<=")]
    single = list(_connected([-part.polynomial for part in given], targets))[:_MOST_HYPOTHESES]
    return [number(1), *single, *(one * two for one, two in itertools.combinations(single, 2))]


def _connected(polynomials: Sequence[Polynomial], targets: Sequence[Polynomial]) -> Iterator[Polynomial]:
    """Those that share variables with the targets, directly or by others."""
    known = set().union(*map(_variables, targets))
    size = -1
    while size != len(known):
        size = len(known)
        for one in polynomials:
            known |= _variables(one) if _variables(one) & known else set()
    return (one for one in polynomials if _variables(one) & known)


def _variables(polynomial: Polynomial) -> set[int]:
    return {place for place, degree in enumerate(polynomial.degrees()) if degree > 0}


def read_polynomial(text: str) -> Polynomial:
    """A polynomial in ``x0``, ``x1`` ... from its text, such as ``-3/2*x0^2*x1 + 1``.

    Raises:
        ValueError: it is none.
    """
    total, rest = number(0), text.strip()
    while rest:
        found = _TERM.match(rest)
        if found is None:
            raise ValueError(f"expected a polynomial such as -3/2*x0^2*x1 + 1, got {text!r}")
        total = total + _term(found["body"]) * (-1 if found["sign"] == "-" else 1)
        rest = rest[found.end() :].lstrip()
    return total


def _term(body: str) -> Polynomial:
    made = number(1)
    for factor in body.split("*"):
        if _FACTOR.fullmatch(factor) is None:
            raise ValueError(f"expected factors such as 3/2, x0 or x0^2, got {body!r}")
        base, _, power = factor.partition("^")
        if base.startswith("x"):
            made = made * context().gens()[int(base[1:])] ** int(power or 1)
        else:
            above, _, below = base.partition("/")
            made = made * flint().fmpq(int(above), int(below or 1))
    return made
