"""What a conjecture's false variants replace, and places near which it is looked at first."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from lemmata import (
    Rational,
    at_most,
    conjecture,
    dimension,
    exp,
    gaussian,
    judge,
    measured,
    norm2,
    positive,
    probability,
    quadratics,
    real,
    smooth_convex,
    tightened,
    total,
    variant,
    vector,
)
from lemmata.checks import Effort
from lemmata.claims import AtMost, Claim, ClaimError, Edge, Located, Mutant, Reading, Status, quantity
from lemmata.claims.index import _kind, parsed
from lemmata.claims.language.short.quantities import integer

n = integer("n", 1, 3)
gap, R2 = measured("gap", "R2", nonnegative=True)
F = smooth_convex()
x0, h = vector("x0", F.dimension), positive("h", high=2)


def descent(f: Any, x0: Any, h: Any, n: int) -> dict[str, Any]:
    """Gradient descent."""
    x = x0
    for _ in range(n):
        x = x - h[:, None] / f.L * f.grad(x)
    return {"gap": f(x), "R2": norm2(x0), "left": norm2(x)}


def ascent(f: Any, x0: Any, h: Any) -> dict[str, Any]:
    """The wrong way."""
    x = x0 + h[:, None] / f.L * f.grad(x0)
    return {"gap": f(x), "R2": norm2(x0)}


def claimed(*mutants: Any, **more: Any) -> Claim:
    """A theorem on gradient descent with these false variants."""
    given = {"given": [h <= 1], "findings": False} | more
    return conjecture(
        "descent", on=F, runs=descent, n=n, then=gap <= F.L * R2 / (4 * n * h + 2), mutants=mutants, **given
    )


def test_a_variant_replaces_what_it_names() -> None:
    """Another function, other hypotheses and another conclusion stand in the mutant, and nothing else does."""
    claim = claimed(
        variant("up", "it climbs", runs=ascent),
        variant("long steps", "they overshoot", given=[h <= Rational(3, 2)]),
        variant("half", "it is attained", then=gap <= F.L * R2 / (8 * n * h + 4)),
    )
    changed = [[name for name in ("given", "when", "then") if getattr(one, name) is not None] for one in claim.mutants]

    assert ["up", "long steps", "half"] == [one.name for one in claim.mutants]
    assert [["when"], ["given"], ["then"]] == changed
    assert claim.mutants[1].given is not None
    assert ["h <= 1"] == [one.name for one in claim.given.hypotheses if not one.declared]
    assert ["h <= 3/2"] == [one.name for one in claim.mutants[1].given.hypotheses if not one.declared]


def test_a_variant_that_takes_another_quantity_draws_it() -> None:
    """A function that takes what the conjecture has not comes with a family of its own."""
    slow = positive("slow")
    wide = variant("wide", "too far", then=gap <= F.L * R2 * slow)
    mutant = claimed(wide).mutants[0]

    assert mutant.given is not None
    assert "slow" in mutant.given.searchable


def test_a_variant_may_speak_of_what_is_only_returned() -> None:
    """What a false conclusion alone uses is measured with the rest, and the variant falls."""
    left = quantity("left", "what is left of the distance", nonnegative=True)
    claim = claimed(variant("distance", "where f is flat nothing moves", then=left <= R2 / (n * h + 1)))

    assert left in claim.when.meanings
    assert [True] == [one.refuted for one in judge(claim, effort="quick").mutants]


def test_without_findings_the_own_variants_stand_alone() -> None:
    """The variants that follow from a statement are tried unless they are declined."""
    own = tightened(n / (n + 1))

    assert 1 == len(claimed(own).mutants)
    assert len(claimed(own, findings=True).mutants) > 5


def test_a_false_variant_is_attained_nowhere() -> None:
    """Of a tight statement another conclusion is not said to be tight."""
    mutant = claimed(variant("half", "it is attained", then=gap <= F.L * R2 / 9), tight=True).mutants[0]

    assert isinstance(mutant.then, AtMost)
    assert not mutant.then.tight


@pytest.mark.parametrize(
    ("changes", "message"),
    [({}, "replaces nothing"), ({"gven": [h <= 2]}, "replaces gven= .did you mean given"), ({"key": "a/b"}, "key=")],
)
def test_a_variant_of_nothing_is_refused(changes: Any, message: str) -> None:
    """A variant replaces parts that make a statement false, by their names."""
    with pytest.raises(ClaimError, match=message):
        variant("none", "it is the same", **changes)


def test_places_have_names_sizes_and_formulas() -> None:
    """A place is named, holds sizes, numbers and formulas, which are computed for every instance of the edge."""
    claim = claimed(tightened(n / (n + 1)), near={"the corner": {n: 2, x0: 1, **F.huber(1 / (2 * n * h + 1))}})
    edge: Edge = claim.given.edges[-1]
    point = claim.given.at_edge(edge)
    drawn = claim.given.draw(point, np.random.default_rng(0), 5)
    assert edge.adjust is not None
    placed = edge.adjust(point, drawn)

    assert "the corner" == edge.name
    assert {"n": 2, "intervals": 2, "frames": 1} == edge.parameters
    assert np.allclose(1 / (4 * drawn["h"] + 1), placed["f.lengths"][:, 0, 0])
    assert np.array_equal(np.ones((5, 1)), placed["x0"])
    assert np.array_equal([1, 0, 1, 0], placed["f.slopes"][0, 0])


def test_a_place_where_a_formula_is_undefined_stays_as_drawn() -> None:
    """At steps of zero, which no hypothesis admits, a quotient by their sum leaves the draw alone."""
    v, u = vector("v", 2), real("u")
    claim = conjecture("sum", given=[total(v) > 0], then=u**2 >= -total(v), near=[{u: 1 / total(v)}])
    edge = claim.given.edges[-1]
    assert edge.adjust is not None
    placed = edge.adjust({"spread": 1.0}, {"v": np.array([[0.0, 0.0], [1.0, 3.0]]), "u": np.array([7.0, 7.0])})

    assert [7.0, 0.25] == placed["u"].tolist()


def test_a_place_in_an_unknown_quantity_is_refused() -> None:
    """A formula of a place speaks of the statement's quantities."""
    with pytest.raises(ClaimError, match="formula in other"):
        claimed(tightened(n / (n + 1)), near=[{h: 1 / real("other")}])


