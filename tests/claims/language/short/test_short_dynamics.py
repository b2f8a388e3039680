import numpy as np
import pytest
import sympy as sp

from lemmata import (
    Effort,
    Piecewise,
    Rational,
    conjecture,
    conserved,
    decreases,
    dimension,
    dot,
    entrywise,
    equals,
    exp,
    floor,
    gradient_descent,
    gradient_flow,
    increases,
    integer,
    judge,
    log,
    long_form,
    matrix,
    maximum,
    minimum,
    norm,
    norm2,
    positive,
    real,
    sign,
    singular_values,
    tanh,
    total,
    trace,
    vector,
)
from lemmata.claims import ClaimError, Located
from lemmata.claims.language.short.dynamics import Dynamics
from lemmata.claims.language.short.gradients import gradient

n, m, k = dimension("n", "m", "k", upto=4)
U, V, M = matrix("U", n, k), matrix("V", m, k), matrix("M", n, m)
x, y = vector("x", "y", n)
a, b, c = real("a", "b", "c")
eta = positive("eta")
factors = norm2(U @ V.T - M) / 2


def verdict(claim: object) -> str:
    """The word for what a quick trial ends in."""
    return judge(Located(claim, "a test"), effort=Effort.QUICK, seed=0).verdict  # type: ignore[arg-type]


def test_gradient_of_a_factorization() -> None:
    """The gradient of |U V' - M|^2 / 2 is (U V' - M) V and (U V' - M)' U."""
    found = gradient(factors, (U, V))
    residual = U * V.T - M

    assert (residual * V).doit().expand() == found[U].expand()
    assert (residual.T * U).doit().expand() == found[V].expand()


@pytest.mark.parametrize(
    ("loss", "of"),
    [
        (norm(x - y), (x, y)),
        (norm2(x) ** 2 * dot(x, y), (x, y)),
        (trace(U.T @ U @ V.T @ V), (U, V)),
        (total(entrywise(lambda entry: log(1 + exp(-entry)), M @ V)), (V,)),
        (norm2(entrywise(tanh, U @ V.T) - M), (U, V)),
        (exp(-dot(x, y)) + a**3, (x, a)),
        (dot(x, y) ** 2 * norm2(sp.HadamardProduct(x, y) - y), (x,)),
        ((maximum(dot(x, y), 0) - a) ** 2, (x, y, a)),
        (maximum(norm(x), a * dot(x, y), trace(U.T @ U)) * b, (x, U, a, b)),
        (sp.Piecewise((dot(x, y) * a, dot(x, y) < a), (norm2(x), True)), (x, a)),
        (minimum(total(entrywise(tanh, x)), 0) + norm(x) ** a + log(maximum(b, 0)), (x, a, b)),
    ],
)
def test_gradients_agree_with_dual_numbers(loss: object, of: tuple[object, ...]) -> None:
    """Reverse mode compares itself with dual numbers whenever it is used; here on each kind of operation."""
    assert set(of) == set(gradient(loss, of))


def test_a_wrong_rule_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted error in one rule is contradicted by the dual numbers."""
    from lemmata.claims.language.short import gradients

    monkeypatch.setattr(gradients, "_slopes", lambda part: [(one, one) for one in part.args])

    with pytest.raises(ClaimError, match="dual numbers contradict"):
        gradient(dot(x, y), (x,))


def test_a_wrong_gate_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slope without the gate agrees where all numbers are positive, and is caught elsewhere."""
    from lemmata.claims.language.short import gradients

    monkeypatch.setattr(gradients, "_derivative", lambda *_: sp.Integer(1))

    with pytest.raises(ClaimError, match="dual numbers contradict"):
        gradient(maximum(dot(x, y), 0), (x, y))


def test_a_loss_without_a_rule_is_refused() -> None:
    """What has no gradient here is named, with what has one."""
    with pytest.raises(ClaimError, match=r"no gradient is known of .*SingularValue.*a loss may use"):
        gradient(singular_values(U)[0], (U,))


def test_the_balance_of_a_flow_is_proved_for_every_size() -> None:
    """U'U - V'V is conserved for all sizes; the sum of the two is not."""
    flow = gradient_flow(factors, of=(U, V))
    evidence = judge(
        Located(conjecture("balance", along=flow, then=conserved(U.T @ U - V.T @ V)), "a test"),
        effort=Effort.QUICK,
        seed=0,
    )

    assert evidence.verdict == "proved"
    assert evidence.proof is not None
    assert evidence.proof.covers == "every k, m, n"
    assert evidence.proof.refused
    assert verdict(conjecture("sum", along=flow, then=conserved(U.T @ U + V.T @ V))) == "refuted"


