"""Members of the classes of functions and operators are what the classes say, at random values of their quantities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lemmata import (
    cocoercive,
    contractive,
    convex,
    integer,
    lipschitz_convex,
    lipschitz_losses,
    monotone,
    nonconvex_smooth,
    nonexpansive,
    quadratic_growth,
    quadratics,
    skew,
    smooth_convex,
    strongly_convex,
    strongly_monotone,
)
from lemmata.claims import ClaimError
from lemmata.claims.language.short.families import family
from lemmata.claims.language.short.quantities import declared
from lemmata.claims.language.short.spaces import Space
from lemmata.claims.language.short.values import values_of

SIZE = 400
CLASSES = {
    "smooth convex": smooth_convex(upto=4, intervals=integer("pieces", 1, 3)),
    "strongly convex": strongly_convex(upto=4, intervals=integer("pieces", 1, 3)),
    "smooth": nonconvex_smooth(upto=4, intervals=integer("pieces", 1, 3)),
}


def members(drawn_from: Any, seed: int, **sizes: int) -> tuple[Any, dict[str, Any]]:
    """Members of a class, and the values of its quantities."""
    space = Space(symbols=tuple(declared(*drawn_from.quantities)), relations=drawn_from.relations)
    point = {"spread": 3.0, "frames": 2, "intervals": 2, **sizes}
    raw = space.draw(point, np.random.default_rng(seed), SIZE)
    rows = np.flatnonzero(space.inside(point)(raw))
    known = values_of(space.symbols, point, {name: value[rows] for name, value in raw.items()})
    return drawn_from.oracle(known), known


def pairs(known: dict[str, Any], dimension: int) -> np.ndarray:
    """Two random points for each member."""
    drawn: np.ndarray = np.random.default_rng(9).normal(size=(2, len(next(iter(known.values()))), dimension))
    return drawn


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize("frames", [1, 2])
def test_gradients_are_monotone_within_the_constants(name: str, pieces: int, frames: int) -> None:
    """Between two points <grad f(x) - grad f(y), x - y> is mu to L times |x - y|^2, and gradients are Lipschitz."""
    f, known = members(CLASSES[name], 1, d=3, pieces=pieces, frames=frames)
    x, y = pairs(known, 3)
    moved, away = f.grad(x) - f.grad(y), x - y
    square, along, L = (away**2).sum(axis=1), (moved * away).sum(axis=1), known["L"]
    least = {"smooth convex": 0 * L, "strongly convex": known.get("mu"), "smooth": -L}[name]

    assert len(x) > SIZE / 4
    assert np.all(least * square <= along + 1e-9 * L * square)
    assert np.all(np.linalg.norm(moved, axis=1) <= L * np.sqrt(square) * (1 + 1e-9))


@pytest.mark.parametrize("name", CLASSES)
def test_gradients_are_those_of_the_values(name: str) -> None:
    """Central differences of the values are the gradient along a direction."""
    f, known = members(CLASSES[name], 2, d=2, pieces=2)
    x, move = pairs(known, 2)
    slope = (f(x + 1e-6 * move) - f(x - 1e-6 * move)) / 2e-6

    assert np.allclose(slope / known["L"], (f.grad(x) * move).sum(axis=1) / known["L"], atol=1e-5)


def test_proximal_points_have_the_step_as_subgradient() -> None:
    """At p = prox(x) no value is below that of the tangent plane with the slope (x - p)/step."""
    f, known = members(convex(upto=3), 3, d=2)
    x, y = pairs(known, 2)
    p = f.prox(x, np.ones(len(x)))

    assert np.all(f(y) >= f(p) + ((x - p) * (y - p)).sum(axis=1) - 1e-9 * (1 + f(p)))


def test_proximal_points_of_several_frames_are_refused() -> None:
    """A class whose members may need two frames says how to declare one that has proximal points."""
    f, known = members(smooth_convex(), 6, d=2)
    x, _ = pairs(known, 2)

    with pytest.raises(ClaimError, match="smooth_convex\\(frames=1\\)"):
        f.prox(x, np.ones(len(x)))


@pytest.mark.parametrize("further", [0, 1])
def test_lipschitz_functions_are_convex_and_lipschitz(further: int) -> None:
    """Least at 0, no subgradient longer than M, and no value below that of a tangent plane."""
    f, known = members(lipschitz_convex(upto=3), 7, d=3, further=further)
    x, y = pairs(known, 3)
    slope, M = f.grad(x), known["M"]

    assert np.all(f(0 * x) == 0)
    assert np.all(f(x) >= 0)
    assert np.all((slope**2).sum(axis=1) <= M**2 * (1 + 1e-9))
    assert np.all(f(y) >= f(x) + (slope * (y - x)).sum(axis=1) - 1e-9 * M)


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("pull", [2, 4])
def test_maps_expand_where_a_clip_pulls_by_more_than_two(pull: int, frames: int) -> None:
    """Up to two no distance grows; beyond, some do."""
    T, known = members(nonexpansive(upto=3, frames=3, pull=pull), 4, d=3, frames=frames)
    x, y = pairs(known, 3)
    grown = np.linalg.norm(T(x) - T(y), axis=1) > np.linalg.norm(x - y, axis=1) * (1 + 1e-12)

    assert (pull > 2) == bool(grown.any())


def test_the_named_members_are_what_their_names_say() -> None:
    """A Huber function bends at its knee, a kink has its two slopes, a reflected clip moves by twice its end."""
    x = np.array([[-3.0], [0.25], [3.0]])
    huber = placed(smooth_convex("f"), smooth_convex("f").huber(0.5), L=2)
    kink = placed(convex("f"), convex("f").kink(3, 1))
    clipped = placed(nonexpansive("f"), nonexpansive("f").reflected_clip(0.5))

    assert np.allclose([-1, 0.5, 1], huber.grad(x)[:, 0])
    assert np.allclose([3, 0.75, 9], kink(x))
    assert np.allclose([-2, -0.25, 2], clipped(x)[:, 0])


def placed(drawn_from: Any, values: dict[str, Any], L: float = 1) -> Any:
    """Three times one member in one dimension."""
    _, known = members(drawn_from, 5, d=1, frames=1)
    first = {name: value[:3] for name, value in known.items()} | {"L": np.full(3, float(L))}
    turn = {} if "f.turn.side" not in values else {"f.turn": np.ones((3, 1, 1))}
    rows = {name: np.broadcast_to(value, first[name].shape) for name, value in values.items() if name in first}
    return drawn_from.oracle(first | rows | turn)


@pytest.mark.parametrize(
    "drawn_from",
    [
        smooth_convex(),
        nonconvex_smooth(),
        strongly_convex(),
        quadratics(),
        convex(frames=2),
        lipschitz_convex(),
        quadratic_growth(),
        lipschitz_losses(),
        nonexpansive(),
        monotone(),
        strongly_monotone(),
        cocoercive(),
        contractive(),
        skew(),
    ],
    ids=lambda one: one.title,
)
def test_every_number_of_a_member_has_a_meaning(drawn_from: Any) -> None:
    """Whoever reads a counterexample finds in words what each array of a member holds."""
    space = Space(symbols=tuple(declared(*drawn_from.quantities)), relations=drawn_from.relations)
    made = family(space)
    point = {name: one.simplest for name, one in space.ranges.items()}
    arrays = [name for name in made.draw(point, np.random.default_rng(0), 2) if "." in name]

    assert arrays
    assert [] == [name for name in arrays if not made.meanings.get(name)]
    assert ("frames" in made.meanings) == ("frames" in space.ranges)


def test_an_operator_is_one_operator() -> None:
    """Resolvents of two step sizes, or a resolvent beside a value, are of two members, and refused in one run."""
    first = {"x": np.ones((SIZE, 1)), "a": np.full(SIZE, 0.5)}
    for drawn_from in (strongly_monotone(), cocoercive()):
        found, _ = members(drawn_from, 0, d=1)
        rows = len(found.reflected(first["x"]))
        x, a = first["x"][:rows], first["a"][:rows]
        again = found.resolvent(found.resolvent(x, a), a * 3 / 3)
        with pytest.raises(ClaimError, match="two step sizes in one run"):
            found.resolvent(again, 2 * a)

    values, _ = members(cocoercive(), 0, d=1)
    values(x)
    with pytest.raises(ClaimError, match="a resolvent and a value"):
        values.resolvent(x, a)


def test_losses_may_be_negative() -> None:
    """A convex Lipschitz loss has no least value of its own: some are below zero where they are least."""
    found, _ = members(lipschitz_losses(), 0, d=1, n=2, planes=1)
    values = found[1](np.zeros((len(found.bound), 1)))

    assert np.any(values < 0)
    assert np.any(values > 0)
