"""`conjecture`: a title, relations, a conclusion; everything else follows and can be replaced."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from lemmata.claims.language.claim import Claim, Mutant, measured_symbols
from lemmata.claims.language.conclusions import AtLeast, AtMost, Conserved, Monotone
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Edge
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.paper import Paper, Reading, Source, Status
from lemmata.claims.language.procedure import Procedure, Time
from lemmata.claims.language.proof import Proof
from lemmata.claims.language.quantified import Rate, WithProbability
from lemmata.claims.language.short.callers import Broken, Caller, gathered
from lemmata.claims.language.short.classes import Class, several
from lemmata.claims.language.short.dynamics import Dynamics
from lemmata.claims.language.short.families import Space, family
from lemmata.claims.language.short.procedures import Runner, run_procedure, statement_procedure
from lemmata.claims.language.short.proofs import default_proof
from lemmata.claims.language.short.quantities import Declared, DeclaredMatrix, Kind, declared
from lemmata.claims.language.short.relations import conclusion, hypotheses
from lemmata.claims.language.short.variants import derived

_UNSET: Any = object()


def conjecture(  # noqa: PLR0913 - everything by keyword, almost all of it optional
    title: str,
    *,
    then: Any,
    given: Any = (),
    runs: Callable[..., Mapping[str, Any]] | None = None,
    along: Dynamics | None = None,
    steps: Dynamics | None = None,
    on: Any = None,
    tight: bool = False,
    where: Mapping[Any, Any] | None = None,
    key: str = "",
    status: Status | str = Status.CONJECTURE,
    source: Source | Paper | str | None = None,
    about: str = "",
    draw: Callable[..., Mapping[str, Any]] | None = None,
    edges: Sequence[Edge] | None = None,
    near: Sequence[Mapping[Any, Any]] = (),
    search: Sequence[Any] | None = None,
    mutants: Sequence[Mutant] = (),
    proof: Proof | None = _UNSET,
    cost: int = 1,
    exact: bool = True,
    **quantities: Any,
) -> Claim:
    """A claim from its statement.

    Args:
        title: the statement as a sentence.
        then: what must hold: ``a <= b``, ``a >= b``, ``equals``, ``conserved``, ``decreases``, ``increases``,
            ``order(q, s) == e``, ``probability(event) >= p``, ``selects``.
        given: relations, each a hypothesis.
        runs: a function of quantities by name that returns a mapping of names to arrays, the batch first.
        along: a flow (`gradient_flow`), along which ``then`` speaks of time.
        steps: an iteration (`gradient_descent`), likewise.
        on: a class of functions or operators, or several, a member of which ``runs`` takes by name.
        tight: whether equality is attained.
        where: names for parts of the formulas.
        key: as of `Claim`; by default the names of the file and of the variable.
        status: its name will do.
        source: a paper, a place in one, or a word on where it is from; by default the file itself.
        about: the statement in words; by default the title.
        draw: ``(parameters, rng, size) -> arrays by name``, in place of the default draws of these names.
        edges: in place of the default ones.
        near: instances to look at first, each a mapping of quantities to values.
        search: the quantities that the search may move, in place of all.
        mutants: false variants that must fall, beside those that follow from the statement.
        proof: in place of the one that follows.
        cost: of ``runs``, as `Procedure`.
        exact: of ``runs``, as `Procedure`.
        **quantities: more quantities by name, as ``n=integer(1, 10)``.

    Raises:
        ClaimError: the statement cannot be judged; the message holds the user's line. While a file of claims is read,
            a `Broken` value is returned instead, and the other claims of the file are judged.
    """
    return _Plan(caller=Caller.at(1), **locals()).claim()


def _mutants(own: Sequence[Mutant], built: _Parts) -> tuple[Mutant, ...]:
    names = {mutant.name for mutant in own}
    return (*own, *(one for one in derived(built.then, built.space.relations) if one.name not in names))


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


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What a claim is made of."""

    space: Space
    then: Conclusion
    time: Time
    used: tuple[Any, ...]
    runs: Callable[..., Mapping[str, Any]] | None
    dynamics: Dynamics | None
    classes: tuple[Class, ...]

    def procedure(self, *, cost: int, exact: bool) -> Procedure:
        """The user's function, the dynamics, or the quantities themselves."""
        if self.runs is not None:
            runner = Runner(
                function=self.runs, space=self.space, wanted=self.used, time=self.time, classes=self.classes
            )
            return run_procedure(runner, cost=cost, exact=exact)
        if self.dynamics is not None:
            return self.dynamics.procedure(self.used, self.space.symbols)
        return statement_procedure(self.space, self.used, self.time)

    @property
    def proof(self) -> Proof | None:
        """The proof that follows, if one does."""
        return None if self.runs is not None else default_proof(self.then, self.space, self.dynamics)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What a user has written: the arguments of `conjecture`, and where it stands."""

    caller: Caller
    title: str
    then: Any
    given: Any
    runs: Callable[..., Mapping[str, Any]] | None
    along: Dynamics | None
    steps: Dynamics | None
    on: Any
    tight: bool
    where: Mapping[Any, Any] | None
    key: str
    status: Status | str
    source: Source | Paper | str | None
    about: str
    draw: Callable[..., Mapping[str, Any]] | None
    edges: Sequence[Edge] | None
    near: Sequence[Mapping[Any, Any]]
    search: Sequence[Any] | None
    mutants: Sequence[Mutant]
    proof: Proof | None
    cost: int
    exact: bool
    quantities: Mapping[str, Any]

    def claim(self) -> Claim:
        """The claim; or, while a file is read, a `Broken` value where there can be none."""
        try:
            return self._built(self.parts())
        except ClaimError as error:
            broken = Broken(self.caller, str(error))
            if gathered(broken):
                return broken  # type: ignore[return-value]  # stands in the file where its claim would
            raise ClaimError(broken.message) from error

    def _built(self, parts: _Parts) -> Claim:
        return Claim(
            key=self.key or self.caller.key(self.title),
            title=self.title,
            about=self.about or f"{self.title.rstrip('.')}.",
            source=_source(self.source, self.caller),
            status=_status(self.status),
            reading=Reading.AS_STATED,
            given=family(parts.space, draw=self.draw, edges=self.edges, near=self.near, search=self.search),
            when=parts.procedure(cost=self.cost, exact=self.exact),
            then=parts.then,
            proof=parts.proof if self.proof is _UNSET else self.proof,
            mutants=_mutants(self.mutants, parts),
        )

    def parts(self) -> _Parts:
        """Everything checked and put together."""
        if not isinstance(self.title, str) or not self.title.strip():
            raise ClaimError(f"a conjecture begins with its statement as a sentence, got {self.title!r}")
        chosen = [one for one in (self.runs, self.along, self.steps) if one is not None]
        if len(chosen) > 1:
            raise ClaimError("runs=, along= and steps= exclude each other; give one of them")
        classes = several(self.on)
        relations = [*hypotheses(self.given), *(relation for one in classes for relation in one.relations)]
        then = conclusion(self.then, tight=self.tight)
        if self.where:
            then = _with_names(then, self.where)
        dynamics = self.along or self.steps
        then = then if dynamics is None else dynamics.stated(then)
        named = [_named(name, one) for name, one in self.quantities.items()]
        arguments = [] if self.runs is None else self._arguments(named)
        formulas = [*(sp.sympify(one) for one in relations), *then.expressions, *named, *arguments]
        formulas += [quantity for one in classes for quantity in one.quantities]
        formulas += [] if dynamics is None else dynamics.formulas
        formulas += [sp.sympify(bound) for bound in then.bounds] if isinstance(then, WithProbability) else []
        symbols = _drawn(declared(*formulas))
        used = tuple(sorted(measured_symbols(then), key=str))
        self._check_known(used, relations, symbols)
        space = Space(
            symbols=symbols,
            relations=tuple(relations),
            fixed=_fixed(then, symbols),
            is_random=isinstance(then, WithProbability),
            titles=tuple(one.title for one in classes),
        )
        return _Parts(
            space=space,
            then=then,
            time=self._time(then, symbols),
            used=used,
            runs=self.runs,
            dynamics=dynamics,
            classes=classes,
        )

    def _arguments(self, named: Sequence[Any]) -> list[Any]:
        """The declared quantities that the function takes by name."""
        import inspect

        known = {str(one) for one in named}
        asked = [name for name in inspect.signature(self.runs).parameters if name not in known] if self.runs else []
        found = [self.caller.names.get(name) for name in asked]
        return [one for one in found if isinstance(one, Declared | DeclaredMatrix)]

    def _check_known(self, used: Sequence[Any], relations: Sequence[Any], symbols: Sequence[Any]) -> None:
        known = {str(one): one for one in symbols}
        inside = [symbol for relation in relations for symbol in relation.free_symbols]
        for symbol in (*used, *inside):
            if not isinstance(symbol, Declared | DeclaredMatrix):
                if str(symbol) in known and self.runs is None:
                    raise ClaimError(
                        f"{symbol} is declared, but the formula holds another symbol of that name; use the one that "
                        f"real, vector ... returned"
                    )
                if self.runs is None or (symbol in inside and str(symbol) not in known):
                    raise ClaimError(f'{symbol} is no declared quantity; write {symbol} = real("{symbol}")')
            elif symbol.origin.kind is Kind.MEASURED and (self.runs is None or symbol in inside):
                raise ClaimError(f"{symbol} is measured, and needs runs=function that returns it; given may not use it")
            elif str(symbol) in known and known[str(symbol)] != symbol:
                raise _twice(str(symbol), symbol, known[str(symbol)])

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


def _with_names(then: Any, where: Mapping[Any, Any]) -> Any:
    if isinstance(then, WithProbability):
        return dataclasses.replace(then, event=_with_names(then.event, where))
    return dataclasses.replace(then, where=dict(where))


def _named(name: str, value: Any) -> Any:
    """A quantity that is given as a keyword, under that name."""
    if isinstance(value, DeclaredMatrix) and str(value) == name:
        return value
    if not isinstance(value, Declared):
        raise ClaimError(f"conjecture has no part {name!r}{_hint(name)}; a quantity would be {name}=integer(1, 10)")
    return Declared.of(name, value.origin, **dict(value._assumptions_orig))  # noqa: SLF001 - sympy's own record


_PARTS = (
    "then", "given", "runs", "along", "steps", "on", "tight", "where", "key", "status", "source", "about", "draw", "edges",
    "near", "search", "mutants", "proof", "cost", "exact",
)  # fmt: skip


def _hint(name: str) -> str:
    near = difflib.get_close_matches(name, _PARTS, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _drawn(symbols: Sequence[Any]) -> tuple[Any, ...]:
    """The quantities that have values of their own.

    Raises:
        ClaimError: two of them share a name.
    """
    found = [one for one in symbols if one.origin.kind not in (Kind.CONSTANT, Kind.MEASURED)]
    by_name: dict[str, Any] = {}
    for one in found:
        if str(one) in by_name:
            raise _twice(str(one), one, by_name[str(one)])
        by_name[str(one)] = one
    return tuple(found)


def _twice(name: str, one: Any, other: Any) -> ClaimError:
    kinds = " and as ".join(_spoken(symbol) for symbol in (one, other))
    return ClaimError(f"{name} is declared twice, as {kinds}; declare it once, or give the two different names")


def _spoken(symbol: Any) -> str:
    origin = symbol.origin
    ends = f" from {origin.low} to {origin.high}" if (origin.low, origin.high) != (None, None) else ""
    return f"{origin.kind.value}{ends.replace('None', 'infinity')}"


def _fixed(then: Conclusion, symbols: Sequence[Any]) -> tuple[Any, ...]:
    """The numbers that are one for a whole batch: all that are not random, or those that have a range for a constant."""
    numbers = [one for one in symbols if one.origin.kind is Kind.REAL and one.origin.std is None]
    if isinstance(then, WithProbability):
        loose = [one for one in symbols if one.origin.kind is not Kind.REAL and one.origin.kind is not Kind.INTEGER]
        for one in loose:
            if one.origin.std is None and one.origin.kind is not Kind.SCALE:
                raise ClaimError(f'a probability is over Gaussian quantities; write {one} = gaussian("{one}", ...)')
        return tuple(numbers)
    if isinstance(then, AtMost | AtLeast) and then.constant is not None:
        return tuple(one for one in numbers if one.origin.low is not None and one.origin.high is not None)
    return ()
