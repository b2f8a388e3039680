import json
import subprocess
import sys

import numpy as np
import pytest

from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.stages.points import draw_points
from lemmata.claims import Range, choice, integers, reals, sizes

RANGES: dict[str, Range] = {
    "count": integers(-3, 12),
    "step": reals(0, 1),
    "scale": reals(1e-3, 1e3, logarithmic=True),
    "kind": choice("relu", "tanh", "linear"),
    "widths": sizes(1, 6, count=(3, 5)),
}

ODD_MODULE = """
ODD = [7919, 104729, 65537, 0.123456789, 1.5e-7, "relu6", 3, 5, 11, 0.25, 1 / 3, 9.75, -2, 10**9 + 7]
def more(x):
    return x == 4 or x * 0.6180339887 < 8 or x in (6, 2, 1, 12, -3)
"""

CHILD = """
import json, sys
sys.path.insert(0, sys.argv[1])
import odd_constants
odd_constants.more(1)
import sklearn.datasets, sympy.physics.units
from lemmata.checks.stages.points import draw_points
from lemmata.claims import choice, integers, reals, sizes
ranges = {
    "count": integers(-3, 12), "step": reals(0, 1), "scale": reals(1e-3, 1e3, logarithmic=True),
    "kind": choice("relu", "tanh", "linear"), "widths": sizes(1, 6, count=(3, 5)),
}
print(json.dumps([draw_points(ranges, 40, seed) for seed in range(3)]))
"""


class TestDrawPoints:
    """Points are a function of ranges and seed alone."""

    def test_same_seed_same_points(self) -> None:
        """The same seed draws the same points, another seed others."""
        assert draw_points(RANGES, 20, 5) == draw_points(RANGES, 20, 5)
        assert draw_points(RANGES, 20, 5) != draw_points(RANGES, 20, 6)

    def test_other_process_and_other_modules(self, tmp_path: object) -> None:
        """A process that has loaded modules full of odd constants draws the same points."""
        with open(f"{tmp_path}/odd_constants.py", "w", encoding="utf-8") as file:  # noqa: PTH123 - a plain path
            file.write(ODD_MODULE)
        command = [sys.executable, "-W", "ignore", "-c", CHILD, str(tmp_path)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=str(tmp_path)).stdout

        assert json.loads(told) == [draw_points(RANGES, 40, seed) for seed in range(3)]

    @pytest.mark.parametrize("seed", [0, 1, 2**32, 2**64 - 1, 12345])
    def test_points_lie_in_their_ranges(self, seed: int) -> None:
        """Every value lies in its range and is of a JSON type; lists have declared lengths."""
        for point in draw_points(RANGES, 12, seed):
            assert list(RANGES) == list(point)
            assert all(point[name] in declared for name, declared in RANGES.items())
            assert 3 <= len(point["widths"]) <= 5  # type: ignore[arg-type]
            assert point == json.loads(json.dumps(point))

    def test_as_many_as_asked_and_different(self) -> None:
        """As many points as asked for, no two equal."""
        points = [json.dumps(point) for point in draw_points(RANGES, 60, 1)]

        assert (60, 60) == (len(points), len(set(points)))

    @pytest.mark.parametrize(
        ("ranges", "expected"),
        [
            ({"n": integers(4, 4)}, [{"n": 4}]),
            ({"r": reals(1, 1)}, [{"r": 1}]),
            ({"c": choice("only")}, [{"c": "only"}]),
            ({"w": sizes(2, 2, count=(3, 3))}, [{"w": [2, 2, 2]}]),
        ],
    )
    def test_a_range_of_one_point(self, ranges: dict[str, Range], expected: list[object]) -> None:
        """Where a range holds one point only, it is drawn once."""
        assert expected == draw_points(ranges, 10, 0)

    def test_small_ranges_are_exhausted(self) -> None:
        """All points of a small range are drawn before any is repeated."""
        found = draw_points({"n": integers(1, 3), "c": choice("a", "b")}, 50, 0)

        assert 6 == len(found)
        assert {(n, c) for n in (1, 2, 3) for c in "ab"} == {(point["n"], point["c"]) for point in found}

    def test_the_range_is_covered(self) -> None:
        """A hundred points meet both ends of an integer range and all options (deterministic by seed)."""
        found = draw_points(RANGES, 100, 3)

        assert {-3, 12} <= {point["count"] for point in found}
        assert {"relu", "tanh", "linear"} == {point["kind"] for point in found}
        assert {3, 4, 5} == {len(point["widths"]) for point in found}  # type: ignore[arg-type]

    def test_logarithmic_ranges_are_even_in_the_exponent(self) -> None:
        """A log range is not crowded at its upper end: a good part of the points lies below 1."""
        scales = np.array([point["scale"] for point in draw_points(RANGES, 200, 3)], dtype=float)

        assert 0.25 < np.mean(scales < 1) < 0.75


class TestSeeds:
    """Seeds derive from what they are used for."""

    def test_pinned(self) -> None:
        """The derivation of seeds never changes: stored runs are resumed and replayed by it."""
        assert 17_234_191_583_336_360_940 == derived_seed(0, "a")
        assert 7_119_232_520_040_948_660 == derived_seed(0, "du2018/neuron-law", "random", 3)
        assert derived_seed(0, "a", 1) == derived_seed(0, "a", "1")

    def test_axes_do_not_run_together(self) -> None:
        """Neighbouring axes cannot be confused: ("ab", "c") is not ("a", "bc")."""
        drawn = [derived_seed(0, *axes) for axes in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""))]

        assert 4 == len(set(drawn))

    def test_generators_repeat(self) -> None:
        """The generator of one use always starts alike; another seed or use starts elsewhere."""
        first, again = generator(1, "x").random(4).tolist(), generator(1, "x").random(4).tolist()
        others = [generator(2, "x").random(4).tolist(), generator(1, "y").random(4).tolist()]

        assert first == again
        assert first not in others
