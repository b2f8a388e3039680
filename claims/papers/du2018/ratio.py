"""Du, Hu, Lee 2018: does a small difference mean balance? A reviewer's objection, and its sharp repair.

The paper calls layers balanced when the difference of their squared norms is small. A reviewer objected that
balance of positive numbers should mean the same order of magnitude, which a small difference does not give,
and that "Theta" and "poly" are used where nothing is quantified. Here every quantifier is explicit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import AtMost, Claim, Decided, Hypothesis, Instances, Mutant, Parameters, Reading, Status, tightened
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.settings.networks.products import (
    N,
    all_norms,
    end_to_end,
    float_norms,
    largest_square,
    lower_square,
    nuclear,
    products,
    smallest_square,
    two_norms,
    two_sizes,
    upper_square,
)

x, y, s, D = sp.symbols("x y s D", positive=True)
_ratio = sp.Max(x / y, y / x)
_difference = sp.Abs(x - y)
_AS_NUMBERS = (
    "s is at most the product of the factors' Frobenius norms, which numbers attain, and the bound falls as s grows"
)


def _grown(z: sp.Expr) -> sp.Expr:
    """exp(asinh(z))."""
    return z + sp.sqrt(1 + z**2)


def _two(left: sp.Expr, right: sp.Expr, *, tight: bool = False) -> AtMost:
    """A bound in x, y and s of two layers."""
    return _bound(left, right, {x: lower_square, y: upper_square, s: nuclear}, tight=tight)


def _all(bound: sp.Expr) -> AtMost:
    """The largest over the smallest squared norm of N layers, against a bound in D and s."""
    return _bound(largest_square / smallest_square, bound, {D: largest_square - smallest_square, s: end_to_end})


def _bound(left: sp.Expr, right: sp.Expr, letters: dict[Any, Any], *, tight: bool = False) -> AtMost:
    used = left.free_symbols | sp.sympify(right).free_symbols
    named = {letter: meant for letter, meant in letters.items() if letter in used}
    return AtMost(left=left, right=right, tight=tight, where=named)


def _nonzero(parameters: Parameters, instances: Instances) -> Any:
    norms, product = float_norms(parameters, instances)
    return (norms.min(axis=1) > 0) & (product > 0)


def _close(parameters: Parameters, instances: Instances) -> Any:
    norms, _ = float_norms(parameters, instances)
    return np.ptp(norms, axis=1) <= 1 / 8


def _within_product(parameters: Parameters, instances: Instances) -> Any:
    norms, product = float_norms(parameters, instances)
    return np.ptp(norms, axis=1) ** norms.shape[1] < product**2


nonzero = Hypothesis(name="the product is not zero", holds=_nonzero)

small_difference = Claim(
    key="du2018/small-difference-means-balanced",
    title="Two layers whose squared norms differ by at most 1/8 have squared norms within a factor of two",
    about="""For all matrices W_1, W_2 with | |W_1|_F^2 - |W_2|_F^2 | <= 1/8, the larger squared norm is at most twice the smaller.

This is how "automatically balanced" is readily understood, and it is false: 1e-13 and 1/8 differ by less than 1/8. A
difference bounds a ratio only if the layers, hence the end-to-end map, are not small. Kept as a negative control.""",
    source=PAPER.at("published reviews, NeurIPS 2018: difference against ratio"),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note="the objection is the reviewer's; the constants 1/8 and 2 are ours, any others fail alike",
    given=products(
        depth=(2, 2),
        hypotheses=(nonzero, Hypothesis(name="squared norms differ by at most 1/8", holds=_close)),
        imbalance=(0.0, 3.0),
    ),
    when=two_sizes,
    then=_two(_ratio, 2),
    mutants=(
        Mutant(name="a factor of ten", because="no constant bounds the ratio", then=_two(_ratio, 10)),
        Mutant(
            name="one plus the difference",
            because="the difference is measured in the units of the norms, the ratio has none",
            then=_two(_ratio, 1 + _difference),
        ),
        Mutant(
            name="squared norms near one another and to one",
            because="a bound on the difference says nothing of the size",
            then=_two(_difference, sp.Min(x, y)),
        ),
    ),
)

sharp_ratio = Claim(
    key="du2018/ratio-from-difference",
    title="The ratio of two layers' squared norms is at most exp(2 asinh(difference / 2s)), s the product's nuclear norm",
    about="""Let x = |W_1|_F^2, y = |W_2|_F^2 and s = |W_2 W_1|_* > 0, the nuclear norm. Then
max(x/y, y/x) <= exp(2 asinh(|x - y| / (2 s))), stated as (z + sqrt(1 + z^2))^2 with z = |x - y| / (2 s); with equality for aligned factors of rank one. So a small difference does
mean balance, on the scale of the end-to-end map: this is the objection's sharp repair.

Why: s <= |W_1|_F |W_2|_F, so with r = log sqrt(x/y), |x - y| = 2 sqrt(x y) |sinh r| >= 2 s |sinh r|.""",
    source=PAPER.at("published reviews, NeurIPS 2018: repair"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=products(depth=(2, 2), hypotheses=(nonzero,), imbalance=(0.0, 3.0)),
    when=two_norms,
    then=_two(_ratio, _grown(_difference / (2 * s)) ** 2, tight=True),
    proof=Decided(
        shapes=({"widths": [1, 1, 1]},),
        covers="all matrices W_1, W_2 of any shape whose product is not zero",
        given=(_AS_NUMBERS,),
    ),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="half the exponent",
            because="r is half the logarithm of the ratio of squared norms",
            then=_two(_ratio, _grown(_difference / (2 * s))),
        ),
        Mutant(
            name="first order only",
            because="the bound's second-order term is needed: 1 + d/s falls short of it",
            then=_two(_ratio, 1 + _difference / s),
        ),
        Mutant(
            name="twice the nuclear norm",
            because="for aligned factors of rank one the nuclear norm is exactly |W_1| |W_2|",
            then=_two(_ratio, _grown(_difference / (4 * s)) ** 2),
        ),
        Mutant(
            name="without the end-to-end map",
            because="rescaling both factors changes the difference and not the ratio",
            then=_two(_ratio, _grown(_difference / 2) ** 2),
        ),
    ),
)

deep_ratio = Claim(
    key="du2018/ratio-from-differences",
    title="With N layers, squared norms that differ by at most D < s^(2/N) have ratios at most 1 + D/(s^(2/N) - D)",
    about="""Let s = |W_N ... W_1|_F > 0 and let all squared norms |W_h|_F^2 lie within D < s^(2/N) of each other. Then the ratio of
any two is at most 1 + D / (s^(2/N) - D).

Why: the product of the squared norms is at least s^2, so the largest is at least s^(2/N) and the smallest at least
s^(2/N) - D.""",
    source=PAPER.at("published reviews, NeurIPS 2018: repair for any depth"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=products(
        depth=(2, 4),
        hypotheses=(nonzero, Hypothesis(name="differences below s^(2/N)", holds=_within_product)),
        imbalance=(0.0, 0.5),
    ),
    when=all_norms,
    then=_all(1 + D / (s ** (2 / N) - D)),
    mutants=(
        Mutant(
            name="without the correction",
            because="the smallest layer may lie below s^(2/N)",
            then=_all(1 + D / s ** (2 / N)),
        ),
        Mutant(
            name="exponent one",
            because="s scales as the N-th power of a layer, its squared norm as the second",
            then=_all(1 + D / sp.Abs(s - D)),
        ),
        Mutant(
            name="no end-to-end map",
            because="the ratio has no units, the difference has",
            then=_all(1 + D),
        ),
    ),
)