def test_what_decreases_along_a_flow() -> None:
    """A loss falls along its own flow; the norm of a factor may do either."""
    flow = gradient_flow(factors, of=(U, V))

    assert verdict(conjecture("falls", along=flow, then=decreases(factors))) == "holds"
    assert verdict(conjecture("grows", along=flow, then=increases(norm2(U)))) == "refuted"


@pytest.mark.parametrize("count", [1, 3])
def test_a_relation_is_meant_after_each_step(count: int) -> None:
    """A step of size one on (a - b)^2 / 2 reaches b from everywhere, and stays there; at the start nothing is asked."""
    descent = gradient_descent((a - b) ** 2 / 2, of=a, step=1, count=count)

    assert verdict(conjecture("reached", steps=descent, then=equals(a, b))) == "proved"
    assert verdict(conjecture("too far", steps=descent, then=a >= b + 1)) == "refuted"


def test_steps_are_those_of_gradient_descent() -> None:
    """Two steps with momentum are what a loop in NumPy makes of the same numbers."""
    loss, beta = (a * b - c) ** 2 / 2, sp.Rational(1, 4)
    descent = gradient_descent(loss, of=(a, b), step=eta, count=2, momentum=beta)
    claim = conjecture("falls", steps=descent, then=decreases(a**2 + b**2 + c**2))
    values = {"a": 1.5, "b": -0.5, "c": 2.0, "eta": 0.125}
    found = claim.when.run({"spread": 1.0}, {name: np.array([value]) for name, value in values.items()}).cases[0].values
    now = before = np.array([1.5, -0.5])
    expected = [now]
    for _ in range(2):
        residual = now[0] * now[1] - 2.0
        now, before = now - 0.125 * residual * now[::-1] + 0.25 * (now - before), now
        expected.append(now)

    assert np.allclose(np.transpose(expected), [found["a"][0], found["b"][0]], rtol=1e-14)


def test_a_step_multiplies_the_imbalance() -> None:
    """A law of steps of any number, with a factor, is proved modulo a prime."""
    from lemmata.claims import Conserved

    loss, r = (a * b - c) ** 2 / 2, a * b - c
    steps = gradient_descent(loss, of=(a, b), step=eta, count=1)
    law = conjecture("law", steps=steps, then=Conserved(quantity=a**2 - b**2, factor=1 - eta**2 * r**2))

    assert verdict(law) == "proved"


def test_the_number_of_steps_may_be_a_quantity() -> None:
    """A count that is a whole-number quantity is a parameter of the family."""
    T = integer("T", 1, 4)
    claim = conjecture(
        "loss falls",
        given=[eta <= 1],
        steps=gradient_descent(norm2(x - y) / 2, of=x, step=eta, count=T),
        then=decreases(norm2(x - y)),
    )

    assert "T" in claim.given.parameters
    assert verdict(claim) == "holds"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: gradient_flow(U @ V.T, of=U), "the loss U\\*V.T is a matrix"),
        (lambda: gradient_descent(a**2, of=a, step=eta, count=0), "count=0 is no whole number of steps"),
        (
            lambda: gradient_descent(a**2, of=a, step=eta, momentum=b),
            "momentum=b plays no part in one step from rest.*give count=2 or more",
        ),
        (
            lambda: gradient_descent(a**2, of=a, step=eta, momentum=b, count=integer("T", 1, 1)),
            "momentum=b plays no part in one step from rest",
        ),
        (lambda: gradient_descent(a**2, of=eta, step=eta), "eta moves, and would leave its range"),
        (lambda: gradient_flow(a**2, of=(a, b)), "does not depend on b"),
    ],
)
def test_what_is_no_dynamics_is_refused(make: object, sentence: str) -> None:
    """Each mistake has its sentence."""
    with pytest.raises(ClaimError, match=sentence):
        conjecture("a law", along=make(), then=conserved(a))  # type: ignore[operator]


