"""When gradient descent learns a component, against a single number of the same strength."""

from __future__ import annotations

import dataclasses
from functools import cache, partial
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
    RealData,
    integers,
    quantity,
    reals,
)
from lemmata.claims.papers.jiang2022 import eta, s_r
from lemmata.claims.papers.jiang2022._descent import factors, step_size
from lemmata.claims.papers.jiang2022._pictures import recovery_pictures
from lemmata.solvers import Bounded, as_floats, convert, full
from lemmata.solvers.engine import without_error_bounds
from lemmata.solvers.factorization import learning_times, remaining_square

learned = quantity(
    r"\min\{t : (F_t G_t^\top)_{rr} \ge s_r / 2\}",
    "steps until component r is half learned, in the singular bases, interpolated",
    positive=True,
)
alone = quantity("T_1", "the same for one number f g of strength s_r from f = g = rho", positive=True)
c = quantity("c", "where the law is inspected", positive=True)
weakness = quantity(
    r"[(N N^\top)^{-1}]_{rr}", "of the first r rows N of (F_0 + G_0)/(2 rho) in the singular bases", positive=True
)
extra = sp.Symbol("extra", nonnegative=True)
"""The family's parameter k - r."""

LOG_START = 30
"""log(1/rho): what is left of finite initializations is exp(-30/4)."""
_ROOM = 16
"""More than by which log(1/chi^2) exceeds its median, in units of log(1 + eta s_r): after it a run counts as late."""
_INTERPOLATION = 1e-3


def chance(freedom: sp.Expr | int) -> sp.Expr:
    """Probability that a chi-squared number of ``freedom`` degrees is at least c."""
    half = sp.sympify(freedom) / 2
    return sp.uppergamma(half, c / 2) / sp.gamma(half)


def random_factors(*, spare: tuple[int, int] = (0, 3), level: tuple[float, float] = (0.2, 6.0)) -> Family:
    """Gaussian initializations of size exp(-30), k - r = ``extra`` columns to spare; ``c`` is where the law is inspected."""
    base = factors(extra=spare)
    return dataclasses.replace(
        base,
        parameters={**base.parameters, "c": reals(*level), "rank": integers(1, 3)},
        hypotheses=(),
        edges=(
            Edge(name="the only component, no column to spare"),
            Edge(
                name="the third of five, a tall target",
                parameters={"rank": 3, "below": 2, "taller": 2, "c": level[1] / 2},
            ),
            Edge(name="the second of four, columns to spare", parameters={"rank": 2, "below": 2, "extra": spare[1]}),
        ),
    )


def _times(parameters: Parameters, instances: Instances, log_initial: float) -> tuple[Any, Any, np.ndarray]:
    """Learning time of component r, that of a number of its strength, and which of the former were not seen, ``(batch,)``.

    One that was not seen is given by the steps that were made, which it exceeds.
    """
    strengths, eta_now, rank = instances["s"][:, :, None], step_size(parameters, instances), int(parameters["rank"])
    parts = without_error_bounds(instances["F"], instances["G"], strengths, eta_now)
    own = parts[2][:, rank - 1 : rank]
    one, log_size = own / own, convert(np.full(own.shape[0], -log_initial), own)
    most = int((log_initial + _ROOM) / np.log1p(as_floats(parts[3] * own)).min())
    times = learning_times(*parts, log_size=log_size, index=rank - 1, most=most)
    single = learning_times(one, one, own, parts[3], log_size=log_size, index=0, most=most)
    late = np.isnan(as_floats(times))
    seen = np.where(late, float(most), times)
    return (seen, single, late) if times.dtype == object else (_with_bar(seen), _with_bar(single), late)


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    strengths, eta_now, rank = instances["s"][:, :, None], step_size(parameters, instances), int(parameters["rank"])
    times, single, late = _times(parameters, instances, LOG_START)
    values = {
        learned: times,
        alone: single,
        eta: eta_now[:, 0],
        s_r: strengths[:, rank - 1],
        c: full(strengths[:, 0], float(parameters["c"])),
    }
    return Measurement(cases=(Case(name="the run", values=values, censored={learned: late}),))


