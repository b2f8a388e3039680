"""Jiang, Chen and Ding (2022): sequential recovery by gradient descent on asymmetric factorizations."""

from __future__ import annotations

from lemmata.claims import Paper, Read, Statement, quantity

PAPER = Paper(
    key="jiang2022",
    authors="L. Jiang, Y. Chen, L. Ding",
    title="Algorithmic Regularization in Model-free Overparametrized Asymmetric Matrix Factorization",
    venue="SIAM Journal on Mathematics of Data Science 5(3), 723-744",
    year=2022,
    identifier="arXiv:2203.02839",
    sections=("closed_form", "exact", "times", "descent"),
    statements=(
        Statement(
            number="main theorem",
            says="gradient descent from a small random initialization, stopped early, recovers the best rank-r approximation",
            read=Read.PART,
            claims=(
                "recalled-bound",
                "recalled-exponent",
                "sharp-exponent",
                "learning-times",
                "heavy-tail-without-spare-columns",
            ),
        ),
        Statement(
            number="abstract: sequential recovery, early stopping",
            says="singular values are learnt one by one, and when to stop",
            read=Read.PART,
            claims=(
                "learning-times-foretold",
                "error-at-every-time",
                "error-at-every-step",
                "what-the-error-consists-of",
                "window-of-early-stopping-opens",
                "window-of-early-stopping-closes",
                "linear-phase",
                "closed-form-of-the-flow",
            ),
        ),
        Statement(
            number="theorem for k = r",
            says="without columns to spare nothing needs to be stopped",
            read=Read.NOT,
            claims=("no-columns-to-spare",),
        ),
        Statement(
            number="hypotheses, setting and noise",
            says="the gap condition, the step size, noisy matrices",
            read=Read.PART,
            claims=("a-tie-at-the-cut", "curvature-at-the-minima", "noise", "runs-in-the-singular-bases"),
        ),
    ),
)
rho = quantity("rho", "size of the initialization", positive=True)
eta = quantity("eta", "step size", positive=True)
s_1 = quantity("s_1", "largest singular value of X", nonnegative=True)
s_r = quantity("s_r", "last singular value that is looked for", positive=True)
s_next = quantity("s_{r+1}", "the next singular value", positive=True)
gamma = quantity("gamma", "s_{r+1} / s_r", nonnegative=True)
SETTING = """Gradient descent on |F G' - X|_F^2/2, F m x k, G n x k, from F_0, G_0 of entries rho N(0, 1); s_1 >= s_2 >= ... the singular values of X,
X_r its best approximation of rank r, gamma = s_{r+1}/s_r"""
FLOW = f"""{SETTING}. For small steps and starts S = (F + G)/2 in the singular bases moves by S' = diag(s) S - S S' S, P = S S'"""
NOTE = "of the paper only abstract and first paragraph were read; the exact law was derived, in the limit of small steps and starts"
PLACE = "sequential recovery and early stopping, abstract"
