"""A procedure is judged on what its author has seen it compute: with error bounds as on NumPy's own arrays."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from lemmata import conjecture, integer, judge, measured, real, vector
from lemmata.claims import ClaimError, Measurement
from lemmata.claims.language.floats import Plain, refuse_other_floats, run_plain
from lemmata.solvers import Bounded

x = real("x")
v = vector("v", 3)
d = measured("d")


def two_names(x: Any) -> dict[str, Any]:
    """``y`` and ``z`` are one array in NumPy."""
    y = z = x * 0
    y += x
    return {"d": z}


def by_a_view(v: Any) -> dict[str, Any]:
    """The first column is a view, and changing it changes the matrix."""
    doubled = v * 1
    first = doubled[:, 0]
    first += 1
    return {"d": doubled.sum(axis=-1)}


def by_kind(x: Any) -> dict[str, Any]:
    """Another way is taken for NumPy's arrays."""
    return {"d": x * 2 if type(x) is np.ndarray else x * 0}


def by_method(x: Any) -> dict[str, Any]:
    """A method that only NumPy's arrays have, and a way out where it is missing."""
    try:
        x.tolist()
    except AttributeError:
        return {"d": x * 0}
    return {"d": x * 1}


@pytest.mark.parametrize("run", [two_names, by_a_view, by_kind, by_method], ids=lambda run: run.__name__)
def test_another_result_in_plain_floats_is_refused(run: Any) -> None:
    """What is zero with error bounds and unbounded in NumPy is no bounded quantity; the message shows both numbers."""
    with pytest.raises(ClaimError, match="where NumPy's own arrays give"):
        conjecture("It is at most ten", runs=run, then=d <= 10)


@pytest.mark.parametrize(
    ("operation", "named"), [(np.arcsin, "arcsin"), (np.linalg.inv, "inv"), (float, "float"), (np.asarray, "asarray")]
)
def test_a_refusal_is_not_caught(operation: Any, named: str) -> None:
    """An ``except`` around what a number system refuses would be the way of that system alone: the refusal stands."""

    def run(x: Any) -> dict[str, Any]:
        try:
            found = operation(x)
        except Exception:  # noqa: BLE001 - the fault
            found = x * 0
        return {"d": found}

    with pytest.raises(ClaimError, match=named):
        conjecture("It is at most one", runs=run, then=d <= 1)


def test_what_agrees_is_accepted() -> None:
    """Rounding is no difference, nor is what is not finite on either side."""

    def run(x: Any) -> dict[str, Any]:
        y = x * 1
        y += x / 3
        y -= np.sqrt(abs(x)) ** 2 * np.sign(x) / 3
        return {"d": y}

    assert "It is x" == conjecture("It is x", runs=run, then=d <= x).title


def test_numbers_are_compared_beside_their_bounds() -> None:
    """A difference within sixteen error bounds is none; one beyond is named with both numbers."""
    ours = Measurement.of({"d": Bounded(np.array([1.0, 2.0]), np.array([0.0, 0.1]))}, case="x")
    near, far = (Measurement.of({"d": np.array([1.0, value])}, case="x") for value in (3.5, 3.7))

    other = Measurement.of({"d": Bounded(np.array([7.0]), np.array([0.0]))}, case="y")
    both = dataclasses.replace(ours, cases=[*ours.cases, *other.cases])

    assert refuse_other_floats("it", ours, Plain(measured=near, is_defined=True)) is None  # type: ignore[func-returns-value]
    assert refuse_other_floats("it", both, Plain(measured=near, is_defined=True)) is None  # type: ignore[func-returns-value]
    with pytest.raises(ClaimError, match="it gives d = 2 where"):
        refuse_other_floats("it", ours, Plain(measured=far, is_defined=True))


def test_a_number_that_is_missing_with_error_bounds_alone() -> None:
    """Where plain floats divide by zero or overflow on the way, numbers with error bounds may end in NaN; else not."""
    ours = Measurement.of({"d": Bounded(np.array([1.0, np.nan]), np.array([0.0, 0.0]))}, case="x")
    plain = Measurement.of({"d": np.array([1.0, 2.0])}, case="x")

    assert refuse_other_floats("it", ours, Plain(measured=plain, is_defined=False)) is None  # type: ignore[func-returns-value]
    with pytest.raises(ClaimError, match="it gives d = nan where NumPy's own arrays give 2"):
        refuse_other_floats("it", ours, Plain(measured=plain, is_defined=True))


def test_code_for_other_numbers_alone_is_not_compared() -> None:
    """What takes no plain arrays has nothing to compare with."""

    def run(_: Any, instances: Any) -> Measurement:
        return Measurement.of({"d": instances["x"].value}, case="x")

    assert run_plain(run, {}, {"x": np.ones(2)}) is None


@pytest.mark.parametrize(("x", "expected"), [(2.0, True), (0.0, False), (-1.0, False), (1e200, False)])
def test_faults_on_the_way_are_known(x: float, *, expected: bool) -> None:
    """A quotient by zero, an undefined root and an overflow are noticed, whatever comes of them."""

    def run(_: Any, instances: Any) -> Measurement:
        return Measurement.of({"d": 1 / (1 / instances["x"]) + 0 * np.sqrt(instances["x"] ** 3)}, case="x")

    found = run_plain(run, {}, {"x": np.array([x])})

    assert found is not None
    assert expected == found.is_defined


def test_every_whole_number_is_compared() -> None:
    """A loop that changes an array under two names from the fifth turn on is met at five turns and not before."""

    def rounds(x: Any, n: int) -> dict[str, Any]:
        z = w = x * 0
        for turn in range(n):
            if turn == 4:
                w += x
        return {"d": z}

    found = judge(conjecture("At most ten", key="floats/rounds", runs=rounds, n=integer("n", 1, 6), then=d <= 10))

    assert "error" == found.verdict
    assert "where NumPy's own arrays give" in found.sentence
