"""The ratio that stands for a claim in a table."""

from dataclasses import replace

import pytest
import report_records as records

from lemmata.reports import ratios


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
