"""No unearned pass, no false accusation: random statements, each of a kind on which a trial may go wrong."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import sympy as sp
from random_statements import Draw, a, at_boundary, b, statement, tiny, tried, with_error

from lemmata.checks import Verdict
from lemmata.claims import AtMost, Identity, Instances
from lemmata.solvers import Bounded

COUNT = 200


def verdicts(make: Any, seed: int, count: int = COUNT) -> list[Verdict]:
    """The verdict of each of so many random statements."""
    rng = np.random.default_rng(seed)
    return [tried(make(rng))[0] for _ in range(count)]


class TestHypothesesInExactNumbers:
    """Statements that are their own hypothesis, met with equality at the edge."""

    def test_true_at_their_own_boundary(self) -> None:
        """None of 200 true statements is accused, though floats put half of the edge outside; seed 1."""
        found = verdicts(lambda rng: at_boundary(rng, sp.Integer(1)), 1)

        assert {Verdict.HOLDS} == set(found)

    def test_false_by_little(self) -> None:
        """None of 200 statements that are false at the edge by a relative 1e-3 to 1e-14 passes; seed 2."""

        def make(rng: np.random.Generator) -> Any:
            digits = int(rng.integers(3, 15))
            return at_boundary(rng, 1 - sp.Rational(1, 10**digits))

        found = verdicts(make, 2)

        assert not any(one.is_pass for one in found)
        assert found.count(Verdict.REFUTED) > 0.9 * COUNT


def _symmetric(generator: np.random.Generator, size: int) -> Instances:
    x = generator.normal(size=(size, 3, 3))
    return {"x": x + x.swapaxes(1, 2)}


def _skew(generator: np.random.Generator, size: int) -> Instances:
    x = generator.normal(size=(size, 3, 3))
    return {"x": x - x.swapaxes(1, 2)}


def _orthogonal(generator: np.random.Generator, size: int) -> Instances:
    return {"x": np.linalg.qr(generator.normal(size=(size, 2, 2)))[0]}


def _stochastic(generator: np.random.Generator, size: int) -> Instances:
    x = generator.uniform(0.1, 1, size=(size, 2, 3))
    return {"x": x / x.sum(axis=2, keepdims=True)}


def _signs(generator: np.random.Generator, size: int) -> Instances:
    return {"x": np.where(generator.random(size=(size, 2, 2)) < 0.5, -3.0, 3.0)}


def _definite(generator: np.random.Generator, size: int) -> Instances:
    x = generator.normal(size=(size, 2, 2))
    return {"x": x @ x.swapaxes(1, 2)}


def _sorted(generator: np.random.Generator, size: int) -> Instances:
    return {"x": np.sort(generator.normal(size=(size, 1, 4)), axis=2)}


STRUCTURES: dict[str, tuple[Draw, Any]] = {
    "symmetric": (_symmetric, lambda x: np.array_equal(x, x.T)),
    "skew": (_skew, lambda x: np.array_equal(x, -x.T)),
    "orthogonal": (_orthogonal, lambda x: np.allclose(x.T @ x, np.eye(2), atol=1e-8)),
    "rows that sum to one": (_stochastic, lambda x: np.allclose(x.sum(axis=1), 1, atol=1e-8) and np.all(x > 0)),
    "two values": (_signs, lambda x: np.all(np.abs(x) == 3)),
    "definite": (_definite, lambda x: np.array_equal(x, x.T) and np.linalg.eigvalsh(x).min() >= -1e-9),
    "sorted": (_sorted, lambda x: np.all(np.diff(x[0]) >= 0)),
}


class TestShrinkingStaysInTheFamily:
    """What the generator alone keeps."""

    @pytest.mark.parametrize("name", STRUCTURES)
    def test_counterexamples_keep_it(self, name: str) -> None:
        """The smallest of 30 false statements each is still symmetric, orthogonal, sorted ...; seed 3."""
        draw, kept = STRUCTURES[name]
        rng, found = np.random.default_rng(3), []
        for _ in range(30):
            weights = rng.integers(-3, 4, size=(4, 4)).astype(int)

            def measure(i: Any, weights: Any = weights) -> Mapping[Any, Any]:
                x, (rows, columns) = i["x"], i["x"].shape[1:]
                terms = [x[:, r, k] * int(weights[r, k]) for r in range(rows) for k in range(columns)]
                return {a: sum(terms[1:], terms[0]), b: x[:, 0, 0] * 0 - 50}

            _, stages, _ = tried(statement(AtMost(left=b, right=a - 60), measure, draw))
            found += [stage.smallest for stage in stages if stage.smallest is not None]

        assert len(found) >= 25
        for one in found:
            assert kept(np.array(one.instance["x"])), one.instance

    def test_rounded_structure_accuses_nobody(self) -> None:
        """An orthogonal matrix keeps lengths, though floats keep it orthogonal to rounding only; 60 draws, seed 4."""
        rng = np.random.default_rng(4)

        def measure(i: Any) -> Mapping[Any, Any]:
            moved = i["x"] @ i["v"]
            return {a: (moved * moved).sum(axis=(1, 2)), b: (i["v"] * i["v"]).sum(axis=(1, 2))}

        def draw(generator: np.random.Generator, size: int) -> Instances:
            return {**_orthogonal(generator, size), "v": generator.normal(size=(size, 2, 1))}

        kinds = [AtMost(left=a, right=b), AtMost(left=b, right=a), Identity(left=a, right=b)]
        found = [tried(statement(kinds[rng.integers(3)], measure, draw), seed)[0] for seed in range(60)]

        assert {Verdict.HOLDS} == set(found)


class TestTinyScales:
    """Comparisons far below one."""

    def test_true(self) -> None:
        """None of 200 true comparisons at 1e-16 to 1e-100 is accused; seed 5."""
        assert {Verdict.HOLDS} == set(verdicts(lambda rng: tiny(rng, true=True), 5))

    def test_false(self) -> None:
        """All of 200 false comparisons there are refuted; seed 6."""
        assert {Verdict.REFUTED} == set(verdicts(lambda rng: tiny(rng, true=False), 6))


def _assumed(rng: np.random.Generator) -> tuple[Any, bool]:
    """A symbol with an assumption, and draws that keep it or break it."""
    assumption = ["positive", "nonnegative", "negative", "integer"][rng.integers(4)]
    symbol = sp.Symbol("a", **{assumption: True})
    kept = bool(rng.random() < 0.5)
    low, high = {"positive": (1, 9), "nonnegative": (0, 9), "negative": (-9, -1), "integer": (-9, 9)}[assumption]
    wrong = {"positive": -1.0, "nonnegative": -0.5, "negative": 0.0, "integer": 0.5}[assumption]

    def draw(generator: np.random.Generator, size: int) -> Instances:
        x = generator.integers(low, high + 1, size=size).astype(float)
        return {"x": x if kept else np.where(generator.random(size) < 0.3, wrong, x), "y": generator.normal(size=size)}

    then = AtMost(left=sp.Abs(symbol) * b**2, right=sp.Abs(symbol) * b**2 + 1)
    return statement(then, lambda i: {symbol: i["x"], b: i["y"]}, draw, symbols=(symbol, b)), kept


def test_assumptions_of_symbols() -> None:
    """Of 200 statements those whose values break a symbol's assumption, and only those, are errors; seed 7."""
    rng = np.random.default_rng(7)
    for _ in range(COUNT):
        claim, kept = _assumed(rng)
        verdict, _, sentence = tried(claim)

        assert (Verdict.HOLDS if kept else Verdict.ERROR) is verdict, sentence
        assert kept or "a is declared" in sentence


