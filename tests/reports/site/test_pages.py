import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from page_elements import Page
from report_records import (
    ASSUMED,
    COUNTEREXAMPLE,
    EVERYTHING,
    HOSTILE,
    MUTANT,
    PROVED,
    QUANTIFIED,
    REFUTED,
    VIOLATED,
    WORST,
    curve,
    run,
)

from lemmata.checks.counterexample import Assumed, Counterexample
from lemmata.checks.decision import DecidedShape, Decision
from lemmata.checks.evidence import Evidence, LoadFailure, Necessity, Run
from lemmata.reports.site.render import pages, single


@pytest.fixture(scope="module")
def everything() -> str:
    """The page of a run with every kind of ending."""
    return single(EVERYTHING)


def test_page_is_well_formed(everything: str) -> None:
    """What is opened is closed, in order, and no identifier is given twice."""
    page = Page(everything)

    assert [] == page.open
    identifiers = page.attributes("id")
    assert sorted(set(identifiers)) == sorted(identifiers)


def test_references_inside_the_page_are_met(everything: str) -> None:
    """Links, clip paths and markers point at identifiers of the page."""
    page = Page(everything)
    known = set(page.attributes("id"))
    wanted = {value[1:] for value in page.attributes("href") if value.startswith("#")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", everything))

    assert wanted
    assert wanted <= known


def test_page_is_self_contained(everything: str) -> None:
    """Nothing is loaded from anywhere, and the policy of the page forbids it."""
    page = Page(everything)

    assert not any(tag in {"link", "img", "iframe", "object"} for tag, _ in page.elements)
    assert [] == page.attributes("src")
    assert all(value.startswith("#") for value in page.attributes("href"))
    assert any("default-src 'none'" in value for value in page.attributes("content"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)


def test_policy_admits_the_one_script(everything: str) -> None:
    """The digest in the policy is that of the inline script, so the filters do run."""
    import base64
    import hashlib

    script = everything.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"'sha256-{digest}'" in everything
    assert 1 == everything.count("<script")


@pytest.mark.parametrize(
    "wanted",
    [
        "3 as expected, 2 not, 2 inconclusive",
        "du2018/neuron-law",
        "Theorem 2.1",
        "incoming weights of the neuron",
        "positively homogeneous",
        "integer in [2, 8]",
        "free algebra of matrix symbols",
        "Every width, depth, loss and data set.",
        "the loss is differentiable in the network's output",
        "4,096",
        "1 − 9.0 ⋅ 10⁻⁸",
        "bias left out",
        "tanh is not homogeneous, so the balance drifts.",
        "held on 4,096 instances",
        "SURVIVED",
        "lemmata replay 0123456789ab",
        "exact rationals",
        "... (1600 numbers; see JSON)",
        "3 violations could not be settled by any arithmetic",
        "12 instances: The iteration did not converge.",
        "ZeroDivisionError: 1/0",
        "Could not read mine.py",
        "a negative control: expected to be refuted",
    ],
)
def test_page_tells(everything: str, wanted: str) -> None:
    """Everything a referee asks for stands on the page."""
    assert wanted in re.sub(r"\s+", " ", Page(everything).text)


def test_hypotheses_have_their_values_at_the_counterexample() -> None:
    """What is assumed stands with its value at the smallest counterexample; a claim without one has no such column."""
    names = [one.name for one in ASSUMED]
    statement = replace(REFUTED.statement, hypotheses=names)
    sample = replace(REFUTED.sample, smallest=replace(COUNTEREXAMPLE, assumed=ASSUMED))  # type: ignore[type-var]
    page = single(run(replace(REFUTED, statement=statement, sample=sample)))
    rows = [Page(row).text for row in re.findall(r"<tr><td>.*?</tr>", page.partition("What is assumed")[2])[:2]]

    assert "at the smallest counterexample" in page
    assert ["hL≤1––1/2≤1", "balanced––met"] == rows
    assert "at the smallest counterexample" not in single(run(PROVED))


def test_small_instances_are_matrices(everything: str) -> None:
    """The entries of the smallest counterexample are set as matrices; what was not finite is named."""
    assert '<table class="matrix"><tr><td>1</td><td>-2</td></tr><tr><td>0.5</td><td>0</td></tr></table>' in everything
    assert "<td>NaN</td>" in everything


def hostile(text: str) -> Run:
    """A run in which every string of the record is ``text``."""

    def example(found: Counterexample) -> Counterexample:
        strings = dict.fromkeys(("id", "case", "left", "right", "arithmetic", "origin"), text)
        return replace(found, parameters={text: text}, instance={text: text, "ragged": [[1.0], text]}, **strings)

    sample = replace(
        REFUTED.sample,  # type: ignore[type-var]
        smallest=example(COUNTEREXAMPLE),
        worst=example(WORST),
        worst_origin=text,
        solver_failures={text: 3},
        hypotheses=[replace(item, name=text) for item in PROVED.sample.hypotheses],  # type: ignore[union-attr]
        edges=[replace(item, name=text) for item in PROVED.sample.edges],  # type: ignore[union-attr]
        curves=[replace(curve(), name=text, x_label=text, y_label=text)],
    )
    proof = replace(PROVED.proof, method=text, covers=text, given=[text], remainder=text)  # type: ignore[type-var]
    mutant = replace(
        MUTANT,
        name=text,
        because=text,
        latex=text,
        instead=text,
        sample=sample,
        instead_sample=sample,  # type: ignore[arg-type]
    )
    strings = ("source", "title", "about", "paper", "location", "status", "reading", "reading_note", "kind")
    statement = replace(
        PROVED.statement,
        key=f"du2018/{text}",
        **dict.fromkeys(strings, text),  # type: ignore[arg-type]
        latex=rf"\text{{{text}}}",
        legend={text: text},
        family=text,
        procedure=text,
        hypotheses=[text],
        parameters={text: text},
    )
    claim = Evidence(
        statement=statement,
        verdict=text,
        reason=text,
        sentence=text,
        expected=False,
        proof=proof,
        sample=sample,
        data=sample,
        mutants=[mutant],
        error=text,
        seconds=1.0,
    )
    second = replace(claim, statement=replace(statement, key=f"du2018/{text}2"))
    return replace(
        run(claim, second, failures=(LoadFailure(source=text, error=text),)),
        id=text,
        started=text,
        machine=text,
        effort=text,
        selection=[text],
        versions={text: text},
    )


@pytest.mark.parametrize(
    "text", [HOSTILE, "\"><img src=x onerror='alert(1)'>", "</style></title>{{ 7 * 7 }}", "$\\frac{"]
)
def test_hostile_strings_are_text(text: str) -> None:
    """Mark-up in any field of the record is shown as text: it adds no element and no handler."""
    page = Page(single(hostile(text)))

    assert [] == page.open
    assert 1 == sum(tag == "script" for tag, _ in page.elements)
    assert not any(tag == "img" for tag, _ in page.elements)
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert text in page.text


def test_control_characters_are_visible() -> None:
    """Control characters, bidirectional marks and lone surrogates are escaped, so that the page can be written."""
    text = single(hostile("\x00\x1b[31m\u202e\ud800"))

    assert not {"\x00", "\x1b", "\u202e", "\ud800"} & set(text)
    assert "\\x00\\x1b[31m\\u202e\\ud800" in Page(text).text
    assert text.encode()


def test_figures_are_drawn_in_the_colours_of_the_page(everything: str) -> None:
    """Each figure is a well-formed picture with a text of its own that names no colour and no font."""
    pictures = re.findall(r"<figure>.*?(<svg.*?</svg>)", everything, re.DOTALL)

    assert 4 == len(pictures)
    for picture in pictures:
        assert ET.fromstring(picture).attrib["aria-label"]
        assert 'class="l s1"' in picture
        assert not re.search(r"#[0-9a-f]{6}\b|font-family|style", picture)


def test_claims_that_share_data_are_overlaid(everything: str) -> None:
    """Two claims of a paper with curves of one name come together near the top, before the first claim."""
    place = everything.index("du2018: measured curves of its claims side by side")

    assert everything.index('id="claims"') < place < everything.index("<article")


def test_interrupted_run_says_so() -> None:
    """The page of an interrupted run does not look like that of a finished one."""
    assert "This run was interrupted: it shows the 1 claims" in Page(single(run(PROVED, finished=False))).text


def test_overview_and_a_page_a_paper() -> None:
    """The overview links to every claim by its key, on the page of its paper, and each page back to the overview."""
    made = pages(EVERYTHING)

    keys = [claim.statement.key for claim in EVERYTHING.claims]
    assert ["index.html", *dict.fromkeys(f"{key.partition('/')[0]}.html" for key in keys)] == list(made)
    for claim in EVERYTHING.claims:
        paper = claim.statement.key.partition("/")[0]
        assert f'href="{paper}.html#{claim.statement.key}"' in made["index.html"]
        assert f'<article id="{claim.statement.key}">' in made[f"{paper}.html"]
    assert all('href="index.html"' in made[name] for name in made if name != "index.html")


def test_pages_are_well_formed_and_self_contained() -> None:
    """Each page of the site closes what it opens, loads nothing, and only the overview runs a script of ours."""
    made = pages(EVERYTHING)
    for name, text in made.items():
        page = Page(text)

        assert [] == page.open
        assert not any(tag in {"link", "img", "iframe", "object"} for tag, _ in page.elements)
        local = {value.partition("#")[0] for value in page.attributes("href")}
        assert local <= {"", *made}
        assert ("<script" in text) == (name == "index.html")


def test_file_names_come_from_no_record() -> None:
    """A paper's key can neither leave the folder nor take the overview's name or another's."""
    keys = ("../up/x", "index/x", "a b/x", "a.b/x", "<script>/x", "/x")
    claims = [replace(PROVED, statement=replace(PROVED.statement, key=key)) for key in keys]

    assert [
        "index.html",
        "paper.html",
        "index-2.html",
        "a-b.html",
        "a-b-2.html",
        "script.html",
        "paper-2.html",
    ] == list(pages(run(*claims)))


def test_what_was_not_expected_comes_first() -> None:
    """The claims that did not end as expected are listed before all others; a negative control is not among them."""
    text = Page(pages(EVERYTHING)["index.html"]).text
    place = text.index("4 of 7 claims did not end as their status expects.")

    assert place < text.index("By paper")
    assert "All 1 claims ended as their status expects." in Page(pages(run(PROVED))["index.html"]).text


def test_empty_run() -> None:
    """A run without claims is still a page."""
    page = Page(single(run()))

    assert [] == page.open
    assert "0 as expected, 0 not, 0 inconclusive" in page.text


def test_rendering_is_repeatable(everything: str) -> None:
    """The same record gives the same page, byte for byte: no clock and no chance is read."""
    assert everything == single(EVERYTHING)


def test_no_typed_number_or_formula_is_left() -> None:
    """Beside code and keys a page holds no power of ten, interval, power or relation as it is typed."""
    example = replace(
        COUNTEREXAMPLE,
        left="[2.4471663 +/- 4.80e-30]",
        right="7.5e+22",
        case="h <= 2",
        assumed=[Assumed(name="eta_t |r| <= 2", left="1.5e-7", sign="<=", right="2")],
    )
    sample = replace(REFUTED.sample, smallest=example, worst=None, worst_ratio=1 + 2e-9)  # type: ignore[type-var]
    claims = [*EVERYTHING.claims, *QUANTIFIED.claims, replace(REFUTED, sample=sample)]
    page = single(replace(EVERYTHING, claims=claims, false_alarms=1e-6))
    code = r"<(pre|code|style|script|title)\b.*?</\1>|<span class=.key.>.*?</span>"
    text = Page(re.sub(code, " ", page, flags=re.DOTALL)).text

    assert "2.4471663 ± 4.80 ⋅ 10⁻³⁰" in text
    assert [] == re.findall(r".{0,30}(?:\de[+-]?\d|\+/-|\^|_t\b|[<>!=]=).{0,20}", text)


def test_every_command_names_the_file_that_it_needs() -> None:
    """On the page of a claim of one's own each command to replay something names its file, a mutant's, too."""
    statement = replace(REFUTED.statement, source="mine.py")
    shape = DecidedShape(outcome="true", parameters={}, reason="", numbers=2, id="cafe")
    decided = {"covers": "", "where": "n = 1", "given": [], "counterexample": None, "seconds": 1.0}
    decision = Decision(trusted="z3", outcome="true", shapes=[shape], **decided)  # type: ignore[arg-type]
    needed = Necessity(hypothesis="x", sample=VIOLATED)
    claim = replace(REFUTED, statement=statement, mutants=[MUTANT], necessity=[needed], decision=decision)
    commands = re.findall(r"lemmata replay [^<\n]*", single(run(claim)))

    assert len(commands) >= 4
    assert [] == [command for command in commands if "--claims mine.py" not in command]
