"""The claim: one theorem or conjecture, written down once as a value."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import AtLeast, AtMost, Conserved, Monotone
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Edge, Family
from lemmata.claims.language.latex import Conclusion, latex
from lemmata.claims.language.paper import Reading, Source, Status
from lemmata.claims.language.procedure import Procedure, Time
from lemmata.claims.language.proof import Proof
from lemmata.claims.language.quantified import Rate, WithProbability
from lemmata.claims.language.ranges import Integers
from lemmata.claims.language.units import check_units

_MOST_ATTAINED = 40
_KEY = re.compile(r"[a-z][a-z0-9_]*/[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A false variant of a claim: some of its fields replaced.

    The trial must refute it with the same machinery and budget, or the claim's own pass is worth nothing.

    Attributes:
        name: short, e.g. ``"tanh"``.
        because: one sentence on why the variant is false.
        given, when, then: what replaces the claim's field; at least one.
        instead: what holds in truth on the mutant's instances (e.g. the exact drift), judged on them too.
        derive: ``(family, conclusion) -> fields``, for mutants that take shape with their claim (``tightened`` ...).
        must_fall: whether the claim is powerless if this one survives; else what becomes of it is a finding.
    """

    name: str
    because: str
    given: Family | None = None
    when: Procedure | None = None
    then: Conclusion | None = None
    instead: Conclusion | None = None
    derive: Callable[[Family, Conclusion], dict[str, Any]] | None = None
    must_fall: bool = True

    def __post_init__(self) -> None:
        if not self.name or not self.because:
            raise ClaimError("a mutant needs a name and, in `because`, a sentence on why it is false")


