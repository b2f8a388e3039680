"""Arguments of another kind than a conjecture takes, told with what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lemmata import (
    Rational,
    at_most,
    conjecture,
    conserved,
    equals,
    gradient_flow,
    judge,
    l1,
    maximum,
    measured,
    order,
    real,
    sup,
    vector,
)
from lemmata.checks import Effort
from lemmata.claims import ClaimError, load

x, y = real("x", "y")
v = vector("v", 3)
out, most = measured("out", "most")

WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a formula for a flow": (
        lambda: conjecture("Flow", then=conserved(x**2), along=x**2),  # type: ignore[arg-type]
        r"along= got x\*\*2, a Pow; expected gradient_flow\(loss, of=x, ...\)",
    ),
    "a formula for steps": (
        lambda: conjecture("Steps", then=x**2 <= y**2, steps=x**2),  # type: ignore[arg-type]
        r"steps= got x\*\*2, a Pow; expected gradient_descent",
    ),
    "one place for several": (
        lambda: conjecture("Near", then=x**2 <= y**2 + 1, near={x: 1}),
        r"near= holds 1; expected places, each with its values: near=\[\{x: 1, y: 0\}\]",
    ),
    "a number for a scale": (lambda: order(x, y) == 2, r'order got y, which goes to no limit; .* y = scale\("y"\)'),
    "numbers alone": (lambda: conjecture("Two", then=2 <= 3), "numbers alone are compared at once"),  # noqa: PLR0133
    "a choice": (
        lambda: conjecture("If", then=(x if x > 0 else -x) >= 0),
        r"Piecewise\(\(a, condition\), \(b, True\)\)",
    ),
    "a side that is zero": (
        lambda: conjecture("Zero", then=equals(maximum(x, 0) * maximum(-x, 0), 0)),
        "where a side is zero plus something",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_what_was_expected_is_told(mistake: str, tmp_path: Path) -> None:
    """Each is refused when it is read, with what came and what was expected."""
    make, sentence = WRONG[mistake]
    if mistake == "a choice":  # Python's own error, explained where a file is read
        path = tmp_path / "mine.py"
        path.write_text(
            "from lemmata import conjecture, real\nx = real('x')\nc = conjecture('c', then=(x if x > 0 else -x) >= 0)\n"
        )
        ((_, told),) = load([str(path)]).failures
        assert "Piecewise((a, condition), (b, True)) for if and else" in told
        return
    with pytest.raises(ClaimError, match=sentence):
        make()


def test_a_name_that_the_package_lacks_is_told(tmp_path: Path) -> None:
    """An attribute asked of the package in vain costs a sentence with names near it."""
    path = tmp_path / "mine.py"
    path.write_text("import lemmata\nx = lemmata.reals('x')\n")
    ((_, told),) = load([str(path)]).failures
    assert "lemmata has no reals; did you mean real" in told
    assert "Traceback" not in told


def test_norms_are_written_in_a_procedure_as_in_a_statement() -> None:
    """The sum and the largest of the absolute values are those of each instance of a batch."""

    def norms(v: Any) -> dict[str, Any]:
        return {"out": l1(v) - sup(v), "most": sup(v)}

    claim = conjecture("Norms", key="toy/norms", runs=norms, v=v, then=at_most(out + most, 2 * l1(v)))
    assert judge(claim, effort=Effort.QUICK, seed=0).verdict == "proved"
    wrong = conjecture("Norms", key="toy/norms", runs=norms, v=v, then=at_most(most, Rational(1, 3) * (out + most)))
    assert judge(wrong, effort=Effort.QUICK, seed=0).verdict == "refuted"


def test_a_flow_is_taken() -> None:
    """What is expected is no mistake."""
    claim = conjecture(
        "Flow", key="toy/flow", then=conserved(x**2 - y**2), along=gradient_flow((x * y - 1) ** 2, of=(x, y))
    )
    assert claim.key == "toy/flow"
