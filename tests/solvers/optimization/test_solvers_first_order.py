from __future__ import annotations

from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from lemmata.solvers import Bounded, as_floats, smallest, to_balls, to_rationals
from lemmata.solvers.optimization import (
    NonExpansive,
    PiecewiseQuadratic,
    SeparableConvex,
    averaged_iterates,
    gradient_iterates,
    halpern_iterates,
    momentum_factors,
    momentum_iterates,
    picard_iterates,
    proximal_iterates,
    recurrence,
)

RNG = np.random.default_rng(0)


def drawn_function(size: int = 6, *, terms: int = 3, dimension: int = 2, pieces: int = 4) -> PiecewiseQuadratic:
    """Random, not convex, with tilts; the same in whatever order the tests run."""
    rng = np.random.default_rng([size, terms, dimension, pieces])
    return PiecewiseQuadratic(
        directions=rng.normal(size=(size, terms, dimension)),
        knots=np.sort(rng.normal(size=(size, terms, pieces + 1)), axis=-1),
        slopes=rng.uniform(-1, 1, size=(size, terms, pieces)),
        tilts=rng.normal(size=(size, terms)),
    )


def converted(function: PiecewiseQuadratic, system: Any) -> PiecewiseQuadratic:
    """The same function in another number system."""
    return PiecewiseQuadratic(
        directions=system(function.directions),
        knots=system(function.knots),
        slopes=system(function.slopes),
        tilts=system(function.tilts),
    )


def ridge_slope(function: PiecewiseQuadratic, row: int, term: int, z: float) -> float:
    """phi'(z) of one term by linear interpolation between the knots."""
    knots, slopes = function.knots[row, term], function.slopes[row, term]
    heights = np.concatenate([[0.0], np.cumsum(slopes * np.diff(knots))])
    return float(np.interp(z, knots, heights) - np.interp(0.0, knots, heights) + function.tilts[row, term])


class TestPiecewiseQuadratic:
    """Values, gradients and the Lipschitz constant of sums of ridges."""

    def test_gradient(self) -> None:
        """The gradient is A' phi'(A x), phi' interpolated between the knots."""
        function, x = drawn_function(), RNG.normal(size=(6, 2)) * 2
        expected = [
            sum(
                ridge_slope(function, row, i, float(function.directions[row, i] @ x[row])) * function.directions[row, i]
                for i in range(3)
            )
            for row in range(6)
        ]

        assert np.allclose(expected, function.gradient(x), rtol=1e-12, atol=1e-12)

    def test_value(self) -> None:
        """The value is the integral of phi' over each ridge, by quadrature."""
        function, x = drawn_function(2), RNG.normal(size=(2, 2))
        for row in range(2):
            expected = 0.0
            for i in range(3):
                end = float(function.directions[row, i] @ x[row])
                knots = [float(k) for k in function.knots[row, i] if min(0, end) < k < max(0, end)]
                integrand = lambda z, i=i, row=row: ridge_slope(function, row, i, z)  # noqa: E731
                expected += quad(integrand, 0, end, points=knots or None)[0]

            assert expected == pytest.approx(function.value(x)[row], abs=1e-9)

    def test_smoothness_bounds_the_hessian(self) -> None:
        """The constant is never below c times the squared norm of A, c the largest absolute slope."""
        function = drawn_function(200)
        norms = np.linalg.norm(function.directions, ord=2, axis=(1, 2)) ** 2
        least = norms * np.abs(function.slopes).max(axis=(1, 2))

        assert np.all(least <= function.smoothness() * (1 + 1e-12))

    def test_smoothness_is_sharp(self) -> None:
        """For one ridge, and for ridges along the axes, the constant is the least one."""
        one = drawn_function(20, terms=1, dimension=3)
        axes = PiecewiseQuadratic(
            directions=np.diag([1.0, 3.0])[None],
            knots=np.array([[[-1.0, 1.0], [-1.0, 1.0]]]),
            slopes=np.array([[[1.0], [0.5]]]),
            tilts=np.zeros((1, 2)),
        )

        assert np.allclose((one.directions**2).sum(axis=(1, 2)) * np.abs(one.slopes).max(axis=(1, 2)), one.smoothness())
        assert [9.0] == axes.smoothness().tolist()

    def test_number_systems_agree(self) -> None:
        """Six steps with error bounds enclose the same steps in exact rationals, and balls agree with those."""
        function, x, step = drawn_function(), np.random.default_rng(5).normal(size=(6, 2)), np.full(6, 0.25)
        exact = converted(function, to_rationals)
        points = gradient_iterates(exact, to_rationals(x), step=to_rationals(step), steps=6)
        barred = gradient_iterates(
            converted(function, Bounded.exact), Bounded.exact(x), step=Bounded.exact(step), steps=6
        )
        balls = gradient_iterates(converted(function, to_balls), to_balls(x), step=to_balls(step), steps=6)
        off = as_floats(points - to_rationals(barred.value))

        assert np.all(np.abs(off) <= barred.error)
        assert barred.error.max() < 1e-8  # rounding times the growth of six expanding steps
        assert np.all(np.abs(as_floats(balls) - as_floats(points)) < 1e-12)


