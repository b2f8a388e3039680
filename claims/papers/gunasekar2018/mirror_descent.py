"""Gunasekar, Lee, Soudry, Srebro 2018: mirror descent ends at the interpolator nearest its initialization, in its own divergence."""

from __future__ import annotations

from lemmata.claims import Claim, Conserved, Mutant, Reading, Selects, Status
from lemmata.claims.papers.gunasekar2018 import PAPER
from lemmata.claims.papers.gunasekar2018._mirror_descent import (
    apart,
    charge,
    charges,
    choice_at_the_end,
    least,
    least_apart,
    other,
    other_apart,
    plain_charge,
    problems,
    reached,
)
from lemmata.solvers.optimization import Potential

_NOTE = "the theorem speaks of the limit; what is judged holds at every step and gives the theorem where the loss goes to zero"
_SETTING = """Mirror descent on |X w - y|^2/2 with potential psi = sum w log w - w, from any w_0 > 0, with any steps eta_t:
grad psi(w_{t+1}) = grad psi(w_t) - eta_t X'(X w_t - y)"""
_roots = Mutant(
    name="gradient descent on square roots",
    because="w = w_0 u^2 follows the entropy's geometry in the limit of small steps only: the defect is of order eta",
    when=charges(factors=True),
)

dual_span = Claim(
    key="gunasekar2018/dual-iterates-move-in-the-row-space",
    title="What the samples do not see of grad psi(w_t) never changes",
    about=f"""{_SETTING}. Then n.grad psi(w_t) is constant in t for every n with X n = 0: the dual iterates stay in
grad psi(w_0) + row space of X, whatever the steps.

Why: each step adds a combination of rows.""",
    source=PAPER.at("proof of the theorem on mirror descent, from memory"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note="recalled, and proved anew in a line",
    given=problems,
    when=charges(),
    then=Conserved(quantity=charge, name="unseen part of the dual"),
    mutants=(
        _roots,
        Mutant(
            name="the unseen part of w itself",
            because="that is constant for plain gradient descent, whose potential is |w|^2/2",
            then=Conserved(quantity=plain_charge),
        ),
        Mutant(
            name="plain gradient descent",
            because="its steps are combinations of rows in w, not in log w",
            when=charges(potential=Potential.EUCLIDEAN),
            given=problems,
        ),
    ),
)

nearest = Claim(
    key="gunasekar2018/mirror-descent-selects-the-nearest-interpolator",
    title="Of all weights with its predictions, an iterate of mirror descent is the nearest to the initialization",
    about=f"""{_SETTING}. Then D(w_t, w_0) = min {{ D(w, w_0) : w >= 0, X w = X w_t }}, D(w, v) = sum w log(w/v) - w + v, at every t.
If X w_t -> y, the limit is therefore the interpolator with the least divergence from w_0.

The minimum is found by its convex dual, with no knowledge of the iterates.

Why: grad psi(w_t) - grad psi(w_0) lies in the row space of X, which is the condition of optimality of a convex problem.""",
    source=PAPER.at("theorem on mirror descent, from memory"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems,
    when=choice_at_the_end(),
    then=Selects(reached=reached, least=least, other=other),
    mutants=(
        Mutant(
            name="nearest in distance",
            because="the geometry is that of the potential, not the Euclidean",
            then=Selects(reached=apart, least=least_apart, other=other_apart),
        ),
        Mutant(
            name="plain gradient descent",
            because="its iterates are nearest in distance",
            when=choice_at_the_end(potential=Potential.EUCLIDEAN),
        ),
        Mutant(
            name="gradient descent on square roots",
            because="with finite steps w = w_0 u^2 leaves the entropy's geometry by an amount of order eta",
            when=choice_at_the_end(factors=True),
        ),
    ),
)
