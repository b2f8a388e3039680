"""What the generator alone keeps, of random structures: shrinking a counterexample keeps it too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from random_statements import a, b, statement, tried

from lemmata.claims import AtMost, Instances

COUNT = 200


@dataclass(frozen=True)
class Structure:
    """How a drawn matrix ``(batch, n, n)`` is given a structure, and whether one ``(n, n)`` has it."""

    made: Callable[[np.ndarray], np.ndarray]
    kept: Callable[[np.ndarray], bool]


def _pattern(rng: np.random.Generator, n: int) -> np.ndarray:
    mask = rng.random((n, n)) < 1 / 2
    mask.flat[rng.integers(n * n)] = True
    return mask


def _structures(rng: np.random.Generator, n: int) -> dict[str, Structure]:
    """One of each kind, with numbers of its own."""
    mask, total, level = _pattern(rng, n), float(rng.integers(1, 9)), float(rng.integers(2, 9)) / 2
    one, other = rng.choice(n, size=2, replace=False)
    factor = float(rng.choice([-1.0, 1.0]))

    def summed(x: np.ndarray) -> np.ndarray:
        return np.abs(x) * total / np.abs(x).sum(axis=2, keepdims=True)

    def tied(x: np.ndarray) -> np.ndarray:
        made = x.copy()
        made[:, one] = factor * x[:, other]
        return made

    def fixed(x: np.ndarray) -> np.ndarray:
        made = x.copy()
        made[:, one, other] = level
        return made

    def triangular(x: np.ndarray) -> np.ndarray:
        return np.triu(x) + level * np.eye(n)

    close = {"rtol": 1e-8, "atol": 1e-8}
    return {
        "zeros": Structure(lambda x: np.where(mask, x, 0.0), lambda x: bool(np.all(x[~mask] == 0))),
        "sums": Structure(summed, lambda x: np.allclose(x.sum(axis=1), total, **close) and bool(np.all(x >= 0))),
        "tied rows": Structure(tied, lambda x: np.array_equal(x[one], factor * x[other])),
        "a fixed entry": Structure(fixed, lambda x: x[one, other] == level),
        "whole": Structure(lambda x: np.rint(level * x), lambda x: np.array_equal(x, np.rint(x))),
        "symmetric": Structure(lambda x: x + x.swapaxes(1, 2), lambda x: np.array_equal(x, x.T)),
        "skew": Structure(lambda x: x - x.swapaxes(1, 2), lambda x: np.array_equal(x, -x.T)),
        "triangular": Structure(triangular, lambda x: np.array_equal(x, np.triu(x))),
        "two values": Structure(lambda x: np.where(x < 0, -level, level), lambda x: bool(np.all(np.abs(x) == level))),
        "bounded": Structure(lambda x: np.clip(x, -level, level), lambda x: bool(np.all(np.abs(x) <= level))),
        "orthogonal": Structure(lambda x: np.linalg.qr(x)[0], lambda x: np.allclose(x.T @ x, np.eye(n), atol=1e-8)),
        "sorted": Structure(lambda x: np.sort(x, axis=2), lambda x: bool(np.all(np.diff(x, axis=1) >= 0))),
    }


def test_random_structures() -> None:
    """The smallest counterexamples of 200 false statements have the structure of their draws; seed 11."""
    rng, found = np.random.default_rng(11), 0
    for _ in range(COUNT):
        n = int(rng.integers(2, 4))
        structures = _structures(rng, n)
        name = list(structures)[rng.integers(len(structures))]
        weights = rng.integers(-3, 4, size=(n, n)).astype(int)

        def draw(generator: np.random.Generator, size: int, n: int = n, one: Structure = structures[name]) -> Instances:
            return {"x": one.made(generator.normal(size=(size, n, n)))}

        def measure(i: Any, weights: Any = weights) -> Mapping[Any, Any]:
            terms = [i["x"][:, row, column] * int(weight) for (row, column), weight in np.ndenumerate(weights)]
            return {a: sum(terms[1:], terms[0]), b: i["x"][:, 0, 0] * 0 - 50}

        _, stages, _ = tried(statement(AtMost(left=b, right=a - 60), measure, draw))
        smallest = [stage.smallest for stage in stages if stage.smallest is not None]
        found += bool(smallest)
        assert all(structures[name].kept(np.array(one.instance["x"])) for one in smallest), (name, smallest)

    assert found > 0.9 * COUNT
