"""Gradient descent: contraction, the optimized gradient's value, and a bound used outside of its steps."""

from lemmata import (
    Max,
    Rational,
    conjecture,
    integer,
    measured,
    norm2,
    positive,
    smooth_convex,
    strongly_convex,
    vector,
)

F = strongly_convex()
L, mu, n = F.L, F.mu, integer("n", 1, 4)
x0, y0 = vector("x0", "y0", F.dimension)
g = positive("g")
after, before = measured("after", "before", nonnegative=True)


def two_descents(f, x0, y0, g, n):
    x, y = x0, y0
    for _ in range(n):
        x, y = x - g[:, None] * f.grad(x), y - g[:, None] * f.grad(y)
    return {"after": norm2(x - y), "before": norm2(x0 - y0)}


contraction = conjecture(
    "Gradient descent contracts by the larger of 1 - Lg and 1 - mu g", on=F, runs=two_descents, given=[g * L <= 2],
    then=after <= Max((1 - L * g) ** 2, (1 - mu * g) ** 2) ** n * before, tight=True,
)  # fmt: skip

S = smooth_convex()
gap, R2 = measured("gap", "R2", nonnegative=True)


def descent(f, x0, n, h):
    x = x0
    for _ in range(n):
        x = x - h[:, None] / f.L * f.grad(x)
    return {"gap": f(x), "R2": norm2(x0)}


h = positive("h", high=2)
too_long = conjecture(
    "The bound of short steps holds for all steps up to 2/L", on=S, runs=descent, n=n, then=gap <= S.L * R2 / (4 * n * h + 2),
    status="refuted",
)  # fmt: skip
short = conjecture(
    "Gradient descent with steps up to 1/L", on=S, runs=descent, n=n, given=[h <= 1],
    then=gap <= S.L * R2 / (4 * n * h + 2), tight=True, mutants=(),
)  # fmt: skip
