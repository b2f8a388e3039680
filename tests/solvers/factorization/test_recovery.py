"""Sequential recovery: reduction, linear phase, closed form and learning times against independent computations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import chi2, kstest

from lemmata.solvers import NotFiniteError, ShapeError, as_floats, to_balls, to_rationals
from lemmata.solvers.engine import Engine, iterate
from lemmata.solvers.factorization import (
    Recovery,
    best_of_rank,
    check_factors,
    crossing_times,
    factorization,
    leading_terms,
    learning_times,
    least_errors,
    linear_phase,
    recovery_errors,
    reduce_to_singular_basis,
    reduced_factorization,
    remaining_square,
    riccati_product,
)


def test_reduction_commutes_with_descent() -> None:
    """Descent on X, turned into the singular bases, is descent on diag(s) from the turned start."""
    rng = np.random.default_rng(0)
    left, right, target = rng.normal(size=(5, 6, 3)), rng.normal(size=(5, 4, 3)), rng.normal(size=(5, 6, 4))
    eta = np.full((5, 1, 1), 0.02)
    found = reduce_to_singular_basis(left, right, target)
    whole = iterate(factorization, (left, right), (target, eta), checkpoints=[30]).state
    turned = iterate(reduced_factorization, (found.left, found.right), (found.strengths, eta), checkpoints=[30]).state
    np.testing.assert_allclose(found.left_basis @ turned[0], whole[0], atol=1e-12)
    np.testing.assert_allclose(found.right_basis @ turned[1], whole[1], atol=1e-12)


def _flow_by_ode(start: Any, strengths: Any, time: float) -> Any:
    d, k = start.shape

    def slope(_: float, flat: Any) -> Any:
        state = flat.reshape(d, k)
        return (strengths[:, None] * state - state @ state.T @ state).ravel()

    solved = solve_ivp(slope, (0, time), start.ravel(), rtol=1e-11, atol=1e-15, method="DOP853")
    state = solved.y[:, -1].reshape(d, k)
    return state @ state.T


@pytest.mark.parametrize("columns", [1, 2, 4])
@pytest.mark.parametrize("strengths", [(1.0, 0.6, 0.3), (1.0, 1.0, 0.5), (2.0, 1.0, 0.0)])
def test_closed_form_against_an_ode(columns: Any, strengths: Any) -> None:
    """P(t) in closed form, also at ties and zeros and with fewer columns than rows, against SciPy's DOP853."""
    rng = np.random.default_rng(columns)
    start, s = rng.normal(size=(3, columns)), np.array(strengths)
    best = np.diag([*s[:2], 0.0])
    for time in (2.0, 9.0, 20.0):
        product = _flow_by_ode(np.exp(-4) * start, s, time)
        found = recovery_errors(start[None], s[None], np.array([[-4.0]]), np.array([[time]]), 2)
        assert abs(found.value[0, 0] - np.log(np.linalg.norm(product - best, 2))) < 1e-7
    whole = riccati_product(start[None] / 3, s[None], 2)
    np.testing.assert_allclose(whole.value[0], _flow_by_ode(start / 3, s, 2.0), atol=1e-9)


def test_closed_form_of_one_number() -> None:
    """With one row and column P is the logistic function, down to exp(-10000)."""
    times = np.array([[0.5, 1.0, 1.5]])
    for log in (1.0, 40.0, 10_000.0):
        found = recovery_errors(np.ones((1, 1, 1)), np.ones((1, 1)), np.full((1, 3), -log), times * log, 1)
        exponent = 2 * (times[0] * log - log)
        size = np.exp(-2 * log)
        expected = [-np.log1p(np.exp(x) / (1 - size)) if x < 30 else -x for x in exponent]
        # P - 1 = -(1 - exp(-2 log)) / (1 - exp(-2 log) + exp(2(t - log))).
        np.testing.assert_allclose(found.value[0], np.array(expected), atol=1e-6 if log == 1.0 else 1e-9)


def test_closed_form_refuses_rationals() -> None:
    """Exponentials are not rational: the error says which numbers to use."""
    start = to_rationals(np.ones((1, 1, 1)))
    with pytest.raises(TypeError, match="balls"):
        recovery_errors(start, start[:, 0], start[:, 0], start[:, 0], 1)


