"""Inequalities about vectors of any length, decided where their vectors lie: on a line, in a plane, in space.

What depends on lengths and inner products of k vectors alone does not change when space is turned, so k dimensions
stand for all. With the inequalities that tell the gradients of a class of functions at two points from all other
pairs of vectors, a theorem on the whole class becomes one on two vectors.
"""

from lemmata import Max, conjecture, dimension, dot, norm, norm2, positive, real, sqrt, vector
from lemmata.claims import Decided

n = dimension("n")
d, g, p, q, u, v, w = vector("d", "g", "p", "q", "u", "v", "w", n)
h, mu, L, eta = positive("h", "mu", "L", "eta")
furthest = "the point of a ball that is furthest from d/h lies on the line through its centre and d/h, where w is a multiple of d"
line = Decided(shapes=({"n": 1},), covers="vectors of any length", given=(furthest,))
plane = Decided(shapes=({"n": 2},), covers="vectors of any length", given=("two vectors span a plane at most",))
space = Decided(
    shapes=({"n": 3},), covers="vectors of any length", given=("three vectors span three dimensions at most",)
)

triangle = conjecture("The triangle inequality", then=norm(u + v) <= norm(u) + norm(v), proof=plane, tight=True)

# Steps of gradient descent from two points: d is their difference, g that of the gradients. For a mu-strongly convex
# f with an L-Lipschitz gradient g lies in the ball whose diameter runs from mu d to L d, and w leads there from its centre
smooth = dot(d, g) >= norm2(g) / L
ball, step = 4 * norm2(w) <= (L - mu) ** 2 * norm2(d), d - h * ((mu + L) / 2 * d + w)
never_apart = conjecture(
    "A step up to 2/L never moves two points apart, f convex and L-smooth",
    given=[smooth, h * L <= 2], then=norm2(d - h * g) <= norm2(d), proof=plane, tight=True,
)  # fmt: skip
contraction = conjecture(
    "Two points draw near by max(|1 - h mu|, |1 - h L|), f mu-strongly convex and L-smooth",
    given=[ball], then=norm2(step) <= Max((1 - h * mu) ** 2, (1 - h * L) ** 2) * norm2(d), proof=line, tight=True,
)  # fmt: skip
book_rate = conjecture(
    "Nesterov's rate of a step up to 2/(mu + L)",
    given=[ball, h * (mu + L) <= 2], then=norm2(step) <= (1 - 2 * h * mu * L / (mu + L)) * norm2(d), proof=plane,
    tight=True,
)  # fmt: skip

# Resolvents and projections: d the difference of two points, p that of their images
firm = conjecture(
    "Twice a firmly non-expansive map less the identity is non-expansive",
    given=[dot(p, d) >= norm2(p)], then=norm2(2 * p - d) <= norm2(d), proof=plane, tight=True,
)  # fmt: skip
projection = conjecture(
    "Projections move no two points apart: p is the difference of the images, which the points are off by u and v",
    given=[dot(u, p) >= 0, dot(v, p) <= 0], then=norm2(p) <= norm2(p + u - v), proof=space, tight=True,
)  # fmt: skip

# Two layers with one input and one output, whatever their width
m = real("m")
r = dot(u, v) - m
balance = conjecture(
    "A step of gradient descent never makes two layers less balanced",
    given=[eta * abs(r) <= sqrt(2)],
    then=abs(norm2(u - eta * r * v) - norm2(v - eta * r * u)) <= abs(norm2(u) - norm2(v)), proof=plane, tight=True,
)  # fmt: skip

extra = conjecture(
    "An extragradient step comes nearer, F monotone and L-Lipschitz: p and q are F here and halfway, v the way to its zero",
    given=[dot(q, v - h * p) >= 0, norm2(q - p) <= L**2 * h**2 * norm2(p), h * L <= 1],
    then=norm2(v - h * q) <= norm2(v), proof=space, tight=True,
)  # fmt: skip

# The heavy ball on one mode of a quadratic, beta its momentum and c its step times the curvature
beta, c = real("beta", low=0, high=1), real("c")
now, before = real("now", "before")
after = (1 + beta - c) * now - beta * before
energy = lambda x, y: (1 + beta) * (x**2 + y**2) - 2 * (1 + beta - c) * x * y  # noqa: E731 - as a user writes
heavy_ball = conjecture(
    "The heavy ball's energy never grows", then=energy(after, now) <= energy(now, before), tight=True
)
