"""The JUnit report: one suite a paper, one case a claim and a mutant, for continuous integration."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from lemmata.reports import estimates, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lemmata.checks.evidence import Evidence, MutantTrial, Run


def render(run: Run) -> bytes:
    """The run as JUnit XML.

    An expected verdict passes; any other fails, with its sentence and the command that replays it; a
    harness fault, an unreadable file and an interrupted run are errors. Properties stand at the suites only,
    where the format allows them.
    """
    papers: dict[str, list[Evidence]] = {}
    for claim in run.claims:
        papers.setdefault(claim.statement.key.partition("/")[0], []).append(claim)
    root = ET.Element("testsuites", name="lemmata")
    for paper, claims in papers.items():
        cases = [case for claim in claims for case in _cases(paper, claim)]
        _suite(root, run, paper, cases, sum(claim.seconds for claim in claims))
    faults = list(_faults(run))
    if faults:
        _suite(root, run, "lemmata", faults, 0.0)
    _count(root, root.iter("testcase"), run.seconds)
    del root.attrib["skipped"]  # Jenkins' schema has it at the suites only
    ET.indent(root, space=" ")
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(root: ET.Element, run: Run, name: str, cases: list[ET.Element], seconds: float) -> None:
    suite = ET.SubElement(root, "testsuite", name=_legal(name), timestamp=_legal(run.started), hostname="")
    properties = ET.SubElement(suite, "properties")
    facts = {
        "run": run.id,
        "seed": str(run.seed),
        "effort": run.effort,
        "machine": run.machine,
        **run.versions,
    }
    if run.false_alarms > 0:
        facts["false alarms"] = f"{run.false_alarms:.1e}"
    for key, value in facts.items():
        ET.SubElement(properties, "property", name=_legal(key), value=_legal(value))
    suite.extend(cases)
    _count(suite, cases, seconds)


def _count(element: ET.Element, cases: Iterable[ET.Element], seconds: float) -> None:
    listed = list(cases)
    element.set("tests", str(len(listed)))
    element.set("failures", str(sum(case.find("failure") is not None for case in listed)))
    element.set("errors", str(sum(case.find("error") is not None for case in listed)))
    element.set("skipped", "0")
    element.set("time", f"{seconds:.3f}")


def _cases(paper: str, claim: Evidence) -> Iterable[ET.Element]:
    yield _claim_case(paper, claim)
    for mutant in claim.mutants:
        yield _mutant_case(paper, claim, mutant)


def _claim_case(paper: str, claim: Evidence) -> ET.Element:
    key = claim.statement.key
    own = claim.seconds - sum(mutant.sample.seconds for mutant in claim.mutants)
    case = _case(paper, key, own)
    if claim.verdict == "error":
        _problem(case, "error", claim.verdict, claim.sentence, claim.error)
    elif not claim.expected:
        why = f"{claim.verdict}: {claim.sentence}"
        if claim.reason:
            why = f"{claim.verdict} ({claim.reason}): {claim.sentence}"
        _problem(case, "failure", claim.verdict, why, failure_text(claim))
    return case


def _mutant_case(paper: str, claim: Evidence, mutant: MutantTrial) -> ET.Element:
    case = _case(paper, f"{claim.statement.key}[mutant {mutant.name}]", mutant.sample.seconds)
    if words.trouble(mutant):
        _problem(case, "failure", "mutant", words.trouble(mutant), mutant_text(claim, mutant))
    return case


def failure_text(claim: Evidence) -> str:
    """Why a claim's verdict is not the expected one: the statement, the sentence and how to replay it."""
    statement = claim.statement
    lines = [
        statement.title,
        statement.latex,
        "",
        f"{claim.verdict}: {claim.sentence}",
        words.expectation(claim),
    ]
    for role, example in words.all_counterexamples(claim):
        lines += ["", f"{role}: {words.parameters(list(example.parameters.items()))} ({example.case})"]
        sides = f"left {words.one_line(example.left)}, right {words.one_line(example.right)}"
        lines += [f"{example.arithmetic}: {sides}"]
        lines += [f"constant {words.sufficing(example)}"] if example.constant else []
        lines += [words.replay_command(claim, example)]
    for stage in claim.stages.values():
        lines += [*estimates.unfavourable(stage), *words.difficulties(stage)]
    if claim.error:
        lines += ["", claim.error.rstrip()]
    return words.visible("\n".join(lines))


def mutant_text(claim: Evidence, mutant: MutantTrial) -> str:
    """Why a mutant's trial did not end as it must."""
    sample = mutant.instead_sample if mutant.refuted else mutant.sample
    lines = [f"{words.trouble(mutant)}.", mutant.because, mutant.instead if mutant.refuted else mutant.latex]
    lines += ["", f"of: {claim.statement.key}, {claim.statement.title}"]
    lines += [words.replay_command(claim, example) for _, example in words.counterexamples(sample)[-1:]]
    if sample is not None:
        lines += estimates.unfavourable(sample) if mutant.refuted else map(estimates.estimate_text, sample.estimates)
        lines += words.difficulties(sample)
    return words.visible("\n".join(lines))


def _faults(run: Run) -> Iterable[ET.Element]:
    for failure in run.failures:
        case = _case("lemmata", failure.source, 0.0)
        _problem(case, "error", "unreadable", f"could not read {failure.source}", failure.error)
        yield case
    if not run.finished:
        case = _case("lemmata", "the whole run", 0.0)
        _problem(case, "error", "interrupted", f"interrupted after {len(run.claims)} claims", "")
        yield case


def _case(paper: str, name: str, seconds: float) -> ET.Element:
    return ET.Element("testcase", classname=_legal(paper), name=_legal(name), time=f"{max(seconds, 0.0):.3f}")


def _problem(case: ET.Element, tag: str, kind: str, message: str, text: str) -> None:
    problem = ET.SubElement(case, tag, type=_legal(kind), message=_legal(message))
    problem.text = _legal(text)


def _legal(text: str) -> str:
    """Escape what XML 1.0 cannot hold: control characters, lone surrogates and the two non-characters."""
    return words.visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
