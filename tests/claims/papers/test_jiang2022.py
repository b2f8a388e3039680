"""Exponents of sequential recovery: the forms in which the claims state them agree."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from claim_tools import drawn, measured

from lemmata.claims.papers.jiang2022 import _closed_form as flow
from lemmata.claims.papers.jiang2022 import _descent as steps
from lemmata.claims.papers.jiang2022 import eta, gamma, rho, s_next, s_r
from lemmata.claims.papers.jiang2022._descent import t
from lemmata.claims.papers.jiang2022._exact import Variant, run_turned, turned, turned_problems, turned_run
from lemmata.claims.papers.jiang2022.closed_form import m, three_terms
from lemmata.solvers import Bounded, as_floats

a = flow.late


@pytest.mark.parametrize(("count", "exponent"), [(0, flow.FALL), (1, flow.TURN), (2, flow.RISE)])
def test_one_exponent_for_all_entries(count: int, exponent: sp.Expr) -> None:
    """What the three entries next to the cut have in common is linear in how many indices are r + 1."""
    assert 0 == sp.expand(three_terms.then.exponent.subs(m, count) - exponent)


@pytest.mark.parametrize(
    ("term", "exponent"), [(steps.FALL, flow.FALL), (steps.TURN, flow.TURN), (steps.RISE, flow.RISE)]
)
def test_finite_steps_tend_to_the_flow(term: sp.Expr, exponent: sp.Expr) -> None:
    """As eta -> 0 the logarithm of a term over that of rho is the flow's exponent."""
    late = term.subs(t, (1 + a) * steps.tau)
    for symbol, meant in steps.LETTERS.items():
        late = late.subs(symbol, meant)
    power = sp.expand_log(sp.log(late), force=True) / sp.log(rho)
    point = {s_r: 1, s_next: sp.Rational(1, 3), a: sp.Rational(1, 2), rho: sp.exp(-40), eta: sp.Rational(1, 10**6)}

    assert float(exponent.subs({gamma: sp.Rational(1, 3), a: sp.Rational(1, 2)})) == pytest.approx(
        float(power.subs(point)), abs=1e-5
    )


@pytest.mark.parametrize("variant", Variant)
def test_what_is_left_unturned_shows(variant: Variant) -> None:
    """Only the run with everything turned is the turned run."""
    point, given = drawn(turned_problems(), rows=3, columns=2, width=2, steps=3)
    found = [measured(turned(variant=variant), point, given, case) for case in (0, 1)]
    same = all(np.allclose(case[run_turned], case[turned_run]) for case in found)

    assert (variant is Variant.ALL) == same


def test_a_start_without_a_growing_part_learns_nothing() -> None:
    """At F_0 = -G_0 both factors shrink: the error stays |X_r|, and is measured, beside other starts."""
    point, given = drawn(steps.factors(), size=3, rank=1, below=1, extra=1, step=5)
    still = {**given, "G": np.concatenate([-given["F"][:1], given["G"][1:]])}
    run = steps.after_steps.run(point, {name: Bounded.exact(value) for name, value in still.items()})
    error = as_floats(run.cases[0].values[str(sp.log(steps.err))])

    assert np.allclose(0, error[0], atol=1e-5)
    assert (error[1:, -1] < -5).all()
