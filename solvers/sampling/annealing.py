"""Annealing from a Gaussian prior to a Gaussian posterior: leapfrog steps, fresh momenta, no correction.

At the inverse temperature b the target has the precision L(b) = A + b H, A the prior's and H the likelihood's, and the
mean mu(b) that solves L(b) mu = A mu_p + b H mu_l. Step k of K is a leapfrog step of size eta at b = k/K:
theta' = theta + eta v/2, w = v - eta L (theta' - mu), theta_k = theta' + eta w/2, v a fresh standard normal momentum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, Floats, elementwise, stack, transpose, zeros
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.linear_algebra import dot, frobenius_square, matvec, rectangular_diagonal, solve_definite

_ROUNDING = 64 * 2.0**-53
"""Relative error of a sum of positive and negative terms of one step, with room; times the number of steps."""


@dataclass(frozen=True, kw_only=True)
class Moments:
    """What enters the gap, all ``(batch,)``.

    Attributes:
        misplaced: squared distance of the last mean from the posterior's, in the norm of the posterior's precision.
        spread: trace of the posterior's precision times the last covariance.
        volume: logarithm of the determinant of the posterior's precision over the prior's.
        kinetic: sum over the steps of the mean square of the momentum after the step, minus the dimension.
    """

    misplaced: Array
    spread: Array
    volume: Array
    kinetic: Array


@dataclass(frozen=True, kw_only=True)
class Annealing:
    """Problems, and how they are annealed.

    Attributes:
        prior: the diagonal of A, positive, ``(batch, d)``.
        likelihood: H, positive semidefinite, ``(batch, d, d)``.
        prior_mean, likelihood_mean: ``(batch, d)``.
        step: eta, ``(batch,)``.
        steps: K.
    """

    prior: Array
    likelihood: Array
    prior_mean: Array
    likelihood_mean: Array
    step: Array
    steps: int

    def precision(self, k: int) -> Array:
        """L(k/K), ``(batch, d, d)``."""
        d = self.prior.shape[1]
        return rectangular_diagonal(self.prior, d, d) + self.likelihood * k / self.steps

    def mean(self, k: int) -> Array:
        """mu(k/K), ``(batch, d)``."""
        return solve_definite(self.precision(k), self._pull(k))

    def _pull(self, k: int) -> Array:
        return self.prior * self.prior_mean + matvec(self.likelihood, self.likelihood_mean) * k / self.steps

    def moments(self) -> Moments:
        """The exact mean and covariance of theta_k and of the momenta, by their affine recursion."""
        d, eta = self.prior.shape[1], self.step[:, None, None]
        mean, covariance = self.prior_mean, rectangular_diagonal(1 / self.prior, d, d)
        kinetic = zeros(self.step, self.step.shape)
        for k in range(1, self.steps + 1):
            precision = self.precision(k)
            off = matvec(precision, self.mean(k) - mean)
            kept = np.eye(d, dtype=int) - precision * eta * eta / 2
            moved = np.eye(d, dtype=int) * eta - precision * eta * eta * eta / 4
            pulled = precision * eta
            kinetic = kinetic + dot(off, off) * self.step * self.step + frobenius_square(kept) - d
            kinetic = kinetic + _trace(pulled @ covariance @ transpose(pulled))
            mean = mean + off * (self.step * self.step / 2)[:, None]
            covariance = kept @ covariance @ transpose(kept) + moved @ transpose(moved)
        return self._at_the_end(mean, covariance, kinetic)

    def _at_the_end(self, mean: Array, covariance: Array, kinetic: Array) -> Moments:
        last = self.precision(self.steps)
        off = mean - self.mean(self.steps)
        return Moments(
            misplaced=dot(off, matvec(last, off)),
            spread=_trace(last @ covariance),
            volume=log_determinant(last) - log_determinant(self.precision(0)),
            kinetic=kinetic,
        )

    def log_evidence(self) -> Array:
        """Log p(D), ``(batch,)``, for the likelihood exp(-|theta - mu_l|_H^2 / 2)."""
        pull, last = self._pull(self.steps), self.precision(self.steps)
        constant = dot(self.prior * self.prior_mean, self.prior_mean)
        constant = constant + dot(matvec(self.likelihood, self.likelihood_mean), self.likelihood_mean)
        volume = log_determinant(last) - log_determinant(self.precision(0))
        return (dot(pull, self.mean(self.steps)) - constant - volume) / 2

    def expected_log_weight(self) -> Array:
        """The mean of the log-weight, ``(batch,)``, from particles that run through the steps.

        It is a quadratic function q of independent standard normal numbers, so its mean is q(0) plus the sum over the
        axes of (q(e) + q(-e) - 2 q(0))/2: no recursion of moments is used.
        """
        d = self.prior.shape[1]
        count = (self.steps + 1) * d
        axes = np.concatenate([np.zeros((1, count)), np.eye(count), -np.eye(count)]).astype(int)
        weights = stack([self._log_weight(axis.reshape(self.steps + 1, d)) for axis in axes], axis=0)
        return weights[0] + (weights[1:].sum(axis=0) - weights[0] * (2 * count)) / 2

    def _log_weight(self, normal: Floats) -> Array:
        """The log-weight of the particle whose initialization and momenta come from ``normal`` ``(K + 1, d)``."""
        theta = first = self.prior_mean + normal[0] / elementwise(self.prior, "sqrt")
        eta, energy = self.step[:, None], zeros(self.step, self.step.shape)
        for k in range(1, self.steps + 1):
            velocity = eta * 0 + normal[k]
            middle = theta + eta * velocity / 2
            after = velocity - eta * matvec(self.precision(k), middle - self.mean(k))
            theta = middle + eta * after / 2
            energy = energy + dot(after, after) - dot(velocity, velocity)
        away = theta - self.likelihood_mean
        fit = dot(away, matvec(self.likelihood, away))
        shift, origin = theta - self.prior_mean, first - self.prior_mean
        return (dot(self.prior * origin, origin) - dot(self.prior * shift, shift) - fit - energy) / 2


def _trace(x: Array) -> Array:
    return stack([x[:, i, i] for i in range(x.shape[1])], axis=1).sum(axis=1)


def log_determinant(x: Array) -> Array:
    """Logarithm of the determinant of positive definite `x` ``(batch, n, n)``, by elimination without exchanges."""
    rest, total = x, None
    for _ in range(x.shape[1]):
        pivot = rest[:, 0, 0]
        size = elementwise(pivot, "log")
        total = size if total is None else total + size
        rest = rest[:, 1:, 1:] - rest[:, 1:, :1] * rest[:, :1, 1:] / pivot[:, None, None]
    return total


def line_gaps(
    prior: Floats, likelihood: Floats, distance: Floats, step: Floats, noise: Floats, counts: tuple[int, ...]
) -> tuple[Bounded, Bounded, Bounded]:
    """Gaps in one dimension for long runs, ``(batch, count)`` each, in floats with error bounds.

    Args:
        prior: precision of the prior, ``(batch,)``.
        likelihood: precision of the likelihood, ``(batch,)``.
        distance: of the likelihood's centre from the prior's mean, ``(batch,)``.
        step: eta at each number of steps, ``(batch, count)``.
        noise: variance of what is added to each gradient, ``(batch,)``.
        counts: the numbers of steps.

    Returns:
        The gap, |m_{K-1} - mu(1)| and the largest |1/S_{k-1} - L(k/K)|, m and S mean and variance.
    """
    from lemmata.solvers.sampling import _annealing_kernel

    found = np.empty((3, len(prior), len(counts)))
    for column, count in enumerate(counts):
        found[:, :, column] = _annealing_kernel.run(prior, likelihood, distance, step[:, column], noise, count)
    lengths = np.array(counts, dtype=float)
    error = _ROUNDING * (lengths * (step * step * (prior + likelihood)[:, None] + noise[:, None] * step * step) + 8)
    return (
        Bounded(found[0], error * (1 + np.abs(found[0]))),
        Bounded(found[1], _ROUNDING * 64 * (1 + distance[:, None]) * np.ones_like(found[1])),
        Bounded(found[2], _ROUNDING * 64 * (prior + likelihood)[:, None] * (1 + found[2])),
    )
