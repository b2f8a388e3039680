"""Min, Tarmoun, Vidal, Mallada 2021: Theorem 2 as printed, on the limit of the flow itself."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.min2021 import PAPER
from lemmata.claims.papers.min2021._limit import distance, limit_of_the_flow, limits, whole_distance
from lemmata.claims.papers.min2021._wide import D, a, delta, h, m, r, reach

C, T = sp.symbols("C T", positive=True)
_C = {C: sp.exp(1 + reach)}
_T = {T: sp.sqrt(m + D) + sp.log(2 / delta) / 2}
_bound = 2 * C ** (h ** (2 * a - 1)) * sp.sqrt(m + r) * T / h ** (2 * a - sp.Rational(1, 2))


def _ends_within(bound: sp.Expr, measured: sp.Expr = distance) -> WithProbability:
    event = AtMost(left=measured, right=bound, where=_C | _T if bound.has(C) else {})
    return WithProbability(event=event, at_least=1 - delta)


_LIMITS = limits()
_GRAM = """Here the flow itself is integrated, in the Gram
matrix of the rows, for data up to sixteen in size"""
_RANGE = "read in full; lambda_1/lambda_r up to three and targets up to two, so that the flow can be integrated to its end; a from 0.3 on"

as_printed = Claim(
    key="min2021/limit-is-near-minimum-norm",
    title="As printed: with probability 1 - delta the flow ends within 2 C^(1/h^(1 - 2a)) sqrt(m + r) T/h^(2a - 1/2) of least norm",
    about=f"""Let all weights start independent N(0, h^(-2a)), 1/4 < a <= 1/2, and h > h_0^(1/(4a - 1)), h_0 = max(16 T^2, 4 (lambda_1/lambda_r^3) m T^2),
T = sqrt(m + D) + log(2/delta)/2, as printed. Then with probability at least 1 - delta gradient flow ends with
|U V' - X^+ Y|_2 <= 2 C^(1/h^(1 - 2a)) sqrt(m + r) T/h^(2a - 1/2), C = exp(1 + lambda_1^(1/2) |Y|_F/lambda_r). {_GRAM}. So the slip in the width, which breaks a step of the proof for large data
(min2021/printed-width-suffices), was not seen to break the theorem.""",
    source=PAPER.at("Theorem 2"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_RANGE,
    given=_LIMITS,
    when=limit_of_the_flow,
    then=_ends_within(_bound),
    mutants=(
        Mutant(
            name="half a power more",
            because="two rows of a wide random matrix overlap by the square root of the width, not by a constant",
            then=_ends_within(_bound / sp.sqrt(h)),
        ),
        Mutant(
            name="a twentieth",
            because="each of the D - r unseen inputs overlaps with what is seen, and little of the bound is to spare",
            then=_ends_within(_bound / 20),
        ),
        Mutant(
            name="at the solution of least norm itself",
            because="a finite width leaves an overlap with what the data do not see",
            then=_ends_within(sp.Integer(0)),
        ),
    ),
)

in_frobenius_norm = Claim(
    key="min2021/limit-is-near-minimum-norm-in-frobenius-norm",
    title="As its footnote has it: the bound of Theorem 2 holds for the Frobenius norm, too",
    about=f"""Under the hypotheses of min2021/limit-is-near-minimum-norm, with probability at least 1 - delta gradient flow ends with
|U V' - X^+ Y|_F <= 2 C^(1/h^(1 - 2a)) sqrt(m + r) T/h^(2a - 1/2), which is more than the theorem's spectral norm where there are several
outputs. {_GRAM}.

Why: the proof bounds |U_2 V'|_F, as the factor sqrt(m + r) shows.""",
    source=PAPER.at("Theorem 2, its footnote"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_RANGE,
    given=_LIMITS,
    when=limit_of_the_flow,
    then=_ends_within(_bound, whole_distance),
    mutants=(
        Mutant(
            name="half a power more",
            because="two rows of a wide random matrix overlap by the square root of the width, not by a constant",
            then=_ends_within(_bound / sp.sqrt(h), whole_distance),
        ),
        Mutant(
            name="a twentieth",
            because="each of the D - r unseen inputs overlaps with what is seen, and little of the bound is to spare",
            then=_ends_within(_bound / 20, whole_distance),
        ),
        Mutant(
            name="at the solution of least norm itself",
            because="a finite width leaves an overlap with what the data do not see",
            then=_ends_within(sp.Integer(0), whole_distance),
        ),
    ),
)
