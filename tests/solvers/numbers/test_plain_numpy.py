"""Procedures written in plain NumPy, run in every number system and compared with floats."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from lemmata.solvers.numbers import (
    Bounded,
    Dual,
    NotFiniteError,
    NotRationalError,
    NumberSystemError,
    as_floats,
    select,
    to_balls,
    to_rationals,
    to_residues,
)
from lemmata.solvers.numbers.errors import DivisionByZeroError, TooLongError, UndecidedError
from lemmata.solvers.numbers.masks import Mask

Procedure = Callable[[Any, Any], Any]


def descent(x: Any, y: Any) -> Any:
    """Four steps as a user writes them."""
    state = x
    for step in range(4):
        state = state - 0.1 / (step + 1) * (state**3 - 0.5 * y)
    return state


def nesterov(x: Any, y: Any) -> Any:
    """Momentum with a weight that changes."""
    ahead = state = x
    for step in range(3):
        state, old = ahead - 0.25 * (ahead - y), state
        ahead = state + step / (step + 3) * (state - old)
    return np.sum((ahead - y) ** 2, axis=1)


def collected(x: Any, y: Any) -> Any:
    """A list of states, stacked."""
    states = [x, y]
    for _ in range(3):
        states.append(0.5 * (states[-1] + states[-2]))
    return np.stack(states, axis=1).mean(axis=1)


RATIONAL: dict[str, Procedure] = {
    "constants": lambda x, y: 0.5 * x + 2 * y - 1 + np.float64(0.1) * x - np.float32(0.5) / 4 + y * np.int64(3),
    "constant arrays": lambda x, y: np.arange(3) * x + y * np.array([0.1, 0.2, 0.3]) - np.ones(3, dtype=bool) * x,
    "powers": lambda x, y: x**2 + (-y) ** 3 + x**0 + 1 / y**2 + np.square(x) + np.power(y, 2) + x**-1,
    "absolute": lambda x, y: abs(x - y) + np.abs(y) * np.sign(x - y),
    "extremes": lambda x, y: np.maximum(x, 0.25) - np.minimum(x, y) + np.clip(x, -0.5, y),
    "where": lambda x, y: np.where(x > y, x * 2, np.where((y <= 0) | (x == y), y, 0.0)),
    "not": lambda x, y: np.where(~(x < 0) & (y > 0), x, y),
    "relu": lambda x, y: x * (x > 0) + np.maximum(0, y),
    "sums": lambda x, y: np.sum(x) + x.sum(axis=0) * np.mean(y, axis=1, keepdims=True) + y.mean(),
    "largest": lambda x, y: x.max(axis=1) + np.max(y) - np.min(x, axis=0, keepdims=True)[:, 0] + y.min(),
    "products": lambda x, y: np.prod(x, axis=1) + np.cumsum(y, axis=1)[:, 1] - np.diff(x)[:, 0],
    "variance": lambda x, y: np.var(x, axis=1) + np.var(y),
    "dot": lambda x, y: np.dot(x[0], y[1]) + np.vdot(x, y) + np.inner(x[0], y[0]),
    "matmul": lambda x, y: (x @ y.T) @ (0.5 * x) + np.matmul(np.ones((4, 4)), y) - np.dot(x.T, y)[0],
    "einsum": lambda x, y: (
        np.einsum("bi,bj->bij", x, y)[:, 0] + np.einsum("bi,bi->b", x, y)[:, None] - np.einsum("bi->", x)
    ),
    "einsum with dots": lambda x, y: (
        np.einsum("...i,ji->...j", x, y) + np.einsum("ii", x[:3]) + np.einsum("ij,ij", x, y)
    ),
    "outer": lambda x, y: np.outer(x[0], y[1]) + np.multiply.outer(x[1], y[0]),
    "trace and diag": lambda x, y: np.trace(x[:3]) + np.diag(y[0]) + np.diag(x[:3]) + np.diagonal(y[:3]),
    "joined": lambda x, y: np.concatenate([x, y, np.ones((4, 1))], axis=1)[:, 1:-1] * np.hstack([y, x])[:, :5],
    "stacked": lambda x, y: np.stack([x, 2 * y])[1] + np.vstack([x, y])[:4],
    "moved": lambda x, y: (
        np.transpose(x).swapaxes(0, 1) + np.swapaxes(y.T, 0, 1) + x.reshape(3, 4).T + np.reshape(y, (4, 3))
    ),
    "moved more": lambda x, y: (
        np.roll(x, 1, axis=1) + np.flip(y, 1) + np.repeat(x[:, :1], 3, axis=1) + np.tile(y[:1], (4, 1))
    ),
    "axes": lambda x, y: x[:, None] * np.expand_dims(y, 0) + np.squeeze(x[:, None], 1) + np.broadcast_to(y[0], (4, 3)),
    "triangles": lambda x, y: np.triu(x[:3]) - np.tril(y[:3]) + np.eye(3),
    "like": lambda x, y: np.zeros_like(x) + np.ones_like(y) * x + np.full_like(x, 0.5),
    "norms": lambda x, y: np.linalg.norm(x, 1, axis=1) + np.linalg.norm(y, np.inf, axis=-1) + np.linalg.norm(x, 1),
    "floors": lambda x, y: np.floor(3 * x) + np.ceil(y) + np.remainder(x, 1) + (y // 0.5),
    "any row": lambda x, y: np.where(np.any(x > y, axis=1, keepdims=True), x, y * np.all(y < x, axis=0)),
    "ranges": lambda x, y: np.ptp(x, axis=1, keepdims=True) * y,
    "sample variance": lambda x, y: np.var(x, axis=1, ddof=1) * np.var(y, ddof=2),
    "sorted": lambda x, y: np.sort(x, axis=1) - np.sort(2 * y, axis=0) * np.sort(x + y, axis=None).reshape(4, 3),
    "medians": lambda x, y: np.median(x, axis=1) - np.median(y) * np.partition(x[:, :2], 1)[:, 1] + np.median(y[0]),
    "chosen": lambda x, y: (select(x, 1) * y).sum(axis=1),
    "iterated": lambda x, y: sum(row * 2 for row in x) + len(y),
    "branch": lambda x, y: x if np.all(abs(x) < 100) and (y > -100).all() and not np.any(x > 99) else y,
    "descent": descent,
    "nesterov": nesterov,
    "collected": collected,
}

IRRATIONAL: dict[str, Procedure] = {
    "exponentials": lambda x, y: np.exp(-0.5 * x**2) + np.log(1 + y * y) + np.log1p(abs(x)) - np.expm1(y) + 2**x,
    "roots": lambda x, y: np.sqrt(x * x + 1) + abs(y) ** 0.5 + np.cbrt(y) + abs(x) ** 1.5 + np.hypot(x, y),
    "waves": lambda x, y: np.sin(x) * np.cos(y) + np.arctan(x) + np.tanh(y) + np.tan(0.1 * x) + np.sinh(x) - np.cosh(y),
    "logistic loss": lambda x, y: np.logaddexp(0, -x * y).mean(axis=1) + np.log2(1 + x * x).sum(axis=1),
    "softmax": lambda x, y: y * np.exp(x - x.max(axis=1, keepdims=True)) / np.sum(np.exp(x - 1), axis=1, keepdims=True),
    "euclidean norms": lambda x, y: (
        np.linalg.norm(x, axis=1) + np.linalg.norm(y) + np.std(x, axis=1) * np.std(y, ddof=1)
    ),
    "p norms": lambda x, y: np.linalg.norm(x, 3, axis=1) + np.linalg.norm(x @ y.T, "fro"),
    "matrix norms": lambda x, y: (
        np.linalg.norm(x, 2) + np.linalg.norm(y, "nuc") + np.linalg.svd(x, compute_uv=False)[0]
    ),
    "measured powers": lambda x, y: (1 + x * x) ** y,
}
ALL = RATIONAL | IRRATIONAL


def points() -> tuple[np.ndarray, np.ndarray]:
    """Two batches of four instances."""
    rng = np.random.default_rng(11)
    return rng.normal(size=(4, 3)), rng.normal(size=(4, 3))


@pytest.mark.parametrize("name", ALL)
class TestEverySystem:
    """The same procedure, unchanged."""

    def test_error_bounds_and_balls(self, name: str) -> None:
        """Bounds are small, contain NumPy's result up to its rounding, and the ball of 256 bits."""
        x, y = points()
        expected = ALL[name](x, y)
        found = ALL[name](Bounded.exact(x), Bounded.exact(y))
        with ctx.workprec(256):
            balls = ALL[name](to_balls(x), to_balls(y))

        assert isinstance(found, Bounded)
        np.testing.assert_allclose(found.value, expected, rtol=1e-12, atol=1e-12)
        assert (found.error <= 1e-12 * (1 + np.abs(found.value))).all()
        assert found.shape == balls.shape
        for value, error, ball in zip(found.value.flat, found.error.flat, balls.flat, strict=True):
            assert not abs(arb(ball) - arb(float(value))) > arb(float(error))
            assert float(arb(ball).rad()) < 1e-25

    def test_duals(self, name: str) -> None:
        """The value is NumPy's, and the tangent the difference quotient along a direction."""
        if name == "matrix norms":
            pytest.skip("singular values of dual numbers are not taken")
        x, y = points()
        step = 1e-6
        move = np.random.default_rng(12).normal(size=(4, 3))
        found = ALL[name](Dual(Bounded.exact(x), Bounded.exact(move)), Dual(Bounded.exact(y), Bounded.exact(0 * y)))
        slope = (ALL[name](x + step * move, y) - ALL[name](x - step * move, y)) / (2 * step)

        np.testing.assert_allclose(as_floats(found), ALL[name](x, y), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.tangent.value, slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", RATIONAL)
def test_rationals(name: str) -> None:
    """Exact rationals run through the same procedure, and agree with its balls to every digit."""
    x, y = points()
    found = RATIONAL[name](to_rationals(x), to_rationals(y))
    with ctx.workprec(2_000):
        balls = RATIONAL[name](to_balls(x), to_balls(y))

        assert found.shape == balls.shape
        assert all(arb(ball).overlaps(arb(number)) for number, ball in zip(found.flat, balls.flat, strict=True))


@pytest.mark.parametrize("name", IRRATIONAL)
def test_rationals_say_that_they_end(name: str) -> None:
    """Where the result is no rational, balls are asked for."""
    x, y = points()

    with pytest.raises(NotRationalError):
        IRRATIONAL[name](to_rationals(x), to_rationals(y))


@pytest.mark.parametrize("into", [Bounded.exact, to_rationals, to_balls], ids=["bounded", "rationals", "balls"])
class TestRefusals:
    """What cannot be carried says what to write."""

    @pytest.mark.parametrize(
        ("call", "advice"),
        [
            (np.linalg.eigh, r"np.linalg.eigh is not exact.*eigenvalues_symmetric.*exact=False"),
            (lambda x: np.linalg.solve(x, x), r"np.linalg.solve is not exact.*solve_definite"),
            (lambda x: np.max(x, initial=3.0), "np.max is not exact.*initial"),
            (lambda x: np.sum(x, where=[True, False]), "np.sum is not exact.*where"),
            (lambda x: np.var(x, correction=1), "np.var is not exact.*correction"),
            (np.linalg.inv, r"np.linalg.inv is not exact"),
            (np.rint, "np.rint is not exact"),
            (np.arcsin, "np.arcsin is not exact.*exact=False"),
            (lambda x: np.linalg.norm(x, ord=0, axis=-1), "got ord=0; expected a number other than 0.*np.sum"),
            (lambda x: np.linalg.norm(x, ord="nuc", axis=-1), "got ord='nuc'; expected a number"),
            (lambda x: np.diff(x, n=-1), "np.diff is not exact.*n=-1; expected a whole number"),
            (lambda x: np.median(x, overwrite_input=True), "np.median is not exact.*these options are not known"),
        ],
    )
    def test_functions(self, into: Any, call: Any, advice: str) -> None:
        """One sentence with the function's name and what to use instead."""
        with pytest.raises(NumberSystemError, match=advice):
            call(into(np.eye(2)))

    def test_constants_that_are_no_numbers(self, into: Any) -> None:
        """Exact numbers refuse NaN and infinity as constants; error bounds keep them visible."""
        x = into(np.ones(1))
        if isinstance(x, Bounded):
            assert not np.isfinite((x * np.nan).value).any()
        else:
            with pytest.raises(NotFiniteError, match="finite constants"):
                x * np.inf


def test_order_statistics_lie_within_their_own_error_bounds() -> None:
    """However the true numbers lie within wide error bounds, sorted they lie within those of the sorted ones."""
    rng = np.random.default_rng(5)
    value, error = rng.normal(size=(50, 7)), rng.choice([0.0, 1e-3, 0.5, 2.0], size=(50, 7))
    found = np.sort(Bounded(value, error), axis=1)
    for _ in range(200):
        true = np.sort(value + error * rng.choice([-1.0, 0.3, 1.0], size=error.shape), axis=1)

        assert (np.abs(true - found.value) <= found.error + 1e-15).all()
    assert (found.error <= error.max(axis=1, keepdims=True) * (1 + 1e-9)).all()
    assert (found.error[error.max(axis=1) == 0] == 0).all()


def test_sorting_keeps_what_is_no_number_in_sight() -> None:
    """One NaN makes every order statistic of its row unknown, and no other row's."""
    found = np.sort(Bounded.exact(np.array([[2.0, np.nan, 1.0], [3.0, 2.0, 1.0]])), axis=1)

    assert np.isnan(found.value[0]).all()
    assert [1, 2, 3] == found.value[1].tolist()


def test_what_has_no_order_is_not_sorted() -> None:
    """Residues have no order, and are refused."""
    with pytest.raises(NumberSystemError, match="sort was asked of Residues"):
        np.sort(to_residues(np.ones((1, 2), dtype=np.int64)))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.astype(int),
        lambda x: x.astype("bool"),
        lambda x: np.full_like(x, 0.5, dtype=int),
        lambda x: np.ones_like(x, bool),
        lambda x: np.add(x, 0.5, dtype=np.int64),
        lambda x: np.cumsum(x, axis=0, dtype=int),
        lambda x: np.concatenate([x, x], dtype=np.uint8, casting="unsafe"),
    ],
)
def test_whole_numbers_are_no_kind_of_number_here(call: Any) -> None:
    """A dtype of whole numbers or truth values would drop fractions: it is refused; one of floats changes nothing."""
    x = Bounded.exact(np.array([0.75, -0.25]))
    with pytest.raises(
        NumberSystemError, match=r"drops what is behind the point; leave the dtype out, or write np\.floor"
    ):
        call(x)

    assert [0.75, -0.25] == x.astype(np.float64).value.tolist()
    assert [0.0, 0.0] == np.zeros_like(x, dtype=float).value.tolist()


