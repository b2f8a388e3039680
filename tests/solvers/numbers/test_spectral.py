"""Singular values and eigenvalues of matrices of every size, with their error bounds."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb

from lemmata.checks.judging.precision import ball_precision
from lemmata.solvers import Bounded, Dual, singular_values, to_balls
from lemmata.solvers.numbers.errors import NumberSystemError
from lemmata.solvers.numbers.spectral import eigenvalues_symmetric


@pytest.mark.parametrize("exponent", [-1080, -1060, -1040, -545, -530, -300, 0, 300, 505, 1000])
def test_of_a_product_with_its_transpose(exponent: int) -> None:
    """The singular values of W W' lie within their error bounds, also where the squares leave the floats."""
    unit = np.array([[3.1, -1.7], [2.3, 5.9]])
    scaled = np.ldexp(unit, exponent // 2)[None]
    known = [np.ldexp(one, 2 * (exponent // 2)) for one in np.linalg.eigvalsh(unit @ unit.T)[::-1]]

    with np.errstate(all="ignore"):
        found = singular_values(Bounded.exact(scaled) @ Bounded.exact(scaled.swapaxes(1, 2)))

    assert np.all(np.abs(found.value[0] - known) <= 1.01 * found.error[0] + 1e-15 * np.array(known))


def test_error_bounds_never_vanish() -> None:
    """Where entries are so small that their squares are zero in floats, the error bound is not."""
    tiny = Bounded.exact(np.array([[[3e-200, 1e-200], [1e-200, 2e-200]]]))

    for found in (singular_values(tiny), eigenvalues_symmetric(tiny)):
        assert np.all(found.error > 0)
        assert np.all(found.error < 1e-210)


def test_an_infinite_error_stays_one() -> None:
    """A matrix with an entry of which nothing is known has singular values of which nothing is known."""
    blurred = Bounded(np.eye(2)[None], np.array([[[np.inf, 0.0], [0.0, 0.0]]]))

    assert [np.inf, np.inf] == singular_values(blurred).error[0].tolist()


def test_balls_of_tiny_matrices() -> None:
    """Balls whose entries lie beyond the floats hold the singular values, with a radius that is not zero."""
    with ball_precision(256):
        tiny = to_balls(np.array([2.0**-1000])) ** 3
        found = singular_values(to_balls(np.array([[[3.0, 0.0], [0.0, 2.0]]])) * tiny[:, None, None])[0]
        quotients = [found[0] / tiny[0], found[1] / tiny[0]]

    assert [3.0, 2.0] == [float(one.mid()) for one in quotients]
    assert all(0 < float(one.rad()) < 1e-30 for one in quotients)
    assert all(number in ball for number, ball in zip((3, 2), quotients, strict=True))


def test_no_spectrum_of_what_is_not_finite() -> None:
    """A matrix with an entry that is no number has none that is; the others of its batch keep theirs."""
    x = to_balls(np.array([[[1.0, 2.0]], [[3.0, 4.0]]]))
    x[0, 0, 0] = x[0, 0, 0] * arb("nan")

    assert [[False], [True]] == [[bool(one.is_finite()) for one in row] for row in singular_values(x)]


MATRICES = {
    "square": np.random.default_rng(0).standard_normal((5, 5)),
    "tall": np.random.default_rng(1).standard_normal((6, 3)),
    "wide": np.random.default_rng(2).standard_normal((2, 5)),
    "of rank one": np.outer(np.arange(1.0, 5.0), [1.0, -2.0, 0.5]),
    "orthogonal": np.array([[3.0, -4.0], [4.0, 3.0]]) / 8,
    "nearly equal values": np.diag([1.0, 1 + 2.0**-40, 1 - 2.0**-40]),
    "scaled": np.diag([1e-150, 1.0, 1e150]) @ np.random.default_rng(3).standard_normal((3, 3)),
    "zero": np.zeros((3, 2)),
    "a number": np.array([[-5.0]]),
}


@pytest.mark.parametrize("bits", [53, 106, 256])
@pytest.mark.parametrize("name", MATRICES)
def test_balls_hold_the_singular_values(name: str, bits: int) -> None:
    """They hold the values that mpmath's own iteration finds with many more digits, and say them to their precision."""
    given = MATRICES[name]
    with mpmath.workprec(2000):
        known = [arb(mpmath.nstr(one, 550)) for one in mpmath.svd_r(mpmath.matrix(given.tolist()), compute_uv=False)]
    with ball_precision(bits):
        (found,) = singular_values(to_balls(given[None]))

        assert all(ball.overlaps(value) for ball, value in zip(found, known, strict=True))
        assert all(float(ball.rad()) <= 40 * 2.0**-bits * float(known[0].abs_upper()) for ball in found)


@pytest.mark.parametrize("bits", [53, 256])
@pytest.mark.parametrize("name", MATRICES)
def test_balls_hold_the_eigenvalues(name: str, bits: int) -> None:
    """They hold those of a symmetric matrix, of either sign, largest first."""
    whole = MATRICES[name][:2, :2] if len(MATRICES[name].T) > 1 else MATRICES[name][:1]
    given = whole + whole.T
    with mpmath.workprec(2000):
        known = sorted(mpmath.eigsy(mpmath.matrix(given.tolist()), eigvals_only=True), reverse=True)
        exact = [arb(mpmath.nstr(one, 550)) for one in known]
    with ball_precision(bits):
        (found,) = eigenvalues_symmetric(to_balls(given[None]))

        assert all(ball.overlaps(value) for ball, value in zip(found, exact, strict=True))


@pytest.mark.parametrize("values_of", [singular_values, eigenvalues_symmetric, np.linalg.svdvals])
def test_numbers_with_derivatives_have_no_spectrum(values_of: Callable[[Any], Any]) -> None:
    """They say so, in a sentence, also where NumPy's own function is called."""
    moving = Dual(np.eye(2)[None], np.ones((1, 2, 2)))

    with pytest.raises(NumberSystemError, match="of Dual numbers are not taken"):
        values_of(moving)
