"""The largest ratio of a bound against each parameter, as one line of text a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lemmata.checks.evidence import Evidence


def slack_lines(claim: Evidence) -> list[str]:
    """``n: 1 (n = 1), 0.98 (n = 2)``: the largest ratios that any stage saw, a line for each parameter."""
    found: dict[str, dict[str, float]] = {}
    for stage in claim.stages.values():
        for one in stage.slack:
            there = found.setdefault(one.parameter, {})
            for value, ratio in zip(one.values, one.ratios, strict=True):
                there[value] = max(ratio, there.get(value, ratio))
    return [
        f"{name}: {', '.join(f'{_shown(ratio)} at {value}' for value, ratio in there.items())}"
        for name, there in found.items()
    ]


def _shown(ratio: float) -> str:
    """Three digits, but never 1 for what is below it by more than rounding."""
    if 1 - 1e-3 < ratio < 1 - 1e-9:
        return f"1 - {1 - ratio:.0e}"
    return f"{ratio:.3g}"
