"""Exact numbers and the constants of analysis in every number system, made from none of its measured values."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch
from typing import Any

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.arithmetic import Array, flint, is_balls
from lemmata.solvers.numbers.bounded import Bounded, nearest
from lemmata.solvers.numbers.degrees import Degrees
from lemmata.solvers.numbers.dual import Dual
from lemmata.solvers.numbers.errors import unknown_name
from lemmata.solvers.numbers.residues import Residues, rational_residue

REALS = ("pi", "e", "euler_gamma", "catalan", "golden_ratio")
"""Names that `real_number` knows."""
_BITS = 128


@singledispatch
def fraction(like: Array, shape: tuple[int, ...], above: int, below: int = 1) -> Array:
    """The number `above` / `below` as an array of `shape` in the number system of `like`.

    Exact where the system has it, else with an error bound; beyond all floats that bound is infinite.
    """
    if like.dtype != object:
        return np.full(shape, float(nearest(above, below).value))
    number = flint().fmpq(above, below)
    return _filled(like, shape, flint().arb(number) if is_balls(like) else number)


@fraction.register(Bounded)
def _(_like: Bounded, shape: tuple[int, ...], above: int, below: int = 1) -> Bounded:
    number = nearest(above, below)
    return Bounded(np.full(shape, number.value), np.full(shape, number.error))


@fraction.register(Dual)
def _(like: Dual, shape: tuple[int, ...], above: int, below: int = 1) -> Dual:
    return Dual.constant(fraction(like.value, shape, above, below))


@fraction.register(Residues)
def _(like: Residues, shape: tuple[int, ...], above: int, below: int = 1) -> Residues:
    entry = rational_residue(above, below, like.prime)
    return Residues(np.full(shape, entry, dtype=np.int64), like.generator, like.prime)


@fraction.register(Degrees)
def _(_like: Degrees, shape: tuple[int, ...], above: int, below: int = 1) -> Degrees:
    del above, below
    return Degrees(np.zeros(shape, dtype=np.int64))


def full(like: Array, number: float | Fraction) -> Array:
    """An array of the shape and in the number system of `like` whose entries are all the `number`.

    Exact where the system has the number, else with an error bound; a float stands for the fraction that it is.
    """
    above, below = Fraction(number).as_integer_ratio()
    return fraction(like, like.shape, int(above), int(below))


@singledispatch
def real_number(like: Array, shape: tuple[int, ...], name: str) -> Array:
    """The constant `name` (see `REALS`) as an array of `shape` in the number system of `like`.

    Raises:
        NotRationalError: the system holds rationals, residues or degrees.
        UnknownNameError: there is no such constant.
    """
    if not isinstance(like, np.ndarray):
        raise arithmetic.not_rational(name, type(like).__name__)
    if like.dtype != object:
        return np.full(shape, float(_ball(name).mid()))
    if not is_balls(like):
        raise arithmetic.not_rational(name, "exact rationals")
    return _filled(like, shape, _ball(name))


@real_number.register(Bounded)
def _(_like: Bounded, shape: tuple[int, ...], name: str) -> Bounded:
    with flint().ctx.workprec(_BITS):
        ball = _ball(name)
        value = float(ball.mid())
        error = np.nextafter(float((ball - value).abs_upper()), np.inf)
    return Bounded(np.full(shape, value), np.full(shape, error))


@real_number.register(Dual)
def _(like: Dual, shape: tuple[int, ...], name: str) -> Dual:
    return Dual.constant(real_number(like.value, shape, name))


def _ball(name: str) -> Any:
    arb = flint().arb
    known = {
        "pi": arb.pi,
        "e": arb.const_e,
        "euler_gamma": arb.const_euler,
        "catalan": arb.const_catalan,
        "golden_ratio": lambda: (1 + arb(5).sqrt()) / 2,
    }
    if name not in known:
        raise unknown_name("constant", name, REALS)
    return known[name]()


def _filled(like: Array, shape: tuple[int, ...], number: Any) -> Array:
    return np.full(shape, number, dtype=object).view(type(like))
