"""Weylandt, Nagorski, Allen 2020: one ADMM step a penalty follows the path of convex clustering, from a repaired initialization."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Constant, Mutant, Reading, Status, tightened
from lemmata.claims.papers.weylandt2020 import PAPER
from lemmata.claims.papers.weylandt2020._convergence import (
    CONTRACTION,
    W,
    all_errors,
    c,
    convergence,
    eps,
    err,
    high,
    k,
    kappa,
    matched_run,
    mu,
    paths,
    rho,
    runs,
    spread,
    t,
)

_SETTING = """U_lam minimises |U - X|_F^2/2 + lam sum_l w_l |(D U)_l|_q over the edges l of a graph, q in {1, 2}. CARP takes one step of ADMM at
each penalty eps, t eps, t^2 eps, ...; initialization V = D X, Z = 0"""
_NOTE = "stated and proved beside the paper, of which the appendix with the proof was not read"


B = sp.Symbol("B", positive=True)


def _within(contraction: sp.Expr, *, pace: sp.Expr = t - 1, weights: sp.Expr = W, tight: bool = False) -> AtMost:
    lag = eps * c ** (k - 1) * (1 - c) + pace * mu
    bound = kappa * (2 * c - 1) * weights * lag / (rho * (1 - c) * (t - c))
    return AtMost(left=err, right=B**2, where={c: contraction, B: bound}, tight=tight)


forest_bound = Claim(
    key="weylandt2020/error-on-forests",
    title="On a forest each iterate of CARP is within an explicit multiple of t - 1 and eps of the exact path",
    about=f"""{_SETTING}. Let the graph be a forest, sigma_i > 0 the eigenvalues of D D', c the largest of rho sigma_i/(1 + rho sigma_i) and 1/(1 + rho sigma_i),
kappa the largest of rho sqrt(sigma_i)/(1 + rho sigma_i), Ls = (2c - 1)|w|/(rho(1 - c)) (for q = 1 times sqrt(p)) and mu = eps t^(k-1) the penalty last used.
For every X, w > 0, rho > 0, eps > 0, t > 1 and k >= 1: |U^(k+1) - U_mu|_F <= kappa Ls eps [c^(k-1)(1 - c) + (t - 1) t^(k-1)]/(t - c). Equality for two
points with rho >= 1/2, until they meet.

Why: the step contracts s = D U + Z by c, its fixed point moves by at most Ls a unit of penalty, and U moves by at most kappa as far as s.""",
    source=PAPER.at("convergence theorem, made explicit"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE
    + "; judged as an inequality of squares, and not at rho = 1/2, where for two points the bound is zero and no "
    "computation with error bounds tells it from the error, zero too",
    given=runs(steps=("1", "3/5", "2", "1/4", "4")),
    when=matched_run(),
    then=_within(CONTRACTION, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="large eigenvalues only",
            because="where rho sigma is small the step hardly moves: c must look at both ends of the spectrum",
            then=_within(sp.Max(1 - 1 / (1 + rho * high), sp.Rational(51, 100))),
        ),
        Mutant(
            name="second order in t - 1",
            because="the iterate lags behind the path by a fixed number of steps",
            then=_within(CONTRACTION, pace=(t - 1) ** 2),
        ),
        Mutant(
            name="whatever the weights",
            because="the path moves in proportion to the weights",
            then=_within(CONTRACTION, weights=sp.Rational(1, 2)),
        ),
        Mutant(
            name="the published start",
            because="from Z = V = D X the second iterate is not near X, however small eps is",
            when=matched_run(published=True, variant="from Z = V = D X"),
        ),
        Mutant(
            name="shrinks by gamma w",
            because="the prox of (gamma w / rho)|.| shrinks by gamma w / rho: another path unless rho = 1",
            when=matched_run(blind=True, variant="shrinking by gamma w"),
        ),
    ),
)

_C = sp.Symbol("C", positive=True)
_BUT_FINENESS = ("n", "p", "graph", "rho", "norm")


def _order(power: sp.Expr) -> AtMost:
    constant = Constant(symbol=_C, may_depend_on=_BUT_FINENESS)
    return AtMost(left=all_errors, right=_C * (t - 1) ** (2 * power) * spread, constant=constant)


convergence_rate = Claim(
    key="weylandt2020/converges-to-the-path",
    title="From Z = 0 the iterates of CARP converge to the exact path as (t, eps) -> (1, 0), at least as (t - 1)^(3/5)",
    about=f"""{_SETTING}. On any graph, with eps proportional to t - 1 and up to any penalty Lam: the distances |U^(k+1) - U_mu|_F between iterates and exact
solutions at the penalty last used are O((t - 1)^(3/5)) |X - means|, the constant independent of t. As the path is Lipschitz, both parts of the Hausdorff distance
follow, once the means are appended. So from this initialization the published theorem holds on forests, and on
other graphs as far as tried.

Why: on a forest the error is at most a multiple of t - 1 + eps. On other graphs convergence, without the rate, follows from N frozen steps that bring s near a
fixed point while t^N - 1 -> 0.""",
    source=PAPER.at("convergence theorem, informal statement on the authors' project page: repaired initialization"),
    status=Status.CONJECTURE,
    reading=Reading.CONSTANTS_DERIVED,
    note="the paper states no rate; its appendix was not read. Proved on forests; with cycles only convergence was sketched, "
    "the rate is measured, for rho <= 1 and weights within a factor of four",
    given=paths(),
    when=convergence(),
    then=_order(sp.Rational(3, 5)),
    mutants=(
        Mutant(
            name="the published start",
            because="its first iterates stay away from the path whatever t and eps are",
            when=convergence(published=True, variant="from Z = V = D X"),
        ),
        Mutant(
            name="t alone",
            because="the first iterate stays at X, at a distance of the order of eps",
            when=convergence(settles=False, variant="eps fixed"),
        ),
        Mutant(
            name="second order",
            because="the iterate lags behind the path by a fixed number of steps",
            then=_order(sp.Integer(2)),
        ),
    ),
)
