"""Woodworth et al. 2020: the scale of the initialization leads from least l2 norm to least l1 norm."""

from __future__ import annotations

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, dropped
from lemmata.claims.papers.woodworth2020 import PAPER
from lemmata.claims.settings.diagonal.potential import (
    L1,
    L2,
    LARGE,
    POTENTIAL,
    POTENTIAL_THREE,
    POTENTIAL_TWO,
    SMALL,
    Objective,
    accuracy,
    least_norm,
    least_square,
    moved_problems,
    objectives,
    regime,
    regimes,
    square,
)
from lemmata.claims.settings.diagonal.problems import gap

_HALF = "the paper's loss has no factor 1/2, which changes the time and not the limit"
_REAL_DEPTH = "the paper has whole D >= 3; real D > 2 is an extension"
_SETTING = "x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha > 0, y in the range of A"


def _least(objective: Objective) -> AtMost:
    """No interpolator has less of the objective than the limit."""
    return AtMost(left=objective.at_limit, right=objective.elsewhere)


_least_l1 = Mutant(name="least l1 norm", because="that is the limit of small initializations", then=_least(L1))
_least_l2 = Mutant(name="least l2 norm", because="that is the limit of large initializations", then=_least(L2))

potential_two = Claim(
    key="woodworth2020/limit-minimises-the-potential",
    title="Depth two: of all interpolators the limit has the least hyperbolic entropy",
    about=f"""{_SETTING}. For D = 2, every alpha and every x with A x = y: Q(x_inf) <= Q(x),
Q(x) = alpha^2 sum q(x_i / alpha^2), q(s) = 2 - sqrt(4 + s^2) + s asinh(s/2).

Why: Q' = psi lies in the row space of A at the limit, which is the condition of optimality of a convex problem.""",
    source=PAPER.at("Theorem 1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_HALF,
    given=moved_problems(("2",)),
    when=objectives,
    then=_least(POTENTIAL),
    mutants=(
        _least_l1,
        _least_l2,
        Mutant(
            name="the potential of depth three",
            because="each depth has its own",
            then=_least(POTENTIAL_THREE),
        ),
    ),
)

potential_deep = Claim(
    key="woodworth2020/limit-minimises-the-potential-of-its-depth",
    title="Depth above two: of all interpolators the limit has the least potential Q_D",
    about=f"""{_SETTING}. For real D > 2, every alpha and every x with A x = y: Q_D(x_inf) <= Q_D(x), Q_D(x) = alpha^D sum q_D(x_i / alpha^D), q_D the
integral of the inverse of h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2).

Why: as for depth two, with the mirror map of depth D.""",
    source=PAPER.at("Theorem 3"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_REAL_DEPTH + "; " + _HALF,
    given=moved_problems(("3", "5/2", "4")),
    when=objectives,
    then=_least(POTENTIAL),
    mutants=(
        _least_l1,
        _least_l2,
        Mutant(
            name="the potential of depth two",
            because="each depth has its own",
            then=_least(POTENTIAL_TWO),
        ),
    ),
)

rich = Claim(
    key="woodworth2020/small-starts-have-nearly-the-least-l1-norm",
    title="alpha <= min((2(1 + eps)R)^(-(2 + eps)/(2 eps)), exp(-n/(eps R))) gives an l1 norm of at most (1 + eps) R",
    about=f"""{_SETTING}. For D = 2, 0 < eps < n and R the least l1 norm of an interpolator: if
alpha <= min((2(1 + eps) R)^(-(2 + eps)/(2 eps)), exp(-n/(eps R))), then |x_inf|_1 - R <= eps R. Exponentially small initializations are asked for;
the l1 norm itself is within a small fraction of what is allowed.

Why: Q is log(1/alpha^2) |x|_1 up to a factor 1 + O(eps) there.""",
    source=PAPER.at("Theorem 2, rich regime"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_HALF,
    given=regimes(SMALL, kernel=False),
    when=regime,
    then=AtMost(left=gap, right=accuracy * least_norm),
    mutants=(
        Mutant(
            name="exactly the least l1 norm",
            because="a finite initialization leaves a gap",
            then=AtMost(left=gap, right=0),
        ),
        Mutant(
            name="a hundredth of it",
            because="nearly tied columns share the weight",
            then=AtMost(left=gap, right=accuracy * least_norm / 100),
        ),
        Mutant(
            name="eps^4",
            because="the gap is of order 1 / log(1/alpha), which is of order eps here",
            then=AtMost(left=gap, right=accuracy**4 * least_norm),
        ),
    ),
)

kernel = Claim(
    key="woodworth2020/large-starts-have-nearly-the-least-l2-norm",
    title="alpha >= sqrt(2(1 + eps)(1 + 2/eps) |x_l2|) gives a squared l2 norm of at most (1 + eps) |x_l2|^2",
    about=f"""{_SETTING}. For D = 2, eps > 0 and x_l2 the interpolator of least l2 norm: if
alpha >= sqrt(2(1 + eps)(1 + 2/eps) |x_l2|_2), then |x_inf|_2^2 <= (1 + eps) |x_l2|_2^2.

Why: Q(x) is |x|_2^2 / 4 alpha^2 up to a factor 1 + eps where |x| is that small beside alpha^2.""",
    source=PAPER.at("Theorem 2, kernel regime"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_HALF,
    given=regimes(LARGE, kernel=True),
    when=regime,
    then=AtMost(left=square, right=(1 + accuracy) * least_square),
    mutants=(
        dropped(LARGE.name, because="smaller initializations end nearer the least l1 norm"),
        Mutant(
            name="exactly the least l2 norm",
            because="a finite initialization leaves a gap",
            then=AtMost(left=square, right=least_square),
        ),
        Mutant(
            name="least l1 norm as well",
            because="the two norms are least at different interpolators",
            then=AtMost(left=gap, right=accuracy * least_norm),
        ),
    ),
)
