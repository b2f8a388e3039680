"""What the claims on times, final rates and faces measure, against eigenvalues in many digits and plain differences."""

from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from lemmata.claims.papers.wind2023 import _activation as times
from lemmata.claims.papers.wind2023 import _final_rate as speed
from lemmata.claims.papers.wind2023 import _symmetries as relatives
from lemmata.claims.settings.diagonal.diabetes import PATIENTS_UNIQUE, unique_patients
from lemmata.claims.settings.diagonal.problems import alpha, draw_face, error, unique_face, wide_face
from lemmata.claims.settings.diagonal.rates import ONE_RAY, errors_along, ray_parts
from lemmata.solvers import Bounded
from lemmata.solvers.diagonal import activation_dual_times, as_depth, departure, limit, preferred


def exactly(drawn: dict[str, Any]) -> dict[str, Any]:
    """The instances in float64 with error bounds."""
    return {name: Bounded.exact(one) for name, one in drawn.items()}


def drawn_equations(support: int, depth: str, seed: int = 3) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters, and one pair of equations."""
    parameters = {"support": support, "others": 3, "depth": depth}
    family = speed.two_equations(depths=(depth,), support=support)
    return parameters, dict(family.draw(parameters, np.random.default_rng(seed), 1))


def final_rate(drawn: dict[str, Any], log_alpha: float, depth: Fraction) -> mp.mpf:
    """Least eigenvalue of D^2 A diag(u^(2D-2) + v^(2D-2)) A' at the limit, in many digits, u and v from x and alpha."""
    found = limit(unique_face(drawn), np.array([log_alpha]), depth)
    support = drawn["x"].shape[1]
    below = np.vstack([np.zeros((2 - support, support)), np.eye(support)])[: 2 - support]
    plain = np.vstack([np.hstack([np.eye(support), drawn["B"][0]]), np.hstack([below, drawn["M"][0].T])])
    matrix = mp.matrix((drawn["F"][0] @ plain).tolist())
    power, scale = mp.mpf(depth.numerator) / depth.denominator, mp.e ** mp.mpf(log_alpha)
    # Off the support from the solver; on it so that A x = y holds to all digits.
    off = [
        mp.e ** mp.mpf(float(one)) * int(sign) for one, sign in zip(found.log_off[0], found.sign_off[0], strict=True)
    ]
    seen = mp.matrix(drawn["B"][0].tolist()) * mp.matrix(off)
    x = [mp.mpf(float(one)) - seen[i] for i, one in enumerate(drawn["x"][0])] + off
    weights = [_weight(one, scale, power) for one in x]
    return min(mp.eigsy(matrix * mp.diag(weights) * matrix.T, eigvals_only=True))


def _weight(x: mp.mpf, scale: mp.mpf, power: mp.mpf) -> mp.mpf:
    if power == 2:
        return 4 * mp.sqrt(x**2 + 4 * scale**4)
    size, small = abs(x), 2 - power
    # u^(2-D) + v^(2-D) = 2 alpha^(2-D) and u^D - v^D = |x|, by bisection for log v.
    low, high = mp.log(scale) - 3, mp.log(scale)
    for _ in range(mp.mp.prec):
        middle = (low + high) / 2
        v = mp.e**middle
        u = (2 * scale**small - v**small) ** (1 / small) if 2 * scale**small > v**small else mp.inf
        low, high = (middle, high) if u**power - v**power > size else (low, middle)
    return power**2 * ((size + v**power) ** (2 - 2 / power) + v ** (2 * power - 2))


@pytest.mark.parametrize("depth", ["2", "3", "4"])
def test_distance_of_the_final_rate(depth: str) -> None:
    """The distance from the limiting rate is that of two eigenvalues in 60 digits."""
    parameters, drawn = drawn_equations(2, depth)
    procedure = speed.vertex_rates_two if depth == "2" else speed.vertex_rates_deep
    values = procedure.run(parameters, exactly(drawn)).cases[0].values
    exact = as_depth(depth)

    with mp.workdps(60):
        frame = mp.matrix(drawn["F"][0].tolist())
        power = mp.mpf(exact.numerator)
        weights = [power**2 * mp.mpf(float(one)) ** (2 - 2 / power) for one in drawn["x"][0]]
        settled = min(mp.eigsy(frame * mp.diag(weights) * frame.T, eigvals_only=True))
        at = 0 if depth == "2" else 1
        rate = final_rate(drawn, float(values[f"log({alpha})"].value[0, at]), exact)
        expected = float(mp.log(abs(rate - settled)))

    assert expected == pytest.approx(values[f"log({speed.departed})"].value[0, at], abs=1e-8)


