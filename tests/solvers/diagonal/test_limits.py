"""Limits of diagonal networks, against many digits of the plain dual, the flow itself, and exact relations."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
from diagonal_reference import dual_limit, flow_limit, full_problem

from lemmata.claims.settings.diagonal.problems import draw_face, draw_unique, unique_face, wide_face
from lemmata.solvers import Bounded, ShapeError
from lemmata.solvers.diagonal import ReducedProblem, as_depth, basis_pursuit, limit, reduced

LOG10 = np.log(10.0)
UNIQUE = {"support": 2, "others": 3, "unseen": 0}
UNSEEN = {"support": 1, "others": 3, "unseen": 1}
FACE = {"rank": 2, "extra": 1, "others": 2}


def face_of(kind: str, seed: int) -> ReducedProblem:
    """One instance of a kind, a batch of one."""
    rng = np.random.default_rng(seed)
    if kind == "face":
        return wide_face(draw_face(FACE, rng, 1))
    drawn = draw_unique(UNSEEN if kind == "unseen" else UNIQUE, rng, 1)
    if kind == "nearly tied":
        drawn["B"][:, 0, 0] += 1 - 2.0**-10 - drawn["B"].sum(axis=1)[:, 0]
    return unique_face(drawn)


def log_sizes(face: ReducedProblem, log10_alpha: float, depth: Fraction) -> np.ndarray:
    """Logarithms of |x|, support first, by the solver."""
    found = limit(face, np.array([log10_alpha * LOG10]), depth)
    return np.concatenate([found.log_on[0], found.log_off[0]])


class TestAgainstManyDigits:
    """Relative error of log |x| at most 1e-12."""

    @pytest.mark.parametrize("kind", ["unique", "unseen", "nearly tied", "face"])
    @pytest.mark.parametrize("depth", ["2", "5/2", "3", "4"])
    @pytest.mark.parametrize("log10_alpha", [1, 0, -1, -3])
    def test_moderate(self, kind: str, depth: str, log10_alpha: int) -> None:
        """Scales from 10 to 1e-3, against 80 digits and more."""
        self._compare(face_of(kind, 5), log10_alpha, as_depth(depth), 80 + 12 * abs(log10_alpha))

    @pytest.mark.parametrize(
        ("kind", "depth", "log10_alpha", "digits"),
        [
            ("unique", "2", -100, 450),
            ("face", "2", -300, 700),
            ("unique", "3", -300, 1000),
            ("unseen", "4", -30, 500),
            ("nearly tied", "3", -30, 300),
        ],
    )
    def test_tiny(self, kind: str, depth: str, log10_alpha: int, digits: int) -> None:
        """Down to 1e-300, where no float could hold the dual variable."""
        self._compare(face_of(kind, 8), log10_alpha, as_depth(depth), digits)

    @staticmethod
    def _compare(face: ReducedProblem, log10_alpha: int, depth: Fraction, digits: int) -> None:
        reference = dual_limit(*full_problem(face), log10_alpha, depth, digits)
        with mp.workdps(50):
            expected = np.array([float(mp.log(abs(x))) if x else -np.inf for x in reference])
        found = log_sizes(face, log10_alpha, depth)
        kept = np.isfinite(expected)

        assert np.array_equal(kept, np.isfinite(found))
        assert np.all(np.abs(found[kept] - expected[kept]) <= 1e-12 * np.maximum(1, np.abs(expected[kept])))


@pytest.mark.parametrize("method", ["LSODA", "Radau"])
@pytest.mark.parametrize(("depth", "alpha"), [("2", 1.0), ("2", 0.1), ("3", 1.0), ("3", 0.3), ("5/2", 0.3)])
def test_against_the_flow(method: str, depth: str, alpha: float) -> None:
    """Integrating the flow of the parameters ends at the same weights, within 1e-9."""
    matrix, target = full_problem(face_of("unique", 11))
    face = reduced(matrix, target, basis_pursuit(matrix, target))
    found = limit(face, np.array([np.log(alpha)]), as_depth(depth))

    assert np.concatenate([found.on[0], found.off[0]]) == pytest.approx(
        flow_limit(matrix, target, alpha, as_depth(depth), method), abs=1e-9
    )


def test_error_bounds() -> None:
    """The float64 bars cover what 256-bit balls find."""
    import flint

    from lemmata.solvers import to_balls

    drawn = draw_unique(UNSEEN | {"support": 2}, np.random.default_rng(2), 1)
    logs = np.array([-90.0])
    for depth in ("2", "3", "4"):
        rough = limit(
            unique_face({k: Bounded.exact(v) for k, v in drawn.items()}), Bounded.exact(logs), as_depth(depth)
        )
        with flint.ctx.workprec(256):
            exact = limit(unique_face({k: to_balls(v) for k, v in drawn.items()}), to_balls(logs), as_depth(depth))
            sharp = np.array([float(ball) for ball in exact.log_off.flat])

        assert np.all(np.abs(rough.log_off.value[0] - sharp) <= rough.log_off.error[0])
        assert np.all(rough.log_off.error[0] < 1e-10)


def test_to_the_smallest_scale() -> None:
    """At alpha = 10^-100000 the exponents are those of theory to fifteen digits."""
    face = face_of("unique", 3)
    for depth in ("2", "3"):
        sizes = [log_sizes(face, at, as_depth(depth))[2:].max() for at in (-50_000, -100_000)]
        rho = float(np.abs(face.certificate).max())
        exponent = 2 * (1 - rho) if depth == "2" else float(depth)

        assert pytest.approx(exponent, abs=1e-12) == (sizes[0] - sizes[1]) / (50_000 * LOG10)


class TestMisuse:
    """Bad input."""

    @pytest.mark.parametrize("depth", ["1", "19/10", "-3"])
    def test_depth(self, depth: str) -> None:
        """Depths below two."""
        with pytest.raises(ValueError, match="depth 2 or more"):
            as_depth(depth)

    @pytest.mark.parametrize("log_alpha", [-np.inf, np.nan, np.inf])
    def test_scale(self, log_alpha: float) -> None:
        """A scale of zero, or none."""
        with pytest.raises(ValueError, match="logarithm of a positive scale"):
            limit(face_of("unique", 0), np.array([log_alpha]), as_depth("3"))

    def test_shapes(self) -> None:
        """Parts of a face that do not fit."""
        face = face_of("unique", 0)
        wrong = ReducedProblem(**(vars(face) | {"certificate": face.certificate[:, :1]}))
        with pytest.raises(ShapeError, match="ReducedProblem got certificate"):
            limit(wrong, np.array([-1.0]), as_depth("3"))
