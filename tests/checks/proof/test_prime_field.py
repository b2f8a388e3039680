import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from toy_claims import FALSE, claim, numbers, procedure, x, y

from lemmata.checks.proof.prime_field import prove_over_prime_field
from lemmata.checks.proof.prove import prove
from lemmata.claims import (
    AtMost,
    Case,
    ClaimError,
    Conclusion,
    Conserved,
    Edge,
    Identity,
    Instances,
    Located,
    Measurement,
    Parameters,
    PrimeField,
    Time,
    integers,
    load,
)
from lemmata.solvers import gate, stack
from lemmata.solvers.numbers import PRIME

z = sp.Symbol("z")
FIELD = PrimeField(covers="numbers", shapes=4, draws=3)
OVER_PRIMES = [one for one in load().claims if isinstance(one.claim.proof, PrimeField)]


def relu(_: Parameters, instances: Instances) -> Measurement:
    """Z = max(x, 0) by a gate, beside x and y; in two cases."""
    found = {name: instances[name][:, None] for name in ("x", "y")}
    found["z"] = gate(found["x"], 0) * found["x"]
    return Measurement(cases=(Case(name="first", values=found), Case(name="second", values=found)))


def finding(then: Conclusion, proof: PrimeField = FIELD, seed: int = 0) -> Any:
    """The outcome of the evaluation."""
    look = procedure(relu, measures={x: "a number", y: "another", z: "max(x, 0)"})
    subject = claim(when=look, then=then, mutants=(), status=claim().mutated(FALSE).status)
    return prove_over_prime_field(subject, proof, seed)


def first_prime(found: Any) -> int:
    """The prime modulo which a false identity failed."""
    return int(found.remainder.split(" modulo ")[1].split()[0])


SHARED = """
from lemmata import *
from lemmata.checks.proof.prove import prove
u, v = real("u", "v")
print(prove(conjecture("planted", then=equals(u * v * 2, u * v)), 0).remainder)
"""


class TestPrimes:
    """Which primes there are."""

    @pytest.mark.parametrize("share", [sp.Integer(PRIME), sp.Rational(PRIME, 10**30), sp.Integer(2**61 - 1) * PRIME])
    def test_a_coefficient_that_a_prime_divides(self, share: sp.Rational) -> None:
        """An identity that is false by a multiple of a prime that is known beforehand does not close."""
        found = finding(Identity(left=(1 + share) * x * y, right=x * y))

        assert not found.closed

    def test_a_coefficient_written_around_another_statement(self) -> None:
        """The prime at which one false identity fails is not the one that a multiple of it meets."""
        prime = first_prime(finding(Identity(left=x * y, right=x * y + 1)))
        found = finding(Identity(left=x * y, right=x * y + prime))

        assert not found.closed
        assert prime != first_prime(found)

    def test_the_code_that_is_run_counts(self) -> None:
        """Procedures that differ in a number of their text, or in one that they close over, have other primes."""

        def scaled(factor: int) -> Any:
            return lambda _, instances: Measurement.of({"x": instances["x"][:, None] * factor}, case="c")

        def prime(run: Any) -> int:
            look = procedure(run, measures={x: "a number"})
            subject = claim(when=look, then=Identity(left=x, right=0), mutants=(), status=claim().mutated(FALSE).status)
            return first_prime(prove_over_prime_field(subject, FIELD, 0))

        texts = [
            lambda _, instances: Measurement.of({"x": instances["x"][:, None] * 2}, case="c"),
            lambda _, instances: Measurement.of({"x": instances["x"][:, None] * 3}, case="c"),
        ]

        assert 4 == len({prime(run) for run in (*texts, scaled(2), scaled(3))})
        assert prime(scaled(2)) == prime(scaled(2))

    def test_the_same_in_every_process(self) -> None:
        """The primes of a statement are the same whatever Python hashes with."""
        met = {
            subprocess.run(
                [sys.executable, "-c", SHARED],
                env={**os.environ, "PYTHONHASHSEED": salt},
                capture_output=True,
                check=True,
            ).stdout
            for salt in ("1", "2")
        }

        assert 1 == len(met)
        assert b" modulo " in met.pop()

    @pytest.mark.parametrize(("failures", "closes"), [(1, True), (7, True), (8, False)])
    def test_a_denominator_that_vanishes(self, failures: int, *, closes: bool) -> None:
        """Where a denominator is zero modulo the prime another is taken, seven times at most."""
        left = [failures]

        def run(_: Parameters, instances: Instances) -> Measurement:
            if left[0]:
                left[0] -= 1
                raise ZeroDivisionError("the denominator is 0")
            return Measurement.of({"x": instances["x"][:, None]}, case="c")

        look = procedure(run, measures={x: "a number"})
        then = Identity(left=x + x, right=2 * x)
        subject = claim(when=look, then=then, mutants=(), status=claim().mutated(FALSE).status)

        with nullcontext() if closes else pytest.raises(ZeroDivisionError, match="the denominator is 0"):
            assert prove_over_prime_field(subject, FIELD, 0).closed


