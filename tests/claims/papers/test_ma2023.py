"""Lifted matrix sensing: what its procedures measure, the small instances that refute, and how the claims end."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from claim_tools import drawn, located_claim, measured, shipped

from lemmata.checks import Effort, judge
from lemmata.claims import Located
from lemmata.claims.papers.ma2023 import _completion as completion
from lemmata.claims.papers.ma2023 import _lifted as lifted
from lemmata.claims.papers.ma2023 import _measured as at
from lemmata.claims.papers.ma2023 import _near_rank_one as near
from lemmata.claims.papers.ma2023 import _points as points
from lemmata.claims.papers.ma2023._experiment import descents, lifted_miss
from lemmata.solvers import to_rationals
from lemmata.solvers.sensing import lifted_gradient, lifted_loss, lifted_measurements, operators_of, tensor_power

_SLOW = "lemma-6-sharpened", "theorem-3-if", "every-second-order-point-is-near", "theorem-6", "never-converted"
_SECTIONS = [f"ma2023.{name}" for name in ("lifting", "near_rank_one", "saddles", "orders")]
_QUICK = [one for one in shipped(*_SECTIONS) if one.claim.key.split("/")[1] not in _SLOW]


@pytest.mark.parametrize("located", _QUICK, ids=lambda located: located.claim.key)
def test_as_expected(located: Located) -> None:
    """Each claim ends as its status says, printed ones refuted or vacuous among them, and its mutants fall."""
    found = judge(located, effort=Effort.QUICK, seed=5)

    assert found.expected, found.sentence
    assert [] == [mutant.name for mutant in found.mutants if not mutant.refuted]


class TestFirstOrderPoints:
    """What is measured at a point, against eigenvalues and the dense lift."""

    @pytest.fixture(params=[("2 x 1", points.MADE), ("3 x 2", points.MADE), ("3 x 1", points.FOUND)])
    def case(self, request: pytest.FixtureRequest) -> tuple[Any, Any]:
        """Points and instances at which all hypotheses hold."""
        shape, kind = request.param
        family = points.first_order_points()
        chosen = {"shape": shape, "points": kind, "k": 1, "length": 0.5, "turned": 0.5, "scale": 1.0, "rough": 0.3}
        point, given = drawn(family, seed=2, size=24, **chosen)
        kept = np.all([one.holds(point, given) for one in family.hypotheses], axis=0)

        assert kept.sum() > 6
        return point, {name: value[kept] for name, value in given.items()}

    def test_eigenvalues(self, case: tuple[Any, Any]) -> None:
        """G is minus the least eigenvalue of K(D), lambda_r the least one of X'X; the gradient vanishes."""
        point, given = case
        got = measured(at.at_points(constants=True), point, given)
        made = points.point_of(given)
        slope = np.einsum("b,bij->bij", made.pull, made.operator[:, 0])

        assert np.allclose(-np.linalg.eigvalsh(slope)[:, 0], got[at.G][:, 0])
        assert np.allclose(np.linalg.svd(made.factor)[1][:, -1] ** 2, got[at.shortest][:, 0])
        assert np.allclose(0, slope @ made.factor, atol=1e-10)
        assert (got[at.alpha] <= got[at.L]).all()

    def test_second_order_points_are_minima_of_the_loss(self, case: tuple[Any, Any]) -> None:
        """The predicate agrees with the eigenvalues of the Hessian by differences of the loss."""
        point, given = case
        made = points.point_of(given)
        n, r = made.factor.shape[1:]

        def loss(X: Any) -> Any:
            D = X @ X.swapaxes(1, 2) - made.truth @ made.truth.swapaxes(1, 2)
            return (np.einsum("bkij,bij->bk", made.operator, D) ** 2).sum(1) / 4

        step, basis = 1e-3, np.eye(n * r).reshape(-1, n, r)
        signs = list(product((1, -1), repeat=2))
        bent = [
            [sum(s * t * loss(made.factor + step * (s * e + t * f)) for s, t in signs) / (4 * step**2) for f in basis]
            for e in basis
        ]
        hessian = np.moveaxis(np.array(bent), -1, 0)
        least = np.linalg.eigvalsh(hessian)[:, 0]
        clear = np.abs(least) > 0.05 if r == 1 else least < -0.05

        assert np.allclose(hessian, points.hessian(made), rtol=1e-3, atol=1e-3)
        assert np.array_equal((least > 0)[clear], points.SECOND.holds(point, given)[clear])

    def test_curvature_along_the_direction_of_escape(self, case: tuple[Any, Any]) -> None:
        """a^2 - b_u^2 + 2 c^2 is the second difference of the lift of order two, made of dense tensors."""
        point, given = case
        got = measured(at.at_points(odd=False), point, given)
        made = points.point_of(given)
        r = made.factor.shape[2]
        operators = operators_of(made.operator, r, 2)
        low = made.bottom / np.linalg.norm(made.bottom, axis=1, keepdims=True)
        direction = tensor_power((low[:, :, None] * np.eye(r)[-1]).reshape(len(low), -1), 2)
        here, truth = (tensor_power(one.reshape(len(low), -1), 2) for one in (made.factor, made.truth))
        target = lifted_measurements(operators, truth, truth)
        down, mid, up = (lifted_loss(operators, here + t * direction, target) for t in (-1e-3, 0.0, 1e-3))

        assert np.allclose((up - 2 * mid + down) / 1e-6, got[at.curved][:, 0], rtol=1e-3, atol=1e-3)


