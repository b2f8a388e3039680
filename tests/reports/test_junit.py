import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from report_records import (
    CHANCE,
    CONTRADICTION,
    EVERYTHING,
    HOSTILE,
    MUTANT,
    POWER_LAW,
    POWERLESS,
    PRE_ASYMPTOTIC,
    PROVED,
    QUANTIFIED,
    REFUTED,
    UNDECIDED,
    UNLIKELY,
    estimated,
    run,
)

from lemmata.reports import estimates, junit


def cases(root: ET.Element) -> dict[str, ET.Element]:
    """The test cases by their names."""
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def outcome(case: ET.Element) -> str:
    """``pass``, ``failure`` or ``error``."""
    return next((child.tag for child in case), "pass")


def test_outcomes_follow_the_expectation() -> None:
    """Expected verdicts pass (a refuted control too), others fail, harness faults and unread files are errors."""
    root = ET.fromstring(junit.render(EVERYTHING))

    assert {
        "du2018/neuron-law": "pass",
        "du2018/neuron-law[mutant tanh]": "pass",
        "du2018/neuron-law[mutant bias left out]": "pass",
        "du2018/false-law": "pass",
        "du2018/step-law": "failure",
        "min2021/rate": "failure",
        "min2021/rate[mutant tanh]": "failure",
        "wind2023/width": "failure",
        "drori2014/huber": "pass",
        "mine/broken": "error",
        "mine.py": "error",
    } == {name: outcome(case) for name, case in cases(root).items()}
    assert ("11", "4", "2") == tuple(root.attrib[name] for name in ("tests", "failures", "errors"))


def test_one_suite_a_paper() -> None:
    """Claims are grouped by the first half of their key; properties stand at the suites only."""
    root = ET.fromstring(junit.render(EVERYTHING))

    names = [suite.attrib["name"] for suite in root.iter("testsuite")]
    assert ["du2018", "min2021", "wind2023", "drori2014", "mine", "lemmata"] == names
    assert all(suite.find("properties/property[@name='seed']") is not None for suite in root.iter("testsuite"))
    assert root.find(".//testcase//property") is None


def test_failure_says_how_to_replay() -> None:
    """A failure carries the verdict's sentence, the statement and the replay command."""
    problem = ET.fromstring(junit.render(run(REFUTED))).find(".//failure")

    assert problem is not None
    assert "refuted: False: 3/4 is not 1/2 at h = 1, confirmed in exact rationals." == problem.attrib["message"]
    assert "lemmata replay 0123456789ab" in (problem.text or "")
    assert REFUTED.statement.latex in (problem.text or "")


@pytest.mark.parametrize(("claim", "word"), [(UNDECIDED, "undecided (precision)"), (POWERLESS, "powerless")])
def test_inconclusive_verdicts_are_named(claim, word) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """A claim that was not decided fails under its own verdict's name, never as a refutation."""
    problem = ET.fromstring(junit.render(run(claim))).find(".//failure")

    assert problem is not None
    assert problem.attrib["message"].startswith(word)


def test_wrong_prediction_fails_the_mutant() -> None:
    """A refuted mutant whose predicted truth is violated is a failure."""
    wrong = replace(MUTANT, instead_sample=REFUTED.sample)
    found = cases(ET.fromstring(junit.render(run(replace(PROVED, mutants=[wrong])))))

    assert "failure" == outcome(found["du2018/neuron-law[mutant tanh]"])


def test_interrupted_run_is_an_error() -> None:
    """A run that was interrupted cannot pass as a green report."""
    root = ET.fromstring(junit.render(run(PROVED, finished=False)))

    assert "1" == root.attrib["errors"]
    assert "error" == outcome(cases(root)["the whole run"])


def test_hostile_strings_are_text() -> None:
    """Mark-up, control characters, surrogates and non-characters end up as visible text in well-formed XML."""
    statement = replace(PROVED.statement, key=f"du2018/{HOSTILE}", title="\x1b[31m\x00\ud800\uffff ]]>")
    claim = replace(REFUTED, statement=statement)
    root = ET.fromstring(junit.render(run(claim)))

    assert f"du2018/{HOSTILE}" in cases(root)
    text = root.findtext(".//failure") or ""
    assert text.startswith("\\x1b[31m\\x00\\ud800\\uffff ]]>")


def test_failure_tells_what_was_estimated() -> None:
    """A failure without a counterexample carries the estimate, one left open the count of instances."""
    found = cases(ET.fromstring(junit.render(run(UNLIKELY, POWER_LAW))))

    assert estimates.estimate_text(CONTRADICTION) in (found["toy2024/unlikely"].findtext("failure") or "")
    assert f"2,048 instances left open: {PRE_ASYMPTOTIC}" in (found["toy2024/power"].findtext("failure") or "")


def test_survivor_tells_what_was_estimated() -> None:
    """A mutant that survived an estimate fails with it."""
    mutant = replace(MUTANT, refuted=False, sample=estimated(CHANCE))
    found = cases(ET.fromstring(junit.render(run(replace(PROVED, mutants=[mutant])))))

    assert estimates.estimate_text(CHANCE) in (found["du2018/neuron-law[mutant tanh]"].findtext("failure") or "")


def test_estimate_that_refutes_what_should_hold_instead() -> None:
    """A contradicted probability of what should hold instead fails the mutant, without a counterexample."""
    wrong = replace(MUTANT, instead_sample=estimated(CONTRADICTION))
    found = cases(ET.fromstring(junit.render(run(replace(PROVED, mutants=[wrong])))))

    assert estimates.estimate_text(CONTRADICTION) in (found["du2018/neuron-law[mutant tanh]"].findtext("failure") or "")


def test_false_alarms_are_a_property_of_the_run() -> None:
    """The error budget stands at the suites, in runs that have one."""
    wanted = "testsuite/properties/property[@name='false alarms']"
    (found,) = ET.fromstring(junit.render(QUANTIFIED)).findall(wanted)

    assert "1.0e-06" == found.attrib["value"]
    assert [] == ET.fromstring(junit.render(EVERYTHING)).findall(wanted)
