"""Fixed points, proximal points, splitting, stochastic and subgradient steps."""

from lemmata import (
    And,
    Max,
    Piecewise,
    Rational,
    cocoercive,
    conjecture,
    convex,
    gaussian,
    integer,
    lipschitz_convex,
    lipschitz_losses,
    maximum,
    measured,
    minimum,
    monotone,
    nonexpansive,
    norm,
    norm2,
    positive,
    real,
    sqrt,
    strongly_convex,
    strongly_monotone,
    vector,
)

n = integer("n", 1, 4)
gap, R2, V2 = measured("gap", "R2", "V2", nonnegative=True)

T = nonexpansive()
x0, g = vector("x0", T.dimension), real("g", low=Rational(1, 2), high=1)


def averaged(T, x0, g, n):
    """Krasnoselskii and Mann with the constant g."""
    x = x0
    for _ in range(n):
        x = x + g[:, None] * (T(x) - x)
    return {"gap": norm2(x - T(x)) / 4, "R2": norm2(x0)}


turned = (n / (n + 1)) ** n / ((n + 1) * 4 * g * (1 - g))
krasnoselskii = conjecture(
    "The averaged iteration of a non-expansive map", on=T, runs=averaged, n=n, given=[g < 1],
    then=gap <= Piecewise((turned, 2 * g - 1 <= sqrt(n / (n + 1))), ((2 * g - 1) ** (2 * n), True)) * R2, tight=True,
)  # fmt: skip

A = monotone()


def proximal_points(A, x0, n):
    """The proximal point algorithm: its last move."""
    x = x0
    for _ in range(n):
        x, old = A.resolvent(x), x
    return {"gap": norm2(x - old), "R2": norm2(x0)}


proximal_point = conjecture(
    "The last move of the proximal point algorithm", on=A, runs=proximal_points, n=n,
    then=gap <= (1 - 1 / n) ** (n - 1) / n * R2, tight=True,
)  # fmt: skip


def accelerated_points(A, x0, n):
    """The accelerated proximal point method."""
    x = y = before = x0
    for i in range(n):
        x, old = A.resolvent(y), x
        y, before = x + (x - old) * i / (i + 2) - (old - before) * i / (i + 2), y
    return {"gap": norm2(x - before), "R2": norm2(x0)}


accelerated_point = conjecture(
    "The accelerated proximal point method", on=A, runs=accelerated_points, n=n, then=gap <= R2 / n**2, tight=True
)

F, H = strongly_convex("f", frames=1), convex("h")
y0, a = vector("y0", F.dimension), positive("a")


def splitting(f, h, x0, y0, a, n):
    """Douglas and Rachford's splitting from two points."""
    x, y = x0, y0
    for _ in range(n):
        p, q = h.prox(x, a), h.prox(y, a)
        x, y = x + f.prox(2 * p - x, a) - p, y + f.prox(2 * q - y, a) - q
    return {"gap": norm2(x - y), "R2": norm2(x0 - y0)}


douglas_rachford = conjecture(
    "Douglas and Rachford's splitting contracts", on=(F, H), runs=splitting, n=n,
    then=gap <= Max(1 / (1 + F.mu * a), a * F.L / (1 + a * F.L)) ** (2 * n) * R2, tight=True,
)  # fmt: skip

G = strongly_convex("g")
v, step = gaussian("v", F.dimension), positive("step")


def one_stochastic_step(f, g, x0, v, step):
    """The mean square of two equally likely steps, whose gradients at the minimum are v and -v."""
    steps = [x0 - step[:, None] * (f.grad(x0) + v), x0 - step[:, None] * (g.grad(x0) - v)]
    return {"gap": (norm2(steps[0]) + norm2(steps[1])) / 2, "R2": norm2(x0), "V2": norm2(v)}


