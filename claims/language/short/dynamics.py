"""Gradient flow and gradient descent of a loss, derived from the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import (
    AtLeast,
    AtMost,
    Conserved,
    Expression,
    Monotone,
    as_exact,
)
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.family import Instances, Parameters
from lemmata.claims.language.formula import check_formula, evaluate
from lemmata.claims.language.jumps import refuse_jumps, refuse_poles, refuse_sliding
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.procedure import Measurement, Procedure, Time
from lemmata.claims.language.short.gradients import gradient, rate
from lemmata.claims.language.short.quantities import Declared, DeclaredMatrix, Kind
from lemmata.claims.language.short.values import values_of, with_times
from lemmata.solvers.numbers.arithmetic import concatenate

_SHORT = 2
"""Steps up to which exact rationals stay of a readable size."""


def check_dynamics(along: Any, steps: Any) -> None:
    """Refuse what is no flow and no steps.

    Raises:
        ClaimError: it is something else.
    """
    for name, one, made in (("along", along, "gradient_flow"), ("steps", steps, "gradient_descent")):
        if one is not None and not isinstance(one, Dynamics):
            raise ClaimError(f"{name}= got {one}, a {type(one).__name__}; expected {made}(loss, of=x, ...)")


@dataclass(frozen=True)
class Dynamics:
    """A loss and how its quantities move down its gradient.

    Attributes:
        loss: a number.
        of: the quantities that move.
        step: the step size; None along a flow.
        count: how many steps, a number or a whole-number quantity.
        momentum: by what the last move is added to the next.
    """

    loss: Expression
    of: tuple[Any, ...]
    step: Expression = None
    count: Expression = 0
    momentum: Expression = 0

    def __post_init__(self) -> None:
        check_formula(sp.sympify(self.loss))
        for one in self.of:
            if not isinstance(one, Declared | DeclaredMatrix):
                raise ClaimError(f"`of` holds {one}; expected declared quantities, e.g. of=(U, V)")
            if (
                one.origin.kind not in (Kind.REAL, Kind.DENSE)
                or one.origin.low is not None
                or one.origin.high is not None
            ):
                raise ClaimError(f"{one} moves, and would leave its range; declare it real, vector or matrix")
            if self.of.count(one) > 1:
                raise ClaimError(f"`of` names {one} twice; name each quantity once")

    @property
    def is_flow(self) -> bool:
        """Whether time is continuous."""
        return self.step is None

    @cached_property
    def gradients(self) -> dict[Any, Any]:
        """Quantity -> gradient of the loss in it."""
        return gradient(self.loss, self.of)

    @property
    def moves(self) -> dict[Any, Any]:
        """Quantity -> its time derivative, or its value after a step without momentum."""
        if self.is_flow:
            return {one: -part for one, part in self.gradients.items()}
        return {one: one - self.step * part for one, part in self.gradients.items()}

    @property
    def formulas(self) -> list[Any]:
        """All formulas of the dynamics."""
        own = [self.loss, *self.gradients.values(), self.count, self.momentum]
        return [sp.sympify(part) for part in (own if self.is_flow else [*own, self.step])]

    @property
    def name(self) -> str:
        """What is run, with everything on which it depends."""
        if self.is_flow:
            return f"gradient flow on {self.loss}"
        momentum = "" if self.momentum == 0 else f", momentum {self.momentum}"
        steps = "1 step" if self.count == 1 else f"{self.count} steps"
        return f"gradient descent on {self.loss} with step {self.step}{momentum}, {steps}"

    def stated(self, then: Conclusion, given: Sequence[Any]) -> Conclusion:
        """A conclusion in the form in which it is judged: along a flow what decreases has no positive derivative.

        Raises:
            ClaimError: it speaks of a quantity that does not move, that may jump along the flow, or pass through a pole
                that no hypothesis excludes.
        """
        if isinstance(then, Conserved | Monotone) and not then.expressions[0].free_symbols & set(self.of):
            raise ClaimError(f"{then.expressions[0]} does not move: none of {', '.join(map(str, self.of))} is in it")
        if self.is_flow and isinstance(then, Conserved | Monotone):
            refuse_jumps(then.expressions[0], frozenset(self.of))
            refuse_poles(then.expressions[0], frozenset(self.of), given)
            refuse_sliding(then.expressions[0], self.loss, frozenset(self.of), given)
        if not (self.is_flow and isinstance(then, Monotone)):
            return then
        moved = rate(then.expressions[0], self.moves)
        return AtLeast(left=moved, right=0) if then.increasing else AtMost(left=moved, right=0)

    def procedure(
        self, used: Sequence[Any], symbols: Sequence[Any], given: Sequence[Any], then: Conclusion
    ) -> Procedure:
        """The dynamics as what is run; along a flow for the time while the hypotheses hold.

        Of steps what is conserved or monotone is looked at from the start on, a relation after each of them.
        """
        moves = frozenset(self.of)
        ends = self.is_flow and any(sp.sympify(one).free_symbols & moves for one in given)
        descent = _Descent(self, tuple(used), tuple(symbols), skipped=int(not isinstance(then, Conserved | Monotone)))
        run = _Flow(self, tuple(used), tuple(symbols)) if self.is_flow else descent
        short = isinstance(self.count, int | sp.Integer) and self.count <= _SHORT
        return Procedure(
            name=f"{self.name}, while what is given holds" if ends else self.name,
            measures=list(used),
            run=run.measure,
            time=Time.FLOW if self.is_flow else Time.STEPS,
            rational=self.is_flow or short,
        )


@dataclass(frozen=True)
class _Flow:
    """Points of a flow, with the rates of what moves."""

    dynamics: Dynamics
    used: tuple[Any, ...]
    symbols: tuple[Any, ...]

    def measure(self, parameters: Parameters, instances: Instances) -> Measurement:
        """The quantities and their time derivatives, each at one time."""
        known = with_times(self.symbols, values_of(self.symbols, parameters, instances))
        moving = [one for one in self.used if one in self.dynamics.moves]
        rates = {str(one): evaluate(self.dynamics.moves[one], known, [one]) for one in moving}
        return Measurement.of({str(one): known[str(one)] for one in self.used}, rates=rates, case="the flow")


@dataclass(frozen=True)
class _Descent:
    """States of an iteration, without so many at the beginning."""

    dynamics: Dynamics
    used: tuple[Any, ...]
    symbols: tuple[Any, ...]
    skipped: int

    def measure(self, parameters: Parameters, instances: Instances) -> Measurement:
        """The quantities at every time that is looked at; what does not move has one."""
        known = with_times(self.symbols, values_of(self.symbols, parameters, instances))
        count = self.dynamics.count
        steps = int(parameters[str(count)]) if isinstance(count, sp.Symbol) else int(count)
        state = {str(one): known[str(one)] for one in self.dynamics.of}
        track, before = {name: [value] for name, value in state.items()}, state
        for _ in range(steps):
            before, state = state, self._next(known | state, state, before)
            for name, value in state.items():
                track[name].append(value)
        moved = {name: concatenate(states[self.skipped :], axis=1) for name, states in track.items()}
        return Measurement.of({str(one): (known | moved)[str(one)] for one in self.used}, case="the steps")

    def _next(self, known: Mapping[str, Any], state: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        step, momentum = evaluate(self.dynamics.step, known), self.dynamics.momentum
        made = {}
        for one, part in self.dynamics.gradients.items():
            name = str(one)
            made[name] = state[name] - _times(evaluate(part, known, [one]), step)
            if momentum != 0:
                made[name] = made[name] + _times(state[name] - before[name], evaluate(momentum, known))
        return made


def _times(value: Any, number: Any) -> Any:
    return value * (number[..., None, None] if value.ndim > number.ndim else number)


def gradient_flow(loss: Expression, *, of: Any) -> Dynamics:
    """Gradient flow of a loss: each of the quantities moves by minus the gradient of the loss in it.

    Raises:
        ClaimError: the loss is no number, or has no gradient here.
    """
    return Dynamics(as_exact(loss), _several(of))


def gradient_descent(
    loss: Expression, *, of: Any, step: Expression, count: Any = 1, momentum: Expression = 0
) -> Dynamics:
    """Gradient descent on a loss, ``count`` steps of size ``step``, with heavy-ball ``momentum`` if it is given.

    The first step is from rest, so that momentum takes two steps or more to play a part.

    Raises:
        ClaimError: the loss is no number, has no gradient here, ``count`` is no whole number, or there is momentum and
            one step.
    """
    steps = as_exact(count)
    if not (isinstance(steps, sp.Integer) and steps > 0) and not (isinstance(steps, Declared) and steps.is_integer):
        raise ClaimError(f'count={count} is no whole number of steps; write count=3 or T = integer("T", 1, 5)')
    most = steps.origin.high if isinstance(steps, Declared) else steps
    if momentum != 0 and most == 1:
        raise ClaimError(
            f"momentum={momentum} plays no part in one step from rest, which has no last move; give count=2 or more"
        )
    return Dynamics(as_exact(loss), _several(of), as_exact(step), steps, as_exact(momentum))


def _several(of: Any) -> tuple[Any, ...]:
    return tuple(of) if isinstance(of, Sequence) else (of,)
