"""Accelerated methods on smooth convex functions."""

from itertools import pairwise

from lemmata import conjecture, convex, integer, measured, norm2, smooth_convex, sqrt, strongly_convex, vector

n = integer("n", 1, 4)
gap, R2, slope, theta, A = measured("gap", "R2", "slope", "theta", "A", nonnegative=True)

F = smooth_convex()
L, x0 = F.L, vector("x0", F.dimension)


def nesterov(f, x0, n):
    """Nesterov's method with momentum t / (t + 3)."""
    x = y = x0
    for t in range(n):
        x, old = y - f.grad(y) / f.L, x
        y = x + (x - old) * t / (t + 3)
    return {"gap": f(x), "R2": norm2(x0)}


by_three = conjecture(
    "Nesterov's method with t/(t+3)", on=F, runs=nesterov, n=n, then=gap <= 2 * L * R2 / (n**2 + 5 * n + 6), tight=True
)


def optimized(f, x0, n):
    """The optimized method for the gradient, with its factors from the last to the first."""
    factors = [f.L * 0 + 1]
    for t in range(n):
        factors.insert(0, (1 + sqrt(1 + (8 if t == n - 1 else 4) * factors[0] * factors[0])) / 2)
    x = y = x0
    for a, b in pairwise(factors):
        y, old = x - f.grad(x) / f.L, y
        x = y + (a - 1) * (2 * b - 1) / (a * (2 * a - 1)) * (y - old) + (2 * b - 1) / (2 * a - 1) * (y - x)
    return {"slope": norm2(f.grad(x)), "gap": f(x0), "theta": factors[0][:, 0]}


for_gradients = conjecture(
    "The optimized gradient method for the gradient", on=F, runs=optimized, n=n,
    then=slope <= 2 * L * gap / theta**2, tight=True,
)  # fmt: skip

G, H = smooth_convex("g"), convex("h")


def fista(g, h, x0, n):
    """Proximal gradient steps with Nesterov's factors."""
    x, y, factor = x0, x0, g.L * 0 + 1
    for _ in range(n):
        x, old = h.prox(y - g.grad(y) / g.L, 1 / g.L[:, 0]), x
        now, factor = factor, (1 + sqrt(1 + 4 * factor * factor)) / 2
        y = x + (now - 1) / factor * (x - old)
    return {"gap": g(x) + h(x), "R2": norm2(x0), "theta": now[:, 0]}


composite = conjecture("FISTA", on=(G, H), runs=fista, n=n, then=gap <= L * R2 / (2 * theta**2))

S = strongly_convex()


def exact_method(f, z0, n):
    """The information-theoretic exact method."""
    x, z, q, a = z0, z0, f.mu / f.L, f.L * 0
    for _ in range(n):
        b = ((1 + q) * a + 2 * (1 + sqrt((1 + a) * (1 + q * a)))) / ((1 - q) * (1 - q))
        share = a / ((1 - q) * b)
        pull = ((1 - q) * (1 - q) * b - (1 + q) * a) / (2 * (1 + q + q * a))
        y = (1 - share) * z + share * x
        x, z, a = y - f.grad(y) / f.L, (1 - q * pull) * z + q * pull * y - pull / f.L * f.grad(y), b
    return {"gap": norm2(z), "R2": norm2(z0), "A": a[:, 0]}


z0 = vector("z0", S.dimension)
item = conjecture(
    "The exact method for strongly convex functions", on=S, runs=exact_method, n=n, given=[S.mu <= S.L * 9 / 10],
    then=gap <= R2 / (1 + S.mu / S.L * A), tight=True,
)  # fmt: skip