class TestErrorBounds:
    """Error bounds that say something, and others."""

    def test_of_solvers(self) -> None:
        """Of 200 inequalities with error bounds of 1e-12 to 1e4, none passes but what they show to be true; seed 8."""
        rng = np.random.default_rng(8)
        for _ in range(COUNT):
            claim, visible = with_error(rng)
            verdict, _, _ = tried(claim)

            assert visible is verdict.is_pass

    def test_cancellation(self) -> None:
        """200 identities that hold up to a difference hidden by cancellation are refuted, if it is there; seed 9."""
        rng = np.random.default_rng(9)
        draw: Draw = lambda generator, size: {"x": generator.integers(-64, 65, size=size) / 8}  # noqa: E731
        for _ in range(COUNT):
            big, off = 2 ** int(rng.integers(50, 80)), int(rng.integers(0, 2))
            small = 2 ** int(rng.integers(0, 70))

            def measure(i: Any, big: int = big, off: int = off, small: int = small) -> Mapping[Any, Any]:
                return {a: (i["x"] + big) - big, b: i["x"] + (i["x"] * 0 + off) / small}

            verdict, _, _ = tried(statement(Identity(left=a, right=b), measure, draw))
            assert (Verdict.REFUTED if off else Verdict.HOLDS) is verdict


