"""Online learning with hints: against plain projected descent, exact rationals, and derivatives by differences."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import at_edge, drawn, measured
from scipy.optimize import minimize

from lemmata.claims.papers.xie2024._games import games, played, regret, short_for_last
from lemmata.claims.papers.xie2024._local import catenary_games
from lemmata.claims.papers.xie2024.regret import last
from lemmata.solvers import as_floats, to_rationals
from lemmata.solvers.optimization import Catenaries, Hint, Ridges, length, local_steps, play


def game(seed: int, rounds: int = 6) -> tuple[dict[str, np.ndarray], Ridges]:
    """Admissible instances of two dimensions, and their losses."""
    _, instances = drawn(games(short_for_last), seed, dimension=2, rounds=rounds, drift=0.5, radius=1.0)
    return instances, Ridges(directions=instances["a"], offsets=instances["c"], slopes=instances["g"])


@pytest.mark.parametrize("kind", ["ridges", "catenaries"])
def test_gradients_are_derivatives(kind: str) -> None:
    """Gradients are those of the values, by central differences."""
    rng = np.random.default_rng(0)
    a, c, g = rng.normal(size=(5, 1, 2)), rng.normal(size=(5, 1)), rng.normal(size=(5, 1, 2))
    losses = Ridges(directions=a, offsets=c, slopes=g) if kind == "ridges" else Catenaries(directions=a, offsets=c)
    x, h = rng.normal(size=(5, 2)), 1e-6
    for i in range(2):
        step = h * np.eye(2)[i]
        slope = (losses.value(0, x + step) - losses.value(0, x - step)) / (2 * h)

        assert np.allclose(slope, losses.gradient(0, x)[:, i], rtol=1e-6, atol=1e-8)


def test_catenaries_keep_to_their_smoothness() -> None:
    """|k|^2 cosh, the largest curvature, is at most l of the gradient's length."""
    rng = np.random.default_rng(1)
    k, c, x = rng.normal(size=(200, 1, 3)), 4 * rng.normal(size=(200, 1)), rng.normal(size=(200, 3))
    losses = Catenaries(directions=k, offsets=c)
    curvature = (k[:, 0] ** 2).sum(axis=1) * losses.value(0, x)

    assert np.all(curvature <= losses.smoothness(0, length(losses.gradient(0, x))) * (1 + 1e-12))


def test_without_a_hint_it_is_projected_descent() -> None:
    """With no hint the points played are those of projected gradient descent, written out here."""
    instances, losses = game(2)
    rounds, eta = 6, instances["eta"][:, None]
    found = play(
        losses,
        instances["start"],
        instances["u"],
        instances["radius"],
        lambda *_: instances["eta"],
        rounds=rounds,
        hint=Hint.NONE,
    )
    x, total = instances["start"], 0.0
    for t in range(rounds):
        total = total + losses.value(t, x) - losses.value(t, instances["u"])
        x = np.clip(x - eta * losses.gradient(t, x), -1, 1)

    assert np.allclose(total, found.regret[:, -1])


def test_play_is_exact_in_rationals() -> None:
    """In exact fractions the same regret comes out, and variation is that of the gradients where x was played."""
    instances, _ = game(3, rounds=3)
    exact = {name: to_rationals(value[:2]) for name, value in instances.items()}
    losses = Ridges(directions=exact["a"], offsets=exact["c"], slopes=exact["g"])
    found = play(losses, exact["start"], exact["u"], exact["radius"], lambda *_: exact["eta"], rounds=3, hint=Hint.LAST)
    point = {"rounds": 3, "dimension": 2}
    floats = measured(played(), point, {name: value[:2] for name, value in instances.items()})

    assert np.allclose(as_floats(found.regret), floats[regret])


@pytest.mark.parametrize("seed", [0, 1])
def test_the_best_comparator_stays_below_the_bound(seed: int) -> None:
    """Against the best point of the domain, found by SciPy, the regret is still below the bound."""
    instances, losses = game(seed, rounds=12)
    for row in range(4):
        one = Ridges(**{name: getattr(losses, name)[row : row + 1] for name in ("directions", "offsets", "slopes")})
        best = minimize(
            lambda u, one=one: sum(one.value(t, u[None])[0] for t in range(12)), np.zeros(2), bounds=[(-1, 1)] * 2
        ).x
        own = {name: value[row : row + 1] for name, value in instances.items()} | {"u": best[None]}
        values = measured(played(), {"rounds": 12, "dimension": 2}, own)
        eta = own["eta"][0]
        bound = 8 / (2 * eta) + 2 * eta * values["V_T"] + eta * values["|g_1|^2"]

        assert np.all(values[regret] <= bound)


def test_local_steps_never_grow() -> None:
    """Steps fall, and are at most a quarter over the curvature that the hint foresees."""
    point, instances = drawn(catenary_games(), 4, dimension=2, rounds=20, drift=0.3, radius=1.0)
    losses = Catenaries(directions=instances["k"], offsets=instances["c"])
    diameter = np.sqrt(8) * instances["radius"]
    rule = local_steps(losses, diameter)
    found = play(
        losses,
        instances["start"],
        instances["u"],
        instances["radius"],
        rule,
        rounds=point["rounds"],
        hint=Hint.INTERMEDIATE,
    )

    assert np.all(np.diff(found.steps, axis=1) <= 0)
    assert np.all(4 * found.steps[:, 0] * losses.smoothness(0, 0 * diameter) <= 1 + 1e-12)


def test_the_turning_gradient_has_little_variation() -> None:
    """At the edge for which hints matter, gradients have length one and turn by the same angle in every round."""
    point, instances = at_edge(last, "turning")
    values = measured(played(), point, instances)

    assert np.allclose((point["rounds"] - 1) * (2 - 2 * np.cos(0.31)), values["V_T"][:, -1])
