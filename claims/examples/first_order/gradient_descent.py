"""Gradient descent on convex, strongly convex and nonconvex smooth functions, and claims on it that are false."""

from lemmata import (
    Max,
    Rational,
    conjecture,
    integer,
    measured,
    minimum,
    nonconvex_smooth,
    norm2,
    positive,
    power,
    quadratic_growth,
    quadratics,
    smooth_convex,
    sqrt,
    strongly_convex,
    vector,
)

n, g, h = integer("n", 1, 4), positive("g"), positive("h", high=2)
after, before, gap, R2, drop = measured("after", "before", "gap", "R2", "drop", nonnegative=True)

F = strongly_convex()
x0, y0 = vector("x0", "y0", F.dimension)


def two_descents(f, x0, y0, g, n):
    """Gradient descent from two points."""
    x, y = x0, y0
    for _ in range(n):
        x, y = x - g[:, None] * f.grad(x), y - g[:, None] * f.grad(y)
    return {"after": norm2(x - y), "before": norm2(x0 - y0)}


contraction = conjecture(
    "Gradient descent contracts by the larger of |1 - Lg| and |1 - mu g| a step", on=F, runs=two_descents, given=[g * F.L <= 2],
    then=after <= Max((1 - F.L * g) ** 2, (1 - F.mu * g) ** 2) ** n * before, tight=True,
)  # fmt: skip


def line_search(f, x0, n):
    """Gradient descent with the best step; of a quadratic without linear term the Hessian times d is grad(d)."""
    x = x0
    for _ in range(n):
        d = f.grad(x)
        x = x - (norm2(d) / (d * f.grad(d)).sum(axis=-1))[:, None] * d
    return {"after": f(x), "before": f(x0)}


Q, once = quadratics(), integer("n", 1, 1)  # a second step may begin at the minimum, where no step is best
exact_steps = conjecture(
    "Exact line search on quadratics", on=Q, runs=line_search, given=[Q.mu >= Q.L / 10, norm2(x0) > 0], n=once,
    then=after <= ((Q.L - Q.mu) / (Q.L + Q.mu)) ** (2 * once) * before, tight=True,
)  # fmt: skip


def descent(f, x0, n, h):
    """Gradient descent with the step h / L."""
    x = x0
    for _ in range(n):
        x = x - h[:, None] / f.L * f.grad(x)
    return {"gap": f(x), "R2": norm2(x0)}


S = smooth_convex()
short_steps = conjecture(
    "Gradient descent with steps up to 1/L", on=S, runs=descent, n=n, given=[h <= 1],
    then=gap <= S.L * R2 / (4 * n * h + 2), tight=True,
)  # fmt: skip
all_steps = conjecture(
    "The bound of short steps holds for all steps up to 2/L", on=S, runs=descent, n=n,
    then=gap <= S.L * R2 / (4 * n * h + 2), status="refuted",
)  # fmt: skip


G = quadratic_growth()
with_growth = conjecture(
    "Subgradient steps of a size below 1/L under upper quadratic growth", on=G, runs=descent, n=n, given=[h < 1],
    then=gap <= G.L * R2 * Max(1 / (2 * n * h + 1), h) / 2, tight=True,
)  # fmt: skip


def silver(f, x0, k):
    """Gradient descent with 2^k - 1 silver steps."""
    x = x0
    for i in range(1, 2**k):
        doublings = (i & -i).bit_length() - 1
        x = x - (1 + power(1 + sqrt(f.L * 0 + 2), doublings - 1)) / f.L * f.grad(x)
    return {"gap": f(x), "R2": norm2(x0)}


k = integer("k", 1, 3)
silver_steps = conjecture(
    "Silver steps", on=S, runs=silver, k=k, then=gap <= S.L * R2 / (1 + sqrt(4 * (1 + sqrt(2)) ** (2 * k) - 3))
)

N = nonconvex_smooth()


def gradients(f, x0, n, h):
    """The least squared gradient on the way, and the decrease; the step is h / L."""
    x, least = x0, norm2(f.grad(x0))
    for _ in range(n):
        x = x - h[:, None] / f.L * f.grad(x)
        least = minimum(least, norm2(f.grad(x)))
    return {"after": least, "drop": f(x0) - f(x)}


stationary = conjecture(
    "The least gradient of nonconvex descent", on=N, runs=gradients, n=n, given=[h <= 1],
    then=after <= 4 * N.L * drop / (n * h * (4 - h)), tight=True,
)  # fmt: skip
as_found = conjecture(
    "The same, as if every step were 1/L", on=N, runs=gradients, n=n, given=[h <= 1],
    then=after <= Rational(4, 3) * N.L * drop / n, status="refuted",
)  # fmt: skip
