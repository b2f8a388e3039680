"""How long small starts stay small, and how far limits are from what they tend to, by the flow and by many digits."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
from diagonal_reference import dual_limit, full_problem
from scipy.integrate import solve_ivp

from lemmata.claims.settings.diagonal.problems import draw_face, draw_unique, unique_face, wide_face
from lemmata.solvers import Bounded, to_balls
from lemmata.solvers.diagonal import activation_dual_times, as_depth, departure, limit, preferred
from lemmata.solvers.diagonal.equations import solve_each

COLUMNS = np.array([[[1.5, 1.0, 0.25], [0.75, 0.75, 0.5]]])
TARGET, LEVEL = np.array([[1.0, 2.0]]), np.array([0.125])


def pace(alpha: float, depth: float) -> float:
    """Kappa: 4, or D (D - 2) alpha^(D - 2)."""
    return 4.0 if depth == 2 else depth * (depth - 2) * alpha ** (depth - 2)


def first_passage(matrix: np.ndarray, target: np.ndarray, alpha: float, depth: float, level: float) -> float:
    """When |x|_oo first reaches a level, by integrating the parameters."""
    n = matrix.shape[1]

    def field(_: float, state: np.ndarray) -> np.ndarray:
        u, v = state[:n], state[n:]
        pull = depth * matrix.T @ (target - matrix @ (u**depth - v**depth))
        return np.concatenate([u ** (depth - 1) * pull, -(v ** (depth - 1)) * pull])

    def reached(_: float, state: np.ndarray) -> float:
        return float(np.abs(state[:n] ** depth - state[n:] ** depth).max() - level)

    reached.terminal = True  # type: ignore[attr-defined]
    run = solve_ivp(
        field, (0, 1e6), np.full(2 * n, alpha), method="LSODA", rtol=1e-10, atol=1e-14 * alpha, events=reached
    )
    return float(run.t[-1])


def place_of(size: Callable[[mp.mpf], mp.mpf], level: mp.mpf) -> mp.mpf:
    """Where an increasing function on (0, 1) takes a value, by bisection to the working precision."""
    low, high = mp.mpf(0), mp.mpf(1)
    for _ in range(mp.mp.prec - 8):
        middle = (low + high) / 2
        low, high = (middle, high) if size(middle) < level else (low, middle)
    return low


class TestActivation:
    """The time until a weight reaches a level."""

    @pytest.mark.parametrize("depth", ["2", "5/2", "3", "4"])
    @pytest.mark.parametrize("alpha", [0.5, 0.05])
    def test_against_the_flow(self, depth: str, alpha: float) -> None:
        """Each equation on its own, within the error bounds and what the integrator leaves."""
        power = float(Fraction(depth))
        found, _ = activation_dual_times(
            *(Bounded.exact(one) for one in (COLUMNS, TARGET, LEVEL, np.log([alpha]))), as_depth(depth)
        )

        for i in range(2):
            expected = first_passage(COLUMNS[0, i : i + 1], TARGET[0, i : i + 1], alpha, power, LEVEL[0])
            off = abs(expected * pace(alpha, power) - found.value[0, i])
            assert off <= found.error[0, i] + 1e-6 * found.value[0, i]
            assert found.error[0, i] < 1e-3 * found.value[0, i]

    @pytest.mark.parametrize(("depth", "bits"), [("2", 300), ("3", 40), ("4", 20)])
    def test_against_quadrature_in_many_digits(self, depth: str, bits: int) -> None:
        """Small starts, by tanh-sinh quadrature of the same integral."""
        logs = np.array([-bits * np.log(2)])
        found, mapped = activation_dual_times(
            *(Bounded.exact(one) for one in (COLUMNS, TARGET, LEVEL, logs)), as_depth(depth)
        )

        for i in range(2):
            expected = self._integral(COLUMNS[0, i], TARGET[0, i], bits, as_depth(depth))
            assert abs(expected - found.value[0, i]) <= found.error[0, i] + 1e-12 * expected
        assert mapped.value[0] < 1 or depth == "2"

    @staticmethod
    def _integral(columns: np.ndarray, target: float, bits: int, depth: Fraction) -> float:
        with mp.workdps(120):
            scale, level = mp.mpf(2) ** -bits, mp.mpf(LEVEL[0])

            def size(p: mp.mpf) -> mp.mpf:
                if depth == 2:
                    return 2 * scale**2 * mp.sinh(p)
                g = mp.mpf(depth.numerator) / (depth.numerator - 2)
                return scale**depth.numerator * ((1 - p) ** -g - (1 + p) ** -g)

            def excess(p: mp.mpf) -> mp.mpf:
                rest = mp.fsum(mp.mpf(a) * size(mp.mpf(a) / columns[0] * p) for a in columns)
                return rest / (target - rest)

            if depth == 2:
                end = mp.asinh(level / (2 * scale**2))
                places = [0, end - 60, end - 4, end]
            else:
                end = place_of(size, level)
                places = [0, *(end - (1 - end) * q for q in (10**4, 99, 9, 0))]
            return float((end + mp.quad(excess, places)) / (columns[0] * target))

    def test_at_the_smallest_scale(self) -> None:
        """At alpha = 2^-(2^100) the time is log(1/alpha^2) / |a y|_oo to fifteen digits."""
        logs = np.array([-(2.0**100) * np.log(2)])
        found, _ = activation_dual_times(*(Bounded.exact(one) for one in (COLUMNS, TARGET, LEVEL, logs)), as_depth("2"))

        assert -2 * logs[0] / np.array([1.5, 1.5]) == pytest.approx(found.value[0], rel=1e-15)

    @pytest.mark.parametrize("depth", [2.0, 3.0])
    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_the_bound_for_coupled_equations(self, depth: float, seed: int) -> None:
        """psi(l) / (kappa M T) is within c l / M of one for any A: three equations with common columns, by the flow."""
        rng = np.random.default_rng(seed)
        matrix, target, alpha = rng.normal(size=(3, 6)), rng.normal(size=3), 0.05
        most, coupling = np.abs(matrix.T @ target).max(), np.abs(matrix.T @ matrix).sum(axis=1).max()
        level = 0.2 * most / coupling
        time = first_passage(matrix, target, alpha, depth, level)
        mapped = float(np.arcsinh(level / (2 * alpha**2)))
        if depth == 3:
            mapped = float(place_of(lambda z: alpha**3 * ((1 - z) ** -3 - (1 + z) ** -3), level))

        assert abs(mapped / (pace(alpha, depth) * most * time) - 1) <= 0.2


class TestDeparture:
    """The limit minus the minimiser it prefers."""

    @pytest.mark.parametrize("others", [0, 2])
    @pytest.mark.parametrize("depth", ["2", "3", "4"])
    def test_against_many_digits(self, depth: str, others: int) -> None:
        """At alpha = 1e-12, where the two agree to more digits than a float has."""
        drawn = draw_face({"rank": 2, "extra": 2, "others": others}, np.random.default_rng(4), 1)
        exact = as_depth(depth)
        with mp.workdps(220):
            best = self._preferred(drawn["on"][0], drawn["on"][0] @ drawn["x"][0], exact)
            reached = dual_limit(*full_problem(wide_face(drawn)), -12, exact, 220)
            power = 4 if depth == "2" and not others else exact.numerator
            unit = mp.mpf(10) ** (-12 * power)
            if depth == "2" and others:
                unit = unit ** (1 - mp.mpf(np.abs(drawn["off"][0, 0]).max()))
            expected = np.array([float((reached[i] - best[i]) / unit) for i in range(4)])
        face = wide_face({name: Bounded.exact(one) for name, one in drawn.items()})
        logs = Bounded.exact(np.log(np.array([1e-12])))
        chosen, _ = preferred(face.on, face.target, face.anchor, 2 / exact)
        found, _ = departure(face, limit(face, logs, exact), chosen, logs, exact)

        assert expected == pytest.approx(found.value[0], rel=1e-8, abs=0)

    @staticmethod
    def _preferred(matrix: np.ndarray, target: np.ndarray, depth: Fraction) -> list[mp.mpf]:
        """Newton on the dual with many digits, from the float solution."""
        a, y, order = mp.matrix(matrix.tolist()), mp.matrix(target.tolist()), 2 / depth
        _, start = preferred(matrix[None], target[None], np.array([[1.0, 0.0]]), order)
        v = mp.matrix([float(one) for one in np.asarray(start)[0]])
        for _ in range(12):
            u = a.T * v
            if depth == 2:
                x = [mp.exp(one) for one in u]
                slope = x
            else:
                g = mp.mpf(depth.numerator) / (depth.numerator - 2)
                x = [(-one) ** -g for one in u]
                slope = [g * (-one) ** (-g - 1) for one in u]
            v = v - mp.lu_solve(a * mp.diag(slope) * a.T, a * mp.matrix(x) - y)
        return x

    def test_in_balls(self) -> None:
        """The bars in float64 cover what 256-bit balls find."""
        import flint

        drawn = draw_face({"rank": 2, "extra": 2, "others": 1}, np.random.default_rng(4), 1)
        logs = np.array([-40.0])
        with flint.ctx.workprec(256):
            sharp = self._found({name: to_balls(one) for name, one in drawn.items()}, to_balls(logs))
            middle = np.array([float(ball) for ball in sharp.flat])
        rough = self._found({name: Bounded.exact(one) for name, one in drawn.items()}, Bounded.exact(logs))

        assert np.all(np.abs(rough.value[0] - middle) <= rough.error[0])

    @staticmethod
    def _found(drawn: dict, logs: object) -> object:
        face, depth = wide_face(drawn), as_depth("3")
        chosen, _ = preferred(face.on, face.target, face.anchor, 2 / depth)
        return departure(face, limit(face, logs, depth), chosen, logs, depth)[0]


@pytest.mark.parametrize("depth", ["2", "5/2", "4"])
def test_a_batch_is_its_instances(depth: str) -> None:
    """Instances that leave Newton's method early do not change the others."""
    drawn = draw_unique({"support": 3, "others": 4, "unseen": 1}, np.random.default_rng(6), 40)
    face, logs = unique_face(drawn), np.linspace(-30, -0.1, 40)
    whole = limit(face, logs, as_depth(depth))

    for i in range(40):
        alone = limit(face.only([i]), logs[i : i + 1], as_depth(depth))
        assert alone.log_on[0] == pytest.approx(whole.log_on[i], abs=1e-11)
        assert alone.dual_off[0] == pytest.approx(whole.dual_off[i], abs=1e-11)


def test_singular_equations_have_no_solution() -> None:
    """One singular matrix in a batch gives NaN, the others their solutions."""
    matrix = np.array([[[1.0, 1.0], [1.0, 1.0]], [[2.0, 0.0], [0.0, 4.0]]])
    found = solve_each(matrix, np.array([[1.0, 2.0], [1.0, 1.0]]))

    assert np.isnan(found[0]).all()
    assert np.array([0.5, 0.25]) == pytest.approx(found[1])
