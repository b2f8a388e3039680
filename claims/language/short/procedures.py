"""What is measured: the drawn quantities themselves, or what a user's function makes of them."""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Instances, Parameters
from lemmata.claims.language.floats import refuse_other_floats, run_plain
from lemmata.claims.language.procedure import Measurement, Procedure, Time
from lemmata.claims.language.ranges import Integers, Range, Value
from lemmata.claims.language.short.callers import line_of, placed
from lemmata.claims.language.short.classes import Class
from lemmata.claims.language.short.mistakes import advice
from lemmata.claims.language.short.quantities import Declared, DeclaredMatrix, Kind
from lemmata.claims.language.short.spaces import Space
from lemmata.claims.language.short.values import values_of
from lemmata.solvers.numbers.arithmetic import concatenate, to_balls, zeros
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.constants import fraction
from lemmata.solvers.numbers.errors import IN_FLOATS, NotFiniteError, nothing_caught

_FURTHER = (7, 5, 3)
"""How often the scales of a rate are squared: sixteen halvings reach 10^-578, 10^-144 and 10^-36."""
_TRIED = 3


def statement_procedure(used: Sequence[Any], time: Time) -> Procedure:
    """The quantities as they are drawn."""
    made = _at_scales(used, time, _as_they_are)
    if time is not Time.SCALES:
        return made
    further = [_at_scales(used, time, partial(_nearer, squarings=squarings)) for squarings in _FURTHER]
    return dataclasses.replace(made, further=further, between=[_at_scales(used, time, _uneven)])


def _at_scales(used: Sequence[Any], time: Time, moved: Callable[[Any], Any]) -> Procedure:
    """The quantities, with other scales."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        values = values_of(used, parameters, instances)
        for name in (str(one) for one in used if one.origin.kind is Kind.SCALE):
            values[name] = moved(values[name])
        return Measurement.of({one: values[str(one)] for one in used}, case="as drawn")

    return Procedure(name="the quantities themselves", measures=list(used), run=run, time=time)


def _as_they_are(scales: Any) -> Any:
    return scales


def _uneven(scales: Any) -> Any:
    """Scales ``(batch, count)`` between those given, at distances that no simple law of theirs meets as well."""
    shares = [fraction(scales, (1, 1), 7 * place + 5, 7 * place + 8) for place in range(scales.shape[1])]
    return scales * concatenate(shares, axis=1)


def _nearer(scales: Any, squarings: int) -> Any:
    """Uneven ones of which each one's share of the first is squared so often: orders of magnitude double."""
    uneven = _uneven(scales)
    first = uneven[:, :1]
    share = uneven / first
    for _ in range(squarings):
        share = share * share
    return share * first


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A user's function, called with quantities by name.

    Attributes:
        function: takes arrays ``(batch,)``, ``(batch, n)``, ``(batch, rows, columns)`` and whole numbers; returns
            a mapping of names to arrays with the batch first.
        space: where its arguments come from.
        wanted: the symbols that the conclusion uses.
        time: what a second axis of what it returns means.
        classes: of functions and operators, a member of each of which it takes by name.
        moved: other scales of a rate for those given.
    """

    function: Callable[..., Mapping[str, Any]]
    space: Space
    wanted: tuple[Any, ...]
    time: Time
    classes: tuple[Class, ...] = ()
    moved: Callable[[Any], Any] = _as_they_are

    @property
    def name(self) -> str:
        """What the function is called."""
        return name_of_function(self.function) or ""

    def run(self, parameters: Parameters, instances: Instances) -> Measurement:
        """One call, or for a rate one at each scale."""
        known = values_of(self.space.symbols, parameters, instances)
        scales = [one for one in self.space.symbols if one.origin.kind is Kind.SCALE]
        if not scales:
            found = self._called(self._arguments(known, parameters))
            return self._measured(found, known)
        grids = {str(one): self.moved(known[str(one)]) for one in scales}
        each = [
            self._called(self._arguments(known | {n: grid[:, place] for n, grid in grids.items()}, parameters))
            for place in range(scales[0].origin.count)
        ]
        joined = {name: concatenate([_column(one[name]) for one in each], axis=1) for name in each[0]}
        return self._measured(joined, known | grids)

    def _measured(self, found: Mapping[str, Any], known: Mapping[str, Any]) -> Measurement:
        values = {one: self._found(one, found, known) for one in self.wanted}
        return Measurement.of(values, case=self.name.replace("_", " "))

    def _arguments(self, known: Mapping[str, Any], parameters: Parameters) -> dict[str, Any]:
        whole = {str(one) for one in self.space.symbols if one.origin.kind is Kind.INTEGER}
        asked = {quantity_of(name): name for name in inspect.signature(self.function).parameters}
        members = {one.argument: one.oracle(known) for one in self.classes if one.argument in asked}
        return members | {
            argument: int(parameters[name]) if name in whole else known[name]
            for name, argument in asked.items()
            if name in known
        }

    def _called(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        with nothing_caught():
            found = self.function(**arguments)
        if not isinstance(found, Mapping):
            raise ClaimError(
                f"{self.name} returned {type(found).__name__}; expected a dictionary of names to arrays, "
                'e.g. return {"gap": gap}'
            )
        return {str(name): value for name, value in found.items()}

    def _found(self, symbol: Any, found: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
        name = str(symbol)
        if isinstance(found.get(name), int | float):
            raise ClaimError(
                f"{self.name} returned {name} as one plain {type(found[name]).__name__}; expected one number "
                f"an instance: compute it from an array that the function takes, e.g. {name} + 0 * x"
            )
        if name in found and name in known:
            raise ClaimError(
                f"{self.name} returns {name}, which is drawn: then and given would speak of two numbers of one "
                f'name; return it under another one, e.g. {name}_after = measured("{name}_after")'
            )
        if name in found:
            return _counted(found[name], known)
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, [*found, *known], n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ClaimError(f"then uses {name}, which {self.name} does not return; it returns {', '.join(found)}{hint}")


def _counted(value: Any, known: Mapping[str, Any]) -> Any:
    """Whole numbers and truth values, as comparisons leave them, in the number system at hand; else the value itself."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biu" and value.ndim:
        return zeros(next(iter(known.values())), value.shape) + value.astype(np.int64)
    return value


