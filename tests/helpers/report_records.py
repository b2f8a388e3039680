"""Evidence records to make reports from: what a small run could have left behind."""

from dataclasses import replace

from lemmata.checks.counterexample import Assumed, Counterexample
from lemmata.checks.evidence import (
    Curve,
    EdgeCount,
    Estimate,
    Evidence,
    HypothesisCount,
    LoadFailure,
    MutantTrial,
    Necessity,
    Proof,
    Run,
    Sample,
    Statement,
)

HOSTILE = "<script>alert('x')</script>"
DU = "Du, Hu, Lee (2018). Algorithmic Regularization in Learning Deep Homogeneous Models. NeurIPS 31, 1806.00900"

COUNTEREXAMPLE = Counterexample(
    id="0123456789ab",
    parameters={"depth": 2, "width": 1, "step_size": 0.5},
    instance={"W1": [[1.0, -2.0], [0.5, 0.0]], "W2": [[3.0, 1.0]], "x": [1.0, None]},
    case="h = 1",
    left="3/4",
    right="1/2",
    difference=0.25,
    error_bar=1.5e-15,
    arithmetic="exact rationals",
    origin="edge: width 1",
    shrunk=True,
)
ASSUMED = [Assumed(name="h L <= 1", left="1/2", sign="<=", right="1"), Assumed(name="balanced")]
"""Hypotheses at a counterexample: a relation and another predicate."""

WORST = replace(
    COUNTEREXAMPLE,
    id="ba9876543210",
    parameters={"depth": 5, "width": 64, "step_size": 0.5},
    instance={"W1": [[0.125] * 40 for _ in range(40)], "W2": [[3.0, 1.0]]},
    left="7317.25",
    right="12.5",
    difference=7304.75,
    arithmetic="balls of 256 bits",
    origin="random",
    shrunk=False,
)
STATEMENT = Statement(
    key="du2018/neuron-law",
    source="lemmata.claims.papers.du2018.flow",
    title="Each neuron keeps its balance under gradient flow",
    about="For every hidden neuron the squared norms in and out differ by a constant.\n\nNo bias; any loss.",
    paper=DU,
    location="Theorem 2.1",
    status="theorem",
    reading="as stated",
    reading_note="",
    kind="Conserved",
    latex=r"\frac{d}{dt}\left[\mathbf{w}_{h}^{T} \mathbf{w}_{h} - \mathbf{a}_{h}^{T} \mathbf{a}_{h}\right] = 0",
    legend={r"\mathbf{w}_{h}": "incoming weights of the neuron", r"\mathbf{a}_{h}": "its outgoing weights"},
    family="homogeneous networks of any depth",
    procedure="gradient flow",
    hypotheses=["positively homogeneous", "no bias"],
    parameters={"depth": "integer in [2, 8]", "width": "integer in [1, 64]"},
    meanings={"W1": "weights into the hidden neurons"},
)


def curve(name: str = "digits", scale: float = 1.0) -> Curve:
    """Forty measured points that decay, and their prediction, with a gap where a number was not finite."""
    steps = [float(step) for step in range(40)]
    values = [scale * 0.75**step for step in range(40)]
    return Curve(
        name=name,
        x_label="step",
        y_label="imbalance",
        x=steps,
        measured=[None if step == 7 else value * 1.05 for step, value in enumerate(values)],
        predicted=list(values),
    )