def _innocent(i: Any) -> Mapping[Any, Any]:
    return {a: i["x"] * i["x"], b: i["x"] * 0}


def _seldom() -> int:
    return int(np.random.default_rng(None).uniform() < 1e-9)


def _seldom_run(i: Any) -> Mapping[Any, Any]:
    return {a: i["x"] * i["x"] + int(random.random() < 1e-9), b: i["x"] * 0}  # noqa: S311 - the fault


def _seldom_of_numpy_run(i: Any) -> Mapping[Any, Any]:
    return {a: i["x"] * i["x"] + int(np.random.uniform() < 1e-9), b: i["x"] * 0}  # noqa: NPY002 - the fault


def _unseeded_run(i: Any) -> Mapping[Any, Any]:
    return {a: i["x"] * i["x"] + int(np.random.default_rng().uniform() < 1e-9), b: i["x"] * 0}


def _helped_run(i: Any) -> Mapping[Any, Any]:
    return {a: i["x"] * i["x"] + _seldom(), b: i["x"] * 0}


def _unseeded_draw(generator: np.random.Generator, count: int) -> Instances:
    return {"x": generator.normal(size=count) + _seldom()}


def _faults(rng: np.random.Generator) -> dict[str, Any]:
    """Procedures and draws that do not repeat, each with numbers of its own."""
    coin, calls, turn = np.random.default_rng(int(rng.integers(1 << 30))), [0], int(rng.integers(4, 7))
    size = float(rng.uniform(0.1, 2))

    def tossed(i: Any) -> Mapping[Any, Any]:
        return {a: i["x"] * i["x"] + int(coin.integers(1, 1000)), b: i["x"] * 0}

    def counted(i: Any) -> Mapping[Any, Any]:
        calls[0] += 1
        return {a: i["x"] * i["x"] + calls[0], b: i["x"] * 0}

    def together(i: Any) -> Mapping[Any, Any]:
        return {a: i["x"] * i["x"] + i["x"].shape[0], b: i["x"] * 0}

    def first(i: Any) -> Mapping[Any, Any]:
        return {a: i["x"] * 0 + i["x"][:1] * i["x"][:1], b: i["x"] * 0}

    def in_place(i: Any) -> Mapping[Any, Any]:
        i["x"].value[...] += size
        return _innocent(i)

    def late(i: Any) -> Mapping[Any, Any]:
        calls[0] += isinstance(i["x"], Bounded)
        return {a: i["x"] * i["x"] + int(calls[0] > turn), b: i["x"] * 0}

    def global_draw(_: np.random.Generator, count: int) -> Instances:
        return {"x": size * np.random.normal(size=count)}  # noqa: NPY002 - the fault

    def own_draw(_: np.random.Generator, count: int) -> Instances:
        return {"x": coin.normal(size=count)}

    runs = {"coin": tossed, "state": counted, "late": late, "batch": together, "first": first, "in place": in_place}
    runs |= {
        "seldom": _seldom_run,
        "seldom of NumPy": _seldom_of_numpy_run,
        "unseeded": _unseeded_run,
        "helped": _helped_run,
    }
    draws = {"global": global_draw, "own generator": own_draw, "unseeded draw": _unseeded_draw}
    plain: Draw = lambda generator, count: {"x": generator.normal(size=count)}  # noqa: E731
    return {name: (run, plain) for name, run in runs.items()} | {name: (_innocent, one) for name, one in draws.items()}


def test_what_does_not_repeat_is_an_error() -> None:
    """Of 200 procedures and draws those with a coin, a state, a look at the batch are errors, no other; seed 10."""
    rng = np.random.default_rng(10)
    names = [*_faults(rng), "innocent"]
    for _ in range(COUNT):
        name = names[rng.integers(len(names))]
        run, draw = _faults(rng).get(name, (_innocent, _faults(rng)["coin"][1]))
        verdict, _, sentence = tried(statement(AtMost(left=b, right=a), run, draw))

        assert (Verdict.HOLDS if name == "innocent" else Verdict.ERROR) is verdict, (name, sentence)