class TestEvaluation:
    """Identities of a toy procedure."""

    @pytest.mark.parametrize(
        "then",
        [
            Identity(left=(x + y) ** 3, right=x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3),
            Identity(left=x / 3 - x / 2, right=-x / 6),
            Identity(left=(z + x) ** 2, right=z**2 + 2 * x * z + x**2),
        ],
    )
    def test_closes_for_true(self, then: Identity) -> None:
        """Polynomial identities, with gates in them too, close."""
        found = finding(then)

        assert (True, "") == (found.closed, found.remainder)

    @pytest.mark.parametrize(
        "then",
        [
            Identity(left=(x + y) ** 2, right=x**2 + y**2),
            Identity(left=x, right=y),
            Identity(left=z, right=x),
            Identity(left=z, right=0),
            Identity(left=z**2, right=x * z),
            Identity(left=x / 3, right=x / 2),
            Identity(left=x * y, right=x * y + 1),
        ],
    )
    def test_names_the_shape_for_false(self, then: Identity) -> None:
        """A false identity is found false at the first edge, whose parameters and case are named.

        So is one that needs gates to be 0 or 1: what is proved holds for any slopes.

        Each has degree at most 4, gates counted: it passes all draws with probability below 1e-14.
        """
        found = finding(then)

        assert not found.closed
        assert "n = 1 (first)" in found.remainder
        assert 2**25 < first_prime(found) < 2**26

    def test_a_falsehood_at_one_pattern_of_gates_only(self) -> None:
        """What fails where all of forty gates are open, once in 10^12 patterns, is not proved."""

        def run(_: Parameters, instances: Instances) -> Measurement:
            start = instances["x"][:, None]
            found = start
            for step in range(40):
                found = found * gate(start - step, 0)
            return Measurement.of({"x": start, "y": start, "z": found}, case="c")

        look = procedure(run, measures={x: "a number", y: "another", z: "x where all are open"})
        subject = claim(when=look, then=Identity(left=z, right=0), mutants=(), status=claim().mutated(FALSE).status)

        assert not prove_over_prime_field(subject, FIELD, 0).closed

    def test_a_falsehood_at_one_shape_only(self) -> None:
        """An identity that fails at n = 3 only is caught where that shape is an edge."""

        def run(parameters: Parameters, instances: Instances) -> Measurement:
            factor = 2 if parameters["n"] == 3 else 1
            values = {"x": instances["x"][:, None], "y": instances["x"][:, None] * factor}
            return Measurement.of(values, case="c")

        family = numbers(edges=(Edge(name="one"), Edge(name="three", parameters={"n": 3})))
        subject = claim(given=family, when=procedure(run), then=Identity(left=x, right=y))
        found = prove_over_prime_field(subject, FIELD, 0)

        assert not found.closed
        assert "n = 3" in found.remainder

    def test_fixed_parameters(self) -> None:
        """What the proof fixes is fixed at every shape."""
        seen = []

        def run(parameters: Parameters, instances: Instances) -> Measurement:
            seen.append(parameters["n"])
            return Measurement.of({"x": instances["x"][:, None]}, case="c")

        look = procedure(run, measures={x: "a number"})
        prove_over_prime_field(
            claim(when=look, then=Identity(left=x + x, right=2 * x), mutants=(), status=claim().mutated(FALSE).status),
            PrimeField(covers="c", fixed={"n": 7}),
            0,
        )

        assert {7} == set(seen)

    def test_inequalities_are_refused(self) -> None:
        """There is no order modulo a prime."""
        with pytest.raises(ClaimError, match="a prime field proves equalities, not AtMost"):
            finding(AtMost(left=x, right=y))

    @pytest.mark.parametrize(
        ("degree", "then"), [(3, Identity(left=x**3, right=x * x * x)), (5, Identity(left=x**4 * y, right=y * x**4))]
    )
    @pytest.mark.parametrize("draws", [1, 2, 5])
    def test_error_probability(self, degree: int, then: Identity, draws: int) -> None:
        """A draw errs at a root, degree / 2^25 at most, or where its prime is one of 39 that may divide 300 digits."""
        found = finding(then, replace(FIELD, draws=draws))

        assert pytest.approx((degree / 2**25 + 39 / 1_894_120) ** draws, rel=1e-12) == found.error_probability

    def test_steps(self) -> None:
        """A law in steps is proved with its factor and change: x+ = 2 x + y."""

        def run(_: Parameters, instances: Instances) -> Measurement:
            start, push = instances["x"], instances["y"]
            track = stack([start, start * 2 + push, (start * 2 + push) * 2 + push], axis=1)
            return Measurement.of({"x": track, "y": push[:, None]}, case="c")

        look = procedure(run, time=Time.STEPS)
        right, wrong = (
            prove_over_prime_field(
                claim(when=look, then=law, mutants=(), status=claim().mutated(FALSE).status), FIELD, 0
            ).closed
            for law in (Conserved(quantity=x, factor=2, change=y), Conserved(quantity=x, factor=2, change=-y))
        )

        assert (True, False) == (right, wrong)


class TestShipped:
    """The proofs over a prime field that are shipped."""

    @pytest.mark.parametrize("located", OVER_PRIMES, ids=lambda one: one.claim.key)
    def test_error_probability_is_negligible(self, located: Located) -> None:
        """A shipped identity closes, and a false one would pass with probability below 1e-15."""
        found = prove(located.claim, 1)

        assert found is not None
        assert found.closed, found.remainder
        assert 0.0 < found.error_probability < 1e-15

    @pytest.mark.parametrize("located", OVER_PRIMES, ids=lambda one: one.claim.key)
    def test_mutants_do_not_close(self, located: Located) -> None:
        """With a mutant's false conclusion on the same family and procedure, the evaluation is not zero."""
        claim_, proof = located.claim, located.claim.proof
        assert isinstance(proof, PrimeField)
        mutants = [m for m in claim_.mutants if m.then is not None and m.given is None and m.when is None]

        assert mutants
        for mutant in mutants:
            assert not prove_over_prime_field(claim_.mutated(mutant), proof, 0).closed, mutant.name


def test_no_proof_declared() -> None:
    """A claim without a proof has no proof stage."""
    assert prove(claim(given=numbers(parameters={"n": integers(1, 2)})), 0) is None
