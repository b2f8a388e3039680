"""Long runs of one step repeated: what to record, when to stop, and on which engine."""

from __future__ import annotations

import enum
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from lemmata.solvers.engine.outcome import Outcome
from lemmata.solvers.engine.programs import Program, execute
from lemmata.solvers.numbers.arithmetic import Array, Floats, as_floats, concatenate, is_balls, stack
from lemmata.solvers.numbers.ball_matrices import BallMatrix
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.errors import ShapeError

State: TypeAlias = tuple[Array, ...]
Shapes: TypeAlias = tuple[tuple[int, int], ...]
Record: TypeAlias = Callable[[State], Mapping[str, Array]]

_WORTHWHILE, _CALL, _PACE = 0.02, 1e-5, 1e10
"""Seconds that the reference may take before the kernel is loaded; of which each step costs some for its calls, and
its operations at this pace."""
_MEMORY_SHARE, _USUAL_MEMORY = 0.8, 2**34


class Engine(enum.Enum):
    """What carries out the steps."""

    AUTO = "auto"
    """The faster of the two for floats, by the size of the work; the reference for every other number system."""
    REFERENCE = "reference"
    """The step as it is written, over arrays of any number system."""
    ALONE = "alone"
    """Matrix products of one large instance by BLAS, float64 only; where there is none, the reference."""
    LANES = "lanes"
    """The compiled vector machine, float64 only; an instance has the same bits alone and in any batch."""


def without_error_bounds(*parts: Array) -> State:
    """What a long run starts from: floats without their error bounds, exact numbers as they are.

    Over thousands of steps error bounds would only grow: whoever measures the run gives it one.
    """
    return tuple(as_floats(part) for part in parts) if any(isinstance(part, Bounded) for part in parts) else parts


def engine_for_long_runs(*parts: Array) -> Engine:
    """The vector machine for floats, the reference for every other number system."""
    return Engine.LANES if all(part.dtype != object for part in parts) else Engine.REFERENCE


@dataclass(frozen=True, kw_only=True)
class Dynamics:
    """An iteration in two spellings that agree to rounding.

    Attributes:
        name: a noun phrase.
        step: (state, constants) -> next state, matrices ``(batch, rows, columns)`` of any number system.
        program: (shapes of the state, shapes of the constants) -> the same for the vector machine.
        work: (shapes of the state, shapes of the constants) -> floating-point operations of a step.
        alone: (state, constants, steps) -> last state, for one large instance in float64; as fast as BLAS allows.
        of_matrices: `step` is made of products and transposes of matrices, and of entrywise operations between equal
            shapes or with one number, alone; so one instance in balls is stepped as whole matrices.
    """

    name: str
    step: Callable[[State, State], State]
    program: Callable[[Shapes, Shapes], Program]
    work: Callable[[Shapes, Shapes], int]
    alone: Callable[[State, State, int], State] | None = None
    of_matrices: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Iterated:
    """A run.

    Attributes:
        steps: the checkpoints, in steps from the start.
        records: name -> ``(batch, checkpoints, ...)``; after an instance has stopped, its last values again.
        state: the last state of each instance.
        made: steps made, ``(batch,)``: up to the checkpoint at which the instance stopped.
        outcomes: codes of `Outcome`, ``(batch,)``.
        failed_at: step (from 0) whose result was no finite number, ``(batch,)``; -1 where none was.
    """

    steps: tuple[int, ...]
    records: Mapping[str, Array]
    state: State
    made: np.ndarray
    outcomes: np.ndarray
    failed_at: np.ndarray