class TestGradientMethods:
    """Gradient descent, the optimized and the fast gradient method."""

    def test_gradient_descent_on_huber(self) -> None:
        """Gradient descent on Huber's loss in fractions: x - h clip(x, -k, k), step by step."""
        knee, h, x = Fraction(1, 8), Fraction(3, 4), Fraction(1)
        huber = PiecewiseQuadratic(
            directions=np.ones((1, 1, 1)),
            knots=np.array([[[-0.125, 0.125]]]),
            slopes=np.ones((1, 1, 1)),
            tilts=np.zeros((1, 1)),
        )
        expected = [x]
        for _ in range(12):
            x -= h * max(-knee, min(knee, x))
            expected.append(x)
        points = gradient_iterates(
            converted(huber, to_rationals),
            to_rationals(np.ones((1, 1))),
            step=to_rationals(np.array([0.75])),
            steps=12,
        )

        assert expected == [Fraction(int(p.p), int(p.q)) for p in points.ravel()]

    def test_factors(self) -> None:
        """theta_1 = 2 in one step; over more steps the recursions with 4 and, last, with 8."""
        four = [1.0]
        for _ in range(4):
            four.append((1 + sqrt(1 + 4 * four[-1] ** 2)) / 2)
        last = (1 + sqrt(1 + 8 * four[3] ** 2)) / 2
        found = [theta.tolist() for theta in momentum_factors(np.zeros(1), steps=4)]

        assert [[1.0], [2.0]] == [theta.tolist() for theta in momentum_factors(np.zeros(1), steps=1)]
        assert np.allclose([[theta] for theta in [*four[:4], last]], found, rtol=1e-15)
        assert np.allclose(four, np.concatenate(momentum_factors(np.zeros(1), steps=4, last=4)), rtol=1e-15)

    def test_optimized_method_in_its_other_form(self) -> None:
        """The iterates are x_{i+1} = x_i - (1/L) sum_k h_{i+1,k} grad f(x_k), with Kim and Fessler's coefficients."""
        function, x = drawn_function(), RNG.normal(size=(6, 2))
        step, steps = 1 / function.smoothness(), 5
        factors = momentum_factors(x, steps=steps)
        theta = [float(factor[0]) for factor in factors]
        points, gradients = [x], []
        weights = np.zeros((steps + 1, steps))
        for i in range(steps):
            gradients.append(function.gradient(points[-1]))
            for k in range(i):
                weights[i + 1, k] = (2 * theta[k] - weights[k + 1 : i + 1, k].sum()) / theta[i + 1]
            weights[i + 1, i] = 1 + (2 * theta[i] - 1) / theta[i + 1]
            moved = sum(weights[i + 1, k] * gradients[k] for k in range(i + 1))
            points.append(points[-1] - step[:, None] * moved)

        found, _ = momentum_iterates(function, x, step=step, factors=factors)

        assert np.allclose(np.stack(points, axis=1), found, rtol=1e-12, atol=1e-12)

    def test_fast_method(self) -> None:
        """Without over-relaxation x_t = y_t + (theta_{t-1} - 1)/theta_t (y_t - y_{t-1}), y_{t+1} a step from x_t."""
        function, x = drawn_function(), RNG.normal(size=(6, 2))
        step, factors = 1 / function.smoothness(), momentum_factors(x, steps=3, last=4)
        y = [x]
        point = x
        for t in range(3):
            y.append(point - step[:, None] * function.gradient(point))
            point = y[-1] + ((factors[t] - 1) / factors[t + 1])[:, None] * (y[-1] - y[-2])

        found, short = momentum_iterates(function, x, step=step, factors=factors, over_relaxed=False)

        assert np.allclose(point, found[:, -1], rtol=1e-13, atol=1e-13)
        assert np.allclose(np.stack(y, axis=1), short, rtol=1e-13, atol=1e-13)


def one_dimensional(p: float, left: float, right: float, rounding: float, curvature: float) -> float:
    """e(p) + q p^2/2, the envelope e written case by case."""
    slope = right if p > 0 else left
    kinked = slope * abs(p) - rounding * slope**2 / 2 if abs(p) >= rounding * slope else p * p / (2 * rounding)
    return kinked + curvature * p * p / 2


