"""The lift of matrix sensing as a function of dense tensors, differentiated through its loss alone: what closed forms are held to.

h is a polynomial of degree four along every line, so five values give its first and second derivative exactly.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    choice,
    integers,
    quantity,
)
from lemmata.claims.papers.ma2023._points import point_of
from lemmata.solvers import dot, frobenius_square, full, matvec, transpose
from lemmata.solvers.sensing import (
    factor_curvature,
    lifted_gradient,
    lifted_loss,
    lifted_measurements,
    normal,
    operators_of,
    repeated,
    symmetric,
    tensor_power,
    with_identity,
)

slope = quantity(r"D h[\Delta]", "derivative of the lift at vec(X)^(x)l in the direction Delta", real=True)
bend = quantity(
    r"D^2 h[\Delta, \Delta]", "second derivative of the lift at vec(X)^(x)l in the direction Delta", real=True
)
P_first = quantity(r"\langle (P x)^{\otimes l}, \Delta \rangle", "P = I (x) K(X X'), x = vec(X)", real=True)
U_first = quantity(r"\langle (U x)^{\otimes l}, \Delta \rangle", "U = I (x) K(M*), x = vec(X)", real=True)
P_form = quantity(r"\langle \Delta, P^{\otimes l} \Delta \rangle", "P = I (x) K(X X')", real=True)
U_form = quantity(r"\langle \Delta, U^{\otimes l} \Delta \rangle", "U = I (x) K(M*)", real=True)
C_form = quantity(r"\langle \Delta, C^{\otimes l} \Delta \rangle", "C = B'B, B V = A(X V')", real=True)
l = quantity("l", "order of the lift", positive=True)  # noqa: E741 - the paper's letter
steepness = quantity(r"|\nabla h|^2", "squared gradient of the lift at vec(X)^(x)l", nonnegative=True)
flat = quantity(r"|\nabla f|^2", "squared gradient of f at X", nonnegative=True)
truth_pull = quantity(r"|U x|^2", "squared size of K(M*) x", nonnegative=True)
skew = quantity(
    r"\sum_\pi |w_1 - \pi w_1|^2",
    "squared change of the next iterate w_1 when two neighbouring modes are exchanged",
    nonnegative=True,
)

_SETTINGS = {
    "2, 1, 1": (2, 1, 1),
    "2, 1, 2": (2, 1, 2),
    "2, 1, 3": (2, 1, 3),
    "3, 1, 2": (3, 1, 2),
    "2, 2, 2": (2, 2, 2),
    "2, 1, 4": (2, 1, 4),
    "3, 1, 1": (3, 1, 1),
}


def setting(parameters: Parameters) -> tuple[int, int, int]:
    """The numbers n, r and l."""
    return _SETTINGS[str(parameters["n, r, l"])]


class Part(enum.Enum):
    """What of a lifted problem is drawn another way."""

    NONE = "nothing"
    MODES = "another operator on the last mode"
    TARGET = "a target that is no tensor power"
    TENSOR = "a tensor that is not symmetric"
    SKEW = "sensing matrices that are not symmetric"


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    n, r, order = setting(parameters)
    count = int(parameters["m"])
    return {
        "A": rng.normal(size=(size, count, n, n)),
        "A_l": rng.normal(size=(size, count, n, n)),
        "X": rng.normal(size=(size, n, r)),
        "Z": rng.normal(size=(size, n, r)),
        "x": rng.normal(size=(size, 3, n * r)),
        "Delta": rng.normal(size=(size, (n * r) ** order)),
        "b": rng.normal(size=(size, count**order)),
    }


def lifted_problems(*orders: str) -> Family:
    """Lifted problems of few entries at any point and with any direction Delta."""
    return Family(
        name="lifted matrix sensing, any factor X and any tensor Delta",
        parameters={"n, r, l": choice(*(orders or _SETTINGS)), "m": integers(1, 3)},
        draw=_draw,
        searchable=("A", "A_l", "X", "Z", "x", "Delta", "b"),
        edges=tuple(
            Edge(name=f"n, r, l = {name}", parameters={"n, r, l": name, "m": 2}) for name in (orders or _SETTINGS)
        ),
    )


def _vector(factor: Any) -> Any:
    return factor.reshape(factor.shape[0], -1)


def _derivatives(loss: Callable[[int], Any]) -> tuple[Any, Any]:
    """First and second derivative at zero of a polynomial of degree four, from its values at -2, ..., 2."""
    low, left, here, right, high = (loss(t) for t in range(-2, 3))
    return (low - 8 * left + 8 * right - high) / 12, (-low + 16 * left - 30 * here + 16 * right - high) / 12


def _along(parameters: Parameters, instances: Instances, *, part: Part, scale: int) -> Measurement:
    _, r, order = setting(parameters)
    operator = instances["A"] if part is Part.SKEW else symmetric(instances["A"])
    operators = operators_of(operator, r, order)
    factor, truth, step = instances["X"], _vector(instances["Z"]), instances["Delta"]
    here, target = tensor_power(_vector(factor), order), tensor_power(truth, order)
    wanted = lifted_measurements(operators, target, target)
    first, second = _derivatives(lambda t: lifted_loss(operators, here + t * step, wanted) * scale)
    P, U = (with_identity(normal(operator, one @ transpose(one)), r) for one in (factor, instances["Z"]))
    C = factor_curvature(operator, factor)
    x = _vector(factor)
    values = {
        slope: first,
        bend: second,
        P_first: dot(tensor_power(matvec(P, x), order), step),
        U_first: dot(tensor_power(matvec(U, x), order), step),
        **{name: dot(repeated(M, step, order), step) for name, M in ((P_form, P), (U_form, U), (C_form, C))},
        l: full(first, order),
    }
    return Measurement.of(values, case="at vec(X)^(x)l")


def along_a_line(part: Part = Part.NONE, *, scale: int = 1) -> Procedure:
    """The derivatives of ``scale`` times h through five values of it, beside their closed forms."""
    return Procedure(
        name="the lift along a line through vec(X)^(x)l"
        + ("" if part is Part.NONE else f", {part.value}")
        + ("" if scale == 1 else f", h times {scale}"),
        measures=(slope, bend, P_first, U_first, P_form, U_form, C_form, l),
        run=partial(_along, part=part, scale=scale),
        cost=8,
    )


def _swapped(tensor: Any, size: int, order: int, place: int) -> Any:
    whole = tensor.reshape(tensor.shape[0], *(size,) * order)
    return np.swapaxes(whole, place + 1, place + 2).reshape(tensor.shape[0], -1)


def _next(parameters: Parameters, instances: Instances, *, part: Part) -> Measurement:
    n, r, order = setting(parameters)
    operators = operators_of(symmetric(instances["A"]), r, order)
    if part is Part.MODES:
        operators = (*operators[:-1], with_identity(symmetric(instances["A_l"]), r))
    truth = tensor_power(_vector(instances["Z"]), order)
    wanted = instances["b"] if part is Part.TARGET else lifted_measurements(operators, truth, truth)
    first = sum(tensor_power(instances["x"][:, i], order) for i in range(3))
    if part is Part.TENSOR:
        first = instances["Delta"]
    after = first - lifted_gradient(operators, first, wanted) / 8
    changes = [after - _swapped(after, n * r, order, place) for place, _ in pairwise(range(order))]
    return Measurement.of({skew: sum(dot(one, one) for one in changes)}, case="the next iterate")


def descent_step(part: Part = Part.NONE) -> Procedure:
    """One step of gradient descent on the lift from a sum of three rank-one tensors."""
    return Procedure(
        name="one gradient step on the lift from a sum of three symmetric rank-one tensors"
        + ("" if part is Part.NONE else f", {part.value}"),
        measures=(skew,),
        run=partial(_next, part=part),
        cost=8,
    )


def _at_truth(parameters: Parameters, instances: Instances, *, numerator: int) -> Measurement:
    """The second derivative at (numerator/2) vec(Z)^(x)l."""
    _, r, order = setting(parameters)
    operators = operators_of(symmetric(instances["A"]), r, order)
    truth, step = tensor_power(_vector(instances["Z"]), order), instances["Delta"]
    wanted = lifted_measurements(operators, truth, truth)
    here = truth * numerator / 2
    first, second = _derivatives(lambda t: lifted_loss(operators, here + t * step, wanted))
    return Measurement.of({slope: first, bend: second}, case="at the truth")


def at_truth(numerator: int = 2) -> Procedure:
    """The derivatives of the lift at the truth, or at a multiple ``numerator``/2 of it."""
    return Procedure(
        name="the lift along a line through vec(Z)^(x)l" + ("" if numerator == 2 else f" times {numerator}/2"),  # noqa: PLR2004
        measures=(slope, bend),
        run=partial(_at_truth, numerator=numerator),
        cost=8,
    )


class Sign(enum.Enum):
    """Which equation a critical point of the lift solves."""

    PLUS = "K(X X') X = K(M*) X"
    MINUS = "K(X X') X = -K(M*) X"


def _sign(parameters: Parameters) -> int:
    return 1 if Sign(parameters["equation"]) is Sign.PLUS else -1


def _critical(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    n = int(parameters["n"])
    return {
        "X": rng.normal(size=(size, n, 1)),
        "Z": rng.normal(size=(size, n, 1)),
        "y": rng.normal(size=(size, n)),
        "w": rng.normal(size=(size, n)),
        "kappa": rng.uniform(-1, 1, size=size),
        "R": rng.normal(size=(size, 3, n, n)),
    }


def _of_the_lift(parameters: Parameters, instances: Instances) -> Any:
    """An even power forgets the sign, an odd one does not."""
    count = instances["X"].shape[0]
    return np.full(count, _sign(parameters) == 1 or int(parameters["l"]) % 2 == 0)


def _regular(parameters: Parameters, instances: Instances) -> Any:
    point = point_of(instances, _sign(parameters))
    length = dot(point.factor[:, :, 0], point.factor[:, :, 0])
    return (length * _LARGE >= 1) & (frobenius_square(point.difference) * _LARGE >= 1)


_LARGE = 10**4


def critical_points(*, both: bool = True, least: int = 1, most: int = 3, odd_too: bool = False) -> Family:
    """First-order points vec(X)^(x)l of the lift of order l, made from their certificate, r = 1.

    Args:
        both: also those with K(X X') X = -K(M*) X, at even orders.
        least: the lowest order of the lift.
        most: the highest.
        odd_too: these at odd orders as well, where they are no first-order points of the lift.
    """
    power = Hypothesis(name="(K(X X') X)^(x)l = (K(M*) X)^(x)l: l is even or the sign is plus", holds=_of_the_lift)
    regular = Hypothesis(name="|X| and |X X' -+ M*| are at least 1/100", holds=_regular)
    signs = tuple(Sign) if both else (Sign.PLUS,)
    return Family(
        name="first-order points vec(X)^(x)l of the lift" if both else "first-order points X of f",
        parameters={
            "n": integers(2, 3),
            "l": integers(least, most),
            "equation": choice(*(sign.value for sign in signs)),
        },
        draw=_critical,
        hypotheses=(regular,) if odd_too else (power, regular),
        searchable=("X", "Z", "y", "w", "kappa", "R"),
        edges=(
            Edge(name="the lowest order"),
            *((Edge(name="the highest order", parameters={"l": most}),) if most > least else ()),
            *(
                (Edge(name="the other sign", parameters={"l": max(2, least), "equation": Sign.MINUS.value}),)
                if both
                else ()
            ),
        ),
    )


def _both_gradients(operator: Any, x: Any, z: Any, order: int, *, scaled: int = 1) -> Measurement:
    operators = (operator,) * order
    own, truth = tensor_power(x, order) * scaled, tensor_power(z, order)
    raised = lifted_gradient(operators, own, lifted_measurements(operators, truth, truth))
    pull = normal(operator, x[:, :, None] * x[:, None, :] - z[:, :, None] * z[:, None, :])
    plain = matvec(pull, x)
    pulled = matvec(normal(operator, z[:, :, None] * z[:, None, :]), x)
    values = {
        steepness: dot(raised, raised),
        flat: dot(plain, plain),
        truth_pull: dot(pulled, pulled),
        l: full(x[:, 0], order),
    }
    return Measurement.of(values, case="both gradients")


def _at_critical(parameters: Parameters, instances: Instances, *, scaled: int) -> Measurement:
    point = point_of(instances, _sign(parameters))
    return _both_gradients(
        point.operator, point.factor[:, :, 0], point.truth[:, :, 0], int(parameters["l"]), scaled=scaled
    )


def _at_any(parameters: Parameters, instances: Instances) -> Measurement:
    x, z = (instances[name][:, :, 0] for name in ("X", "Z"))
    return _both_gradients(symmetric(instances["A"]), x, z, setting(parameters)[2])


def at_critical_points(scaled: int = 1) -> Procedure:
    """The gradients of f at X and of the lift at ``scaled`` times vec(X)^(x)l, the latter through every measurement."""
    return Procedure(
        name="the gradients of f and of its lift" + ("" if scaled == 1 else f" at {scaled} vec(X)^(x)l"),
        measures=(steepness, flat, truth_pull, l),
        run=partial(_at_critical, scaled=scaled),
        cost=32,
    )


at_any_point = Procedure(
    name="the gradients of f and of its lift", measures=(steepness, flat, truth_pull, l), run=_at_any, cost=8
)
