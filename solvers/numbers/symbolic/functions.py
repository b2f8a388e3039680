"""What the generic functions of the number systems are on symbolic real numbers, and which of them are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.solvers.numbers import arithmetic, constants, masks, order, powers, reductions, spectral
from lemmata.solvers.numbers.arithmetic import Array, Floats, leader
from lemmata.solvers.numbers.symbolic import reals
from lemmata.solvers.numbers.symbolic.arrays import Conditions, Symbolic, each, entries_of
from lemmata.solvers.numbers.symbolic.errors import NotPolynomialError
from lemmata.solvers.numbers.symbolic.formulas import all_of, any_of, number
from lemmata.solvers.numbers.symbolic.reals import Real


def _mapped(x: Symbolic, function: Callable[[Real], Real]) -> Symbolic:
    return Symbolic(each(function, x.value), x.ledger)


def _two(x: Array, y: Array) -> tuple[Any, Any, Any]:
    """Entries of both, and their ledger."""
    ledger = next(one.ledger for one in (x, y) if isinstance(one, Symbolic))
    taken = (one.value if isinstance(one, Symbolic) else entries_of(_numbers(one), ledger) for one in (x, y))
    return (*taken, ledger)


def _numbers(x: Any) -> Any:
    return x.astype(int).value if isinstance(x, Conditions) else x


@arithmetic.transpose.register(Symbolic)
def _(x: Symbolic) -> Symbolic:
    return Symbolic(x.value.swapaxes(-1, -2), x.ledger)


@arithmetic.gate.register(Symbolic)
def _(z: Symbolic, at_zero: Array = 0) -> Symbolic:
    between = np.broadcast_to(_entries(at_zero, z), z.shape)
    one, zero = (Real.of(number(value), z.ledger) for value in (1, 0))

    def gated(entry: Real, kink: Real) -> Real:
        return reals.choice(entry.sign("="), kink, reals.choice((-entry).sign("<"), one, zero))

    def plain(entry: Real, kink: Real) -> Real:
        return reals.choice((-entry).sign("<"), one, zero) if kink.constant() == 0 else gated(entry, kink)

    return Symbolic(each(plain, z.value, between), z.ledger)


@arithmetic.select.register(Symbolic)
def _(x: Symbolic, axis: int) -> Symbolic:
    last = np.moveaxis(x.value, axis, -1)
    one, zero = (Real.of(number(value), x.ledger) for value in (1, 0))
    made = np.empty(last.shape, dtype=object)
    for place in np.ndindex(*last.shape):
        row, mine = last[place[:-1]], place[-1]
        before = [(row[k] - row[mine]).sign("<") for k in range(mine)]
        after = [(row[k] - row[mine]).sign("<=") for k in range(mine + 1, len(row))]
        made[place] = reals.choice(all_of([*before, *after]), one, zero)
    return Symbolic(np.moveaxis(made, -1, axis), x.ledger)


@arithmetic.elementwise.register(Symbolic)
def _(x: Symbolic, name: str) -> Symbolic:
    if name == "sqrt":
        return _mapped(x, lambda entry: reals.root(entry, 2))
    raise NotPolynomialError(f"{name} enters, which no polynomial equation defines")


@arithmetic.stack_into.register(Symbolic)
def _(leading: Symbolic, items: Sequence[Any], axis: int) -> Symbolic:
    return Symbolic(np.stack([_entries(item, leading) for item in items], axis), leading.ledger)


@arithmetic.concatenate_into.register(Symbolic)
def _(leading: Symbolic, items: Sequence[Any], axis: int) -> Symbolic:
    return Symbolic(np.concatenate([_entries(item, leading) for item in items], axis), leading.ledger)


def _entries(item: Any, like: Symbolic) -> Any:
    return item.value if isinstance(item, Symbolic) else entries_of(_numbers(item), like.ledger)


@arithmetic.as_floats.register(Symbolic)
def _(x: Symbolic) -> Floats:
    known = [entry.constant() for entry in x.value.ravel()]
    if any(value is None for value in known):
        raise NotPolynomialError("it looks at rounded numbers (as_floats), which steer what is computed")
    floats: Floats = np.array([int(value.p) / int(value.q) for value in known], dtype=float).reshape(x.shape)
    return floats


@arithmetic.magnitude.register(Symbolic)
def _(x: Symbolic) -> Floats:
    return np.abs(arithmetic.as_floats(x))


@arithmetic.widen.register(Symbolic)
def _(_x: Symbolic, by: Array) -> Symbolic:
    del by
    raise NotPolynomialError("it computes an approximation with an error bound, not the number itself")


@arithmetic.zeros.register(Symbolic)
def _(like: Symbolic, shape: tuple[int, ...]) -> Symbolic:
    found: Symbolic = constants.fraction(like, shape, 0)
    return found


@arithmetic.convert_into.register(Symbolic)
def _(like: Symbolic, constant: Array) -> Symbolic:
    return Symbolic(entries_of(constant, like.ledger), like.ledger)


@constants.fraction.register(Symbolic)
def _(like: Symbolic, shape: tuple[int, ...], above: int, below: int = 1) -> Symbolic:
    made = np.empty(shape, dtype=object)
    made.fill(Real.of(number(above, below), like.ledger))
    return Symbolic(made, like.ledger)


@constants.real_number.register(Symbolic)
def _(like: Symbolic, shape: tuple[int, ...], name: str) -> Symbolic:
    if name != "golden_ratio":
        raise NotPolynomialError(f"the number {name} enters, which no polynomial equation defines")
    five = arithmetic.elementwise(constants.fraction(like, shape, 5), "sqrt")
    golden: Symbolic = (five + 1) / 2
    return golden


order.ascending.register(Symbolic)(order.exchanged)


@order.larger_into.register(Symbolic)
def _(_leading: Symbolic, x: Array, y: Array) -> Symbolic:
    one, two, ledger = _two(x, y)
    return Symbolic(each(reals.larger, one, two), ledger)


@order.absolute.register(Symbolic)
def _(x: Symbolic) -> Symbolic:
    return _mapped(x, reals.absolute)


@order.sign.register(Symbolic)
def _(x: Symbolic) -> Symbolic:
    plus, zero, minus = (Real.of(number(value), x.ledger) for value in (1, 0, -1))

    def signed(entry: Real) -> Real:
        return reals.choice(entry.sign("<"), minus, reals.choice(entry.sign("="), zero, plus))

    return _mapped(x, signed)


@order.floor.register(Symbolic)
def _(_x: Symbolic) -> Symbolic:
    raise NotPolynomialError("a whole part (floor, ceiling, remainder) enters, which has no end of cases")


@masks.less_into.register(Symbolic)
def _(_leading: Symbolic, x: Array, y: Array) -> Conditions:
    one, two, ledger = _two(x, y)
    return Conditions(each(lambda a, b: (a - b).sign("<"), one, two), ledger)


@masks.equal_into.register(Symbolic)
def _(_leading: Symbolic, x: Array, y: Array) -> Conditions:
    one, two, ledger = _two(x, y)
    return Conditions(each(lambda a, b: (a - b).sign("="), one, two), ledger)


@masks.choose_into.register(Symbolic)
def _(leading: Symbolic, certain: Any, undecided: Any, x: Array, y: Array) -> Symbolic:
    if np.any(undecided):
        raise NotPolynomialError("a choice enters by a comparison that error bounds leave open")
    one, two = (_entries(item, leading) for item in (x, y))
    whole = np.asarray(certain, dtype=object)
    return Symbolic(each(lambda when, a, b: reals.choice(bool(when), a, b), whole, one, two), leading.ledger)


@masks.used_into.register(Conditions)
def _(condition: Conditions) -> AbstractContextManager[None]:
    return condition.ledger.guarded(any_of(condition.value.ravel()))


@masks.where_into.register(Conditions)
def _(condition: Conditions, x: Array, y: Array) -> Array:
    if isinstance(x, Conditions) or isinstance(y, Conditions):
        return (condition & x) | (~condition & y)
    like = leader((x, y))
    if not isinstance(like, Symbolic | np.ndarray):
        raise arithmetic.unsupported("where", like)
    entries = [item.value if isinstance(item, Symbolic) else entries_of(item, condition.ledger) for item in (x, y)]
    return Symbolic(each(reals.choice, condition.value, *entries), condition.ledger)


@powers.whole_into.register(Symbolic)
def _(x: Symbolic) -> Any:
    known = [entry.constant() for entry in x.value.ravel()]
    whole = [value is not None and value.q == 1 and abs(value) <= powers.LARGEST_EXPONENT for value in known]
    return np.array(whole, dtype=bool).reshape(x.shape)


@powers.root_into.register(Symbolic)
def _(base: Symbolic, exponent: Fraction) -> Symbolic:
    rooted = _mapped(base, lambda entry: reals.root(entry, exponent.denominator))
    found: Symbolic = powers.whole_power(rooted, exponent.numerator)
    return found


@powers.general_into.register(Symbolic)
def _(base: Symbolic, exponent: Symbolic) -> Symbolic:
    known = [entry.constant() for entry in exponent.value.ravel()]
    if any(value is None or value != known[0] for value in known):
        raise NotPolynomialError("a power whose exponent is no rational constant enters")
    found: Symbolic = powers.power(base, Fraction(int(known[0].p), int(known[0].q)))
    return found


@reductions.rearranged.register(Symbolic)
def _(x: Symbolic, change: Any) -> Symbolic:
    return Symbolic(np.asarray(change(x.value), dtype=object), x.ledger)


@reductions.rearranged.register(Conditions)
def _(x: Conditions, change: Any) -> Conditions:
    return Conditions(np.asarray(change(x.value), dtype=object), x.ledger)


@spectral.singular_values.register(Symbolic)
def _(x: Symbolic) -> Symbolic:
    rows, columns = x.shape[-2:]
    if min(rows, columns) == 1:
        length: Symbolic = arithmetic.elementwise((x * x).sum(axis=(-2, -1)), "sqrt")
        return length[..., None]
    turned = arithmetic.transpose(x)
    if min(rows, columns) > 2:  # noqa: PLR2004 - a quadratic equation
        raise NotPolynomialError(f"singular values of matrices {rows} x {columns} enter, above 2 x 2")
    squares = _eigenvalues_of_two(x @ turned if rows <= columns else turned @ x)
    found: Symbolic = arithmetic.elementwise(squares, "sqrt")
    return found


@spectral.eigenvalues_into.register(Symbolic)
def _(x: Symbolic) -> Symbolic:
    if x.shape[-1] > 2:  # noqa: PLR2004 - a quadratic equation
        raise NotPolynomialError(f"eigenvalues of matrices {x.shape[-1]} x {x.shape[-1]} enter, above 2 x 2")
    return x[..., 0] if x.shape[-1] == 1 else _eigenvalues_of_two(x)


def _eigenvalues_of_two(x: Symbolic) -> Symbolic:
    """Of symmetric matrices (..., 2, 2), the larger first."""
    half = (x[..., 0, 0] - x[..., 1, 1]) / 2
    apart = arithmetic.elementwise(half * half + x[..., 0, 1] * x[..., 0, 1], "sqrt")
    middle = (x[..., 0, 0] + x[..., 1, 1]) / 2
    found: Symbolic = arithmetic.stack([middle + apart, middle - apart], axis=-1)
    return found