def test_a_flow_is_no_iteration() -> None:
    """A flow given as steps would be judged as one, and the other way round: both are refused."""
    with pytest.raises(ClaimError, match=r"steps= got a gradient flow; give it as along="):
        conjecture("a law", steps=gradient_flow(a**2, of=a), then=decreases(a**2))
    with pytest.raises(ClaimError, match=r"along= got gradient descent; give it as steps="):
        conjecture("a law", along=gradient_descent(a**2, of=a, step=eta), then=decreases(a**2))


@pytest.mark.parametrize("unit", [maximum(real("u"), 0), -minimum(-real("u"), 0)], ids=["maximum", "minimum"])
def test_flows_through_a_rectified_unit(unit: sp.Expr) -> None:
    """A gate has a gradient, so the layers stay balanced along the flow; the sum of squares does not."""
    u, v, m = real("u", "v", "m")
    flow = gradient_flow((unit * v - m) ** 2 / 2, of=(u, v))
    found = [
        judge(conjecture("a law", key=f"t/{key}", along=flow, then=conserved(law)), effort=Effort.QUICK).verdict
        for key, law in (("balance", u**2 - v**2), ("sum", u**2 + v**2))
    ]

    assert ["proved", "refuted"] == found


def test_a_neuron_of_vectors_stays_balanced() -> None:
    """A rectified unit max(<u, x>, 0) v keeps |u|^2 - v^2 along its flow, and not the sum."""
    u, at, v, target = vector("u", n), vector("at", n), real("v"), real("target")
    flow = gradient_flow((maximum(dot(u, at), 0) * v - target) ** 2 / 2, of=(u, v))
    found = [
        verdict(conjecture("a law", along=flow, then=conserved(law))) for law in (norm2(u) - v**2, norm2(u) + v**2)
    ]

    assert ["proved", "refuted"] == found


@pytest.mark.parametrize(
    ("dynamics", "name"),
    [
        (gradient_flow(a**2 / 2, of=a), "gradient flow on a**2/2"),
        (gradient_descent(a**2 / 2, of=a, step=eta), "gradient descent on a**2/2 with step eta, 1 step"),
        (
            gradient_descent(a**2 / 2, of=a, step=eta / 2, momentum=1 - b, count=integer("T", 1, 5)),
            "gradient descent on a**2/2 with step eta/2, momentum 1 - b, T steps",
        ),
    ],
)
def test_dynamics_are_named_with_what_they_depend_on(dynamics: Dynamics, name: str) -> None:
    """Loss, step, momentum and the number of steps stand in the name, and so in every report and the long form."""
    claim = conjecture("a law", then=decreases(a**2), **{"along" if dynamics.is_flow else "steps": dynamics})

    assert name == claim.when.name
    assert name in long_form(claim)


@pytest.mark.parametrize(
    "then", [conserved(sign(a)), conserved(floor(a) + b), increases(Piecewise((b, a < 1), (a, True)))], ids=str
)
def test_what_jumps_is_not_judged_by_its_derivative(then: object) -> None:
    """The sign of a number that crosses zero has the derivative zero and is not conserved along the flow: refused."""
    with pytest.raises(ClaimError, match="may jump as it moves, and its time derivative does not see that"):
        conjecture("It jumps", along=gradient_flow(-a - b, of=(a, b)), then=then)


def test_branches_that_meet_are_judged() -> None:
    """A Huber loss in branches falls along its own flow."""
    huber = Piecewise((-a - Rational(1, 2), a < -1), (a**2 / 2, a < 1), (a - Rational(1, 2), True))

    assert verdict(conjecture("It falls", along=gradient_flow(huber, of=a), then=decreases(huber))) == "proved"


def test_a_flow_is_spoken_of_while_its_hypotheses_hold() -> None:
    """A hypothesis on what moves is said to be meant at every moment; one on what stands still is not."""
    flow = gradient_flow((a - b) ** 2 / 2, of=a)
    while_large, with_small = (
        conjecture("It falls", along=flow, given=[one], then=decreases((a - b) ** 2)) for one in (a >= 2, b <= 1)
    )

    assert while_large.when.name.endswith(", while what is given holds")
    assert "while" not in with_small.when.name


def test_a_flow_may_not_pass_a_pole() -> None:
    """A / |a| is constant on both sides of zero and not along the flow."""
    with pytest.raises(ClaimError, match="which a flow may pass"):
        conjecture("Its direction", along=gradient_flow((a - 1) ** 2, of=a), then=conserved(a / abs(a)))
