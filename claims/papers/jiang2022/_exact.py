"""Facts about |F G' - X|_F^2 / 2 that hold exactly or to every order: symmetry, curvature, noise."""

from __future__ import annotations

import enum
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    integers,
    quantity,
)
from lemmata.claims.papers.jiang2022 import s_1
from lemmata.solvers import (
    eigenvalues_symmetric,
    rectangular_diagonal,
    reflection,
    singular_values,
    stack,
    transpose,
    zeros,
)
from lemmata.solvers.engine import Engine, iterate
from lemmata.solvers.factorization import factor_hessian, factorization

_rows, _columns = sp.symbols("m k", integer=True, positive=True)
run_turned = sp.MatrixSymbol(r"F_t(U F_0 R, V G_0 R, U X V^\top)", _rows, _columns)
turned_run = sp.MatrixSymbol(r"U F_t(F_0, G_0, X) R", _rows, _columns)
curvature = quantity(r"\lambda_{\max}(\nabla^2 f(F, G))", "largest eigenvalue of the Hessian", nonnegative=True)
size_f = quantity(r"\|F\|", "operator norm of F", nonnegative=True)
size_g = quantity(r"\|G\|", "operator norm of G", nonnegative=True)
off = quantity(r"\|P - M\|", "operator norm", nonnegative=True)
err = quantity(r"\|P - X_r\|", "operator norm", nonnegative=True)
noise = quantity(r"\|X - M\|", "operator norm of the noise E", nonnegative=True)


class Variant(enum.Enum):
    """What of the problem is turned, for runs that should commute with it or not."""

    ALL = "all of it"
    NOT_X = "X turned on one side"
    NOT_G = "G not turned"
    NOT_COLUMNS = "columns doubled, not turned"


_FRAME = ("U", "V", "R")
_SINGULAR = 1e-3


def _shapes(p: Parameters) -> tuple[int, int, int]:
    return int(p["rows"]), int(p["columns"]), int(p["width"])


