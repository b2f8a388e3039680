"""Shen, Wang, Xu, Yan 2024: how many entries a penalty leaves, and what grows or falls with it."""

from __future__ import annotations

from lemmata.claims import AtMost, Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.shen2024 import PAPER
from lemmata.claims.papers.shen2024._problems import (
    AT_OTHER_ENDS,
    both_minimisers,
    count,
    counted,
    counts,
    fits,
    level,
    levelled_problems,
    norms,
    paired_problems,
    peaks,
)

levels = Claim(
    key="shen2024/levels-of-orthonormal-designs",
    title="For orthonormal columns l entries are left exactly for |c|_(l+1) <= lambda < |c|_(l), c = A'b",
    about="""Let A'A = I, c = A'b and |c|_(1) >= |c|_(2) >= ... . The minimiser of |A u - b|^2/2 + lambda |u|_1 has exactly l entries that are not zero
iff |c|_(l+1) <= lambda < |c|_(l), with |c|_(0) infinite and |c|_(p+1) zero. The lower end belongs to the range, the upper one does not; both
are on trial, exactly. So a sparsity level is reached by reading lambda off the sorted slopes.

Why: u is c, each entry moved towards zero by lambda.""",
    source=PAPER.at("choice of the parameter for a sparsity level, separable psi"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="of the paper the abstract was read; the levels were derived, for orthonormal columns, where psi is separable",
    given=levelled_problems(),
    when=counted(),
    then=Identity(left=count, right=level),
    mutants=(
        Mutant(
            name="ends exchanged",
            because="at lambda = |c|_(l) the l-th entry is gone already",
            given=levelled_problems(AT_OTHER_ENDS),
        ),
        Mutant(
            name="columns that share a direction",
            because="what one column explains no longer pulls at the others: the slopes at zero do not tell the level",
            given=levelled_problems(squeezed=True),
        ),
        Mutant(
            name="shifted by one",
            because="between the l-th and the next slope there are l that exceed the penalty",
            then=Identity(left=count, right=level + 1),
        ),
        Mutant(
            name="twice the penalty",
            because="with |A u - b|^2 and its twofold slopes half the penalty would do: with the half in front it is lambda itself",
            when=counted(2),
        ),
    ),
)

l1_falls = Claim(
    key="shen2024/l1-norm-falls-with-the-penalty",
    title="A larger penalty never gives a larger l1 norm, for any design",
    about="""For mu >= lambda > 0 and any A, b, the minimisers of |A u - b|^2/2 + lambda |u|_1 and of the same with mu satisfy
|u_mu|_1 <= |u_lambda|_1; on random designs with columns that share directions, and on the diabetes table.

Why: add the two inequalities that say that each is the minimiser of its own objective: (mu - lambda)(|u_mu|_1 - |u_lambda|_1) <= 0.""",
    source=PAPER.at("beside the choice of the parameter"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="classical; the form in which sparsity is monotone in the penalty",
    given=paired_problems(),
    when=both_minimisers,
    then=AtMost(left=norms[1], right=norms[0]),
    mutants=(
        Mutant(
            name="the penalty of one entry",
            because="another entry may take over, and be less effective: it then has to be larger",
            given=paired_problems(first_only=True),
        ),
        Mutant(
            name="the residual falls",
            because="what the penalty takes from the entries it leaves to the residual",
            then=AtMost(left=fits[1], right=fits[0]),
        ),
        Mutant(
            name="the largest entry falls",
            because="where an entry leaves, one that shares its direction may grow",
            then=AtMost(left=peaks[1], right=peaks[0]),
        ),
    ),
)

sparsity_falls = Claim(
    key="shen2024/larger-penalties-give-sparser-solutions",
    title="A larger penalty never leaves more entries, for any design (false)",
    about="""For mu >= lambda > 0 the minimiser for mu has no more entries that are not zero than the one for lambda. True of orthonormal columns, where
levels can be read off, and so often taken for granted; false for columns that share directions: an entry may pass through zero on
the way and come back. Kept as a negative control; what does fall is the l1 norm (shen2024/l1-norm-falls-with-the-penalty).""",
    source=PAPER.at("beside the choice of the parameter: a tempting reading"),
    status=Status.REFUTED,
    reading=Reading.COMPANION,
    note="not in the paper, which chooses parameters iteratively",
    given=paired_problems(),
    when=both_minimisers,
    then=AtMost(left=counts[1], right=counts[0]),
    mutants=(
        Mutant(
            name="strictly sparser",
            because="between two of its kinks the path keeps its support",
            then=AtMost(left=counts[1] + 1, right=counts[0]),
        ),
        Mutant(
            name="half as many",
            because="the smallest change of the penalty changes nothing",
            then=AtMost(left=2 * counts[1], right=counts[0]),
        ),
        Mutant(
            name="the penalty of one entry",
            because="others take over what it explained",
            given=paired_problems(first_only=True),
        ),
    ),
)
