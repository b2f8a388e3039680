"""Ma, Lavaei and Sojoudi (2023): matrix sensing lifted to symmetric tensors."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement

PAPER = Paper(
    key="ma2023",
    authors="Z. Ma, J. Lavaei, S. Sojoudi",
    title="Algorithmic Regularization in Tensor Optimization: Towards a Lifted Approach in Matrix Sensing",
    venue="NeurIPS",
    year=2023,
    identifier="arXiv:2310.15549",
    sections=("lifting", "near_rank_one", "saddles", "orders", "experiment"),
    statements=(
        Statement(
            number="Definition 9",
            says="the k-th v-eigenvalue of a tensor, over spans of k orthogonal symmetric rank-one tensors",
            read=Read.FULL,
            claims=("printed-v-eigenvalues-vanish",),
        ),
        Statement(
            number="Lemma 1",
            says="gradient descent on the lift keeps tensors symmetric",
            read=Read.FULL,
            claims=("iterates-stay-symmetric",),
        ),
        Statement(
            number="Lemma 2",
            says="from a small rank-one tensor the ratio of v-eigenvalues falls geometrically",
            read=Read.FULL,
            claims=("lemma-2", "lemma-2-repaired"),
        ),
        Statement(
            number="Theorem 1",
            says="after t(kappa, l) steps the iterates are kappa-rank-1",
            read=Read.FULL,
            claims=(
                "theorem-1",
                "theorem-1-repaired",
                "deflation-ratio-has-the-printed-rate",
                "residual-fades-with-the-square-of-s2",
            ),
        ),
        Statement(
            number="Corollary 1",
            says="the same for x_0 = v_1 + g with Gaussian g, times and sizes up to orders of magnitude",
            read=Read.FULL,
            why_none="all its numbers are orders of magnitude with constants that are not named: nothing can refute it",
        ),
        Statement(
            number="Proposition 1",
            says="a kappa-rank-1 tensor is its dominant rank-one part and a rest of spectral norm at most kappa lambda_1",
            read=Read.FULL,
            claims=("proposition-1", "proposition-1-for-matrices"),
        ),
        Statement(
            number="Proposition 2",
            says="the dominant vector of a kappa-rank-1 first-order point of the lift is one of f, for kappa of order 1/|M*|^2",
            read=Read.FULL,
            why_none="the order of kappa has an unnamed constant, and the printed v-eigenvalues vanish: every kappa would do",
        ),
        Statement(
            number="Theorem 2",
            says="kappa-rank-1 first-order points far from the truth have a rank-one escape direction, up to O(r kappa^(1/l))",
            read=Read.FULL,
            why_none="unnamed constants; its limit kappa = 0 is Theorem 4 at first-order points",
        ),
        Statement(
            number="(17a), (18), (64)",
            says="the gradient and the Hessian of the lift at rank-one tensors",
            read=Read.FULL,
            claims=("gradient-as-printed", "gradient-at-rank-one", "hessian-at-rank-one"),
        ),
        Statement(
            number="Theorem 3",
            says="vec(X)^(x)l is a first-order point of the lift if and only if X is one of f",
            read=Read.FULL,
            claims=("theorem-3-if", "theorem-3-only-if", "theorem-3-for-odd-orders"),
        ),
        Statement(
            number="Lemma 5",
            says="at second-order points -lambda_min of the gradient is at most L_s lambda_r(X X')",
            read=Read.FULL,
            claims=("second-order-points-curve-little",),
        ),
        Statement(
            number="Lemma 6",
            says="first-order points are not much larger than the truth",
            read=Read.PART,
            claims=("measurements-of-a-first-order-point", "lemma-6-sharpened"),
        ),
        Statement(
            number="Lemma 8",
            says="at first-order points -lambda_min of the gradient is at least alpha_s D^2/(2 tr M*)",
            read=Read.FULL,
            claims=("negative-curvature-of-the-gradient", "twice-lemma-8"),
        ),
        Statement(
            number="Theorem 4",
            says="second-order points far from the truth become strict saddles at odd orders",
            read=Read.FULL,
            claims=(
                "theorem-4",
                "every-second-order-point-is-near",
                "theorem-4-at-first-order-points",
                "printed-step-of-theorem-4",
                "difference-of-odd-powers",
                "once-converted-for-good",
                "never-converted",
            ),
        ),
        Statement(
            number="Theorem 5",
            says="the truth stays a second-order point of the lift",
            read=Read.FULL,
            claims=("theorem-5",),
        ),
        Statement(
            number="Theorem 6",
            says="second-order points near the truth are the truth, quoted from Bi and Lavaei",
            read=Read.FULL,
            claims=("theorem-6",),
        ),
        Statement(
            number="Theorem 7",
            says="for a short enough truth all spurious points become strict saddles",
            read=Read.FULL,
            claims=("theorem-7", "order-three-converts-nothing", "order-that-converts-perturbed-completion"),
        ),
        Statement(
            number="Section 6, Figure 1",
            says="perturbed completion: the lift of order 3 succeeds where the factor does not",
            read=Read.FULL,
            claims=("lifted-succeeds-more-often", "lift-and-factor-succeed-together", "success-is-a-matter-of-signs"),
        ),
        Statement(
            number="Section 6, Table 2",
            says="networks with quadratic activations: the lift against a wide network",
            read=Read.PART,
            why_none="steps and widths of its runs are not stated; small runs of ours show no advantage",
        ),
    ),
)
SETTING = """M* = Z Z', Z n x r; symmetric A_1..A_m, b = A(M*), f(X) = |A(X X' - M*)|^2/4; the lift of order l is h(w) = |A^(x)l(P(w) P(w)') - b^(x)l|^2/4 over
w in (R^(nr))^(x)l. K = A*A"""