class TestProximal:
    """Proximal maps of separable functions."""

    @pytest.mark.parametrize("rounding", [0.0, 0.4])
    def test_is_the_minimizer(self, rounding: float) -> None:
        """The proximal point minimizes f(p) + |p - x|^2 / (2 step), by SciPy; its value is f's."""
        for _ in range(20):
            left, right, curvature = RNG.uniform(0, 2, size=3)
            x, step = 3 * RNG.normal(), RNG.uniform(0.1, 2)
            shape = (left, right, rounding, curvature)
            function = SeparableConvex(
                **{
                    name: np.array([[entry]])
                    for name, entry in zip(("left", "right", "rounding", "curvature"), shape, strict=True)
                }
            )
            penalized = lambda p, s=shape, x=x, step=step: one_dimensional(p, *s) + (p - x) ** 2 / (2 * step)  # noqa: E731
            best = minimize_scalar(penalized, bounds=(-10, 10), method="bounded", options={"xatol": 1e-10}).x
            point, value = function.proximal(np.array([[x]]), np.array([step]))

            assert best == pytest.approx(point[0, 0], abs=1e-5)
            assert one_dimensional(float(point[0, 0]), *shape) == pytest.approx(value[0], abs=1e-12)

    def test_soft_threshold(self) -> None:
        """On |x| steps of 1/2 take 2 to 3/2, 1, 1/2, 0 and no further."""
        one, zero = np.ones((1, 1)), np.zeros((1, 1))
        function = SeparableConvex(left=one, right=one, rounding=zero, curvature=zero)
        points, values = proximal_iterates(function, 2 * one, step_sizes=np.full((1, 5), 0.5))

        assert [2.0, 1.5, 1.0, 0.5, 0.0, 0.0] == points.ravel().tolist()
        assert [1.5, 1.0, 0.5, 0.0, 0.0] == values.ravel().tolist()


def drawn_operator(size: int, dimension: int) -> NonExpansive:
    """Random and non-expansive."""
    return NonExpansive(
        pull=RNG.uniform(0, 2, size=(size, dimension)),
        left=RNG.uniform(0, 1, size=(size, dimension)),
        right=RNG.uniform(0, 1, size=(size, dimension)),
        mirrors=RNG.normal(size=(size, 2, dimension)),
        share=RNG.uniform(0, 1, size=size),
    )


class TestNonExpansive:
    """Operators with fixed point 0, and the iterations of them."""

    def test_never_expands(self) -> None:
        """Images of two points are no further apart than the points, and 0 stays."""
        operator = drawn_operator(500, 3)
        x, y = RNG.normal(size=(2, 500, 3))
        before, after = np.linalg.norm(x - y, axis=1), np.linalg.norm(operator(x) - operator(y), axis=1)

        assert np.all(after <= before * (1 + 1e-12))
        assert not operator(np.zeros((500, 3))).any()

    def test_rotation_is_exact(self) -> None:
        """Two mirrors keep the squared norm, to the last digit in exact rationals."""
        flat = np.zeros((5, 4))
        operator = NonExpansive(
            pull=to_rationals(flat),
            left=to_rationals(flat),
            right=to_rationals(flat),
            mirrors=to_rationals(RNG.normal(size=(5, 2, 4))),
            share=to_rationals(np.ones(5)),
        )
        x = to_rationals(RNG.normal(size=(5, 4)))
        image = operator(x)

        assert ((x * x).sum(axis=-1) == (image * image).sum(axis=-1)).all()
        assert (image != x).all()

    def test_iterations_of_a_quarter_turn(self) -> None:
        """On the turn (1, 0) -> (0, 1) each iteration follows its own formula, in complex numbers."""
        flat = np.zeros((1, 2))
        turn = NonExpansive(
            pull=flat,
            left=flat,
            right=flat,
            mirrors=np.array([[[0.0, 1.0], [1.0, -1.0]]]),
            share=np.ones(1),
        )
        start = np.array([[1.0, 0.0]])
        halpern, averaged, picard = [1 + 0j], [1 + 0j], [1 + 0j]
        for t in range(5):
            halpern.append(1 / (t + 2) + (t + 1) / (t + 2) * 1j * halpern[-1])
            averaged.append((1 + 1j) / 2 * averaged[-1])
            picard.append(1j * picard[-1])
        found = [
            iterate(turn, start, steps=5)[0] @ [1, 1j]
            for iterate in (halpern_iterates, averaged_iterates, picard_iterates)
        ]

        assert np.allclose([halpern, averaged, picard], found)


def test_recurrence_is_a_matrix_power() -> None:
    """x_t is the first entry of the companion matrix to the power t at (x_0, x_0)."""
    points = recurrence(np.array([2.0]), first=np.array([0.7]), second=np.array([0.4]), steps=6)
    companion = np.array([[0.7, -0.4], [1.0, 0.0]])
    expected = [(np.linalg.matrix_power(companion, t) @ [2.0, 2.0])[0] for t in range(7)]

    assert np.allclose([expected], points)


def test_smallest() -> None:
    """The entrywise minimum, ties included."""
    assert [1.0, -2.0] == smallest([np.array([1.0, 3.0]), np.array([1.0, -2.0])]).tolist()