def test_sharp_exponent_of_gradient_descent() -> None:
    """The least error of gradient descent over its steps falls as rho^(2(1-g)/(1+g)), within two per cent."""
    rng = np.random.default_rng(4)
    for gap in (0.3, 0.5, 0.6):
        strengths = np.tile([[1.6, 1.0, gap, gap / 2]], (64, 1))[:, :, None]
        left, right = rng.normal(size=(64, 6, 5)), rng.normal(size=(64, 5, 5))
        eta = np.full((64, 1, 1), 1 / 80)
        best = np.zeros((6, 5))
        best[0, 0], best[1, 1] = 1.6, 1.0
        power = 2 * (1 - gap) / (1 + gap)
        logs, errors = np.array([13.0, 24.0]) / power, []
        for log in logs:
            start = linear_phase(left, right, strengths, eta, log_size=np.full(64, -log))
            first, last = int(1.05 * log / np.log1p(eta[0, 0, 0])), int(1.9 * log / np.log1p(eta[0, 0, 0]))
            begun = int(start.steps.max())
            run = iterate(
                reduced_factorization,
                (start.left, start.right),
                (strengths, eta),
                checkpoints=list(range(max(first - begun, 0), last - int(start.steps.min()), 3)),
                record=lambda state, best=best: {
                    "e": np.linalg.norm(state[0] @ state[1].transpose(0, 2, 1) - best, 2, axis=(1, 2))
                },
                engine=Engine.LANES,
            )
            errors.append(run.records["e"].min(axis=1))
        slopes = np.log(errors[0] / errors[1]) / (logs[1] - logs[0])
        assert abs(np.median(slopes) / power - 1) < 0.02


def test_exponent_in_closed_form() -> None:
    """The least error of the flow falls with the exponent 2(1-g)/(1+g) to eight digits, at the time that theory has."""
    rng = np.random.default_rng(5)
    strengths = np.tile([[1.5, 1.0, 0.5]], (4, 1))
    sizes = np.tile([[-80.0, -160.0]], (4, 1))
    problem = Recovery(start=rng.normal(size=(4, 3, 4)), strengths=strengths, log_size=sizes, rank=2)
    errors, times = least_errors(problem)
    slopes = np.diff(as_floats(errors), axis=1)[:, 0] / -80
    np.testing.assert_allclose(slopes, 2 / 3, atol=1e-8)
    np.testing.assert_allclose(times / 160, [[2 / 3, 4 / 3]] * 4, rtol=0.03)


def test_crossings_and_leading_terms() -> None:
    """Crossing times are where the error is the level; the entries tend to their leading constants."""
    rng = np.random.default_rng(6)
    sizes = np.tile([[-50.0, -100.0]], (3, 1))
    problem = Recovery(
        start=rng.normal(size=(3, 3, 3)), strengths=np.tile([[1.5, 1.0, 0.5]], (3, 1)), log_size=sizes, rank=2
    )
    for falling in (True, False):
        times = as_floats(crossing_times(problem, 0.3 * sizes, falling=falling))
        np.testing.assert_allclose(as_floats(problem.errors(times)), 0.3 * sizes, atol=1e-5)
    late = 1.2
    terms = leading_terms(problem, -late * sizes)
    powers = (2 * (late - 1), 0.5 * late, 2 - late)
    for (log, constant), power in zip(terms, powers, strict=True):
        gap = as_floats(log) - power * sizes - np.log(as_floats(constant))
        assert np.abs(gap[:, 1]).max() < 1e-3


def test_linear_phase_makes_no_more_steps_than_asked() -> None:
    """Where F = -G nothing grows: all the steps that are allowed are made, and the factors shrink by 1 - eta s each."""
    left = np.array([[[1.0, 2.0], [0.5, -1.0]]])
    strengths, eta = np.array([[[1.0], [0.5]]]), np.array([[[0.1]]])
    jump = linear_phase(left, -left, strengths, eta, log_size=np.array([-3.0]), most=np.array([40.0]))

    assert [40.0] == jump.steps.tolist()
    assert np.allclose(np.exp(-3.0) * left * (1 - eta * strengths) ** 40, jump.left)
    assert np.allclose(-jump.left, jump.right)


def test_linear_phase_is_the_literal_run() -> None:
    """From exp(-30), the jump and then steps give what steps alone give, to rounding."""
    rng = np.random.default_rng(7)
    left, right, strengths = (
        rng.normal(size=(3, 5, 2)),
        rng.normal(size=(3, 4, 2)),
        np.tile([[[1.0], [0.5], [0.25], [0.2]]], (3, 1, 1)),
    )
    eta, size = np.full((3, 1, 1), 0.1), np.exp(-30.0)
    jump = linear_phase(left, right, strengths, eta, log_size=np.full(3, -30.0))
    assert np.all(jump.steps > 50)
    after = iterate(
        reduced_factorization,
        (jump.left, jump.right),
        (strengths, eta),
        checkpoints=[0],
        lengths=(400 - jump.steps).astype(int),
    ).state
    literal = iterate(reduced_factorization, (size * left, size * right), (strengths, eta), checkpoints=[400]).state
    for one, other in zip(after, literal, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-25)


