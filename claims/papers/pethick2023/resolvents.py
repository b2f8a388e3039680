"""Pethick, Xie, Cevher 2023: how long a step makes the resolvent of a comonotone operator non-expansive."""

from __future__ import annotations

from lemmata.claims import AtLeast, AtMost, Claim, Decided, Mutant, Reading, Status, dropped
from lemmata.claims.papers.pethick2023 import PAPER
from lemmata.claims.papers.pethick2023._operators import (
    RANGE,
    along,
    apart,
    gamma,
    in_range,
    operators,
    pair,
    pulled,
    rho,
    sent,
)

_ON_A_LINE = Decided(
    shapes=({"dimension": 1, "steps": 1},),
    covers="every rho-comonotone operator on a space with an inner product, of any dimension",
    given=(
        (
            "with T the reflected resolvent of F^-1 - rho, both sides depend on d = z - w and e = T z - T w alone and their difference "
            "is linear in <d, e>: it is least where e = c d, |c| <= 1, and every such pair occurs on a line"
        ),
    ),
)
_LARGE = "<F z - F w, z - w> >= rho |F z - F w|^2 for all z, w"

resolvent = Claim(
    key="pethick2023/resolvent-of-a-comonotone-operator",
    title="|z - w|^2 >= |J z - J w|^2 + gamma (gamma + 2 rho) |F J z - F J w|^2 for the resolvent J of a rho-comonotone F",
    about=f"""Let F be maximally rho-comonotone, {_LARGE}, gamma > 0, gamma > -rho and
J = (1 + gamma F)^-1. Then |z - w|^2 >= |J z - J w|^2 + gamma (gamma + 2 rho) |F J z - F J w|^2 for all z and w. Equality holds for all z and w
where F^-1 - rho is skew, such as for rotations.

Why: expand z - w = (J z - J w) + gamma (F J z - F J w) and use comonotonicity at J z and J w.""",
    source=PAPER.at("resolvents of cohypomonotone operators, beside the range of the step"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the inequality that the range of the step rests on, derived",
    given=operators(),
    when=pair,
    then=AtLeast(left=apart, right=sent + gamma * (gamma + 2 * rho) * pulled, tight=True),
    proof=_ON_A_LINE,
    mutants=(
        Mutant(
            name="as for a monotone F",
            because="a negative rho takes away from what a monotone operator guarantees",
            then=AtLeast(left=apart, right=sent + gamma**2 * pulled),
        ),
        Mutant(
            name="rho once",
            because="expanding the square gives the inner product twice, and rho with it",
            then=AtLeast(left=apart, right=sent + gamma * (gamma + rho) * pulled),
        ),
        Mutant(
            name="the square completed",
            because="(gamma + rho)^2 is larger by rho^2, which no skew F^-1 - rho makes up for",
            then=AtLeast(left=apart, right=sent + (gamma + rho) ** 2 * pulled),
        ),
    ),
)

nonexpansive = Claim(
    key="pethick2023/nonexpansive-range",
    title="The resolvent of a rho-comonotone operator is non-expansive for every step gamma >= -2 rho",
    about=f"""Let F be maximally rho-comonotone, {_LARGE}, where rho may be negative, and
gamma > 0, gamma > -rho, gamma >= -2 rho. Then |J z - J w| <= |z - w| for J = (1 + gamma F)^-1. At gamma = -2 rho equality can hold for all z and w. With
a step below 1/L, which the inner loop needs, the range [-2 rho, 1/L) is not empty if and only if rho > -1/(2 L): the condition of
the paper.""",
    source=PAPER.at("non-expansiveness of the resolvent, and rho > -1/(2 L)"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="read: the condition rho > -1/(2 L) and text between the theorems; the statement was derived and reproduces it",
    given=operators(in_range),
    when=pair,
    then=AtMost(left=sent, right=apart, tight=True),
    proof=_ON_A_LINE,
    mutants=(
        dropped(RANGE, because="a resolvent of step -1.7 rho stretches some distance"),
        Mutant(
            name="firmly",
            because="only monotone operators have resolvents whose displacement never opposes the distance",
            then=AtMost(left=sent, right=along),
        ),
        Mutant(
            name="a contraction",
            because="at the end of the range a rotation keeps all distances",
            then=AtMost(left=sent, right=apart * gamma / (gamma + (gamma + rho) / 8)),
        ),
    ),
)
