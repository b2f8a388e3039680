from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import cg

from lemmata.solvers import (
    Bounded,
    Dual,
    ShapeError,
    as_floats,
    rectangular_diagonal,
    reflection,
    to_balls,
    to_rationals,
)
from lemmata.solvers.optimization import (
    chain_matrix,
    least_in_leading_coordinates,
    lookahead_iterates,
    sigmoidal_mode,
    span_iterates,
)

RNG = np.random.default_rng(0)


def pulled(links: int, size: int = 1) -> np.ndarray:
    """The chain pulled by one at its first coordinate."""
    return np.eye(links)[:1].repeat(size, axis=0)


class TestLookahead:
    """Slow weights on one mode."""

    def test_loop_in_fractions(self) -> None:
        """Two inner steps at eta lambda = 3, half way: 1 -> (1 + 4)/2 = 5/2 at every outer step."""
        one = to_rationals(np.ones(1))
        points = lookahead_iterates(one, reach=one * 3, share=one / 2, inner=2, steps=3)
        expected = [Fraction(5, 2) ** t for t in range(4)]

        assert expected == [Fraction(int(point.p), int(point.q)) for point in points[0]]

    @pytest.mark.parametrize("inner", [1, 2, 5])
    def test_multiplier(self, inner: int) -> None:
        """Each outer step multiplies by 1 - alpha + alpha (1 - eta lambda)^k."""
        start, reach, share = RNG.normal(size=20), RNG.uniform(0, 3, size=20), RNG.uniform(size=20)
        expected = start * (1 - share + share * (1 - reach) ** inner) ** 4

        assert np.allclose(expected, lookahead_iterates(start, reach=reach, share=share, inner=inner, steps=4)[:, -1])

    def test_all_the_way_is_gradient_descent(self) -> None:
        """With outer weight one, two times three steps are six steps."""
        one = np.ones(1)
        points = lookahead_iterates(one, reach=0.3 * one, share=one, inner=3, steps=2)

        assert np.allclose([[1, 0.7**3, 0.7**6]], points)


class TestChain:
    """The chain of springs and methods that stay in the span of the gradients."""

    @pytest.mark.parametrize("links", [1, 2, 7])
    def test_spectrum(self, links: int) -> None:
        """The eigenvalues are 2 - 2 cos(pi i/(n + 1)), plus the tie."""
        expected = 2 - 2 * np.cos(np.pi * np.arange(1, links + 1) / (links + 1))

        assert np.allclose(expected, np.linalg.eigvalsh(chain_matrix(links)))
        assert np.allclose(expected + 4, np.linalg.eigvalsh(chain_matrix(links, tie=4)))

    def test_minimizer(self) -> None:
        """Pulled by one at its first coordinate the chain of n rests at 1 - i/(n + 1)."""
        assert np.allclose(1 - np.arange(1, 8) / 8, np.linalg.solve(chain_matrix(7), pulled(7)[0]))

    def test_lowest_point_is_that_of_conjugate_gradients(self) -> None:
        """SciPy's conjugate gradients, stopped after t steps, stand at the least-energy point of R^t."""
        for t in range(1, 7):
            expected, _ = cg(chain_matrix(9).astype(float), pulled(9)[0], maxiter=t, rtol=1e-15)
            found = least_in_leading_coordinates(chain_matrix(9)[None], pulled(9), count=t)

            assert np.allclose(expected, found[0])

    def test_lowest_point_of_all(self) -> None:
        """With all coordinates free it is the minimizer."""
        assert np.allclose(
            1 - np.arange(1, 8) / 8, least_in_leading_coordinates(chain_matrix(7)[None], pulled(7), count=7)
        )

    def test_gradient_descent_is_a_span_method(self) -> None:
        """With all coefficients equal to the step, the points are those of gradient descent."""
        matrix, right = chain_matrix(5), pulled(5)
        points = span_iterates(matrix, right, coefficients=np.full((1, 4, 4), 0.25))[0]
        x = np.zeros(5)
        for t in range(4):
            x = x + 0.25 * (right[0] - matrix @ x)

            assert np.allclose(x, points[t + 1])

    def test_gradients_span_the_first_coordinates(self) -> None:
        """After t steps exactly the first t coordinates can differ from zero, and with generic coefficients do."""
        points = span_iterates(chain_matrix(9), pulled(9), coefficients=RNG.uniform(0.1, 1, size=(1, 6, 6)))[0]

        assert list(range(7)) == np.count_nonzero(points, axis=1).tolist()
        assert all(points[t, :t].all() for t in range(7))
        assert 6 == np.linalg.matrix_rank(points[1:])

    @pytest.mark.parametrize("system", [to_rationals, to_balls, Bounded.exact])
    def test_number_systems(self, system: Any) -> None:
        """All number systems find the same lowest point, and the error bounds stay small."""
        matrix = chain_matrix(25).astype(float)[None]
        expected = least_in_leading_coordinates(matrix, pulled(25), count=12)
        found = least_in_leading_coordinates(system(matrix), system(pulled(25)), count=12)

        assert np.allclose(expected, as_floats(found), rtol=1e-12, atol=1e-13)
        assert not isinstance(found, Bounded) or found.error.max() < 1e-9


class TestFrames:
    """Orthogonal frames that are exact, and diagonals between them."""

    def test_reflection(self) -> None:
        """A reflection is symmetric, its own inverse, to the last digit in rationals, and turns its normal."""
        normal = RNG.normal(size=(3, 4))
        exact = reflection(to_rationals(normal))

        assert (np.eye(4, dtype=int) == exact @ exact).all()
        assert (exact == exact.swapaxes(1, 2)).all()
        assert np.allclose(-normal, (reflection(normal) @ normal[..., None])[..., 0])

    def test_rectangular_diagonal(self) -> None:
        """Entries come first on the diagonal, everything else is zero."""
        found = rectangular_diagonal(np.array([[2.0, 3.0]]), 3, 4)

        assert [[2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0, 0]] == found[0].tolist()

    def test_too_many_entries(self) -> None:
        """More entries than the diagonal holds are refused."""
        with pytest.raises(ShapeError, match="got 3 entries; expected at most 2"):
            rectangular_diagonal(np.ones((1, 3)), 2, 5)


class TestSigmoidalMode:
    """The closed form of one mode."""

    @pytest.mark.parametrize(("strength", "start"), [(2.0, 0.01), (0.5, 0.4), (1.0, 3.0)])
    def test_solves_the_equation(self, strength: float, start: float) -> None:
        """SciPy's integration of a' = 2 a (s - a) ends at the same values."""
        times = np.linspace(0, 3, 7)
        expected = solve_ivp(
            lambda _, a: 2 * a * (strength - a), (0, 3), [start], t_eval=times, rtol=1e-11, atol=1e-13
        ).y[0]

        assert np.allclose(expected, sigmoidal_mode(np.array(strength), np.array(start), times), rtol=1e-9)

    def test_starts_where_it_should(self) -> None:
        """At t = 0 the mode has its start, exactly in balls."""
        balls = [to_balls(np.array([number])) for number in (1.5, 0.25, 0.0)]

        assert 0.25 == as_floats(sigmoidal_mode(*balls))[0]

    def test_slope(self) -> None:
        """Its derivative by forward mode is pace a (s - a)."""
        time = Dual(np.array([0.7]), np.array([1.0]))
        mode = sigmoidal_mode(np.array([2.0]), np.array([0.1]), time, pace=3)

        assert np.allclose(3 * mode.value * (2 - mode.value), mode.tangent)
