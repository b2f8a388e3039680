"""The ratio that stands for a claim in a table."""

from dataclasses import replace

import pytest
import report_records as records

from lemmata.checks import Evidence
from lemmata.reports import comparison, ratios
from lemmata.reports.site.render import single


@pytest.mark.parametrize(
    ("expected", "kind", "left", "right", "sampled"),
    [
        ("1.41", "AtMost", "2.828427124746190097603377", "2", 0.0),
        ("2", "AtLeast", "1/4", "1/2", 1.0),
        ("585", "AtMost", "3", "2", 585.4),
        ("1+1.0e-20", "AtMost", "[1.00000000000000000001 +/- 3e-30]", "1", 1.0),
        (">1", "AtMost", "[1.00000 +/- 3e-6]", "1", 1.0),
        (">1e+300", "AtMost", "[1e+400 +/- 3e+300]", "[1e-400 +/- 3e-500]", 1.0),
        ("2", "AtMost", "[2e-81 +/- 3e-111]", "[1e-81 +/- 3e-111]", None),
        ("∞", "AtMost", "2", "0", 1.0),
        ("∞", "AtLeast", "-3", "-2", 0.5),
        ("∞", "Identity", "[8.7e-25 +/- 3.59e-55]", "0", 0.0),
        ("3.7", "Identity", "1", "0", 3.7),
        ("1.5", "AtMost", "1.5 (a fraction of 99 digits)", "1", 0.0),
    ],
)
def test_a_refuted_claim_never_has_a_ratio_of_one_or_less(
    expected: str, kind: str, left: str, right: str, sampled: float | None
) -> None:
    """The counterexample's ratio stands where nothing that was sampled has a larger one."""
    found = records.REFUTED
    example = replace(records.COUNTEREXAMPLE, left=left, right=right)
    sample = replace(records.SAMPLE, worst_ratio=sampled, worst=example, smallest=example)
    claim = replace(found, statement=replace(found.statement, kind=kind), sample=sample)

    assert expected == ratios.largest(claim)


def refuted(left: str, sampled: float) -> Evidence:
    """A refuted bound whose counterexample has the left side ``left`` and the right side 2."""
    example = replace(records.COUNTEREXAMPLE, left=left, right="2")
    sample = replace(records.SAMPLE, worst_ratio=sampled, worst=example, smallest=example)
    statement = replace(records.REFUTED.statement, kind="AtMost")
    return replace(records.REFUTED, statement=statement, sample=sample, mutants=[])


def test_the_page_has_the_ratio_of_the_table() -> None:
    """A counterexample of a larger ratio than any sampled has a row on the page; one that was sampled needs none."""
    larger, sampled = (single(records.run(refuted("15000", ratio))) for ratio in (585.4, 12345678.0))

    assert "7.5e+03" == ratios.largest(refuted("15000", 585.4))
    assert "<tr><td>the counterexample</td>" in larger
    assert "<strong>7.5 ⋅ 10³</strong>" in larger.partition("<tr><td>the counterexample</td>")[2].partition("</tr>")[0]
    assert "<tr><td>the counterexample</td>" not in sampled


def test_a_comparison_has_the_ratios_of_the_tables() -> None:
    """Two runs whose samples differ are compared by what their tables show, and not where that is the same."""
    before, after, other = refuted("15000", 585.4), refuted("15000", 600.0), refuted("30000", 700.0)
    same = comparison.changes(records.run(before), records.run(after))
    moved = comparison.changes(records.run(before), records.run(other))

    assert [] == same
    assert [("ratio", "7.5e+03", "1.5e+04")] == [(one.what, one.before, one.after) for one in moved]
