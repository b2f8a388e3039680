"""Arora, Cohen, Hazan 2018: what gradient flow on a deep linear network does to the product of its layers."""

from __future__ import annotations

from lemmata.claims import Claim, Conserved, Mutant, Paper, Read, Reading, Statement, Status
from lemmata.claims.settings.networks.linear import (
    HALF_POWERS,
    LEFT_ONLY,
    PRECONDITIONED,
    G_e,
    N,
    W_e,
    balanced_networks,
    end_to_end_flow,
    flow_at_any_depth,
    lam,
    left,
    networks_of_any_depth,
    right,
)

PAPER = Paper(
    key="arora2018",
    authors="S. Arora, N. Cohen, E. Hazan",
    title="On the Optimization of Deep Networks: Implicit Acceleration by Overparameterization",
    venue="ICML",
    year=2018,
    identifier="arXiv:1802.06509",
    statements=(
        Statement(
            number="Theorem 1",
            says="the end-to-end matrix of a deep linear network moves by a preconditioned gradient",
            read=Read.PART,
            claims=("any-depth", "two-layers", "three-layers", "four-layers"),
        ),
    ),
)

_SECOND_HAND = "the form was read in the authors' account of the paper; powers are those of the known singular values"

_NETWORKS = networks_of_any_depth(decay=True)