def _column(value: Any) -> Any:
    return value[:, None] if value.ndim == 1 else value


def run_procedure(runner: Runner, *, cost: int, exact: bool) -> Procedure:
    """The procedure of a user's function, tried once on a small batch.

    Raises:
        ClaimError: it cannot run in every number system, is not repeatable, changes its inputs, or returns what
            cannot be judged; the message holds the user's line.
    """
    _check_arguments(runner)
    made = Procedure(
        name=_spoken(runner.function),
        measures=list(runner.wanted),
        run=runner.run,
        time=runner.time,
        rational=False,
        exact=exact,
        cost=cost,
    )
    _try_out(runner)
    scales = [one.origin for one in runner.space.symbols if one.origin.kind is Kind.SCALE]
    if not scales or not exact or cost > 1 or any(one.high is None for one in scales):
        return made  # what grows may count the turns of a loop

    def at(moved: Callable[[Any], Any]) -> Procedure:
        return dataclasses.replace(made, run=dataclasses.replace(runner, moved=moved).run)

    further = [at(partial(_nearer, squarings=squarings)) for squarings in _FURTHER]
    return dataclasses.replace(made, further=further, between=[at(_uneven)])


def _spoken(function: Callable[..., Any]) -> str:
    """A function in words: the first line of its docstring, or its name."""
    first = (inspect.getdoc(function) or "").partition("\n")[0].rstrip(".")
    return first or (name_of_function(function) or "").replace("_", " ")


def _written(function: Any) -> Any:
    """The function that a user has written, of which some arguments may be given already."""
    while isinstance(function, partial):
        function = function.func
    return function


def name_of_function(function: Any) -> str | None:
    """What a function is called, some of whose arguments may be given already; None where it is none."""
    written = _written(function)
    return getattr(written, "__name__", None) if hasattr(written, "__code__") else None


def arguments_of(function: Callable[..., Any], names: Mapping[str, Any], known: set[str]) -> list[Any]:
    """The declared quantities that a function takes by name, beside those that are known.

    An argument goes by the name in the caller's text, or by the quantity's own where that is another.
    """
    asked = [name for name in inspect.signature(function).parameters if name not in known]
    own = {str(one): one for one in names.values() if isinstance(one, Declared | DeclaredMatrix)}
    found = [names[name] if name in names else own.get(name) for name in asked]
    return [one for one in found if isinstance(one, Declared | DeclaredMatrix)]


def quantity_of(argument: str) -> str:
    """The quantity that an argument stands for: of ``lambda_`` it is ``lambda``, which Python keeps for itself."""
    plain = argument.removesuffix("_")
    return plain if keyword.iskeyword(plain) else argument


def _one_each(shape: tuple[int, ...], size: int) -> str:
    """What to do about a second axis that should not be there."""
    if shape == (size, size):
        return "a (batch, 1) and a (batch,) were combined; write c[:, 0] of the first, or t[:, None] of the second"
    return "sum over axis=-1"


def _check_arguments(runner: Runner) -> None:
    if not runner.name:
        raise ClaimError(f"runs= got {runner.function!r}, which is no function; give its __call__")
    known = {str(one) for one in runner.space.symbols} | {one.argument for one in runner.classes}
    for argument, parameter in inspect.signature(runner.function).parameters.items():
        name = quantity_of(argument)
        if name in known or parameter.default is not parameter.empty:
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ClaimError(
                f"{runner.name} gathers its arguments in {parameter!s}; name the quantities that it takes, e.g. "
                f"def {runner.name}(x, steps)"
            )
        if name in ("rng", "random", "generator", "seed"):
            raise ClaimError(
                f"{runner.name} asks for {name!r}: a procedure holds no random numbers, or no violation "
                f'could be run again; draw what is random as a quantity, e.g. noise = gaussian("noise", n)'
            )
        members = sorted({one.argument for one in runner.classes} - set(inspect.signature(runner.function).parameters))
        near = difflib.get_close_matches(name, sorted(known), n=1) or members[:1]
        hint = f"did you mean {near[0]}?" if near else f'declare it, e.g. {name} = real("{name}")'
        raise ClaimError(f"{runner.name} takes {name!r}, which is no declared quantity; {hint}")


