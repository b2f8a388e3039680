"""Online convex optimization over a box: optimistic projected gradient descent, and its steps for local smoothness."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from lemmata.solvers.numbers.arithmetic import Array, elementwise, stack
from lemmata.solvers.numbers.linear_algebra import dot
from lemmata.solvers.numbers.order import larger, smaller
from lemmata.solvers.optimization.nonexpansive import clip


class Hint(enum.Enum):
    """What the learner expects the next gradient to be."""

    LAST = "the last gradient, where it was met"
    INTERMEDIATE = "the last loss's gradient at the intermediate point"
    NONE = "nothing"
    OPPOSITE = "minus the last gradient"


@dataclass(frozen=True, kw_only=True)
class Ridges:
    """Losses f_t(x) = (a_t.x - c_t)^2/2 + g_t.x, convex, with gradients of Lipschitz constant |a_t|^2.

    Attributes:
        directions: a, ``(batch, rounds, d)``.
        offsets: c, ``(batch, rounds)``.
        slopes: g, ``(batch, rounds, d)``.
    """

    directions: Array
    offsets: Array
    slopes: Array

    def value(self, t: int, x: Array) -> Array:
        """f_t at `x` ``(batch, d)``."""
        off = dot(self.directions[:, t], x) - self.offsets[:, t]
        return off * off / 2 + dot(self.slopes[:, t], x)

    def gradient(self, t: int, x: Array) -> Array:
        """Its gradient there."""
        off = dot(self.directions[:, t], x) - self.offsets[:, t]
        return off[:, None] * self.directions[:, t] + self.slopes[:, t]


@dataclass(frozen=True, kw_only=True)
class Catenaries:
    """Losses f_t(x) = cosh(k_t.x - c_t), whose curvature is at most |k|^2 + |k| times the gradient's length.

    Attributes:
        directions: k, ``(batch, rounds, d)``.
        offsets: c, ``(batch, rounds)``.
    """

    directions: Array
    offsets: Array

    def value(self, t: int, x: Array) -> Array:
        """f_t at `x` ``(batch, d)``."""
        grown = self._grown(t, x)
        return (grown + 1 / grown) / 2

    def gradient(self, t: int, x: Array) -> Array:
        """Its gradient there."""
        grown = self._grown(t, x)
        return ((grown - 1 / grown) / 2)[:, None] * self.directions[:, t]

    def smoothness(self, t: int, slope: Array) -> Array:
        """|k|^2 + |k| times ``slope``, ``(batch,)``: no curvature is larger where the gradient is no longer."""
        size = length(self.directions[:, t])
        return size * size + size * slope

    def _grown(self, t: int, x: Array) -> Array:
        return elementwise(dot(self.directions[:, t], x) - self.offsets[:, t], "exp")


Losses = Ridges | Catenaries
StepRule = Callable[[int, Array, Array], Array]
"""From the round, the hint and the sum of variations so far to the largest step allowed, ``(batch,)``."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What was played, ``(batch, rounds)`` each.

    Attributes:
        regret: sum of f_t(x_t) - f_t(u) so far.
        variation: |grad f_t(x_t) - grad f_{t-1}(x_t)|^2, in the first round the square of the gradient.
        steps: step sizes.
    """

    regret: Array
    variation: Array
    steps: Array


def play(
    losses: Losses, start: Array, comparator: Array, radius: Array, rule: StepRule, *, rounds: int, hint: Hint
) -> Played:
    """x_t = P(z_t - eta_t M_t), z_{t+1} = P(z_t - eta_t grad f_t(x_t)), P onto the box |x_i| <= radius, M_1 = 0.

    Args:
        losses: f_1, ..., at least ``rounds`` of them.
        start: z_1 ``(batch, d)``, in the box.
        comparator: u ``(batch, d)``, in the box.
        radius: of the box, ``(batch,)``.
        rule: the largest step allowed in a round; steps never grow.
        rounds: how many are played.
        hint: what M_t is.
    """
    low, high = -radius[:, None], radius[:, None]
    z, last = start, start
    regret, total, step = radius * 0, radius * 0, None
    kept: list[tuple[Array, Array, Array]] = []
    for t in range(rounds):
        guess = _hint(losses, t, z, last, hint)
        allowed = rule(t, guess, total)
        step = allowed if step is None else smaller(step, allowed)
        x = clip(z - step[:, None] * guess, low, high)
        met = losses.gradient(t, x)
        change = met - (losses.gradient(t - 1, x) if t else met * 0)
        varied = dot(change, change)
        total = total + varied
        regret = regret + losses.value(t, x) - losses.value(t, comparator)
        z, last = clip(z - step[:, None] * met, low, high), x
        kept.append((regret, varied, step))
    columns = [stack(list(column), axis=1) for column in zip(*kept, strict=True)]
    return Played(regret=columns[0], variation=columns[1], steps=columns[2])


def _hint(losses: Losses, t: int, z: Array, last: Array, hint: Hint) -> Array:
    if t == 0 or hint is Hint.NONE:
        return z * 0
    if hint is Hint.INTERMEDIATE:
        return losses.gradient(t - 1, z)
    met = losses.gradient(t - 1, last)
    return -met if hint is Hint.OPPOSITE else met


def local_steps(losses: Catenaries, diameter: Array) -> StepRule:
    """min(D/sqrt(1 + variation so far), 1/(4 L_t)) with the local smoothness L_t = l(2 |M_t|), l as of the losses.

    The curvature that matters in round t is that of the loss before, whose gradient M_t is; in the first that of the
    first loss.
    """
    worst: list[Array] = []

    def rule(t: int, guess: Array, total: Array) -> Array:
        local = losses.smoothness(max(t - 1, 0), 2 * length(guess))
        worst.append(larger(worst[-1], local) if worst else local)
        return smaller(diameter / elementwise(total + 1, "sqrt"), 1 / (4 * worst[-1]))

    return rule


def length(x: Array) -> Array:
    """Euclidean length along the last axis."""
    return elementwise(dot(x, x), "sqrt")
