"""`conjecture`: a title, relations, a conclusion; everything else follows and can be replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lemmata.claims.language.claim import Claim, Mutant
from lemmata.claims.language.family import Edge
from lemmata.claims.language.paper import Paper, Reading, Source, Status
from lemmata.claims.language.proof import Proof
from lemmata.claims.language.short.callers import Caller
from lemmata.claims.language.short.dynamics import Dynamics
from lemmata.claims.language.short.plans import UNSET, Plan
from lemmata.claims.language.short.replaced import Variant


def conjecture(  # noqa: PLR0913 - everything by keyword, almost all of it optional
    title: str,
    *,
    then: Any,
    given: Any = (),
    runs: Callable[..., Mapping[str, Any]] | None = None,
    along: Dynamics | None = None,
    steps: Dynamics | None = None,
    on: Any = None,
    tight: bool | str = False,
    where: Mapping[Any, Any] | None = None,
    key: str = "",
    status: Status | str = Status.CONJECTURE,
    source: Source | Paper | str | None = None,
    about: str = "",
    draw: Callable[..., Mapping[str, Any]] | None = None,
    edges: Sequence[Edge] | None = None,
    near: Sequence[Mapping[Any, Any]] | Mapping[str, Mapping[Any, Any]] = (),
    search: Sequence[Any] | None = None,
    mutants: Sequence[Mutant | Variant] = (),
    findings: bool = True,
    proof: Proof | None = UNSET,
    cost: int = 1,
    exact: bool = True,
    reading: Reading = Reading.AS_STATED,
    note: str = "",
    **quantities: Any,
) -> Claim:
    """A claim from its statement.

    Args:
        title: the statement as a sentence.
        then: what must hold: ``a <= b``, ``a >= b``, ``equals``, ``conserved``, ``decreases``, ``increases``,
            ``order(q, s) == e``, ``probability(event) >= p``, ``selects``. It is undefined where a division, root or
            logarithm in its text is, also where sympy has simplified that away; where its text cannot be read (a
            lambda, a loop), it is so where one that its file carried out outside other conjectures is.
        given: relations, each a hypothesis.
        runs: a function of quantities by name that returns a mapping of names to arrays, the batch first.
        along: a flow (`gradient_flow`), along which ``then`` speaks of time.
        steps: an iteration (`gradient_descent`), likewise.
        on: a class of functions or operators, or several, a member of which ``runs`` takes by name.
        tight: whether equality is attained, or neared to within 1e-6 of the sides; ``"every n"``: for each value of the whole number n.
        where: names for parts of the formulas.
        key: as of `Claim`; by default the names of the file and of the variable.
        status: its name will do.
        source: a paper, a place in one, or a word on where it is from; by default the file itself.
        about: the statement in words; by default the title.
        draw: ``(parameters, rng, size) -> arrays by name``, in place of the default draws of these names.
        edges: in place of the default ones.
        near: instances to look at first, each a mapping of quantities to numbers, lists or formulas in the other
            quantities; by their names, where they have some.
        search: the quantities that the search may move, in place of all.
        mutants: false variants that must fall (`variant`, `tightened`, ...).
        findings: whether the variants that follow from the statement are tried beside them.
        proof: in place of the one that follows.
        cost: of ``runs``, as `Procedure`.
        exact: of ``runs``, as `Procedure`.
        reading: how faithfully the source is rendered, as of `Claim`.
        note: in what it differs.
        **quantities: more quantities by name, as ``n=integer(1, 10)``.

    Raises:
        ClaimError: the statement cannot be judged; the message holds the user's line. While a file of claims is read,
            a `Broken` value is returned instead, and the other claims of the file are judged.
    """
    return Plan(caller=Caller.at(1), **locals()).claim()