@pytest.mark.parametrize("depth", ["2", "3", "4"])
def test_vanishing_final_rate(depth: str) -> None:
    """With one entry for two equations the rate is the least eigenvalue in 60 digits, not in float64."""
    parameters, drawn = drawn_equations(1, depth)
    values = speed.sparse_rates_two.run(parameters, exactly(drawn)).cases[0].values

    with mp.workdps(60):
        expected = float(mp.log(final_rate(drawn, float(values[f"log({alpha})"].value[0, 0]), as_depth(depth))))

    assert expected == pytest.approx(values[f"log({speed.rate})"].value[0, 0], abs=1e-8)


@pytest.mark.parametrize("depth", ["2", "5/2", "4"])
def test_first_of_several_equations(depth: str) -> None:
    """The time is that of the equation which is first, and T of the claim is kappa T over kappa."""
    parameters = {"rows": 3, "columns": 2, "depth": depth, "scale": 3}
    drawn = dict(times.separate_rows((depth,), scales=(0, 9)).draw(parameters, np.random.default_rng(1), 4))
    values = times.activation.run(parameters, exactly(drawn)).cases[0].values
    level, share = (values[str(one)].value[:, 0] for one in (times.level, times.coupling))
    alone, _ = activation_dual_times(drawn["a"], drawn["y"], level, np.full(4, -3 * np.log(2)), as_depth(depth))
    power = float(Fraction(depth))
    pace = 4.0 if depth == "2" else power * (power - 2) * 2.0 ** (-3 * (power - 2))

    assert np.log(alone.min(axis=1) / pace) == pytest.approx(values[f"log({times.T})"].value[:, 0], abs=1e-12)
    assert np.all(share * level / values[str(times.pull)].value[:, 0] <= 1 / 2)


@pytest.mark.parametrize("depth", ["2", "5/2", "3"])
def test_distance_from_the_preferred_minimiser(depth: str) -> None:
    """Where floats can subtract, at alpha = exp(-4), the distance is the difference of two points."""
    drawn = draw_face({"rank": 2, "extra": 2, "others": 1}, np.random.default_rng(2), 1)
    exact, face, logs = as_depth(depth), wide_face(drawn), np.array([-4.0])
    best, _ = preferred(face.on, face.target, face.anchor, 2 / exact)
    found = limit(face, logs, exact)
    moved, unit = departure(face, found, best, logs, exact)

    assert found.on - best == pytest.approx(moved * np.exp(unit), rel=1e-7, abs=1e-13)


def test_known_limits() -> None:
    """Zero columns, y = 0 and injective A are what the flow of the three problems says, at alpha = 1/4."""
    parameters = {"rank": 2, "extra": 1, "others": 2, "depth": "3", "scale": 2}
    drawn = draw_face(parameters, np.random.default_rng(0), 1)
    drawn |= {"s": np.ones(1), "c": np.full(1, 2.0)}
    for case in relatives.known_limits().run(parameters, exactly(drawn)).cases:
        left, right = case.values.values()
        assert right.value == pytest.approx(left.value, abs=1e-11)

    broken = relatives.known_limits(extra=True).run(parameters, exactly(drawn)).cases[2].values
    left, right = broken.values()
    assert np.abs(left.value - right.value).max() > 1e-4


def test_the_table_at_depth_two() -> None:
    """Of the patients' table one column attains rho = 0.96 and the next falls short by 1/32: its rate comes to rest."""
    drawn = unique_patients()
    parameters = {"depth": "2", "patients": PATIENTS_UNIQUE}
    values = errors_along(ray_parts).run(parameters, exactly(drawn)).cases[0].values
    logs, scales, rho = (values[name].value[0] for name in (f"log({error})", f"log({alpha})", "rho"))

    assert ONE_RAY.holds(parameters, drawn).all()
    assert rho[0] == pytest.approx(0.9597, abs=1e-4)
    assert 2 * (1 - rho[0]) == pytest.approx((logs[-1] - logs[-2]) / (scales[-1] - scales[-2]), abs=1e-9)
