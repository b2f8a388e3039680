"""Razin, Maman, Cohen 2021: how components of a tensor factorization grow under gradient flow."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Conserved, Mutant, Reading, Status
from lemmata.claims.papers.razin2021 import PAPER
from lemmata.claims.papers.razin2021._components import component_flow, components, first, order, pull, second, size

_SETTING = "Gradient flow on any loss of the tensor sum_r w_r^1 x ... x w_r^N"

sigma = sp.Symbol("sigma", positive=True)


def _grows(rate: sp.Expr) -> Conserved:
    return Conserved(quantity=sigma, change=rate, name="the norm", where={sigma: size})


component_growth = Claim(
    key="razin2021/growth-of-a-component",
    title="A balanced component of norm sigma grows at rate N sigma^(2 - 2/N) times the pull along it",
    about=f"""{_SETTING}. For a component with |w^1| = ... = |w^N|, sigma the norm of w^1 x ... x w^N: d sigma/dt = N sigma^(2 - 2/N) <-grad L, w^1 x ... x w^N / sigma>. So
small components hardly move, and large ones run away: the more so the larger N, from N = 2 (matrices) on.

Why: each vector moves by minus the gradient contracted with the others, and contributes the same share.""",
    source=PAPER.at("Theorem 1, as the authors' poster states it"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read on the authors' poster, its constant derived again",
    given=components(),
    when=component_flow,
    then=_grows(order * sigma ** (2 - 2 / order) * pull),
    mutants=(
        Mutant(
            name="exponent 2 - 1/N",
            because="each vector carries sigma^(1/N), and of N of them N - 1 appear squared",
            then=_grows(order * sigma ** (2 - 1 / order) * pull),
        ),
        Mutant(
            name="exponent 1 - 2/N",
            because="the rate counts the others squared, not once",
            then=_grows(order * sigma ** (1 - 2 / order) * pull),
        ),
        Mutant(
            name="one vector moves",
            because="all N vectors contribute alike",
            then=_grows(sigma ** (2 - 2 / order) * pull),
        ),
        Mutant(
            name="exponential growth at every order",
            because="only the pull's own dependence would give that, and only for N = 2",
            then=_grows(order * sigma * pull),
        ),
        Mutant(
            name="unbalanced too",
            because="vectors of unequal lengths share the growth unevenly",
            given=components(balanced=False),
        ),
    ),
)

balance = Claim(
    key="razin2021/lengths-of-a-component",
    title="The vectors of a component keep the differences of their squared lengths",
    about=f"""{_SETTING}. For any two vectors of one component |w^a|^2 - |w^b|^2 is conserved, balanced or not.

Why: both squared lengths grow by 2 <-grad L, w^1 x ... x w^N>.""",
    source=PAPER.at("Lemma on balancedness, recalled"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note="recalled; nothing in it can be off by a constant",
    given=components(balanced=False),
    when=component_flow,
    then=Conserved(quantity=first**2 - second**2, name="the difference"),
    mutants=(
        Mutant(
            name="lengths, not squares",
            because="the longer vector grows more slowly",
            then=Conserved(quantity=first - second, name="the difference"),
        ),
        Mutant(
            name="the ratio",
            because="vectors become balanced in ratio as they grow",
            then=Conserved(quantity=first / second, name="the ratio"),
        ),
        Mutant(
            name="the sum",
            because="both grow together",
            then=Conserved(quantity=first**2 + second**2, name="the sum"),
        ),
    ),
)