def test_a_number_keeps_unit_and_meaning() -> None:
    """A declared number is the same under another name and after it was stored."""
    length = positive("rho")
    one = real("x", unit=length, meaning="a length")
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 - just written

    assert ("a length", length) == (one.called("y").meaning, one.called("y").unit)
    assert ("a length", length) == (again.meaning, again.unit)
    assert one == again


def test_a_class_takes_numbers_that_are_declared() -> None:
    """A number with a unit or a meaning of its own stands for the class's own."""
    curvature = positive("ell")
    L = positive("Lambda", unit=curvature, meaning="largest curvature")
    Q = quadratics(L=L)
    measured_gap = quantity("gap", "what is left", unit=curvature)
    claim = conjecture("curved", on=Q, runs=lambda f, x0: {"gap": f(x0) * 0 + f.L[:, 0]}, then=measured_gap <= L,
                       x0=vector("x0", Q.dimension), edges=[Edge(name="any")])  # fmt: skip

    assert L is Q.L
    assert {"largest curvature", "what is left"} == set(claim.when.meanings.values())


def test_a_quantity_named_like_a_word_of_python() -> None:
    """The argument ``lambda_`` is the quantity lambda."""
    lam, x = positive("lambda"), real("x")
    function = lambda x, lambda_: {"gap": lambda_ * x * x}  # noqa: E731
    claim = conjecture("square", runs=function, x=x, then=gap <= lam * (x**2 + 1))

    assert {"lambda", "x"} <= set(claim.given.searchable)


def test_how_a_source_was_read_is_kept() -> None:
    """Reading, note and status of a conjecture are those of its claim, and the procedure is called by its docstring."""
    claim = claimed(tightened(n / (n + 1)), reading=Reading.FROM_MEMORY, note="recalled", status=Status.THEOREM)

    assert (Reading.FROM_MEMORY, "recalled") == (claim.reading, claim.note)
    assert Status.THEOREM is claim.status
    assert "Gradient descent" == claim.when.name


@pytest.mark.parametrize(
    ("text", "kind"),
    [("a <= b", "AtMost"), ("a >= b", "AtLeast"), ("equals(a, b)", "Identity"), ("decreases(q)", "Monotone")],
)
def test_the_kind_of_a_conclusion_is_read_from_its_text(text: str, kind: str, tmp_path: Any) -> None:
    """The catalogue says what a conjecture concludes without importing it."""
    file = tmp_path / "text.py"
    file.write_text(f"x = f(then={text})", encoding="utf-8")
    call: Any = parsed(file).body[0]

    assert kind == _kind(call.value.keywords[0].value, "lemmata.claims.papers.drori2014")


def test_a_place_of_another_shape_is_one_sentence() -> None:
    """An array that does not fit the sizes at hand says which, and how sizes are named."""
    rows = dimension("rows", upto=3)
    with pytest.raises(ClaimError, match=r"shape \(2,\) where its own is \(1,\); name its sizes"):
        conjecture("long", then=norm2(vector("a", rows)) <= 9, near=[{"a": [1, 0]}])


def test_a_mutant_on_other_quantities_is_one_sentence() -> None:
    """A mutant at length draws nothing of its own; what it speaks of the statement must have."""
    x, y = real("x", "y")
    stranger = Mutant(name="other", because="y may be anything", then=at_most(y, 1))
    with pytest.raises(ClaimError, match="mutant 'other' speaks of y, which the statement does not have; write it as"):
        conjecture("squares", then=x**2 + x >= -1, mutants=[stranger])


def test_a_chance_from_above_is_held_against_that_of_the_opposite_event() -> None:
    """A true bound on a tail has a variant that falls, though its chance may be less than half of the bound."""
    g, t = gaussian("g"), integer("t", 1, 3)
    tail = conjecture("Gaussian tail", then=probability(g >= t) <= exp(-(t**2) / 2))
    evidence = judge(Located(tail, "a test"), effort=Effort.QUICK, seed=0)

    assert {"opposite event": True, "less likely": False} == {one.name: one.refuted for one in evidence.mutants}
    assert evidence.verdict == "supported"
