"""Pethick, Xie, Cevher 2023: what Lookahead around two steps of descent-ascent is."""

from __future__ import annotations

from lemmata.claims import Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.pethick2023 import PAPER
from lemmata.claims.papers.pethick2023._planar import planar_operators
from lemmata.claims.papers.pethick2023._two_steps import ahead, descended, extra, lookahead_step

_mean = (descended + extra) / 2

average = Claim(
    key="pethick2023/two-inner-steps-average-descent-and-extragradient",
    title="Lookahead around two steps of descent-ascent is the average of descent-ascent and of extragradient",
    about="""Let F be any operator, gamma the step of descent-ascent w <- w - gamma F(w), and let Lookahead move by lambda towards where two such
steps from z end. Its step is the mean of z - 2 lambda gamma F(z), a step of descent-ascent, and of z - 2 lambda gamma F(z - gamma F(z)), one of
extragradient with another step at the end (EG+). For lambda < 1/2 that last step is shorter than the first. Convergence under cohypomonotonicity,
which the paper draws from this, is not judged here, for its constants were not read.

Why: two steps add up to -gamma F(z) - gamma F(z - gamma F(z)), and 2 (a + b)/2 = a + b.""",
    source=PAPER.at("Section 7, two inner steps, between the displayed theorems"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="the text was read; the steps 2 lambda gamma and gamma of the two methods follow from it",
    given=planar_operators(longest=1),
    when=lookahead_step(),
    then=Identity(left=ahead, right=_mean),
    mutants=(
        Mutant(
            name="three inner steps",
            because="a third step looks at a third point",
            when=lookahead_step(inner=3),
        ),
        Mutant(
            name="both inner steps from z",
            because="that is the inner loop of the proximal point method: it ends at z - gamma F(z - gamma F(z))",
            when=lookahead_step(anchored=True),
        ),
        Mutant(
            name="steps lambda gamma",
            because="the mean halves what two steps have added up",
            when=lookahead_step(share=1),
        ),
        Mutant(
            name="extragradient",
            because="the first of the two steps is taken, too, and not only looked at",
            then=Identity(left=ahead, right=extra),
        ),
    ),
)
