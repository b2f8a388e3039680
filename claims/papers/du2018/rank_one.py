"""Du, Hu, Lee 2018: a rank-one matrix is factorized by gradient descent of constant step, quickly and by luck in balance."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.papers.du2018._rank_one import (
    C0,
    arrival,
    as_variance,
    components_along_the_run,
    d,
    eps,
    growing_problems,
    passage,
    quasi_polynomial,
    small_initializations,
    square_initializations,
    u_along,
    u_square,
    v_along,
    v_square,
)

_RANK_ONE = PAPER.at("Theorem 3.2 (rank one, constant step), recalled")
_MEMORY = (
    "recalled: the theorem says that with constant probability, for a start of scale delta = c_init sqrt(sigma/d) and a step "
    "c_step/sigma, both conclusions hold, c_init and c_step being unspecified absolute constants (1/10 and the step named "
    "here). delta is taken as a standard deviation: only then is the theorem invariant under (u, v, sigma) -> (s u, s v, s^2 sigma)"
)
_SETTING = """M = sigma u* v*' with unit vectors u*, v* in d dimensions, and simultaneous gradient descent on |u v' - M|_F^2 / 2 from u_0, v_0
with independent entries N(0, delta^2), delta = sqrt(sigma/d)/10"""
T = sp.Symbol("T", positive=True)
_WITNESS = 6
"""An absolute constant that serves: 3.5 would, at d = 10 and one digit, less at larger ones."""


def _within(growth: sp.Expr) -> AtMost:
    """T is at most the witness times ``growth``."""
    return AtMost(left=T, right=_WITNESS * growth, where={T: passage})


logarithmic_time = Claim(
    key="du2018/rank-one-in-logarithmic-time",
    title="Gradient descent of constant step factorizes a rank-one matrix to accuracy epsilon in 6 log(d/epsilon) steps",
    about=f"""{_SETTING}, in steps of 1/(2 sigma). There is an absolute constant C, and 6 is one, such that for every d >= 10, every sigma > 0 and every
epsilon <= 1/10 the error |u_t v_t' - M|_F is at most epsilon sigma within C log(d/epsilon) steps, from every start with
|u_0.u* + v_0.v*| >= delta/4 and |u_0|^2, |v_0|^2 <= sigma/10, which is a part 0.86 of them. d, 1/epsilon and sigma are swept over twelve, eight and twelve orders
of magnitude. No C serves almost all starts, though almost all converge: the less a start has of the growing direction, the
longer it waits.

Why: the components a and b along the target obey a' = sigma b, b' = sigma a while they are small, so a + b grows
exponentially from 1/sqrt(d) of its final size; then the error shrinks exponentially.""",
    source=_RANK_ONE,
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note=_MEMORY
    + "; the starts that stall are left out in place of a probability. The first passage is measured, in runs of up "
    "to 50 log(d/epsilon) steps; one that has not arrived by then refutes. The constant is a witness of ours",
    given=growing_problems(stalled=False),
    when=arrival(),
    then=_within(sp.log(d / eps)),
    mutants=(
        Mutant(
            name="start below every power of the dimension",
            because="the wait is the logarithm of the start's size, of order log(d)^2 for a start d^(-log d)",
            given=growing_problems(deviation=quasi_polynomial, stalled=False),
        ),
        Mutant(
            name="without the dimension",
            because="the signal starts at 1/sqrt(d) of its final size and has to grow there",
            then=_within(sp.log(1 / eps)),
        ),
        Mutant(
            name="without the accuracy",
            because="near the optimum the error falls by a constant factor a step",
            then=_within(sp.log(d)),
        ),
        Mutant(
            name="steps of 3/sigma",
            because="the curvature at the optimum is 2 sigma: such steps overshoot it, and nearly no run ever arrives",
            when=arrival(3, 1),
        ),
    ),
)


def _in_time(bound: object) -> WithProbability:
    event = AtMost(left=T, right=bound, where={T: passage})
    return WithProbability(event=event, at_least=sp.Rational(99, 100), resolution=sp.Rational(1, 200))


logarithmic_time_mostly = Claim(
    key="du2018/rank-one-in-logarithmic-time-mostly",
    title="With probability at least 0.99 a random start is at accuracy epsilon within 6 log(d/epsilon) steps of 1/(2 sigma)",
    about=f"""{_SETTING}, in steps of 1/(2 sigma). For d >= 10, epsilon <= 1/10 and every sigma > 0, with probability at least 0.99 over the
start the error |u_t v_t' - M|_F is at most epsilon sigma within 6 log(d/epsilon) steps. The convergence part of the theorem
thus holds with high probability; it is the part about balance that has only a constant one.