def test_order_of_open_numbers_is_refused() -> None:
    """Places in an order have no error bounds: argmax names what knows which are open, argsort what is carried."""
    x = Bounded(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    for call, advice in (
        (np.argmax, "select"),
        (np.argsort, r"use np.sort.*known_within\(value, error, x\).*exact=False"),
    ):
        with pytest.raises(NumberSystemError, match=f"np.{call.__name__} is not exact.*{advice}"):
            call(x)
    with pytest.raises(NumberSystemError, match="select"):
        np.argmax(np.array([arb(1, 1), arb(2, 1)], dtype=object).view(type(to_balls(np.ones(1)))))


def test_what_would_drop_the_error_is_refused() -> None:
    """Changing an entry, becoming a plain array or a float each say what to do instead."""
    x = Bounded.exact(np.ones(3))
    with pytest.raises(NumberSystemError, match=r"read-only.*np\.stack"):
        x[0] = 2.0
    with pytest.raises(NumberSystemError, match=r"np\.stack"):
        np.array([x, x])
    with pytest.raises(NumberSystemError, match=r"np.sqrt"):
        float(x[0])
    with pytest.raises(NumberSystemError, match=r"np\.stack"):
        np.add(x, x, out=np.zeros(3))


def _radius(x: Any) -> Any:
    """Half the width of each interval."""
    return x.error if isinstance(x, Bounded) else np.array([float(arb(ball).rad()) for ball in x.flat]).reshape(x.shape)


class TestMasks:
    """Comparisons that error bounds leave open."""

    open_ = Bounded(np.array([0.0, 1.0, -1.0]), np.array([0.5, 0.5, 0.5]))

    def test_decided_ones_are_boolean_arrays(self) -> None:
        """Where nothing is open, a comparison is an ordinary mask and indexes an array."""
        mask = self.open_[1:] > 0

        assert [True, False] == mask.tolist()
        assert 1 == (self.open_[1:][mask]).shape[0]

    def test_open_ones_cover_both_branches(self) -> None:
        """np.where over an open comparison covers both, in floats and in balls, with & | ~ and logical functions."""
        mask = np.logical_and(self.open_ > 0, ~(self.open_ > 5))
        assert isinstance(mask, Mask)
        found = np.where(mask, 3.0, self.open_ * 0 - 1)
        balls = np.array([arb(0, 0.5), arb(1, 0.5)], dtype=object).view(type(to_balls(np.ones(1))))
        covered = np.where(balls > 0, 3.0, -1.0)

        assert found.value[0] - found.error[0] <= -1 < 3 <= found.value[0] + found.error[0]
        assert [3.0, -1.0] == found.value[1:].tolist()
        assert all(covered[0].contains(arb(value)) for value in (3, -1))
        assert 3 == covered[1]

    def test_open_ones_are_numbers_between_zero_and_one(self) -> None:
        """As factors, in sums and as counts they cover 0 and 1, in floats and in balls, on either side."""
        balls = np.array([arb(0, 0.5), arb(1, 0.5)], dtype=object).view(type(to_balls(np.ones(1))))
        for x in (self.open_[:2], balls):
            mask = x > 0
            for found in (x * mask, mask * x, 2.0 * mask, np.full(2, 2.0) * mask, mask + 1, 1 - mask, mask.astype(int)):
                ends = as_floats(found)[0], float(np.asarray(_radius(found))[0])

                assert ends[1] > 0
                assert (2,) == found.shape
            assert [1.5, 0.5] == pytest.approx([float(as_floats(mask.sum())), float(_radius(mask.sum()))], rel=1e-6)
            assert 1 == as_floats(mask.astype(int))[1]

    def test_sums_and_products_of_truths_are_truths(self) -> None:
        """As in NumPy, a sum of two masks is "or" and a product "and", beside decided masks and single truths too."""
        mask, sure = self.open_ > 0, np.array([False, True, True])
        expected = {"or": [False, True, True], "and": [False, True, False]}
        found = {
            "or": [mask + sure, sure + mask, mask + mask + sure],
            "and": [mask * sure, sure * mask, mask * mask * sure],
        }

        assert all(expected[name] == one.certain.tolist() for name, made in found.items() for one in made)
        assert all(isinstance(one, Mask) for made in found.values() for one in made)
        assert (mask + True).certain.all()

    def test_rows_that_are_open_and_others_that_are_not(self) -> None:
        """Over an axis, each row has an answer of its own: one that is decided is not kept open by the others."""
        rows = np.stack([self.open_, self.open_ + 9], axis=-1) > 0
        every, some = np.all(rows, axis=1), np.any(rows, axis=1, keepdims=True)

        assert [[False, True, False], [True, True, False]] == [every.certain.tolist(), every.possible.tolist()]
        assert [[True], [True], [True]] == some.tolist()

    def test_a_single_answer_is_refused(self) -> None:
        """An open comparison is no condition of an `if`; a decided one is."""
        with pytest.raises(UndecidedError, match=r"np\.where"):
            _ = bool((self.open_[:1] > 0).all())

        assert np.any(self.open_ > 0.4) and not np.all(self.open_ > 0)  # noqa: PT018 - one sentence


class TestDigits:
    """Rationals end before they hang."""

    def test_too_long(self) -> None:
        """Squaring again and again ends with an error that hands over to balls, and not in an hour."""
        x = to_rationals(np.array([1 / 3]))
        with pytest.raises(TooLongError, match="balls take over"):
            reduce(lambda state, _: state * state + 1, range(40), x)
        with pytest.raises(TooLongError):
            to_rationals(np.array([1 / 3])) ** 100_000

    def test_long_sums_of_short_numbers(self) -> None:
        """Sums of many floats stay short, also at the ends of their range."""
        x = np.ldexp(1.0, np.arange(-1000, 1000))
        found = to_rationals(x).sum()

        assert found == sum(int(2 ** (k + 1000)) for k in range(-1000, 1000)) / to_rationals(np.array([2.0**1000]))

    def test_division_by_zero(self) -> None:
        """A rational divided by zero sends the run to balls, where it is not finite."""
        with pytest.raises(DivisionByZeroError, match="divided by zero"):
            _ = 1 / to_rationals(np.zeros(1))

        assert not np.isfinite(1 / to_balls(np.zeros(1))).any()
