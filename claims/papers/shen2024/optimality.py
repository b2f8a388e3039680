"""Shen, Wang, Xu, Yan 2024: when a point minimises a least squares loss with an l1 penalty."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Identity, Mutant, Reading, Status, entrywise, greatest, norm, sup
from lemmata.claims.papers.shen2024 import PAPER
from lemmata.claims.papers.shen2024._problems import (
    CERTIFICATE,
    apart,
    certified_problems,
    compared,
    excess,
    largest_for_all,
    minimiser,
    penalised_problems,
    penalty,
    pull,
    slope,
    u,
    without_penalty,
)

_DERIVED = (
    "of the paper the abstract was read; the conditions were derived. For psi(u) = |A u - b|^2/2, the convex loss of the paper's companion "
    "theory"
)


def _balanced(slopes: sp.Expr) -> AtMost:
    """No slope is larger than its penalty, and on the support they are equal."""
    gap = entrywise(
        lambda g, weight, x: sp.Piecewise(
            (sp.Abs(g - weight), x > 0), (sp.Abs(g + weight), x < 0), (sp.Max(sp.Abs(g) - weight, 0), True)
        ),
        slopes,
        penalty,
        u,
    )
    return AtMost(left=greatest(gap), right=0)


necessary = Claim(
    key="shen2024/optimality-is-necessary",
    title="At the minimiser each penalty equals the slope on the support and is at least the slope off it",
    about="""Let psi be convex and differentiable and lambda_j > 0. If u minimises psi(u) + sum_j lambda_j |u_j|, then
lambda_j = -d_j psi(u) sign(u_j) wherever u_j != 0, and lambda_j >= |d_j psi(u)| elsewhere. On trial is the largest deviation from
that over all j, at minimisers of |A u - b|^2/2 + sum_j lambda_j |u_j|, on random designs and on the diabetes table. Which entries are
zero is found by coordinate descent, which knows nothing of this condition; the others then solve a linear system.

Why: zero lies in the subdifferential.""",
    source=PAPER.at("characterisation of solutions, several parameters"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED,
    given=penalised_problems(),
    when=minimiser,
    then=_balanced(slope),
    mutants=(
        Mutant(
            name="the slope at zero",
            because="what the entries explain no longer pulls at the others",
            then=_balanced(pull),
        ),
        Mutant(
            name="slopes vanish",
            because="without the penalty's share the minimiser is the one of least squares",
            then=AtMost(left=sup(slope), right=0),
        ),
        Mutant(
            name="equal everywhere",
            because="off the support the slope is smaller than the penalty",
            then=AtMost(left=greatest(entrywise(lambda g, weight: weight - sp.Abs(g), slope, penalty)), right=0),
        ),
        Mutant(
            name="half of the slope",
            because="the derivative of |A u - b|^2/2 has no factor one half",
            then=_balanced(slope / 2),
        ),
    ),
)

sufficient = Claim(
    key="shen2024/optimality-suffices",
    title="Where the slopes balance the penalties every other point is worse by |A(v - u)|^2/2",
    about="""If lambda_j = -d_j psi(u) sign(u_j) wherever u_j != 0 and lambda_j >= |d_j psi(u)| elsewhere, then u minimises
psi + sum_j lambda_j |.|; for psi(u) = |A u - b|^2/2 every v has an objective of at least |A(v - u)|^2/2 more. Attained where v keeps the
support and the signs of u. Problems are made from u and the certificate, exactly.

Why: the l1 norm lies above its tangent, and psi is its own expansion.""",
    source=PAPER.at("characterisation of solutions, several parameters"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED + "; the amount by which others are worse was added",
    given=certified_problems(CERTIFICATE),
    when=compared(),
    then=AtLeast(left=excess, right=apart / 2, tight=True),
    mutants=(
        Mutant(
            name="twice the curvature",
            because="where the signs stay the objective is the quadratic itself",
            then=AtLeast(left=excess, right=apart),
        ),
        Mutant(
            name="slopes above the penalty",
            because="an entry whose slope exceeds its penalty pays for leaving zero",
            given=certified_problems(reach=2.0),
            then=AtLeast(left=excess, right=0),
        ),
        Mutant(
            name="the largest penalty for all",
            because="with several parameters each entry has to meet its own",
            when=compared(largest_for_all, variant=", with the largest penalty for all"),
            then=AtLeast(left=excess, right=0),
        ),
        Mutant(
            name="without the penalty",
            because="the certificate balances slopes that least squares alone would follow",
            when=compared(without_penalty, variant=", without the penalty"),
            then=AtLeast(left=excess, right=0),
        ),
    ),
)

lam_0 = sp.Symbol(r"\lambda_{0}", nonnegative=True)


def _zero_iff(threshold: sp.Expr) -> Identity:
    """The minimiser is zero exactly where the penalty reaches a threshold."""
    single = greatest(penalty)
    return Identity(
        left=sp.Piecewise((1, sp.Eq(sup(u), 0)), (0, True)),
        right=sp.Piecewise((1, single >= lam_0), (0, True)),
        where={lam_0: threshold},
    )


zero = Claim(
    key="shen2024/zero-from-the-largest-slope-on",
    title="The minimiser is zero exactly from lambda = |grad psi(0)|_inf on",
    about="""With one penalty lambda for all entries, u = 0 minimises psi + lambda |.|_1 iff lambda >= |grad psi(0)|_inf: level zero of the
sparsity. Both directions are on trial, for penalties on either side and on the threshold itself.

Why: the condition of optimality at zero.""",
    source=PAPER.at("characterisation of solutions, single parameter"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED,
    given=penalised_problems(several=False, beyond=2.0),
    when=minimiser,
    then=_zero_iff(sup(pull)),
    mutants=(
        Mutant(
            name="Euclidean norm",
            because="an entry leaves zero by its own slope, whatever the others do",
            then=_zero_iff(norm(pull)),
        ),
        Mutant(
            name="without the half in psi",
            because="|A u - b|^2 has twice the slope",
            then=_zero_iff(2 * sup(pull)),
        ),
        Mutant(
            name="the smallest slope",
            because="the entry with the largest slope is the last to vanish",
            then=_zero_iff(-greatest(entrywise(lambda g: -sp.Abs(g), pull))),
        ),
    ),
)