def _draw_turned(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
    m, n, k = _shapes(p)
    return {
        "F": rng.normal(size=(size, m, k)),
        "G": rng.normal(size=(size, n, k)),
        "X": rng.normal(size=(size, m, n)),
        "eta": rng.integers(1, 17, size=size) / 64,
        **{
            name: rng.integers(1, 5, size=(size, side)).astype(float)
            for name, side in zip(_FRAME, (m, n, k), strict=True)
        },
    }


def turned_problems() -> Family:
    """Factors, targets and reflections of rows, columns and hidden units."""
    return Family(
        name="factors and targets, and the same in other orthogonal bases",
        parameters={
            "rows": integers(1, 3),
            "columns": integers(1, 3),
            "width": integers(1, 3),
            "steps": integers(1, 4),
        },
        draw=_draw_turned,
        searchable=("F", "G", "X"),
        edges=(
            Edge(name="numbers"),
            Edge(name="three by three", parameters={"rows": 3, "columns": 3, "width": 3, "steps": 4}),
            Edge(name="no target", adjust=lambda _, drawn: {**drawn, "X": np.zeros_like(drawn["X"])}),
        ),
    )


def _run_turned(parameters: Parameters, instances: Instances, *, variant: Variant) -> Measurement:
    u, v, r = (reflection(instances[name]) for name in _FRAME)
    if variant is Variant.NOT_COLUMNS:
        r = zeros(r, r.shape) + np.eye(r.shape[1], dtype=int) * 2
    kept = zeros(v, v.shape) + np.eye(v.shape[1], dtype=int) if variant is Variant.NOT_G else v
    step, steps = instances["eta"][:, None, None], list(range(int(parameters["steps"]) + 1))
    x = instances["X"]
    plain = iterate(
        factorization,
        (instances["F"], instances["G"]),
        (x, step),
        checkpoints=steps,
        record=lambda state: {"F": state[0], "G": state[1]},
        engine=Engine.REFERENCE,
    ).records
    turned = iterate(
        factorization,
        (u @ instances["F"] @ r, kept @ instances["G"] @ r),
        (x @ v if variant is Variant.NOT_X else u @ x @ v, step),
        checkpoints=steps,
        record=lambda state: {"F": state[0], "G": state[1]},
        engine=Engine.REFERENCE,
    ).records
    cases = [
        Case(name=name, values={run_turned: turned[name], turned_run: frame[:, None] @ plain[name] @ r[:, None]})
        for name, frame in (("F", u), ("G", kept))
    ]
    return Measurement(cases=tuple(cases))


def turned(*, variant: Variant = Variant.ALL) -> Procedure:
    """The run in turned bases, and the turned run."""
    name = "gradient descent in turned bases"
    return Procedure(
        name=name if variant is Variant.ALL else f"{name}, {variant.value}",
        measures={
            run_turned: "factor after t steps from turned data (and likewise G, with F and G exchanged)",
            turned_run: "turned factor after t steps",
        },
        run=partial(_run_turned, variant=variant),
        time=Time.STEPS,
    )


def _draw_minima(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Balanced roots q of the strengths, an invertible change of columns between F and G, and reflections."""
    k = int(p["width"])
    m, n = k + int(p["taller"]), k + int(p["wider"])
    roots = np.sort(rng.integers(8, 129, size=(size, k)) / 32, axis=1)[:, ::-1]
    tilt = np.tril(rng.integers(-64, 65, size=(size, k, k)) / 64, -1) + np.eye(k) * (
        rng.integers(16, 129, size=(size, 1, k)) / 32
    )
    return {
        "q": roots,
        "T": tilt,
        "U": rng.integers(1, 5, size=(size, m)).astype(float),
        "V": rng.integers(1, 5, size=(size, n)).astype(float),
    }


def _balanced(_: Parameters, drawn: Instances) -> Instances:
    return {**drawn, "T": np.broadcast_to(np.eye(drawn["T"].shape[1]), drawn["T"].shape).copy()}


def minima() -> Family:
    """Global minima (F, G) = (U D T, V D T^-T) for X = U D^2 V', T lower triangular."""
    most = {"width": 3, "taller": 1, "wider": 2}
    return Family(
        name="global minima of |F G' - X|_F^2 / 2, balanced and not",
        parameters={"width": integers(1, 3), "taller": integers(0, 1), "wider": integers(0, 2)},
        draw=_draw_minima,
        hypotheses=(
            Hypothesis(name="T is invertible", holds=lambda _, one: np.abs(np.linalg.det(one["T"])) > _SINGULAR),
            Hypothesis(name="X is not zero", holds=lambda _, one: np.any(one["q"] != 0, axis=1)),
        ),
        edges=(
            Edge(name="numbers"),
            Edge(name="numbers, balanced", adjust=_balanced),
            Edge(name="matrices, balanced", parameters=most, adjust=_balanced),
            Edge(name="matrices", parameters=most),
        ),
    )


def _inverse_transposed(lower: Any) -> Any:
    """T^-T of lower triangular T ``(batch, k, k)``, by substitution, in any number system."""
    k = lower.shape[1]
    columns: list[Any] = []
    for j in range(k):
        entries: list[Any] = []
        for i in range(k):
            known = sum((lower[:, i, h] * entries[h] for h in range(i)), zeros(lower, lower.shape[:1]))
            entries.append(((1 if i == j else 0) - known) / lower[:, i, i])
        columns.append(stack(entries, axis=1))
    return stack(columns, axis=1)


def _run_minimum(parameters: Parameters, instances: Instances) -> Measurement:
    del parameters
    roots, tilt = instances["q"], instances["T"]
    u, v = reflection(instances["U"]), reflection(instances["V"])
    k = roots.shape[1]
    left = u @ rectangular_diagonal(roots, u.shape[1], k) @ tilt
    right = v @ rectangular_diagonal(roots, v.shape[1], k) @ _inverse_transposed(tilt)
    target = u @ rectangular_diagonal(roots * roots, u.shape[1], v.shape[1]) @ transpose(v)
    values = {
        curvature: eigenvalues_symmetric(factor_hessian(left, right, target))[:, 0],
        s_1: roots[:, 0] * roots[:, 0],
        size_f: singular_values(left)[:, 0],
        size_g: singular_values(right)[:, 0],
    }
    return Measurement.of(values, case="the minimum")


at_minimum = Procedure(
    name="Hessian of |F G' - X|_F^2 / 2 at a global minimum, by forward mode along every axis",
    measures=(curvature, s_1, size_f, size_g),
    run=_run_minimum,
)


def _draw_noisy(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
    d, r = int(p["components"]), min(int(p["rank"]), int(p["components"]))
    return {
        "s": np.sort(rng.integers(0, 65, size=(size, d)) / 32, axis=1)[:, ::-1],
        "A": rng.normal(size=(size, d, r)),
        "B": rng.normal(size=(size, d, r)),
        "P": rng.normal(size=(size, d, d)),
    }


def _on_the_tie(parameters: Parameters, drawn: Instances) -> Instances:
    """X = 1/2, 1/2 is as near to (1, 0) as to (0, 1); M = (0, 1) and P = X_1 = (1/2, 0)."""
    del parameters
    batch = len(drawn["s"])
    row = np.zeros((batch, 2, 1))
    row[:, 1] = 1
    best = np.zeros((batch, 2, 2))
    best[:, 0, 0] = 0.5
    return {"s": np.full((batch, 2), 0.5), "A": row, "B": row.copy(), "P": best}


def noisy_targets() -> Family:
    """Targets X = diag(s) = M + E, M = A B' of rank r, and any matrix P in the place of F G'."""
    return Family(
        name="noisy targets X = M + E in their singular bases, and any P",
        parameters={"components": integers(2, 3), "rank": integers(1, 2)},
        draw=_draw_noisy,
        hypotheses=(
            Hypothesis(name="s_1 >= s_2 >= ...", holds=lambda _, one: np.all(np.diff(one["s"], axis=1) <= 0, axis=1)),
        ),
        edges=(
            Edge(
                name="a tie, the other best approximation", parameters={"components": 2, "rank": 1}, adjust=_on_the_tie
            ),
            Edge(name="three components", parameters={"components": 3, "rank": 2}),
        ),
        searchable=("A", "B", "P"),
    )


def _run_noise(parameters: Parameters, instances: Instances) -> Measurement:
    strengths = instances["s"]
    d, r = strengths.shape[1], min(int(parameters["rank"]), strengths.shape[1])
    truth = instances["A"] @ transpose(instances["B"])
    whole, best = rectangular_diagonal(strengths, d, d), rectangular_diagonal(strengths[:, :r], d, d)
    values = {
        off: singular_values(instances["P"] - truth)[:, 0],
        err: singular_values(instances["P"] - best)[:, 0],
        noise: singular_values(whole - truth)[:, 0],
    }
    return Measurement.of(values, case="P")


denoising = Procedure(
    name="operator norms of P - M, P - X_r and E = X - M",
    measures=(off, err, noise),
    run=_run_noise,
)
