"""Comonotone operators, interpolated proximal points and Lookahead, against closed forms and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import at_edge, drawn, measured, sharpness
from scipy.optimize import root

from lemmata.claims import Claim
from lemmata.claims.papers.pethick2023._bilinear import games
from lemmata.claims.papers.pethick2023._planar import RANGE, inexact, planar_operators, plane_range, short_steps
from lemmata.claims.papers.pethick2023._two_steps import ahead, descended, extra, lookahead_step
from lemmata.claims.papers.pethick2023.inner import inner
from lemmata.claims.papers.pethick2023.iterates import sharp
from lemmata.claims.papers.pethick2023.lookahead import half, stable
from lemmata.claims.papers.pethick2023.resolvents import nonexpansive, resolvent
from lemmata.solvers import as_floats, to_rationals
from lemmata.solvers.optimization import Comonotone, NonExpansive, Planar, bilinear_lookahead, bilinear_turns

WITNESSES = (
    (resolvent, "rotations at the end of the range"),
    (nonexpansive, "rotations at the end of the range"),
    (sharp, "the slowest rotation, two steps"),
    (inner, "gamma L near one, one inner step"),
    (stable, "at the threshold"),
    (half, "at the threshold"),
)
NAMES = ("real", "imaginary", "flat", "extra", "knee")


def planar(seed: int, **parameters: int) -> tuple[dict[str, np.ndarray], Planar]:
    """Instances of the planar family, and their operators."""
    _, instances = drawn(planar_operators(short_steps, longest=6), seed, **parameters)
    return instances, Planar(**{name: instances[name] for name in NAMES})


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some relation is met with equality, to rounding of the instance."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-8, atol=0)


def test_a_planar_resolvent_solves_its_equation() -> None:
    """The resolvent p has p + gamma F(p) = z: the root that SciPy finds, with the operator alone."""
    instances, operator = planar(3, planes=2)
    found = operator.resolvent(instances["x0"], instances["gamma"])

    for row in range(4):
        one = Planar(**{name: instances[name][row : row + 1] for name in NAMES})
        z, step = instances["x0"][row], instances["gamma"][row]
        solved = root(lambda p, one=one, z=z, step=step: p + step * one(p[None])[0] - z, 0.9 * z)

        assert solved.success
        assert np.allclose(solved.x, found[row], rtol=1e-6, atol=1e-9)


def test_planar_constants_are_the_least_over_pairs_and_attained() -> None:
    """Comonotonicity and Lipschitz constant bound every pair of points; of a linear operator some pair attains them."""
    instances, operator = planar(5, planes=2)
    rng = np.random.default_rng(0)
    rho, lipschitz2 = operator.comonotonicity(), operator.squared_lipschitz()
    lowest, highest = np.full(len(rho), np.inf), np.zeros(len(rho))
    for _ in range(400):
        z, w = (rng.normal(size=instances["x0"].shape) * np.exp(3 * rng.normal()) for _ in range(2))
        moved, away = operator(z) - operator(w), z - w
        square = (moved * moved).sum(axis=1)
        lowest = np.minimum(lowest, (moved * away).sum(axis=1) / square)
        highest = np.maximum(highest, square / (away * away).sum(axis=1))

    assert np.all(rho <= lowest + 1e-12)
    assert np.all(highest <= lipschitz2 * (1 + 1e-12))


def test_linear_comonotonicity_is_an_eigenvalue() -> None:
    """Of a linear operator the constant is the least eigenvalue of the symmetric part of its inverse."""
    instances, _ = planar(7, planes=2)
    linear = Planar(**{name: 0 * instances[name] if name == "extra" else instances[name] for name in NAMES})
    columns = np.stack([linear(np.tile(unit, (len(instances["flat"]), 1))) for unit in np.eye(5)], axis=2)
    inverse = np.linalg.inv(columns)
    expected = np.linalg.eigvalsh((inverse + inverse.swapaxes(1, 2)) / 2)[:, 0]

    assert np.allclose(expected, linear.comonotonicity(), rtol=1e-9)
    assert np.allclose(np.linalg.norm(columns, 2, axis=(1, 2)) ** 2, linear.squared_lipschitz(), rtol=1e-9)


def test_a_rotation_is_its_own_operator() -> None:
    """Of F = c on the plane, c complex, J = 1/(1 + gamma c) is the resolvent that the reflected form gives."""
    rho, step, angle = -0.4, 1.0, 0.7
    w = np.exp(1j * angle)
    share = step / (step + rho) / 2
    resolvent_factor = 1 + share * (w - 1)
    c = (1 / resolvent_factor - 1) / step
    flat, turn = np.zeros((1, 2)), np.array([[[w.real, -w.imag], [w.imag, w.real]]])
    turned = NonExpansive(pull=flat, left=flat, right=flat, turn=turn)
    operator = Comonotone(reflected=turned, rho=np.array([rho]), step=np.array([step]))
    image = operator.resolvent(np.array([[1.0, 0.0]]))[0]

    assert np.isclose(rho, c.real / abs(c) ** 2)
    assert np.allclose([resolvent_factor.real, resolvent_factor.imag], image)


def test_exact_inner_loops_leave_the_exact_iteration() -> None:
    """Many inner steps have hardly an error, and one inner step is descent-ascent of step lambda gamma."""
    family = planar_operators(plane_range, short_steps, longest=24)
    point, instances = drawn(family, 1, planes=1, steps=5, inner=6)
    slow = {**instances, "gamma": instances["gamma"] / 1000}
    many = measured(inexact, point, slow)

    assert 0 < len(slow["gamma"])
    assert np.all(many[r"\sum_{k < N} |e_k|"] <= 1e-13 * many["|z_0 - z^*|"])


def test_bilinear_lookahead_is_a_complex_power() -> None:
    """The slow points are powers of 1 - lambda + lambda (1 - i gamma b)^tau, in exact rationals too."""
    point, instances = drawn(games(weights=(0.1, 0.9), inner=(1, 5), at=(0.5, 0.5)), 2, inner=3, steps=4)
    reach, share = instances["reach"], instances["lambda"]
    start = instances["x0"][:, 0] - 1j * instances["x0"][:, 1]
    w = (1 - 1j * reach) ** point["inner"]
    expected = start * (1 - share + share * w) ** 4
    points = bilinear_lookahead(instances["x0"], reach, share, steps=4, inner=3)[:, 4]
    exact = bilinear_lookahead(*(to_rationals(instances[name]) for name in ("x0", "reach", "lambda")), steps=4, inner=3)
    real, imaginary = bilinear_turns(reach, inner=3)

    assert np.allclose(expected, points[:, 0] - 1j * points[:, 1])
    assert np.allclose(points, as_floats(exact[:, 4]))
    assert np.allclose(w, real + 1j * imaginary)


def test_edges_of_planes_are_in_range() -> None:
    """The rotations at the edges are cohypomonotone, and their step is nearly the least that is allowed."""
    claim = inner
    _, instances = at_edge(claim, "gamma L near one, one inner step")
    operator = Planar(**{name: instances[name] for name in NAMES})
    reached = -2 * operator.comonotonicity() / instances["gamma"]

    assert RANGE
    assert np.all((reached > 0.99) & (reached <= 1))


def test_steps_on_a_plane_are_complex_factors() -> None:
    """With F(z) = c z each of the three steps multiplies z by a polynomial of gamma c."""
    point, given = drawn(planar_operators(longest=1), seed=4, planes=1)
    got = measured(lookahead_step(), point, given)
    turn = given["gamma"] * (given["real"][:, 0] + 1j * given["imaginary"][:, 0])
    z, weight = given["x0"][:, 0] + 1j * given["x0"][:, 1], given["lambda"]
    factors = {
        ahead: 1 - weight + weight * (1 - turn) ** 2,
        descended: 1 - 2 * weight * turn,
        extra: 1 - 2 * weight * turn * (1 - turn),
    }

    for symbol, factor in factors.items():
        assert np.allclose(np.stack([(factor * z).real, (factor * z).imag], axis=1), got[symbol][:, :2])