SAMPLE = Sample(
    proposed=5000,
    met=4096,
    hypotheses=[
        HypothesisCount(name="positively homogeneous", met=5000, proposed=5000),
        HypothesisCount(name="no bias", met=4096, proposed=5000),
    ],
    edges=[
        EdgeCount(name="width 1", met=256, proposed=256),
        EdgeCount(name="zero", met=256, proposed=256),
    ],
    relations=1_048_576,
    worst_ratio=0.3712,
    worst_residual=4.4e-16,
    worst_origin="edge: width 1",
    artefacts=0,
    unsettled=0,
    non_finite=0,
    solver_failures={},
    smallest=None,
    worst=None,
    curves=[],
    seconds=1.25,
    distinct=4090,
    drawn=3584,
)
DATA = replace(
    SAMPLE,
    proposed=64,
    met=64,
    edges=[EdgeCount(name="digits", met=32, proposed=32), EdgeCount(name="iris", met=32, proposed=32)],
    curves=[curve(), curve("iris", 20.0)],
    worst_origin="data: digits",
)
VIOLATED = replace(SAMPLE, smallest=COUNTEREXAMPLE, worst=WORST, worst_ratio=585.4)
MUTANT = MutantTrial(
    name="tanh",
    because="tanh is not homogeneous, so the balance drifts.",
    latex=r"\frac{d}{dt}\left[\mathbf{w}_{h}^{T} \mathbf{w}_{h}\right] = 0",
    refuted=True,
    sample=replace(VIOLATED, worst=COUNTEREXAMPLE),
    instead=r"\frac{d}{dt} Q = -2 \sum_{s} A_{s} \left(\phi'(z_{s}) z_{s} - \phi(z_{s})\right)",
    instead_sample=SAMPLE,
)
PROVED = Evidence(
    statement=STATEMENT,
    verdict="proved",
    reason="",
    sentence="Proved for every width, depth and data set; 4,096 instances agree.",
    expected=True,
    proof=Proof(
        method="free algebra of matrix symbols",
        closed=True,
        covers="Every width, depth, loss and data set.",
        error_probability=0.0,
        given=["the loss is differentiable in the network's output"],
        remainder="",
        seconds=0.5,
    ),
    sample=SAMPLE,
    data=DATA,
    mutants=[MUTANT, replace(MUTANT, name="bias left out", instead="", instead_sample=None)],
    error="",
    seconds=2.5,
)


def judged(key: str, verdict: str, *, expected: bool = False, status: str = "theorem", **changes: object) -> Evidence:
    """The proved claim's record with another key and another end."""
    statement = replace(STATEMENT, key=key, status=status)
    plain = {"proof": None, "data": None, "mutants": [], "sentence": f"This claim is {verdict}."}
    return replace(PROVED, statement=statement, verdict=verdict, expected=expected, **{**plain, **changes})  # type: ignore[arg-type]


REFUTED = judged(
    "du2018/step-law",
    "refuted",
    sample=VIOLATED,
    sentence="False: 3/4 is not 1/2 at h = 1, confirmed in exact rationals.",
)
POWERLESS = judged(
    "min2021/rate", "powerless", mutants=[replace(MUTANT, refuted=False, sample=SAMPLE, instead_sample=None)]
)
UNDECIDED = judged(
    "wind2023/width",
    "undecided",
    reason="precision",
    sample=replace(SAMPLE, unsettled=3, solver_failures={"The iteration did not converge.": 12}),
)
CONTROL = judged("du2018/false-law", "refuted", expected=True, status="refuted", sample=VIOLATED)
CONJECTURE = judged(
    "drori2014/huber",
    "holds",
    expected=True,
    status="conjecture",
    sample=replace(SAMPLE, worst_ratio=0.99999991),
)
BROKEN = judged("mine/broken", "error", sample=None, error="Traceback (most recent call last):\nZeroDivisionError: 1/0")


def run(*claims: Evidence, finished: bool = True, failures: tuple[LoadFailure, ...] = ()) -> Run:
    """A run that ended with these claims."""
    return Run(
        id="run-1",
        started="2026-01-02T03:04:05Z",
        seconds=75.5,
        seed=7,
        effort="standard",
        selection=["du2018"],
        versions={"lemmata": "0.1.0", "numpy": "2.3.0"},
        machine="Linux x86-64, 8 cores",
        finished=finished,
        claims=list(claims),
        failures=list(failures),
    )


EVERYTHING = run(
    PROVED,
    replace(CONTROL, data=replace(DATA, curves=[curve(scale=3.0)])),
    REFUTED,
    POWERLESS,
    UNDECIDED,
    CONJECTURE,
    BROKEN,
    failures=(LoadFailure(source="mine.py", error="Traceback (most recent call last):\nSyntaxError: invalid syntax"),),
)

