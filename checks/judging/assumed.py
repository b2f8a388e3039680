"""What the hypotheses of a claim amount to at one instance: both sides of each relation, exactly where possible."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np

from lemmata.checks.counterexample import Assumed
from lemmata.checks.judging.membership import is_large
from lemmata.checks.judging.precision import BALL_BITS, ball_precision
from lemmata.checks.judging.settle import frozen
from lemmata.claims import Claim, Compared, Hypothesis, Instances, Parameters
from lemmata.solvers import to_balls, to_rationals
from lemmata.solvers.numbers.square_roots import exact_square_roots

_SHORT, _SHOWN = 17, 17


def assumed(claim: Claim, parameters: Parameters, instance: Instances) -> list[Assumed]:
    """The hypotheses of a claim at an instance that meets them.

    Args:
        claim: whose hypotheses.
        parameters: of the batch.
        instance: a batch of one, float64 or exact numbers.
    """
    return [_at(one, parameters, instance) for one in claim.given.hypotheses]


def _at(hypothesis: Hypothesis, parameters: Parameters, instance: Instances) -> Assumed:
    compared = _compared(hypothesis, parameters, instance)
    if compared is None or not np.size(np.asarray(compared.left, dtype=object)):  # entries of a matrix without columns
        return Assumed(name=hypothesis.name)
    left, right = _narrowest(compared)
    return Assumed(name=hypothesis.name, left=_digits(left), sign=compared.sign, right=_digits(right))


def _compared(hypothesis: Hypothesis, parameters: Parameters, instance: Instances) -> Compared | None:
    """The sides in rationals, else in balls, else in float64, as for a large instance; None where there are none."""
    if hypothesis.sides is None:
        return None
    is_computed = any(np.asarray(value).dtype == object for value in instance.values())
    for convert in () if is_large(instance) else (to_rationals, to_balls):
        with ball_precision(BALL_BITS), exact_square_roots() if is_computed else nullcontext():
            try:
                numbers = {name: frozen(convert(value)) for name, value in instance.items()}
                return hypothesis.sides(parameters, numbers)
            except Exception:  # noqa: BLE001, S112 - what rounds may fail on exact numbers in any way
                continue
    return hypothesis.sides(parameters, instance)


def _narrowest(compared: Compared) -> tuple[Any, Any]:
    """Both sides at the entry where they are least apart."""
    left, right = np.broadcast_arrays(*(np.asarray(side, dtype=object) for side in (compared.left, compared.right)))
    gaps = to_balls(left.ravel()) - to_balls(right.ravel())
    place = int(np.argmin([abs(float(gap.mid())) for gap in gaps]))
    return left.ravel()[place], right.ravel()[place]


def _digits(number: Any) -> str:
    """The number itself while it is short enough to compare at a glance, or is a float; else its digits."""
    if hasattr(number, "rad") and number.is_exact():
        number = number.fmpq()
    text = "" if hasattr(number, "rad") else number.words() if hasattr(number, "words") else str(number)
    if 0 < len(text) <= _SHORT:
        return text
    near = float(_ball(number).mid())
    is_float = text and np.isfinite(near) and to_rationals(np.asarray([near]))[0] == number
    return repr(near) if is_float else str(_ball(number).str(_SHOWN, radius=False))


def _ball(number: Any) -> Any:
    return to_balls(np.asarray([number], dtype=object))[0]
