"""Sign conditions on polynomials, and what is made of them with and, or, not: the language of real closed fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeAlias

from lemmata.solvers.numbers.arithmetic import flint
from lemmata.solvers.numbers.symbolic.errors import NotPolynomialError, TooLongError

VARIABLES = 40
"""How many real numbers a decision may speak of, auxiliary ones included."""
LONGEST = 40_000
"""Terms of polynomials in a formula, written out: parts that it shares with itself count every time."""
_FACTORED = 250
"""Terms up to which a polynomial is factored before it is handed over."""
_OPPOSITE = {"<": "<=", "<=": "<", "=": "!=", "!=": "="}

Polynomial: TypeAlias = Any
"""A `flint.fmpq_mpoly` in the variables of `context`."""


@cache
def context() -> Any:
    """The ring of polynomials with rational coefficients that all symbolic numbers share."""
    return flint().fmpq_mpoly_ctx.get([f"x{place}" for place in range(VARIABLES)], "degrevlex")


def variable(place: int) -> Polynomial:
    """The polynomial that is one variable."""
    if place >= VARIABLES:
        raise NotPolynomialError(f"it speaks of more than {VARIABLES} real numbers, auxiliary ones included")
    return context().gens()[place]


def number(above: int, below: int = 1) -> Polynomial:
    """A constant polynomial."""
    return context().constant(flint().fmpq(above, below))


def constant_of(polynomial: Polynomial) -> Any:
    """The value of a constant polynomial, a rational."""
    return polynomial.leading_coefficient() if len(polynomial) else flint().fmpq(0)


@dataclass(frozen=True, eq=False)
class Atom:
    """``polynomial`` ``relation`` 0, with one of ``<``, ``<=``, ``=``, ``!=``; see `atom`."""

    polynomial: Polynomial
    relation: str
    key: Any = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Atom) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def opposite(self) -> Formula:
        """The condition that holds where this one does not."""
        flipped = self.polynomial if self.relation in ("=", "!=") else -self.polynomial
        return atom(flipped, _OPPOSITE[self.relation])

    @cached_property
    def length(self) -> int:
        """How many terms it has."""
        return len(self.polynomial)

    @cached_property
    def factored(self) -> Formula:
        """See `factored`."""
        return self if self.length > _FACTORED else _without_squares(self)


@dataclass(frozen=True)
class Junction:
    """All of the parts (``every``), or at least one of them.

    Cases of cases share their parts, so that what is written once may be walked through countless times; all that goes
    through a formula is kept with it, and no formula is longer than `LONGEST` when written out.
    """

    parts: frozenset[Any]
    every: bool

    @cached_property
    def length(self) -> int:
        """How many terms it has, written out."""
        return sum(part.length for part in self.parts)

    @cached_property
    def factored(self) -> Formula:
        """See `factored`."""
        return _joined(map(factored, self.parts), every=self.every)

    @cached_property
    def opposite(self) -> Formula:
        """The condition that holds where this one does not."""
        return _joined(map(negation, self.parts), every=not self.every)


Formula: TypeAlias = Atom | Junction | bool


def atom(polynomial: Polynomial, relation: str) -> Formula:
    """The condition, its polynomial scaled so that equal conditions are equal; a truth value where it is constant."""
    if polynomial.is_constant():
        value = constant_of(polynomial)
        return bool({"<": value < 0, "<=": value <= 0, "=": value == 0, "!=": value != 0}[relation])
    leading = polynomial.leading_coefficient()
    scaled = polynomial * (1 / (leading if relation in ("=", "!=") else abs(leading)))
    return Atom(scaled, relation, (relation, frozenset(scaled.to_dict().items())))


def all_of(parts: Iterable[Formula]) -> Formula:
    """Every part holds.

    Raises:
        TooLongError: so many parts are longer than any solver takes.
    """
    return _joined(parts, every=True)


def any_of(parts: Iterable[Formula]) -> Formula:
    """At least one part holds.

    Raises:
        TooLongError: so many parts are longer than any solver takes.
    """
    return _joined(parts, every=False)


def _joined(parts: Iterable[Formula], *, every: bool) -> Formula:
    kept: set[Any] = set()
    for part in parts:
        if not isinstance(part, Atom | Junction):  # a truth value, of Python's or of NumPy's
            if bool(part) is not every:
                return not every
        elif isinstance(part, Junction) and part.every is every:
            kept |= part.parts
        else:
            kept.add(part)
    if any(negation(part) in kept for part in kept if isinstance(part, Atom)):
        return not every
    if len(kept) < 2:  # noqa: PLR2004 - nothing is left to join
        return next(iter(kept), every)
    made = Junction(frozenset(kept), every)
    require_short(made.length)
    return made


def require_short(terms: int) -> None:
    """Refuse what is longer than any solver takes.

    Raises:
        TooLongError: it is.
    """
    if terms > LONGEST:
        raise TooLongError(f"its distinctions of cases come to {terms:,} terms; at most {LONGEST:,} are decided")


def negation(formula: Formula) -> Formula:
    """The opposite condition."""
    return not formula if isinstance(formula, bool) else formula.opposite


def length(formula: Formula) -> int:
    """How many terms of polynomials a formula has, written out."""
    return 0 if isinstance(formula, bool) else formula.length


def factored(formula: Formula) -> Formula:
    """An equivalent formula: squares leave a polynomial, whose sign does not depend on them but for their zeros."""
    return formula if isinstance(formula, bool) else formula.factored


def _without_squares(formula: Atom) -> Formula:
    content, factors = formula.polynomial.factor()
    if formula.relation in ("=", "!="):
        pieces = [atom(factor, formula.relation) for factor, _ in factors]
        return any_of(pieces) if formula.relation == "=" else all_of(pieces)
    odd = number(1 if content > 0 else -1)
    for factor, power in factors:
        odd = odd * factor if power % 2 else odd
    even = [factor for factor, power in factors if power % 2 == 0]
    if formula.relation == "<":
        return all_of([atom(odd, "<"), *(atom(factor, "!=") for factor in even)])
    return any_of([atom(odd, "<="), *(atom(factor, "=") for factor in even)])


def at(formula: Formula, point: dict[str, Any]) -> Formula:
    """What a formula asks of the other variables where these have rational values, by name; a truth value if none."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Junction):
        return _joined((at(part, point) for part in formula.parts), every=formula.every)
    return atom(formula.polynomial.subs(point), formula.relation)
