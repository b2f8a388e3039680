"""One symbolic real number: a quotient of polynomials, or one of several, by a distinction of cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.solvers.numbers.arithmetic import flint
from lemmata.solvers.numbers.errors import DivisionByZeroError
from lemmata.solvers.numbers.rounded import is_short
from lemmata.solvers.numbers.symbolic.errors import NotPolynomialError
from lemmata.solvers.numbers.symbolic.formulas import (
    Formula,
    Polynomial,
    all_of,
    any_of,
    atom,
    constant_of,
    negation,
    number,
)
from lemmata.solvers.numbers.symbolic.ledger import Ledger

_TERMS = 4_000
"""Terms beyond which a polynomial is refused: no decision would come to an end."""
_WORK = 400_000
"""Products of terms in one multiplication."""
_COMMON = 10_000
"""Products of terms above and below beyond which a quotient is not reduced."""
_DEGREE = 64
"""Degree of a root beyond which none is taken: no decision about such powers would come to an end."""
_POWER = 500
"""Power of a variable beyond which a polynomial is refused, too; of those that are decided none has a tenth of it."""
_CASES = 24
"""Cases of one number beyond which a variable of its own is introduced for it."""


@dataclass(frozen=True)
class Branch:
    """``above`` / ``below`` where the condition holds."""

    above: Polynomial
    below: Polynomial
    when: Formula = True

    @property
    def is_whole(self) -> bool:
        """Whether there is no denominator."""
        return bool(self.below.is_one())


class Real:
    """A symbolic real number; its branches exclude each other, and one of them applies wherever it is defined."""

    __slots__ = ("branches", "ledger")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, branches: Sequence[Branch], ledger: Ledger) -> None:
        self.ledger = ledger
        self.branches = _merged(branches)
        ledger.tick(sum(len(one.above) + len(one.below) for one in self.branches))
        if len(self.branches) > _CASES:
            self.branches = (self._named(),)

    @classmethod
    def of(cls, polynomial: Polynomial, ledger: Ledger) -> Real:
        """A polynomial."""
        return cls((Branch(polynomial, number(1)),), ledger)

    def constant(self) -> Any | None:
        """The rational that it is, if it is one whatever the variables are; else None."""
        if len(self.branches) > 1 or not self.branches[0].is_whole or not self.branches[0].above.is_constant():
            return None
        return constant_of(self.branches[0].above)

    def __add__(self, other: Any) -> Any:
        return self._with(other, _sum)

    __radd__ = __add__

    def __neg__(self) -> Real:
        return self.mapped(lambda above, below: (-above, below))

    def __sub__(self, other: Any) -> Any:
        known = lifted(other, self.ledger)
        return NotImplemented if known is None else self + (-known)

    def __rsub__(self, other: Any) -> Any:
        return (-self) + other

    def __mul__(self, other: Any) -> Any:
        return self._with(other, _product)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        known = lifted(other, self.ledger)
        return NotImplemented if known is None else self * known.inverse()

    def __rtruediv__(self, other: Any) -> Any:
        return self.inverse() * other

    def inverse(self) -> Real:
        """One over it; the ledger notes that it must not be zero, and cases in which it is are left out."""
        defined = [branch for branch in self.branches if not branch.above.is_zero()]
        if not defined:
            raise DivisionByZeroError("it divides by zero")
        for branch in self.branches:
            self.ledger.require(any_of([negation(branch.when), atom(branch.above, "!=")]))
        return Real(defined, self.ledger).mapped(lambda above, below: (below, above))

    def mapped(self, change: Callable[[Polynomial, Polynomial], tuple[Polynomial, Polynomial]]) -> Real:
        """Something made of every branch."""
        return Real(
            [Branch(*_reduced(*change(one.above, one.below), self.ledger), one.when) for one in self.branches],
            self.ledger,
        )

    def _with(self, other: Any, operation: Callable[[Branch, Branch], tuple[Polynomial, Polynomial]]) -> Any:
        known = lifted(other, self.ledger)
        if known is None:
            return NotImplemented
        made = []
        for one in self.branches:
            for two in known.branches:
                when = all_of([one.when, two.when])
                if when is not False:
                    made.append(Branch(*_reduced(*operation(one, two), self.ledger), when))
        return Real(made, self.ledger)

    def sign(self, relation: str) -> Formula:
        """The condition that it stands in a relation to zero."""
        return any_of(all_of([one.when, self._sign_of(one, relation)]) for one in self.branches)

    def _sign_of(self, branch: Branch, relation: str) -> Formula:
        if branch.is_whole or relation in ("=", "!="):
            return atom(branch.above, relation)
        content, factors = branch.below.factor()
        odd = number(1)
        for factor, power in factors:
            if power % 2 and not self.ledger.is_positive(factor):
                odd = odd * (-1 if self.ledger.is_positive(-factor) else factor)
        return atom(branch.above * odd * (1 if content > 0 else -1), relation)

    def _named(self) -> Branch:
        """A variable of its own, equal to the branch that applies."""
        made = self.ledger.auxiliary(f"case {len(self.ledger.names)}")
        equal = [any_of([negation(one.when), atom(made * one.below - one.above, "=")]) for one in self.branches]
        self.ledger.define(all_of(equal))
        return Branch(made, number(1))


def _merged(branches: Sequence[Branch]) -> tuple[Branch, ...]:
    """One branch where all are alike."""
    first = branches[0]
    if len(branches) > 1 and all(one.above == first.above and one.below == first.below for one in branches[1:]):
        return (Branch(first.above, first.below),)
    return tuple(branches)


def _sum(one: Branch, two: Branch) -> tuple[Polynomial, Polynomial]:
    if one.is_whole and two.is_whole:
        return one.above + two.above, one.below
    if one.below == two.below:
        return one.above + two.above, one.below
    return times(one.above, two.below) + times(two.above, one.below), times(one.below, two.below)


def _product(one: Branch, two: Branch) -> tuple[Polynomial, Polynomial]:
    return times(one.above, two.above), times(one.below, two.below)


def times(one: Polynomial, two: Polynomial) -> Polynomial:
    """The product of two polynomials.

    Raises:
        NotPolynomialError: it would have too many terms, or too high a degree.
    """
    if len(one) * len(two) > _WORK:
        raise NotPolynomialError(f"its polynomials grow beyond {_TERMS:,} terms")
    made = one * two
    if len(made) > _TERMS:
        raise NotPolynomialError(f"its polynomials grow beyond {_TERMS:,} terms")
    if max(made.degrees(), default=0) > _POWER:
        raise NotPolynomialError(f"its polynomials grow beyond the power {_POWER}")
    return made


def _reduced(above: Polynomial, below: Polynomial, ledger: Ledger) -> tuple[Polynomial, Polynomial]:
    if below.is_one():
        return above, below
    if below.is_constant():
        return above * (1 / constant_of(below)), number(1)
    if len(above) * len(below) > _COMMON:
        return above, below
    ledger.tick(len(above) * len(below))
    common = above.gcd(below)
    if common.is_constant():
        return above, below
    above, below = above / common, below / common
    return _reduced(above, below, ledger) if below.is_constant() else (above, below)


def lifted(value: Any, ledger: Ledger) -> Real | None:
    """A plain number as a symbolic one; None for what is none.

    Raises:
        NotPolynomialError: NaN or infinity.
    """
    if isinstance(value, Real):
        return value
    if isinstance(value, bool | int | np.integer | np.bool_):
        return Real.of(number(int(value)), ledger)
    if isinstance(value, Fraction):
        return Real.of(number(value.numerator, value.denominator), ledger)
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            raise NotPolynomialError(f"the number {value} enters, which is not finite")
        if ledger.watches and not is_short(float(value)):
            ledger.rounded = f"{value:.6g}"
        return Real.of(number(*float(value).as_integer_ratio()), ledger)
    if isinstance(value, flint().fmpq):
        return Real.of(number(int(value.p), int(value.q)), ledger)
    return None


def choice(condition: Formula, one: Real, two: Real) -> Real:
    """``one`` where the condition holds, ``two`` where it does not."""
    if isinstance(condition, bool):
        return one if condition else two
    made = []
    for when, source in ((condition, one), (negation(condition), two)):
        for branch in source.branches:
            whole = all_of([when, branch.when])
            if whole is not False:
                made.append(Branch(branch.above, branch.below, whole))
    return Real(made, one.ledger)


def absolute(value: Real) -> Real:
    """The absolute value."""
    return choice(value.sign("<"), -value, value)


def larger(one: Real, two: Real) -> Real:
    """The larger of two."""
    return choice((one - two).sign("<"), two, one)


def root(value: Real, degree: int) -> Real:
    """The root of a degree, a number >= 0; the ledger notes that the radicand must not be negative."""
    if degree > _DEGREE:
        raise NotPolynomialError(f"a root of degree {degree:,} enters, above {_DEGREE}")
    ledger = value.ledger
    made: list[Branch] = []
    rest: list[Branch] = []
    for branch in value.branches:
        found = _square_root(branch, ledger) if degree == 2 else None  # noqa: PLR2004 - a square root
        if found is None:
            rest.append(branch)
            continue
        whole = [(all_of([branch.when, one.when]), one) for one in found.branches]
        made += [Branch(one.above, one.below, when) for when, one in whole if when is not False]
    return Real([*made, *([_new_root(rest, ledger, degree)] if rest else [])], ledger)


def _new_root(branches: Sequence[Branch], ledger: Ledger, degree: int) -> Branch:
    """One new variable, the root of each branch where that branch applies.

    What the root of a branch is must be said of that branch only: elsewhere its radicand may be negative, and to define
    the root all the same would leave out what is looked at there. A radicand that is positive everywhere is defined
    everywhere; the root of it still applies in its own case alone.
    """
    applies = any_of(branch.when for branch in branches)
    if len(branches) == 1 and ledger.is_positive(branches[0].above) and ledger.is_positive(branches[0].below):
        branches = [Branch(branches[0].above, branches[0].below)]
    for branch in branches:
        with ledger.guarded(branch.when):
            ledger.require(negation(Real((Branch(branch.above, branch.below),), ledger).sign("<")))
    made = ledger.root_of([(one.when, one.above, one.below) for one in branches], degree)
    return Branch(made, number(1), applies)


def _square_root(branch: Branch, ledger: Ledger) -> Real | None:
    """The square root with all squares drawn out of it; None where the radicand has none."""
    above, below = branch.above, branch.below
    if above.is_zero():
        return Real.of(above, ledger)
    product = times(above, below)
    ledger.tick(len(product) ** 2)
    content, factors = product.factor()
    drawn, inside = number(1), number(1)
    for factor, power in factors:
        drawn = times(drawn, factor ** (power // 2))
        inside = inside * factor if power % 2 else inside
    outside = absolute(Real.of(drawn, ledger))
    rational = _rational_root(content) if inside.is_one() else None
    if rational is None and outside.constant() is not None:
        return None
    if rational is None:
        # Where what is drawn out is zero, so is the root, whatever is left inside.
        rest = Branch(inside * content, number(1), all_of([branch.when, atom(drawn, "!=")]))
        outside = outside * Real.of(_new_root([rest], ledger, 2).above, ledger)
    else:
        outside = outside * Real.of(number(int(rational.p), int(rational.q)), ledger)
    whole = Real.of(below, ledger)
    found: Real = outside if below.is_one() else outside * absolute(whole.mapped(lambda up, down: (down, up)))
    return found


def _rational_root(value: Any) -> Any | None:
    if value < 0:
        return None
    above, below = value.p.isqrt(), value.q.isqrt()
    return flint().fmpq(above, below) if above * above == value.p and below * below == value.q else None
