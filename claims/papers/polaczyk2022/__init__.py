"""Polaczyk and Cyranka (2022): stochastic gradient descent on shallow networks."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="polaczyk2022",
    authors="B. Polaczyk, J. Cyranka",
    title="Improved Overparametrization Bounds for Global Convergence of Stochastic Gradient Descent for Shallow Neural Networks",
    venue="preprint",
    year=2022,
    identifier="arXiv:2201.12052",
    sections=("lazy", "kaczmarz"),
    statements=(
        Statement(
            number="main theorem",
            says="width of order n^1.25 suffices for gradient methods on shallow networks to converge, with high probability",
            read=Read.PART,
            why_none="its constants exist and are not named: no width is wide enough to be sure that it speaks of it",
        ),
        Statement(
            number="convergence near the initialization, instance by instance",
            says="where the Jacobian moves slowly beside its least singular value, the flow converges and stays near",
            read=Read.BESIDE,
            claims=("jacobian-moves-slowly", "certified-flow-converges", "certified-flow-stays-near"),
        ),
        Statement(
            number="stochastic steps, interpolating linear model",
            says="the expected distance from the solution contracts at every step",
            read=Read.BESIDE,
            claims=("stochastic-steps-contract",),
        ),
        Statement(
            number="ReLU by differential inclusions",
            says="the same for the ReLU",
            read=Read.PART,
            why_none="its Jacobian jumps: the certificate does not apply (it is a mutant)",
        ),
    ),
)
