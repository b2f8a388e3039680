"""From what a user has written to the parts of a claim."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from lemmata.claims.language.claim import Claim, Mutant, measured_symbols
from lemmata.claims.language.conclusions import Conserved, Monotone
from lemmata.claims.language.domains import Need, bound, lost, restricted
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Edge, Family
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.paper import Paper, Reading, Source, Status
from lemmata.claims.language.procedure import Procedure, Time
from lemmata.claims.language.proof import Proof
from lemmata.claims.language.quantified import Rate, WithProbability
from lemmata.claims.language.short.asked import Written
from lemmata.claims.language.short.callers import Broken, Caller, gathered, noted
from lemmata.claims.language.short.classes import Class, several
from lemmata.claims.language.short.dynamics import Dynamics, check_dynamics
from lemmata.claims.language.short.families import family
from lemmata.claims.language.short.names import check_known, drawn, fixed, named, with_names
from lemmata.claims.language.short.procedures import Runner, arguments_of, run_procedure, statement_procedure
from lemmata.claims.language.short.proofs import default_proof
from lemmata.claims.language.short.quantities import Declared, DeclaredMatrix, Kind, counted, declared, identity_sizes
from lemmata.claims.language.short.relations import conclusion, hypotheses, undeclared
from lemmata.claims.language.short.replaced import Variant
from lemmata.claims.language.short.spaces import Space
from lemmata.claims.language.short.variants import derived
from lemmata.claims.language.short.written import noted_outside, written

_REPEATED = (sp.Pow, sp.Sum, sp.binomial, sp.factorial)


def _repeats(part: Any) -> set[Any]:
    """The symbols by which a part of a formula tells how often something is done."""
    found: set[Any] = part.exp.free_symbols if isinstance(part, sp.Pow) else part.free_symbols
    return found


UNSET: Any = object()
"""A proof that was not given: the one that follows is taken."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a claim is made of."""

    space: Space
    then: Conclusion
    time: Time
    used: tuple[Any, ...]
    runs: Callable[..., Mapping[str, Any]] | None
    dynamics: Dynamics | None
    classes: tuple[Class, ...]

    def procedure(self, *, cost: int, exact: bool, beside: Iterable[Any] = ()) -> Procedure:
        """The user's function, the dynamics, or the quantities themselves; what is ``beside`` is measured too."""
        used = tuple(sorted({*self.used, *beside}, key=str))
        if self.runs is not None:
            runner = Runner(function=self.runs, space=self.space, wanted=used, time=self.time, classes=self.classes)
            return run_procedure(runner, cost=cost, exact=exact)
        if self.dynamics is not None:
            return self.dynamics.procedure(used, self.space.symbols, self.space.relations, self.then)
        return statement_procedure(used, self.time)

    @property
    def counted(self) -> list[str]:
        """The whole numbers that formulas alone speak of, by sums, products and fixed powers."""
        if self.runs is not None or self.dynamics is not None or self.classes or self.space.is_random:
            return []
        sizes = {
            part
            for one in self.space.symbols
            for side in getattr(one, "shape", ())
            for part in sp.sympify(side).free_symbols
        }
        formulas = [*self.then.expressions, *self.space.relations]
        repeated = {part for one in formulas for place in one.atoms(*_REPEATED) for part in _repeats(place)}
        whole = [one for one in self.space.symbols if one.origin.kind is Kind.INTEGER]
        return [str(one) for one in whole if one not in sizes | identity_sizes(*formulas) | repeated]

    @property
    def each(self) -> list[str]:
        """The other whole numbers, with any single one of which a function, a size or a sum may do anything."""
        whole = [str(one) for one in self.space.symbols if one.origin.kind is Kind.INTEGER]
        return [] if self.space.is_random else [one for one in whole if one not in self.counted]

    @property
    def proof(self) -> Proof | None:
        """The proof that follows, if one does."""
        return None if self.runs is not None else default_proof(self.then, self.space, self.dynamics)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a user has written: the arguments of `conjecture`, and where it stands."""

    caller: Caller
    title: str
    then: Any
    given: Any
    runs: Callable[..., Mapping[str, Any]] | None
    along: Dynamics | None
    steps: Dynamics | None
    on: Any
    tight: bool | str
    where: Mapping[Any, Any] | None
    key: str
    status: Status | str
    source: Source | Paper | str | None
    about: str
    draw: Callable[..., Mapping[str, Any]] | None
    edges: Sequence[Edge] | None
    near: Sequence[Mapping[Any, Any]] | Mapping[str, Mapping[Any, Any]]
    search: Sequence[Any] | None
    mutants: Sequence[Mutant | Variant]
    findings: bool
    proof: Proof | None
    cost: int
    exact: bool
    reading: Reading
    note: str
    quantities: Mapping[str, Any]
    varied: Variant | None = None

    def claim(self) -> Claim:
        """The claim; or, while a file is read, a `Broken` value where there can be none."""
        reader = gathered()
        try:
            claim = self._built(self.parts())
        except ClaimError as error:
            broken = Broken(self.caller, str(error))
            if reader is None:
                raise ClaimError(broken.message) from error
            reader.broken.append(broken)
            return broken  # type: ignore[return-value]  # stands in the file where its claim would
        finally:
            noted().close(self.caller.made)
        if reader is not None:
            reader.made.append((self.caller, claim))
        return claim

    def _built(self, parts: Parts) -> Claim:
        own = [one if isinstance(one, Mutant) else self._mutant(one, parts) for one in self.mutants]
        beside = {one for mutant in own if mutant.then and not mutant.when for one in measured_symbols(mutant.then)}
        self._check_mutants(own, parts)
        return Claim(
            key=self.key or self.caller.key(self.title),
            title=self.title,
            about=self.about or f"{self.title.rstrip('.')}.",
            source=_source(self.source, self.caller),
            status=_status(self.status),
            reading=self.reading,
            note=self.note,
            given=self.family(parts),
            when=parts.procedure(cost=self.cost, exact=self.exact, beside=beside),
            then=parts.then,
            proof=parts.proof if self.proof is UNSET else self.proof,
            mutants=_mutants(own, parts, needed=_status(self.status) is not Status.REFUTED, findings=self.findings),
        )

    def _check_mutants(self, own: Sequence[Mutant], parts: Parts) -> None:
        """Refuse a mutant at length on quantities that the statement, which runs nothing, does not have."""
        if self.runs is not None or parts.dynamics is not None:
            return
        for mutant in own:
            if mutant.then is None or mutant.when is not None or mutant.given is not None:
                continue
            strangers = [one for one in measured_symbols(mutant.then) if _is_declared(one)]
            strangers = [one for one in strangers if one not in parts.space.symbols]
            if strangers:
                raise ClaimError(
                    f"mutant {mutant.name!r} speaks of {strangers[0]}, which the statement does not have; write it as "
                    f"variant({mutant.name!r}, ..., then=...), whose quantities are drawn"
                )

    def family(self, parts: Parts) -> Family:
        """Where instances come from."""
        made = family(
            parts.space,
            draw=self.draw,
            edges=self.edges,
            near=self.near,
            search=self.search,
            extremal=[member.called(one.argument) for one in parts.classes for member in one.extremal],
            counted=parts.counted,
        )
        return dataclasses.replace(made, each=tuple(parts.each) if self.cost == 1 else ())

    def _mutant(self, one: Variant, parts: Parts) -> Mutant:
        """The parts in which a false variant differs from the conjecture."""
        plan = dataclasses.replace(self, mutants=(), tight=False, varied=one, **one.changes)
        changed = plan.parts()
        is_other = changed.space.symbols != parts.space.symbols
        return Mutant(
            name=one.name,
            because=one.because,
            given=plan.family(changed) if is_other or one.changes_family else None,
            when=changed.procedure(cost=self.cost, exact=self.exact) if is_other or one.changes_procedure else None,
            then=changed.then if one.changes_conclusion else None,
        )

    def parts(self) -> Parts:
        """Everything checked and put together."""
        if not isinstance(self.title, str) or not self.title.strip():
            raise ClaimError(f"a conjecture begins with its statement as a sentence, got {self.title!r}")
        self._check_procedure()
        strangers = [one for one in self.mutants if not isinstance(one, Mutant | Variant)]
        if strangers:
            raise ClaimError(f"mutants= got {strangers[0]!r}; expected mutants, e.g. tightened(Rational(99, 100))")
        classes = several(self.on)
        own = [relation for one in classes for relation in one.relations]
        relations = list(dict.fromkeys([*self._hypotheses(), *own]))
        then = self._conclusion(relations)
        dynamics = self.along or self.steps
        then = then if dynamics is None else dynamics.stated(then, relations)
        extra = [named(name, one) for name, one in self.quantities.items()]
        known = {one.argument for one in classes} | {str(part) for one in classes for part in one.quantities}
        arguments = [] if self.runs is None else self._arguments({*map(str, extra), *known})
        formulas = [*(sp.sympify(one) for one in relations), *then.expressions, *extra, *arguments]
        formulas += [quantity for one in classes for quantity in one.quantities]
        formulas += [] if dynamics is None else dynamics.formulas
        formulas += [sp.sympify(bound) for bound in then.bounds] if isinstance(then, WithProbability) else []
        symbols = drawn(declared(*formulas))
        time = self._time(then, symbols)
        used = tuple(sorted(measured_symbols(then) | counted(*then.expressions), key=str))
        check_known(used, relations, symbols, is_run=self.runs is not None)
        space = Space(
            symbols=symbols,
            relations=undeclared(relations),
            fixed=fixed(then, symbols),
            is_random=isinstance(then, WithProbability),
            titles=tuple(one.title for one in classes),
            is_wide=self.runs is None and self.steps is None and not isinstance(then, Rate),
            has_any_size=_is_of_any_size(then, time) and not classes and self.exact and self.cost == 1,
        )
        return Parts(
            space=space,
            then=then,
            time=time,
            used=used,
            runs=self.runs,
            dynamics=dynamics,
            classes=classes,
        )

    def _check_procedure(self) -> None:
        """One procedure at most, and each under the name for its kind."""
        if self.runs is not None and not callable(self.runs):
            raise ClaimError(f"runs= got {self.runs!r}; expected a function of quantities by name")
        chosen = [one for one in (self.runs, self.along, self.steps) if one is not None]
        if len(chosen) > 1:
            raise ClaimError("runs=, along= and steps= exclude each other; give one of them")
        check_dynamics(self.along, self.steps)
        if self.along is not None and not self.along.is_flow:
            raise ClaimError("along= got gradient descent; give it as steps=")
        if self.along is not None and not isinstance(self.then, Conserved | Monotone):
            what = "then is true or false at one moment, whatever the flow does"
            raise ClaimError(f"{what}; write conserved(q), decreases(q) or increases(q), or leave along= out")
        if self.steps is not None and self.steps.is_flow:
            raise ClaimError("steps= got a gradient flow; give it as along=")

    def _conclusion(self, relations: Sequence[Any]) -> Conclusion:
        """What must hold, undefined where it is so as it is written, and where it or a hypothesis may be."""
        then = conclusion(self.then, tight=self.tight)
        if self.where:
            then = with_names(then, self.where)
        texts = [self._written(part) for part in ("then", "where", "given", "along", "steps")]
        certain = set().union(
            *(one.needs for one in texts[:2]), lost(set().union(*(one.needs for one in texts[3:])), self._motion)
        )
        return restricted(then, certain | self._possible(then, relations, texts))

    @property
    def _motion(self) -> list[Any]:
        """The formulas of what the quantities move by."""
        dynamics = self.along or self.steps
        return [] if dynamics is None else dynamics.formulas

    def _possible(self, then: Conclusion, relations: Sequence[Any], texts: Sequence[Written]) -> set[Need]:
        """What the statement may ask beside: in a branch that was simplified, or where its text could not be read."""
        formulas = [*then.expressions, *relations, *self._motion]
        in_branches = set().union(*(one.guarded for one in texts))
        guarded = lost(in_branches, formulas, everywhere=True)
        always = [*then.expressions, *_always(relations), *self._motion]
        carried = lost(set().union(*(one.carried for one in texts)) - in_branches, always)
        outside = set() if all(one.is_whole and one.is_matched for one in texts) else noted_outside(self.caller)
        unread = set(lost(_declared_only(outside - in_branches, self.where), always))
        if all(one.is_matched for one in texts):
            known = set().union(*(sp.sympify(one).free_symbols for one in formulas))
            unread = {need for need in unread if need.base.free_symbols <= known}
        return {need for need in (*guarded, *unread, *carried) if need.relation not in relations}

    def _hypotheses(self) -> list[Any]:
        """The relations that are given, and that they are defined where their simplified forms no longer say so."""
        relations = hypotheses(self.given)
        return [*relations, *(one.relation for one in lost(self._written("given").needs, _always(relations)))]

    def _written(self, part: str) -> Written:
        """What an argument asks of declared quantities where it is written."""
        is_varied = self.varied is not None and part in self.varied.changes
        found = written(self.varied.caller if is_varied and self.varied else self.caller, part)

        def declared_only(needs: set[Need]) -> set[Need]:
            return _declared_only(bound(needs, found.binders), self.where)

        return dataclasses.replace(
            found,
            needs=declared_only(found.needs),
            guarded=declared_only(found.guarded),
            carried=declared_only(found.carried),
        )

    def _arguments(self, known: set[str]) -> list[Any]:
        """The declared quantities that the function takes by name, beside those that are known."""
        return arguments_of(self.runs, self.caller.names, known) if self.runs else []

    def _time(self, then: Conclusion, symbols: Sequence[Any]) -> Time:
        moving = isinstance(then, Conserved | Monotone)
        if self.along is not None or self.steps is not None:
            return Time.FLOW if self.along is not None else Time.STEPS
        if moving and self.runs is None:
            name = {Conserved: "conserved", Monotone: "decreases or increases"}[type(then)]
            raise ClaimError(
                f"{name} speaks of time: give along=gradient_flow(...), steps=gradient_descent(...) or runs="
            )
        if isinstance(then, Rate):
            if not any(one.origin.kind is Kind.SCALE for one in symbols):
                raise ClaimError('order needs a scale that goes to its limit: alpha = scale("alpha")')
            return Time.SCALES
        return Time.STEPS if moving else Time.NONE


def _declared_only(needs: set[Need], where: Mapping[Any, Any] | None) -> set[Need]:
    """The needs of declared quantities, and of names for parts of formulas, alone."""
    known = {sp.sympify(one) for one in where or ()}
    return {need for need in needs if all(_is_declared(one) or one in known for one in need.base.free_symbols)}


def _always(relations: Sequence[Any]) -> list[Any]:
    """The sides of those relations that must be met, not of alternatives."""
    parts = [part for one in relations for part in sp.And.make_args(one)]
    return [side for part in parts if isinstance(part, sp.core.relational.Relational) for side in part.args]


def _is_of_any_size(then: Conclusion, time: Time) -> bool:
    """Whether each instance is judged by itself, by no chance and at no scale that goes to its limit."""
    return time is not Time.SCALES and not isinstance(then, WithProbability)


def _is_declared(symbol: Any) -> bool:
    return isinstance(symbol, Declared | DeclaredMatrix)


def _mutants(own: Sequence[Mutant], built: Parts, *, needed: bool, findings: bool) -> tuple[Mutant, ...]:
    """The user's own and, where ``findings`` are asked for, those that follow.

    Raises:
        ClaimError: there are none, though they are needed; the message holds a line to copy.
    """
    names = {mutant.name for mutant in own}
    following = derived(built.then, built.space.relations) if findings else ()
    found = (*own, *(one for one in following if one.name not in names))
    if needed and not found:
        raise ClaimError(
            "no false variant follows from this statement, and without one no trial shows that it could have seen a "
            'violation; give one that must fail, e.g. mutants=[variant("larger", "what grows has no bound", '
            "then=...)], with the left side times something that grows in its place, or where a side is zero plus something"
        )
    return found


def _status(given: Status | str) -> Status:
    if isinstance(given, Status):
        return given
    known = [status.value for status in Status]
    if given not in known:
        near = difflib.get_close_matches(str(given), known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ClaimError(f"status={given!r} is none of {', '.join(known)}{hint}")
    return Status(given)


def _source(given: Source | Paper | str | None, caller: Caller) -> Source:
    match given:
        case Source():
            return given
        case Paper():
            return given.at(f"line {caller.line} of {caller.stem}")
        case str():
            return dataclasses.replace(caller.source, location=given)
    return caller.source