Why: the wait is log(sqrt(d)) + log(delta/|u_0.u* + v_0.v*|) + log(1/epsilon), up to constants, in units of the step, and the
second term exceeds s with probability of order exp(-s).""",
    source=_RANK_ONE,
    status=Status.COMPANION,
    reading=Reading.FROM_MEMORY,
    note=_MEMORY + ". The constant 6 = 3/c_step was measured; the theorem states no more than O(log(d/epsilon))",
    given=growing_problems(),
    when=arrival(),
    then=_in_time(6 * sp.log(d / eps)),
    mutants=(
        Mutant(
            name="delta as a variance",
            because="a weak target then has a start far longer than itself, from which a step of 1/(2 sigma) diverges",
            given=growing_problems(deviation=as_variance),
        ),
        Mutant(
            name="three times faster",
            because="the typical start needs about log(d/epsilon)/c_step steps, the hundredth worst twice that",
            then=_in_time(2 * sp.log(d / eps)),
        ),
        Mutant(
            name="without the dimension",
            because="the signal has to grow from 1/sqrt(d) of its final size",
            then=_in_time(6 * sp.log(1 / eps)),
        ),
        Mutant(
            name="steps of 3/sigma",
            because="the curvature at the optimum is 2 sigma: steps beyond 1/sigma overshoot it, and long ones never come back",
            when=arrival(3, 1),
        ),
    ),
)

a, b = sp.symbols(r"\alpha_t \beta_t", real=True)
_balanced = AtMost(left=sp.Max(a**2, b**2), right=C0**2 * sp.Min(a**2, b**2), where={a: u_along, b: v_along})


def _chance(law: object) -> WithProbability:
    return WithProbability(event=_balanced, at_least=law, at_most=law)


_law = (sp.atan(C0) - sp.atan(1 / C0)) / sp.pi

balance_law = Claim(
    key="du2018/rank-one-ratio-law",
    title="The two components stay within a factor C_0 for all time with probability (atan(C_0) - atan(1/C_0))/pi, below 1/2",
    about=f"""{_SETTING}, in steps of 1/(10 sigma). For every C_0 in [1.5, 10] the probability that 1/C_0 <= |u_t.u*|/|v_t.v*| <= C_0 for all t
is (atan(C_0) - atan(1/C_0))/pi, up to a discrepancy of 0.05 that the trial can exclude: 0.437 for C_0 = 10. It never exceeds 1/2,
so "with constant probability" in the theorem, read for the components, cannot be improved to a high one; read for the lengths of u and v
it can (du2018/rank-one-norm-ratio).

Why: with the same sign the ratio moves monotonically towards one, so the start decides, and the ratio of two Gaussians is Cauchy; with
opposite signs one component must pass through zero. Steps eta sigma < 2/C_0 cannot jump over the whole excluded range.
What is not exact is of the third order in the start: one million runs each in d = 1 and 1000, C_0 = 1.5, 3 and 10 were within
0.0008 of the law, which is what sampling explains.""",
    source=_RANK_ONE,
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_MEMORY
    + "; the exact law of the probability is derived, for small start and small steps. Runs end at an error of 1 %",
    given=small_initializations(),
    when=components_along_the_run(),
    then=_chance(_law),
    mutants=(
        Mutant(
            name="with high probability",
            because="half of all starts have opposite signs, and then one component passes through zero",
            then=WithProbability(event=_balanced, at_least=sp.Rational(9, 10)),
        ),
        Mutant(
            name="whatever the signs",
            because="the law of |u_0.u*|/|v_0.v*| alone forgets the zero that opposite signs lead through",
            then=_chance(2 * _law),
        ),
        Mutant(
            name="at the end of the run",
            because="in the limit the two components are equal up to the imbalance of the start: balance is lost on the way",
            when=components_along_the_run(last_only=True),
        ),
        Mutant(
            name="u starts five times larger",
            because="the start decides, and its ratio is then five times a Cauchy variable",
            given=small_initializations(tilt=5.0),
        ),
    ),
)

_lengths = sp.symbols("p_t q_t", nonnegative=True)


def _alike(bound: object, first: sp.Expr = u_square, second: sp.Expr = v_square) -> WithProbability:
    p, q = _lengths
    event = AtMost(left=sp.Max(p, q), right=bound * sp.Min(p, q), where={p: first, q: second})
    return WithProbability(event=event, at_least=sp.Rational(99, 100), resolution=sp.Rational(1, 50))


norm_ratio = Claim(
    key="du2018/rank-one-norm-ratio",
    title="From ten dimensions on, |u_t|^2 and |v_t|^2 stay within a factor of ten for all time with probability 0.99",
    about=f"""{_SETTING}, as many rows as columns, in steps of 1/(10 sigma). For d >= 10 with probability at least 0.99
1/10 <= |u_t|^2/|v_t|^2 <= 10 up to an error of one per cent, from where on the ratio goes on to one. Read for the squared lengths, as
notes on the paper state it, the balance of Theorem 3.2 has a high probability and not only a constant one: the lengths start nearly equal, and their
difference is conserved up to the second order of the step. It is the reading for the components along u* and v* whose probability stays below 1/2
(du2018/rank-one-ratio-law). In one dimension the two readings are one.

Why: |u_0|^2 and |v_0|^2 are sums of d squares, and concentrate.""",
    source=PAPER.at("Theorem 3.2 (rank one, constant step), as notes on the paper state it"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note=_MEMORY + ". The bound ten and the probability are ours; the theorem has an unspecified constant for both",
    given=square_initializations(),
    when=components_along_the_run(),
    then=_alike(10),
    mutants=(
        Mutant(
            name="components",
            because="half of all starts have components of opposite signs, of which one passes through zero",
            then=_alike(10, u_along**2, v_along**2),
        ),
        Mutant(
            name="one dimension",
            because="there is nothing to concentrate: the lengths are the components",
            given=square_initializations(dimensions=(1, 1)),
        ),
        Mutant(
            name="u starts five times longer",
            because="the difference of the squared lengths is conserved, and at the initialization it is most of the larger",
            given=square_initializations(tilt=5.0),
        ),
        Mutant(
            name="within a tenth",
            because="ten squares concentrate no better than that",
            then=_alike(sp.Rational(11, 10)),
        ),
    ),
)
