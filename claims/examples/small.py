"""Conjectures of many kinds, true and false: what the statement-first form can say."""

from lemmata import (
    Max,
    Rational,
    conjecture,
    conserved,
    constant,
    decreases,
    dimension,
    dot,
    eigenvalues,
    equals,
    exp,
    gaussian,
    gradient_descent,
    gradient_flow,
    integer,
    log,
    matrix,
    nonnegative,
    norm,
    norm2,
    nuclear,
    order,
    orthogonal,
    positive,
    probability,
    real,
    scale,
    sqrt,
    symmetric,
    trace,
    unit,
    vector,
)
from lemmata.claims import Decided

u, v, m = real("u", "v", "m")
eta, d = positive("eta"), integer("d", 1, 4000)
n, k = dimension("n", "k", upto=4)
x, y = vector("x", "y", n)
U, V, M = matrix("U", n, k), matrix("V", n, k), matrix("M", n, n)
S, Q, e = symmetric("S", n), orthogonal("Q", n), unit("e", n)
alpha, g, C = scale("alpha", first=Rational(1, 2)), gaussian("g", n), constant("C")
r, fit = u * v - m, norm2(U @ V.T - M) / 2
u_next, v_next = u - eta * r * v, v - eta * r * u

# Identities
parallelogram = conjecture("Parallelogram law", then=equals(norm2(x + y) + norm2(x - y), 2 * norm2(x) + 2 * norm2(y)))
rotated = conjecture("Rotations keep inner products", then=equals(dot(Q * x, Q * y), dot(x, y)))
cyclic = conjecture("The trace is cyclic", then=equals(trace(U @ V.T @ M), trace(M @ U @ V.T)))

# Inequalities
plane = Decided(shapes=({"n": 2},), covers="vectors of any length", given=("two vectors span a plane at most",))
cauchy = conjecture("Cauchy and Schwarz", then=dot(x, y) ** 2 <= norm2(x) * norm2(y), tight=True, proof=plane)
rayleigh = conjecture("The Rayleigh quotient", then=dot(e, S * e) <= eigenvalues(S)[0])
less_balanced = conjecture(
    "A step of gradient descent never makes two factors less balanced", given=[eta * abs(r) <= sqrt(2)],
    then=abs(u_next**2 - v_next**2) <= abs(u**2 - v**2),
)  # fmt: skip
means = conjecture("Two means", given=[u >= 0, v >= 0], then=sqrt(u * v) <= (u + v) / 2, tight=True)
singular = conjecture("The nuclear norm is the larger one", then=norm(M) <= nuclear(M))

# Flows and steps
balance = conjecture("Flow keeps U'U - V'V", along=gradient_flow(fit, of=(U, V)), then=conserved(U.T @ U - V.T @ V))
loss_falls = conjecture("The loss falls along its flow", along=gradient_flow(fit, of=(U, V)), then=decreases(fit))
small_steps = conjecture(
    "Steps up to 2 do not raise |x - y|", given=[eta <= 2], then=decreases(norm2(x - y)),
    steps=gradient_descent(norm2(x - y) / 2, of=x, step=eta, count=3),
)  # fmt: skip

# Rates, chances, constants
first_order = conjecture("The root to first order", then=order(sqrt(1 + alpha) - 1, alpha) == 1)
longer = conjecture(
    "Gaussian vectors are seldom short", then=probability(norm2(g) >= Rational(1, 10)) >= Rational(7, 10)
)
linear = conjecture("d + log d is linear", then=d + log(1 + d) <= C * d)

# False ones
sum_kept = conjecture(
    "Flow keeps U'U + V'V", status="refuted", along=gradient_flow(fit, of=(U, V)), then=conserved(U.T @ U + V.T @ V)
)
boundary = conjecture(
    "False on the boundary of a disc alone", status="refuted", given=[u**2 + v**2 <= 1],
    then=u**2 + v**2 <= Rational(9999, 10_000),
)  # fmt: skip
a, b, c = real("a", "b", "c", low=0, high=1)
corner = conjecture("False in a corner alone", status="refuted", then=a * b * c <= Rational(9999, 10_000))
second_order = conjecture("The root to second order", status="refuted", then=order(sqrt(1 + alpha) - 1, alpha) == 2)
too_likely = conjecture(
    "Too likely", status="refuted", then=probability(norm2(g) >= Rational(1, 10)) >= Rational(9, 10)
)
no_constant = conjecture("d is of the order of its root", status="refuted", then=d <= C * sqrt(d))
p = nonnegative("p", high=1)
midpoint = conjecture("A bump", status="refuted", then=p * (1 - p) * exp(p) <= Max(p, 1 - p) * Rational(8, 10))
