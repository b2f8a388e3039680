"""Annealed importance sampling between Gaussians: two ways to the gap, quadrature, SciPy's integrals."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import drawn, measured
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from lemmata.claims.papers.zhang2021._moments import C_1
from lemmata.claims.papers.zhang2021._rates import long_annealing, long_runs
from lemmata.claims.papers.zhang2021.rates import rate
from lemmata.solvers import Bounded, as_floats
from lemmata.solvers.sampling import Annealing, line_gaps, log_determinant


def annealing(seed: int, d: int, steps: int) -> Annealing:
    """Random problems."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3, 6, d)) / 2
    return Annealing(
        prior=rng.uniform(0.5, 2, size=(3, d)),
        likelihood=X.swapaxes(1, 2) @ X,
        prior_mean=rng.normal(size=(3, d)),
        likelihood_mean=rng.normal(size=(3, d)),
        step=rng.uniform(0.1, 0.6, size=3),
        steps=steps,
    )


def gap_of(problem: Annealing) -> np.ndarray:
    """The gap in moments."""
    found = problem.moments()
    d = problem.prior.shape[1]
    total: np.ndarray = (found.misplaced + found.spread - d - found.volume + found.kinetic) / 2
    return total


@pytest.mark.parametrize(("d", "steps"), [(1, 1), (2, 5), (3, 4)])
def test_particles_and_moments_agree(d: int, steps: int) -> None:
    """Evidence minus the mean log-weight of particles is the gap that the recursion of moments gives."""
    problem = annealing(d, d, steps)

    assert np.allclose(problem.log_evidence() - problem.expected_log_weight(), gap_of(problem), rtol=1e-10)


def test_the_evidence_is_an_integral() -> None:
    """The evidence is the integral of prior times likelihood, by Gauss-Hermite quadrature in two dimensions."""
    problem = annealing(4, 2, 1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    first, second = np.meshgrid(nodes, nodes)
    mass = np.outer(weights, weights) / (2 * np.pi)
    for row in range(3):
        normal = np.stack([first, second], axis=-1)
        theta = problem.prior_mean[row] + normal / np.sqrt(problem.prior[row])
        away = theta - problem.likelihood_mean[row]
        fit = np.exp(-np.einsum("...i,ij,...j", away, problem.likelihood[row], away) / 2)

        assert np.isclose(np.log((mass * fit).sum()), problem.log_evidence()[row], rtol=1e-9)


def test_weights_average_to_the_evidence() -> None:
    """One leapfrog step keeps volumes: weights average to the evidence, by quadrature."""
    problem = annealing(5, 1, 1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(90)
    mass = np.outer(weights, weights) / (2 * np.pi)
    logs = np.stack([[problem._log_weight(np.array([[a], [b]])) for b in nodes] for a in nodes])
    found = np.log((mass[..., None] * np.exp(logs)).sum(axis=(0, 1)))

    assert np.allclose(problem.log_evidence(), found, rtol=1e-8)


def test_log_determinants() -> None:
    """Elimination gives the determinants of LAPACK."""
    matrices = annealing(6, 3, 1).precision(1)

    assert np.allclose(np.linalg.slogdet(matrices)[1], log_determinant(matrices))


def test_a_gap_without_data_is_a_divergence() -> None:
    """Of one step without data the gap is the divergence of the law of (theta, momentum) from the target's."""
    problem = annealing(7, 1, 1)
    still = Annealing(
        prior=problem.prior,
        likelihood=0 * problem.likelihood,
        prior_mean=problem.prior_mean,
        likelihood_mean=problem.likelihood_mean,
        step=problem.step,
        steps=1,
    )
    for row in range(3):
        eta, lam = still.step[row], still.prior[row, 0]
        middle = 1 - eta**2 * lam / 2
        turn = np.array([[middle, eta - eta**3 * lam / 4], [-eta * lam, middle]])
        start = np.diag([1 / lam, 1.0])
        spread = np.trace(np.linalg.solve(start, turn @ start @ turn.T)) - 2

        assert np.isclose(spread / 2, gap_of(still)[row], rtol=1e-9)
        assert np.isclose(1, np.linalg.det(turn))


def test_the_kernel_is_the_reference() -> None:
    """On the line the compiled recursion gives the gap of the matrix recursion, within its error bounds."""
    problem = annealing(8, 1, 40)
    distance = problem.likelihood_mean[:, 0] - problem.prior_mean[:, 0]
    found, mean_error, precision_error = line_gaps(
        problem.prior[:, 0], problem.likelihood[:, 0, 0], distance, problem.step[:, None], np.zeros(3), (40,)
    )

    assert np.allclose(gap_of(problem), found.value[:, 0], rtol=1e-9)
    assert np.all(np.abs(gap_of(problem) - found.value[:, 0]) <= 1e-12 + found.error[:, 0])
    assert np.all(mean_error.value > 0)
    assert np.all(precision_error.value > 0)


def test_noise_is_that_of_simulated_particles() -> None:
    """With noisy gradients the mean square of the last momentum is that of particles that are simulated."""
    rng = np.random.default_rng(0)
    prior, likelihood, distance, eta, variance = 1.0, 2.0, 1.5, 0.5, 0.7
    theta, count = rng.normal(size=400_000), 3
    energy = np.zeros_like(theta)
    for k in range(1, count + 1):
        precision = prior + likelihood * k / count
        target = likelihood * k / count * distance / precision
        velocity = rng.normal(size=theta.shape)
        middle = theta + eta * velocity / 2
        slope = precision * (middle - target) + np.sqrt(variance) * rng.normal(size=theta.shape)
        after = velocity - eta * slope
        theta, energy = middle + eta * after / 2, energy + after**2 - velocity**2
    last = prior + likelihood
    goal = likelihood * distance / last
    logs = multivariate_normal(goal, 1 / last).logpdf(theta)
    expected = (-logs + energy / 2).mean() - (np.log(2 * np.pi / prior) + 1) / 2
    found, *_ = line_gaps(
        *(np.array([x]) for x in (prior, likelihood, distance)), np.array([[eta]]), np.array([variance]), (count,)
    )

    assert np.isclose(expected, found.value[0, 0], atol=0.02)


def test_the_first_constant_is_an_integral() -> None:
    """C_1 is the integral of 2 mu'^2 + Lambda'^2/(2 Lambda^3): the closed form against SciPy's quadrature."""
    point, instances = drawn(long_runs(140, 210), 3, size=4)
    found = measured(long_annealing, point, instances)
    values = as_floats(found[C_1])
    for row in range(len(values)):
        a, h, m = (instances[name][row] for name in ("prior", "likelihood", "distance"))
        integral, _ = quad(
            lambda b, a=a, h=h, m=m: 2 * (a * h * m / (a + b * h) ** 2) ** 2 + h**2 / (2 * (a + b * h) ** 3), 0, 1
        )

        assert np.isclose(integral, values[row])


def test_the_figure_shows_the_best_exponent() -> None:
    """The curve of the gap's exponent against the step's is lowest near c = 1/6, as predicted."""
    edge = rate.given.edges[0]
    point = rate.given.at_edge(edge)
    instances = rate.given.draw(point, np.random.default_rng(0), 1)
    given = {name: Bounded.exact(value) for name, value in edge.adjust(point, instances).items()}
    picture = rate.when.run(point, given).pictures()[0]

    assert abs(picture.x[int(np.argmin(picture.predicted))] - 1 / 6) < 0.02
    assert abs(picture.x[int(np.argmin(picture.measured))] - 1 / 6) < 0.08
    assert abs(min(picture.measured) + 2 / 3) < 0.08
