"""Passage times and separating starts of deep linear modes, against quadrature, an ODE and root finding."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from lemmata.solvers import Bounded, to_balls
from lemmata.solvers.factorization import passage_time, separation_start


@pytest.mark.parametrize("depth", [2, 3, 4, 7])
def test_passage_time_is_the_integral(depth: int) -> None:
    """Against adaptive quadrature, within its own error bound and that of the quadrature."""
    starts, fractions = np.array([1.5, 4.0, 9.0]), np.array([0.5, 0.3, 0.6])
    found = passage_time(Bounded.exact(starts), Bounded.exact(fractions), depth)
    for start, fraction, value, bar in zip(starts, fractions, found.value, found.error, strict=True):
        expected, error = quad(lambda x: x ** (2 / depth - 2) / (1 - x), np.exp(-start), fraction, epsabs=1e-11)
        assert abs(expected - value) <= bar + error


def test_passage_time_of_the_flow() -> None:
    """Against integrating the mode's own equation until it passes."""
    depth, start, fraction = 3, 3.0, 0.5

    def passed(_: float, x: np.ndarray) -> float:
        return float(x[0] - fraction)

    passed.terminal = True  # type: ignore[attr-defined]
    run = solve_ivp(
        lambda _, x: x ** (2 - 2 / depth) * (1 - x), (0, 1e3), [np.exp(-start)], events=passed, rtol=1e-11, atol=1e-13
    )
    found = passage_time(np.array([start]), np.array([fraction]), depth)

    assert pytest.approx(run.t_events[0][0], rel=1e-8) == found[0]


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_separation_start(depth: int) -> None:
    """Against SciPy's root of the two times of arrival, computed by quadrature."""
    gap, seen, hidden = 0.25, 0.55, 0.2

    def lead(log_start: float) -> float:
        def time(strength: float, fraction: float) -> float:
            start = np.exp(-log_start)
            value, _ = quad(
                lambda x: x ** (2 / depth - 2) / (strength - x), start, fraction * strength, epsabs=1e-13, limit=200
            )
            return float(value)

        return time(1 + gap, seen) - time(1.0, hidden)

    expected = brentq(lead, 1.7, 12, xtol=1e-12)
    found = separation_start(*(Bounded.exact(np.array([[one]])) for one in (gap, seen, hidden)), depth)

    assert abs(found.value[0, 0] - expected) <= found.error[0, 0] + 1e-8


@pytest.mark.parametrize("depth", [2, 6])
def test_error_bound_covers_the_ball(depth: int) -> None:
    """The float64 root with its bar contains the root found with 256 bits."""
    import flint

    gaps = 0.3 / 4.0 ** np.arange(8)[None]
    seen, hidden = np.array([[0.5]]), np.array([[0.125]])
    found = separation_start(*(Bounded.exact(one) for one in (gaps, seen, hidden)), depth)
    with flint.ctx.workprec(256):
        exact = separation_start(to_balls(gaps), to_balls(seen), to_balls(hidden), depth)
        sharp = np.array([float(ball) for ball in exact.flat])

    assert np.all(np.abs(found.value[0] - sharp) <= found.error[0])


def test_single_layer() -> None:
    """One layer learns all modes at once: there is no such time."""
    with pytest.raises(ValueError, match="expected two layers or more"):
        passage_time(np.array([1.0]), np.array([0.5]), 1)
