from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize

from lemmata.claims.papers.wind2023._near_ties import cubes, tied_face
from lemmata.claims.papers.wind2023._segments import log_odds, segment_face
from lemmata.claims.papers.wind2023.near_ties import large
from lemmata.claims.settings.diagonal.problems import D, draw_face, wide_face
from lemmata.solvers import Bounded, as_floats, to_balls
from lemmata.solvers.diagonal import as_depth, limit, preferred, renyi_entropy, tie_break


def logs(scale: float, size: int = 1) -> np.ndarray:
    """Log alpha for alpha = 2^-scale."""
    return np.full(size, -scale * np.log(2))


def ode_end(matrix: np.ndarray, target: np.ndarray, depth: float, starts: np.ndarray) -> np.ndarray:
    """Where gradient flow of u^D - v^D ends, by integrating the parameters."""
    n = matrix.shape[1]

    def field(_: float, state: np.ndarray) -> np.ndarray:
        u, v = state[:n], state[n:]
        pull = depth * matrix.T @ (target - matrix @ (u**depth - v**depth))
        return np.concatenate([u ** (depth - 1) * pull, -(v ** (depth - 1)) * pull])

    run = solve_ivp(field, (0, 300), np.tile(starts, 2), method="LSODA", rtol=1e-10, atol=1e-12)
    u, v = run.y[:n, -1], run.y[n:, -1]
    return u**depth - v**depth


@pytest.mark.parametrize(
    ("depth", "share"), [("2", 0.314824), ("5/2", 0.286139), ("3", 0.265148), ("4", 0.238095), ("8", 0.199338)]
)
def test_the_sheet_s_segment(depth: str, share: float) -> None:
    """Between (16, 1, 1, 1, 1) and 20 the limit lies where the two Renyi entropies say."""
    ends = {"u": np.array([[16.0, 1, 1, 1, 1]]), "v": np.array([[20.0]])}
    exact = as_depth(depth)
    found = log_odds(limit(segment_face(ends), logs(120), exact), ends)
    order = 2 / exact
    entropies = renyi_entropy(ends["v"], order) - renyi_entropy(ends["u"], order)

    assert share == pytest.approx(1 / (1 + np.exp(-found[0])), abs=1e-6)
    assert entropies[0] == pytest.approx(found[0], abs=1e-9)


@pytest.mark.parametrize("depth", [2, 3])
def test_a_segment_by_the_flow_itself(depth: int) -> None:
    """The reduced problem of a segment has the limit that integration of u and v reaches."""
    ends = {"u": np.array([[1.5, 0.5]]), "v": np.array([[2.0]])}
    face = segment_face(ends)
    reached = ode_end(face.on[0], face.target[0], depth, np.full(3, 0.25))

    assert reached == pytest.approx(limit(face, logs(2), Fraction(depth)).on[0], abs=1e-7)


def test_order_one_is_the_limit_of_orders() -> None:
    """Renyi entropies are continuous at Shannon's, and log n for equal weights."""
    weights = np.array([[1.0, 2, 5], [1, 1, 1]])
    near = renyi_entropy(weights, Fraction(999_999, 1_000_000))

    assert renyi_entropy(weights, Fraction(1)) == pytest.approx(near, abs=1e-5)
    assert np.log(3) == pytest.approx(renyi_entropy(weights, Fraction(1, 3))[1])


@pytest.mark.parametrize("order", [Fraction(1), Fraction(1, 2), Fraction(4, 5)])
def test_preferred_against_a_solver_in_the_primal(order: Fraction) -> None:
    """The preferred minimiser is the one that a constrained optimiser finds."""
    drawn = draw_face({"rank": 2, "extra": 2, "others": 1}, np.random.default_rng(4), 3)
    face = wide_face(drawn)
    found, _ = preferred(face.on, face.target, face.anchor, order)
    for i in range(3):
        rows, values = face.on[i], face.target[i]
        best = minimize(
            lambda x: float(tie_break(np.maximum(x, 1e-9)[None], order)[0]),
            drawn["x"][i],
            constraints={"type": "eq", "fun": lambda x, rows=rows, values=values: rows @ x - values},
            bounds=[(1e-9, None)] * 4,
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 500},
        )

        assert best.x == pytest.approx(found[i], abs=1e-4)
        assert rows @ found[i] == pytest.approx(values, abs=1e-9)