def test_an_even_order_forgets_a_sign() -> None:
    """The lift of order two is flat at e_1 (x) e_1, where f is not, nor the lift of order three: exactly."""
    A = to_rationals(np.array([[[1, 0], [0, -1]], [[0, 0], [0, 1]], [[0, 1], [1, 0]]])[None])
    x, z = to_rationals(np.array([[1, 0]])), to_rationals(np.array([[0, 1]]))
    flat = []
    for order in (1, 2, 3):
        operators = operators_of(A, 1, order)
        truth = tensor_power(z, order)
        slope = lifted_gradient(operators, tensor_power(x, order), lifted_measurements(operators, truth, truth))
        flat.append(not any(entry != 0 for entry in slope.flat))

    assert [False, True, False] == flat


def test_a_negative_eigenvalue_keeps_tensors_from_rank_one() -> None:
    """For U = diag(1.08, -5), l = 3, the ratio tends to 1/sqrt2; for diag(1, -.95), l = 6, it is late by five."""
    found = near._after(np.array([[-5.0, 1.08]]), np.array([[0.8, 0.6]]), np.array([0.9]), 3, np.array([2000.0]))
    given = {"p": 1.0, "q": -5.0, "s": 0.2}
    late = near._after(
        np.array([[1.0, -0.949331743757328]]), np.array([[1.0, -4.83]]), np.array([0.5923]), 6, np.array([119.0])
    )
    bound = (1 + 4.83**2) ** 3 * ((1 + 0.5923 * 0.949331743757328**6) / 1.5923) ** 119

    assert np.allclose((1.08, -5.0), near._eigenvalues(given))
    assert np.isclose(0.5**0.5, found.deflated / found.strength)
    assert 4 < late.deflated[0] / late.strength[0] / bound


def test_a_tensor_that_deflation_calls_rank_one() -> None:
    """4 e_1^3 + 3 sym(e_1 e_2 e_2): nothing at e_2, and a rest of 3 x y^2; on a fine grid e_1 is the maximizer."""
    given = {"lambda": np.array([4.0]), "c": np.array([[1.0, 0.0]]), "angle": np.array([0.5])}
    got = measured(near.left_over, {"l": 3}, given)
    angles = np.linspace(0, 2 * np.pi, 10_001)
    values = 4 * np.cos(angles) ** 3 + 3 * np.cos(angles) * np.sin(angles) ** 2

    assert near.certified_tensors(3, 5).hypotheses[0].holds({"l": 3}, given).all()
    assert np.isclose(4, np.abs(values).max())
    assert got[near.second_top][0, 0] == 0
    assert np.isclose(3 * 0.6 * 0.64, got[near.rest][0, 0])


class TestCompletion:
    """The spurious point of perturbed completion, n = 3."""

    @pytest.mark.parametrize(
        ("rho", "expected"),
        [
            (0.01, [1.9992, 1.9984, 1.9976, 1.9968, 1.9960]),
            (0.3, [1.339, 0.783, 0.307, -0.107, -0.474]),
            (0.5, [0.400, -0.640, -1.43]),
        ],
    )
    def test_least_curvature_by_order(self, rho: float, expected: list[float]) -> None:
        """Least eigenvalues of the Hessian of the lift of orders one to five, found before by finite differences."""
        P, U, C = completion._parts(np.array([rho**2]))
        power = completion._power
        found = [
            np.linalg.eigvalsh(power(P, k) - power(U, k) + 2 * power(C, k))[0, 0] for k in range(1, len(expected) + 1)
        ]

        assert np.allclose(expected, found, atol=5e-4)

    def test_order_of_thousands(self) -> None:
        """The direction (1, 0, 1) escapes from order 3332 on at rho = 1/100, by its three numbers."""
        got = measured(completion.smallest_orders, {"points": 3}, {"first": np.array([0.01]), "ratio": np.array([0.5])})
        q = 1e-4
        curvature = [((1 - q) ** 2 / (1 + q)) ** k - (1 + q) ** k + 2 * ((1 - q) / (1 + q)) ** k for k in (3331, 3332)]

        assert 3331 < got[completion.smallest][0, 0] < 3332
        assert curvature[1] < 0 < curvature[0]


def test_lift_is_cubic_in_the_gradient_of_f() -> None:
    """The gradient of the lift through all measurements is that of f for l = 1."""
    point, given = drawn(lifted.lifted_problems("2, 1, 1"), seed=1, m=2)
    got = measured(lifted.at_any_point, point, given)

    assert np.allclose(got[lifted.flat], got[lifted.steepness])


def test_the_experiment_is_a_matter_of_signs() -> None:
    """Both descents succeed where x_0 has equal signs on the odd places, and nowhere else; the curves are 2^(1-k)."""
    first = np.array([[1.0, 0.2, 0.5], [1.0, 0.2, -0.5], [-0.3, 2.0, -1.0], [-0.3, -2.0, 1.0]])
    found = descents.run({"k": 2, "x_0": "Gaussian"}, {"x": first})
    close = found.cases[0].values[str(lifted_miss)].value[:, 0] <= 0.05
    plain, lift = found.pictures()
    evidence = judge(located_claim("ma2023/success-is-a-matter-of-signs"), effort=Effort.QUICK, seed=6)

    assert evidence.sample is not None
    assert ("supported", [list(plain.measured), list(lift.measured)]) == (
        evidence.verdict,
        [curve.measured for curve in evidence.sample.curves],
    )
    assert [True, False, True, False] == close.tolist()
    assert np.allclose(plain.predicted, plain.measured, atol=0.15)
    assert np.allclose(lift.predicted, lift.measured, atol=0.15)
