"""Wind, Antun, Hansen 2023: diagonal linear networks end at the minimiser of a potential, near the least l1 norm."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Identity, Mutant, Reading, Status, exponent, tightened
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.settings.diagonal.potential import (
    SEEN,
    charge,
    charge_finer,
    charge_plain,
    charge_two,
    entropy,
    gaps,
    mirror_charges,
    n,
    shifted_entropy,
    support_size,
    tied_problems,
)
from lemmata.claims.settings.diagonal.problems import D, alpha, gap, norm
from lemmata.claims.settings.diagonal.unique import problems

_NOTE = "of the paper only the abstract and the authors' code were read; form and constants were derived"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha > 0, y in the range of A"""
_lam = sp.Symbol("lambda", positive=True)
_LAM = {_lam: sp.log(1 / alpha**2)}

stationary = Claim(
    key="wind2023/limit-is-stationary-for-the-potential",
    title="At the limit of the flow the mirror map lies in the row space of A, at every scale and real depth",
    about=f"""{_SETTING}. For every alpha > 0 and real D >= 2 the flow ends at the x with A x = y and <n, psi(x)> = 0 for all n with A n = 0,
psi(x) = asinh(x / 2 alpha^2) for D = 2, and the inverse of alpha^D ((1 - z)^-g - (1 + z)^-g), g = D/(D - 2), above.

Judged with psi of the limit itself, entry by entry, not with the dual variable that found it.

Why: d psi(x)/dt is a combination of rows of A, and psi(0) = 0; the dual problem is smooth, convex and coercive.""",
    source=PAPER.at("gradient flow as a mirror flow; figure 3 of the authors' code"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(SEEN, depths=("2", "5/2", "3", "4", "6"), scales=(0, 16)),
    when=mirror_charges,
    then=Identity(left=charge, right=0),
    mutants=(
        Mutant(
            name="depth two's map",
            because="each depth has its own",
            then=Identity(left=charge_two, right=0),
        ),
        Mutant(
            name="no map",
            because="that is least l2 norm, the limit of large initializations",
            then=Identity(left=charge_plain, right=0),
        ),
        Mutant(
            name="alpha^2 for alpha",
            because="the scale enters the map",
            then=Identity(left=charge_finer, right=0),
        ),
    ),
)

gap_two = Claim(
    key="wind2023/l1-gap-for-every-matrix-depth-two",
    title="Depth two: the l1 norm of the limit exceeds the least one by O(1 / log(1/alpha)), whatever A",
    about=f"""{_SETTING}. For D = 2, alpha^2 < 1/e, lambda = log(1/alpha^2) and a minimiser x* of |x|_1 with support S:
(lambda - 1)(|x_inf|_1 - |x*|_1) <= |S| alpha^2 lambda + sum_S (|x*_i| + alpha^2) log(|x*_i| + alpha^2) - sum |x_inf,i| log |x_inf,i|.
The order 1/lambda cannot be improved uniformly in A: half of the instances are nearly tied, at a distance of 1/lambda.

Why: compare the potential at x_inf and x*, with log s <= asinh(s/2) <= log(1 + s).""",
    source=PAPER.at("convergence of the l1 norm, abstract"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=tied_problems(depths=("2",), scales=(1, 200)),
    when=gaps,
    then=AtMost(
        left=gap,
        right=(support_size * alpha**2 * _lam + shifted_entropy - entropy) / (_lam - 1),
        where=_LAM,
    ),
    mutants=(
        tightened(sp.Rational(1, 3), because="the gain in entropy is what drives the gap"),
        Mutant(
            name="1/lambda^2",
            because="columns tied within 1/lambda of one another share the weight",
            then=AtMost(left=gap, right=(norm * sp.log(n) + 1) / _lam**2, where=_LAM),
        ),
        Mutant(
            name="no entropy gained",
            because="the limit spreads over tied columns",
            then=AtMost(left=gap, right=alpha**2 * (support_size * _lam + norm) / (_lam - 1), where=_LAM),
        ),
    ),
)

gap_deep = Claim(
    key="wind2023/l1-gap-for-every-matrix",
    title="Depth above two: the l1 norm of the limit exceeds the least by at most (D/2) alpha^(D-2) n^(1 - 2/D) |x_inf|_1^(2/D)",
    about=f"""{_SETTING}. For real D > 2, every A with n columns and every alpha > 0,
0 <= |x_inf|_1 - |x*|_1 <= (D/2) alpha^(D - 2) n^(1 - 2/D) |x_inf|_1^(2/D): a power of alpha with no constant of A. Its exponent cannot be
improved uniformly: half of the instances are nearly tied, at a distance of alpha^(D - 2).

Why: compare the potential at x_inf and x*: it is |x|_1 minus (D/2) alpha^(D - 2) sum |x_i|^(2/D), nearly.""",
    source=PAPER.at("convergence of the l1 norm, abstract"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=tied_problems(depths=("3", "5/2", "4"), scales=(1, 9)),
    when=gaps,
    then=AtMost(left=gap, right=D / 2 * alpha ** (D - 2) * n ** (1 - 2 / D) * norm ** (2 / D)),
    mutants=(
        tightened(sp.Rational(1, 32), because="tied columns come within that of it"),
        exponent(alpha, 1, because="columns tied within alpha^(D - 2) of one another share the weight"),
        Mutant(
            name="alpha^D",
            because="that is the rate for each A, with a constant that no bound on A covers",
            then=AtMost(left=gap, right=D * n * alpha**D * (1 + norm)),
        ),
    ),
)