def _try_out(runner: Runner) -> None:
    """Run once on a few instances: in floats with error bounds twice, and in balls; and at the largest sizes."""
    small = {name: _second(declared) for name, declared in runner.space.ranges.items()}
    large = {name: _highest(declared) for name, declared in runner.space.ranges.items()}
    drawn = _few(runner.space, small)
    bounded = {name: Bounded.exact(value) for name, value in drawn.items()}
    before = {name: value.copy() for name, value in drawn.items()}
    first = _tried(runner, partial(runner.run, small, bounded))
    _check_shapes(runner, first, len(next(iter(drawn.values()))))
    if any(not np.array_equal(value.value, before[name]) for name, value in bounded.items()):
        raise _wrong(runner, "it changes its arguments in place; write x = x - step instead of x -= step")
    again = _tried(runner, partial(runner.run, small, {name: Bounded.exact(value) for name, value in before.items()}))
    if not _same(first, again):
        raise _wrong(
            runner,
            "two runs on the same instances differ: it holds random numbers or keeps a state; draw what is random as "
            'a quantity, e.g. noise = gaussian("noise", n)',
        )
    plain = run_plain(runner.run, small, before)
    if first is not None and plain is not None:
        refuse_other_floats(runner.name, first, plain)
    balls = {name: to_balls(value) for name, value in before.items()}
    for value in balls.values():
        value.setflags(write=False)
    _tried(runner, partial(runner.run, small, balls))
    most = {name: Bounded.exact(value) for name, value in _few(runner.space, large).items()}
    _tried(runner, partial(runner.run, large, most))


def _few(space: Space, parameters: Parameters) -> Instances:
    """A few instances that meet the hypotheses, as far as there are any."""
    drawn = space.draw(parameters, np.random.default_rng(1), _TRIED)
    inside = np.flatnonzero(space.inside(parameters)(drawn))
    return {name: value[inside] if len(inside) else value for name, value in drawn.items()}


def _highest(declared: Range) -> Value:
    return declared.high if isinstance(declared, Integers) else declared.simplest


def _second(declared: Range) -> Value:
    """The simplest value but one of a size: at size one a forgotten sum goes unnoticed."""
    return min(declared.low + 1, declared.high) if isinstance(declared, Integers) else declared.simplest


def _tried(runner: Runner, call: Callable[[], Measurement]) -> Measurement | None:
    code = _written(runner.function).__code__
    try:
        with np.errstate(all="ignore"):
            return call()
    except ClaimError as error:
        own = line_of(error, code.co_filename)
        where = "" if own is None else f"\n  {placed(code.co_filename, own, '').strip()}"
        raise _wrong(runner, f"{error}{where}") from None
    except (ZeroDivisionError, NotFiniteError):
        return None  # an instance at which it is not defined; the trial counts such
    except Exception as error:
        line = line_of(error, code.co_filename) or code.co_firstlineno
        raise ClaimError(f"{advice(error)}\n  {placed(code.co_filename, line, '').strip()}") from error


def _wrong(runner: Runner, sentence: str) -> ClaimError:
    name = runner.name
    return ClaimError(sentence if sentence.startswith(("then uses", name)) else f"{name}: {sentence}")


def _check_shapes(runner: Runner, found: Measurement | None, size: int) -> None:
    if found is None:
        return
    for name, value in found.cases[0].values.items():
        if not isinstance(value, Bounded):
            raise _wrong(
                runner,
                f"{name} came back as {type(value).__name__}; keep the numbers that are given, without np.array, float or "
                f".value (of a share write (np.sum(x > 0, axis=-1) + 0 * x[:, 0]) / n, of a choice between numbers "
                f"np.where(x > 0, 1.0, 0.0) + 0 * x), or {IN_FLOATS}",
            )
        if value.ndim == 0:
            raise _wrong(
                runner, f"{name} is one number for the whole batch; expected one an instance: sum over axis=-1"
            )
        if value.shape[0] != size:
            raise _wrong(
                runner, f"{name} has first axis {value.shape[0]}; expected the batch, {size}: sum over axis=-1"
            )
        if runner.time is Time.NONE and value.ndim == 2 and value.shape[1] != 1:  # noqa: PLR2004 - (batch, times)
            raise _wrong(
                runner,
                f"{name} has shape {value.shape}; expected one number an instance, ({size},): {_one_each(value.shape, size)}",
            )


def _same(first: Measurement | None, again: Measurement | None) -> bool:
    if first is None or again is None:
        return first is again
    pairs = zip(first.cases[0].values.values(), again.cases[0].values.values(), strict=True)
    return all(np.array_equal(one.value, other.value, equal_nan=True) for one, other in pairs)
