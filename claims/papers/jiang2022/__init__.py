"""Jiang, Chen and Ding (2022): sequential recovery by gradient descent on asymmetric factorizations."""

from __future__ import annotations

from lemmata.claims import Paper, quantity

PAPER = Paper(
    key="jiang2022",
    authors="L. Jiang, Y. Chen, L. Ding",
    title="Algorithmic Regularization in Model-free Overparametrized Asymmetric Matrix Factorization",
    venue="SIAM Journal on Mathematics of Data Science 5(3), 723-744",
    year=2022,
    identifier="arXiv:2203.02839",
    sections=("closed_form", "exact", "times", "descent"),
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