def iterate(  # noqa: PLR0913 - what is run, and how; the options by keyword
    dynamics: Dynamics,
    state: State,
    constants: State,
    *,
    checkpoints: Sequence[int],
    record: Record = lambda _: {},
    stop: Callable[[State, State], np.ndarray] | None = None,
    lengths: np.ndarray | None = None,
    engine: Engine = Engine.AUTO,
    threads: int = 1,
) -> Iterated:
    """Make steps up to the last checkpoint, and record the state at each.

    Args:
        dynamics: what is iterated.
        state: matrices ``(batch, rows, columns)``.
        constants: the same, of what does not move.
        checkpoints: numbers of steps, growing, from 0 on.
        record: what is kept of a state.
        stop: (state, constants) -> mask ``(batch,)`` of the instances that are through; asked at every checkpoint.
        lengths: steps of each instance ``(batch,)``, where they differ; checkpoints are added there.
        engine: see `Engine`.
        threads: for the vector machine.

    A run that diverges is found at the next checkpoint, and the step where it happened by repeating the steps
    since the last one.

    Raises:
        ShapeError: no instance, or checkpoints that do not grow.
        MemoryError: the workspace would not fit into the memory there is.
    """
    if lengths is not None:
        checkpoints = sorted({*checkpoints, *lengths.tolist()})
    _check(state, checkpoints)
    batch = state[0].shape[0]
    chosen = _choose(dynamics, state, constants, checkpoints[-1], engine)
    _check_memory(state, constants)
    alive, now = np.arange(batch), 0
    made, failed = np.zeros(batch, dtype=int), np.full(batch, -1)
    current, fixed = state, constants
    rows: list[Mapping[str, Array]] = []
    ends = list(state)
    for checkpoint in checkpoints:
        before = current
        current = _advance(dynamics, current, fixed, checkpoint - now, chosen, threads)
        lost = ~_finite(current)
        for row in np.flatnonzero(lost):
            failed[alive[row]] = now + _first_failure(dynamics, before, fixed, int(row), checkpoint - now)
        now = checkpoint
        made[alive] = now
        rows.append(_merged(rows[-1] if rows else None, record(current), alive))
        ends = [_put(end, part, alive) for end, part in zip(ends, current, strict=True)]
        through = lost if stop is None else lost | stop(current, fixed)
        if lengths is not None:
            through = through | (lengths[alive] <= now)
        if np.any(through):
            kept = np.flatnonzero(~through)
            alive = alive[kept]
            current, fixed = (tuple(part[kept] for part in parts) for parts in (current, fixed))
        if len(alive) == 0:
            rows += [rows[-1]] * (len(checkpoints) - len(rows))
            break
    return Iterated(
        steps=tuple(checkpoints),
        records={name: stack([row[name] for row in rows], axis=1) for name in rows[0]},
        state=tuple(ends),
        made=made,
        outcomes=np.where(failed >= 0, int(Outcome.DIVERGED), int(Outcome.OK)),
        failed_at=failed,
    )


def _check(state: State, checkpoints: Sequence[int]) -> None:
    if state[0].shape[0] == 0:
        raise ShapeError("iterate got a batch of no instance; expected one or more.")
    if not checkpoints or checkpoints[0] < 0 or any(b <= a for a, b in itertools.pairwise(checkpoints)):
        raise ShapeError(
            f"iterate got checkpoints {list(checkpoints)[:8]}; expected growing numbers of steps, from 0 on."
        )


def _check_memory(state: State, constants: State) -> None:
    """Refuse what cannot fit: inputs and their packed copies."""
    numbers = sum(int(np.prod(part.shape)) for part in (*state, *constants))
    needed, there = 8 * numbers * 4, available_memory()
    if needed > _MEMORY_SHARE * there:
        raise MemoryError(
            f"{state[0].shape[0]} instances of {numbers // state[0].shape[0]} numbers need {needed / 2**30:.1f} GiB; "
            f"the machine has {there / 2**30:.1f} GiB. Split the batch."
        )


def available_memory() -> int:
    """Bytes of memory of the machine; a guess where it does not say."""
    if not hasattr(os, "sysconf"):
        return _USUAL_MEMORY
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _shapes(parts: State) -> Shapes:
    return tuple((int(part.shape[1]), int(part.shape[2])) for part in parts)