away, kept = step * sqrt(R2) * (F.L - F.mu) / 2, (1 - step * (F.L + F.mu) / 2) ** 2 * R2
stochastic_step = conjecture(
    "One step of stochastic gradient descent", on=(F, G), runs=one_stochastic_step,
    then=gap <= (away + sqrt(kept + step**2 * V2)) ** 2, tight=True,
)  # fmt: skip

P = lipschitz_convex(upto=5)
x0 = vector("x0", P.dimension)


def subgradients(f, x0, M, n):
    """Subgradient steps of the one size R / (M sqrt(n + 1)); the best value met."""
    x, best, size = x0, f(x0), sqrt(norm2(x0) / (n + 1)) / M
    for _ in range(n):
        x = x - size[:, None] * f.grad(x)
        best = minimum(best, f(x))
    return {"gap": best, "R2": norm2(x0)}


subgradient = conjecture(
    "Subgradient steps", on=P, runs=subgradients, n=n, then=gap <= P.M * sqrt(R2 / (n + 1)), tight=True
)

U = lipschitz_losses()
(x0, u), D = vector("x0", "u", U.dimension), positive("D")
regret = measured("regret")


def online_descent(f, x0, u, D, M, n):
    """Projected gradient steps on one loss after the other in the ball of diameter D; the regret against u."""
    x, regret = x0, 0
    for t in range(n):
        regret = regret + f[t](x) - f[t](u)
        x = x - (sqrt(D * D / n) / M)[:, None] * f[t].grad(x)
        x = x / maximum(1, 2 * norm(x) / D)[:, None]
    return {"regret": regret}


online = conjecture(
    "The regret of online gradient descent", on=U, runs=online_descent, given=[norm(x0) <= D / 2, norm(u) <= D / 2],
    then=regret <= U.M * D * sqrt(U.rounds), tight=True,
)  # fmt: skip

B, C = strongly_monotone("B"), cocoercive("C")
theta = positive("theta", high=2)
x0, y0 = vector("x0", "y0", B.dimension)


def splitting_once(B, C, x0, y0, a, theta):
    """One step of Douglas and Rachford's splitting of two operators, from two points."""
    p, q, t = B.resolvent(x0, a), B.resolvent(y0, a), theta[:, None]
    moved = x0 - y0 - t * (p - q - C.resolvent(2 * p - x0, a) + C.resolvent(2 * q - y0, a))
    return {"gap": norm2(moved), "R2": norm2(x0 - y0)}


# fmt: off
def factor(m, b, t, extra=1):
    """The square of the factor at step size one: m strongly monotone, b cocoercive, relaxed by t."""
    p, s = m * b, m + b
    last = (2 - t) * ((2 - t) * m * (b + 1) + t * b * (1 - m)) * ((2 - t) * b * (m + 1) + t * m * (1 - b)) / (4 * p * (2 * p * (1 - t) + (2 - t) * (s + 1)))
    return Piecewise(((1 - t * b / (b + 1)) ** 2, And(p - m + b < 0, t * (m + p - b - b**2 - 2 * p * b) <= 2 * (b + 1) * (m - b - p))),
        ((1 - t * (1 + p) / (m + 1) / (b + 1)) ** 2, And(p > s, t <= 2 * (s**2 - p + s - p**2) / (s**2 - 2 * p + p * s + s - 2 * p**2))), ((1 - t) ** 2, t >= 2 * (p + s) / (2 * p + s)),
        ((1 - t * m / (m + 1)) ** 2, And(p + m - b < 0, t * (b + p - m - m**2 - 2 * m * p) <= 2 * (m + 1) * (b - m - p))), (last * extra, True))


cocoercive_splitting = conjecture(
    "Splitting with a cocoercive operator contracts", on=(B, C), runs=splitting_once, given=B.mu > 0, then=gap <= factor(B.mu * a, C.beta / a, theta) * R2, tight=True
)
as_found = conjecture(
    "The same with the cocoercivity scaled by the step", on=(B, C), runs=splitting_once, then=gap <= factor(B.mu * a, C.beta * a, theta, 1 / (B.mu * a)) * R2, status="refuted"
)
# fmt: on