def _with_bar(times: np.ndarray) -> Bounded:
    return Bounded(times, np.full(times.shape, _INTERPOLATION))


learning = Procedure(
    name="gradient descent from rho = exp(-30), until component r is half learned",
    measures=(learned, alone, eta, s_r, c),
    run=_run,
    rational=False,
)


TABLE = "digits"
"""Parameter that asks for the table of images."""
_TABLE_START, _COLUMNS, _SHOWN = 345.0, 8, 5
"""log(1/rho) of the table's initialization, columns of its factors, and the last component judged, whose run is drawn."""


def predictable_factors() -> Family:
    """Initializations with columns to spare or not, and the 1797 images of digits, mean removed, from exp(-345)."""
    base = random_factors(spare=(0, 3))

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return images() if TABLE in parameters else base.draw(parameters, rng, size)

    return dataclasses.replace(
        base,
        draw=draw,
        parameters={name: value for name, value in base.parameters.items() if name != "c"},
        hypotheses=(
            Hypothesis(name="the first r rows of F + G are independent", holds=_independent),
            Hypothesis(name="s_{r-1} exceeds s_r", holds=_separated),
        ),
        edges=tuple(
            dataclasses.replace(edge, parameters={n: v for n, v in edge.parameters.items() if n != "c"})
            for edge in base.edges
        ),
        data=tuple(
            RealData(name=f"1797 images of digits, component {r}", parameters={TABLE: 1, "rank": r, "step": 10}, size=1)
            for r in (1, 3, 5)
        ),
    )


def _seen(instances: Instances, rank: int) -> np.ndarray:
    return np.asarray((instances["F"][:, :rank] + instances["G"][:, :rank]) / 2, dtype=float)


def _independent(parameters: Parameters, instances: Instances) -> Any:
    rows = _seen(instances, int(parameters["rank"]))
    return np.linalg.svd(rows, compute_uv=False)[:, -1] > 1 / _FAINT


def _separated(parameters: Parameters, instances: Instances) -> Any:
    rank = int(parameters["rank"])
    return np.all(instances["s"][:, : rank - 1] > instances["s"][:, rank - 1, None], axis=1)


_FAINT = 16


@cache
def images() -> dict[str, np.ndarray]:
    """The table of images in its singular bases, in units of s_1, and a Gaussian initialization of its shape: a batch of one."""
    from sklearn.datasets import load_digits

    table = np.asarray(load_digits().data, dtype=float)
    values = np.linalg.svd(table - table.mean(axis=0), compute_uv=False)
    rng = np.random.default_rng(0)
    d = int((values > values[0] * 1e-9).sum())
    left, right = rng.normal(size=(1, d, _COLUMNS)), rng.normal(size=(1, d, _COLUMNS))
    return {"F": left, "G": right, "s": (values[:d] / values[0])[None], "a": np.zeros(1)}


def _run_predicted(parameters: Parameters, instances: Instances) -> Measurement:
    rank = int(parameters["rank"])
    times, single, late = _times(parameters, instances, _TABLE_START if TABLE in parameters else LOG_START * 2.0)
    mean = (instances["F"][:, :rank] + instances["G"][:, :rank]) / 2
    values = {
        learned: times,
        alone: single,
        eta: step_size(parameters, instances)[:, :, 0],
        s_r: instances["s"][:, rank - 1, None],
        weakness: 1 / remaining_square(mean),
    }
    pictures = (
        partial(recovery_pictures, parameters, instances, _TABLE_START)
        if TABLE in parameters and rank == _SHOWN
        else tuple
    )
    run = Case(name="the run", values=values, censored={learned: late})
    return Measurement(cases=(run,), pictures=pictures)


predicted = Procedure(
    name="gradient descent from a small start, until component r is half learned",
    measures=(learned, alone, eta, s_r, weakness),
    run=_run_predicted,
    rational=False,
)
