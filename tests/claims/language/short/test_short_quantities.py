"""Numbers that are declared: which of them are the same."""

from __future__ import annotations

import pickle

import sympy as sp

from lemmata import positive
from lemmata.claims.language.short.quantities import integer

STEP = "step size in units of 1/L"


def test_a_formula_keeps_the_quantities_that_it_was_written_with() -> None:
    """Numbers of one name that differ in meaning or unit are two: sympy's cache does not exchange them."""
    plain, said, measured = positive("h"), positive("h", meaning=STEP), positive("h", unit=sp.Symbol("ell"))
    formulas = [3 * one**2 + 1 for one in (plain, said, measured)]
    found = [next(iter(formula.free_symbols)) for formula in formulas]

    assert ["positive", STEP, "positive"] == [one.meaning for one in found]
    assert [None, None, sp.Symbol("ell")] == [one.unit for one in found]
    assert len({plain, said, measured}) == 3


def test_the_same_words_make_the_same_quantity() -> None:
    """One declared twice alike, or sent to another process, is one."""
    said = positive("h", meaning=STEP)

    assert said == positive("h", meaning=STEP) == pickle.loads(pickle.dumps(said))  # noqa: S301 - bytes of our own


def test_the_ends_of_a_range_of_whole_numbers_may_be_named() -> None:
    """Named ends and ends after the name declare the same quantity."""
    assert integer("n", 1, 10) == integer("n", low=1, high=10)
    assert len(integer("n", "m", low=1, high=10)) == 2
