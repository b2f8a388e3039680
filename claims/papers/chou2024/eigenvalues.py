"""Chou, Gieshoff, Maly, Rauhut 2024: deep matrix factorization from a multiple of the identity, eigenvalue by eigenvalue."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Decided, Identity, Monotone, Mutant, Reading, Status
from lemmata.claims.papers.chou2024 import PAPER
from lemmata.claims.papers.chou2024._eigenvalues import (
    N,
    Recursion,
    W,
    deep_starts,
    e,
    eta,
    layers,
    mode_descent,
    modes,
    root,
    slope,
)

_NOTE = "the text was not at hand: derived from the setting; the paper's constants on times and steps were not read"
_SETTING = "Gradient descent on |W_N ... W_1 - X|_F^2/2, X symmetric, from W_1 = ... = W_N = alpha I"

recursion = Claim(
    key="chou2024/recursion-of-eigenvalues",
    title="All layers stay equal, and each eigenvalue moves on its own: e -> e - eta e^(N-1) (e^N - lambda)",
    about=f"""{_SETTING}. With X = Q diag(lambda) Q', every W_j(t) is Q diag(e_t) Q', where each entry of e starts from alpha and moves by
e -> e - eta e^(N-1) (e^N - lambda), for every step size and every sign of lambda.

Why: all layers commute with X and with one another, so they share one gradient.""",
    source=PAPER.at("identical initialization, decoupling lemma"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=deep_starts(),
    when=layers,
    then=Identity(left=W, right=Recursion.TRUE.layer),
    mutants=(
        Mutant(
            name="as if layers were one",
            because="each layer sees the others as a factor e^(N-1)",
            then=Identity(left=W, right=Recursion.ONE_LAYER.layer),
        ),
        Mutant(
            name="summed over layers",
            because="each layer takes its own step, N of them move the product",
            then=Identity(left=W, right=Recursion.SUMMED.layer),
        ),
        Mutant(
            name="towards minus the target",
            because="the loss is |W_N ... W_1 - X|^2",
            then=Identity(left=W, right=Recursion.TURNED.layer),
        ),
    ),
)

_slow, _fast = modes(), modes(fastest=4)
_STEP_BY_STEP = Decided(
    shapes=tuple({"depth": depth, "steps": 1} for depth in range(2, 6)),
    covers="every lambda > 0, initialization and step size within the hypotheses, two to five layers and any number of steps",
    given=(
        (
            "chou2024/no-overshooting and chou2024/growth-from-below are proved for one step: it leads from (0, lambda^(1/N)] into it, "
            "and so does every further one"
        ),
    ),
)
no_overshoot = Claim(
    key="chou2024/no-overshooting",
    title="With eta <= 1/(N lambda^(2 - 2/N)) an eigenvalue never passes its limit",
    about=f"""{_SETTING}. For lambda > 0 and 0 < e_0 <= lambda^(1/N), eta <= 1/(N lambda^(2 - 2/N)): e_t <= lambda^(1/N) for every t. Equality holds from the limit itself;
at a longer step a start just below it overshoots.

Why: a step is an increasing map of [0, lambda^(1/N)] then, since its derivative is least at an end.""",
    source=PAPER.at("step size condition"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_slow,
    when=mode_descent,
    then=AtMost(left=e, right=root, tight=True),
    proof=_STEP_BY_STEP,
    mutants=(
        Mutant(
            name="four times the step",
            because="beyond 1/(N lambda^(2-2/N)) the step is no longer monotone at its limit",
            given=_fast,
        ),
        Mutant(
            name="half the limit",
            because="the limit is approached",
            then=AtMost(left=e, right=root / 2),
        ),
        Mutant(
            name="the target itself",
            because="a layer tends to the N-th root, which exceeds lambda below one",
            then=AtMost(left=e, right=root**N),
        ),
    ),
)

growth = Claim(
    key="chou2024/growth-from-below",
    title="With eta <= 1/(N lambda^(2 - 2/N)) an eigenvalue grows towards its limit from below, step by step",
    about=f"""{_SETTING}. For lambda > 0 and 0 < e_0 <= lambda^(1/N), eta <= 1/(N lambda^(2 - 2/N)): e_t never decreases.

Why: e^N <= lambda is kept, so every step goes up.""",
    source=PAPER.at("step size condition"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_slow,
    when=mode_descent,
    then=Monotone(quantity=e, increasing=True),
    proof=_STEP_BY_STEP,
    mutants=(
        Mutant(
            name="four times the step",
            because="what overshoots comes back",
            given=_fast,
        ),
        Mutant(
            name="downwards",
            because="the start is below the limit",
            then=Monotone(quantity=e),
        ),
        Mutant(
            name="the distance in units of e",
            because="q - e falls, so q/e falls too",
            then=Monotone(quantity=root / e, increasing=True),
        ),
    ),
)

q = sp.Symbol("q", positive=True)


def _derivative(value: sp.Expr) -> Identity:
    return Identity(left=slope, right=value, where={q: root})


local_rate = Claim(
    key="chou2024/local-rate",
    title="At its limit an eigenvalue contracts by 1 - eta N lambda^(2 - 2/N) a step",
    about=f"""{_SETTING}. For lambda > 0 the derivative of a step at lambda^(1/N) is 1 - eta N lambda^(2 - 2/N): stable for eta < 2/(N lambda^(2 - 2/N)), monotone up to half of it.

Why: of (e^N - lambda) the derivative is N e^(N-1), and the other factor e^(N-1) multiplies zero.""",
    source=PAPER.at("linear convergence near the limit"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_slow,
    when=mode_descent,
    then=_derivative(1 - eta * N * q ** (2 * N - 2)),
    mutants=(
        Mutant(
            name="without the number of layers",
            because="all layers move",
            then=_derivative(1 - eta * q ** (2 * N - 2)),
        ),
        Mutant(
            name="lambda^2",
            because="that is a single layer squared: e is the N-th root of lambda",
            then=_derivative(1 - eta * N * q ** (2 * N)),
        ),
        Mutant(
            name="both factors",
            because="the derivative of e^(N-1) multiplies zero",
            then=_derivative(1 - eta * (2 * N - 1) * q ** (2 * N - 2)),
        ),
    ),
)
