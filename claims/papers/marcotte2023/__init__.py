"""Marcotte, Gribonval and Peyre (2023): how many conservation laws gradient flow has, and which."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="marcotte2023",
    authors="S. Marcotte, R. Gribonval, G. Peyré",
    title="Abide by the Law and Follow the Flow: Conservation Laws for Gradient Flows",
    venue="NeurIPS",
    year=2023,
    identifier="arXiv:2307.00144",
    sections=("two_layers", "deep", "convolutions", "gates"),
    statements=(
        Statement(
            number="two layers",
            says="a two-layer linear network has as many laws as U'U - V'V has independent entries, a ReLU one as many as neurons",
            read=Read.PART,
            claims=(
                "two-layer-linear",
                "two-layer-linear-laws-are-those-of-balance",
                "two-layer-relu",
                "two-layer-relu-with-biases",
            ),
        ),
        Statement(
            number="deep networks",
            says="for the deep linear and ReLU networks that were tried there are no laws beyond the balance of neighbouring layers",
            read=Read.PART,
            claims=("deep-linear", "deep-relu"),
        ),
        Statement(
            number="beside the two-layer theorems",
            says="the same counts with biases, squares and cross entropy",
            read=Read.BESIDE,
            claims=("linear-with-biases", "square", "softmax-linear", "softmax-relu"),
        ),
        Statement(
            number="beside the deep networks",
            says="between layers of width one all but one coordinate is conserved, one more than balance has",
            read=Read.BESIDE,
            claims=("narrow-ends", "no-seventh-polynomial"),
        ),
        Statement(
            number="beside convolutions",
            says="channels are balanced, whole matrices of them for linear networks, and taps that wrap around onto others differ by constants",
            read=Read.BESIDE,
            claims=("convolution-relu", "convolution-linear"),
        ),
        Statement(
            number="beside ReLU networks",
            says="where data meet only some patterns of gates there are more laws, often for deep networks",
            read=Read.BESIDE,
            claims=("realised-gates", "half-lines", "deep-relu-often-has-more"),
        ),
    ),
)
