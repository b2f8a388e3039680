from dataclasses import replace

import pytest
import sympy as sp
from report_records import ASSUMED, COUNTEREXAMPLE, STATEMENT
from toy_quantified import C, coins, growing, m, power_laws, q, s, selections, u

from lemmata.checks import Attempt, Replay, describe
from lemmata.checks.counterexample import Assumed
from lemmata.claims import AtMost, Claim, Constant, Located, Rate, Side, load
from lemmata.reports.describe import attempt_text, claim_text, replay_text


def told(claim: Claim) -> str:
    """What `lemmata show` prints of a claim."""
    return claim_text(claim, describe(Located(claim, "toy")))


@pytest.mark.parametrize(
    ("expected", "claim"),
    [
        (("order: Theta(scale^exponent)", "quantity:\n    q", "scale:\n    s", "exponent:\n    2"), power_laws()),
        (
            ("order: O(scale^exponent)",),
            power_laws(then=Rate(quantity=q, scale=s, exponent=2, side=Side.UPPER)),
        ),
        (("constant:\n    7",), power_laws(then=Rate(quantity=q, scale=s, exponent=2, constant=7))),
        (
            ("event, AtMost:\n    left:\n      u\n    right:\n      p", "at least:\n    p", "at most:\n    p", "1/20"),
            coins(),
        ),
        (
            ("reached:\n    reached", "least:\n    least", "other:\n    other", "tolerance:\n    1/1000"),
            selections(lambda a: a),
        ),
        (("right:\n    C⋅m", "implied constant C: some number, the same at all parameters"), growing()),
        (
            ("implied constant C: some number, which may depend on n and on nothing else",),
            growing(
                then=AtMost(left=u * sp.sqrt(m**2 + m), right=C * m, constant=Constant(symbol=C, may_depend_on=("n",)))
            ),
        ),
    ],
)
def test_formulas_of_a_claim_are_drawn(expected: tuple[str, ...], claim: Claim) -> None:
    """Every formula of a conclusion with a quantifier of its own is drawn, and the quantifier is told."""
    text = told(claim)

    assert [] == [wanted for wanted in expected if wanted not in text]


def test_rate_without_a_constant_shows_none() -> None:
    """What a conclusion does not hold is not drawn."""
    assert "constant" not in told(power_laws())


def replayed(constant: str = "", *assumed: Assumed) -> str:
    """What `lemmata replay` prints of a counterexample with this constant, at which this is assumed."""
    found = replace(COUNTEREXAMPLE, constant=constant, assumed=list(assumed))
    return replay_text(
        Replay(
            statement=STATEMENT,
            mutant="",
            without="",
            counterexample=found,
            left="3/4",
            right="1/2",
            agrees=True,
            changed="",
            python="",
        )
    )


def test_replay_tells_the_constant() -> None:
    """The number that was put in for an implied constant is told; without one there is no line of it."""
    assert "constant    34/5, which suffices on the calibrated part\n" in replayed("34/5")
    assert "constant    \\x1b[2J" in replayed("\x1b[2J")
    assert "constant" not in replayed()


def test_replay_tells_the_hypotheses() -> None:
    """Each hypothesis is told with what it amounts to there; without any recorded there is no line of it."""
    assert "hypotheses  h L ≤ 1 (1/2 ≤ 1); balanced (met)\n" in replayed("", *ASSUMED)
    assert "hypotheses" not in replayed()


@pytest.mark.parametrize("width", [50, 80])
def test_a_claim_fits_its_terminal(width: int) -> None:
    """At 50 and at 80 columns no line of prose is longer than the terminal, and no LaTeX is left."""
    (located,) = load(["zhang2026/support-gap-rate"]).claims
    text = claim_text(located.claim, describe(located), width=width)

    assert "\\" not in text
    assert [] == [line for line in text.partition("Conclusion")[0].splitlines() if len(line) > width]


def test_what_was_tried_is_wrapped_and_its_command_is_not() -> None:
    """A target of `falsify` takes lines of the terminal's width, formulas set, and a line to copy."""
    found = Attempt(without="lam_max <= 1", rounds=2, met=4096, worst_ratio=float("inf"), found=COUNTEREXAMPLE)
    lines = attempt_text(found, " --claims my_conjecture.py", width=50).splitlines()

    assert "without λₘₐₓ ≤ 1: the hypothesis is needed: 3/4" == lines[0]
    assert "largest ratio ∞" in " ".join(" ".join(lines).split())
    assert max(map(len, lines[:-1])) <= 50
    assert "  lemmata replay 0123456789ab --claims my_conjecture.py" == lines[-1]


def test_the_numbers_of_a_class_are_explained() -> None:
    """`lemmata show` says what the arrays of a member hold, a replay says it below their values."""
    shown = claim_text(claim := load(["drori2014/gradient-descent"]).claims[0].claim, describe(Located(claim, "toy")))

    assert "  f.slopes: second derivative on each interval" in shown
    assert "  frames: functions that are averaged" in shown
    assert shown.count("Lipschitz constant of the gradient") == 1
    assert "W1 = [[1, -2], [0.5, 0]]\n    (weights into the hidden neurons)\n" in replayed()