def test_learning_times_follow_chi_squared() -> None:
    """Over 2,000 starts exp(2 log(1 + eta s)(T_1 - T)) is chi-squared over two (Kolmogorov-Smirnov at 1e-4)."""
    rng = np.random.default_rng(8)
    count, columns = 2000, 4
    strengths, eta = np.tile([[[1.5], [1.0], [0.4]]], (count, 1, 1)), np.full((count, 1, 1), 0.1)
    size = np.full(count, -30.0)
    left, right = rng.normal(size=(count, 3, columns)), rng.normal(size=(count, 5, columns))
    one = np.ones((count, 1, 1))
    times = learning_times(left, right, strengths, eta, log_size=size, index=1, most=600)
    alone = learning_times(one, one, one, eta, log_size=size, index=0, most=600)
    sample = 2 * np.exp(2 * np.log1p(0.1) * (alone - times))
    assert kstest(sample, chi2(columns - 1).cdf).pvalue > 1e-4
    assert kstest(sample, chi2(columns).cdf).pvalue < 1e-6


def test_learning_time_in_balls_agrees() -> None:
    """The same run in balls gives the float learning time."""
    rng = np.random.default_rng(9)
    parts = [
        rng.normal(size=(1, 2, 2)),
        rng.normal(size=(1, 2, 2)),
        np.array([[[1.0], [0.5]]]),
        np.full((1, 1, 1), 0.125),
    ]
    size = np.array([-20.0])
    floats = learning_times(*parts, log_size=size, index=0, most=200)
    balls = learning_times(*map(to_balls, parts), log_size=to_balls(size), index=0, most=200)
    assert abs(float(balls[0]) - floats[0]) < 1e-9
    never = learning_times(*parts, log_size=size, index=1, most=4)
    assert np.isnan(never[0])


def test_remaining_square() -> None:
    """1 / ((N N')^-1)_rr, against NumPy's inverse."""
    rows = np.random.default_rng(10).normal(size=(6, 3, 5))
    expected = 1 / np.linalg.inv(rows @ rows.transpose(0, 2, 1))[:, -1, -1]
    np.testing.assert_allclose(remaining_square(rows), expected, rtol=1e-10)


def test_nothing_to_learn() -> None:
    """X = 0: every component stays unlearned and the factors only shrink."""
    rng = np.random.default_rng(11)
    start = (rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 3, 3)))
    run = iterate(
        factorization,
        start,
        (np.zeros((2, 4, 3)), np.full((2, 1, 1), 0.05)),
        checkpoints=[0, 200],
        record=lambda s: {"p": np.linalg.norm(s[0] @ s[1].transpose(0, 2, 1), axis=(1, 2))},
    )
    assert np.all(run.records["p"][:, 1] < 0.2 * run.records["p"][:, 0])
    assert best_of_rank(np.zeros((1, 3, 2)), 1).tolist() == np.zeros((1, 3, 2)).tolist()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"left": np.zeros((2, 4, 0)), "right": np.zeros((2, 3, 0))}, ShapeError, "no column"),
        (
            {"left": np.zeros((0, 4, 2)), "right": np.zeros((0, 3, 2)), "target": np.zeros((0, 4, 3))},
            ShapeError,
            "no instance",
        ),
        ({"left": np.zeros((2, 5, 2))}, ShapeError, "expected"),
        ({"target": np.full((2, 4, 3), np.nan)}, NotFiniteError, "X holds NaN or infinity, first in instance 0"),
        ({"right": np.full((2, 3, 2), np.inf)}, NotFiniteError, "G holds NaN"),
    ],
)
def test_bad_factors(change: Any, error: Any, message: Any) -> None:
    """K = 0, batch 0, wrong shapes, NaN and infinity are refused with their place."""
    good = {"left": np.ones((2, 4, 2)), "right": np.ones((2, 3, 2)), "target": np.ones((2, 4, 3))}
    with pytest.raises(error, match=message):
        check_factors(**(good | change))
    with pytest.raises(error, match=message):
        reduce_to_singular_basis(**(good | change))


@pytest.mark.parametrize("rank", [-1, 4])
def test_rank_beyond_the_matrix(rank: Any) -> None:
    """R above min(m, n), or below zero, has no best approximation."""
    with pytest.raises(ShapeError, match="rank"):
        best_of_rank(np.ones((1, 3, 5)), rank)


@pytest.mark.parametrize(("rank", "columns"), [(3, 2), (0, 2), (4, 5)])
def test_rank_beyond_the_columns(rank: Any, columns: Any) -> None:
    """F G' has at most k columns' rank and X_r at most d: r > k, r > d and r = 0 are refused."""
    with pytest.raises(ShapeError, match="columns"):
        Recovery(start=np.ones((1, 3, columns)), strengths=np.ones((1, 3)), log_size=-np.ones((1, 1)), rank=rank)