def test_preferred_in_balls_lies_within_the_bars() -> None:
    """The error bounds of float64 cover what many digits give."""
    import flint

    drawn = draw_face({"rank": 2, "extra": 1, "others": 1}, np.random.default_rng(5), 4)
    wide = wide_face({name: Bounded.exact(value) for name, value in drawn.items()})
    bars, _ = preferred(wide.on, wide.target, wide.anchor, Fraction(2, 3))
    with flint.ctx.workprec(256):
        exact = wide_face({name: to_balls(value) for name, value in drawn.items()})
        digits, _ = preferred(exact.on, exact.target, exact.anchor, Fraction(2, 3))

    assert np.all(np.abs(as_floats(digits) - bars.value) <= bars.error + 1e-15)


@pytest.mark.parametrize(("depth", "scale"), [("2", 40), ("3", 10), ("4", 6)])
def test_near_ties_by_one_equation(depth: str, scale: int) -> None:
    """x_2 of A = [1, 1 - e] solves psi(x_2) = (1 - e) psi(x_1), by bisection."""
    exact, tie = as_depth(depth), 2.0**-8
    alpha = 2.0**-scale

    def mirror(x: float) -> float:
        if exact == 2:
            return float(np.arcsinh(x / (2 * alpha**2)))
        g = float(exact / (exact - 2))
        return float(
            brentq(lambda z: (1 - z) ** -g - (1 + z) ** -g - x / alpha ** float(exact), 0, 1 - 1e-15, xtol=1e-16)
        )

    root = brentq(lambda x: mirror(x) - (1 - tie) * mirror(1 - (1 - tie) * x), 1e-12, 1.0, xtol=1e-15)
    found = limit(tied_face(np.array([tie])), logs(scale), exact)

    assert root == pytest.approx(float(found.off[0, 0]), rel=1e-6)


def test_third_order_of_the_mirror_map() -> None:
    """The cubic coefficient claimed is that of a Taylor expansion, at depth two that of asinh(s/2)."""
    s = 0.01
    g = 3.0
    z = brentq(lambda z: (1 - z) ** -g - (1 + z) ** -g - s, 0, 0.5, xtol=1e-17)

    third_order = large.then.constant / cubes

    assert (1 - 2 * g * z / s) / s**2 == pytest.approx(float(third_order.subs(D, 3)), rel=1e-3)
    assert float(third_order.subs(D, 2)) == pytest.approx(1 / 24, rel=1e-15)


@pytest.mark.parametrize("depth", [2, 3])
def test_unequal_starts_are_copies_of_columns(depth: int) -> None:
    """Starts alpha and 2 alpha by the flow itself: x_2 is 2^(D-2) times the sum of four copies of 2^(D-2) a_2."""
    matrix, target = np.array([[1.0, 0.75, 0.5], [0.0, 1.0, -1.0]]), np.array([1.0, 0.25])
    lift = 2.0 ** (depth - 2)
    reached = ode_end(matrix, target, depth, 0.3 * np.array([1.0, 2.0, 1.0]))
    columns = np.concatenate([matrix[:, :1], np.repeat(matrix[:, 1:2] * lift, 4, axis=1), matrix[:, 2:]], axis=1)
    copies = ode_end(columns, target, depth, np.full(6, 0.3))

    assert reached == pytest.approx([copies[0], lift * copies[1:5].sum(), copies[5]], abs=1e-6)


def test_large_starts_without_a_support_in_balls() -> None:
    """At alpha = 1 no dual variable is near the boundary, and the limit is found in balls too."""
    import flint

    ends = {"u": np.array([[1.5, 0.5]]), "v": np.array([[2.0]])}
    plain = limit(segment_face(ends), logs(0), Fraction(3)).on
    with flint.ctx.workprec(256):
        balls = {name: to_balls(value) for name, value in ends.items()}
        exact = limit(segment_face(balls), to_balls(np.zeros(1)), Fraction(3)).on

    assert as_floats(exact) == pytest.approx(plain, rel=1e-12)


def test_bars_of_the_limit_cover_many_digits() -> None:
    """The error bounds in float64 with bars cover what 256 bits give, at a scale where rounding matters."""
    import flint

    rng = np.random.default_rng(6)
    ends = {"u": rng.integers(1, 17, size=(20, 3)) / 4, "v": rng.integers(1, 17, size=(20, 3)) / 4}
    ends = {"u": ends["u"] * ends["v"].sum(axis=1)[:, None], "v": ends["v"] * ends["u"].sum(axis=1)[:, None]}
    start = logs(6, 20)
    wide = {name: Bounded.exact(value) for name, value in ends.items()}
    bars = limit(segment_face(wide), Bounded.exact(start), as_depth("5/2")).log_on
    with flint.ctx.workprec(256):
        balls = {name: to_balls(value) for name, value in ends.items()}
        digits = as_floats(limit(segment_face(balls), to_balls(start), as_depth("5/2")).log_on)

    assert np.all(np.abs(digits - bars.value) <= bars.error + 1e-15)