CHANCE = Estimate(
    quantity="probability of the event",
    origin="edge: one sample",
    parameters={"n": 1, "p": 0.5},
    claimed="at least 0.9",
    value=0.951,
    low=0.9312,
    high=0.9664,
    used=6500,
    decision="agrees",
    false_alarm=1.25e-07,
    detectable=0.0398,
)
CONTRADICTION = replace(
    CHANCE, claimed="at most 0.25", value=0.52, low=0.39, high=0.66, used=500, decision="contradicts", detectable=0.128
)
EXPONENT = Estimate(
    quantity="exponent",
    origin="edge: small steps",
    parameters={"n": 1},
    claimed="2",
    value=2.0,
    low=1.9999998,
    high=2.0000001,
    used=6,
    decision="agrees",
)
TREND = Estimate(
    quantity="constant along m",
    origin="towards 400",
    parameters={"m": 400},
    claimed="no growth",
    value=20.0,
    low=4.472,
    high=20.0,
    used=7,
    decision="contradicts",
)
LEAST = Estimate(
    quantity="least constant",
    origin="everywhere",
    parameters={},
    claimed="some number",
    value=20.0,
    low=None,
    high=None,
    used=1184,
    decision="agrees",
)
PRE_ASYMPTOTIC = "pre-asymptotic: the local slope still moves at the last scale, or rounding hides it"


def estimated(*estimates: Estimate, **changes: object) -> Sample:
    """A sample that rests on these estimates and has no ratio of its own."""
    plain = {"estimates": list(estimates), "worst_ratio": None, "worst_residual": None, "worst_origin": ""}
    return replace(SAMPLE, **{**plain, **changes})  # type: ignore[arg-type]


def drawn(x_label: str, y_label: str, x: list[float], measured: list[float], predicted: list[float]) -> Curve:
    """A short curve with these labels."""
    return Curve(
        name="drawn", x_label=x_label, y_label=y_label, x=list(x), measured=list(measured), predicted=list(predicted)
    )


POWER = drawn("log10 of the scale", "log10 of the quantity", [1.0, 2.0, 4.0, 256.0], [0.01, 2.1, 4.0, 256.0], [0.0] * 4)
GROWTH = drawn("m", "least constant", [1.0, 20.0, 400.0], [1.0, 4.5, 20.0], [4.5] * 3)
ESTIMATED_MUTANT = replace(MUTANT, name="too rarely", sample=estimated(CONTRADICTION), instead="", instead_sample=None)
WITHOUT = [
    Necessity(hypothesis="no bias", sample=VIOLATED),
    Necessity(hypothesis="positively homogeneous", sample=replace(SAMPLE, open={PRE_ASYMPTOTIC: 12})),
    Necessity(hypothesis="independent", sample=estimated(CONTRADICTION)),
]
LIKELY = judged(
    "toy2024/likely",
    "supported",
    expected=True,
    sample=estimated(CHANCE),
    mutants=[ESTIMATED_MUTANT],
    necessity=WITHOUT,
)
UNLIKELY = judged("toy2024/unlikely", "refuted", sample=estimated(CONTRADICTION))
POWER_LAW = judged(
    "toy2024/power",
    "undecided",
    reason="open",
    sample=estimated(EXPONENT, open={PRE_ASYMPTOTIC: 2048}, curves=[POWER], worst_ratio=3.7e-9),
)
GROWING = judged(
    "toy2024/growing",
    "refuted",
    sample=estimated(
        TREND,
        LEAST,
        curves=[GROWTH],
        smallest=replace(COUNTEREXAMPLE, constant="34/5"),
        worst=replace(WORST, constant="34/5"),
    ),
)
QUANTIFIED = replace(run(LIKELY, UNLIKELY, POWER_LAW, GROWING), false_alarms=1e-6)
"""A run of claims with a quantifier of their own."""
