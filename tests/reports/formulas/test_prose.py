"""Formulas in prose: found, and set."""

import re

import pytest

from lemmata.checks import describe
from lemmata.claims import load
from lemmata.claims.catalogue import papers
from lemmata.reports.formulas.linear import plain
from lemmata.reports.formulas.prose import pieces
from lemmata.reports.formulas.tokens import LETTERS

LIBRARY = load()

TYPED = re.compile(
    r"""\^ | [<>!=]= | -> | sqrt | (?<![^\W_])[^\W\d_]_ | \b\w\*(?!\w)
      | \b(?:alpha|beta|gamma|delta|eps|epsilon)\b
      | \b(?:eta|theta|kappa|lambda|lam|mu|nu|pi|rho|sigma|tau|phi|psi|omega|grad)\b""",
    re.VERBOSE,
)
"""What only a formula as it is typed contains."""


@pytest.mark.parametrize(
    ("expected", "typed"),
    [
        ("multiplies u² − v² by 1 − ηₜ² rₜ², exactly", "multiplies u^2 - v^2 by 1 - eta_t^2 r_t^2, exactly"),
        ("as long as η |r| ≤ √2", "as long as eta |r| <= sqrt(2)"),
        ("moves by −(W W′)^(1/2) G − G", "moves by -(W W')^(1/2) G - G"),
        ("Wₕ₊₁′ Wₕ₊₁ is kept", "W_{h+1}'W_{h+1} is kept"),
        ("a bound |x_∞|₁ − |x*|₁ of order α²ᴰ⁻²", "a bound |x_inf|_1 - |x*|_1 of order alpha^(2D - 2)"),
        ("e → e − η eᴺ⁻¹ (eᴺ − λ)", "e -> e - eta e^(N-1) (e^N - lambda)"),
        ("the n × n matrix Q diag(λ) Q′", "the n x n matrix Q diag(lambda) Q'"),
        ("w¹ × ⋯ × wᴺ", "w^1 x ... x w^N"),
        ("dW/dt = −W₂ W₂′ G", "dW/dt = -W_2 W_2' G"),
        ("the least ℓ₁ norm", "the least l1 norm"),
        ("⟨aⱼ, ν⟩ and min |zⱼ|", "<a_j, nu> and min |z_j|"),
        ("W⁺ = W + V⁺, in both layers", "W+ = W + V+, in both layers"),
        ("η ⋅ |m − u ⋅ v| ≤ 2", "eta*Abs(m - u*v) <= 2"),
        ("Σ ∓ a J with τ ŵ", "Sigma -+ a J with tau w_hat"),
        ("δ-balanced, L-smooth, k-th", "delta-balanced, L-smooth, k-th"),
        ("at most 10⁻⁶, or 2.5 ⋅ 10⁷ n", "at most 1e-6, or 2.5e7 n"),
        ("the lift at vec(X)^(⊗l)", "the lift at vec(X)^(x)l"),
        ("labels ±1", "labels +-1"),
        ("ρ̃ and w_†, (1/T) ∫₀ᵀ L, sup_λ", "rho_til and w_dagger, (1/T) int_0^T L, sup_lam"),
        ("‖X′ ⋅ x‖² ≤ 1, ‖x‖₁ + ‖y‖_∞, ⟨x, y⟩ ≥ 0", "Norm(X.T*x)**2 <= 1, L1(x) + Sup(y), Dot(x, y) >= 0"),
        ("tr(A) ≤ 3, min(x) ≥ ∑(y)", "Trace(A) <= 3, Least(x) >= Total(y)"),
        ("l > 1/(1 − log₂(2 η)) and log₁₀(x)", "l > 1/(1 - log2(2 eta)) and log10(x)"),
        ("z₃ ≥ 0 beside z", "z_3 >= 0 beside z"),
        ("x₀ ≥ −3, vector h₂; h₂/η", "x0 >= -3, vector h2; h2/eta"),
    ],
)
def test_formulas_are_set(expected: str, typed: str) -> None:
    """Letters, scripts, roots, relations, norms and transposes of plain text come out as mathematics."""
    assert expected == plain(typed)


@pytest.mark.parametrize(
    "prose",
    [
        "A step of gradient descent is a bound, and I say so.",
        "The layers' sizes matter; it's the sum of the two, and/or 3/4 of 10,000.",
        "activation relu or leaky_relu | abs (the default), e.g. a tie",
        "the sum u and the minimum, tanh is not homogeneous: log scale",
        "an unbalanced ( bracket [ and ) another",
        "lemmata replay 0123456789ab; the mutant 'x' of 12e456789012",
        "decided by z3 4.13 (z3, and no other)",
        "float64, relu6 and `code_of(x) <= 2` stay",
        "p1/falls of b2.py, in runs/x3.py: shen2024/l1-norm-falls",
    ],
)
def test_prose_is_left_alone(prose: str) -> None:
    """Articles, apostrophes, names with underscores, brackets of prose and code are no formulas."""
    kept = "".join(
        piece if isinstance(piece, str) else plain(piece.text or "".join(piece.itertext())) for piece in pieces(prose)
    )

    assert prose == kept


@pytest.mark.parametrize(
    "hostile", ["(" * 9000, "(a" * 5000 + ")" * 5000, "|" * 9000, "x^" * 5000, "_" * 9000, "x" * 30_000, "a-" * 9000]
)
def test_hostile_prose_costs_little(hostile: str) -> None:
    """Nests without end, bars and script signs alone neither hang nor raise."""
    assert pieces(hostile)


def texts() -> list[tuple[str, str]]:
    """Every text of the shipped claims that a reader meets: key, text."""
    found = []
    for located in LIBRARY.claims:
        claim, said = located.claim, describe(located)
        mutants = [text for mutant in claim.mutants for text in (mutant.name, mutant.because)]
        proof = (getattr(claim.proof, "covers", ""), *getattr(claim.proof, "given", ()))
        places = [one.name for one in (*claim.given.edges, *claim.given.data)]
        own = (said.title, said.about, said.reading_note, said.family, said.procedure, said.location, *proof)
        found += [(claim.key, text) for text in (*own, *said.hypotheses, *said.legend.values(), *mutants, *places)]
    for paper in papers():
        statements = [text for one in paper.statements for text in (one.number, one.says, one.why_none)]
        found += [(paper.key, text) for text in (paper.declined, *statements)]
    return found


def test_no_typed_formula_is_left_in_the_prose_of_shipped_claims() -> None:
    """What is left as text beside the formulas holds no power, index, relation or Greek letter as it was typed."""
    left = []
    for key, text in texts():
        rest = "".join(piece for piece in pieces(text) if isinstance(piece, str))
        left += [(key, rest[max(found.start() - 30, 0) : found.end() + 30]) for found in TYPED.finditer(rest)]

    assert [] == left


def test_no_spelled_letter_is_left_in_a_formula() -> None:
    """What a formula of shipped prose holds as a word is a word, and no letter or sign that is spelled out."""
    spelled = {*LETTERS, "infinity", "dagger", "int", "leq", "geq", "cdot"}
    left = [
        (key, piece)
        for key, text in texts()
        for formula in pieces(text)
        if not isinstance(formula, str)
        for piece in (part.text for part in formula.iter("mtext"))
        if piece in spelled
    ]

    assert [] == left


def test_shipped_prose_has_formulas() -> None:
    """All but a few of the shipped claims speak in formulas, and these are found."""
    with_formulas = {key for key, text in texts() if any(not isinstance(piece, str) for piece in pieces(text))}

    assert len(with_formulas) > 0.95 * len(LIBRARY.claims)