any_depth = Claim(
    key="arora2018/any-depth",
    title="With N balanced layers and weight decay lambda the product moves by -N lambda W less a preconditioned gradient",
    about="""Let W = W_N ... W_1 with W_{j+1}'W_{j+1} = W_j W_j', of any depth N, widths and rank, and G the gradient of a differentiable loss
by W. Along gradient flow of the loss plus (lambda/2) sum |W_j|_F^2 the product obeys
dW/dt = -N lambda W - sum_{j=1..N} (W W')^((N-j)/N) G (W'W)^((j-1)/N), power zero being the identity: the motion depends on the
layers through their product and their number alone. On trial are two to five layers.

Why: the j-th layer contributes the product of the layers above it times its transpose on the left, of those below it on the
right; balance, which the flow keeps, makes these powers of W W' and W'W.""",
    source=PAPER.at("Theorem 1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read in the authors' account and, with weight decay, as a later account quotes it; time in units of the learning rate",
    given=_NETWORKS,
    when=flow_at_any_depth,
    then=Conserved(quantity=W_e, change=-N * lam * W_e - PRECONDITIONED),
    mutants=(
        Mutant(
            name="unbalanced",
            because="then the layers' sizes matter, and the product alone does not determine its velocity",
            given=networks_of_any_depth(tilted=True, decay=True),
        ),
        Mutant(
            name="decay counted once",
            because="each of the N layers decays, and the product with each",
            then=Conserved(quantity=W_e, change=-lam * W_e - PRECONDITIONED),
        ),
        Mutant(
            name="plain gradient flow",
            because="overparametrized directions move faster the further they have come",
            then=Conserved(quantity=W_e, change=-N * lam * W_e - N * G_e),
        ),
        Mutant(
            name="half the exponents",
            because="the powers are of W W', whose eigenvalues are squared singular values",
            then=Conserved(quantity=W_e, change=-N * lam * W_e - HALF_POWERS),
        ),
        Mutant(
            name="one side only",
            because="the layers below precondition the right side",
            then=Conserved(quantity=W_e, change=-N * lam * W_e - LEFT_ONLY),
        ),
    ),
)

two_layers = Claim(
    key="arora2018/two-layers",
    title="With two balanced linear layers the product moves by -(W W')^(1/2) G - G (W'W)^(1/2)",
    about="""Let W = W_2 W_1 with W_2'W_2 = W_1 W_1', of any widths and rank, and G the gradient of a differentiable loss by W. Along
gradient flow on W_1, W_2 the product obeys dW/dt = -(W W')^(1/2) G - G (W'W)^(1/2): overparametrization acts on the product as a
preconditioner that depends on the product alone.

Why: dW/dt = -W_2 W_2' G - G W_1'W_1, and balance makes W_2 W_2' the root of W W' = W_2 (W_1 W_1') W_2'.""",
    source=PAPER.at("Theorem 1, two layers"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="two layers, no weight decay; " + _SECOND_HAND,
    given=balanced_networks(2),
    when=end_to_end_flow(2),
    then=Conserved(quantity=W_e, change=-(left(1, 2) * G_e) - G_e * right(1, 2)),
    mutants=(
        Mutant(
            name="unbalanced",
            because="then the layers' sizes matter, and the product alone does not determine its velocity",
            given=balanced_networks(2, tilted=True),
        ),
        Mutant(
            name="plain gradient flow",
            because="overparametrized directions move faster the further they have come",
            then=Conserved(quantity=W_e, change=-2 * G_e),
        ),
        Mutant(
            name="one side only",
            because="both layers move, each preconditions one side",
            then=Conserved(quantity=W_e, change=-2 * left(1, 2) * G_e),
        ),
        Mutant(
            name="exponents over one layer fewer",
            because="the exponents count the layers: N, not N - 1",
            then=Conserved(quantity=W_e, change=-(W_e * W_e.T * G_e) - G_e * W_e.T * W_e),
        ),
    ),
)

three_layers = Claim(
    key="arora2018/three-layers",
    title="With three balanced linear layers the product moves by the sum of (W W')^((3-j)/3) G (W'W)^((j-1)/3)",
    about="""Let W = W_3 W_2 W_1 with W_{j+1}'W_{j+1} = W_j W_j', of any widths and rank, and G the gradient of a differentiable loss by W.
Along gradient flow on the layers dW/dt = -sum_{j=1..3} (W W')^((3-j)/3) G (W'W)^((j-1)/3), power zero being the identity.

Why: the j-th layer contributes the product of the layers above it times its transpose on the left, of those below it on the
right; balance makes these powers of W W' and W'W.""",
    source=PAPER.at("Theorem 1, three layers"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="three layers, no weight decay; " + _SECOND_HAND,
    given=balanced_networks(3),
    when=end_to_end_flow(3),
    then=Conserved(quantity=W_e, change=-(left(2, 3) * G_e) - left(1, 3) * G_e * right(1, 3) - G_e * right(2, 3)),
    mutants=(
        Mutant(
            name="unbalanced",
            because="then the product alone does not determine its velocity",
            given=balanced_networks(3, tilted=True),
        ),
        Mutant(
            name="outer layers only",
            because="the middle layer moves the product too",
            then=Conserved(quantity=W_e, change=-(left(2, 3) * G_e) - G_e * right(2, 3)),
        ),
        Mutant(
            name="one side only",
            because="the layers below precondition the right side",
            then=Conserved(quantity=W_e, change=-3 * left(2, 3) * G_e),
        ),
        Mutant(
            name="half the exponents",
            because="the powers are of W W', whose eigenvalues are squared singular values",
            then=Conserved(quantity=W_e, change=-(left(1, 3) * G_e) - G_e * right(1, 3)),
        ),
    ),
)

four_layers = Claim(
    key="arora2018/four-layers",
    title="With four balanced linear layers the product moves by the sum of (W W')^((4-j)/4) G (W'W)^((j-1)/4)",
    about="""Let W = W_4 W_3 W_2 W_1 with W_{j+1}'W_{j+1} = W_j W_j', of any widths and rank, and G the gradient of a differentiable loss by W.
Along gradient flow on the layers dW/dt = -sum_{j=1..4} (W W')^((4-j)/4) G (W'W)^((j-1)/4), power zero being the identity.""",
    source=PAPER.at("Theorem 1, four layers"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="four layers, no weight decay; " + _SECOND_HAND,
    given=balanced_networks(4),
    when=end_to_end_flow(4),
    then=Conserved(
        quantity=W_e,
        change=-(left(3, 4) * G_e)
        - left(2, 4) * G_e * right(1, 4)
        - left(1, 4) * G_e * right(2, 4)
        - G_e * right(3, 4),
    ),
    mutants=(
        Mutant(
            name="unbalanced",
            because="then the product alone does not determine its velocity",
            given=balanced_networks(4, tilted=True),
        ),
        Mutant(
            name="inner layers alike",
            because="each layer splits the exponents at its own place",
            then=Conserved(
                quantity=W_e, change=-(left(3, 4) * G_e) - 2 * left(1, 4) * G_e * right(1, 4) - G_e * right(3, 4)
            ),
        ),
        Mutant(
            name="one side only",
            because="the layers below precondition the right side",
            then=Conserved(quantity=W_e, change=-4 * left(3, 4) * G_e),
        ),
    ),
)
