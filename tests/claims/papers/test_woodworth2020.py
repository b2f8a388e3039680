"""What the claims on the potential and on the two regimes measure, against difference quotients and pseudoinverses."""

from fractions import Fraction

import numpy as np
import pytest
from claim_tools import drawn, measured, never_met, shipped
from scipy.integrate import quad, solve_ivp
from scipy.optimize import linprog

from lemmata.claims import Located, evaluate, total
from lemmata.claims.papers.woodworth2020 import lemmas
from lemmata.claims.papers.woodworth2020._lemmas import at_limit, elsewhere, entropy, s, w
from lemmata.claims.papers.woodworth2020._limits import extreme_limits, other_norm, other_square, whole_depths
from lemmata.claims.papers.woodworth2020.regimes import kernel
from lemmata.claims.settings.diagonal.potential import least_norm, least_square
from lemmata.solvers import Bounded
from lemmata.solvers.diagonal import mirror_angles, mirror_height, potential_terms


@pytest.mark.parametrize("depth", [Fraction(2), Fraction(5, 2), Fraction(3), Fraction(6)])
def test_potential_is_the_integral_of_the_map(depth: Fraction) -> None:
    """A difference quotient of Q is psi, and psi inverts x = alpha^D h(z)."""
    x, start, step = np.array([[0.3, 2.0]]), np.array([[-0.7]]), 1e-5

    def value(at: np.ndarray) -> np.ndarray:
        found: np.ndarray = potential_terms(at, mirror_angles(np.log(at), start, depth), start, depth)
        return found

    angle = mirror_angles(np.log(x), start, depth)
    psi = angle if depth == 2 else np.tanh(angle)
    back = 2 * np.exp(-1.4) * np.sinh(psi) if depth == 2 else np.exp(float(depth) * -0.7) * mirror_height(psi, depth)

    assert (value(x + step) - value(x - step)) / (2 * step) == pytest.approx(psi, rel=1e-7)
    assert back == pytest.approx(x, rel=1e-12)


def test_least_norms() -> None:
    """The least l2 norm is that of the pseudoinverse, the least l1 norm that of x* by construction."""
    parameters = {"support": 2, "others": 3, "unseen": 0, "depth": "2", "scale": 1}
    drawn = kernel.given.draw(parameters, np.random.default_rng(2), 1)
    values = kernel.when.run(parameters, {name: Bounded.exact(one) for name, one in drawn.items()}).cases[0].values
    matrix = np.hstack([np.eye(2), drawn["B"][0]])

    assert np.sum((np.linalg.pinv(matrix) @ drawn["x"][0]) ** 2) == pytest.approx(values[str(least_square)].value[0, 0])
    assert drawn["x"].sum() == values[str(least_norm)].value[0, 0]


def test_unequal_limit_is_that_of_the_integrated_flow() -> None:
    """SciPy's flow from alpha w ends at the point that is made from its dual; the other point fits as well."""
    point, given = drawn(lemmas.unequal.given, seed=3, size=1, rows=2, others=2, reach=1.0, spread=0.5)
    got = measured(lemmas.unequal.when, point, given)
    matrix = np.hstack([np.eye(2), given["B"][0]])
    unit = given["alpha"][0] ** 2 * got[w].ravel()
    ends = [got[one].ravel() * unit for one in (at_limit, elsewhere)]
    y = matrix @ ends[0]

    def slope(_: float, state: np.ndarray) -> np.ndarray:
        u, v = state[:4], state[4:]
        pull = matrix.T @ (y - matrix @ (u**2 - v**2))
        return np.concatenate([2 * u * pull, -2 * v * pull])

    start = np.tile(given["alpha"][0] * given["w"][0], 2)
    end = solve_ivp(slope, (0, 200), start, rtol=1e-10, atol=1e-12).y[:, -1]

    assert ends[0] == pytest.approx(end[:4] ** 2 - end[4:] ** 2, rel=1e-5, abs=1e-7)
    assert y == pytest.approx(matrix @ ends[1])


def test_entropy_is_the_integral_of_asinh() -> None:
    """The formula q of the lemmas has the derivative asinh(t/2), by quadrature."""
    values = np.array([[0.01, 3.0, -50.0]])
    expected = [quad(lambda t: np.arcsinh(t / 2), 0, end)[0] for end in values[0]]

    got = evaluate(total(entropy(s)), {str(s): values[:, None, :, None]})

    assert sum(expected) == pytest.approx(got[0, 0])


@pytest.mark.parametrize("located", shipped("woodworth2020.limits"), ids=lambda located: located.claim.key)
def test_every_edge_of_a_limit_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def test_extreme_interpolators() -> None:
    """The two that limits are compared with are those of NumPy's pseudo-inverse and of SciPy's linear program."""
    point, given = drawn(whole_depths((40, 64)), size=8, support=2, others=3)
    got = measured(extreme_limits, point, given)
    for row, (B, y) in enumerate(zip(given["B"], given["x"], strict=True)):
        A = np.concatenate([np.eye(2), B], axis=1)
        shortest = np.linalg.pinv(A) @ y
        split = linprog(np.ones(10), A_eq=np.concatenate([A, -A], axis=1), b_eq=y)

        assert np.abs(shortest).sum() == pytest.approx(got[other_norm][row, 0])
        assert shortest @ shortest == pytest.approx(got[least_square][row, 0])
        assert split.fun == pytest.approx(got[least_norm][row, 0])
        assert split.x @ split.x == pytest.approx(got[other_square][row, 0])
