"""Weylandt, Nagorski, Allen 2020: a hundred times faster than an exact path? Counted in steps, at a stated accuracy."""

from __future__ import annotations

from lemmata.claims import AtLeast, Claim, Mutant, Reading, Status
from lemmata.claims.papers.weylandt2020 import PAPER
from lemmata.claims.papers.weylandt2020._speed import carp_steps, exact_steps, same_penalties, whole_tables

_PLACE = "over 100-fold improvement in computation time, abstract and timing figure"
_NOTE = """times depend on the machine; counted are steps of the same ADMM, which are what both methods spend. The paper timed other exact solvers (AMA, ADMM of
cvxclustr) on other tables and grids. Counts come from float64 runs, also where a ruling names another arithmetic"""

tight_accuracy = Claim(
    key="weylandt2020/hundredfold-at-tight-accuracy",
    title="On iris and wine an exact path to a gap of 1e-10 costs more than 100 times CARP's steps, on the same penalties",
    about="""On the whole of iris (150 points) and wine (178), standardised, with penalties growing by t = 1.05 or 1.1: a warm-started exact path by the same ADMM, to a
duality gap of 1e-10 |X - means|^2 at each penalty, takes at least 100 times as many steps as CARP, which takes one a penalty. On thirty points it does not.

Why: near each fusion ADMM converges slowly, and the more so the more points there are.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=whole_tables("all"),
    when=same_penalties(10),
    then=AtLeast(left=exact_steps, right=100 * carp_steps),
    mutants=(
        Mutant(
            name="to six digits",
            because="a gap of 1e-6 takes 14 to 40 steps a penalty",
            when=same_penalties(6),
        ),
        Mutant(
            name="small tables",
            because="on thirty points ADMM converges faster",
            given=whole_tables("30"),
        ),
        Mutant(
            name="a thousandfold",
            because="it is 190 and 390 on iris and wine at t = 1.05",
            then=AtLeast(left=exact_steps, right=1000 * carp_steps),
        ),
    ),
)

own_accuracy = Claim(
    key="weylandt2020/hundredfold-at-carps-own-accuracy",
    title="An exact path to a gap of 1e-4, as accurate as CARP itself, costs 100 times its steps",
    about="""The claim of a hundredfold improvement read at the accuracy that CARP has itself: its iterates are 1 to 10 percent of |X| from the exact path, a relative gap
of 1e-4 to 1e-2. False on iris and wine: a warm-started exact path to a gap of 1e-4 takes ten to twenty steps a penalty where CARP takes one, most of
them because the gap is first inspected after ten. Kept as a negative control.""",
    source=PAPER.at(_PLACE),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE + ". The paper does not say at which accuracy it compares",
    given=whole_tables("all"),
    when=same_penalties(4),
    then=AtLeast(left=exact_steps, right=100 * carp_steps),
    mutants=(
        Mutant(
            name="to six digits",
            because="two more digits cost ten steps more, not ninety",
            when=same_penalties(6),
        ),
        Mutant(
            name="fiftyfold",
            because="nor half of it",
            then=AtLeast(left=exact_steps, right=50 * carp_steps),
        ),
        Mutant(
            name="small tables",
            because="small tables are no harder",
            given=whole_tables("30"),
        ),
    ),
)
