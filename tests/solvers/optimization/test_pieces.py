import numpy as np
import pytest

from lemmata.solvers import Bounded, to_rationals
from lemmata.solvers.optimization import Pieces, PiecewiseConvex


def function(rng: np.random.Generator, *, jumps: bool, size: int = 5, dimension: int = 2) -> PiecewiseConvex:
    """A function of three intervals a side, rotated."""
    sides = [
        Pieces(
            lengths=rng.uniform(0.1, 1, size=(size, dimension, 2)),
            slopes=rng.uniform(0, 1, size=(size, dimension, 3)),
            jumps=rng.uniform(0, 1, size=(size, dimension, 3)) if jumps else None,
        )
        for _ in range(2)
    ]
    rotation = np.linalg.qr(rng.normal(size=(size, dimension, dimension)))[0]
    return PiecewiseConvex(right=sides[0], left=sides[1], rotation=rotation)


@pytest.mark.parametrize("jumps", [False, True])
def test_slopes_are_those_of_the_values(jumps: bool) -> None:  # noqa: FBT001 - a case of the test
    """The gradient is what central differences of the values say."""
    rng = np.random.default_rng(0)
    f, x, move = function(rng, jumps=jumps), rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
    slope = (f.value(x + 1e-6 * move) - f.value(x - 1e-6 * move)) / 2e-6

    assert np.allclose(slope, (f.gradient(x) * move).sum(axis=-1), atol=1e-6)


@pytest.mark.parametrize("jumps", [False, True])
def test_proximal_points_minimize(jumps: bool) -> None:  # noqa: FBT001 - a case of the test
    """No point near the proximal one has a smaller value of the function plus the squared distance."""
    rng = np.random.default_rng(1)
    f, x, step = function(rng, jumps=jumps), rng.normal(size=(5, 2)) * 2, rng.uniform(0.2, 3, size=(5, 1))
    found = f.proximal(x, step)

    def cost(p: np.ndarray) -> np.ndarray:
        total: np.ndarray = f.value(p) + ((p - x) ** 2).sum(axis=-1) / (2 * step[:, 0])
        return total

    for _ in range(200):
        near = found + rng.normal(size=(5, 2)) * 10.0 ** rng.uniform(-6, 0)

        assert np.all(cost(near) >= cost(found) - 1e-12)


def test_the_curvature_is_at_most_one() -> None:
    """With second derivatives up to one the gradient is non-expansive, and the convexity inequality holds."""
    rng = np.random.default_rng(2)
    f, x, y = function(rng, jumps=False), rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
    apart, moved = x - y, f.gradient(x) - f.gradient(y)
    least = f.value(y) + (f.gradient(y) * apart).sum(axis=-1) + (moved**2).sum(axis=-1) / 2

    assert np.all(f.value(x) >= least - 1e-12)


def test_every_number_system_agrees() -> None:
    """Error bounds cover the exact value, which rationals compute."""
    rng = np.random.default_rng(3)
    f, x = function(rng, jumps=True), rng.normal(size=(5, 2))

    def over(system: object) -> PiecewiseConvex:
        sides = [
            Pieces(**{name: system(getattr(side, name)) for name in ("lengths", "slopes", "jumps")})  # type: ignore[operator]
            for side in (f.right, f.left)
        ]
        return PiecewiseConvex(right=sides[0], left=sides[1], rotation=system(f.rotation))  # type: ignore[operator]

    exact = np.array([float(one) for one in over(to_rationals).value(to_rationals(x))])
    bounded = over(Bounded.exact).value(Bounded.exact(x))

    assert np.all(np.abs(bounded.value - exact) <= bounded.error + 1e-15)