def _choose(dynamics: Dynamics, state: State, constants: State, steps: int, engine: Engine) -> Engine:
    floats = all(isinstance(part, np.ndarray) and part.dtype != object for part in (*state, *constants))
    if engine in (Engine.LANES, Engine.ALONE) and not floats:
        raise ShapeError(f"Engine.{engine.name} runs on float64 only; use Engine.REFERENCE for other numbers.")
    if engine is Engine.ALONE and state[0].shape[0] != 1:
        raise ShapeError(f"Engine.ALONE runs one instance; got {state[0].shape[0]}. Use Engine.LANES.")
    if engine is not Engine.AUTO or not floats:
        return engine if floats else Engine.REFERENCE
    work, batch = dynamics.work(_shapes(state), _shapes(constants)), state[0].shape[0]
    # A lone large instance belongs to BLAS: seven lanes of eight would be idle.
    if batch < _FEW and work > _LARGE:
        return Engine.ALONE if batch == 1 else Engine.REFERENCE
    return Engine.LANES if steps * (_CALL + work * batch / _PACE) > _WORTHWHILE else Engine.REFERENCE


_FEW, _LARGE = 4, 1e5
"""Instances below which, and operations of a step above which, BLAS is faster than idle lanes."""


def _advance(dynamics: Dynamics, state: State, constants: State, steps: int, engine: Engine, threads: int) -> State:
    if steps == 0:
        return state
    with np.errstate(all="ignore"):
        if engine is Engine.ALONE and dynamics.alone is not None:
            return dynamics.alone(state, constants, steps)
        if engine is not Engine.LANES:
            return _stepped(dynamics, state, constants, steps)
        program = _program(dynamics, _shapes(state), _shapes(constants))
        flat = execute(program, _flat(state), _flat(constants), steps=steps, threads=threads)
    return _unflat(flat, state)


def _stepped(dynamics: Dynamics, state: State, constants: State, steps: int) -> State:
    """The steps as they are written; one instance in balls as flint's matrices, where the step allows it."""
    whole = dynamics.of_matrices and all(len(part) == 1 and is_balls(part) for part in state)
    if whole:
        state, constants = (tuple(BallMatrix.of(part) for part in parts) for parts in (state, constants))
    for _ in range(steps):
        state = dynamics.step(state, constants)
    return tuple(part.as_array() for part in state) if whole else state


@cache
def _program(dynamics: Dynamics, state: Shapes, constants: Shapes) -> Program:
    return dynamics.program(state, constants)


def _flat(parts: State) -> Floats:
    batch = max(part.shape[0] for part in parts)
    return np.concatenate([np.broadcast_to(p, (batch, *p.shape[1:])).reshape(batch, -1) for p in parts], axis=1)


def _unflat(flat: Floats, like: State) -> State:
    parts, at = [], 0
    for part in like:
        size = int(part.shape[1] * part.shape[2])
        parts.append(flat[:, at : at + size].reshape(part.shape))
        at += size
    return tuple(parts)


def _finite(state: State) -> np.ndarray:
    if isinstance(state[0], np.ndarray) and state[0].dtype == object:
        return np.ones(state[0].shape[0], dtype=bool)
    finite: np.ndarray = np.all([np.isfinite(as_floats(part)).all(axis=(1, 2)) for part in state], axis=0)
    return finite


def _first_failure(dynamics: Dynamics, state: State, constants: State, row: int, steps: int) -> int:
    """The step, from 0, after which one instance is no longer finite."""
    one, fixed = (tuple(part[row : row + 1] for part in parts) for parts in (state, constants))
    for step in range(steps):
        one = _advance(dynamics, one, fixed, 1, Engine.REFERENCE, 1)
        if not _finite(one)[0]:
            return step
    return steps - 1


def _merged(last: Mapping[str, Array] | None, new: Mapping[str, Array], alive: np.ndarray) -> Mapping[str, Array]:
    """The records of all instances: new ones of those that still run, the last ones of the others."""
    if last is None:
        return new
    return {name: _put(last[name], values, alive) for name, values in new.items()}


def _put(whole: Array, part: Array, rows: np.ndarray) -> Array:
    if len(rows) == whole.shape[0]:
        return part
    order = np.arange(whole.shape[0])
    order[rows] = whole.shape[0] + np.arange(len(rows))
    return concatenate([whole, part], axis=0)[order]