@dataclass(frozen=True, kw_only=True, repr=False)
class Claim:
    """A theorem or conjecture on trial: what is assumed, what is run, what must then hold.

    Attributes:
        key: ``paper/what-it-says``, lower case.
        title: one line.
        about: the statement in a theorist's words: hypotheses, quantifiers, why it is true or doubted.
        source: the place in the paper.
        status: what its author says of it; decides which verdict is expected.
        reading, note: how faithfully the source is rendered, and in what it differs.
        given, when, then: the family, the procedure, the conclusion.
        proof: how it is proved symbolically, if it is.
        mutants: false variants that the trial must refute, written out or derived (``tightened``, ``dropped`` ...).

    Raises:
        ClaimError: the claim could not be judged as it stands; the message says what to add.
    """

    key: str
    title: str
    about: str
    source: Source
    status: Status
    reading: Reading
    note: str = ""
    given: Family
    when: Procedure
    then: Conclusion
    proof: Proof | None = None
    mutants: tuple[Mutant, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "mutants", tuple(self._shaped(mutant) for mutant in self.mutants))
        if not _KEY.fullmatch(self.key):
            raise ClaimError(f"key {self.key!r} should read like 'du2018/neuron-law': lower case, one slash")
        if not isinstance(self.status, Status) or not isinstance(self.reading, Reading):
            raise ClaimError(
                f"{self.key}: got status={self.status!r}, reading={self.reading!r}; give members, "
                "such as Status.CONJECTURE and Reading.AS_STATED"
            )
        if not self.title.strip() or not self.about.strip():
            raise ClaimError(f"{self.key}: give a title and, in `about`, the statement in words")
        if self.reading is not Reading.AS_STATED and not self.note:
            raise ClaimError(f"{self.key}: reading {self.reading.value!r} needs a `note` on what differs")
        self._check_conclusion(self.given, self.then, self.when, "the claim")
        self._check_mutants()
        if self.mutants:  # what has none is a mutant itself, and to mix units is one way to be false
            check_units(self.key, self.then, self.when.units)

    def _shaped(self, mutant: Mutant) -> Mutant:
        """A derived mutant with the fields that follow from this claim."""
        if mutant.derive is None:
            return mutant
        return dataclasses.replace(mutant, derive=None, **mutant.derive(self.given, self.then))

    def _check_conclusion(self, given: Family, then: Conclusion, when: Procedure, whose: str) -> None:
        measured = {str(symbol) for symbol in when.meanings}
        used = {str(symbol) for symbol in measured_symbols(then)}
        if not used:
            raise ClaimError(f"{self.key}: the conclusion of {whose} uses no measured quantity; it is empty")
        self._check_every(given, then)
        unknown = sorted(used - measured)
        if unknown:
            raise ClaimError(
                f"{self.key}: the conclusion of {whose} uses {', '.join(unknown)}, which {when.name!r} does not "
                f"measure; it measures {', '.join(sorted(measured))}"
            )
        if isinstance(then, Conserved | Monotone) and when.time is Time.NONE:
            raise ClaimError(f"{self.key}: {type(then).__name__} needs a procedure with time, STEPS or FLOW")
        if isinstance(then, Conserved) and when.time is Time.FLOW and then.factor != 1:
            raise ClaimError(f"{self.key}: along a flow write the law as `change`; `factor` is for steps")
        if isinstance(then, Rate) != (when.time is Time.SCALES):
            raise ClaimError(f"{self.key}: Rate and a procedure over a grid of scales, Time.SCALES, go together")
        self._check_quantifiers(given, then)

    def _check_quantifiers(self, given: Family, then: Conclusion) -> None:
        """What a probability or an implied constant depends on must exist, and leave something to test."""
        if isinstance(then, WithProbability):
            if given.data:
                raise ClaimError(f"{self.key}: fixed data have no probability; leave `data` out of the family")
            for edge in given.edges:
                then.range_at(given.at_edge(edge))
        if isinstance(then, AtMost | AtLeast) and then.constant is not None:
            allowed, known = set(then.constant.may_depend_on), set(given.parameters)
            if allowed - known:
                unknown = ", ".join(sorted(allowed - known))
                raise ClaimError(
                    f"{self.key}: the constant may depend on {unknown}, which each instance has anew; expected numbers "
                    f"that a whole batch shares: {', '.join(sorted(known)) or 'there are none here'}"
                )
            if allowed == known:
                raise ClaimError(
                    f"{self.key}: a constant that may depend on every parameter claims nothing; leave one out of "
                    f"may_depend_on ({', '.join(sorted(known))})"
                )

    def _check_every(self, given: Family, then: Conclusion) -> None:
        for name in getattr(then, "every", ()):
            declared = given.parameters.get(name)
            if isinstance(declared, Integers) and declared.high - declared.low >= _MOST_ATTAINED:
                raise ClaimError(
                    f"{self.key}: the bound is said to be attained at every {name}, from {declared.low} to "
                    f"{declared.high}; a trial looks at {_MOST_ATTAINED} values at most: give {name} fewer"
                )
            if not isinstance(declared, Integers):
                whole = ", ".join(one for one, declared in given.parameters.items() if isinstance(declared, Integers))
                raise ClaimError(
                    f"{self.key}: the bound is said to be attained at every {name}, which is no whole number of the "
                    f"family; these are: {whole or 'none'}"
                )

    def _check_mutants(self) -> None:
        if not self.mutants and self.status is not Status.REFUTED:
            raise ClaimError(
                f"{self.key}: no mutants; add at least one false variant, e.g. "
                "Mutant(name='doubled', because='...', then=AtMost(left=..., right=...))"
            )
        names = [mutant.name for mutant in self.mutants]
        if len(set(names)) < len(names):
            raise ClaimError(f"{self.key}: two mutants share a name: {names}")
        for mutant in self.mutants:
            changed = self.mutated(mutant)
            if (changed.given, changed.when, changed.then) == (self.given, self.when, self.then):
                raise ClaimError(f"{self.key}: mutant {mutant.name!r} equals the claim; change given, when or then")
            if mutant.instead is not None:
                self._check_conclusion(changed.given, mutant.instead, changed.when, f"mutant {mutant.name!r} (instead)")

    def __repr__(self) -> str:
        return f"<Claim {self.key}: {self.title} ({self.status.value})>"

    def _repr_html_(self) -> str:
        given = [one.name for one in self.given.hypotheses if not one.declared]
        hypotheses = "".join(f"<li><code>{html.escape(name)}</code></li>" for name in given)
        title = f"<p><b>{html.escape(self.title)}</b> <code>{self.key}</code>, {self.status.value}</p>"
        return f"{title}{f'<ul>{hypotheses}</ul>' if given else ''}<p>{self._repr_latex_()}</p>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {latex(self.then, flow=self.when.time is Time.FLOW)}$"

    def with_edge(self, edge: Edge) -> Claim:
        """The claim with one more edge, such as the worst instance of an earlier trial; its search begins there too."""
        others = tuple(one for one in self.given.edges if one.name != edge.name)
        family = dataclasses.replace(self.given, edges=(*others, edge))
        shaped = tuple(
            mutant if mutant.given is None else dataclasses.replace(mutant, given=_beside(mutant.given, edge))
            for mutant in self.mutants
        )
        return dataclasses.replace(self, given=family, mutants=shaped)

    def mutated(self, mutant: Mutant) -> Claim:
        """The claim with the mutant's fields in place of its own; it carries no mutants and no proof."""
        return dataclasses.replace(
            self,
            given=mutant.given or self.given,
            when=mutant.when or self.when,
            then=mutant.then or self.then,
            status=Status.REFUTED,
            mutants=(),
            proof=None,
        )


def measured_symbols(conclusion: Conclusion) -> frozenset[Any]:
    """The symbols of a conclusion that stand for measured quantities, not for sizes of matrices or a constant."""
    bound = conclusion.constant if isinstance(conclusion, AtMost | AtLeast) else None
    return _measured_symbols(tuple(conclusion.expressions), None if bound is None else bound.symbol)


@lru_cache(maxsize=4096)  # it is asked for every batch, and answered by walking through the formulas
def _measured_symbols(expressions: tuple[Any, ...], constant: Any) -> frozenset[Any]:
    matrices = {part for whole in expressions for part in whole.atoms(sp.MatrixExpr)}
    sizes = {symbol for matrix in matrices for size in matrix.shape for symbol in size.free_symbols}
    return frozenset({symbol for whole in expressions for symbol in whole.free_symbols} - sizes - {constant})


def _beside(family: Family, edge: Edge) -> Family:
    """A mutant's family with one more edge, where the edge lies in its ranges."""
    if any(
        name not in family.parameters or value not in family.parameters[name] for name, value in edge.parameters.items()
    ):
        return family
    return dataclasses.replace(family, edges=(*(one for one in family.edges if one.name != edge.name), edge))
