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
        found = singular_values(to_balls(np.array([[[1.0, 1.0], [1.0, 0.0]]])) * tiny[:, None, None])[0]
        quotients = [found[0] / tiny[0], found[1] / tiny[0]]
        golden = (arb(5).sqrt() + 1) / 2

    assert all(0 < float(one.rad()) < 1e-30 for one in quotients)
    assert all(number.overlaps(ball) for number, ball in zip((golden, 1 / golden), quotients, strict=True))


EXACT = {
    "of rank one": (np.outer([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), [14, 0, 0]),
    "of rank one, of fractions": (np.array([[0.25, 0.5], [0.5, 1.0]]), [1.25, 0]),
    "a projection": (np.diag([0.0, 1.0, 0.0]), [1, 0, 0]),
    "minus the identity": (-np.eye(3), [1, 1, 1]),
    "wide": (np.outer([3.0, 4.0], [1.0, 2.0, 2.0]), [15, 0]),
    "zero": (np.zeros((2, 3)), [0, 0]),
}


@pytest.mark.parametrize("name", EXACT)
def test_a_singular_matrix_of_exact_entries_is_seen_to_be_one(name: str) -> None:
    """Its singular values that are zero or whole are exact, so that signs of them and of their sides are decided."""
    given, known = EXACT[name]

    with ball_precision(256):
        (found,) = singular_values(to_balls(given[None]))

    assert [True] * len(known) == [one.is_exact() for one in found]
    assert known == [float(one) for one in found]


def test_eigenvalues_that_are_whole_keep_their_places() -> None:
    """Beside irrational ones of both signs the eigenvalue zero is exact, and the others are balls."""
    with ball_precision(256):
        (found,) = eigenvalues_symmetric(to_balls(np.array([[[0.0, 2.0, 4.0], [2.0, 4.0, 6.0], [4.0, 6.0, 8.0]]])))

    assert [False, True, False] == [one.is_exact() for one in found]
    assert 0 == float(found[1])
    assert found[0] > 0 > found[2]


def test_nearly_singular_is_not_singular() -> None:
    """A matrix that differs from one of rank one by one unit of its last place has two values that are not zero."""
    near = np.array([[1.0, 2.0**-50], [2.0**50, 1 + 2.0**-52]])

    with ball_precision(256):
        (found,) = singular_values(to_balls(near[None]))

    assert all(one > 0 for one in found)


def test_entries_with_a_radius_have_no_exact_values() -> None:
    """Of a matrix of which an entry is known within a radius no singular value is exact."""
    with ball_precision(256):
        x = to_balls(np.ones((1, 2, 2)))
        x[0, 0, 0] = x[0, 0, 0] + arb(0, 1e-30)
        (found,) = singular_values(x)

    assert [False, False] == [one.is_exact() for one in found]


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
        values = mpmath.svd_r(mpmath.matrix(given.tolist()), compute_uv=False)
        off = arb(mpmath.nstr(values[0], 550)) * arb(2) ** -900  # of zero the iteration leaves as little
        known = [arb(mpmath.nstr(one, 550)) + off * arb(0, 1) for one in values]
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
