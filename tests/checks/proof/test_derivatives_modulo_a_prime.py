from __future__ import annotations

import itertools
from functools import reduce
from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_claims import FALSE, claim, procedure

from lemmata.checks.proof.prime_field import prove_over_prime_field
from lemmata.claims import Identity, Instances, Measurement, Parameters, PrimeField
from lemmata.solvers import Dual, zeros

x, y, slope = sp.symbols("x y slope")
FIELD = PrimeField(covers="numbers", shapes=2, draws=2)
MONOMIALS = [x**i * y**j for i, j in itertools.product(range(4), repeat=2) if i]
"""Those with a derivative in x."""


def polynomial(seed: int) -> Any:
    """A sum of three of the monomials, with coefficients in halves and thirds."""
    rng = np.random.default_rng(seed)
    places = rng.choice(len(MONOMIALS), size=3, replace=False)
    return sum(
        sp.Rational(int(rng.choice([-4, -3, -1, 1, 2, 5])), int(rng.integers(1, 4))) * MONOMIALS[k] for k in places
    )


def value(formula: Any, known: dict[Any, Any]) -> Any:
    """The value of a polynomial on dual numbers, term by term."""
    terms = []
    for term in sp.Add.make_args(formula):
        number, factors = term.as_coeff_mul()
        powers = [known[base] for base, power in (one.as_base_exp() for one in factors) for _ in range(int(power))]
        terms.append(reduce(lambda a, b: a * b, powers) * int(number.p) / int(number.q))
    return reduce(lambda a, b: a + b, terms)


def is_proved(formula: Any, right: Any, name: str) -> bool:
    """Whether the derivative in x, by dual numbers, is proved to be `right`; ``name`` is that of the one case."""

    def run(_: Parameters, instances: Instances) -> Measurement:
        a, b = instances["x"][:, None], instances["y"][:, None]
        moving = {x: Dual(a, zeros(a, a.shape) + 1), y: Dual.constant(b)}
        return Measurement.of({"x": a, "y": b, "slope": value(formula, moving).tangent}, case=name)

    look = procedure(run, measures={x: "x", y: "y", slope: "derivative"})
    subject = claim(when=look, then=Identity(left=slope, right=right), mutants=(), status=claim().mutated(FALSE).status)
    return prove_over_prime_field(subject, FIELD, 0).closed


def wrong(right: Any, kind: int, seed: int) -> Any:
    """A false variant of a derivative: half of it, in the other variable, of a sign, a term more, one less, squared."""
    terms = sorted(sp.Add.make_args(sp.expand(right)), key=str)
    return [
        right / 2,
        right.subs({x: y, y: x}, simultaneous=True) + (x - y) ** 9,
        right - 2 * terms[0],
        right + sp.Rational(1, 10**6) * MONOMIALS[seed % len(MONOMIALS)],
        right - terms[-1],
        right * x,
    ][kind]


@pytest.mark.parametrize("name", ["", "case"])
@pytest.mark.parametrize("seed", range(10))
def test_true_derivatives_are_proved(seed: int, name: str) -> None:
    """The derivative that sympy gives is proved, whether or not its case has a name."""
    formula = polynomial(seed)

    assert is_proved(formula, sp.diff(formula, x), name)


@pytest.mark.parametrize("kind", range(6))
@pytest.mark.parametrize("seed", range(10))
def test_false_derivatives_are_not_proved(seed: int, kind: int) -> None:
    """None of sixty false derivatives is proved; a case without a name fails as any other does.

    Each difference has degree at most nine: it would pass with probability below 1e-12.
    """
    formula = polynomial(seed)

    assert not is_proved(formula, wrong(sp.diff(formula, x), kind, seed), "")
